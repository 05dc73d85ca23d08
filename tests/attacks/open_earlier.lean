/-! Open declarations of every kind before the theorems to prove from them. -/

theorem base (n : Nat) : n * n ≤ n * n * n := by
  sorry

theorem middle (n : Nat) : n * n ≤ n * n * n + 1 :=
  Nat.le_succ_of_le (base n)

def Strange (n : Nat) : Prop := ∃ m, m * m = n + 2

@[simp] theorem strange_iff (n : Nat) : Strange n ↔ n = n + 0 := by
  sorry

def constant : Nat := sorry

instance decidableStrange (n : Nat) : Decidable (Strange n) := .isTrue sorry

def Odd (n : Nat) : Prop := ∃ m, n = 2 * m + 1

theorem odd_seven : Odd 7 := by
  sorry

theorem goal (n : Nat) : n * n ≤ n * n * n + 1 := by
  sorry

theorem strange : Strange 2 := by
  sorry

theorem constant_le : constant ≤ constant + 1 := by
  sorry

theorem odd : Odd 7 := by
  sorry

theorem unprovable : 3 = 4 := by
  sorry

theorem too_late (n : Nat) : n < n + 1 := by
  sorry
