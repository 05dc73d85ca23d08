"""A slow policy is asked ahead: nothing is found differently, all is paid for, and no thread stays behind."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from fakes import FakeGateway, FakeSession, Rules
from hypothesis import given
from hypothesis import strategies as st
from test_search import ENOUGH, PROOF, Costly, finish, graphs, only, source, trees

from prover.events import Event, Finished, Proposed
from prover.lean.source import Source
from prover.search.frontier import STRATEGIES
from prover.search.loop import search
from prover.types import Budget, Candidate, Goal, Outcome, Status, TacticState, Theorem

__all__ = ["source"]


class Slow(Costly):
    """Keeps what it was asked."""

    batch = 3

    def __init__(self, rules: Rules) -> None:
        super().__init__(rules)
        self.asked: list[tuple[list[str], int]] = []

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        self.asked.append(([goal.target for goal in goals], n))
        return super().propose(theorem, goals, n)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "prover policy"]


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(rules=st.one_of(graphs(), trees()), tactics=st.integers(0, 30))
def test_asking_ahead_changes_nothing(source: Source, strategy: str, rules: Rules, tactics: int) -> None:
    def told(policy: Costly) -> list[Event]:
        gateway, budget = FakeGateway(rules, visits=["g0", "g1"]), Budget(tactics=tactics)
        theorem = source.theorems[0]
        events, result = finish(search(source, theorem, gateway, policy, budget, strategy, clock=lambda: 0.0))
        if isinstance(policy, Slow):
            answered = sum(len(goals) for goals, _ in policy.asked)
            assert result.statistics.tokens == 100 * answered >= 100 * len(only(Proposed, events))
        return [event for event in events if not isinstance(event, Finished)]

    assert told(Slow(rules)) == told(Costly(rules))


def test_the_policy_is_asked_while_lean_works(source: Source) -> None:
    """Lean ends the first tactic on the left goal when the policy has been asked about the right one."""
    asked = threading.Event()

    class Tells(Slow):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
            if any(goal.target == "right" for goal in goals):
                asked.set()
            return super().propose(theorem, goals, n)

    class Waits(FakeSession):
        def run(
            self,
            state: TacticState,
            tactic: str,
            goal: int = 0,
            seconds: float | None = None,
            share: float = 1.0,
        ) -> Outcome:
            assert tactic != "simp" or asked.wait(10)
            return super().run(state, tactic, goal, seconds, share)

    gateway = FakeGateway(PROOF, kind=Waits)
    _, result = finish(search(source, source.theorems[0], gateway, Tells(PROOF), ENOUGH))
    assert result.status is Status.PROVED


def test_a_policy_that_fails_ends_the_search_and_its_thread(source: Source) -> None:
    class Fails(Slow):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
            raise KeyError("no answer")

    with pytest.raises(KeyError, match="no answer"):
        finish(search(source, source.theorems[0], FakeGateway(PROOF), Fails(PROOF), ENOUGH))
    running = search(source, source.theorems[0], FakeGateway(PROOF), Slow(PROOF), ENOUGH)
    next(running)
    running.close()
    for thread in threading.enumerate():
        if thread.name == "prover policy":
            thread.join(10)
    assert not threads()
