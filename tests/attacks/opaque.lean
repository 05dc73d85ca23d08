/-! An `opaque` constant: its value is there, and nobody may look at it. -/

opaque secret : Nat := 5

theorem goal : secret = 5 := by
  sorry
