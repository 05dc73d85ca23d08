"""Inductive predicates that are arithmetic, and what the rule for numbers makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.numbers import numbers_in
from prover.policy.predicates import meaning
from prover.policy.rules.common import Rule
from prover.policy.rules.exhibiting import exhibit
from prover.policy.rules.graphs import by_graphs
from prover.policy.rules.numbers import by_numbers
from prover.policy.rules.relations import relate
from prover.policy.symbols import symbols_of
from prover.policy.view import View
from prover.types import Advanced, Proved

OWN = """
inductive N where
  | zero : N
  | succ : N → N

inductive le : N → N → Prop
  | refl (n : N) : le n n
  | step (n m : N) : le n m → le n (N.succ m)
"""
LE = """
inductive Le : Nat → Nat → Prop where
  | le_n (n : Nat) : Le n n
  | le_S (n m : Nat) (H : Le n m) : Le n (m + 1)

def Lt (n m : Nat) : Prop := Le (n + 1) m
"""
EVEN = """
inductive Even : Nat → Prop where
  | zero : Even 0
  | more {n : Nat} (h : Even n) : Even (n + 2)
"""
SUM = """
inductive Total : Nat → Nat → Nat → Prop where
  | z (n : Nat) : Total 0 n n
  | s (a b c : Nat) (h : Total a b c) : Total (a + 1) b (c + 1)
"""
ROUND = """
inductive R : Nat → Nat → Nat → Prop where
  | c1 : R 0 0 0
  | c2 (m n o : Nat) (H : R m n o) : R (m + 1) n (o + 1)
  | c3 (m n o : Nat) (H : R m n o) : R m (n + 1) (o + 1)
  | c4 (m n o : Nat) (H : R (m + 1) (n + 1) (o + 2)) : R m n o
  | c5 (m n o : Nat) (H : R m n o) : R n m o
"""
LESS = """
inductive L : Nat → Nat → Prop where
  | base : L 0 (n + 1)
  | step : L n m → L (n + 1) (m + 1)
"""
UNKNOWN = """
inductive Odd : Nat → Prop where
  | square (n : Nat) : Odd (n * n)
"""
HIGHER = """
inductive All : Nat → Prop where
  | all (n : Nat) (h : ∀ m, m < n → All m) : All n
"""


HALVES = """
def twice : Nat → Nat
  | 0 => 0
  | n + 1 => twice n + 2

def whole : Nat → Bool
  | 0 => true
  | 1 => false
  | n + 2 => whole n

inductive Even : Nat → Prop where
  | zero : Even 0
  | more {n : Nat} (h : Even n) : Even (n + 2)

def IsTwice (n : Nat) : Prop := ∃ k, n = twice k
"""
CLOSURES = """
inductive Star {α : Type} (r : α → α → Prop) : α → α → Prop where
  | once (x y : α) : r x y → Star r x y
  | none (x : α) : Star r x x
  | both (x y z : α) : Star r x y → Star r y z → Star r x z

inductive Path {α : Type} (r : α → α → Prop) : α → α → Prop where
  | stop (x : α) : Path r x x
  | go (x y z : α) : r x y → Path r y z → Path r x z

inductive Next : Nat → Nat → Prop where
  | next (n : Nat) : Next n (n + 1)

inductive Under : Nat → Nat → Prop where
  | same (n : Nat) : Under n n
  | up (n m : Nat) : Under n m → Under n (m + 1)
"""
EXPRESSIONS = """
abbrev State := String → Nat

inductive Exp where
  | num (n : Nat)
  | var (x : String)
  | plus (a b : Exp)

def eval (s : State) : Exp → Nat
  | .num n => n
  | .var x => s x
  | .plus a b => eval s a + eval s b

inductive Evals (s : State) : Exp → Nat → Prop where
  | num (n : Nat) : Evals s (.num n) n
  | var (x : String) : Evals s (.var x) (s x)
  | plus (a b : Exp) (m n : Nat) : Evals s a m → Evals s b n → Evals s (.plus a b) (m + n)

def closed : Exp → Bool
  | .num _ => true
  | .var _ => false
  | .plus a b => closed a && closed b

inductive Closed : Exp → Prop where
  | num (n : Nat) : Closed (.num n)
  | plus (a b : Exp) : Closed a → Closed b → Closed (.plus a b)
