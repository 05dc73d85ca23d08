"""Laws that are too large to come by where terms are made from the small to the large."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.symbols import symbols_of
from prover.policy.theory import laws_for
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Status

SOURCE = """
inductive Num where | zero | next (n : Num)

inductive Row (α : Type) where | empty | item (a : α) (rest : Row α)

inductive Bush where | bare | fork (l : Bush) (n : Nat) (r : Bush)

def sum : Num → Num → Num
  | .zero, n => n
  | .next m, n => .next (sum m n)

def less : Num → Num → Num
  | .zero, _ => .zero
  | .next m, .zero => .next m
  | .next m, .next n => less m n

def chain {α : Type} : Row α → Row α → Row α
  | .empty, s => s
  | .item a r, s => .item a (chain r s)

def tally (n : Nat) : Row Nat → Nat
  | .empty => 0
  | .item m r => if n = m then tally n r + 1 else tally n r

def has (n : Nat) : Row Nat → Bool
  | .empty => false
  | .item m r => decide (n = m) || has n r

def keep {α : Type} (p : α → Bool) : Row α → Row α
  | .empty => .empty
  | .item a r => if p a then .item a (keep p r) else keep p r

def banish (n : Nat) : Row Nat → Row Nat
  | .empty => .empty
  | .item m r => if n = m then banish n r else .item m (banish n r)

def take1 (n : Nat) : Row Nat → Row Nat
  | .empty => .empty
  | .item m r => if n = m then r else .item m (take1 n r)

def place (n : Nat) : Row Nat → Row Nat
  | .empty => .item n .empty
  | .item m r => if n ≤ m then .item n (.item m r) else .item m (place n r)

def arrange : Row Nat → Row Nat
  | .empty => .empty
  | .item n r => place n (arrange r)

def alike : Row Nat → Row Nat → Bool
  | .empty, .empty => true
  | .empty, .item _ _ => false
  | .item n r, s => has n s && alike r (take1 n s)

def graft (n : Nat) : Bush → Bush
  | .bare => .fork .bare n .bare
  | .fork l m r => if n ≤ m then .fork (graft n l) m r else .fork l m (graft n r)

def walk : Bush → Row Nat → Row Nat
  | .bare, s => s
  | .fork l n r, s => walk l (.item n (walk r s))

def grown : Row Nat → Bush
  | .empty => .bare
  | .item n r => graft n (grown r)

def wide {α : Type} : Row α → Nat
  | .empty => 0
  | .item _ r => wide r + 1

theorem wide_keep {α : Type} (p : α → Bool) (s : Row α) : wide (keep p s) ≤ wide s := by
  induction s <;> simp [keep, wide] <;> split <;> simp [wide] <;> omega

def quick : Row Nat → Row Nat
  | .empty => .empty
  | .item n r => chain (quick (keep (fun m => decide (m ≤ n)) r))
      (.item n (quick (keep (fun m => decide (n < m)) r)))
termination_by s => wide s
decreasing_by all_goals exact Nat.lt_succ_of_le (wide_keep _ r)

theorem quick_tally (n : Nat) (s : Row Nat) : tally n (quick s) = tally n s := by
  sorry

def front : Nat → Row Nat → Row Nat
  | 0, _ => .empty
  | _ + 1, .empty => .empty
  | k + 1, .item n r => .item n (front k r)

def back : Nat → Row Nat → Row Nat
  | 0, r => r
  | _ + 1, .empty => .empty
  | k + 1, .item _ r => back k r

def weave : Row Nat → Row Nat → Row Nat
  | .empty, s => s
  | .item n r, .empty => .item n r
  | .item n r, .item m s => if n ≤ m then .item n (weave r (.item m s)) else .item m (weave (.item n r) s)

theorem wide_front (k : Nat) (r : Row Nat) : wide (front k r) ≤ k := by
  fun_induction front k r <;> simp_all only [wide] <;> omega

theorem wide_back (k : Nat) (r : Row Nat) : wide (back k r) = wide r - k := by
  fun_induction back k r <;> (try simp only [wide] at *) <;> omega

def settle : Row Nat → Row Nat
  | .empty => .empty
  | .item n .empty => .item n .empty
  | .item n (.item m r) =>
    weave (settle (front (wide (.item n (.item m r)) / 2) (.item n (.item m r))))
      (settle (back (wide (.item n (.item m r)) / 2) (.item n (.item m r))))
termination_by r => wide r
decreasing_by
  · have := wide_front (wide (.item n (.item m r)) / 2) (.item n (.item m r))
    simp only [wide] at *; omega
  · have := wide_back (wide (.item n (.item m r)) / 2) (.item n (.item m r))
    simp only [wide] at *; omega

theorem settle_tally (n : Nat) (s : Row Nat) : tally n (settle s) = tally n s := by
  sorry

def under : Num → Num → Bool
  | .zero, _ => true
  | .next _, .zero => false
  | .next m, .next n => under m n

def long : Row Nat → Num
  | .empty => .zero
  | .item _ r => .next (long r)

theorem banish_long (n : Nat) (s : Row Nat) : under (long (banish n s)) (long s) = true := by
  sorry

theorem arrange_alike (s : Row Nat) : alike (arrange s) s = true := by
  sorry
"""
MACHINE = """
def Slots (α : Type) := Nat → α

