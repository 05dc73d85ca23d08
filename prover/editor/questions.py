"""The commands of the language server: prove a hole, suggest tactics for it, stop. All for the event loop."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcInvalidParams

from prover.editor import wire
from prover.editor.attempts import Attempt, best, closes
from prover.editor.progress import Narrator, Progress
from prover.editor.sheets import Entry, Sheet
from prover.editor.suggestions import choose, some
from prover.editor.views import Target, View
from prover.editor.workbench import ANSWER_SECONDS
from prover.errors import LeanDied, LeanUnavailable
from prover.types import Budget, SearchResult, Status

if TYPE_CHECKING:
    from prover.editor.server import EditorServer

COMMANDS = {
    "prover.prove": "prove",
    "prover.suggest": "suggest",
    "prover.library": "by_library",
    "prover.stop": "stop",
}
LONGER = 10
"""How much more time "Prove with more time" takes."""

_TIMES = 5

T = TypeVar("T")
Answer = dict[str, Any]


class Questions:
    def __init__(self, server: EditorServer) -> None:
        self._server = server
        self._dialogue = server.dialogue

    async def prove(
        self,
        sheet: Sheet,
        question: wire.Question,
        token: types.ProgressToken | None,
        by_library: bool = False,
    ) -> Answer:
        """Search, and put the proof into the document. Answers what came of it."""
        view, target, entry = await self._hole(sheet, question, together=True)
        while True:
            try:
                result = await self._searched(sheet, target, entry, question.seconds, by_library, token)
            except (LeanUnavailable, LeanDied) as error:
                entry.status = "Lean failed"
                if not await self._dialogue.retries(error):
                    return {"status": "error", "message": str(error)}
                view = await sheet.view()
                again = sheet.target(view, entry)
                if again is None:
                    return {"status": "dropped"}
                target, token = again, None
                continue
            if result is None:
                return {"status": "dropped" if entry.dropped else "cancelled"}
            self._dialogue.lean_works()
            return await self._conclude(sheet, view, target, entry, result)

    async def by_library(
        self, sheet: Sheet, question: wire.Question, token: types.ProgressToken | None
    ) -> Answer:
        """Search with what the lemma library has, and with nothing else."""
        return await self.prove(sheet, question, token, by_library=True)

    async def suggest(
        self, sheet: Sheet, question: wire.Question, token: types.ProgressToken | None
    ) -> Answer:
        """Tactics for the goal, to choose from; the editor's answer goes into the document. What is found
        later is offered as edits."""
        until = time.monotonic() + ANSWER_SECONDS
        view, target, entry = await self._hole(sheet, question, together=False)
        job = entry.suggesting_for(view.version)
        if job is None:
            found: list[Attempt] = []
            job = self._server.bench.suggest(target, found.append)
            entry.suggest(job, found, view.version)
        try:
            await some(job, entry.suggestions, until)
        except (LeanUnavailable, LeanDied) as error:
            if await self._dialogue.retries(error):
                return await self.suggest(sheet, question, token)
            return {"status": "error", "message": str(error)}
        if job.cancelled() or entry.dropped:
            return {"status": "dropped"}
        self._dialogue.lean_works()
        self._server.refresh()
        attempts = best(entry.suggestions)
        edits = [wire.edit(sheet, view, self._server.encoding, target, each.text or "") for each in attempts]
        if not self._server.options.get("picker"):  # the editor has no way of its own to show them
            await choose(self._server, target.theorem.name, attempts, edits)
        return {
            "status": "ok",
            "suggestions": [
                {
                    "tactic": each.tactic,
                    "goals": [goal.text for goal in each.goals],
                    "leaves": each.leaves,
                    "proves": each.stands,
                    "edit": edit,
                }
                for each, edit in zip(attempts, edits, strict=True)
            ],
        }

    async def stop(self, sheet: Sheet, question: wire.Question, token: types.ProgressToken | None) -> Answer:
        """End the search for a hole."""
        _, _, entry = await self._hole(sheet, question, together=True)
        entry.stop()
        return {"status": "ok"}

    # -- searching ---------------------------------------------------------------------------------------

    async def _hole(
        self, sheet: Sheet, question: wire.Question, together: bool
    ) -> tuple[View, Target, Entry]:
        view = await sheet.view()
        if view.version != question.version:
            raise JsonRpcContentModified(f"{sheet.document.path.name} has changed meanwhile: ask again")
        place = wire.place(view, self._server.encoding, question.position)
        goals = question.unsolved
        target = view.unsolved(place, goals, together) if goals else view.hole_at(place)
        if target is None:
            raise JsonRpcInvalidParams(f"{sheet.document.path.name}:{place.line + 1}: nothing to prove here")
        entry = sheet.entry(view, target)
        if goals:
            entry.unsolved, entry.goals = place, goals
        return view, target, entry

    async def _searched(
        self,
        sheet: Sheet,
        target: Target,
        entry: Entry,
        seconds: float | None,
        by_library: bool,
        token: types.ProgressToken | None,
    ) -> SearchResult | None:
        """None when it was cancelled."""
        server, settings = self._server, sheet.settings
        entry.stop()
        server.background.give_way()
        loop = asyncio.get_running_loop()
        narrator = Narrator(lambda message: loop.call_soon_threadsafe(tell, message))
        limit = settings.seconds if seconds is None else seconds
        budget = Budget(limit, settings.tactics, settings.expansions, settings.tokens, settings.usd)
        known = [] if entry.proof is None else [entry.proof]
        job = server.bench.prove(target, budget, narrator.see, known, by_library)
        entry.job = job
        progress = Progress(server, f"Proving {entry.name}", job)

        def tell(message: str) -> None:
            entry.status = message
            progress.report(message)

        entry.status = "searching"
        try:
            await progress.begin(token)
            server.refresh()
            result = await settled(job)
        except BaseException:
            job.cancel()
            progress.end("failed")
            raise
        entry.status = "stopped" if result is None else _outcome(result)
        trouble = server.bench.library.trouble()
        if trouble:
            self._dialogue.say(
                f"prover: going on without the lemma library: {trouble}", types.MessageType.Warning
            )
        progress.end(entry.status)
        server.refresh()
        return result

    async def _conclude(
        self, sheet: Sheet, view: View, target: Target, entry: Entry, result: SearchResult
    ) -> Answer:
        answer: Answer = {"status": result.status.value, "message": entry.status}
        if result.proof is None or result.verdict is None:
            self._dialogue.say(f"{entry.name}: {result.message or entry.status}")
            return answer
        entry.proof, entry.proof_version = result.proof, view.version
        entry.assumes = () if closes(result.verdict) else result.verdict.assumes
        if entry.assumes:
            self._server.refresh()
            self._dialogue.say(f"{entry.name}: {entry.status}; the proof is offered where the hole is")
            return {**answer, "proof": result.proof, "assumes": entry.assumes, "applied": False}
        applied = await self._apply(sheet, view, entry, target, result.proof)
        return {**answer, "proof": result.proof, "applied": applied}

    async def _apply(self, sheet: Sheet, view: View, entry: Entry, target: Target, proof: str) -> bool:
        """Put the proof into the document as it is now: certified anew, where that has changed meanwhile."""
        for _ in range(_TIMES):
            if sheet.version == view.version:
                edit = wire.edit(sheet, view, self._server.encoding, target, proof)
                label = f"Prove {entry.name}"
                done = await self._server.workspace_apply_edit_async(
                    types.ApplyWorkspaceEditParams(edit, label)
                )
                if done.applied or sheet.version == view.version:
                    return done.applied
            view = await sheet.view()
            again = None if entry.dropped else sheet.target(view, entry)
            if again is None:
                return False
            target = again
            verdict = await settled(self._server.bench.certify(target, proof))
            if verdict is None or not closes(verdict):
                entry.status = "the proof that was found does not fit any more"
                self._dialogue.say(f"{entry.name}: {entry.status}")
                return False
            entry.proof_version = view.version
        self._dialogue.say(f"{entry.name} is proved: the proof is offered where its hole is")
        return False


async def settled(job: Future[T]) -> T | None:
    """What comes of a job, None when it is cancelled. Cancels it when whoever waits here is."""
    waiting = asyncio.wrap_future(job)
    try:
        await asyncio.wait([waiting])
    finally:
        if not waiting.done():
            job.cancel()
    return None if waiting.cancelled() else waiting.result()


def _outcome(result: SearchResult) -> str:
    count = result.statistics.tactics
    spent = f"{count} tactic{'s' * (count != 1)}, {result.statistics.seconds:.1f} s"
    if result.status is Status.PROVED:
        return f"proved ({spent})"
    if result.status is Status.OPEN:
        return f"no proof found ({spent}; {result.stop.value})"
    if result.verdict is not None and closes(result.verdict):
        return f"closed; its declaration has other holes ({spent})"
    if result.verdict is not None:
        return f"a proof leans on {', '.join(result.verdict.assumes)}, which is open ({spent})"
    return f"{result.status.value}: {result.message or result.stop.value} ({spent})"
