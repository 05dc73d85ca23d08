/-! Later statements that hold as long as their words keep their meaning. -/

class Default (α : Type) where
  value : α

instance (priority := low) standard : Default Nat := ⟨0⟩

def unit : Nat := 1

theorem goal : True := by
  sorry

theorem goal.helper : unit = 1 := rfl

namespace goal

theorem unit_add : unit + unit = 2 := rfl

end goal

theorem default_eq : (Default.value : Nat) = 0 := rfl
