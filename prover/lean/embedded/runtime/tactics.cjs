// `lean_dojo_repl` in a proof: LeanDojo's tactic protocol, spoken from inside a TacticM action.
//
//   → {"sid": 0, "cmd": "constructor", "goal": 0, "heartbeats": 20000, "seconds": 30}
//   ← {"sid": 1, "tacticState": "…", "goals": ["…", "…"], "groups": [[0], [1]], "message": "", "error": null,
//      "heartbeats": 12, "ms": 1.5}
//   → exit
//
// `sid` numbers the saved states from 0, where the hole opens: its first goal, which is all that a `sorry`
// stands for. `groups` says which goals share metavariables, directly or not: what happens to one of a group
// happens to all of it. `cmd` is one tactic; it sees the goal of that number, and behind
// it the others of its group. The new state has what is left of these, and no other goal: the others are where
// they were, in the state before. Without `goal` it sees all goals, as in LeanDojo's own REPL. No goals of those
// that it saw are left when `tacticState` is "no goals". `message` is what the tactic said (`Try this: …`);
// one that reports an error has failed, though it goes on. `heartbeats` (thousands, as `maxHeartbeats` counts them)
// are counted afresh for each request, and the reply says how many it took, rounded up. A tactic that is ended after `seconds` of wall time is `late`, and has an error;
// the states are all there, and Lean is as warm as it was. After `exit` Lean goes on from where the hole opened, and reports the goal
// as unsolved.
"use strict";
const { randomUUID } = require("crypto");
const {
  FALSE, UNIT, NIL, field, tag, isBox, setScalarByte, inc, dec, setField, construct, replaceField, copy, string, text, taken,
  list, array, box, unbox, lean, call, isTrue, value, failed,
} = require("./abi.cjs");
const { readLine, answer } = require("./lines.cjs");
const alarm = require("./alarm.cjs");
const { expressionsOf, newConstants } = require("./environment.cjs");
const { countLog, showException, showLog, showName } = require("./messages.cjs");

