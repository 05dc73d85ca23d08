/-! What the compiler believes is not what the kernel believes. -/

def honest : Bool := true

@[implemented_by honest]
def lie : Bool := false

opaque secret : Nat := 5

theorem goal : lie = true := by
  sorry
