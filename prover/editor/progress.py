"""Work-done progress: what the editor shows of a search, with the button that ends it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from prover.events import Certified, Event, Expanding, Opened, ProofFound, Tried

_EVERY = 0.2
_GOAL = 60


class Progress:
    """Shown until `end`. An editor that knows no progress is told nothing."""

    def __init__(self, server: LanguageServer, title: str, job: Future[Any]) -> None:
        self._server = server
        self._title = title
        self._job = job
        self._token: types.ProgressToken | None = None

    async def begin(self, given: types.ProgressToken | None) -> None:
        """Under the token that came with the request, or one of our own. Cancelling it cancels the job."""
        window = self._server.client_capabilities.window
        if given is None and not (window and window.work_done_progress):
            return
        progress = self._server.work_done_progress
        if given is None:
            given = f"prover-{uuid.uuid4()}"
            await progress.create_async(given)
        self._token = given
        begin = types.WorkDoneProgressBegin(title=self._title, cancellable=True, message="starting Lean")
        progress.begin(given, begin)
        progress.tokens[given].add_done_callback(lambda token: token.cancelled() and self._job.cancel())

    def report(self, message: str) -> None:
        if self._token is not None:
            report = types.WorkDoneProgressReport(message=message, cancellable=True)
            self._server.work_done_progress.report(self._token, report)

    def end(self, message: str) -> None:
        if self._token is not None:
            self._server.work_done_progress.end(self._token, types.WorkDoneProgressEnd(message=message))
            self._server.work_done_progress.tokens.pop(self._token, None)
            self._token = None


class Narrator:
    """Puts the events of a search into words, for `tell`, a few times a second. For the search's thread."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._told = 0.0
        self._tactics = 0
        self._goal = ""

    def see(self, event: Event) -> None:
        match event:
            case Opened(root=root):
                self._goal = _short(root.goals[0].target)
            case Expanding(goal=goal):
                self._goal = _short(goal.rpartition("⊢")[2])
            case Tried():
                self._tactics += 1
            case ProofFound():
                self._say("certifying a proof")
                return
            case Certified():
                self._say("certified")
                return
            case _:
                return
        if time.monotonic() - self._told >= _EVERY:
            self._say(f"{self._tactics} tactics · ⊢ {self._goal}")

    def _say(self, message: str) -> None:
        self._told = time.monotonic()
        self._tell(message)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _GOAL else f"{line[: _GOAL - 1]}…"
