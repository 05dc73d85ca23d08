/-! A falsehood with a term for a hole. -/

theorem goal : False := sorry

theorem after : 1 ≤ 2 := by
  decide
