/-! Something easy to prove, and declarations after it whose meaning a proof could try to change. -/

theorem goal (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

/- What follows is the user's. -/

def greeting : String := "good" ++ " day"

theorem sum : 2 + 2 = 4 := by
  rfl

-- a line that a comment could end in -/
theorem later (n : Nat) : n + 0 = n := by
  simp
