"""Files of JSON lines that grow, and survive being cut off anywhere."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prover.errors import InputError


def append(path: Path, lines: Iterable[str]) -> int:
    """When this returns they are on the disk. Answers where the file then ends, in bytes."""
    try:
        with path.open("ab") as file:
            file.write("".join(lines).encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
            return file.tell()
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None


def whole_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of objects, after a last one that was cut off has been taken away."""
    content = path.read_bytes() if path.exists() else b""
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
    try:
        return [json.loads(line) for line in content[:whole].splitlines()]
    except ValueError:
        raise InputError(f"{path}: not what `prover train` wrote") from None