"""


def meant(text: str, name: str) -> str | None:
    source = parse_source(Path("It.lean"), f"{text}\ntheorem it : True := by sorry\n".encode())
    symbols = symbols_of(source.theorems[0])
    counts = numbers_in(symbols, (), ("N",)).counts
    return meaning(symbols[name], tuple(made for count in counts for made in count.constructors))


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (LE, "Le", "{0} ≤ {1}"),
        (OWN, "le", "{0} ≤ {1}"),
        (EVEN, "Even", "{0} % 2 = 0"),
        (SUM, "Total", "{0} + {1} = {2}"),
        (ROUND, "R", "{0} + {1} = {2}"),
        ("inductive T : Nat → Nat → Prop where\n  | all (n m : Nat) : T n m", "T", "True"),
        ("inductive F : Nat → Nat → Prop where\n", "F", "False"),
        ("inductive S : Nat → Nat → Prop where\n  | next (n : Nat) : S n (n + 1)", "S", "{1} = {0} + 1"),
        (LESS, "L", "{0} < {1}"),
        (UNKNOWN, "Odd", None),
        (HIGHER, "All", None),
    ],
)  # fmt: skip
def test_what_a_predicate_says(text: str, name: str, said: str | None) -> None:
    assert meant(text, name) == said


@pytest.mark.parametrize(
    ("rule", "text", "statement"),
    [
        (by_numbers, LE, "(n m k : Nat) (h : Lt (n + m) k) : Lt n k ∧ Lt m k"),
        (by_numbers, LE, "(n : Nat) : ¬ Le (n + 1) n"),
        (by_numbers, EVEN, "(n m : Nat) (h : Even (n + m)) (k : Even n) : Even m"),
        (by_numbers, SUM, "(a b c d : Nat) (h : Total a b c) (k : Total a b d) : c = d"),
        (by_numbers, ROUND, "(m n o : Nat) : R m n o ↔ m + n = o"),
        (by_numbers, OWN, "(a b : N) (h : le a b) (k : le b a) : a = b"),
        (by_numbers, HALVES, "(n : Nat) : ∃ k, n = if whole n then twice k else twice k + 1"),
        (by_numbers, HALVES, "(n : Nat) : whole n = true ↔ IsTwice n"),
        (by_numbers, HALVES, "(n : Nat) : IsTwice n ↔ Even n"),
        (relate, CLOSURES, "{α : Type} (r : α → α → Prop) (x y : α) : Star r x y ↔ Path r x y"),
        (relate, CLOSURES, "(m n : Nat) : Under m n ↔ Star Next m n"),
        (relate, CLOSURES, "(k m n : Nat) (h : Under k m) (l : Path Next m n) : Under k n"),
        (by_graphs, EXPRESSIONS, "(s : State) (e : Exp) (n : Nat) : Evals s e n ↔ eval s e = n"),
        (by_graphs, EXPRESSIONS, "(s : State) (a b : Exp) : Evals s (.plus a b) (eval s b + eval s a)"),
        (by_graphs, EXPRESSIONS, "(e : Exp) (h : Closed e) : closed (.plus e e) = true"),
    ],
)
def test_lean_takes_what_is_said_of_predicates(
    lean: EmbeddedGateway, rule: Rule, text: str, statement: str
) -> None:
    source = parse_source(Path("It.lean"), f"{text}\ntheorem it {statement} := by\n  sorry\n".encode())
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:
        view = View(session.root.goals[0], symbols_of(theorem))
        ((tactic, _),) = rule(view)
        assert isinstance(session.run(session.root, view.spoken(tactic)), Proved)


def test_of_predicates_on_other_things_nothing_is_said(lean: EmbeddedGateway) -> None:
    text = (
        "inductive Has : Nat → List Nat → Prop where\n  | here (n : Nat) (ns : List Nat) : Has n (n :: ns)\n"
    )
    stated = f"{text}\ntheorem it (n : Nat) : Has n [n] := by\n  sorry\n"
    source = parse_source(Path("It.lean"), stated.encode())
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:
        view = View(session.root.goals[0], symbols_of(theorem))
        assert not [*by_numbers(view), *by_graphs(view)]


RUNS = """
inductive Prog where
  | skip
  | set (k : Nat)
  | seq (p q : Prog)
  | choose (t : Nat → Bool) (p q : Prog)

inductive Run : Prog → Nat → Nat → Prop where
  | skip (n : Nat) : Run .skip n n
  | set (k n : Nat) : Run (.set k) n k
  | seq (p q : Prog) (l m n : Nat) : Run p l m → Run q m n → Run (.seq p q) l n
  | yes (t : Nat → Bool) (p q : Prog) (m n : Nat) : t m = true → Run p m n → Run (.choose t p q) m n
  | no (t : Nat → Bool) (p q : Prog) (m n : Nat) : t m = false → Run q m n → Run (.choose t p q) m n

theorem it (p : Prog) (m : Nat) : ∃ n, Run p m n := by
  sorry
"""


def test_what_a_predicate_holds_of_is_made_by_its_rules(lean: EmbeddedGateway) -> None:
    source = parse_source(Path("It.lean"), RUNS.encode())
    symbols = symbols_of(source.theorems[0])
    with lean.open(source, source.theorems[0]) as session:
        assert not [*exhibit(View(session.root.goals[0], symbols))]  # which rule it is depends on `p`
        cases = session.run(session.root, "induction p generalizing m")
        assert isinstance(cases, Advanced) and len(cases.state.goals) == 4
        for number, goal in enumerate(cases.state.goals):
            view = View(goal, symbols)
            ((tactic, _),) = exhibit(view)
            assert isinstance(session.run(cases.state, view.spoken(tactic), number), Proved), tactic


def test_what_more_is_asked_for_is_not_made_by_a_rule() -> None:
    symbols = symbols_of(parse_source(Path("It.lean"), RUNS.encode()).theorems[0])
    goal = parse_goal("k : Nat\n⊢ ∃ n, Run Prog.skip k n ∧ n = k")
    assert not [*exhibit(View(goal, symbols))]


@pytest.mark.parametrize(
    ("claim", "fact"),
    [
        ("∃ n, Run p 0 n", "obtain ⟨y, h1⟩ := h"),
        ("p ≠ .skip → ∃ n, Run p 0 n", "try obtain ⟨y, h1⟩ := h (by simp_all)"),
        ("(∃ n, Run p 0 n) ↔ p ≠ .skip", "try obtain ⟨y, h1⟩ := h.mpr (by simp_all)"),
        ("∀ (m : Nat), m ≠ 0 → ∃ n, Run p m n", "try obtain ⟨y, h1⟩ := h k (by simp_all)"),
        ("∀ (m : Nat), Run p m m", ""),
    ],
)
def test_what_hypotheses_say_that_there_is_is_taken(claim: str, fact: str) -> None:
    symbols = symbols_of(parse_source(Path("It.lean"), RUNS.encode()).theorems[0])
    ((tactic, _),) = exhibit(
        View(parse_goal(f"p : Prog\nk : Nat\nh : {claim}\n⊢ ∃ n, Run .skip k n"), symbols)
    )
    assert fact in tactic if fact else "obtain" not in tactic
