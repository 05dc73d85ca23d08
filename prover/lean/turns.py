"""Running a row of attempts, each on the goal that those before it left.

Most facts are proved by the first of their alternatives or not at all. So each has that one alone at first,
and what is made of the facts comes next. Where that does nothing, those that are not proved have their other
alternatives, and with what is new the uses another turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from prover.lean.gateway import is_certain, ran_out
from prover.lean.rows import alternatives_of, in_turn, is_fact
from prover.types import Advanced, Failed, Outcome, Proved, TacticState

_FACT, _USE = 1 / 3, 1 / 5
"""Of the heartbeats of a row: what each attempt may use, and each of its alternatives."""

_FACTS, _AGAIN, _ALL = 2.0, 2.6, 3.4
"""Of them: when all attempts together have used so much, no more facts are tried, nor once more, and at last
nothing."""

_SLOW_ALTERNATIVES = 2
"""How many alternatives of an attempt may use up all of theirs, before it is left."""

Run: TypeAlias = Callable[[TacticState, str, int, float | None, float], tuple[Outcome, float]]
"""Runs a tactic on one goal of a state, for so many seconds at most, with a share of a tactic's heartbeats;
also gives what part of this it used."""


def run_row(
    attempts: Sequence[str], run: Run, state: TacticState, goal: int, seconds: float | None, share: float
) -> Outcome | None:
    """What the attempts come to. None where one that others follow leaves several goals."""
    row = _Row(run, state, goal, seconds, share)
    tried = [_Attempt(alternatives_of(attempt), is_fact(attempt)) for attempt in attempts]
    for attempt in tried:
        row.have_turn(attempt, attempt.ways[:1] if attempt.is_fact else attempt.ways)
    first = next((number for number, attempt in enumerate(tried) if attempt.is_fact), len(tried))
    uses = [attempt for attempt in tried[first:] if not attempt.is_fact]
    if not any(use.done for use in uses):
        known = len(row.done)
        for fact in tried:
            if fact.is_fact and not fact.done:
                row.have_turn(fact, fact.ways[1:] if len(row.done) == fact.after else fact.ways, _AGAIN)
        for use in uses if len(row.done) > known else ():
            row.have_turn(use, use.ways)
    return row.outcome()


@dataclass(slots=True)
class _Attempt:
    """`after` so many others had done something it was last tried."""

    ways: Sequence[str]
    is_fact: bool
    done: bool = False
    slow: int = 0
    after: int = 0


@dataclass(slots=True)
class _Row:
    """`used` is in parts of its heartbeats."""

    run: Run
    state: TacticState
    goal: int
    seconds: float | None
    share: float
    done: list[str] = field(default_factory=list)
    last: Advanced | Proved | None = None
    failed: Failed | None = None
    uncertain: Failed | None = None
    has_branched: bool = False
    lasted: float = 0.0
    used: float = 0.0

    def have_turn(self, attempt: _Attempt, ways: Sequence[str], limit: float = _FACTS) -> None:
        """Nothing where there is no goal left, or not enough heartbeats: `limit` is that of facts."""
        if self.uncertain or isinstance(self.last, Proved):
            return
        self.has_branched |= self.last is not None and len(self.last.state.goals) > 1
        if self.has_branched or self.used >= (limit if attempt.is_fact else _ALL):
            return
        part = _FACT if attempt.is_fact else _USE
        attempt.after, attempt.slow = len(self.done), min(attempt.slow, _SLOW_ALTERNATIVES - 1)
        for tactic in ways:
            left = None if self.seconds is None else max(0.0, self.seconds - self.lasted)
            outcome, took = self.run(self.state, tactic, self.goal, left, self.share * part)
            self.lasted, self.used = self.lasted + outcome.lean_seconds, self.used + part * took
            if not isinstance(outcome, Failed):
                attempt.done, self.last = True, outcome
                self.done.append(tactic)
                if isinstance(outcome, Advanced):
                    self.state, self.goal = outcome.state, 0
                return
            if not is_certain(outcome):
                self.uncertain = outcome
                return
            if ran_out(outcome) or not ran_out(self.failed or outcome):
                self.failed = outcome
            attempt.slow += ran_out(outcome)
            if attempt.slow == _SLOW_ALTERNATIVES:
                return

    def outcome(self) -> Outcome | None:
        if self.has_branched:
            return None
        if self.uncertain:
            return replace(self.uncertain, lean_seconds=self.lasted)
        if self.failed and all(tactic.startswith("rename_i ") for tactic in self.done):
            return replace(self.failed, lean_seconds=self.lasted)
        assert self.last is not None
        return replace(self.last, lean_seconds=self.lasted, effect=in_turn(self.done))
