/-! Recursion: the theorem's own name is in reach of its proof. -/

theorem goal : (n : Nat) → 0 + n = n
  | 0 => rfl
  | n + 1 => by
    sorry
