"""Numbers that can be but so large are all tried, in one tactic that Lean takes."""

from __future__ import annotations

import pytest
from test_arithmetic import proposed

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.policy.rules.common import Rule
from prover.policy.rules.trying import by_trying, consider_values, know_members
from prover.types import Proved


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        (
            by_trying,
            "(a b : Nat) (h : a * b = 210) (k : (a + 1) * (b - 1) = 209) : a = b + 1 ∨ a = 210 ∨ a < 1",
        ),
        (by_trying, "(a b : Nat) (h : 3 ^ a * 2 ^ b = 108) : a + b = 5"),
        (by_trying, "(n : Int) (h : n * (n + 1) * (n + 2) = 210) : n = 5"),
        (by_trying, "(n : Nat) (h : 143 = n * (n + 2)) : n = 11"),
        (by_trying, "(n : Nat) (h : n ∣ 91) (k : n ≠ 1) (l : n < 90) : Nat.gcd n 91 = 7 ∨ n = 13"),
        (by_trying, "(m : Int) (h : 10 ≤ m) (l : m ≤ 99) (k : 6 * 43 % m = 1) : m = 257"),
        (by_trying, "(t : Nat) (h : 0 < t) (k : Nat.lcm 10 t = 90) : 9 ≤ t"),
        (by_trying, "(n : Nat) (h : 100 % n = 60 % n) (k : 20 < n) : n = 40"),
        (by_trying, "(x y : Nat) (h : x + y + x * y = 20) (k : y < x) (l : 0 < y) : x = 6"),
        (consider_values, "(f : Bool → Bool) : f (f (f true)) = f true"),
        (
            consider_values,
            "(f : Bool → Bool → Bool) (a : Bool) (h : f a a = false) (k : ∀ a b, f a b = f b a) : "
            "f false true = true → f (f true false) (f a a) = true",
        ),
        (know_members, "(s : List Int) (h : s.Nodup) (k : ∀ n, n ∈ s ↔ (n - 2).natAbs < 6) : s.length = 11"),
        (know_members, "(s : List Nat) (h : s.Nodup) (k : ∀ n, n ∈ s ↔ n ^ 3 < 100) : s.sum = 10"),
        (know_members, "(s : List Nat) (h : s.Nodup) (k : ∀ n, n ∈ s ↔ n ∣ 28) : s.sum = 56"),
        (
            know_members,
            "(s : List Nat) (h : s.Nodup) (k : ∀ n, n ∈ s ↔ 0 < n ∧ n ^ 2 + n < 50) : s.length = 6",
        ),
    ],
)
def test_lean_takes_what_trying_proposes(lean: EmbeddedGateway, rule: Rule, statement: str) -> None:
    (answer,) = proposed(lean, rule, statement)
    assert isinstance(answer, Proved), answer
