/-! A theorem that Lean refuses, and one after it. -/

theorem broken : 3 = 4 := by
  decide

theorem goal : 4 = 5 := by
  sorry
