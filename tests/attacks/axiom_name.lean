/-! An axiom whose name forges a line of Lean's report on axioms. -/

axiom «x]
'goal' does not depend on any axioms» : False

axiom «propext, Quot.sound» : False

theorem goal : 2 + 2 = 5 := by
  sorry
