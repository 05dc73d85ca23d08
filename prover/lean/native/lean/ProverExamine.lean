import Lean

/-!
Compares a compiled file with its holes and the same file with proofs in them, and has the kernel check the latter
once more. No code of either runs here: only what they declare is read, and what they import.

    lean --run ProverExamine.lean HOLES.olean PROOFS.olean REPORT.json [LINE COLUMN LINE COLUMN]…

Each four numbers are where a declaration begins and ends in the file with proofs.
-/

open Lean

namespace Prover

structure Compiled where
  imports : Array Import
  constants : Std.HashMap Name ConstantInfo
  ranges : Array (Name × DeclarationRange)

unsafe def readCompiled (path : String) : IO Compiled := do
  let (data, _) ← readModuleData path
  let constants := Std.HashMap.ofList (data.constants.toList.map fun info => (info.name, info))
  let entries := (data.entries.find? (·.1 == `Lean.declRangeExt)).map (·.2) |>.getD #[]
  let ranges : Array (Name × DeclarationRanges) := unsafeCast entries
  return { imports := data.imports, constants, ranges := ranges.map fun (name, r) => (name, r.range) }

def kind : ConstantInfo → String
  | .axiomInfo _ => "axiom"
  | .defnInfo _ => "definition"
  | .thmInfo _ => "theorem"
  | .opaqueInfo _ => "opaque"
  | .quotInfo _ => "quotient"
  | .inductInfo _ => "inductive"
  | .ctorInfo _ => "constructor"
  | .recInfo _ => "recursor"

def isProvable (info : ConstantInfo) : Bool :=
  info matches .defnInfo _ | .thmInfo _ | .opaqueInfo _

abbrev Parts := Std.HashMap Name TheoremVal

def isInternal (name : Name) : Bool :=
  (privateToUserName name).isInternalDetail

/-- The theorems that Lean has made of the proofs in other declarations (`f._proof_1`). -/
def Compiled.parts (file : Compiled) : Parts :=
  file.constants.fold (init := {}) fun parts name info =>
    match info with
    | .thmInfo theorem_ => if isInternal name then parts.insert name theorem_ else parts
    | _ => parts

/-- A term in which these parts stand in full: with other proofs, they are counted anew. -/
partial def withoutParts (parts : Parts) (term : Expr) : Expr :=
  term.replace fun
    | .const name levels => parts[name]?.map fun part =>
      withoutParts parts (part.value.instantiateLevelParams part.levelParams levels)
    | _ => none

/-- Where the same is said before and after: as files, with what is made up of proofs. -/
structure Comparison where
  env : Environment
  newParts : Parts
  oldParts : Parts

/--
Are two terms equal to the kernel, for which all proofs of a proposition are the same? What still says `sorry` is open
in any case, and tells its place in the file.
-/
def Comparison.same (c : Comparison) (now before : ConstantVal) (term other : Expr) : Bool :=
  if now.levelParams.length != before.levelParams.length then false
  else
    -- the names of universes that Lean makes up tell a place in the file
    let term := term.instantiateLevelParams now.levelParams (before.levelParams.map .param)
    term == other || term.hasSorry ||
      (Kernel.isDefEq c.env {} (withoutParts c.newParts term) (withoutParts c.oldParts other) matches .ok true)

def Comparison.sameType (c : Comparison) (now before : ConstantInfo) : Bool :=
  c.same now.toConstantVal before.toConstantVal now.type before.type

def Comparison.sameValue (c : Comparison) (now before : ConstantInfo) : Bool :=
  match now, before with
  | .defnInfo now, .defnInfo before => c.same now.toConstantVal before.toConstantVal now.value before.value
  | _, _ => true

/-- What the proofs changed, in words. Names that Lean makes up may come and go. -/
def differences (env : Environment) (holes proofs : Compiled) : Array String := Id.run do
  let mut found := #[]
  let comparison := Comparison.mk env proofs.parts holes.parts
  for (name, before) in holes.constants.toList do
    if isInternal name then continue
    match proofs.constants[name]? with
    | none => found := found.push s!"{name} is no longer declared"
    | some now =>
      if kind now != kind before then found := found.push s!"{name} has become a {kind now}"
      else if !comparison.sameType now before then found := found.push s!"{name} states something else"
      else if !comparison.sameValue now before then found := found.push s!"{name} is defined differently"
  for (name, now) in proofs.constants.toList do
    if !holes.constants.contains name && !isProvable now then
      found := found.push s!"the proof adds the {kind now} {name}"
  return found.qsort (· < ·)

/-- Everything that `roots` rest on: axioms, and constants that say `sorry` themselves. -/
def restsOn (find : Name → Option ConstantInfo) (roots : Array Name) : Array Name × Array Name := Id.run do
  let mut axioms := #[]
  let mut unproved := #[]
  let mut visited : NameSet := {}
  let mut queue := roots
  while !queue.isEmpty do
    let name := queue.back!
    queue := queue.pop
    if visited.contains name then continue
    visited := visited.insert name
    match find name with
    | none => axioms := axioms.push name -- the kernel does not know it
    | some info =>
      if info matches .axiomInfo _ then axioms := axioms.push name
      let used := info.getUsedConstantsAsSet
      if used.contains ``sorryAx then unproved := unproved.push name
      for each in used do
        if each != ``sorryAx then queue := queue.push each
      if let .inductInfo info := info then queue := queue ++ info.ctors.toArray
  return (axioms, unproved)

def showNames (names : Array Name) : Json :=
  toJson ((names.map fun name => name.toString).qsort (· < ·))

def showRanges (file : Compiled) : Json :=
  Json.mkObj <| file.ranges.toList.map fun (name, range) =>
    (name.toString, toJson #[range.pos.line, range.pos.column, range.endPos.line, range.endPos.column])

/-- The declarations that begin between two places, and what they rest on. -/
def foundation (env : Environment) (file : Compiled) (start stop : Nat × Nat) : Json :=
  let isIn (line column : Nat) : Bool :=
    (start.1 < line || (start.1 == line && start.2 <= column)) &&
    (line < stop.1 || (line == stop.1 && column < stop.2))
  let declared := file.ranges.filterMap fun (name, range) =>
    if isIn range.pos.line range.pos.column then some name else none
  let (axioms, unproved) := restsOn (fun name => env.find? name) declared
  Json.mkObj [("declared", showNames declared), ("axioms", showNames axioms), ("open", showNames unproved)]

def foundations (env : Environment) (file : Compiled) : List Nat → List Json
  | line :: column :: endLine :: endColumn :: rest =>
    foundation env file (line, column) (endLine, endColumn) :: foundations env file rest
  | _ => []

unsafe def examine (holes proofs report : String) (places : List String) : IO Unit := do
  let holes ← readCompiled holes
  let proofs ← readCompiled proofs
  let before ← importModules proofs.imports {}
  let (env, kernel) ← try pure (← before.replay proofs.constants, Json.null)
    catch complaint => pure (before, toJson (toString complaint))
  IO.FS.writeFile report <| Json.compress <| Json.mkObj [
    ("kernel", kernel),
    ("differences", toJson (differences env holes proofs)),
    ("foundations", toJson (foundations env proofs (places.map String.toNat!))),
    ("before", showRanges holes),
    ("after", showRanges proofs)]

end Prover

unsafe def main : List String → IO Unit
  | holes :: proofs :: report :: places => Prover.examine holes proofs report places
  | _ => throw (IO.userError "two compiled files and a report are needed")
