"""Declarations with holes in every kind of place, and scripts that prove each of them.

Each shape stands after `PREAMBLE` and elaborates as it is. Each hole is one that each of the `SCRIPTS` fills,
with whatever the other holes hold; so all of it can be shown to real Lean.
"""

from __future__ import annotations

PREAMBLE = """\
abbrev P := True ∧ True
theorem ok : P := ⟨trivial, trivial⟩
theorem fst (h : P) : True := h.1
theorem two (a b : P) : P := a
structure S where
  a : P
  b : P
  c : True
"""

SCRIPTS: tuple[tuple[str, ...], ...] = (
    ("exact ok",),
    ("constructor <;> trivial",),
    ("constructor; trivial; trivial",),
    ("refine ⟨?_, ?_⟩ <;> first | trivial | simp",),
    ("exact match True.intro with | _ => ok",),
    ("cases ok with | intro a b => exact ⟨a, b⟩",),
    ("constructor", "· trivial", "· trivial"),
    ("have h : True := by", "  trivial", "exact ⟨h, h⟩"),
    ("have n := 3", "induction n with", "| zero => exact ok", "| succ n ih => exact ok"),
    (
        "have n := 3",
        "induction n with",
        "| zero =>",
        "  constructor",
        "  · trivial",
        "  · trivial",
        "| succ n ih => exact ok",
    ),
    ("cases ok with", "| intro a b => exact ⟨a, b⟩"),
    ("exact ok", "", "all_goals trivial"),
    ("show _", "exact", "  ok"),
)

