/-! The hole is one bullet of several. -/

theorem goal (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · sorry
  · exact hq
