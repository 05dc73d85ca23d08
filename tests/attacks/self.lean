/-! A falsehood with an argument, that could be "proved" by calling itself. -/

inductive Tree where
  | leaf
  | node (left right : Tree)

namespace Tree

def size : Tree → Nat
  | leaf => 1
  | node left right => left.size + right.size

theorem goal (t : Tree) : t.size = t.size + 1 := by
  sorry

end Tree
