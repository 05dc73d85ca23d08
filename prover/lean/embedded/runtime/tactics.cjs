// `lean_dojo_repl` in a proof: LeanDojo's tactic protocol, spoken from inside a TacticM action.
//
//   → {"sid": 0, "cmd": "constructor", "heartbeats": 20000}
//   ← {"sid": 1, "tacticState": "…", "goals": ["…", "…"], "error": null, "ms": 1.5}
//   → exit
//
// `sid` numbers the saved states from 0, where the hole opens. `cmd` is one tactic and
// runs on the first goal. `heartbeats` (thousands, as `maxHeartbeats` counts them) are counted afresh for each
// request. No goals are left when `tacticState` is "no goals". After `exit` Lean goes on from the first state
// without goals; where there is none, from where the hole opened, and then reports the goal as unsolved.
"use strict";
const { randomUUID } = require("crypto");
const {
  FALSE, UNIT, field, tag, isBox, setScalarByte, inc, dec, setField, construct, copy, string, text, taken, list,
  array, box, lean, call, isTrue, value, failed,
} = require("./abi.cjs");
const { readLine, answer } = require("./lines.cjs");
const { showException } = require("./messages.cjs");

/** What `lean_dojo_repl` is read as. No proof can spell it: it is drawn anew in each process. */
const MARK = `trace "${randomUUID()}"`;
const DEFAULT_HEARTBEATS = 200000;
const LINE_WIDTH = 100;
const CORE_INITIAL_HEARTBEATS = 8; // fields of Core.Context
const CORE_MAX_HEARTBEATS = 9;

/** Is this borrowed `trace "…"` the one that stands for the REPL? node (info, kind, [trace, str node]) */
function isMark(syntax) {
  const literal = array(field(syntax, 2))[1];
  if (isBox(literal) || tag(literal) !== 1) return false;
  const atom = array(field(literal, 2))[0];
  return tag(atom) === 2 && MARK === `trace ${text(field(atom, 1))}`;
}

/** The monads' contexts and states around a tactic, and what can be done in them. */
class Elaborator {
  constructor(tacticContext, tacticRef, termContext, termRef, metaContext, metaRef, coreContext, coreRef) {
    this.metaRef = metaRef;
    this.coreRef = coreRef;
    this.core = copy(coreContext);
    this.tacticContext = copy(tacticContext);
    setScalarByte(this.tacticContext, 1, 0, 0); // recover := false: errors are thrown, not logged and admitted
    this.meta = [metaContext, metaRef, this.core, coreRef, UNIT];
    this.arguments = [this.tacticContext, tacticRef, termContext, termRef, ...this.meta];
    this.category = call("l_Lean_Name_str___override", box(0), string("tactic"));
    this.fileName = string("<tactic>");
  }

  run(symbol, ...args) {
    return lean(symbol)(...args, ...this.arguments);
  }

  save() {
    return value(this.run("l_Lean_Elab_Tactic_saveState"));
  }

  restore(state) {
    dec(this.run("l_Lean_Elab_Tactic_SavedState_restore", state, FALSE));
  }

  goals() {
    return value(this.run("l_Lean_Elab_Tactic_getGoals"));
  }

  /** The address of the metavariable context: as long as it is the same object, no goal has changed. */
  metavariables() {
    const state = call("lean_st_ref_get", this.metaRef);
    const context = field(state, 0);
    dec(state);
    return context;
  }

  showGoal(goal) {
    const format = value(call("l_Lean_Meta_ppGoal", goal, ...this.meta));
    const shown = taken(call("l_Std_Format_pretty", format, box(LINE_WIDTH), UNIT, UNIT));
    dec(format);
    return shown;
  }

  hasGoals() {
    const goals = this.goals();
    const some = !isBox(goals);
    dec(goals);
    return some;
  }

  /** Is the main goal, which there must be, a proposition? */
  opensOnProposition() {
    const goals = this.goals();
    const type = value(call("l_Lean_MVarId_getType", field(goals, 0), ...this.meta));
    const answered = call("l_Lean_Meta_isProp", type, ...this.meta);
    const isProposition = !failed(answered) && isTrue(field(answered, 0));
    [goals, type, answered].forEach(dec);
    return isProposition;
  }

  /** The syntax of a tactic, or the parser's complaint. */
  parse(source) {
    const core = call("lean_st_ref_get", this.coreRef);
    const input = string(source);
    const parsed = call("l_Lean_Parser_runParserCategory", field(core, 0), this.category, input, this.fileName);
    [core, input].forEach(dec);
    if (tag(parsed) === 0) { // Except.error
      const error = text(field(parsed, 0));
      dec(parsed);
      return { error };
    }
    return { syntax: value(parsed) };
  }

