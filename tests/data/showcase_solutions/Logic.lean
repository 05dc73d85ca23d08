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

theorem of_imp_of_not_imp (h : p → q) (h' : ¬p → q) : q := by
  grind

theorem oneOf_assoc : OneOf (OneOf p q) r ↔ OneOf p (OneOf q r) := by
  grind [OneOf]

end

/-! ## Quantifiers -/

section

variable {α β : Type}

theorem exists_and_of_forall_imp {p q r : α → Prop} (hpq : ∀ x, p x → q x)
    (hpr : ∃ x, p x ∧ r x) : ∃ x, q x ∧ r x :=
  hpr.elim fun x hx => ⟨x, hpq x hx.1, hx.2⟩

/-- Where each `x` has a `y`, a function finds one. -/
theorem exists_choice {R : α → β → Prop} (h : ∀ x, ∃ y, R x y) :
    ∃ f : α → β, ∀ x, R x (f x) := by
  exact ⟨fun x => (h x).choose, fun x => (h x).choose_spec⟩

/-- Infinite descent. -/
theorem not_of_descent {p : Nat → Prop} (h : ∀ n, p n → ∃ m, m < n ∧ p m) (n : Nat) :
    ¬p n := by
  induction n using Nat.strongRecOn with
  | _ n ih =>
    intro hn
    obtain ⟨m, hm, hpm⟩ := h n hn
    exact ih m hm hpm

end

/-! ## Relations -/

section

variable {α : Type} {R : α → α → Prop}

theorem refl_of_symm_of_trans (symm : ∀ x y, R x y → R y x)
    (trans : ∀ x y z, R x y → R y z → R x z) (serial : ∀ x, ∃ y, R x y) (x : α) : R x x := by
  obtain ⟨y, hy⟩ := serial x
  exact trans x y x hy (symm x y hy)

/-- `Steps R n x y`: one gets from `x` to `y` by `n` steps along `R`. -/
inductive Steps (R : α → α → Prop) : Nat → α → α → Prop where
  | refl (x : α) : Steps R 0 x x
  | head {n : Nat} {x y z : α} (h : R x y) (t : Steps R n y z) : Steps R (n + 1) x z

theorem Steps.trans {m n : Nat} {x y z : α} (h : Steps R m x y) (h' : Steps R n y z) :
    Steps R (n + m) x z := by
  induction h with
  | refl => exact h'
  | head h _ ih => exact .head h (ih h')

theorem Steps.mono {S : α → α → Prop} (sub : ∀ x y, R x y → S x y) {n : Nat} {x y : α}
    (h : Steps R n x y) : Steps S n x y := by
  induction h with
  | refl x => exact .refl x
  | head h _ ih => exact .head (sub _ _ h) ih

/-- If any two steps from a point can be brought together by a step each, so can any two ways. -/
theorem Steps.confluent (diamond : ∀ x y z, R x y → R x z → ∃ w, R y w ∧ R z w)
    {m n : Nat} {x y z : α} (hy : Steps R m x y) (hz : Steps R n x z) :
    ∃ w, Steps R n y w ∧ Steps R m z w := by
  -- one step against a way
  have strip {n : Nat} {x z : α} (hz : Steps R n x z) (y : α) (hxy : R x y) :
      ∃ w, Steps R n y w ∧ R z w := by
    induction hz generalizing y with
    | refl => exact ⟨y, .refl y, hxy⟩
    | head h _ ih =>
      obtain ⟨v, hyv, huv⟩ := diamond _ _ _ hxy h
      obtain ⟨w, hvw, hzw⟩ := ih v huv
      exact ⟨w, .head hyv hvw, hzw⟩
  induction hy generalizing z with
  | refl => exact ⟨z, hz, .refl z⟩
  | head h _ ih =>
    obtain ⟨v, hv, hzv⟩ := strip hz _ h
    obtain ⟨w, hyw, hvw⟩ := ih hv
    exact ⟨w, hyw, .head hzv hvw⟩

end

/-! ## Functions -/

section

variable {α β : Type}

/-- Everything is a value. -/
def Surjective (f : α → β) : Prop := ∀ y, ∃ x, f x = y

/-- Lawvere: if the functions from `α` to `β` can be numbered by `α`, every function on `β` has a
fixed point. -/
theorem exists_fixed_point (f : α → α → β) (hf : Surjective f) (g : β → β) :
    ∃ y, g y = y := by
  obtain ⟨x, hx⟩ := hf fun x => g (f x x)
  exact ⟨f x x, (congrFun hx x).symm⟩

/-- Cantor: a type has more predicates than elements. -/
theorem not_surjective_predicates (f : α → α → Prop) : ¬Surjective f := by
  intro hf
  obtain ⟨p, hp⟩ := exists_fixed_point f hf Not
  have h : ¬p ↔ p := iff_of_eq hp
  grind

end

end Showcase.Logic