_SHAPES = """
structure x where
  p : P := sorry
  q : P
%%
class x (α : Type) where
  p : P := two sorry sorry
%%
theorem x : P := by sorry; done
%%
theorem x : P := by
  · sorry; done
%%
theorem x : P := by have h : P := (by sorry); skip; exact h
%%
theorem x (n m : Nat) : P := by
  cases n with
  | zero => exact match m with
    | 0 => sorry
    | m + 1 => sorry
  | succ n => sorry
%%
theorem x (n m : Nat) : P ∧ P := by constructor
                                     <;> sorry
%%
theorem x (n m : Nat) : P ∧ P := by
  constructor; all_goals skip
    <;> sorry
%%
theorem x : Nat → P
  | 0 => by
    have h : P :=
      sorry
    exact h
  | 1 => by first | fail | cases ok with | intro a b => sorry
  | n + 2 => sorry
%%
theorem x : P := by sorry
%%
theorem x : P := by
  sorry
%%
theorem x : P := by
sorry
%%
theorem x : P := sorry
%%
theorem x : P :=
  sorry
%%
theorem x : P
    := sorry
%%
theorem x (a : P)
    (b : P) : P := by sorry
%%
theorem x : P := by
  have h : P := by sorry
  exact h
%%
theorem x : P := by
  have h : P := sorry
  exact h
%%
theorem x : P := by
  have h : P := sorry; exact h
%%
theorem x : P := by have h : P := sorry; exact h
%%
theorem x : P := by
  have h : P := by sorry
  sorry
%%
theorem x : P ∧ P := by
  constructor
  · sorry
  · sorry
%%
theorem x : P ∧ P := by
  constructor
  · have h : P := by sorry
    exact h
  · have h : P := sorry
    exact h
%%
theorem x : P ∧ P := by
  constructor
  . sorry
  . skip; sorry
%%
theorem x : P ∧ P := by constructor <;> sorry
%%
theorem x : P ∧ P := by
  constructor
    <;> sorry
%%
theorem x : P ∧ P := by
  constructor
  all_goals sorry
%%
theorem x : P ∧ P := by
  constructor
  case left => sorry
  case right =>
    sorry
%%
theorem x : P ∧ P := by
  constructor
  next => sorry
  next => skip; sorry
%%
theorem x : P := by
  try sorry
%%
theorem x : P := by
  first | sorry | simp
%%
theorem x : P := by
  first
  | fail
  | sorry
%%
theorem x : P := by
  first | fail | sorry
%%
theorem x : P := by (sorry)
%%
theorem x : P := by
  (skip; sorry)
%%
theorem x : P := by
  (sorry; done)
%%
theorem x : P := by
  (skip
   sorry)
%%
theorem x : P := by
  · skip
    sorry
%%
theorem x (n : Nat) : P := by
  induction n with
  | zero => sorry
  | succ n ih => sorry
%%
theorem x (n : Nat) : P := by
  induction n with
  | zero =>
    sorry
  | succ n ih =>
    have h : P := by sorry
    sorry
%%
theorem x (n : Nat) : P := by
  cases n with | zero => sorry | succ n => sorry
%%
theorem x (n : Nat) : P := by
  cases n with | zero => sorry
               | succ n => sorry
%%
theorem x (n : Nat) : P := by
  match n with
  | 0 => sorry
  | n + 1 => sorry
%%
theorem x (n : Nat) : P :=
  match n with
  | 0 => sorry
  | n + 1 => by sorry
%%
theorem x (n : Nat) : P := match n with
  | 0 => by sorry
  | n + 1 => sorry
%%
theorem x (n : Nat) : P := match n with | 0 => by sorry
                                        | n + 1 => by sorry
%%
theorem x (n : Nat) : P := match n with | 0 => sorry | n + 1 => sorry
%%
theorem x : Nat → P
  | 0 => sorry
  | n + 1 => sorry
%%
theorem x : Nat → P
  | 0 => by sorry
  | n + 1 => by
    sorry
%%
theorem x : Nat → P | 0 => sorry | n + 1 => sorry
%%
theorem x : Nat → P := fun n => sorry
%%
theorem x : Nat → P := fun | 0 => sorry | n + 1 => by sorry
%%
theorem x : P ∧ P := ⟨sorry, by sorry⟩
%%
theorem x : P ∧ P := ⟨by sorry, sorry⟩
%%
theorem x : P ∧ P :=
  ⟨by sorry,
   by sorry⟩
%%
theorem x : P ∧ P := by
  exact ⟨sorry,
    sorry⟩
%%
theorem x : P ∧ P := by
  refine ⟨by
    sorry, ?_⟩
  exact sorry
%%
theorem x : P := by
  exact two sorry
    sorry
%%
theorem x : P := by
  exact two (by sorry)
    (by sorry)
%%
theorem x : P := two sorry sorry
%%
theorem x : True := fst sorry |> fun (h : True) => h
%%
theorem x : True := (sorry : P).1
%%
theorem x : P := by
  exact sorry
%%
theorem x : P := (sorry)
%%
theorem x : P := show P from sorry
%%
theorem x : P :=
  have h : P := sorry
  show P from h
%%
theorem x : P :=
  have h : P := by sorry
  have k : P := sorry; h
%%
theorem x : P :=
  suffices h : P from h
  sorry
%%
theorem x : P := by
  suffices h : P by sorry
  sorry
%%
theorem x : P := by
  suffices h : P from sorry
  exact sorry
%%
theorem x : S where
  a := sorry
  b := by sorry
  c := trivial
%%
theorem x : S where a := by sorry
                    b := sorry
                    c := trivial
%%
theorem x : S := { a := by sorry
                   b := sorry
                   c := trivial }
%%
theorem x : S := { a := sorry, b := by sorry, c := trivial }
%%
theorem x : S := by
  refine { a := by sorry
           b := sorry
           c := ?_ }
  trivial
%%
theorem x : S := {
  a := by sorry
  b := sorry
  c := trivial }
%%
theorem x : P := aux
where
  aux : P := sorry
%%
theorem x : P := aux
where aux : P := by sorry
%%
theorem x : P :=
  let rec aux : P := by sorry
  aux
%%
theorem x : (True = True) := by
  calc True = True := by exact (fun (_ : P) => rfl) sorry
    _ = True := rfl
%%
theorem y (n : Nat) : (n = n) = True := by
  calc (n = n)
    _ = (n = n) := (fun (_ : P) => rfl) (by sorry)
    _ = True := by
      have h : P := by sorry
      simp
%%
theorem x (n : Nat) : P := by
  if h : n = 0 then sorry else sorry
%%
theorem x (n : Nat) : P := by
  if h : n = 0 then
    sorry
  else
    sorry
%%
theorem x (n : Nat) : P :=
  if h : n = 0 then sorry
  else sorry
%%
theorem x (n : Nat) : P := by
  by_cases h : n = 0
  · sorry
  sorry
%%
theorem x : P ∧ P := by
  constructor
  case' left => skip
  case right => sorry
  sorry
%%
theorem x (h : P ∨ P) : P := by
  rcases h with a | b
  · sorry
  · sorry
%%
theorem x (h : P ∨ P) : P := by
  obtain a | b := h <;> sorry
%%
theorem x (h : P ∨ P) : P := by
  cases h with
  | inl h => cases h with
    | intro a b => sorry
  | inr h =>
    obtain ⟨a, b⟩ := h
    sorry
%%
theorem x (h : P ∨ P) : P := by
  cases h
  case inl h => obtain ⟨a, b⟩ := h; sorry
  case inr h =>
    exact match h with
    | ⟨a, b⟩ => sorry
%%
theorem x (h : P ∨ P) : P := by
  cases h <;> skip <;> sorry
%%
theorem x (h : P ∨ P) : P := by
  rcases h with (a | b) <;> (skip; sorry)
%%
theorem x : P := by
  open Nat in sorry
%%
theorem x : P := by
  set_option maxRecDepth 1000 in
  sorry
%%
open Nat in
@[simp] theorem x : P := by sorry
%%
namespace A
  /-- doc -/
  private theorem x : P := by sorry

  theorem y : P :=
    sorry
end A
%%
mutual
theorem x : P := sorry
theorem y : P := by sorry
end
%%
example : P := by sorry -- a comment
%%
example : P := sorry /- a comment -/
%%
example : P := by
  skip; sorry -- a comment
  -- more
%%
example : P ∧ P := by
  constructor
  · -- first
    sorry
  · -- second
    skip
    sorry
%%
example : P := by { sorry }
%%
example : P := by
  have f : Nat → P
    | 0 => sorry
    | n + 1 => by sorry
  exact f 0
%%
example : P := by
  have f : Nat → P := fun
    | 0 => sorry
    | n + 1 => by sorry
  exact f 0
%%
example : P := by
  have f : Nat → P := fun n => sorry
  have g : Nat → P := fun n => by sorry
  exact f 0
%%
example : P := by
  have f : Nat → P := by
    intro n
    match n with
    | 0 => sorry
    | n + 1 => exact sorry
  exact f 0
%%
example : Nat → P := by
  intro
  | 0 => sorry
  | n + 1 => sorry
%%
example : P := by
  show P; sorry
%%
example : P := by
  exact have h : P := sorry; h
%%
example : P := by
  skip
  <;> sorry
%%
example : P := by
  sorry <;> skip
%%
example : P := by
  sorry
    <;> skip
%%
example : P := by
  refine two ?_ ?_ <;> sorry
%%
example : P := by
  refine (fun h => ?_ : P → P) sorry
  sorry
%%
example : P := by
  repeat sorry
%%
example : P := by
  any_goals sorry
%%
example : P := by
  iterate 1 sorry
%%
example : P := by
  focus
    sorry
%%
example : P := by
  simpa using sorry
%%
example : P := by
  rw [show P = P from (fun (h : P) => rfl) sorry]
  sorry
%%
def q : Nat := Id.run do
  let x := 1
  return (fun (_ : P) => 1) sorry
%%
def q : String := s!"{(fun (_ : P) => 1) sorry}" ++ "sorry".drop 5
%%
example : P := id <| sorry
%%
example : P := id sorry
%%
def x (n : Nat) : P := by
  unfold P; sorry
%%
instance : Inhabited P where
  default := sorry
%%
instance : Inhabited P := ⟨sorry⟩
%%
def x (n : Nat) (h : P) : Nat := if h : n = 0 then 1 else x (n - 1) ok
termination_by n
decreasing_by
  have h : P := sorry
  have h : P := by sorry
  omega
%%
theorem x (n m : Nat) : P := by
  induction n generalizing m with
  | zero => cases m with
    | zero => sorry
    | succ m => sorry
  | succ n ih =>
    cases m with
    | zero => sorry
    | succ m =>
      have := ih m
      sorry
%%
theorem x (n m : Nat) : P := by
  induction n
  case zero => cases m with
               | zero => sorry
               | succ m => sorry
  case succ n ih => sorry
%%
theorem x : P ∧ S := by
  exact ⟨sorry, { a := ok
                  b := sorry
                  c := trivial }⟩
%%
theorem x : P ∧ P := by
  exact ⟨sorry, by constructor
                   trivial
                   trivial⟩
%%
theorem x (n : Nat) : P := by
  cases n with | zero => sorry | succ n => skip
                                           sorry
%%
theorem x (n : Nat) : P := by
  cases n with | zero => sorry
               | succ n => match n with | 0 => sorry | n + 1 => sorry
%%
theorem x (n : Nat) : P := match n with | 0 => (by sorry) | n + 1 => sorry
%%
theorem x : P ∧ P := by
  constructor
  · skip; (sorry); done
  · exact two (by sorry) (by constructor
                             trivial
                             trivial)
%%
theorem x : S := by
  constructor <;> first | trivial | sorry
%%
theorem x : S := by
  constructor <;>
    first | (sorry; done) | trivial
%%
theorem x : P :=
  id (by
    have h : P := by
      sorry
    exact h)
%%
theorem x : P := by
  have : P := (by
    have h : P ∧ P :=
      ⟨sorry,
       sorry⟩
    exact h.1
  )
  sorry
%%
theorem x : ∀ n : Nat, P
  | 0 => sorry
  | 1 =>
    sorry
  | n + 2 => two
    (x n) sorry
%%
theorem x (h : P ∧ P) : P :=
  let ⟨a, b⟩ := h
  two sorry <| two sorry sorry
%%
theorem x (h : P ∧ P) : P :=
  h.elim fun a b => sorry
%%
theorem x (h : P ∧ P) : P := by
  apply h.elim; intro a b; sorry
%%
theorem x (h : P ∧ P) : P := by
  refine h.elim fun a b => ?_
  exact
    two
      sorry
      (by sorry)
%%
theorem x (h : P ∧ P) : P ∧ P := by
  constructor
  case left =>
    refine h.elim (fun a b => sorry)
  case' right => skip
  sorry
%%
theorem x : (True ↔ True) ∧ P := by
  refine ⟨⟨fun _ => ?_, fun h => (sorry : P).1⟩, ?_⟩ <;> first | exact trivial | sorry
"""

SHAPES = tuple(shape.strip("\n") + "\n" for shape in _SHAPES.split("%%"))
