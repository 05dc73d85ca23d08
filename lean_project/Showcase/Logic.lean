/-!
# Logic

Propositions, quantifiers, steps along a relation, and the diagonal argument.
-/

namespace Showcase.Logic

/-! ## Propositions -/

section

variable (p q r : Prop)

/-- One of two, and not the other. -/
def OneOf : Prop := (p ∧ ¬q) ∨ (¬p ∧ q)

theorem of_imp_of_not_imp (h : p → q) (h' : ¬p → q) : q := by sorry

theorem oneOf_assoc : OneOf (OneOf p q) r ↔ OneOf p (OneOf q r) := by sorry

end

/-! ## Quantifiers -/

section

variable {α β : Type}

theorem exists_and_of_forall_imp {p q r : α → Prop} (hpq : ∀ x, p x → q x)
    (hpr : ∃ x, p x ∧ r x) : ∃ x, q x ∧ r x :=
  sorry

/-- Where each `x` has a `y`, a function finds one. -/
theorem exists_choice {R : α → β → Prop} (h : ∀ x, ∃ y, R x y) :
    ∃ f : α → β, ∀ x, R x (f x) := by sorry

/-- Infinite descent. -/
theorem not_of_descent {p : Nat → Prop} (h : ∀ n, p n → ∃ m, m < n ∧ p m) (n : Nat) :
    ¬p n := by sorry

end

/-! ## Relations -/

section

variable {α : Type} {R : α → α → Prop}

theorem refl_of_symm_of_trans (symm : ∀ x y, R x y → R y x)
    (trans : ∀ x y z, R x y → R y z → R x z) (serial : ∀ x, ∃ y, R x y) (x : α) : R x x := by sorry

/-- `Steps R n x y`: one gets from `x` to `y` by `n` steps along `R`. -/
inductive Steps (R : α → α → Prop) : Nat → α → α → Prop where
  | refl (x : α) : Steps R 0 x x
  | head {n : Nat} {x y z : α} (h : R x y) (t : Steps R n y z) : Steps R (n + 1) x z

theorem Steps.trans {m n : Nat} {x y z : α} (h : Steps R m x y) (h' : Steps R n y z) :
    Steps R (n + m) x z := by sorry

theorem Steps.mono {S : α → α → Prop} (sub : ∀ x y, R x y → S x y) {n : Nat} {x y : α}
    (h : Steps R n x y) : Steps S n x y := by
  induction h with
  | refl x => exact .refl x
  | head h _ ih => exact .head sorry ih

/-- If any two steps from a point can be brought together by a step each, so can any two ways. -/
theorem Steps.confluent (diamond : ∀ x y z, R x y → R x z → ∃ w, R y w ∧ R z w)
    {m n : Nat} {x y z : α} (hy : Steps R m x y) (hz : Steps R n x z) :
    ∃ w, Steps R n y w ∧ Steps R m z w := by sorry

end

/-! ## Functions -/

section

variable {α β : Type}

/-- Everything is a value. -/
def Surjective (f : α → β) : Prop := ∀ y, ∃ x, f x = y

/-- Lawvere: if the functions from `α` to `β` can be numbered by `α`, every function on `β` has a
fixed point. -/
theorem exists_fixed_point (f : α → α → β) (hf : Surjective f) (g : β → β) :
    ∃ y, g y = y := by sorry

/-- Cantor: a type has more predicates than elements. -/
theorem not_surjective_predicates (f : α → α → Prop) : ¬Surjective f := by sorry

end

end Showcase.Logic
