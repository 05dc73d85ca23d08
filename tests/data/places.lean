/-- A doc comment with sorry in it /- nested sorry -/ -/
theorem tactic (p : Prop) (h : p) : p := by sorry
theorem bullets (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · sorry
  . exact sorry
theorem cases_ (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h
  case inl x => sorry
  case inr x =>
    sorry
theorem alternatives (p q : Prop) (h : p ∨ q) : q ∨ p := by
  cases h with
  | inl x => sorry
  | inr x => exact sorry
theorem combined (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor <;> sorry
theorem row (n : Nat) : n = n ∧ True := by constructor; sorry; sorry
theorem bracketed (n : Nat) : n = n ∧ True := by (constructor; (sorry); (sorry))
theorem term (p : Prop) (h : p) : p :=
  sorry
theorem inside (p q : Prop) (hp : p) (hq : q) : p ∧ q := And.intro (sorry) (by sorry)
theorem anonymous (p q : Prop) (hp : p) (hq : q) : p ∧ q := ⟨sorry, sorry⟩
example (p : Prop) (h : p) : p := by sorry
class Lawful (α : Type) where
  op : α → α
  law : ∀ a, op (op a) = op a
  same : ∀ a, op a = op a
instance : Lawful Nat where
  op := id
  law := by sorry
  same := sorry
instance braces : Lawful Unit := { op := id, law := sorry, same := by sorry }
def data (n : Nat) : Nat := sorry
def subtype (n : Nat) : { m : Nat // m = n } := ⟨n, by sorry⟩
def fact : Nat → Nat
  | 0 => 1
  | n + 1 => (n + 1) * fact n
decreasing_by sorry
theorem «where» (n : Nat) : n + 0 = n := aux n
where
  aux (m : Nat) : m + 0 = m := by
    sorry
mutual
  theorem mutual₁ (n : Nat) : n = n := by sorry
  theorem mutual₂ (n : Nat) : n + 0 = n := by sorry
end
inductive Colour | red | green
namespace A.B
variable (p q : Prop) {hp : p}
include hp
theorem variables : p := by sorry
theorem _root_.outer : True := by sorry
end A.B
theorem chain (a b c : Nat) (h : a = b) (h' : b = c) : a = c := by
  calc
    a = b := by sorry
    _ = c := sorry
theorem matched : (n : Nat) → n = n
  | 0 => by sorry
  | n + 1 => sorry
theorem steps (n : Nat) : n = n := by
  have h : n = n := sorry
  have h' : n = n := by
    sorry
  exact h
theorem «weird name sorry» : "sorry" = "sorry" := by /- sorry -/ sorry -- sorry
theorem αβ₁' (𝕏 : Type) (x : 𝕏) : x = x := by sorry
