"""What Lean is asked while a proof is made one to keep."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.gateway import LeanSession
from prover.lean.rows import in_turn
from prover.lean.source import parse_source
from prover.search.editing import shortened
from prover.search.script import Step, structured
from prover.search.trials import Trials
from prover.types import Advanced, Outcome, Standing, TacticState


class Counted:
    """A session that counts how often it runs each tactic, by its first words."""

    def __init__(self, session: LeanSession) -> None:
        self._session = session
        self.root = session.root
        self.runs: Counter[str] = Counter()

    def run(
        self, state: TacticState, tactic: str, goal: int = 0, seconds: float | None = None, share: float = 1.0
    ) -> Outcome:
        self.runs[tactic.split(" :")[0]] += 1
        return self._session.run(state, tactic, goal, seconds, share)


def edited(lean: EmbeddedGateway, statement: str, lines: list[str]) -> tuple[list[str], Counter[str]]:
    source = parse_source(Path("Facts.lean"), f"theorem same {statement} := by\n  sorry\n".encode())
    with lean.open(source, source.theorems[0]) as session:
        counted = Counted(session)
        script = shortened(Trials(counted), Step(in_turn(lines)))
        return structured(script), counted.runs


def test_facts_that_nothing_needs_are_found_without_proving_others_again(lean: EmbeddedGateway) -> None:
    lines = [
        "have idle1 : a + 0 = a := by simp",
        "have begun : b = a := by exact h.symm",
        "have idle2 : b + 0 = b := by simp",
        "have idle3 : b * 1 = b := by simp",
        "have ended : c = a := by rw [← k]; assumption",
        "have idle4 : a * 1 = a := by simp",
        "exact Eq.symm ‹c = a›",
    ]
    script, runs = edited(lean, "(a b c : Nat) (h : a = b) (k : b = c) : a = c", lines)
    assert script == [lines[1], lines[4], lines[6]]
    assert [runs[f"have idle{number}"] for number in range(1, 5)] == [1, 1, 1, 1]


def test_facts_are_all_kept_where_all_are_needed(lean: EmbeddedGateway) -> None:
    lines = [
        "have one : a ≤ b := by omega",
        "have two : b ≤ c := by omega",
        "exact Nat.le_trans one two",
    ]
    script, _ = edited(lean, "(a b c : Nat) (h : a < b ∧ b < c) : a ≤ c", lines)
    assert script == lines


def test_what_comes_after_a_step_is_not_run_again_where_the_step_comes_to_the_same(
    lean: EmbeddedGateway,
) -> None:
    idle = ["Nat.mul_one", "Nat.sub_zero", "Nat.one_mul", "Nat.zero_mul"]
    lines = [
        f"have first : a + 0 = b := by simp [{', '.join([*idle, 'h'])}]",
        "have second : b = a + 0 := by exact first.symm",
        "exact second",
    ]
    script, runs = edited(lean, "(a b : Nat) (h : a = b) : b = a + 0", lines)
    assert script == ["have first : a + 0 = b := by simp [h]", *lines[1:]]
    assert runs["have first"] > len(idle) > runs["have second"]


def test_states_that_read_the_same_are_one(lean: EmbeddedGateway) -> None:
    source = parse_source(Path("Facts.lean"), b"theorem same (a : Nat) : 0 + a = a := by\n  sorry\n")
    with lean.open(source, source.theorems[0]) as session:
        trials = Trials(session)
        trials.runs = 3
        facts = [f"have fact : a = a := by {proof}" for proof in ("rfl", "simp", "omega")]
        runs = [trials.run(session.root, fact, 0) for fact in facts]
        states = {run.state.id for run in runs if isinstance(run, Advanced)}
        assert len(runs) == 3 and len(states) == 1
        assert trials.run(session.root, "simp", 0) is None


def test_cases_in_a_case_read_as_people_write(lean: EmbeddedGateway) -> None:
    text = "theorem same (a b : Nat) : min a b ≤ a := by\n  sorry\n"
    source = parse_source(Path("Cases.lean"), text.encode())
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:

        def script(state: TacticState, goal: int, *tactics: str) -> Step:
            """Each of the tactics on the last goal that the one before it left."""
            outcome = session.run(state, tactics[0], goal)
            if not isinstance(outcome, Advanced):
                return Step(tactics[0])
            left, tags = outcome.state, tuple(each.case for each in outcome.state.goals)
            parts = [
                script(left, group[0], *(tactics[1:] if group == left.groups[-1] else ["omega"]))
                for group in left.groups
            ]
            return Step(tactics[0], tags, left.groups, tuple(parts))

        lines = structured(script(session.root, 0, "cases a", "cases b", "omega"))
    assert "  case zero =>" in lines
    proof = "\n  ".join(lines)
    assert lean.certify(source, {theorem.hole: proof})[theorem.hole].standing is Standing.CERTIFIED
