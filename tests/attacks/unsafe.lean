/-! `unsafe` declarations prove everything, and nothing safe may use them. -/

unsafe def loop : False := loop

unsafe axiom anything : False

theorem goal : False := by
  sorry