abbrev Memory : Type := Slots Nat

inductive Formula where
  | lit (n : Nat) | slot (k : Nat) | plus (a b : Formula) | times (a b : Formula)

inductive Order where | push (n : Nat) | load (k : Nat) | add | mul

def value (m : Memory) : Formula → Nat
  | .lit n => n
  | .slot k => m k
  | .plus a b => value m a + value m b
  | .times a b => value m a * value m b

def orders : Formula → List Order
  | .lit n => [.push n]
  | .slot k => [.load k]
  | .plus a b => orders a ++ orders b ++ [.add]
  | .times a b => orders a ++ orders b ++ [.mul]

def obey (m : Memory) : List Nat → List Order → List Nat
  | s, [] => s
  | s, .push n :: r => obey m (n :: s) r
  | s, .load k :: r => obey m (m k :: s) r
  | s, .add :: r => match s with
    | b :: a :: t => obey m ((a + b) :: t) r
    | _ => obey m s r
  | s, .mul :: r => match s with
    | b :: a :: t => obey m ((a * b) :: t) r
    | _ => obey m s r

theorem obeyed (m : Memory) (e : Formula) : obey m [] (orders e) = [value m e] := by
  sorry
"""
OBEYED = "m : Memory\ne : Formula\n⊢ obey m [] (orders e) = [value m e]"


FALLIBLE = """
inductive Wish where
  | lit (n : Nat)
  | add (a b : Wish)

inductive Deed where
  | push (n : Nat)
  | add

def value : Wish → Nat
  | .lit n => n
  | .add a b => value a + value b

def perform : Deed → List Nat → Option (List Nat)
  | .push n, s => some (n :: s)
  | .add, x :: y :: s => some ((x + y) :: s)
  | .add, _ => none

def live : List Deed → List Nat → Option (List Nat)
  | [], s => some s
  | d :: r, s => (perform d s).bind (live r)

def deeds : Wish → List Deed
  | .lit n => [.push n]
  | .add a b => deeds a ++ deeds b ++ [.add]

theorem lived (e : Wish) (s : List Nat) : live (deeds e) s = some (value e :: s) := by
  sorry
"""


def laws(goal: str, source: str = SOURCE) -> list[str]:
    symbols = symbols_of(parse_source(Path("Play.lean"), source.encode()).theorems[-1])
    return [law.body for law in laws_for(View(parse_goal(goal), symbols))]


TALLY = "n : Nat\ns : Row Nat\n⊢ tally n (quick s) = tally n s"
BANISH = "n m : Nat\ns : Row Nat\n⊢ has n (banish m s) = true"
GROWN = "n : Nat\ns : Row Nat\n⊢ has n (walk (grown s) .empty) = has n s"


@pytest.mark.parametrize(
    ("goal", "law"),
    [
        ("s : Row Nat\n⊢ alike (arrange s) s = true", "alike (place u x) (Row.item u y) = alike x y"),
        (TALLY, "tally x (keep f u) = (if f x then tally x u else 0)"),
        (BANISH, "has x (banish y u) = (if x = y then false else has x u)"),
        (GROWN, "has y (walk (graft x p) u) = has y (Row.item x (walk p u))"),
    ],
)
def test_laws_of_such_shapes_are_found(goal: str, law: str) -> None:
    assert law in laws(goal)


@pytest.mark.parametrize(
    "law",
    [
        "obey x k (p ++ q) = obey x (obey x k p) q",
        "obey x k (orders u) = (value x u) :: k",
    ],
)
def test_what_is_done_one_thing_after_the_other_is_found(law: str) -> None:
    assert law in laws(OBEYED, MACHINE)


def test_what_may_fail_is_done_one_thing_after_the_other() -> None:
    found = laws("e : Wish\ns : List Nat\n⊢ live (deeds e) s = some (value e :: s)", FALLIBLE)
    assert any(
        re.fullmatch(r"live \((.) \+\+ (.)\) (.) = Option.bind \(live \1 \3\) .*live \2 \3\)", law)
        for law in found
    )
    assert any(re.fullmatch(r"live \(deeds (.)\) (.) = some \(\(value \1\) :: \2\)", law) for law in found)


def test_what_others_say_with_sides_exchanged_is_left_out() -> None:
    found = [
        law
        for law in laws("m n k : Num\n⊢ less (sum k m) (sum k n) = less m n")
        if law.endswith("= less x y")
    ]
    assert found == ["less (sum x z) (sum y z) = less x y"]


def test_what_a_test_holds_of_is_seen_on_rows_with_the_same_elements() -> None:
    found = laws("r s : Row Nat\n⊢ alike r s = alike s r")
    assert "alike x y = alike y x" in found and "alike x z = true → z = x" not in found


@pytest.mark.parametrize(("text", "tactics"), [(SOURCE, 24), (MACHINE, 80)])
def test_they_prove(lean: EmbeddedGateway, text: str, tactics: int) -> None:
    source = parse_source(Path("Play.lean"), text.encode())
    for theorem in source.theorems:
        *_, last = search(source, theorem, lean, FixedPolicy(), Budget(tactics=tactics))
        assert isinstance(last, Finished) and last.result.status is Status.PROVED, theorem.name
        assert last.result.proof is not None and not last.result.proof.endswith("done")
