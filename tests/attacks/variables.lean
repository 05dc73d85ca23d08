/-! A `variable` is in reach of the hole, but is no part of the statement. -/

section

variable (impossible : 2 = 3)

def three : { n : Nat // n = 3 } :=
  ⟨2, by sorry⟩

end

theorem three_eq : three.val = 2 := rfl
