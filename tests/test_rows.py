"""Rows of attempts, which a session runs one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.gateway import LeanSession
from prover.lean.rows import alternatives_of, attempts_of
from prover.lean.source import parse_source
from prover.types import Advanced, Failed, FailureReason, Proved, Standing, effect_of

TEXT = """def grown : Nat → Nat
  | 0 => 0
  | n + 1 => grown n + 2

theorem even (n m : Nat) : grown n % 2 = 0 * (n + m) := by
  sorry
"""
SOURCE = parse_source(Path("Rows.lean"), TEXT.encode())
(THEOREM,) = SOURCE.theorems
FACT = """have law1 : ∀ n, grown n = 2 * n := by
       intro n
       first
       | rfl
       | induction n <;> grind [grown]"""
SLOW = "iterate 50 (iterate 50 (iterate 50 (rw [Nat.add_comm])))"  # till its heartbeats are spent


@pytest.fixture
def session(lean: EmbeddedGateway) -> Iterator[LeanSession]:
    with lean.open(SOURCE, THEOREM) as opened:
        yield opened


def test_what_is_no_row_has_no_attempts() -> None:
    assert attempts_of("try simp") == attempts_of("(simp; try omega)") == []
    for other in (
        "(try simp) <;> (try omega)",
        "(try simp; omega)",
        "(try simp\n omega)",
        "(try (simp)) <;> (try (omega)\n try rfl)",
    ):
        assert attempts_of(other) == []
    assert attempts_of("(try (cases x) <;> (simp)\n try rfl)") == ["(cases x) <;> (simp)", "rfl"]
    assert alternatives_of("first | simp | omega") == ["first | simp | omega"]


attempts = st.sampled_from(["simp", "cases x <;> simp", "have h : p := by\n  simp", "(intro x; exact x)"])


@given(st.lists(attempts, min_size=2, max_size=5))
def test_a_row_is_read_as_it_was_written(tactics: list[str]) -> None:
    written = "(" + "\n ".join(f"try {tactic}".replace("\n", "\n     ") for tactic in tactics) + ")"
    assert attempts_of(written) == tactics


def test_its_effect_is_what_did_something(session: LeanSession, lean: EmbeddedGateway) -> None:
    row = f"(try exact nonsense\n try {FACT}\n try rfl\n try (rw [law1]; simp))"
    outcome = session.run(session.root, row)
    assert isinstance(outcome, Proved)
    assert outcome.effect == (
        "(have law1 : ∀ n, grown n = 2 * n := by\n   intro n\n   induction n <;> grind [grown]\n"
        " (rw [law1]; simp))"
    )
    text = outcome.effect.replace("\n", "\n  ")
    assert lean.certify(SOURCE, {THEOREM.hole: text})[THEOREM.hole].standing is Standing.CERTIFIED


def test_an_attempt_that_takes_long_loses_nothing_of_the_others(session: LeanSession) -> None:
    outcome = session.run(session.root, f"(try {FACT}\n try {SLOW}\n try have two := law1 2)")
    assert isinstance(outcome, Advanced)
    assert [each.name for each in outcome.state.goals[0].hypotheses] == ["n", "m", "law1", "two"]
    assert "iterate" not in outcome.effect


def test_many_that_take_long_end_it(session: LeanSession) -> None:
    slow = "\n ".join([f"try have nothing : n + m = 0 := by\n       {SLOW}"] * 6)
    row = f"(try have sum := n + n\n {slow}\n try have two := n\n try exact ⟨n, n⟩\n try clear sum)"
    outcome = session.run(session.root, row, share=0.05)
    assert isinstance(outcome, Advanced) and outcome.effect == "(have sum := n + n\n clear sum)"
    slow = "\n ".join([f"try {SLOW}"] * 12)
    outcome = session.run(session.root, f"({slow}\n try have two := n)", share=0.05)
    assert isinstance(outcome, Failed) and outcome.reason is FailureReason.TIMEOUT


def test_other_alternatives_are_tried_where_the_facts_were_of_no_use(session: LeanSession) -> None:
    pair = (
        "have pair : grown 0 = 0 ∧ grown 1 = 2 := by\n       first\n       | exact ⟨none, one⟩\n       | simp"
    )
    zero = "have none : grown 0 = 0 := by\n       first\n       | omega\n       | rfl"
    row = f"(try have one : grown 1 = 2 := by\n       rfl\n try {zero}\n try {pair}"
    outcome = session.run(session.root, f"{row}\n try have more := one.symm)")
    assert isinstance(outcome, Advanced)
    done = ["one", "more", "none", "pair"]
    assert [each.name for each in outcome.state.goals[0].hypotheses][2:] == done
    assert "| " not in outcome.effect and "exact ⟨none, one⟩" in outcome.effect  # with what is new by then
    outcome = session.run(session.root, f"{row}\n try generalize grown n = m)")
    assert isinstance(outcome, Advanced) and "none" not in outcome.effect


def test_where_nothing_does_anything_it_fails(session: LeanSession) -> None:
    outcome = session.run(session.root, "(try rfl\n try exact nonsense)")
    assert isinstance(outcome, Failed) and outcome.reason is FailureReason.TACTIC
    assert effect_of("(try rfl)", outcome) == "(try rfl)"


def test_new_names_alone_are_nothing(session: LeanSession) -> None:
    outcome = session.run(session.root, "cases n")
    assert isinstance(outcome, Advanced)
    row = "(try rename_i k\n try exact nonsense\n try have two := k + 1)"
    named = session.run(outcome.state, row, goal=1)
    assert isinstance(named, Advanced) and named.effect == "(rename_i k\n have two := k + 1)"
    outcome = session.run(outcome.state, "(try rename_i k\n try exact nonsense)", goal=1)
    assert isinstance(outcome, Failed) and outcome.reason is FailureReason.TACTIC


def test_no_attempt_gets_round_the_guard(session: LeanSession) -> None:
    row = "(try simp /-\n try run_tac evil\n try simp -/\n try rfl)"
    outcome = session.run(session.root, row)
    assert isinstance(outcome, Failed) or outcome.effect == ""
    assert isinstance(session.run(session.root, "(try rfl\n try run_tac evil)"), Failed)


def test_several_goals_are_left_to_lean(session: LeanSession) -> None:
    outcome = session.run(session.root, "(try cases n\n try simp [grown])")
    assert isinstance(outcome, Advanced) and outcome.effect == ""
    assert [goal.case for goal in outcome.state.goals] == ["succ"]
    last = session.run(session.root, "(try rfl\n try cases n)")
    assert isinstance(last, Advanced) and last.effect == "cases n" and len(last.state.goals) == 2


def test_its_states_go_on(session: LeanSession) -> None:
    outcome = session.run(session.root, f"(try {FACT}\n try rfl)")
    assert isinstance(outcome, Advanced)
    assert isinstance(session.run(outcome.state, "(rw [law1]; simp)"), Proved)


def test_what_rows_share_is_run_once(session: LeanSession) -> None:
    first = session.run(session.root, f"(try {FACT}\n try rfl)")
    second = session.run(session.root, f"(try {FACT}\n try (rw [law1]; simp))")
    assert isinstance(first, Advanced) and isinstance(second, Proved)
    again = session.run(session.root, f"(try {FACT}\n try rfl)")
    assert isinstance(again, Advanced) and again.state == first.state and again.lean_seconds == 0
