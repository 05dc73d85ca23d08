"""How the recursion of a function decides the shape of proofs about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.conjectures import case_calls, moved, recurses_on_parts
from prover.policy.fixed import FixedPolicy
from prover.policy.pivots import pivotal
from prover.policy.programs import Programs
from prover.policy.rewriting import follows
from prover.policy.symbols import symbols_of
from prover.policy.syntax import Term, read_term
from prover.policy.theory import laws_for
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Status

SOURCE = """
inductive Colour where | red | blue

inductive Circuit where
  | off | on
  | lamp (c : Colour)
  | beside (a b : Circuit)

/-- Simplifies, and has equations that overlap. -/
def join : Circuit → Circuit → Circuit
  | .off, b => b
  | a, .off => a
  | a, b => .beside a b

def same : Colour → Colour → Bool
  | .red, .red => true
  | .blue, .blue => true
  | _, _ => false

def lit : Circuit → Bool
  | .on => true
  | .beside a b => lit a || lit b
  | _ => false

def press : Circuit → Colour → Circuit
  | .lamp c, d => if same c d then .on else .off
  | .beside a b, d => join (press a d) (press b d)
  | _, _ => .off

def run : Circuit → List Colour → Bool
  | c, [] => lit c
  | c, d :: ds => run (press c d) ds

def between (low : Nat) : List Nat → Nat → List Nat
  | [], _ => []
  | x :: xs, high => if low ≤ x ∧ x ≤ high then x :: between low xs high else between low xs high

def count (x : Nat) : List Nat → Nat → Nat
  | [], n => n
  | y :: ys, n => if x = y then count x ys (n + 1) else count x ys n

def thin : List Nat → List Nat
  | [] => []
  | x :: xs => x :: thin (xs.filter fun y => decide (y ≠ x))
termination_by xs => xs.length
decreasing_by
  have := List.length_filter_le (fun y => decide (y ≠ x)) xs
  simp; omega

theorem run_beside (a b : Circuit) (ds : List Colour) :
    run (.beside a b) ds = (run a ds || run b ds) := by
  sorry

theorem run_join (a b : Circuit) (ds : List Colour) (h : run (join a b) ds = true) :
    (run a ds || run b ds) = true := by
  sorry
"""
PARSED = parse_source(Path("Play.lean"), SOURCE.encode())
SYMBOLS = symbols_of(PARSED.theorems[-1])


def view(goal: str) -> View:
    return View(parse_goal(goal), SYMBOLS)


def test_equations_that_overlap_with_earlier_ones_say_nothing_by_themselves() -> None:
    def said(name: str) -> dict[str, str]:
        return {str(left): str(right) for left, right in Programs(SYMBOLS).equations(name)}

    assert said("same") == {"same Colour.red Colour.red": "true", "same Colour.blue Colour.blue": "true"}
    assert said("lit")["lit Circuit.off"] == "false" and len(said("lit")) == 4
    assert said("join") == {
        "join Circuit.off b": "b",
        "join Circuit.on Circuit.off": "Circuit.on",
        "join (Circuit.lamp _00) Circuit.off": "Circuit.lamp _00",
        "join (Circuit.beside _00 _01) Circuit.off": "Circuit.beside _00 _01",
    }


def test_variables_that_a_recursion_keeps_need_no_generalizing() -> None:
    goal = view("l x n : Nat\nxs : List Nat\n⊢ count x (between l xs n) 0 = count x xs 0")
    assert moved(goal, "between l xs n") == {"xs"}
    assert moved(goal, "count x xs n") == {"xs", "n"}
    assert moved(goal, "count x (between l xs n) (n + l)") == {"xs", "n", "l"}
    assert moved(view("a b : Circuit\n⊢ a = b"), "join a b") == set()


def test_a_function_that_recurses_on_no_part_is_known() -> None:
    goal = view("xs : List Nat\n⊢ thin xs = xs")
    assert not recurses_on_parts(goal, SYMBOLS["thin"])
    assert recurses_on_parts(goal, SYMBOLS["between"])
    tactics = dict(_proposed("xs : List Nat\n⊢ thin (thin xs) = thin xs"))
    (by_calls,) = (
        price for tactic, price in tactics.items() if tactic.startswith("fun_induction thin xs <;> try")
    )
    assert by_calls > -1.5


def _proposed(goal: str) -> list[tuple[str, float]]:
    (candidates,) = FixedPolicy().propose(PARSED.theorems[-1], [parse_goal(goal)], 64)
    return [(candidate.tactic, candidate.logprob) for candidate in candidates]


def test_calls_to_take_apart_are_of_functions_that_do_not_recurse() -> None:
    goal = view("a b : Circuit\nds : List Colour\n⊢ run (join a b) ds = run a ds")
    assert case_calls(goal, "run (join a b) ds = lit (join a a)", ["a", "b", "ds"]) == ["join a b"]


@pytest.mark.parametrize(
    ("premises", "conclusion", "holds"),
    [
        ([("f x || f y", "false")], ("f x && f y", "false"), True),
        ([("f x && f y", "false")], ("f x || f y", "false"), False),
        ([("f x", "true"), ("f y", "true")], ("f x && f y", "true"), True),
        ([("f x", "f y")], ("f y", "f x"), True),
        ([], ("f x", "true"), False),
        ([("f x", "true")], ("g x", "true"), False),
    ],
)
def test_what_follows_by_propositional_logic(
    premises: list[tuple[str, str]], conclusion: tuple[str, str], holds: bool
) -> None:
    def read(equation: tuple[str, str]) -> tuple[Term, Term]:
        return read_term(equation[0]), read_term(equation[1])

    assert follows([read(premise) for premise in premises], read(conclusion)) is holds


def test_general_laws_stand_for_their_cases() -> None:
    goal = view("a b : Circuit\nds : List Colour\n⊢ run (.beside a b) ds = (run a ds || run b ds)")
    found = [law.body for law in laws_for(goal)]
    assert "lit (join x y) = lit (Circuit.beside x y)" in found
    assert "lit (join x x) = lit x" not in found


def test_what_only_the_hypotheses_speak_of_can_be_what_a_goal_turns_on() -> None:
    goal = view("x : Nat\nxs : List Nat\nh : count x (thin xs) 0 = 0\n⊢ count x xs 0 = 0")
    only = view("x : Nat\nxs : List Nat\n⊢ count x xs 0 = 0")
    assert not pivotal(only, laws_for(only))
    assert all("thin" in law.body or law.premises for block in pivotal(goal, laws_for(goal)) for law in block)


def test_a_chain_of_such_laws_proves(lean: EmbeddedGateway) -> None:
    for theorem in PARSED.theorems:
        *_, last = search(PARSED, theorem, lean, FixedPolicy(), Budget(tactics=24))
        assert isinstance(last, Finished) and last.result.status is Status.PROVED, theorem.name
        assert last.result.proof is not None and "clear" not in last.result.proof
