/-!
# A compiler

Arithmetical expressions, a stack machine, and a compiler from the one to the other. The machine
stops without a result when its stack runs empty; compiled code never does that.
-/

namespace Showcase.Compiler

/-- Expressions over numbered variables. -/
inductive Expr where
  | const (n : Int)
  | var (i : Nat)
  | add (a b : Expr)
  | mul (a b : Expr)

/-- The machine's instructions. -/
inductive Instr where
  | push (n : Int)
  | load (i : Nat)
  | add
  | mul

/-- The value of an expression, given those of its variables. -/
def eval (env : Nat → Int) : Expr → Int
  | .const n => n
  | .var i => env i
  | .add a b => eval env a + eval env b
  | .mul a b => eval env a * eval env b

/-- The stack after an instruction. -/
def step (env : Nat → Int) : Instr → List Int → Option (List Int)
  | .push n, s => some (n :: s)
  | .load i, s => some (env i :: s)
  | .add, y :: x :: s => some ((x + y) :: s)
  | .mul, y :: x :: s => some ((x * y) :: s)
  | _, _ => none

/-- The stack after a program. -/
def run (env : Nat → Int) : List Instr → List Int → Option (List Int)
  | [], s => some s
  | i :: is, s => (step env i s).bind (run env is)

/-- Code that leaves the value of an expression on top of the stack. -/
def compile : Expr → List Instr
  | .const n => [.push n]
  | .var i => [.load i]
  | .add a b => compile a ++ compile b ++ [.add]
  | .mul a b => compile a ++ compile b ++ [.mul]

/-! ## Correctness -/

section Correctness

variable (env : Nat → Int)

theorem run_append (p q : List Instr) (s : List Int) :
    run env (p ++ q) s = (run env p s).bind (run env q) := by
  induction p generalizing s with
  | nil => rfl
  | cons i p ih => cases h : step env i s <;> simp [run, h, ih]

theorem run_compile (e : Expr) (s : List Int) :
    run env (compile e) s = some (eval env e :: s) := by
  induction e generalizing s <;> simp_all [compile, run, step, eval, run_append]

/-- The compiler is correct. -/
theorem run_compile_nil (e : Expr) : run env (compile e) [] = some [eval env e] :=
  run_compile env e []

end Correctness

/-! ## Optimising -/

section Optimising

/-- The sum of two expressions, added up at once where both are known. -/
def plus : Expr → Expr → Expr
  | .const m, .const n => .const (m + n)
  | a, b => .add a b

/-- Constant folding, in sums. -/
def fold : Expr → Expr
  | .add a b => plus (fold a) (fold b)
  | .mul a b => .mul (fold a) (fold b)
  | e => e

theorem eval_plus (env : Nat → Int) (a b : Expr) :
    eval env (plus a b) = eval env a + eval env b := by
  fun_cases plus a b <;> simp [eval]

/-- Folding constants does not change what an expression means. -/
theorem eval_fold (env : Nat → Int) (e : Expr) : eval env (fold e) = eval env e := by
  induction e <;> simp_all [fold, eval, eval_plus]

/-- Folding constants never makes the code longer. -/
theorem length_compile_fold_le (e : Expr) :
    (compile (fold e)).length ≤ (compile e).length := by
  have plus_le (a b : Expr) :
      (compile (plus a b)).length ≤ (compile a).length + (compile b).length + 1 := by
    fun_cases plus a b <;> grind [compile]
  induction e <;> grind [fold, compile]

end Optimising

/-! ## Substituting -/

section Substituting

/-- An expression with `r` in the place of variable `i`. -/
def subst (i : Nat) (r : Expr) : Expr → Expr
  | .const n => .const n
  | .var j => if j = i then r else .var j
  | .add a b => .add (subst i r a) (subst i r b)
  | .mul a b => .mul (subst i r a) (subst i r b)

/-- Substituting is evaluating with another value for the variable. -/
theorem eval_subst (env : Nat → Int) (i : Nat) (r e : Expr) :
    eval env (subst i r e) = eval (fun j => if j = i then eval env r else env j) e := by
  induction e <;> grind [subst, eval]

end Substituting

/-! ## Compiling backwards -/

/-- The code of an expression tells which one it is. -/
theorem compile_injective {a b : Expr} (h : compile a = compile b) : a = b := by
  -- run the code on a stack of expressions: it builds the expression again
  let build (s : List Expr) (i : Instr) : List Expr :=
    match i, s with
    | .push n, s => .const n :: s
    | .load i, s => .var i :: s
    | .add, y :: x :: s => .add x y :: s
    | .mul, y :: x :: s => .mul x y :: s
    | _, s => s
  have rebuild (e : Expr) (s : List Expr) : (compile e).foldl build s = e :: s := by
    induction e generalizing s <;> simp_all [compile, build]
  have hb := rebuild b []
  rw [← h, rebuild a []] at hb
  exact (List.cons.inj hb).1

end Showcase.Compiler
