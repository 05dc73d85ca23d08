"""Tactics that say what they have found: the proof keeps that, not the looking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.lean.gateway import LeanGateway
from prover.lean.source import parse_source
from prover.search.loop import search
from prover.search.suggestions import answers, question
from prover.types import Budget, Candidate, Goal, SearchResult, Status, Theorem


class Scripted:
    name = "scripted"

    def __init__(self, tactics: Sequence[str]) -> None:
        self._tactics = tactics

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        return [[Candidate(tactic) for tactic in self._tactics] for _ in goals]


def proof(lean: LeanGateway, statement: str, tactics: Sequence[str]) -> str | None:
    source = parse_source(Path("suggestions.lean"), f"{statement} := by\n  sorry\n".encode())
    events = search(source, source.theorems[0], lean, Scripted(tactics), Budget(tactics=30))
    while True:
        try:
            next(events)
        except StopIteration as stop:
            result = stop.value
            break
    assert isinstance(result, SearchResult) and result.status is Status.PROVED
    return result.proof


@pytest.mark.parametrize(
    ("statement", "tactics", "expected"),
    [
        ("theorem t (x y : Nat) (h : x = 0) : x + y = y", ["exact?"], "exact Nat.add_eq_right.mpr h"),
        ("theorem t (x y : Nat) (h : x = 0) : x + y = y", ["simp [h]"], "simp [h]"),
        (
            "theorem t (p q : Prop) (xs : List Nat) (h : p ∧ q) : xs ++ [] = xs ∧ q ∧ p",
            ["simp", "exact h.symm"],
            "simp only [List.append_nil, true_and]\n  exact h.symm",
        ),
        (
            "theorem t (p q : Prop) (xs : List Nat) (h : p ∧ q) : ∀ n, n + xs.length = n + xs.length ∧ q ∧ p",
            ["intro _", "(rename_i n; simp)", "exact (fun _ : n = n => h.symm) rfl"],
            "intro _\n  rename_i n\n  simp only [Nat.add_left_cancel_iff, true_and]\n"
            "  exact (fun _ : n = n => h.symm) rfl",
        ),
    ],
)
def test_what_is_kept(lean: LeanGateway, statement: str, tactics: list[str], expected: str) -> None:
    assert proof(lean, statement, tactics) == expected


@pytest.mark.parametrize(
    ("tactic", "leaves_goals", "asked"),
    [
        ("simp", False, None),
        ("simp", True, "simp?"),
        ("simp_all [f, g]", True, "simp_all? [f, g]"),
        ("simp +arith [f] at h ⊢", True, "simp? +arith [f] at h ⊢"),
        ("(rename_i x; simp [f x])", True, "(rename_i x; simp? [f x])"),
        ("simp only [f]", True, None),
        ("simp at h; exact h", True, None),
        ("simp!", True, None),
        ("simp_arith", True, None),
        ("grind [f]", False, None),
        ("exact?", False, "exact?"),
        ("(rename_i x; exact?)", False, "(rename_i x; exact?)"),
        ("exact h", False, None),
    ],
)
def test_what_is_asked(tactic: str, leaves_goals: bool, asked: str | None) -> None:
    assert question(tactic, leaves_goals) == asked


@given(st.lists(st.text("abx[]., ", min_size=1).filter(str.strip), max_size=3))
def test_every_suggestion_is_read(tactics: list[str]) -> None:
    said = "Try these:\n" + "\n".join(f"  [apply] {tactic}" for tactic in tactics)
    assert answers("simp?", said) == [" ".join(tactic.split()) for tactic in tactics]
    wrapped = [f"(rename_i x; {' '.join(tactic.split())})" for tactic in tactics]
    assert answers("(rename_i x; simp?)", said) == wrapped
