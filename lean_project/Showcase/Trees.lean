/-!
# Binary trees

The measures of a tree, its mirror image and its elements in order, and search trees.
-/

namespace Showcase

/-- Binary trees with an element at each inner node. -/
inductive Tree (α : Type) where
  | leaf : Tree α
  | node (left : Tree α) (element : α) (right : Tree α) : Tree α

namespace Tree

section

variable {α : Type}

/-- The number of elements. -/
def size : Tree α → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size

/-- The number of elements on a longest way from the root. -/
def height : Tree α → Nat
  | leaf => 0
  | node l _ r => max l.height r.height + 1

/-- Left and right exchanged, everywhere. -/
def mirror : Tree α → Tree α
  | leaf => leaf
  | node l x r => node r.mirror x l.mirror

/-- The elements from left to right. -/
def flatten : Tree α → List α
  | leaf => []
  | node l x r => l.flatten ++ x :: r.flatten

/-- A fold over the elements from left to right. -/
def foldl {β : Type} (f : β → α → β) (b : β) : Tree α → β
  | leaf => b
  | node l x r => r.foldl f (f (l.foldl f b) x)

/-- The left child becomes the root, where there is one. -/
def rotateRight : Tree α → Tree α
  | node (node a x b) y c => node a x (node b y c)
  | t => t

/-! ## Measures and mirrors -/

theorem mirror_mirror (t : Tree α) : t.mirror.mirror = t := by
  induction t with
  | leaf => rfl
  | node l x r ihl ihr => sorry

theorem flatten_mirror (t : Tree α) : t.mirror.flatten = t.flatten.reverse := by sorry

/-- A tree that is its own mirror image reads the same in both directions. -/
theorem reverse_flatten_of_mirror_eq (t : Tree α) (h : t.mirror = t) :
    t.flatten.reverse = t.flatten := by sorry

theorem foldl_eq_foldl_flatten {β : Type} (f : β → α → β) (b : β) (t : Tree α) :
    t.foldl f b = t.flatten.foldl f b := by sorry

theorem flatten_rotateRight (t : Tree α) : t.rotateRight.flatten = t.flatten := by sorry

/-- A tree of a given height has only so many elements. -/
theorem size_lt_two_pow_height (t : Tree α) : t.size < 2 ^ t.height := by
  induction t with
  | leaf => simp [size, height]
  | node l x r ihl ihr =>
    have hl : 2 ^ l.height ≤ 2 ^ max l.height r.height := by sorry
    have hr : 2 ^ r.height ≤ 2 ^ max l.height r.height := by sorry
    simp only [size, height, Nat.pow_succ]
    omega

end

/-! ## Search trees -/

/-- Whether a number is found, going left or right by comparison. -/
def contains (x : Nat) : Tree Nat → Bool
  | leaf => false
  | node l y r => if x < y then l.contains x else if y < x then r.contains x else true

/-- A tree with one number more, unless it is in it. -/
def insert (x : Nat) : Tree Nat → Tree Nat
  | leaf => node leaf x leaf
  | node l y r =>
    if x < y then node (l.insert x) y r
    else if y < x then node l y (r.insert x)
    else node l y r

/-- What is left of a node is smaller than it, what is right of it is larger. -/
def Ordered : Tree Nat → Prop
  | leaf => True
  | node l y r => (∀ x ∈ l.flatten, x < y) ∧ (∀ x ∈ r.flatten, y < x) ∧ l.Ordered ∧ r.Ordered

theorem mem_flatten_insert (x y : Nat) (t : Tree Nat) :
    y ∈ (t.insert x).flatten ↔ y = x ∨ y ∈ t.flatten := by sorry

theorem ordered_insert (x : Nat) (t : Tree Nat) (h : t.Ordered) : (t.insert x).Ordered := by sorry

/-- Searching an ordered tree finds what is in it, and nothing else. -/
theorem contains_iff_mem (x : Nat) (t : Tree Nat) (h : t.Ordered) :
    t.contains x ↔ x ∈ t.flatten := by sorry

end Tree

end Showcase
