"""The real Lean under a budget of tactics: the same proofs after the same tactics, however many Leans."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from test_search import finish

from prover.config import Settings
from prover.events import Event, Finished, Tried
from prover.lean.connect import gateway_factory
from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.embedded.install import embedded_root
from prover.lean.gateway import LeanSession
from prover.lean.source import Source, parse_source
from prover.policy.fixed import FixedPolicy
from prover.proving import Finished as HoleFinished
from prover.proving import Job, Proving
from prover.search.crew import Crew
from prover.search.loop import search
from prover.types import Budget, Outcome, TacticState, Theorem

TEXT = """def weave : List Nat → List Nat → List Nat
  | [], ys => ys
  | x :: xs, ys => x :: weave xs ys.reverse

theorem weave_length (xs ys : List Nat) : (weave xs ys).length = ys.length + xs.length := by
  sorry

theorem some_pair (p q : Prop) (hp : p) (hq : q) : (∃ n : Nat, n = 3 ∧ p) ∧ q ∧ ∃ m : Nat, m < 9 ∧ m > 7 := by
  sorry

theorem no_such_thing (xs ys : List Nat) : weave xs ys = weave ys xs.reverse := by
  sorry
"""
SOURCE = parse_source(Path("Determinism.lean"), TEXT.encode())


class Counting(EmbeddedGateway):
    """Counts the tactics that it runs."""

    runs = 0

    @contextmanager
    def open(  # type: ignore[override]
        self, source: Source, theorem: Theorem, solved: Sequence[str] = ()
    ) -> Iterator[LeanSession]:
        with super().open(source, theorem, solved) as session:
            yield _Counted(self, session)


class _Counted:
    def __init__(self, gateway: Counting, session: LeanSession) -> None:
        self._gateway = gateway
        self._session = session
        self.root = session.root

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        self._gateway.runs += 1
        return self._session.run(state, tactic, goal, seconds, share)


@pytest.fixture(scope="module")
def helper() -> Iterator[Counting]:
    root = embedded_root()
    assert root is not None
    gateway = Counting(root, (), Limits())
    gateway.check(SOURCE)
    yield gateway
    gateway.close()


def without_times(events: Sequence[Event]) -> list[Event]:
    return [
        replace(event, outcome=replace(event.outcome, lean_seconds=0.0))
        if isinstance(event, Tried)
        else event
        for event in events
        if not isinstance(event, Finished)
    ]


@pytest.mark.parametrize("strategy", ["best-first", "puct"])
def test_a_second_lean_changes_nothing(lean: EmbeddedGateway, helper: Counting, strategy: str) -> None:
    theorem = SOURCE.theorems[-1]
    crew, before = Crew(), helper.runs
    other = threading.Thread(target=crew.help, args=(helper, SOURCE, theorem))
    other.start()

    def events(crew: Crew | None) -> list[Event]:
        policy, budget = FixedPolicy(), Budget(tactics=50)
        running = search(SOURCE, theorem, lean, policy, budget, strategy, clock=lambda: 0.0, crew=crew)
        return without_times(finish(running)[0])

    assert events(crew) == events(None)
    crew.close()
    other.join(60)
    assert helper.runs > before


def test_the_number_of_jobs_changes_nothing() -> None:
    def proofs(jobs: int) -> list[tuple[object, ...]]:
        settings = Settings(tactics=15, seconds=1000, jobs=jobs)
        job = Job(SOURCE, tuple(SOURCE.theorems[:2]))
        run = Proving([job], gateway_factory("embedded"), FixedPolicy, settings)
        results = [event.result for event in run.events() if isinstance(event, HoleFinished)]
        results.sort(key=lambda result: result.theorem.hole.position.line)
        return [(r.theorem.name, r.status, r.stop, r.proof, r.partial, r.statistics.tactics) for r in results]

    assert proofs(3) == proofs(1)
