"""Functions whose values are propositions have laws, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.rewriting import Rewriting
from prover.policy.symbols import symbols_of
from prover.policy.syntax import read_term
from prover.policy.theory import laws_for
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Status

SOURCE = """
def Within {α : Type} (a : α) : List α → Prop
  | [] => False
  | b :: s => b = a ∨ Within a s

def Every {α : Type} (p : α → Prop) : List α → Prop
  | [] => True
  | b :: s => p b ∧ Every p s

def turned {α : Type} : List α → List α
  | [] => []
  | b :: s => turned s ++ [b]

theorem within_turned {α : Type} (a : α) (s : List α) : Within a (turned s) ↔ Within a s := by
  sorry

theorem every_turned {α : Type} (p : α → Prop) (s : List α) (h : Every p s) : Every p (turned s) := by
  sorry
"""
PARSED = parse_source(Path("Properties.lean"), SOURCE.encode())
SYMBOLS = symbols_of(PARSED.theorems[-1])


@pytest.mark.parametrize(
    ("goal", "law"),
    [
        (
            "α : Type\na : α\ns : List α\n⊢ Within a (turned s) ↔ Within a s",
            "Within x (u ++ v) = ((Within x u) ∨ (Within x v))",
        ),
        (
            "α : Type\np : α → Prop\ns : List α\nh : Every p s\n⊢ Every p (turned s)",
            "Every f (x ++ y) = ((Every f x) ∧ (Every f y))",
        ),
    ],
)
def test_their_laws_are_found(goal: str, law: str) -> None:
    assert law in [each.body for each in laws_for(View(parse_goal(goal), SYMBOLS))]


def test_true_and_false_stand_for_nothing_else() -> None:
    system = Rewriting({})
    assert system.normal(read_term("p ∨ q")) == read_term("p ∨ q")
    assert system.normal(read_term("(p ∧ True) ∨ (False ∨ p)")) == read_term("p")


def test_they_prove(lean: EmbeddedGateway) -> None:
    for theorem in PARSED.theorems:
        *_, last = search(PARSED, theorem, lean, FixedPolicy(), Budget(tactics=40))
        assert isinstance(last, Finished) and last.result.status is Status.PROVED, theorem.name
