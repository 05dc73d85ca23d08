"""Searches that nobody asked for: a small one for each hole of the open documents, and hints at those that
it closes. Only with `prover.background`, one at a time, and only while no other search wants the Lean."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING

from lsprotocol import types

from prover.editor import wire
from prover.editor.attempts import closes
from prover.editor.questions import settled
from prover.editor.sheets import Entry, Sheet
from prover.editor.views import Target, View
from prover.errors import ProverError, SourceError
from prover.types import Budget, SearchResult

if TYPE_CHECKING:
    from prover.editor.server import EditorServer

BUDGET = Budget(seconds=10.0, tactics=64)
HOLES = 100
"""How many holes of a document are tried."""
CALM = 2.0
"""How many seconds nothing must have happened before anything is begun."""

_TRIED = "not closed by a short search"


class Background:
    def __init__(self, server: EditorServer) -> None:
        self._server = server
        self._task: asyncio.Task[None] | None = None
        self._job: Future[SearchResult] | None = None
        self._failed = False
        self._shown: set[str] = set()

    def wake(self) -> None:
        """Something changed: look again, after a while."""
        self._failed = False
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    def give_way(self) -> None:
        """Someone wants to search."""
        if self._job is not None:
            self._job.cancel()

    def forget(self, sheet: Sheet) -> None:
        if sheet.uri in self._shown:
            self._shown.discard(sheet.uri)
            self._publish(sheet, None, [])

    async def _work(self) -> None:
        try:
            while not self._failed:
                await asyncio.sleep(CALM)
                sheets = [sheet for sheet in self._server.sheets.values() if self._wanted(sheet)]
                again = False
                for sheet in sheets:
                    again |= await self._look(sheet)
                if not again:
                    return
        finally:
            self._task = None

    def _wanted(self, sheet: Sheet) -> bool:
        return bool(self._server.options.get("background", sheet.settings.background))

    async def _look(self, sheet: Sheet) -> bool:
        """Try the next hole of a document. False when there is none, and nothing has to be said anew."""
        try:
            view = await sheet.view()
        except SourceError:
            return False
        self._show(sheet, view)
        for hole in view.holes[:HOLES]:
            entry = sheet.known(view, hole)
            if entry is None or (entry.proof is not None and entry.proof_version != view.version):
                await self._try(sheet, view, hole)
                return True
        return False

    async def _try(self, sheet: Sheet, view: View, hole: Target) -> None:
        entry = sheet.entry(view, hole)
        known = [] if entry.proof is None else [entry.proof]
        self._job = self._server.bench.prove(hole, BUDGET, lambda event: None, known, common=True)
        try:
            result = await settled(self._job)
        except ProverError:
            self._failed = True  # whoever asks for a search is told
            return
        finally:
            self._job = None
        if entry.busy or entry.dropped or result is None:
            if result is None and not entry.busy and entry in sheet.entries:
                sheet.entries.remove(entry)  # to be tried once more
            return
        if result.proof is not None and result.verdict is not None and closes(result.verdict):
            entry.proof, entry.proof_version, entry.assumes = result.proof, view.version, ()
            entry.status = "a proof is known"
        else:
            entry.proof, entry.status = None, entry.status or _TRIED
        self._server.refresh()
        self._show(sheet, view)

    def _show(self, sheet: Sheet, view: View) -> None:
        if view.version != sheet.version or sheet.closed:
            return
        known = [(hole, sheet.known(view, hole)) for hole in view.holes]
        hints = [
            self._hint(view, hole, entry)
            for hole, entry in known
            if entry is not None and entry.proof is not None and entry.proof_version == view.version
            if not entry.assumes
        ]
        if hints or sheet.uri in self._shown:
            self._publish(sheet, view, hints)

    def _hint(self, view: View, hole: Target, entry: Entry) -> types.Diagnostic:
        assert entry.proof is not None
        return types.Diagnostic(
            range=wire.range_of(view, self._server.encoding, hole.span),
            message=f"This can be proved: {entry.proof.strip()}",
            severity=types.DiagnosticSeverity.Hint,
            source="prover",
        )

    def _publish(self, sheet: Sheet, view: View | None, hints: list[types.Diagnostic]) -> None:
        if hints:
            self._shown.add(sheet.uri)
        version = None if view is None else view.version
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=sheet.uri, version=version, diagnostics=hints)
        )
