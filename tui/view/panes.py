"""Panes of text: the goal under the cursor, the line of thought, the proof, a model's reasoning."""

from __future__ import annotations

import math
from itertools import islice
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from prover.types import Failed
from tui.state.holes import HoleState, Phase
from tui.state.marks import mark_of
from tui.state.rows import GoalRow, Row, Standing, TacticRow
from tui.state.scripts import furthest_of, text_of
from tui.view.lean import code, goals
from tui.view.lines import Lines

SHOWN = 200
"""How many lines of thought are shown; more are kept."""


class TextPane(Lines):
    """Text, wrapped to the width of the pane."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "scroll_up", show=False),
        Binding("j", "scroll_down", show=False),
        Binding("g", "scroll_home", show=False),
        Binding("G", "scroll_end", show=False),
        Binding("ctrl+d", "page_down", show=False),
        Binding("ctrl+u", "page_up", show=False),
    ]

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._text = Text()
        self._width = 0
        self._wrapped: list[Text] = []

    @property
    def plain(self) -> str:
        """What it shows."""
        return self._text.plain

    def put(self, text: Text) -> None:
        if text != self._text or text.spans != self._text.spans:
            self._text, self._width = text, 0
            self.changed()

    def changed(self) -> None:
        width = self.scrollable_content_region.width
        if width != self._width and width > 0:
            self._width = width
            text = self.spelled(self._text).copy()
            text.no_wrap, text.overflow = False, "fold"
            self._wrapped = list(text.wrap(self.app.console, width))
        super().changed()

    def line_count(self) -> int:
        return len(self._wrapped)

    def line_at(self, line: int) -> Text:
        text = self._wrapped[line]
        text.end = ""
        return text


class GoalPane(TextPane):
    """What is known of the row under the cursor."""

    BORDER_TITLE = "Goal"

    def show(self, hole: HoleState | None, row: Row | None) -> None:
        if hole is None:
            self.put(Text("Choose a hole: a `sorry` of one of the files."))
        elif isinstance(row, GoalRow):
            self.entitle(f"Goal {row.number}")
            self.put(self._goal(row))
        elif isinstance(row, TacticRow):
            self.entitle(f"Tactic {row.number}")
            self.put(self._tactic(row))
        else:
            self.entitle("Goal")
            waiting = "Bringing back what was done…" if hole.restoring else "Lean has not shown the goal yet."
            statement = code(hole.theorem.declaration.statement, self.palette)
            self.put(Text.assemble(statement, f"\n\n{hole.trouble or waiting}"))

    def _goal(self, goal: GoalRow) -> Text:
        text = goals(goal.goals, self.palette)
        tried = len(goal.tactics) + goal.dropped
        text.append(f"\n\n{mark_of(goal)} {goal.standing.value}")
        text.append(f" · {tried} tried · cost {goal.cost:.2f} · value {_value(goal):.3f}", self.look("dim"))
        if goal.why:
            text.append(f"\ngiven up: {goal.why}")
        if goal.like is not None:
            text.append(f"\nreads like goal {goal.like.number}, and waits for what becomes of that")
        if goal.untried:
            text.append("\n\nto be tried:\n", self.look("dim"))
            for candidate in islice(goal.untried, 8):
                text.append(f"{math.exp(candidate.logprob):6.1%}  ", self.look("dim"))
                text.append(" ".join(candidate.tactic.split()) + "\n")
        return text

    def _tactic(self, tactic: TacticRow) -> Text:
        candidate = tactic.candidate
        text = code(candidate.tactic, self.palette)
        source = "by hand" if tactic.by_hand else f"{candidate.source} · p {math.exp(candidate.logprob):.1%}"
        text.append(f"\n\n{mark_of(tactic)} {tactic.standing.value}")
        seconds = tactic.outcome.lean_seconds
        text.append(f" · {source} · {seconds * 1000:.0f} ms in Lean\n\n", self.look("dim"))
        if isinstance(tactic.outcome, Failed):
            text.append(f"Lean answered ({tactic.outcome.reason.value}):\n{tactic.outcome.message}")
        else:
            text.append(f"Lean answered: {tactic.answer}\n\n")
            text.append_text(goals([each for goal in tactic.goals for each in goal.goals], self.palette))
        return text


class ThoughtPane(TextPane):
    """The line of thought; its end stays in sight unless somebody reads further up."""

    BORDER_TITLE = "Line of thought"

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._hole: HoleState | None = None
        self._count = -1
        self._trying = ""

    def show(self, hole: HoleState | None) -> None:
        if hole is None:
            self.put(Text(""))
            return
        news = (hole.thoughts.count, hole.trying)
        if hole is self._hole and news == (self._count, self._trying):
            return
        at_end = hole is not self._hole or self.scroll_offset.y >= self.max_scroll_y - 1
        self._hole, (self._count, self._trying) = hole, news
        lines = list(hole.thoughts.lines)[-SHOWN:]
        text = Text("\n".join(f"· {line}" for line in lines))
        if hole.trying:
            text.append(f"\ntrying {' '.join(hole.trying.split())[:120]} …", self.look("dim"))
        self.put(text)
        if at_end:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)


class ProofPane(TextPane):
    """The proof, or the part of one that came furthest, in its place."""

    BORDER_TITLE = "Proof"

    def show(self, hole: HoleState | None) -> None:
        if hole is None:
            self.put(Text(""))
        elif hole.proof is not None:
            self.entitle("Proof" if hole.solved else "Proof (conditional)")
            self.put(Text.assemble(self._placed(hole, hole.proof.text), "\n\n", standing_of(hole)))
        elif hole.forest.roots and hole.forest.roots[0].best is not None:
            script, left = furthest_of(hole.forest.roots[0])
            goals_left = "1 goal" if len(left) == 1 else f"{len(left)} goals"
            self.entitle(f"Best so far ({goals_left} left)")
            self.put(self._placed(hole, text_of(hole.source, hole.theorem, script)))
        else:
            self.entitle("Proof")
            searching = "Searching: no step forward yet." if hole.phase is Phase.RUNNING else "None yet."
            self.put(Text(searching))

    def _placed(self, hole: HoleState, proof: str) -> Text:
        return code(placed(hole, proof), self.palette)


class ReasoningPane(TextPane):
    """What a model lets see of its reasoning."""

    BORDER_TITLE = "Reasoning"

    def show(self, hole: HoleState | None) -> None:
        self.put(Text("" if hole is None else hole.reasoning or "This policy shows no reasoning."))


def placed(hole: HoleState, proof: str) -> str:
    """The declaration with the proof in the place of its hole."""
    span = hole.theorem.declaration.span
    text = hole.source.replaced({hole.theorem.hole: proof})
    return text[span.start : len(text) - (len(hole.source.text) - span.end)]


def standing_of(hole: HoleState) -> str:
    """What Lean's kernel says of the proof, and what can be done with it."""
    proof = hole.proof
    assert proof is not None
    if not hole.solved:
        return f"Conditional: it leans on {', '.join(proof.verdict.assumes)}."
    axioms = ", ".join(proof.verdict.axioms) or "none"
    done = "It is in the file." if hole.written else "w writes it, y copies it, m looks for a shorter one."
    return f"Certified. Axioms: {axioms}. {done}"


def _value(goal: GoalRow) -> float:
    if goal.standing is Standing.PROVED:
        return 1.0
    return 0.0 if goal.standing is Standing.GIVEN_UP else math.exp(-goal.left)
