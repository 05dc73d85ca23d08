"""What the language server knows of an open document: its latest reading, and what was asked of its holes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from prover.config import Settings
from prover.editor.attempts import Attempt
from prover.editor.documents import Change, Document, Place
from prover.editor.views import Target, View

QUIET = 0.1
"""How many seconds nothing must have been typed before the document is read again."""


@dataclass(eq=False)
class Entry:
    """A hole that something is known of. It lives until someone edits it, from the start of its declaration
    to its own end: until then `start` and `end` move with the text around.

    `unsolved` is where Lean complained of `goals` that are left, None for a `sorry`.
    `proof` was certified for version `proof_version` of the document, and is a good guess for later ones; it
    leans on the open theorems in `assumes`. `suggestions` are those for version `suggested_version`; more may
    come. `status` is what became of it, for the user.
    """

    name: str
    start: Place
    end: Place
    unsolved: Place | None = None
    goals: int = 0
    job: Future[Any] | None = None
    status: str = ""
    proof: str | None = None
    proof_version: int = -1
    assumes: Sequence[str] = ()
    suggestions: Sequence[Attempt] = ()
    suggested_version: int = -1
    suggesting: Future[None] | None = None
    dropped: bool = False

    def drop(self) -> None:
        self.dropped = True
        self.stop()
        if self.suggesting is not None:
            self.suggesting.cancel()

    def suggest(self, job: Future[None], found: Sequence[Attempt], version: int) -> None:
        """`job` puts suggestions into `found`, in the place of what there was."""
        if self.suggesting is not None:
            self.suggesting.cancel()
        self.suggesting, self.suggestions, self.suggested_version = job, found, version

    def suggesting_for(self, version: int) -> Future[None] | None:
        """What looks for suggestions for that version, or has found some; None where nothing does."""
        job = self.suggesting
        if job is None or version != self.suggested_version:
            return None
        failed = job.done() and (job.cancelled() or job.exception() is not None)
        return None if failed else job

    def stop(self) -> None:
        """End the work on it."""
        if self.job is not None:
            self.job.cancel()

    @property
    def busy(self) -> bool:
        return self.job is not None and not self.job.done()


@dataclass(eq=False)
class Sheet:
    """For the thread of the event loop alone. Documents are read on `reader`, away from that thread."""

    uri: str
    document: Document
    settings: Settings
    reader: Executor
    entries: list[Entry] = field(default_factory=list)
    closed: bool = False
    _view: View | None = None
    _reading: asyncio.Task[None] | None = None
    _changed: float = 0.0

    @property
    def version(self) -> int:
        return self.document.version

    def changed(self, change: Change) -> None:
        """Move what is known, and drop it where its hole was edited. Costs no more than there are entries."""
        self._changed = time.monotonic()
        kept = []
        for entry in self.entries:
            if change.touches(entry.start, entry.end):
                entry.drop()
                continue
            entry.start = change.moved(entry.start)
            if entry.unsolved is not None:
                entry.unsolved = change.moved(entry.unsolved)
            if change.start != entry.end:  # else it is white space, put right behind
                entry.end = change.moved(entry.end)
            kept.append(entry)
        self.entries = kept

    def close(self) -> None:
        self.closed = True
        for entry in self.entries:
            entry.drop()
        self.entries = []

    async def view(self) -> View:
        """The document as it is now, as soon as no one types. Raises `SourceError`."""
        while self._view is None or self._view.version != self.version:
            if self._reading is None:
                self._reading = asyncio.create_task(self._read())
            await asyncio.shield(self._reading)
        return self._view

    async def _read(self) -> None:
        try:
            while (wait := self._changed + QUIET - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            loop, document = asyncio.get_running_loop(), self.document
            lines, version = list(document.lines), document.version
            self._view = await loop.run_in_executor(self.reader, View, document.path, lines, version)
        finally:
            self._reading = None

    def known(self, view: View, target: Target) -> Entry | None:
        """What is known of that hole of the present version."""
        end = view.place(target.span.end)
        return next((entry for entry in self.entries if entry.end == end), None)

    def entry(self, view: View, target: Target) -> Entry:
        """The same, made where there is none."""
        known = self.known(view, target)
        if known is None:
            declaration, end = target.theorem.declaration, view.place(target.span.end)
            known = Entry(target.theorem.name, view.place(declaration.span.start), end)
            self.entries.append(known)
        return known

    def target(self, view: View, entry: Entry) -> Target | None:
        """The hole of an entry in the present version; None where it is none any more."""
        if entry.unsolved is not None:
            return view.unsolved(entry.unsolved, entry.goals, together=True)
        offset = view.offset(entry.end)
        return next((hole for hole in view.holes if hole.span.end == offset), None)
