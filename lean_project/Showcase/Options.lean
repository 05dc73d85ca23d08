/-!
# Partial results

Functions that may have no answer: what several of them answer together, and tables that are looked
up in.
-/

namespace Showcase.Options

variable {α β γ κ : Type}

/-! ## Two results -/

/-- The first answer that there is. -/
def first : Option α → Option α → Option α
  | none, y => y
  | some x, _ => some x

/-- Both answers, where there are two. -/
def both : Option α → Option β → Option (α × β)
  | some x, some y => some (x, y)
  | _, _ => none

theorem first_assoc (x y z : Option α) : first (first x y) z = first x (first y z) := by sorry

theorem both_eq_some_iff (x : Option α) (y : Option β) (a : α) (b : β) :
    both x y = some (a, b) ↔ x = some a ∧ y = some b := by
  constructor
  · sorry
  · rintro ⟨rfl, rfl⟩
    sorry

/-! ## Many results -/

/-- The answers for all elements of a list, or none if one of them has none. -/
def collect (f : α → Option β) : List α → Option (List β)
  | [] => some []
  | x :: xs =>
    match f x, collect f xs with
    | some y, some ys => some (y :: ys)
    | _, _ => none

theorem length_of_collect_eq_some {f : α → Option β} {xs : List α} {ys : List β}
    (h : collect f xs = some ys) : ys.length = xs.length := by sorry

/-- There are answers for all exactly when there is one for each. -/
theorem isSome_collect_iff (f : α → Option β) (xs : List α) :
    (collect f xs).isSome ↔ ∀ x ∈ xs, (f x).isSome := by sorry

/-- Collecting in two rounds is collecting in one. -/
theorem collect_bind (f : α → Option β) (g : β → Option γ) (xs : List α) :
    (collect f xs).bind (collect g) = collect (fun x => (f x).bind g) xs := by sorry

/-! ## Tables -/

section

variable [DecidableEq κ]

/-- The first entry of a table under a key. -/
def find (k : κ) : List (κ × α) → Option α
  | [] => none
  | (k', v) :: rest => if k = k' then some v else find k rest

/-- A table with one entry changed, or added at its end. -/
def update (k : κ) (v : α) : List (κ × α) → List (κ × α)
  | [] => [(k, v)]
  | (k', v') :: rest => if k = k' then (k, v) :: rest else (k', v') :: update k v rest

theorem find_update_self (k : κ) (v : α) (t : List (κ × α)) : find k (update k v t) = some v :=
  sorry

theorem find_update_of_ne {k k' : κ} (h : k' ≠ k) (v : α) (t : List (κ × α)) :
    find k' (update k v t) = find k' t := by sorry

end

end Showcase.Options
