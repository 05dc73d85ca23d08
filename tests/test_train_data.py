"""The files of a training folder: what is written is what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.errors import InputError
from prover.lean.goals import parse_goal
from prover.train.data import (
    EXAMPLES,
    Example,
    Made,
    Problem,
    Search,
    as_line,
    read_examples,
    read_made,
    read_problems,
    read_searches,
    theorem_of,
    write_problems,
)

GOAL = parse_goal("case succ\nα : Type\nx y : α\nn : Nat := 2\nih : ∀ (z : Nat),\n    z = z\n⊢ n = 2")
EXAMPLE = Example(
    problem="twice_eq",
    file="problems/0000.lean",
    round=1,
    goal=GOAL,
    tactic="first\n| simp\n| “é”\u2028",
    source="fixed",
    logprob=-0.5,
    outcome="failed:tactic",
    rank=3,
    steps_left=None,
    proved=False,
    spent=12,
)
MADE = Made(1, 7, 10, 2, 3, 1, 1, 3, 2, 1, ("bench",))


def test_examples_are_read_as_they_were_written(tmp_path: Path) -> None:
    line = as_line(EXAMPLE)
    assert line.count("\n") == 1
    (tmp_path / EXAMPLES).write_text(line + line[: len(line) // 2], encoding="utf-8")
    assert list(read_examples(tmp_path)) == [EXAMPLE]
    assert next(read_examples(tmp_path)).goal.text == GOAL.text
    (tmp_path / EXAMPLES).write_text(line + "{}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"examples\.jsonl:2"):
        list(read_examples(tmp_path))


def test_problems_lead_to_the_theorems_that_a_policy_is_shown(tmp_path: Path) -> None:
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems" / "0000.lean").write_text(
        "def twice (n : Nat) := n + n\n\ntheorem twice_eq (n : Nat) : twice n = 2 * n := by sorry\n"
    )
    problem = Problem("problems/0000.lean", "twice_eq", "twice", 7)
    write_problems(tmp_path, [problem], MADE)
    assert read_problems(tmp_path) == [problem]
    assert read_made(tmp_path) == MADE
    theorem = theorem_of(tmp_path, EXAMPLE)
    assert theorem == theorem_of(tmp_path, problem)
    assert [each.name for each in theorem.context] == ["twice"]
    with pytest.raises(InputError, match="no hole"):
        theorem_of(tmp_path, Problem("problems/0000.lean", "twice", "twice", 7))


def test_searches_are_read_as_they_were_written(tmp_path: Path) -> None:
    found = Search("a", "problems/0000.lean", 1, "fixed", True, "proved", 5, 4, 0.5, 0.25, "by simp", 17)
    (tmp_path / "searches.jsonl").write_text(as_line(found) * 2)
    assert read_searches(tmp_path) == [found, found]
    with pytest.raises(InputError):
        read_searches(tmp_path / "nowhere")
