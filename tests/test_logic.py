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
from prover.policy.rules.logic import (
    diagonalize,
    give_functions,
    instantiate,
    name_elements,
    refute,
    take_least,
)
from prover.policy.symbols import symbols_of
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Proved, Status


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
        "{α β : Type} (f : α → β) (h : ∀ y, ∃ x, f x = y) : ∃ g : β → α, ∀ y, f (g y) = y",
        "(f : Nat → Nat) (h : ∀ x y, f (x + y) = f x + f y) (n : Nat) : f n = n * f 1",
        "(p : Nat → Prop) (h : ∃ n, p n) : ∃ n, p n ∧ ∀ m, m < n → ¬p m",
        "(p : Nat → Prop) (h : ∀ n, p n → ∃ m, m < n ∧ p m) (n : Nat) : ¬p n",
    ],
)
def test_it_proves(lean: EmbeddedGateway, statement: str) -> None:
    source = source_of(statement)
    *_, last = search(source, source.theorems[0], lean, FixedPolicy(), Budget(tactics=120))
    assert isinstance(last, Finished) and last.result.status is Status.PROVED


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        (diagonalize, "{α : Type} (f : α → α → Bool) : ∃ g : α → Bool, ∀ x, f x ≠ g"),
        (diagonalize, "(f : Nat → Nat → Nat) : ∃ g : Nat → Nat, ∀ n, f n ≠ g"),
        (diagonalize, "{α : Type} (f : α → α → Prop) (h : ∀ y : α → Prop, ∃ x, f x = y) : False"),
        (
            diagonalize,
            "{α β : Type} (f : α → α → β) (g : β → β) (h : ∀ y : α → β, ∃ x, f x = y) : ∃ y, g y = y",
        ),
        (
            give_functions,
            "{α β γ : Type} (f : α → β) (g : β → γ) (k : γ → Nat) (h : ∀ x, k (g (f x)) = 0) :"
            " ∃ r : α → γ, ∀ x, k (r x) = 0",
        ),
    ],
)
def test_lean_takes_what_logic_proposes(lean: EmbeddedGateway, rule: Rule, statement: str) -> None:
    source = source_of(statement)
    with lean.open(source, source.theorems[0]) as session:
        view = View(session.root.goals[0], SYMBOLS)
        said = [session.run(session.root, view.spoken(tactic)) for tactic, _ in rule(view)]
    assert any(isinstance(outcome, Proved) for outcome in said)


@pytest.mark.parametrize("hypothesis", ["p : String → Prop\nh : ∃ n, p n", "p : Nat → Prop\nh : p 0"])
def test_there_is_a_least_one_of_natural_numbers_alone(hypothesis: str) -> None:
    assert proposed(take_least, f"{hypothesis}\n⊢ False") == []
    assert len(proposed(take_least, "p : Nat → Prop\nh : ∃ n, p (n + 1) ∨ p n\n⊢ False")) == 1
