/-!
# Lists

Separators, tail-recursive and partial sums, a bound for a sum, run-length encoding, and the
selections of a list.
-/

namespace Showcase.Lists

/-! ## Warming up -/

section

variable {α β γ : Type}

/-- Going through a list twice is going through it once. -/
theorem map_reverse_map (f : α → β) (g : β → γ) (xs : List α) :
    (xs.map f).reverse.map g = (xs.map (g ∘ f)).reverse := by simp

/-- A list with `s` put between any two neighbours. -/
def separate (s : α) : List α → List α
  | [] => []
  | [x] => [x]
  | x :: y :: rest => x :: s :: separate s (y :: rest)

theorem length_separate (s : α) (xs : List α) :
    (separate s xs).length = 2 * xs.length - 1 := by
  fun_induction separate s xs <;> grind

end

/-! ## Sums -/

/-- The sum of a list, added from the left to what has been summed up before. -/
def sumOnto (acc : Int) : List Int → Int
  | [] => acc
  | x :: xs => sumOnto (acc + x) xs

theorem sumOnto_eq_add_sum (acc : Int) (xs : List Int) : sumOnto acc xs = acc + xs.sum := by
  induction xs generalizing acc <;> grind [sumOnto]

/-- The partial sums of a list: those of `[2, 3]` from `1` are `[1, 3, 6]`. -/
def totals (start : Int) : List Int → List Int
  | [] => [start]
  | x :: xs => start :: totals (start + x) xs

/-- The differences of neighbours: those of `[1, 3, 6]` are `[2, 3]`. -/
def steps : List Int → List Int
  | [] => []
  | [_] => []
  | x :: y :: rest => (y - x) :: steps (y :: rest)

/-- Taking differences undoes summing up. -/
theorem steps_totals (start : Int) (xs : List Int) : steps (totals start xs) = xs := by
  induction xs generalizing start with
  | nil => rfl
  | cons x xs ih => cases xs <;> grind [totals, steps]

/-- The largest element of a list, and `0` for the empty one. -/
def largest : List Nat → Nat
  | [] => 0
  | x :: xs => max x (largest xs)

theorem sum_le_length_mul_largest (xs : List Nat) : xs.sum ≤ xs.length * largest xs := by
  induction xs with
  | nil => simp
  | cons x xs ih =>
    have h : xs.length * largest xs ≤ xs.length * max x (largest xs) :=
      Nat.mul_le_mul_left _ (by omega)
    simp only [List.sum_cons, List.length_cons, largest, Nat.succ_mul]
    omega

/-! ## Run-length encoding -/

section

variable {α : Type} [DecidableEq α]

/-- One more `x` in front of a list of runs. -/
def push (x : α) : List (α × Nat) → List (α × Nat)
  | [] => [(x, 1)]
  | (y, n) :: runs => if x = y then (y, n + 1) :: runs else (x, 1) :: (y, n) :: runs

/-- The runs of equal elements of a list, each with its length. -/
def encode : List α → List (α × Nat)
  | [] => []
  | x :: xs => push x (encode xs)

/-- The list with the given runs. -/
def decode : List (α × Nat) → List α
  | [] => []
  | (x, n) :: runs => List.replicate n x ++ decode runs

theorem decode_push (x : α) (runs : List (α × Nat)) :
    decode (push x runs) = x :: decode runs := by
  cases runs <;> grind [push, decode]

/-- Encoding loses nothing. -/
theorem decode_encode (xs : List α) : decode (encode xs) = xs := by
  induction xs <;> simp_all [encode, decode, decode_push]

end

/-! ## Selections -/

section

variable {α : Type}

/-- All that can be left of a list by striking out elements. -/
def selections : List α → List (List α)
  | [] => [[]]
  | x :: xs => (selections xs).map (x :: ·) ++ selections xs

/-- Each element is there or not. -/
theorem length_selections (xs : List α) : (selections xs).length = 2 ^ xs.length := by
  induction xs <;> grind [selections]

/-- The selections of a list are its sublists. -/
theorem mem_selections_iff (xs ys : List α) : ys ∈ selections xs ↔ ys.Sublist xs := by
  constructor
  · intro h
    induction xs generalizing ys with
    | nil => simp_all [selections]
    | cons x xs ih =>
      simp only [selections, List.mem_append, List.mem_map] at h
      rcases h with ⟨zs, hz, rfl⟩ | h
      · exact (ih zs hz).cons₂ x
      · exact (ih ys h).cons x
  · intro h
    induction h <;> simp_all [selections]

end

end Showcase.Lists
