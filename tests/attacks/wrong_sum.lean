/-! A false equation of naturals, decidable, so that whoever decides wrongly proves it. -/

theorem goal : 2 + 2 = 5 := by
  sorry

theorem after : 2 + 2 = 4 := by
  rfl
