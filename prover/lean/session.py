"""An open hole that outlives its Lean.

Lean's own states are lost when it dies or has to be killed. A session remembers by which tactics each state
was reached, and replays them in a new Lean when a state is asked for that the present one does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from prover.errors import LeanDied, LeanKeepsDying, LeanTimeout
from prover.lean.dojo import FocusingDojo, LeanError, LineDojo, ProofFinished, ProofGivenUp
from prover.lean.dojo import TacticState as DojoState
from prover.lean.gateway import HEARTBEATS, is_certain, ran_out
from prover.lean.goals import parse_goal
from prover.lean.guard import refusal
from prover.lean.rows import attempts_of
from prover.lean.turns import run_row
from prover.types import Advanced, Failed, FailureReason, Outcome, Proved, TacticState

Groups: TypeAlias = tuple[tuple[int, ...], ...]

_METAVARIABLE = re.compile(r"\?[\w.]")
_DEATHS_IN_A_ROW = 5
_LEAST_GUARD = 1 / 4
"""Of the time after which a tactic is ended whatever it does: what one with few of its heartbeats gets."""


@dataclass(slots=True)
class _Reached:
    """How a state was reached, and what the Lean of `generation` calls it.

    The session's goals are the first of the Dojo's; behind them are so many `others`, where a Lean shows
    those, too, that are not in focus.
    """

    parent: int
    tactic: str
    goal: int
    share: float
    state: DojoState
    generation: int
    others: int
    groups: Groups


class ReplayingSession:
    """A `LeanSession`. `reopen` gives the hole in a Lean that works, a new one if need be; it may raise
    `LeanKeepsDying`. A Lean that reports more than `memory_limit` bytes is replaced before it goes on.
    """

    def __init__(
        self, reopen: Callable[[], LineDojo], theorem_name: str, memory_limit: int | None = None
    ) -> None:
        self._reopen = reopen
        self._theorem_name = theorem_name
        self._memory_limit = memory_limit
        self._generation = 0
        self._dojo, first = reopen().__enter__()
        texts = self._texts(first)  # a hole stands for the first goal where it is
        self._reached = [_Reached(-1, "", 0, 1.0, first, 0, len(texts) - 1, ((0,),))]
        self.root = TacticState(0, (parse_goal(texts[0]),), ((0,),))
        self._attempted: dict[tuple[int, str, int, float], tuple[Outcome, float]] = {}

    @property
    def memory(self) -> int:
        """Bytes, as Lean last reported them; 0 before the first tactic."""
        return int(self._dojo.reply.get("memory", 0))

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        why = refusal(tactic, self._theorem_name)
        if why is not None:
            return Failed(FailureReason.FORBIDDEN, why)
        attempts = attempts_of(tactic)
        if any(refusal(attempt, self._theorem_name) for attempt in attempts):
            attempts = []
        outcome = run_row(attempts, self._remembered, state, goal, seconds, share) if attempts else None
        return outcome or self._once(state, tactic, goal, seconds, share)

    def _remembered(
        self, state: TacticState, tactic: str, goal: int, seconds: float | None, share: float
    ) -> tuple[Outcome, float]:
        """With the part of its heartbeats that it used. What attempts did is known, as other rows have the
        same ones; it takes no time then."""
        asked = state.id, tactic, goal, share
        if asked in self._attempted:
            outcome, used = self._attempted[asked]
            return replace(outcome, lean_seconds=0.0), used
        outcome = self._once(state, tactic, goal, seconds, share)
        used = self._used(outcome)
        if is_certain(outcome):
            self._attempted[asked] = outcome, used
        return outcome, used

    def _used(self, outcome: Outcome) -> float:
        """Of its heartbeats, by the last tactic; guessed where Lean does not say it."""
        said = self._dojo.reply.get("heartbeats")
        if said is not None:
            return float(said) / self._dojo.heartbeats
        return 1.0 if ran_out(outcome) else 0.25

    def _once(
        self, state: TacticState, tactic: str, goal: int, seconds: float | None, share: float
    ) -> Outcome:
        outcome = self._attempt(state, tactic, goal, seconds, share)
        if outcome is None:
            outcome = self._attempt(state, tactic, goal, seconds, share)
        if outcome is None:
            return Failed(FailureReason.CRASH, "Lean was killed twice while it ran this")
        return outcome

    def _attempt(
        self, state: TacticState, tactic: str, goal: int, seconds: float | None, share: float
    ) -> Outcome | None:
        """None when Lean was killed from outside: the tactic deserves another try."""
        known = self._known(state.id)
        limit = self._dojo.timeout
        guard = limit * max(share, _LEAST_GUARD)
        self._dojo.timeout = guard if seconds is None else min(guard, seconds)
        try:
            result = self._run(known, tactic, goal, share)
        except AssertionError:
            return Failed(FailureReason.TACTIC, "LeanDojo cannot read the goals that this leaves")
        except LeanTimeout as error:
            return Failed(FailureReason.TIMEOUT, str(error), self._dojo.timeout)
        except LeanDied as error:
            return None if error.killed else Failed(FailureReason.CRASH, str(error))
        finally:
            self._dojo.timeout = limit
        outcome = self._outcome(state.id, tactic, goal, share, result)
        if self._memory_limit is not None and self.memory > self._memory_limit:
            self._dojo.process.kill()
        return outcome

    def _run(self, known: _Reached, tactic: str, goal: int, share: float) -> object:
        self._dojo.share = share
        if isinstance(self._dojo, FocusingDojo):
            return self._dojo.run_goal(known.state, tactic, goal)
        return self._dojo.run_tac(known.state, _focused(tactic, goal) if _others(known, goal) else tactic)

    def _outcome(self, parent: int, tactic: str, goal: int, share: float, result: object) -> Outcome:
        seconds, message = self._dojo.reply.get("ms", 0.0) / 1000, str(self._dojo.reply["message"])
        if isinstance(result, ProofFinished):
            return Proved(seconds, message)
        if isinstance(result, ProofGivenUp):
            return Failed(FailureReason.SORRY, "closes the goal with a `sorry`", seconds)
        if isinstance(result, LeanError):
            return Failed(_reason(result.error, self._dojo.reply), result.error, seconds)
        assert isinstance(result, DojoState)
        others = 0 if self._dojo.focuses else _others(self._reached[parent], goal)
        texts = self._texts(result)
        texts = texts[: max(0, len(texts) - others)]
        if not texts:
            return Proved(seconds, message)
        groups = _as_groups(self._dojo.reply["groups"]) if self._dojo.focuses else _groups(texts)
        reached = _Reached(parent, tactic, goal, share, result, self._generation, others, groups)
        self._reached.append(reached)
        goals = tuple(parse_goal(text) for text in texts)
        return Advanced(TacticState(len(self._reached) - 1, goals, groups), seconds, message)

    def _texts(self, state: DojoState) -> list[str]:
        texts: list[str] = self._dojo.reply.get("goals") or state.pp.split("\n\n")
        return texts

    def _known(self, number: int) -> _Reached:
        """The state as the present Lean knows it; replays the way to it after Lean was replaced."""
        for _ in range(_DEATHS_IN_A_ROW):
            try:
                if self._dojo.closed or not self._dojo.process.alive:
                    self._start_again()
                return self._replay(number)
            except LeanDied as error:
                last = error
        raise LeanKeepsDying(f"Lean died {_DEATHS_IN_A_ROW} times in a row: {last}")

    def _start_again(self) -> None:
        self._dojo, first = self._reopen().__enter__()
        self._generation += 1
        root = self._reached[0]
        root.state, root.generation = first, self._generation

    def _replay(self, number: int) -> _Reached:
        way = []
        while self._reached[number].generation != self._generation:
            way.append(number)
            number = self._reached[number].parent
        for step in reversed(way):
            reached = self._reached[step]
            result = self._run(self._reached[reached.parent], reached.tactic, reached.goal, reached.share)
            if not isinstance(result, DojoState):
                raise LeanDied(f"a new Lean answers {reached.tactic!r} differently: {result}")
            reached.state, reached.generation = result, self._generation
            number = step
        return self._reached[number]


def _others(known: _Reached, goal: int) -> int:
    """How many goals a Lean shows behind those that a tactic may work on."""
    group = next(members for members in known.groups if goal in members)
    return known.others + sum(map(len, known.groups)) - len(group)


def _focused(tactic: str, goal: int) -> str:
    """One tactic that leaves the other goals alone, and behind those that it makes."""
    lines = "".join(f"\n   {line}" for line in tactic.split("\n"))
    return f"(rotate_left {goal}\n focus{lines}\n )"


def _as_groups(groups: Sequence[Sequence[int]]) -> Groups:
    """Those that Lean tells, but all that have several members as one: a script can keep one together."""
    single = [tuple(members) for members in groups if len(members) == 1]
    tied = sorted(number for members in groups if len(members) > 1 for number in members)
    return tuple(sorted([*single, tuple(tied)] if tied else single))


def _groups(texts: Sequence[str]) -> Groups:
    """All goals are tied where the text of one shows a metavariable, which may be any other's."""
    if any(_METAVARIABLE.search(text) for text in texts):
        return (tuple(range(len(texts))),)
    return tuple((number,) for number in range(len(texts)))


def _reason(message: str, reply: dict[str, object]) -> FailureReason:
    if reply.get("parse"):
        return FailureReason.PARSE
    return FailureReason.TIMEOUT if HEARTBEATS in message else FailureReason.TACTIC
