/-! Axioms of the file's own. The proof may lean on none of them. -/

axiom bad : False

namespace Nested

axiom propext : ∀ p : Prop, p

end Nested

private axiom hidden : 2 + 2 = 5

class Trusted (p : Prop) : Prop where
  proof : p

axiom trusted : Trusted (2 + 2 = 5)

attribute [instance] trusted

@[simp] axiom five : 2 + 2 = 5 ↔ True

theorem innocent : 1 = 2 := bad.elim

theorem goal : 2 + 2 = 5 := by
  sorry
