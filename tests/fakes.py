"""A stand-in for Lean: goals are names, and a table says what each tactic does to each of them.

    gateway = FakeGateway({"both": {"split": ("left", "right")}, "left": {"exact l": ()}, …}, visits=["both"])

It checks what a session may rely on (states belong to their own session, which is still open), and
certifies a text by replaying it as Lean would: bullets and `case` focus, `first` takes the first
alternative that works. Goals whose names begin with `?` share metavariables with all goals beside them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from prover.errors import HoleUnreachable, ProverError
from prover.lean.gateway import HEARTBEATS, Complaint
from prover.lean.source import Source
from prover.types import (
    Advanced,
    Candidate,
    Failed,
    FailureReason,
    Goal,
    Hole,
    Outcome,
    Proved,
    Standing,
    TacticState,
    Theorem,
    Verdict,
)


@dataclass(frozen=True)
class Closes:
    """What a tactic does that closes so many goals, the first and those after it."""

    goals: int


@dataclass(frozen=True)
class Dear:
    """What a tactic does that needs all heartbeats, and leaves these goals."""

    goals: tuple[str, ...]


Goals: TypeAlias = tuple[str, ...]
Effect: TypeAlias = "Goals | Closes | Dear | Failed | ProverError"
"""The goals in the place of the first one; or what goes wrong. An error is raised."""

Rules: TypeAlias = Mapping[str, Mapping[str, Effect]]


RAN_OUT = Failed(FailureReason.TIMEOUT, f"(deterministic) timeout, {HEARTBEATS} has been reached")


def fake_goal(name: str) -> Goal:
    return Goal(hypotheses=(), target=name, case="", text=f"⊢ {name}")


def fake_state(number: int, goals: Goals) -> TacticState:
    tied = any(goal.startswith("?") for goal in goals)
    groups = (tuple(range(len(goals))),) if tied else tuple((i,) for i in range(len(goals)))
    return TacticState(number, tuple(map(fake_goal, goals)), groups)


class FakePolicy:
    """Proposes what the table has for a goal, in its order, each less likely than the one before."""

    name = "fake"

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        return [
            [Candidate(tactic, -0.5 * (i + 1), "fake") for i, tactic in enumerate(self._tactics(goal))][:n]
            for goal in goals
        ]

    def _tactics(self, goal: Goal) -> list[str]:
        return list(self.rules.get(goal.target, {}))


class FakeSession:
    def __init__(self, rules: Rules, root: str) -> None:
        self._rules = rules
        self._states: list[TacticState] = []
        self.closed = False
        self.root = self._new((root,))
        self.ran: list[tuple[int, Goals, str]] = []

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        assert not self.closed, "the session is over"
        assert self._states[state.id] == state, "a state of another session"
        (group,) = (members for members in state.groups if goal in members)
        numbers = [goal, *(number for number in group if number != goal)]
        goals = tuple(state.goals[number].target for number in numbers)
        self.ran.append((state.id, goals, tactic))
        after = apply(self._rules, goals, tactic, share)
        if isinstance(after, Failed):
            return after
        return Advanced(self._new(after), lean_seconds=0.25) if after else Proved(lean_seconds=0.25)

    def _new(self, goals: Goals) -> TacticState:
        state = fake_state(len(self._states), goals)
        self._states.append(state)
        return state


@dataclass
class FakeGateway:
    """Opens any theorem at `visits`, one after the other, each a goal.

    `judge` answers for a text in the place of replaying it, unless it says None. `fails_to_open` is raised at
    every opening. `sessions` and `judged` record what was opened and certified. `kind` of session.
    """

    rules: Rules
    visits: Sequence[str] = ("root",)
    judge: Callable[[str], Verdict | None] = lambda text: None
    fails_to_open: ProverError | None = None
    version: str = "fake"
    kind: type[FakeSession] = FakeSession
    sessions: list[FakeSession] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)
    closed: bool = False

    def check(self, source: Source) -> Sequence[Complaint]:
        return ()

    @contextmanager
    def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[FakeSession]:
        assert not self.closed
        if self.fails_to_open is not None:
            raise self.fails_to_open
        left = [visit for visit in self.visits if not any(replays(self.rules, visit, s) for s in solved)]
        if not left:
            raise HoleUnreachable("no visit is left")
        session = self.kind(self.rules, left[0])
        self.sessions.append(session)
        try:
            yield session
        finally:
            session.closed = True

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        assert not self.closed
        return {hole: self._verdict(hole, text) for hole, text in proofs.items()}

    def close(self) -> None:
        self.closed = True

    def _verdict(self, hole: Hole, text: str) -> Verdict:
        self.judged.append(text)
        said = self.judge(text)
        if said is not None:
            return said
        script = textwrap.dedent(" " * (hole.position.column - 1) + text)
        if all(replays(self.rules, visit, script) for visit in self.visits):
            return Verdict(Standing.CERTIFIED)
        return Verdict(Standing.REJECTED, reason="it does not replay")


def apply(rules: Rules, goals: Goals, tactic: str, share: float = 1.0) -> Goals | Failed:
    """What is left of the goals after a tactic on the first of them, with that part of the heartbeats."""
    effect = rules.get(goals[0], {}).get(tactic, Failed(FailureReason.TACTIC, "no such tactic"))
    match effect:
        case tuple():
            return effect + goals[1:]
        case Closes(count):
            return goals[count:] if count <= len(goals) else Failed(FailureReason.TACTIC, "too few goals")
        case Dear(left):
            return RAN_OUT if share < 1 else left + goals[1:]
        case Failed():
            return effect
        case _:
            raise effect


def replays(rules: Rules, goal: str, script: str) -> bool:
    """Whether a script, whose first line is not indented, closes a goal."""
    return _run(rules, (goal,), script.split("\n")) == ()


def _run(rules: Rules, goals: Goals, lines: Sequence[str]) -> Goals | Failed:
    for block in _blocks(lines):
        if not goals:
            return Failed(FailureReason.TACTIC, "no goals")
        after = _run_block(rules, goals, block)
        if isinstance(after, Failed):
            return after
        goals = after
    return goals


def _run_block(rules: Rules, goals: Goals, block: list[str]) -> Goals | Failed:
    if block[0].startswith("· "):
        after = _run(rules, goals[:1], _unhang(block))
        return Failed(FailureReason.TACTIC, "unsolved goals") if after else goals[1:]
    if block[0].startswith("rotate_left "):
        turn = int(block[0].removeprefix("rotate_left "))
        return goals[turn:] + goals[:turn]
    if block[0] == "first":
        choices = _blocks(_unhang(block)[1:], continued_by=(" ",))
        results = [_run(rules, goals, _unhang(choice)) for choice in choices]
        return next((after for after in results if not isinstance(after, Failed)), results[-1])
    return apply(rules, goals, "\n".join(block))


def _unhang(block: Sequence[str]) -> list[str]:
    """Without the first two columns, which hold a mark (`· `, `| `) or nothing."""
    return [line[2:] for line in block]


def _blocks(lines: Sequence[str], continued_by: tuple[str, ...] = (" ", "| ")) -> list[list[str]]:
    """Each tactic's lines: one that is not indented, and those after it that go on with it."""
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith(continued_by) or not line:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks
