"""Lemmas that are guessed from what a case of an induction is stuck on."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.laws import Law
from prover.policy.speculation import speculations
from prover.policy.symbols import symbols_of
from prover.policy.syntax import Term, read_term
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Status, Theorem

TEXT = """inductive Row (α : Type) where
  | none : Row α
  | more : α → Row α → Row α

inductive Tree (α : Type) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α

def join {α : Type} : Row α → Row α → Row α
  | .none, t => t
  | .more x s, t => .more x (join s t)

def walk {α : Type} : Tree α → Row α
  | .leaf => .none
  | .node l x r => join (walk l) (.more x (walk r))

def onto {α : Type} : Tree α → Row α → Row α
  | .leaf, s => s
  | .node l x r, s => onto l (.more x (onto r s))

def each {α β : Type} : (α → β) → Row α → Row β
  | _, .none => .none
  | f, .more x s => .more (f x) (each f s)

def put : Nat → Row Nat → Row Nat
  | x, .none => .more x .none
  | x, .more y s => if x ≤ y then .more x (.more y s) else .more y (put x s)

def sort : Row Nat → Row Nat
  | .none => .none
  | .more x s => put x (sort s)

def isSorted : Row Nat → Bool
  | .none => true
  | .more _ .none => true
  | .more x (.more y s) => decide (x ≤ y) && isSorted (.more y s)

theorem walked {α : Type} (t : Tree α) : onto t .none = walk t := by
  sorry

theorem sorted (s : Row Nat) : isSorted (sort s) = true := by
  sorry
"""
SOURCE = parse_source(Path("Walks.lean"), TEXT.encode())
WALKED, SORTED = SOURCE.theorems


def guessed(goal: str) -> list[str]:
    return [str(law) for law in speculations(View(parse_goal(goal), symbols_of(WALKED)))]


def test_what_remains_of_the_recursion_becomes_variables() -> None:
    goal = """α : Type
l r : Tree α
x : α
l_ih : onto l Row.none = walk l
r_ih : onto r Row.none = walk r
⊢ onto l (Row.more x (walk r)) = join (walk l) (Row.more x (walk r))"""
    found = guessed(goal)
    assert any(law.endswith("onto y x = join (walk y) x") for law in found), found


def test_a_hypothesis_is_a_premise_where_it_has_to_be() -> None:
    goal = "x : Nat\ns : Row Nat\ns_ih : isSorted (sort s) = true\n⊢ isSorted (put x (sort s)) = true"
    (law,) = guessed(goal)
    assert law.endswith("isSorted x = true → isSorted (put y x) = true")


def test_functions_are_said_as_they_stand() -> None:
    goal = """α β : Type
f : α → Row β
x : α
s : Row α
s_ih : each f s = each f s
⊢ join (f x) (each (fun y => y) (f x)) = join (f x) (f x)"""
    assert any("each (fun y => y)" in law for law in guessed(goal))


@pytest.mark.parametrize(
    "goal",
    [
        """α : Type
x : α
s : Row α
t : Tree α
s_ih : each (fun y => y) s = s
⊢ join (each (fun y => y) (Row.more x s)) (walk t) = join (Row.more x s) (walk t)""",
        """c d : Nat
s : Row Nat
t : Tree Nat
s_ih : ∀ (k : Nat → Nat), put (k c) s = put (k d) s
⊢ join (put c s) (walk t) = join (put (c + d) s) (walk t)""",
    ],
    ids=["a function that becomes an argument", "a variable that is applied"],
)
def test_functions_that_are_put_in_are_no_error(goal: str) -> None:
    guessed(goal)


def test_sides_of_equations_stand_by_themselves() -> None:
    x, y = Term("x"), Term("y")
    law = Law(Term("&&", (x, y)), Term("if", (x, y, x)), (("x", Term("Bool")), ("y", Term("Bool"))))
    assert str(law) == "∀ (x : Bool) (y : Bool), (x && y) = (if x then y else x)"
    assert read_term(law.body) == Term("=", (law.left, law.right))


def test_what_is_false_on_samples_is_not_guessed() -> None:
    assert (
        guessed("s : Row Nat\ns_ih : isSorted (sort s) = true\n⊢ isSorted (join (sort s) Row.none) = false")
        == []
    )


@pytest.mark.parametrize(
    "goal",
    [
        "n : Nat\nn_ih : n ≤ 2 * n\n⊢ n + 1 ≤ 2 * (n + 1)",
        "p : Nat → Prop\nn : Nat\nn_ih : p n\n⊢ p (n + 1)",
        "x : Nat\ns : Row Nat\n⊢ unknown (put x s) = unknown s",
    ],
)
def test_what_is_not_understood_is_left(goal: str) -> None:
    assert guessed(goal) == []


@pytest.mark.parametrize("theorem", [WALKED, SORTED], ids=lambda theorem: theorem.name)
def test_they_prove(lean: EmbeddedGateway, theorem: Theorem) -> None:
    (result,) = [
        event.result
        for event in search(SOURCE, theorem, lean, FixedPolicy(), Budget(tactics=40))
        if isinstance(event, Finished)
    ]
    assert result.status is Status.PROVED
