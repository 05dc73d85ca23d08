"""From a tree to source text: the proof that stands in it, or the part of one that came furthest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prover.events import Event, Opened, Tried
from prover.lean.source import Source
from prover.lean.splice import fit
from prover.search.script import Step, flat, structured, wrapped
from prover.types import Advanced, Theorem
from tui.state.rows import GoalRow, Standing, TacticRow

_LINE = 100
_HERE = "sorry /- here -/"


def proof_of(root: GoalRow) -> Step | None:
    """The proof that stands below a goal, None where there is none."""
    return _step(root, _proved) if root.standing is Standing.PROVED else None


def furthest_of(root: GoalRow, through: GoalRow | None = None) -> tuple[Step | None, list[GoalRow]]:
    """The script that goes furthest, and the goals that it leaves open, in the order of its `sorry`s.

    With `through`, the script goes through that goal, and leaves it open.
    """
    kept: dict[int, TacticRow] = {}
    at = through
    while at is not None and at.parent is not None:
        kept[at.parent.parent.number] = at.parent
        at = at.parent.parent
    opened: list[GoalRow] = []

    def best(goal: GoalRow) -> TacticRow | None:
        if goal is through:
            return None
        chosen = kept.get(goal.number) or _proved(goal) or goal.best
        if chosen is None:
            opened.append(goal)
        return chosen

    return _step(root, best, through), opened


def events_of(theorem: Theorem, root: GoalRow) -> Iterator[Event]:
    """What a search would tell that tries the tactics of the proof below a goal, and no others."""
    yield Opened(theorem, 1, root.number, root.state)
    goals = [root]
    while goals:
        goal = goals.pop()
        tactic = _proved(goal)
        assert tactic is not None, "the goal is proved"
        children = tuple(below.number for below in tactic.goals)
        yield Tried(goal.number, tactic.candidate, tactic.outcome, children)
        goals += tactic.goals


def text_of(source: Source, theorem: Theorem, script: Step | None, shape: str = "structured") -> str:
    """What stands in the place of the hole; `shape` is "structured" or "flat"."""
    hole = theorem.hole
    line = source.text[: hole.span.start].rpartition("\n")[2]
    width = _LINE - len(line) + len(line.lstrip()) - 4
    lines = structured(script) if shape == "structured" else flat(script)
    return fit(source, hole, wrapped(lines, width))


def marked_text(source: Source, theorem: Theorem, script: Step | None) -> tuple[str, int]:
    """The file's text with a script that `furthest_of` gave for a goal, and where that goal's `sorry` is."""
    text = source.replaced({theorem.hole: text_of(source, theorem, script)})
    at = text.index(_HERE, theorem.hole.span.start)
    return text, at


def _proved(goal: GoalRow) -> TacticRow | None:
    return next((tactic for tactic in goal.tactics if tactic.standing is Standing.PROVED), None)


def _step(
    goal: GoalRow, best: Callable[[GoalRow], TacticRow | None], through: GoalRow | None = None
) -> Step | None:
    if goal is through:
        return Step(_HERE)
    tactic = best(goal)
    if tactic is None:
        return None
    text = tactic.effect
    if not isinstance(tactic.outcome, Advanced):
        return Step(text)
    state = tactic.outcome.state
    parts = tuple(_step(below, best, through) for below in tactic.goals)
    return Step(text, tuple(each.case for each in state.goals), state.groups, parts)
