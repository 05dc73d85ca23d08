"""Collecting, with a real Lean: what is kept of searches, and what a kill leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from tui_help import OnePool

from prover.errors import InputError
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.train.collect import Collecting, Plan
from prover.train.data import (
    ADVANCED,
    EXAMPLES,
    PROOF,
    SEARCHES,
    Example,
    Made,
    Problem,
    Search,
    read_examples,
    read_file,
    read_searches,
    theorem_of,
    write_problems,
)
from prover.train.watching import Runs
from prover.types import Advanced, Budget, Goal, Proved, Standing, TacticState

FIRST = """\
def twice : Nat → Nat
  | 0 => 0
  | n + 1 => twice n + 2

theorem twice_eq (n : Nat) : twice n = n + n := by sorry

theorem wrong (n : Nat) : twice n = n := by sorry
"""
SECOND = """\
theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem known (p : Prop) : p → p := by sorry
"""
LOGIC = """\
theorem one (p q : Prop) (h : p ∨ q) : q ∨ p := by sorry

theorem two (p : Prop) : ¬ ¬ ¬ p → ¬ p := by sorry

theorem three (p : Prop) : p := by sorry
"""
RELATED = """\
inductive Reaches {α : Type} (r : α → α → Prop) : α → α → Prop where
  | here (x : α) : Reaches r x x
  | next (x y : α) : r x y → Reaches r x y
  | far (x y z : α) : Reaches r x y → Reaches r y z → Reaches r x z

theorem wrong {α : Type} (r : α → α → Prop) (p q : α) (h : Reaches r p q) : p = q := by sorry
"""
FORBIDDEN = "theorem mine (a : Prop) (h : a) : a := by sorry\n"
MADE = Made(1, 7, 4, 0, 0, 0, 0, 4, 2, 2, ())


def made(tmp_path: Path, *texts: str) -> Path:
    data = tmp_path / "data"
    (data / "problems").mkdir(parents=True)
    problems = []
    for number, text in enumerate(texts):
        file = f"problems/{number:04}.lean"
        (data / file).write_text(text)
        problems += [Problem(file, theorem.name, "some", 7) for theorem in read_file(data / file).theorems]
    write_problems(data, problems, MADE)
    (tmp_path / "forbidden.lean").write_text(FORBIDDEN)
    return data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path, FIRST, SECOND)


def plan(folder: Path, policy: str = "fixed") -> Plan:
    return Plan(1, policy, 0, Budget(tactics=8), "best-first", 2000, (str(folder.parent / "forbidden.lean"),))


def collected(folder: Path, lean: EmbeddedGateway) -> list[Search]:
    return list(Collecting(folder, plan(folder), lambda: OnePool(lean)).searches(1))


def told(folder: Path) -> list[Example]:
    return list(read_examples(folder / "round-1"))


def test_what_a_search_tried_is_kept_with_what_came_of_it(folder: Path, lean: EmbeddedGateway) -> None:
    searches = {search.problem: search for search in collected(folder, lean)}
    assert {name: search.solved for name, search in searches.items()} == {
        "twice_eq": True,
        "wrong": False,
        "swap": True,
    }  # and `known` is forbidden
    examples = told(folder)
    for name, search in searches.items():
        own = [each for each in examples if each.problem == name]
        assert search.tactics == sum(each.rank is not None for each in own)
        assert own[0].spent == search.tactics and own[0].rank == 0
        assert own[0].proved is search.solved
        assert any(each.outcome.startswith("failed:") for each in own) or search.tactics == 1
        assert any(each.outcome == PROOF for each in own) is search.solved
    assert {each.steps_left for each in examples if each.outcome != PROOF} == {None}
    assert {each.problem for each in examples if each.outcome == ADVANCED} >= {"wrong"}


def test_steps_of_proofs_are_steps_that_lean_takes(folder: Path, lean: EmbeddedGateway) -> None:
    searches = collected(folder, lean)
    for search in searches:
        source = read_file(folder / search.file)
        steps = [each for each in told(folder) if each.problem == search.problem and each.outcome == PROOF]
        if not search.solved:
            continue
        theorem = theorem_of(folder, steps[0])
        assert search.script is not None
        (verdict,) = lean.certify(source, {theorem.hole: search.script}).values()
        assert verdict.standing is Standing.CERTIFIED
        assert max(each.steps_left or 0 for each in steps) == len(steps)
        with lean.open(source, theorem) as session:
            first = next(each for each in steps if each.steps_left == len(steps))
            assert first.goal == session.root.goals[0]
            outcome = session.run(session.root, first.tactic)
            assert isinstance(outcome, Proved) is (len(steps) == 1)


def test_goals_that_a_row_of_attempts_left_are_told_as_they_are(
    tmp_path: Path, lean: EmbeddedGateway
) -> None:
    folder = made(tmp_path, RELATED)
    collected(folder, lean)
    after = [each for each in told(folder) if any(h.name.startswith("law") for h in each.goal.hypotheses)]
    assert after and all("Reaches r p q" in each.goal.text for each in after)


@pytest.mark.parametrize("cut", ["between", "torn", "early"])
def test_it_goes_on_after_a_kill_and_nothing_is_there_twice(
    tmp_path: Path, lean: EmbeddedGateway, cut: str
) -> None:
    folder = made(tmp_path, LOGIC)
    whole = collected(folder, lean)
    examples, searches = folder / "round-1" / EXAMPLES, folder / "round-1" / SEARCHES
    before = told(folder)
    lines = searches.read_bytes().splitlines(keepends=True)
    if cut == "between":  # the examples of a file were written, its searches were not
        searches.write_bytes(b"".join(lines[:2]))
    elif cut == "torn":
        searches.write_bytes(b"".join(lines[:2]) + lines[2][:20])
        examples.write_bytes(examples.read_bytes()[:-30])
    else:
        searches.write_bytes(b"")
    again = collected(folder, lean)
    assert [each.problem for each in again] == [each.problem for each in whole][0 if cut == "early" else 2 :]
    assert told(folder) == before
    assert [each.problem for each in read_searches(folder / "round-1")] == [each.problem for each in whole]
    assert collected(folder, lean) == []


def test_a_round_is_one_thing(folder: Path, lean: EmbeddedGateway) -> None:
    (folder / "problems.jsonl").write_text("")
    assert collected(folder, lean) == []
    other = Collecting(folder, plan(folder, "only:simp"), lambda: OnePool(lean))
    with pytest.raises(InputError, match="other arguments"):
        list(other.searches(1))


def test_a_proof_may_go_on_from_a_state_that_reads_as_its_own_does() -> None:
    def state(number: int, text: str) -> TacticState:
        return TacticState(number, (Goal((), text, "", text),), ((0,),))

    root, reached = state(0, "root"), state(1, "reached")
    runs = Runs()
    runs.add(root, "go the long way", 0, Advanced(reached, 0.0))
    runs.add(reached, "go back", 0, Advanced(state(2, "root"), 0.0))
    runs.add(reached, "finish", 0, Proved(0.0))
    runs.add(root, "go", 0, Advanced(state(3, "reached"), 0.0))
    assert list(runs.script((0, 0)).tactics) == ["go", "finish"]
    assert [place for place, _ in runs.steps((0, 0))] == [(0, 0), (1, 0)]
    assert runs.way((2, 0)) is None
