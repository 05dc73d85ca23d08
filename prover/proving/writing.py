"""Putting proofs into a file, each as soon as it is certified; the file is whole at every moment."""

from __future__ import annotations

import os
from pathlib import Path

from prover.errors import InputError
from prover.lean.source import Source, write_proofs
from prover.types import Hole


class ProofWriter:
    """Writes the proofs of one file as they come."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._proofs: dict[Hole, str] = {}
        self._written = source.raw

    def add(self, hole: Hole, proof: str) -> None:
        """Put one more proof into the file.

        Raises `FileChanged`, and leaves the file alone, when it holds anything but what was last read or
        written here, and `SourceError` when it can't be written.
        """
        proofs = {**self._proofs, hole: proof}
        self._written = write_proofs(self._source, proofs, expected=self._written)
        self._proofs = proofs


def require_writable(path: Path) -> None:
    """Raise `InputError` unless the file can be replaced. One that is marked read-only counts as such for
    every user, root too."""
    marked = not path.stat().st_mode & 0o222
    if marked or not os.access(path, os.W_OK):
        raise InputError(f"{path}: can't be written; make it writable, or leave out --write")
    if not os.access(path.resolve().parent, os.W_OK | os.X_OK):
        raise InputError(f"{path}: can't be written: no new file can be made in {path.resolve().parent}")
