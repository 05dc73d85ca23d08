"""The search with the real Lean: goals one at a time, goals that are tied, and how its scripts read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from test_search import finish, only

from prover.events import ProofFound
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import Source, parse_source
from prover.search.frontier import STRATEGIES
from prover.search.loop import search
from prover.types import (
    Advanced,
    Budget,
    Candidate,
    Failed,
    Goal,
    Outcome,
    Proved,
    SearchResult,
    Status,
    Theorem,
)

TEXT = """theorem both (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ ∃ n : Nat, n = 3 ∧ n < 5 := by
  sorry

theorem parts (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  sorry
  sorry

theorem witness (p : Prop) (hp : p) : (∃ n : Nat, n = 3 ∧ n < 5) ∧ p := by
  sorry

theorem counted (xs : List Nat) : 0 + xs.length = xs.length := by
  sorry
"""


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return parse_source(Path("Engine.lean"), TEXT.encode())


class Told:
    """Proposes the same tactics for every goal."""

    name = "told"

    def __init__(self, *tactics: str) -> None:
        self._tactics = tactics

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        return [[Candidate(tactic, -1.0) for tactic in self._tactics][:n] for _ in goals]


def prove(lean: EmbeddedGateway, text: Source, name: str, *tactics: str) -> SearchResult:
    theorem = next(theorem for theorem in text.theorems if theorem.name == name)
    return finish(search(text, theorem, lean, Told(*tactics), Budget(tactics=200)))[1]


def advanced(outcome: Outcome) -> Advanced:
    assert isinstance(outcome, Advanced), outcome
    return outcome


def test_a_session_works_on_one_goal(lean: EmbeddedGateway, text: Source) -> None:
    with lean.open(text, text.theorems[0]) as session:
        state = advanced(session.run(session.root, "refine ⟨?_, ?_, ?_⟩")).state
        assert state.groups == ((0,), (1,), (2,))
        assert isinstance(session.run(state, "exact hq", 1), Proved)
        assert isinstance(session.run(state, "exact hp", 1), Failed)
        alone = advanced(session.run(state, "all_goals have h := hp", 1)).state
        assert [goal.target for goal in alone.goals] == ["q"]
        assert isinstance(session.run(alone, "exact hq"), Proved)
        assert isinstance(session.run(state, "rotate_left; exact hp", 1), Failed)


def test_a_tactic_does_not_know_what_was_tried_before_it(lean: EmbeddedGateway, text: Source) -> None:
    (theorem,) = (theorem for theorem in text.theorems if theorem.name == "counted")

    def messages(tactics: Sequence[str]) -> dict[str, str]:
        with lean.open(text, theorem) as session:
            outcomes = {tactic: session.run(session.root, tactic) for tactic in tactics}
        return {tactic: o.message for tactic, o in outcomes.items() if isinstance(o, Failed)}

    tried = ["funext x", "exact (_ : ?a = 3)", "induction xs <;> simp", "funext y", "apply Nat.le_trans"]
    forwards = messages(tried)
    assert "?u." in forwards["funext x"]  # a name that Lean counts up
    assert messages(tried[::-1]) == forwards


def test_goals_that_share_metavariables_are_a_group(lean: EmbeddedGateway, text: Source) -> None:
    with lean.open(text, text.theorems[0]) as session:
        state = advanced(session.run(session.root, "refine ⟨?_, ?_, ?_⟩")).state
        tied = advanced(session.run(state, "apply Exists.intro", 2)).state
        assert tied.groups == ((0, 1),)
        apart = advanced(session.run(tied, "refine ⟨?_, ?_⟩")).state
        assert apart.groups == ((0, 1, 2),)
        left = advanced(session.run(apart, "rfl")).state
        assert [goal.target for goal in left.goals] == ["3 < 5"]
        assert left.groups == ((0,),)


def test_a_group_is_one_and_the_rest_stand_alone(lean: EmbeddedGateway, text: Source) -> None:
    with lean.open(text, text.theorems[0]) as session:
        mixed = advanced(session.run(session.root, "refine ⟨?_, ?_, ⟨?n, ?eq, ?lt⟩⟩")).state
        names = [goal.case for goal in mixed.goals]
        (tied,) = (group for group in mixed.groups if len(group) > 1)
        assert {names[number] for number in tied} == {"n", "eq", "lt"}


def test_a_hole_is_its_first_goal_only(lean: EmbeddedGateway, text: Source) -> None:
    _, left, right, *_ = text.theorems
    for theorem, tactic in ((left, "exact hp"), (right, "exact hq")):
        with lean.open(text, theorem) as session:
            assert len(session.root.goals) == 1
            assert isinstance(session.run(session.root, tactic), Proved)
    assert prove(lean, text, "parts", "exact hp").status is Status.CONDITIONAL


def test_tied_goals_in_a_script(lean: EmbeddedGateway, text: Source) -> None:
    result = prove(lean, text, "witness", "exact hp", "rfl", "decide", "apply Exists.intro", "constructor")
    assert result.status is Status.PROVED
    refine = "refine ⟨?_, ?_, ⟨?n, ?eq, ?lt⟩⟩"
    tied = prove(lean, text, "both", "exact hp", "exact hq", "rfl", "decide", "exact 3", refine)
    assert tied.status is Status.PROVED
    assert tied.proof is not None and tied.proof.split("\n  ")[1:3] == ["· exact hp", "· exact hq"]


def test_a_script_reads_like_one(lean: EmbeddedGateway, text: Source) -> None:
    step = "(rename_i x xs ih; exact Nat.zero_add _)"
    result = prove(lean, text, "counted", "rfl", step, "induction xs")
    assert (
        result.proof
        == "induction xs\n  case nil =>\n    rfl\n  case cons x xs ih =>\n    exact Nat.zero_add _"
    )


def test_a_useless_step_is_left_out(lean: EmbeddedGateway, text: Source) -> None:
    (theorem,) = (theorem for theorem in text.theorems if theorem.name == "counted")
    policy = Told(
        "have useless := xs", "exact (fun _ => Nat.zero_add _) useless", "exact Nat.zero_add xs.length"
    )
    kept = Told("revert xs", "(intro xs; exact Nat.zero_add _)")
    for told, texts in (
        (policy, ["exact Nat.zero_add xs.length"]),
        (kept, ["revert xs\n  (intro xs; exact Nat.zero_add _)"]),
    ):
        events, result = finish(search(text, theorem, lean, told, Budget(tactics=50), "breadth"))
        assert result.status is Status.PROVED
        assert [event.text for event in only(ProofFound, events)][-1:] == texts


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_proves_and_does_it_again(lean: EmbeddedGateway, text: Source, strategy: str) -> None:
    tactics = ("constructor", "exact hp", "exact hq", "exact ⟨3, rfl, by decide⟩")

    def once() -> tuple[str | None, int]:
        theorem = text.theorems[0]
        _, result = finish(search(text, theorem, lean, Told(*tactics), Budget(tactics=100), strategy))
        return result.proof, result.statistics.tactics

    first = once()
    assert first[0] is not None
    assert once() == first
