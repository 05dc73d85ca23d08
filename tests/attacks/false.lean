/-! The plainest target: a falsehood, with declarations after it that a proof must leave alone. -/

def answer : Nat := 41 + 1

theorem goal : False := by
  sorry

theorem answer_eq : answer = 42 := by
  rfl

theorem two_and_two : 2 + 2 = 4 := by
  decide
