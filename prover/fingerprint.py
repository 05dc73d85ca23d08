"""What tells one version of the code from another."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

CODE = ("*.py", "*.cjs", "*.lean")
WEIGHTS = "*.bin"  # of the built-in model


def fingerprint_of(packages: Iterable[Path], files: Sequence[str], left_out: Collection[str] = ()) -> str:
    """Of the files of such names in the folders of these packages, but for what is `left_out` of each."""
    digest = hashlib.sha256()
    for root in packages:
        for path in sorted(path for pattern in files for path in root.rglob(pattern)):
            name = path.relative_to(root)
            if name.parts[0] not in left_out:
                digest.update(f"{name.as_posix()}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