/** What `lean_dojo_repl` is read as. No proof can spell it: it is drawn anew in each process. */
const MARK = `trace "${randomUUID()}"`;
const DEFAULT_HEARTBEATS = 200000;
const LINE_WIDTH = 100;
const ABORTED = /^internal exception/; // what is thrown after an error that was reported
const CORE_INITIAL_HEARTBEATS = 8; // fields of Core.Context
const CORE_MAX_HEARTBEATS = 9;
const CORE_CANCEL_TOKEN = 12;

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
    this.refs = [tacticRef, termRef, metaRef, coreRef];
    this.core = copy(coreContext);
    this.token = alarm.newToken();
    if (this.token !== null) replaceField(this.core, CORE_CANCEL_TOKEN, construct(1, [this.token]));
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

  /**
   * All that tactics read and write. Lean's own `saveState` leaves out the caches and the counter that names are
   * made from, so that what a tactic does, says and costs would depend on what was tried before it.
   */
  save() {
    return this.refs.map((ref) => call("lean_st_ref_get", ref));
  }

  restore(saved) {
    saved.forEach((state, i) => dec(call("lean_st_ref_set", this.refs[i], inc(state))));
  }

  goals() {
    return value(this.run("l_Lean_Elab_Tactic_getGoals"));
  }

  setGoals(goals) {
    const owned = goals.reduceRight((rest, goal) => construct(1, [inc(goal), rest]), NIL);
    dec(this.run("l_Lean_Elab_Tactic_setGoals", owned));
    dec(owned);
  }

  /** The names of the unsolved metavariables that a goal mentions, or that those mention. */
  needs(goal) {
    const found = value(call("l_Lean_MVarId_getMVarDependencies", goal, FALSE, ...this.meta));
    const names = array(field(found, 1)).flatMap(keysOf).map(showName); // HashSet: size, buckets
    dec(found);
    return names;
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

  /** The environment now, owned. */
  environment() {
    const core = call("lean_st_ref_get", this.coreRef);
    const environment = inc(field(core, 0));
    dec(core);
    return environment;
  }

  /** The messages so far, owned. */
  log() {
    return value(call("l_Lean_Core_getMessageLog", this.core, this.coreRef, UNIT));
  }

  /** The messages since the borrowed `log`, of which the present one is a continuation. */
  saidSince(log) {
    const now = this.log();
    const said = now === log ? [] : showLog(now, countLog(log));
    dec(now);
    return said;
  }

  /** The syntax of a tactic, or the parser's complaint. */
  parse(source) {
    const environment = this.environment();
    const input = string(source);
    const parsed = call("l_Lean_Parser_runParserCategory", environment, this.category, input, this.fileName);
    [environment, input].forEach(dec);
    if (tag(parsed) === 0) { // Except.error
      const error = text(field(parsed, 0));
      dec(parsed);
      return { error };
    }
    return { syntax: value(parsed) };
  }

  /**
   * Runs a tactic, for so many `seconds` at most where they are limited. `error` is why it fails, or null; `late` says
   * that it is because its time was up. `this.spent` is then what it took, in thousands of heartbeats.
   */
  evaluate(syntax, heartbeats, seconds) {
    wasmExports.lean_io_set_heartbeats(box(0));
    setField(this.core, CORE_INITIAL_HEARTBEATS, box(0));
    setField(this.core, CORE_MAX_HEARTBEATS, box(1000 * heartbeats)); // small naturals: nothing to count
    const limited = this.token !== null && seconds !== undefined;
    if (limited) alarm.set(this.token, seconds);
    const result = this.run("l_Lean_Elab_Tactic_evalTactic", syntax);
    this.spent = Math.ceil(unbox(wasmExports.lean_io_get_num_heartbeats(UNIT)) / 1000);
    const rung = limited && alarm.unset(this.token);
    const late = rung && failed(result);
    const error = late ? "its time is up" : failed(result) ? showException(field(result, 0)) : null;
    dec(result);
    if (error === null) dec(this.run("l_Lean_Elab_Tactic_pruneSolvedGoals"));
    return { error, late };
  }

  /**
   * Why the terms of goals that are closed prove nothing yet, or null; `root` is the goal that all began with, in
   * the environment `before`.
   */
  flaw(goals, root, before) {
    if (this.holds("l_Lean_Expr_hasSorry", root) || this.hasDeclaredSorry(before)) return "proof contains `sorry`";
    const open = goals.some((goal) => this.holds("l_Lean_Expr_hasExprMVar", goal));
    return open ? "proof contains metavariables" : null;
  }

  /** Has a tactic put a `sorry` into a lemma of its own? */
  hasDeclaredSorry(before) {
    const now = this.environment();
    const made = [...newConstants(before, now).values()].flatMap(expressionsOf);
    const found = made.some((expression) => isTrue(call("l_Lean_Expr_hasSorry", expression)));
    dec(now);
    return found;
  }

  /** Does a predicate hold of a goal's term, as far as that is known? */
  holds(predicate, goal) {
    const state = call("lean_st_ref_get", this.metaRef);
    const hole = call("l_Lean_Expr_mvar___override", goal);
    const pair = call("l_Lean_instantiateMVarsCore", field(state, 0), hole);
    const answer = isTrue(call(predicate, field(pair, 0)));
    [state, hole, pair].forEach(dec);
    return answer;
  }

  release() {
    [this.core, this.tacticContext, this.category, this.fileName].forEach(dec);
  }
}

/** AssocList: cons (tag 1) of key, value, tail. */
function keysOf(bucket) {
  const keys = [];
  for (; !isBox(bucket); bucket = field(bucket, 2)) keys.push(field(bucket, 0));
  return keys;
}

/**
 * A saved state: its goals in order, each with its text and what it needs. Both are taken over from `parent`
 * where nothing can have changed.
 */
