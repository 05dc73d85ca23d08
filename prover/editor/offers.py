"""What the language server shows at a hole: code actions, lenses, hovers. All for the event loop."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from prover.editor import wire
from prover.editor.attempts import best
from prover.editor.documents import Place
from prover.editor.questions import LONGER
from prover.editor.sheets import Entry, Sheet
from prover.editor.suggestions import title
from prover.editor.views import UNSOLVED, Target, View
from prover.errors import ProverError
from prover.types import Span

if TYPE_CHECKING:
    from prover.editor.server import EditorServer

_GOAL_SECONDS = 5.0
_TARGET = re.compile(r"^⊢ ", re.MULTILINE)


async def actions_at(server: EditorServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    wanted = params.context.only
    kind = types.CodeActionKind.QuickFix
    if wanted and not any(kind == each or kind.value.startswith(f"{each}.") for each in wanted):
        return []
    sheet = server.sheet(params.text_document.uri)
    view = await sheet.view()
    place = wire.place(view, server.encoding, params.range.start)
    target, asked, goals = view.hole_at(place), place, 0
    if target is None:
        found = _unsolved(server, view, params.context.diagnostics)
        if found is None:
            return []
        target, asked, goals = found
    entry = sheet.known(view, target)
    position = wire.position(view, server.encoding, asked)
    question = wire.Question(sheet.uri, view.version, position, goals)
    return [*_edits(server, sheet, view, target, entry), *_commands(server, sheet, question, entry)]


def _unsolved(
    server: EditorServer, view: View, diagnostics: Sequence[types.Diagnostic]
) -> tuple[Target, Place, int] | None:
    """Where Lean's server says that goals are left, of what the editor shows there, and how many."""
    for diagnostic in diagnostics:
        if diagnostic.message.startswith(UNSOLVED):
            place = wire.place(view, server.encoding, diagnostic.range.start)
            goals = max(1, len(_TARGET.findall(diagnostic.message)))
            target = view.unsolved(place, goals, together=False)
            if target is not None:
                return target, place, goals
    return None


def _edits(
    server: EditorServer, sheet: Sheet, view: View, target: Target, entry: Entry | None
) -> list[types.CodeAction]:
    """What is known to fit this very version."""
    if entry is None:
        return []
    found = []
    whole = sheet.target(view, entry)
    if whole is not None and entry.proof is not None and entry.proof_version == view.version:
        first = entry.proof.strip().splitlines()[0]
        leaning = f"  — leans on {', '.join(entry.assumes)}, which is open" if entry.assumes else ""
        found.append((f"Try this: {first}{leaning}", whole, entry.proof, not entry.assumes))
    if entry.suggested_version == view.version:
        found += [
            (f"Try this: {title(each)}", target, each.text or "", False) for each in best(entry.suggestions)
        ]
    return [
        types.CodeAction(
            title=name,
            kind=types.CodeActionKind.QuickFix,
            edit=wire.edit(sheet, view, server.encoding, place, text),
            is_preferred=preferred or None,
        )
        for name, place, text, preferred in found
    ]


def _commands(
    server: EditorServer, sheet: Sheet, question: wire.Question, entry: Entry | None
) -> list[types.CodeAction]:
    longer = LONGER * sheet.settings.seconds
    offered = [
        ("Prove this", "prover.prove", question),
        ("Suggest next tactics", "prover.suggest", question),
        (f"Prove with more time ({longer:g} s)", "prover.prove", _with_seconds(question, longer)),
    ]
    if server.bench.library.open:
        offered.append(("Try the library", "prover.library", question))
    if entry is not None and entry.busy:
        offered.append(("Stop the search", "prover.stop", question))
    return [
        types.CodeAction(
            title=name,
            kind=types.CodeActionKind.QuickFix,
            command=types.Command(name, command, arguments=[asked.as_argument()]),
        )
        for name, command, asked in offered
    ]


def _with_seconds(question: wire.Question, seconds: float) -> wire.Question:
    return wire.Question(question.uri, question.version, question.position, question.unsolved, seconds)


async def lenses_of(server: EditorServer, params: types.CodeLensParams) -> list[types.CodeLens]:
    """One for each hole, over its declaration."""
    sheet = server.sheet(params.text_document.uri)
    view = await sheet.view()
    holes = view.holes
    counts = Counter(hole.theorem.declaration.span.start for hole in holes)
    lenses = []
    for hole in holes:
        theorem = hole.theorem
        start = view.source.text.index(theorem.declaration.statement, theorem.declaration.span.start)
        entry = sheet.known(view, hole)
        many = counts[theorem.declaration.span.start]
        which = "Prove this" if many == 1 else f"Prove hole {theorem.ordinal + 1} of {many}"
        at = wire.range_of(view, server.encoding, hole.span).start
        question = wire.Question(sheet.uri, view.version, at)
        name, command = which, "prover.prove"
        if entry is not None and entry.busy:
            name, command = f"{which}: {entry.status} (stop)", "prover.stop"
        elif entry is not None and entry.status:
            name = f"{which}: {entry.status}"
        lenses.append(
            types.CodeLens(
                range=wire.range_of(view, server.encoding, Span(start, start)),
                command=types.Command(name, command, arguments=[question.as_argument()]),
            )
        )
    return lenses


async def hover_at(server: EditorServer, params: types.HoverParams) -> types.Hover | None:
    """The goal at a `sorry`, and how the prover stands with it."""
    sheet = server.sheet(params.text_document.uri)
    view = await sheet.view()
    place = wire.place(view, server.encoding, params.position)
    target = view.hole_at(place)
    offset = view.offset(place)
    if target is None or not target.span.start <= offset <= target.span.end:
        return None
    asked = asyncio.wrap_future(server.bench.goal(target))
    try:
        goal = await asyncio.wait_for(asyncio.shield(asked), _GOAL_SECONDS)
        shown = f"```lean\n{goal.text}\n```\n"
    except asyncio.TimeoutError:
        shown = "*Lean is busy*\n"
    except ProverError as error:
        shown = f"*{error}*\n"
    entry = sheet.known(view, target)
    status = entry.status if entry is not None and entry.status else "not tried yet"
    return types.Hover(
        contents=types.MarkupContent(types.MarkupKind.Markdown, f"{shown}prover: {status}"),
        range=wire.range_of(view, server.encoding, target.span),
    )
