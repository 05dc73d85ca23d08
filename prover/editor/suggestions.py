"""Suggestions: waiting for the first of them, and the choice where an editor has none of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING

from lsprotocol import types

from prover.editor.attempts import Attempt

if TYPE_CHECKING:
    from prover.editor.server import EditorServer

_GOALS = 3
_LOOK = 0.05


async def some(job: Future[None], found: Sequence[Attempt], until: float) -> None:
    """Wait for the job's end, or until then, or for the first that is found after that."""
    waiting = asyncio.wrap_future(job)
    waiting.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # nobody else may ask
    try:
        while not waiting.done() and (not found or time.monotonic() < until):
            await asyncio.wait([waiting], timeout=max(until - time.monotonic(), _LOOK))
    except asyncio.CancelledError:
        job.cancel()
        raise
    if waiting.done() and not waiting.cancelled():
        waiting.result()


async def choose(
    server: EditorServer, name: str, attempts: Sequence[Attempt], edits: Sequence[types.WorkspaceEdit]
) -> None:
    """Ask which one to put into the document."""
    if not attempts:
        server.dialogue.say(f"{name}: no tactic that was tried gets on")
        return
    titles = [title(each) for each in attempts]
    otherwise = f"{name}: the tactics that get on are among the code actions now"
    chosen = await server.dialogue.choice(f"Next tactics for {name}", titles, otherwise)
    if chosen in titles:
        edit = edits[titles.index(chosen)]
        await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, chosen))


def title(attempt: Attempt) -> str:
    """A tactic and what it leaves, in a line."""
    tactic = " ".join(attempt.tactic.split())
    if attempt.stands:
        return f"{tactic}  — proves it"
    more = f" and {len(attempt.goals) - _GOALS} more" if len(attempt.goals) > _GOALS else ""
    return f"{tactic}  — leaves {' | '.join(attempt.leaves[:_GOALS])}{more}"
