"""The lemma library beside an editor or an assistant: lent to every search, and given what each proves.

Whatever goes wrong with it ends its use, and costs a search nothing; `trouble` says it once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from lemmas.records import Lemma, Standing
from lemmas.staleness import outdated
from lemmas.store import Library
from prover.errors import LibraryError
from prover.events import Event
from prover.lean.source import Source
from prover.policy.library import Shelf, with_library
from prover.policy.protocols import PolicyFactory
from prover.proving.keeping import Keeper
from prover.proving.results import Finished, HoleResult, Searching
from prover.types import Candidate, Goal, SearchResult, Theorem


class Loans:
    """`path` is the library's file, None for none."""

    def __init__(self, path: Path | None) -> None:
        self._shelf: Shelf | None = None
        self._trouble = ""
        self._run = f"editor {uuid.uuid4().hex[:12]}"
        if path is not None:
            try:
                self._shelf = Shelf(Library.open(path))
            except LibraryError as error:
                self._trouble = str(error)

    @property
    def open(self) -> bool:
        return self._shelf is not None and self._shelf.trouble is None

    def trouble(self) -> str:
        """Why there is no library any more; empty where there is one, and when it was told before."""
        if self._shelf is not None and self._shelf.trouble is not None:
            self._give_up(self._shelf.trouble)
        told, self._trouble = self._trouble, ""
        return told

    def close(self) -> None:
        if self._shelf is not None:
            self._shelf.library.close()

    def search(self, text: str, limit: int) -> list[Lemma]:
        """Raises `LibraryError`."""
        if self._shelf is None:
            raise LibraryError("there is no lemma library: it was left out, or can't be used")
        return self._shelf.library.search(text, limit)

    def lent(self, policies: PolicyFactory) -> PolicyFactory:
        """The policies, with what the library has."""
        shelf = self._shelf
        return policies if shelf is None else lambda barred: with_library(policies(barred), shelf, barred)

    def alone(self) -> PolicyFactory:
        """What the library has, and nothing else."""
        return self.lent(lambda barred: _Nothing())

    def records(self, source: Source) -> Records:
        """For one search in that text."""
        if self._shelf is None:
            return Records(None)
        library = self._shelf.library
        try:
            stale = outdated(library, source)
            if stale:
                library.mark(stale, Standing.STALE)
        except LibraryError as error:
            self._give_up(error)
            return Records(None)
        return Records(Keeper(library, [source], self._run))

    def keep(self, records: Records, theorem: Theorem, result: SearchResult, lean: str, policy: str) -> None:
        """Put what the search proved into the library, on disk when this returns."""
        told = HoleResult(
            theorem,
            result.status,
            result.stop,
            result.proof,
            axioms=result.verdict.axioms if result.verdict else (),
            statistics=result.statistics,
            lean=lean,
            policy=policy,
        )
        try:
            records.end(told)
        except LibraryError as error:
            self._give_up(error)

    def _give_up(self, error: LibraryError) -> None:
        self._shelf, self._trouble = None, str(error)


class Records:
    """Keeps what one search proves. Without a keeper, nothing."""

    def __init__(self, keeper: Keeper | None) -> None:
        self._keeper = keeper

    def see(self, theorem: Theorem, event: Event) -> None:
        if self._keeper is not None:
            self._keeper.see(Searching(theorem, event))

    def end(self, result: HoleResult) -> None:
        """Raises `LibraryError`."""
        if self._keeper is not None:
            self._keeper.see(Finished(result))


class _Nothing:
    """A policy that has no tactic."""

    name = "library"

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        return [[] for _ in goals]
