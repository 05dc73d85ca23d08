/-! The hole is inside namespaces, so that a proof can try to leave them. -/

namespace Outer
namespace Inner

theorem goal (p : Prop) (h : p) : p := by
  sorry

theorem sibling : Nat.succ 0 = 1 := by
  rfl

end Inner

theorem outside (p : Prop) (h : p) : p := Inner.goal p h

end Outer
