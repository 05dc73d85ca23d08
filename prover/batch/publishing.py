"""Where proofs go beside the store: the lemma library and the user's files. Only after they are in the store,
so what is missing there after a kill is made up for from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from lemmas.store import Library
from prover.batch.drafts import Gained
from prover.errors import InputError
from prover.lean.source import Source, edited, write_proofs
from prover.types import Hole


def with_proofs(source: Source, proofs: Iterable[tuple[Hole, str]]) -> bytes:
    """The file with these proofs in it."""
    return edited(source, [(hole.span, proof) for hole, proof in proofs])


class LibraryFilling:
    """Puts lemmas into the library of the user, where others may have other numbers than in the workers'."""

    def __init__(self, path: Path) -> None:
        """Raises `LibraryError`."""
        self._library = Library.open(path)

    def add(self, gained: Gained) -> None:
        """Those that are there already stay as they are. Raises `LibraryError`."""
        numbers = {number: self._number(key, name) for number, key, name in gained.used}
        self._library.add(
            [
                replace(
                    draft,
                    uses=tuple(found for used in draft.uses if (found := numbers.get(used)) is not None),
                )
                for draft in gained.drafts
            ]
        )

    def close(self) -> None:
        self._library.close()

    def _number(self, key: str, name: str) -> int | None:
        return next((lemma.id for lemma in self._library.by_key(key) if lemma.name == name), None)


class FileWriting:
    """Puts proofs into one file, in the order in which they came. `done` are those from before, in that
    order: the last of them may not have been written."""

    def __init__(self, source: Source, done: Sequence[tuple[Hole, str]]) -> None:
        """Raises `InputError` where the file holds anything but the source and these proofs."""
        self._source = source
        try:
            self._raw = source.path.read_bytes()
        except OSError as error:
            raise InputError(f"{source.path}: can't be read: {error.strerror}; it is not written") from None
        written = next(
            (n for n in range(len(done), -1, -1) if with_proofs(source, done[:n]) == self._raw), None
        )
        if written is None:
            raise InputError(f"{source.path}: it was changed since the night began, and is not written")
        self._proofs = dict(done[:written])
        for hole, proof in done[written:]:
            self.add(hole, proof)

    def add(self, hole: Hole, proof: str) -> None:
        """Raises `InputError`, and leaves the file alone, where it holds anything but what was written."""
        proofs = {**self._proofs, hole: proof}
        self._raw = write_proofs(self._source, proofs, expected=self._raw)
        self._proofs = proofs
