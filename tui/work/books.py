"""The lemma library beside the searches: what it has is proposed, and what they prove is kept in it.

Whatever goes wrong with it is told once, and costs the searches no more than the library. SQLite's tools are
imported when the first search begins.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from prover.errors import LibraryError
from prover.events import Event, Finished
from prover.lean.source import Source
from prover.policy.protocols import PolicyFactory
from prover.types import Theorem
from tui.work.messages import Outbox, Trouble

if TYPE_CHECKING:
    from lemmas.store import Library
    from prover.proving.keeping import Keeper


class Books:
    """For any number of threads. `find` answers where the library is; where it answers None, nothing is
    proposed or kept."""

    def __init__(self, find: Callable[[], Path | None], outbox: Outbox) -> None:
        self._find = find
        self.run = f"run {uuid.uuid4().hex[:12]}"
        self._outbox = outbox
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._given_up = False

    @property
    def path(self) -> Path | None:
        return self._find()

    def policies(self, policies: PolicyFactory) -> PolicyFactory:
        """Those that propose what the library has, too."""
        library = self.library()
        if library is None:
            return policies
        from prover.policy.library import Shelf, with_library

        shelf = Shelf(library)
        return lambda barred: with_library(policies(barred), shelf, barred)

    def library(self) -> Library | None:
        from lemmas.store import Library

        with self._lock:
            path = None if self._given_up or self._library is not None else self._find()
            if path is not None:
                try:
                    self._library = Library.open(path)
                except LibraryError as error:
                    self._trouble(error)
            return self._library

    def give_up(self, error: LibraryError) -> None:
        with self._lock:
            self._trouble(error)

    def close(self) -> None:
        with self._lock:
            self._given_up = True
            if self._library is not None:
                self._library.close()
                self._library = None

    def _trouble(self, error: LibraryError) -> None:
        if not self._given_up:
            self._given_up, self._library = True, None
            self._outbox.put(Trouble(f"{error}. Going on without it"))


class Keeping:
    """Shown the events of one search, all of them; what it proves is on disk when it was shown the last.
    `run` names the run, of one policy."""

    def __init__(self, books: Books, source: Source, theorem: Theorem, run: str) -> None:
        self._books = books
        self._theorem = theorem
        self._keeper: Keeper | None = None
        library = books.library()
        if library is not None:
            from prover.proving.keeping import Keeper

            self._keeper = Keeper(library, [source], run)

    def see(self, event: Event, policy: str, lean: str) -> None:
        if self._keeper is None:
            return
        from prover.proving.results import Finished as Ended
        from prover.proving.results import HoleResult, Searching

        try:
            self._keeper.see(Searching(self._theorem, event))
            if isinstance(event, Finished):
                found = event.result
                kept = HoleResult(
                    self._theorem,
                    found.status,
                    found.stop,
                    proof=found.proof,
                    axioms=found.verdict.axioms if found.verdict else (),
                    statistics=found.statistics,
                    lean=lean,
                    policy=policy,
                )
                self._keeper.see(Ended(kept))
        except LibraryError as error:
            self._keeper = None
            self._books.give_up(error)
