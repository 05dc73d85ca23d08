"""The rules for arithmetic: what they propose, and that Lean takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import parse_source
from prover.policy.rules.arithmetic import (
    by_periods,
    by_remainders,
    by_sums,
    by_values,
    compute,
    know_functions,
)
from prover.policy.rules.common import Rule
from prover.policy.rules.divisibility import by_coins, by_divisors, divide
from prover.policy.rules.inequalities import compare_parts, know_squares, multiply
from prover.policy.rules.trying import by_trying, know_members
from prover.policy.symbols import symbols_of
from prover.policy.view import View
from prover.types import Advanced, Proved


def proposed(lean: EmbeddedGateway, rule: Rule, statement: str) -> list[object]:
    """What Lean says of each tactic, the likeliest first."""
    source = parse_source(Path("Sums.lean"), f"theorem it {statement} := by\n  sorry\n".encode())
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:
        view = View(session.root.goals[0], symbols_of(theorem))
        tactics = [tactic for tactic, _ in sorted(rule(view), key=lambda proposal: -proposal[1])]
        return [session.run(session.root, view.spoken(tactic)) for tactic in tactics]


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        (by_remainders, "(a : Int) : a ^ 2 % 4 = 0 ∨ a ^ 2 % 4 = 1"),
        (by_remainders, "(a : Int) (h : a % 5 = 3) : (a ^ 3 + 2 * a) % 5 = 3"),
        (by_remainders, "(a b : Int) (h : (a ^ 2 + b ^ 2) % 3 = 0) : a % 3 = 0"),
        (by_remainders, "(a b c : Int) (h : a ^ 2 + b ^ 2 = c ^ 2) (k : 3 ∣ a) : 3 ∣ b ↔ 3 ∣ c"),
        (by_remainders, "(n : Nat) (h : n % 2 = 1) : n ^ 2 % 8 = 1"),
        (by_remainders, "(n : Nat) : 6 ∣ n * (n + 1) * (2 * n + 1)"),
        (by_remainders, "(n : Nat) : 5 ∣ n ^ 5 - n"),
        (by_remainders, "(x y : Int) : x ^ 2 - 5 * y ≠ 3"),
        (by_remainders, "(n : Nat) (h : n % 7 = 3) : n ^ 100 % 7 = 4"),
        (by_remainders, "(n' : Int) : n' ^ 2 % 3 ≠ 2"),
        (by_remainders, "(n : Nat) (h : n % 2 = 1) : n * n % 8 = 1"),
        (by_remainders, "(n : Nat) (h : n % 3 ≠ 0) : n * n % 3 = 1"),
        (by_remainders, "(a b n : Nat) (h : n % 4 = 3) : a * a + b * b ≠ n"),
        (by_coins, "(n : Nat) (h : 12 ≤ n) : ∃ a b, n = 4 * a + 5 * b"),
        (by_coins, "(n : Nat) : ∃ a b, n + 1 = 2 * a + b"),
        (by_coins, "(m n : Nat) (h : 24 ≤ m) : ∃ i j, m + n = 5 * i + 7 * j"),
        (divide, "(a b c : Nat) (h : a ∣ b) (k : a ∣ c) : a ∣ 3 * b + c * 5"),
        (divide, "(a b : Nat) : Nat.gcd a b ∣ a + b"),
        (divide, "(a b c : Nat) : a * b ∣ c * (a * b)"),
        (divide, "(a b : Int) (h : a ∣ b) : a ∣ b * 2 + a * 7"),
        (divide, "(x y : Int) (h : x ∣ y) (k : y ∣ x) (l : 0 < x) (m : 0 < y) : x = y"),
        (compare_parts, "(a m n : Nat) (h : 0 < a) : a ^ m ≤ a ^ max m n"),
        (compare_parts, "(a b n : Nat) (h : a + 2 ≤ b) : a ^ n ≤ b ^ n"),
        (compare_parts, "(a b c : Nat) (h : b ≤ c) : a * b ≤ a * (c + 1)"),
        (multiply, "(n m a b : Nat) (h : m ≤ n * a) : b + m ≤ (n + 1) * max b a"),
        (multiply, "(x y z : Int) (h : 0 ≤ x) (k : x ≤ y) (l : y ≤ z) : x * z ≤ y * z"),
        (multiply, "(a b : Int) (h : a < b) (k : 0 < a) : a * a < b * b"),
        (multiply, "(x y : Int) (h : 1 ≤ x) (k : 1 ≤ y) : x + y ≤ x * y + 1"),
        (know_squares, "(a b : Int) : 2 * a * b ≤ a * a + b * b"),
        (know_squares, "(a b c : Int) : a * b + b * c + c * a ≤ a * a + b * b + c * c"),
        (by_periods, "(n : Nat) : ¬ 7 ∣ 2 ^ n + 1"),
        (by_periods, "(n : Nat) (h : 7 ∣ 2 ^ n - 1) : 3 ∣ n"),
        (by_periods, "(n : Nat) : 2 ^ (4 * n + 1) % 5 = 2"),
        (by_periods, "(n : Nat) : 11 ∣ 5 ^ (5 * n) - 1"),
        (by_values, "(b : Nat) (h : 3 * b ^ 2 + 2 * b + 1 = 57) : b = 4"),
        (by_values, "(x y : Nat) (h : x * y = 12) (k : x + y = 7) : x = 3 ∨ x = 4"),
        (by_values, "(x : Int) (h : 0 ≤ x) (k : x ^ 2 = 49) : x = 7"),
        (by_values, "(a b : Nat) (h : 3 ≤ a ∧ a ≤ 9) (k : a * b = a + b + 5) : b ≤ 4"),
        (
            by_values,
            "(m x : Int) (h : m ≤ 99) (d : ¬m < 75) (k : 7 * x % m = 1) (l : (x - 5) % m = 0) : False",
        ),
        (by_divisors, "(n : Nat) : Nat.gcd (10 * n + 3) (15 * n + 4) = 1"),
        (by_divisors, "(m : Nat) : Nat.gcd (m + 5) (3 * m + 4) ≤ 11"),
        (by_divisors, "(m : Nat) : 2 * Nat.gcd m (m + 2) < 5"),
        (compute, "(x : Nat) (h : 91 ∣ (List.range 60).sum - x) (k : x < 91) : x = 41"),
        (by_sums, "(n : Nat) : ((List.range n).map (fun k => 2 * k + 1)).sum = n ^ 2"),
        (by_sums, "(n : Nat) : ((List.range (n + 1)).map (fun k => k ^ 3)).sum * 4 = (n * (n + 1)) ^ 2"),
    ],
)
def test_lean_takes_what_arithmetic_proposes(lean: EmbeddedGateway, rule: Rule, statement: str) -> None:
    assert any(isinstance(answer, Proved) for answer in proposed(lean, rule, statement))


def test_a_long_range_of_values_is_halved(lean: EmbeddedGateway) -> None:
    (answer,) = proposed(lean, by_values, "(m : Int) (h : 10 ≤ m ∧ m ≤ 99) (k : 6 * 43 % m = 1) : m = 257")
    assert isinstance(answer, Advanced)
    assert [goal.hypotheses[-1].type for goal in answer.state.goals] == ["m < 55", "¬m < 55"]


def test_a_function_whose_values_are_given_goes(lean: EmbeddedGateway) -> None:
    (answer,) = proposed(lean, know_functions, "(f : Nat → Nat) (h : ∀ x, f x = x + 1) : f 2 * f 3 = 12")
    assert isinstance(answer, Proved | Advanced)
    assert not proposed(lean, know_functions, "(f : Nat → Nat) (h : ∀ x, f x = f (x + 1)) : f 2 = f 3")


@pytest.mark.parametrize(
    "statement",
    [
        "(a b : Nat) (h : a ≤ b) : a < b + 1",
        "(n : Nat) (h : 2 * n = 6) : n = 3",
        "(p q : Prop) (h : p ∧ q) : q ∧ p",
        "(xs : List Nat) : xs ++ [] = xs",
    ],
)
def test_what_is_linear_is_left_to_others(lean: EmbeddedGateway, statement: str) -> None:
    rules = (by_remainders, by_periods, by_values, by_sums, by_trying, compute, know_functions, know_members)
    for rule in rules:
        assert proposed(lean, rule, statement) == []