function snapshot(elaborator, parent) {
  const metavariables = elaborator.metavariables();
  const goals = elaborator.goals();
  const known = parent?.metavariables === metavariables ? parent.shown : new Map();
  const show = (goal) => known.get(goal) ?? { text: elaborator.showGoal(goal), needs: elaborator.needs(goal) };
  const shown = new Map(list(goals).map((goal) => [goal, show(goal)]));
  dec(goals);
  return { saved: elaborator.save(), metavariables, shown, groups: grouped([...shown]) };
}

/** The numbers of goals, put together where they are tied to each other by what they need. */
function grouped(shown) {
  let groups = shown.map(([goal, { needs }], i) => ({
    members: [i],
    names: new Set(shown.some(([, other]) => other.needs.length > 0) ? [showName(goal), ...needs] : []),
  }));
  for (const { names } of [...groups]) {
    const tied = groups.filter((group) => [...group.names].some((name) => names.has(name)));
    if (tied.length < 2) continue;
    const union = {
      members: tied.flatMap((group) => group.members),
      names: new Set(tied.flatMap((group) => [...group.names])),
    };
    groups = [...groups.filter((group) => !tied.includes(group)), union];
  }
  const members = groups.map((group) => group.members.sort((one, other) => one - other));
  return members.sort(([one], [other]) => one - other);
}

const describe = (sid, { shown, groups }) => {
  const goals = [...shown.values()].map(({ text }) => text);
  return { sid, tacticState: goals.join("\n\n") || "no goals", goals, groups, error: null };
};

/** The goals that a request sees. */
function focus({ shown, groups }, goal) {
  const goals = [...shown.keys()];
  if (goal === undefined) return goals;
  const tied = groups.find((members) => members.includes(goal)).filter((i) => i !== goal);
  return [goal, ...tied].map((i) => goals[i]);
}

/** One open hole: its states, and the requests on them. */
class Proof {
  constructor(elaborator) {
    this.elaborator = elaborator;
    this.opened = elaborator.save();
    this.environment = elaborator.environment();
    const goals = elaborator.goals();
    this.root = inc(field(goals, 0));
    dec(goals);
    elaborator.setGoals([this.root]);
    this.states = [snapshot(elaborator)];
  }

  step({ sid, cmd, goal, heartbeats, seconds }) {
    const state = this.states[sid];
    if (state === undefined) return { error: `[fatal] unknown tsid: ${sid}` };
    const focused = focus(state, goal);
    const { syntax, error: complaint } = this.parse(state, cmd);
    if (complaint !== undefined) return { error: complaint, parse: true };
    this.elaborator.setGoals(focused);
    const log = this.elaborator.log();
    const { error: thrown, late } = this.elaborator.evaluate(syntax, heartbeats ?? DEFAULT_HEARTBEATS, seconds);
    const speaks = thrown !== null && !ABORTED.test(thrown);
    const said = speaks ? [] : this.elaborator.saidSince(log);
    [syntax, log].forEach(dec);
    if (late) return { error: thrown, late };
    const error = said.find(({ severity }) => severity === "error")?.text ?? thrown;
    if (error !== null) return { error };
    const next = snapshot(this.elaborator, state);
    const flaw = next.shown.size === 0 ? this.elaborator.flaw(focused, this.root, this.environment) : null;
    if (flaw !== null) {
      next.saved.forEach(dec);
      return { error: flaw };
    }
    this.states.push(next);
    return { ...describe(this.states.length - 1, next), message: said.map(({ text }) => text).join("\n") };
  }

  parse(state, source) {
    this.elaborator.restore(state.saved);
    return this.elaborator.parse(source);
  }

  leave() {
    this.elaborator.restore(this.opened);
    [...this.opened, ...this.states.flatMap(({ saved }) => saved), this.environment, this.root].forEach(dec);
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
    proof.elaborator.spent = 0;
    const reply = proof.step(JSON.parse(line));
    answer({ ...reply, heartbeats: proof.elaborator.spent, ms: performance.now() - start, memory: wasmMemory.buffer.byteLength });
  }
  proof.leave();
}

module.exports = { MARK, tacticRepl };
