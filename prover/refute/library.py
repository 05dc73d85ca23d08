"""What of Lean's own library can be computed with: functions on lists and numbers, as Lean writes them.

They are told to no one and believed by no one: they only help to find values that Lean is then asked about.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from prover.lean.source import parse_source
from prover.types import Declaration

_TEXT = """
def List.length : List α → Nat
  | [] => 0
  | _ :: xs => List.length xs + 1
def List.append : List α → List α → List α
  | [], ys => ys
  | x :: xs, ys => x :: List.append xs ys
def List.reverse : List α → List α
  | [] => []
  | x :: xs => List.reverse xs ++ [x]
def List.map : (α → β) → List α → List β
  | _, [] => []
  | f, x :: xs => f x :: List.map f xs
def List.filter : (α → Bool) → List α → List α
  | _, [] => []
  | p, x :: xs => if p x then x :: List.filter p xs else List.filter p xs
def List.foldr : (α → β → β) → β → List α → β
  | _, b, [] => b
  | f, b, x :: xs => f x (List.foldr f b xs)
def List.foldl : (β → α → β) → β → List α → β
  | _, b, [] => b
  | f, b, x :: xs => List.foldl f (f b x) xs
def List.all : List α → (α → Bool) → Bool
  | [], _ => true
  | x :: xs, p => p x && List.all xs p
def List.any : List α → (α → Bool) → Bool
  | [], _ => false
  | x :: xs, p => p x || List.any xs p
def List.take : Nat → List α → List α
  | 0, _ => []
  | _, [] => []
  | n + 1, x :: xs => x :: List.take n xs
def List.drop : Nat → List α → List α
  | 0, xs => xs
  | _, [] => []
  | n + 1, _ :: xs => List.drop n xs
def List.sum : List Nat → Nat
  | [] => 0
  | x :: xs => x + List.sum xs
def List.contains : List α → α → Bool
  | [], _ => false
  | x :: xs, a => a == x || List.contains xs a
def List.elem : α → List α → Bool
  | a, xs => List.contains xs a
def List.count : α → List α → Nat
  | _, [] => 0
  | a, x :: xs => if x == a then List.count a xs + 1 else List.count a xs
def List.erase : List α → α → List α
  | [], _ => []
  | x :: xs, a => if x == a then xs else x :: List.erase xs a
def List.replicate : Nat → α → List α
  | 0, _ => []
  | n + 1, a => a :: List.replicate n a
def List.zip : List α → List β → List (Prod α β)
  | x :: xs, y :: ys => (x, y) :: List.zip xs ys
  | _, _ => []
def List.flatten : List (List α) → List α
  | [] => []
  | x :: xs => x ++ List.flatten xs
def List.isEmpty : List α → Bool
  | [] => true
  | _ :: _ => false
def List.tail : List α → List α
  | [] => []
  | _ :: xs => xs
def List.head? : List α → Option α
  | [] => none
  | x :: _ => some x
def List.getLast? : List α → Option α
  | [] => none
  | [x] => some x
  | _ :: xs => List.getLast? xs
def List.range : Nat → List Nat
  | 0 => []
  | n + 1 => List.range n ++ [n]
def Option.map : (α → β) → Option α → Option β
  | _, none => none
  | f, some x => some (f x)
def Option.isSome : Option α → Bool
  | none => false
  | some _ => true
def Option.getD : Option α → α → α
  | none, d => d
  | some x, _ => x
def Prod.fst : Prod α β → α
  | (x, _) => x
def Prod.snd : Prod α β → β
  | (_, y) => y
def Prod.swap : Prod α β → Prod β α
  | (x, y) => (y, x)
def Bool.not : Bool → Bool
  | b => !b
def Bool.and : Bool → Bool → Bool
  | a, b => a && b
def Bool.or : Bool → Bool → Bool
  | a, b => a || b
def Bool.xor : Bool → Bool → Bool
  | a, b => a != b
def Nat.succ (n : Nat) : Nat := n + 1
def Nat.pred : Nat → Nat
  | 0 => 0
  | n + 1 => n
def Nat.min (m : Nat) (n : Nat) : Nat := if m ≤ n then m else n
def Nat.max (m : Nat) (n : Nat) : Nat := if m ≤ n then n else m
"""


@lru_cache(maxsize=1)
def library() -> tuple[Declaration, ...]:
    return parse_source(Path("Library.lean"), _TEXT.encode()).declarations
