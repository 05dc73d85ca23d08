import Lean4Repl

/-! What LeanDojo's REPL does not do itself: a limit for each tactic, and none for the command around it. -/

open Lean Elab Tactic

namespace Prover

/-- Run `action` with `thousands` of heartbeats from now on; 0 is no limit. -/
def withHeartbeats (thousands : Nat) (action : TacticM Unit) : TacticM Unit := do
  let now ← IO.getNumHeartbeats
  withTheReader Core.Context
    (fun context => { context with initHeartbeats := now, maxHeartbeats := 1000 * thousands }) action

end Prover

/-- LeanDojo's REPL, which may stay open for as long as it likes. -/
elab "prover_repl" : tactic => Prover.withHeartbeats 0 LeanDojo.TacticRepl.repl

/-- One tactic, within a limit of its own. -/
elab "prover_limited " thousands:num " => " step:tactic : tactic =>
  Prover.withHeartbeats thousands.getNat (evalTactic step)
