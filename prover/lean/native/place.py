"""Where a native Lean works: the folder that decides its toolchain, and how it is called there.

elan's proxies for `lean` and `lake` take the toolchain from a `lean-toolchain` file of the working folder or
one above. In a Lake package `lake env lean` finds the package's modules and those of its dependencies.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.lean.toolchain import NativeLean, lake_package

# What elan, Lake and Lean read. Keys and tokens are no business of tactics that a model wrote.
_KEPT = frozenset(["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"])
_KEPT_PREFIXES = ("ELAN_", "LAKE_", "LEAN_", "LC_", "XDG_", "http", "no_proxy", "HTTP", "NO_PROXY")


@dataclass(frozen=True, slots=True)
class Place:
    """`folder` is the working folder: that of the Lake package, else the file's own."""

    lean: NativeLean
    folder: Path
    in_package: bool

    def command(self, arguments: Sequence[str | Path]) -> list[str]:
        program = [str(self.lean.lake), "env", "lean"] if self.in_package else [str(self.lean.lean)]
        return [*program, *map(str, arguments)]

    def environment(self, library: Path | None = None) -> dict[str, str]:
        """`library` is one more folder of compiled modules.

        `lake env` puts the package's folders before the LEAN_PATH that it finds, which it keeps
        (`Lake.Workspace.augmentedLeanPath`, `Lake.Env.leanPath`).
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in _KEPT or name.startswith(_KEPT_PREFIXES)
        }
        if library is not None:
            kept["LEAN_PATH"] = os.pathsep.join(filter(None, [str(library), kept.get("LEAN_PATH")]))
        return kept


def folder_of(file: Path) -> tuple[Path, bool]:
    """The working folder for a file, and whether it is a Lake package."""
    folder = file.absolute().parent
    package = lake_package(folder)
    return (package, True) if package else (folder, False)
