/-!
# Natural numbers

Triangular and Fibonacci numbers, Ackermann's function, decimal digits, and a few facts of number
theory.
-/

namespace Showcase.Naturals

/-! ## Triangular numbers -/

/-- `0 + 1 + ⋯ + n`. -/
def triangle : Nat → Nat
  | 0 => 0
  | n + 1 => triangle n + (n + 1)

theorem two_mul_triangle (n : Nat) : 2 * triangle n = n * (n + 1) := by sorry

/-! ## Fibonacci numbers -/

/-- The Fibonacci numbers `0, 1, 1, 2, 3, 5, …`. -/
def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)

/-- The `n`-th term of the sequence that starts with `a` and `b` and goes on like Fibonacci's. -/
def fibFrom (a b : Nat) : Nat → Nat
  | 0 => a
  | n + 1 => fibFrom b (a + b) n

/-- Started anywhere in Fibonacci's sequence, it goes on through it. -/
theorem fibFrom_fib (k n : Nat) : fibFrom (fib k) (fib (k + 1)) n = fib (k + n) := by sorry

theorem fib_eq_fibFrom (n : Nat) : fib n = fibFrom 0 1 n :=
  sorry

/-- The addition formula. -/
theorem fib_add_add_one (m n : Nat) :
    fib (m + n + 1) = fib m * fib n + fib (m + 1) * fib (n + 1) := by sorry

/-! ## Ackermann's function -/

/-- Ackermann's function, in Péter's form. -/
def ack : Nat → Nat → Nat
  | 0, n => n + 1
  | m + 1, 0 => ack m 1
  | m + 1, n + 1 => ack m (ack (m + 1) n)

theorem lt_ack (m n : Nat) : n < ack m n := by sorry

/-! ## Decimal digits -/

/-- The decimal digits of a number, the last one first; none for `0`. -/
def digits (n : Nat) : List Nat :=
  if n = 0 then [] else n % 10 :: digits (n / 10)

/-- The number with the given decimal digits, the last one first. -/
def ofDigits : List Nat → Nat
  | [] => 0
  | d :: ds => d + 10 * ofDigits ds

theorem ofDigits_digits (n : Nat) : ofDigits (digits n) = n := by sorry

/-- Casting out nines. -/
theorem ofDigits_mod_nine (ds : List Nat) : ofDigits ds % 9 = ds.sum % 9 := by sorry

/-! ## Some number theory -/

/-- Stamps of 3 and of 5 pay for every letter from 8 on. -/
theorem exists_stamps (n : Nat) (h : 8 ≤ n) : ∃ a b, n = 3 * a + 5 * b := by sorry

theorem odd_square_mod_eight (n : Nat) (h : n % 2 = 1) : n * n % 8 = 1 := by sorry

/-- The geometric mean is at most the arithmetic one. -/
theorem four_mul_mul_le_square (a b : Nat) : 4 * (a * b) ≤ (a + b) * (a + b) := by
  rcases Nat.le_total a b with h | h
  · sorry
  · sorry

end Showcase.Naturals
