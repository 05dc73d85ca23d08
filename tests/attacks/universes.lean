/-! A statement about a universe. -/

theorem goal.{u} (α : Type u) : ∃ β : Type u, β = α ∧ Nonempty (β → Type) := by
  sorry
