"""First-order logic: naming what there is, and saying of it what is said of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import Source, parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.rules.common import Rule
from prover.policy.rules.logic import instantiate, name_elements, refute
from prover.policy.symbols import symbols_of
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Status


def source_of(statement: str) -> Source:
    return parse_source(Path("Logic.lean"), f"theorem it {statement} := by\n  sorry\n".encode())


SYMBOLS = symbols_of(source_of(": True").theorems[0])


def proposed(rule: Rule, goal: str) -> list[str]:
    return [tactic for tactic, _ in rule(View(parse_goal(goal), SYMBOLS))]


def test_there_is_one_of_what_is_not_empty() -> None:
    assert proposed(name_elements, "α : Type\ninst : Nonempty α\n⊢ False") == ["obtain ⟨a⟩ := ‹Nonempty α›"]
    assert proposed(name_elements, "α : Type\ninst : Nonempty α\nx : α\n⊢ False") == []


def test_for_each_there_is_one() -> None:
    goal = "α : Type\nr : α → α → α → Prop\nh : ∀ (x y : α), ∃ z, r x y z\n⊢ False"
    choice = "Classical.axiomOfChoice fun y => Classical.axiomOfChoice (h y)"
    (tactic,) = proposed(name_elements, goal)
    assert tactic.replace("fun x =>", "fun y =>").replace("(h x)", "(h y)").endswith(f"{choice}; clear h)")


def test_all_small_terms_are_spoken_of() -> None:
    goal = "α : Type\np : α → Prop\nf : α → α\ng : α → α → α\na : α\nh : ∀ (x : α), p x\n⊢ False"
    (tactic,) = proposed(instantiate, goal)
    for term in ("a", "(f a)", "(g a a)", "(f (f a))"):
        assert f"have := h {term}\n" in tactic


@pytest.mark.parametrize("goal", ["x : Nat\nh : ∀ (y : Nat), y = x\n⊢ ∃ z, z = x + 1", "⊢ 1 = 2"])
def test_what_has_structure_is_left_to_others(goal: str) -> None:
    assert proposed(refute, goal) == proposed(instantiate, goal) == []


@pytest.mark.parametrize(
    "statement",
    [
        "{α : Type} [Nonempty α] (r : α → α → Prop) (h : ∀ x y, r x y ∨ ∀ z, r y z) : ∃ x, ∀ y, r x y",
        "{α : Type} [Nonempty α] (p : α → Prop) (f : α → α) (h : ∀ x, p x ∨ p (f x)) : ∃ x, p (f x)",
        "{α : Type} [Nonempty α] (p q : α → Prop) : ((∃ x, ∀ y, p x → q y) ↔ ((∀ x, p x) → ∀ y, q y))",
        "{α : Type} [Nonempty α] (p : α → Prop) : (∃ x, ∀ y, p x ↔ p y) ↔ ((∃ x, p x) ↔ ∀ y, p y)",
        "(r : Nat → Nat → Prop) (h : ∀ x y, r x y ↔ x < y + 1) : ¬ ∀ x y, r x y → r y x",
        "{α : Type} (p : α → Prop) (a b c : α) (h : ∃ x : α, ∀ y : α, y = x) (k : p a) : p b ∧ p c",
    ],
)
def test_it_proves(lean: EmbeddedGateway, statement: str) -> None:
    source = source_of(statement)
    *_, last = search(source, source.theorems[0], lean, FixedPolicy(), Budget(tactics=120))
    assert isinstance(last, Finished) and last.result.status is Status.PROVED
