/-! The file itself teaches `trivial` to give up. -/

macro_rules
  | `(tactic| trivial) => `(tactic| sorry)

theorem goal : False := by
  sorry