  /** Runs a tactic; the reason why it fails, or null. */
  evaluate(syntax, heartbeats) {
    setField(this.core, CORE_INITIAL_HEARTBEATS, wasmExports.lean_io_get_num_heartbeats(UNIT));
    setField(this.core, CORE_MAX_HEARTBEATS, box(1000 * heartbeats)); // small naturals: nothing to count
    const result = this.run("l_Lean_Elab_Tactic_evalTactic", syntax);
    const error = failed(result) ? showException(field(result, 0)) : null;
    dec(result);
    if (error === null) dec(this.run("l_Lean_Elab_Tactic_pruneSolvedGoals"));
    return error;
  }

  /** Why the term of `root` is no proof yet, or null. The kernel checks it when the declaration ends. */
  flaw(root) {
    const state = call("lean_st_ref_get", this.metaRef);
    const hole = call("l_Lean_Expr_mvar___override", root);
    const pair = call("l_Lean_instantiateMVarsCore", field(state, 0), hole);
    const term = field(pair, 0);
    let flaw = null;
    if (isTrue(call("l_Lean_Expr_hasSorry", term))) flaw = "proof contains `sorry`";
    else if (isTrue(call("l_Lean_Expr_hasExprMVar", term))) flaw = "proof contains metavariables";
    [state, hole, pair].forEach(dec);
    return flaw;
  }

  release() {
    [this.core, this.tacticContext, this.category, this.fileName].forEach(dec);
  }
}

/** A saved state with its goals as text; texts are taken over from `parent` where nothing can have changed. */
function snapshot(elaborator, parent) {
  const metavariables = elaborator.metavariables();
  const goals = elaborator.goals();
  const known = parent?.metavariables === metavariables ? parent.shown : new Map();
  const shown = new Map(list(goals).map((goal) => [goal, known.get(goal) ?? elaborator.showGoal(goal)]));
  dec(goals);
  return { saved: elaborator.save(), metavariables, shown };
}

const describe = (sid, state) => {
  const goals = [...state.shown.values()];
  return { sid, tacticState: goals.join("\n\n") || "no goals", goals, error: null };
};

/** One open hole: its states, and the requests on them. */
class Proof {
  constructor(elaborator) {
    this.elaborator = elaborator;
    const goals = elaborator.goals();
    this.root = inc(field(goals, 0));
    dec(goals);
    this.states = [snapshot(elaborator)];
    this.solved = null;
  }

  step({ sid, cmd, heartbeats }) {
    const state = this.states[sid];
    if (state === undefined) return { error: `[fatal] unknown tsid: ${sid}` };
    this.elaborator.restore(state.saved);
    const { syntax, error: complaint } = this.elaborator.parse(cmd);
    if (complaint !== undefined) return { error: complaint, parse: true };
    const error = this.elaborator.evaluate(syntax, heartbeats ?? DEFAULT_HEARTBEATS);
    dec(syntax);
    if (error !== null) return { error };
    const next = snapshot(this.elaborator, state);
    const flaw = next.shown.size === 0 ? this.elaborator.flaw(this.root) : null;
    if (flaw !== null) {
      dec(next.saved);
      return { error: flaw };
    }
    this.states.push(next);
    if (next.shown.size === 0) this.solved ??= next;
    return describe(this.states.length - 1, next);
  }

  leave() {
    this.elaborator.restore((this.solved ?? this.states[0]).saved);
    this.states.forEach((state) => dec(state.saved));
    dec(this.root);
  }
}

/** Stands in the place of the built-in tactic `trace "…"`. The arguments are owned. */
function tacticRepl(args, original) {
  if (!isMark(args[0])) return original(...args);
  const elaborator = new Elaborator(...args.slice(1, 9));
  if (!elaborator.hasGoals()) {
    elaborator.release();
    return original(...args);
  }
  if (elaborator.opensOnProposition()) serve(new Proof(elaborator));
  else answer({ error: "[fatal] not_a_theorem" });
  elaborator.release();
  args.forEach(dec);
  return construct(0, [UNIT]);
}

function serve(proof) {
  answer(describe(0, proof.states[0]));
  for (let line; (line = readLine()) !== "exit"; ) {
    const start = performance.now();
    const reply = proof.step(JSON.parse(line));
    answer({ ...reply, ms: performance.now() - start, memory: wasmMemory.buffer.byteLength });
  }
  proof.leave();
}

module.exports = { MARK, tacticRepl };
