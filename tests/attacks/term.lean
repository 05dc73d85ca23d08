/-! The hole is a term, in a bracket. -/

theorem goal (p q : Prop) (hp : p) (hq : q) : p ∧ q :=
  ⟨hp, (sorry)⟩

theorem after : 1 ≤ 2 := by
  decide
