"""The rows of a tree as it is shown: goals, and the tactics tried on them, each foldable.

Every row knows how many rows it takes up with what is shown below it. So the row on a given line is found,
and a change is taken in, by one walk along one branch: a tree of any size is shown at the cost of the lines
that fit the screen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from prover.types import Advanced, Candidate, Failed, Goal, Outcome, Proved, TacticState, effect_of


class Standing(Enum):
    """How a row stands. WAITING: for a goal that reads alike."""

    OPEN = "open"
    PROVED = "proved"
    FAILED = "failed"
    GIVEN_UP = "given up"
    WAITING = "waiting"


@dataclass(slots=True, eq=False)
class Row:
    """`inner` counts the rows shown below while it is unfolded; a hidden row takes up none."""

    standing: Standing = field(default=Standing.OPEN, init=False)
    unfolded: bool = field(default=True, init=False)
    hidden: bool = field(default=False, init=False)
    inner: int = field(default=0, init=False)

    @property
    def above(self) -> Row | None:
        raise NotImplementedError

    @property
    def below(self) -> Sequence[Row]:
        raise NotImplementedError

    @property
    def size(self) -> int:
        """How many rows it takes up."""
        if self.hidden:
            return 0
        return 1 + self.inner if self.unfolded else 1

    @property
    def level(self) -> int:
        level, row = 0, self.above
        while row is not None:
            level, row = level + 1, row.above
        return level


@dataclass(slots=True, eq=False)
class GoalRow(Row):
    """The goals of one group of a state, which are one node of the search.

    `number` names it, in the order in which goals came up, whoever found them. `untried` are candidates that
    are still to come. `left` estimates what its proof may cost, by the best tactic so far, `best`. `dropped`
    counts failed tactics that are not kept.
    """

    number: int
    state: TacticState
    group: tuple[int, ...]
    parent: TacticRow | None
    depth: int
    cost: float
    tactics: list[TacticRow] = field(default_factory=list)
    untried: deque[Candidate] = field(default_factory=deque)
    why: str = ""
    like: GoalRow | None = None
    left: float = 0.0
    best: TacticRow | None = None
    dropped: int = 0
    wished: bool = False

    @property
    def above(self) -> TacticRow | None:
        return self.parent

    @property
    def below(self) -> Sequence[TacticRow]:
        return self.tactics

    @property
    def goals(self) -> tuple[Goal, ...]:
        return tuple(self.state.goals[number] for number in self.group)

    @property
    def title(self) -> str:
        """What is to be shown, in one line."""
        return " and ".join("⊢ " + " ".join(goal.target.split()) for goal in self.goals)

    @property
    def way(self) -> tuple[tuple[str, int], ...]:
        """The tactics from the root to here, each with the number of the goal that it was run on."""
        steps: list[tuple[str, int]] = []
        tactic = self.parent
        while tactic is not None:
            steps.append((tactic.effect, tactic.parent.group[0]))
            tactic = tactic.parent.parent
        return tuple(reversed(steps))


@dataclass(slots=True, eq=False)
class TacticRow(Row):
    """A tactic that was tried. `number` counts the tactics of a hole from 1."""

    number: int
    parent: GoalRow
    candidate: Candidate
    outcome: Outcome
    by_hand: bool = False
    goals: tuple[GoalRow, ...] = ()

    @property
    def effect(self) -> str:
        """What of the candidate belongs into a proof."""
        return effect_of(self.candidate.tactic, self.outcome)

    @property
    def above(self) -> GoalRow | None:
        return self.parent

    @property
    def below(self) -> Sequence[GoalRow]:
        return self.goals

    @property
    def title(self) -> str:
        return " ".join(self.candidate.tactic.split())

    @property
    def answer(self) -> str:
        """What Lean answered, in words for the user."""
        match self.outcome:
            case Proved():
                return "closes the goal"
            case Advanced():
                return "leaves 1 goal" if len(self.goals) == 1 else f"leaves {len(self.goals)} goals"
            case Failed(reason, message):
                return f"{reason.value}: {message}"


def resize(row: Row, before: int) -> None:
    """Tell those above that a row took up `before` rows until now."""
    change, at = row.size - before, row.above
    while at is not None and change:
        size = at.size
        at.inner += change
        change, at = at.size - size, at.above


def fold(row: Row, unfolded: bool) -> None:
    before = row.size
    row.unfolded = unfolded
    resize(row, before)


def rows_from(roots: Sequence[Row], line: int) -> Iterator[tuple[Row, int]]:
    """The rows from the one on that line on, each with its level. Lines count from 0."""
    stack: list[tuple[Sequence[Row], int]] = [(roots, 0)]
    while stack:
        rows, at = stack.pop()
        while at < len(rows) and rows[at].size <= line:
            line -= rows[at].size
            at += 1
        if at == len(rows):
            continue
        stack.append((rows, at + 1))
        if line == 0:
            yield rows[at], len(stack) - 1
        else:
            line -= 1
        if rows[at].unfolded:
            stack.append((rows[at].below, 0))


def line_of(roots: Sequence[Row], row: Row) -> int:
    """The line that a row is on; that of the nearest one above it that is shown, where it is not."""
    line, at = 0, row
    while True:
        above = at.above
        beside = roots if above is None else above.below
        if (above is not None and not above.unfolded) or at.hidden:
            line = 0
        else:
            for other in beside:
                if other is at:
                    break
                line += other.size
            line += above is not None
        if above is None:
            return line
        at = above


def walk(roots: Sequence[Row]) -> Iterator[Row]:
    """All rows, those above before those below."""
    waiting = list(reversed(roots))
    while waiting:
        row = waiting.pop()
        yield row
        waiting.extend(reversed(row.below))
