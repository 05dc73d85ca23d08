/-! Names that look like what a proof must not use, and are harmless. -/

structure Odd (p : Prop) : Prop where
  «sorry» : p
  sorryAx : p

theorem goal (p : Prop) (sorry' : p) (trace_foo : p) (myaxiom : p) («axiom» : p) (h : Odd p)
    (native_decided : p) (goal : p) (theorem_1 : p) («end» : p) (αdmit₁ : p) : p := by
  sorry
