// The command level: `#lean_dojo_repl`, more or less, spoken from inside a CommandElabM action.
//
//   → {"sid": 0, "cmd": "def n := 1\ntheorem t : n = 1 := by sorry"}
//   ← {"sid": 2, "commands": [{"start": 0, "end": 11, "recovering": false, "sid": 1, "messages": []}, …], "error": null, …}
//   → {"sid": 1, "cmd": "…", "recovering": true, "until": 80}    begins as the command before left off; only so far
//   → {"sid": 1, "cmd": "theorem t : n = 1 := by\n  lean_dojo_repl", "open": true}    answered by the tactic level first
//   → {"judge": {"before": 1, "proof": 4}}                                               see judge.cjs
//   → {"judge": {"before": 1, "proof": 4, "of": ["even"]}}
//   → {"compare": {"before": 1, "hole": 9, "proof": 17}}
//   → {"confined": {"before": 1, "hole": 9, "proof": 17, "end": 20}}
//   → {"forget": [3, 4]}
//
// `sid` 0 is the state after the imports. Offsets are in bytes of `cmd`; a command reaches to the next one. After one
// that it can't read, Lean is `recovering`: it skips what it can't read before the next, without a word.
//
// The package has no interpreter code, so Lean can't compile what calls the library: files are elaborated as in a
// `noncomputable section`.
"use strict";
const {
  FALSE, UNIT, NIL, box, unbox, field, fieldCount, scalarByte, setScalarByte, inc, dec, replaceField, construct, copy,
  string, call, isTrue, failed,
} = require("./abi.cjs");
const { readLine, answer, quit } = require("./lines.cjs");
const { showException, showLog } = require("./messages.cjs");
const { MARK } = require("./tactics.cjs");
const { judge, compare, isConfined } = require("./judge.cjs");

const FILE_NAME = "<input>";

/** A copy of a fresh state (taken) whose one scope is noncomputable: the first of the scope's scalars. */
function noncomputable(state) {
  const scope = copy(field(field(state, 2), 0));
  setScalarByte(scope, fieldCount(scope), 0, 1);
  const changed = copy(state);
  replaceField(changed, 2, construct(1, [scope, NIL]));
  dec(state);
  return changed;
}

/** The elaborator's context and its state (0 environment, 1 messages, 2 scopes), and what can be done with them. */
class Elaborator {
  constructor(context, stateRef) {
    this.context = context;
    this.stateRef = stateRef;
    this.initial = noncomputable(this.state());
    this.noMessages = inc(field(this.initial, 1));
  }

  /** The current state, owned. */
  state() {
    return call("lean_st_ref_get", this.stateRef);
  }

  enter(state) {
    dec(call("lean_st_ref_set", this.stateRef, state));
  }

  clearMessages() {
    const state = this.state();
    const clean = copy(state);
    replaceField(clean, 1, inc(this.noMessages));
    this.enter(clean);
    [state, clean].forEach(dec);
  }

  /** The next command after `position` (a ModuleParserState, taken): {command, next, log}, all owned. */
  parse(input, position) {
    const state = this.state();
    const scope = field(field(state, 2), 0); // 0 header, 1 options, 2 namespace, 3 open declarations
    const context = construct(0, [field(state, 0), field(scope, 1), field(scope, 2), field(scope, 3)].map(inc));
    const parsed = call("l_Lean_Parser_parseCommand", input, context, position, this.noMessages);
    const rest = field(parsed, 1);
    const result = { command: inc(field(parsed, 0)), next: inc(field(rest, 0)), log: inc(field(rest, 1)) };
    [state, context, position, parsed].forEach(dec);
    return result;
  }

  /** Elaborates one command; its messages. */
  run(command, context) {
    this.clearMessages();
    const result = call("l_Lean_Elab_Command_elabCommandTopLevel", command, context, this.stateRef, UNIT);
    const thrown = failed(result)
      ? [{ severity: "error", line: 1, column: 0, text: showException(field(result, 0)) }]
      : [];
    dec(result);
    const state = this.state();
    const shown = showLog(field(state, 1));
    dec(state);
    return [...thrown, ...shown];
  }

  /**
   * Elaborates commands one after the other, up to the one in which byte `until` is, and yields each: {start, end,
   * recovering, messages}.
   */
  *elaborate(source, recovering, until) {
    const [text, file] = [string(source), string(FILE_NAME)];
    const map = call("l_String_toFileMap", text);
    const input = call("l_Lean_Parser_mkInputContext___redArg", text, file, FALSE, box(Buffer.byteLength(source)));
    const context = copy(this.context); // 0 file name, 1 file map
    replaceField(context, 0, inc(file));
    replaceField(context, 1, inc(map));
    let position = construct(0, [box(0)], 4); // where, and whether the parser is recovering
    setScalarByte(position, 1, 0, recovering ? 1 : 0);
    for (let start = 0; start < until; ) {
      const { command, next, log } = this.parse(input, position);
      position = next;
      const end = unbox(field(position, 0));
      const terminal = isTrue(call("l_Lean_Parser_isTerminalCommand", command));
      const messages = [...showLog(log), ...(terminal ? [] : this.run(command, context))];
      [command, log].forEach(dec);
      const reached = { start, end, recovering: scalarByte(position, 1, 0) === 1, messages };
      if (!terminal || messages.length > 0) yield reached;
      if (terminal) break;
      start = end;
    }
    [text, file, map, input, context, position].forEach(dec);
  }
}

/** The saved command states, and the requests on them. */
class Session {
  constructor(elaborator) {
    this.elaborator = elaborator;
    this.states = [elaborator.initial];
  }

  elaborate({ sid, cmd, open, recovering = false, until = Infinity }) {
    const state = this.states[sid];
    if (state === undefined) return { error: `[fatal] unknown csid: ${sid}` };
    this.elaborator.enter(state);
    const source = open ? cmd.replace(/\blean_dojo_repl\b/, MARK) : cmd;
    const commands = [];
    for (const command of this.elaborator.elaborate(source, recovering, until)) {
      this.states.push(this.elaborator.state());
      commands.push({ ...command, sid: this.states.length - 1 });
    }
    return { sid: commands.at(-1)?.sid ?? sid, commands, error: null };
  }

  environment(sid) {
    return field(this.states[sid], 0);
  }

  judge({ before, proof, of }) {
    return { ...judge(this.environment(before), this.environment(proof), of), error: null };
  }

  compare({ before, hole, proof }) {
    const environments = [before, hole, proof].map((sid) => this.environment(sid));
    return { differences: compare(...environments), error: null };
  }

  confined({ before, hole, proof, end }) {
    const environments = [before, hole, proof, end].map((sid) => this.environment(sid));
    return { confined: isConfined(...environments), error: null };
  }

  forget(sids) {
    for (const sid of sids) {
      dec(this.states[sid]);
      this.states[sid] = undefined;
    }
    return { error: null };
  }

  reply(request) {
    if (request.judge) return this.judge(request.judge);
    if (request.compare) return this.compare(request.compare);
    if (request.confined) return this.confined(request.confined);
    if (request.forget) return this.forget(request.forget);
    return this.elaborate(request);
  }
}

let running = false;

/** Stands in the place of the built-in command `init_quot`, the first time that it is run. Never returns then. */
function commandRepl(args, original) {
  if (running) return original(...args);
  running = true;
  const [, context, stateRef] = args;
  const session = new Session(new Elaborator(context, stateRef));
  answer({ sid: 0, error: null });
  for (let line; (line = readLine()) !== "exit"; ) {
    const start = performance.now();
    const reply = session.reply(JSON.parse(line));
    answer({ ...reply, ms: performance.now() - start, memory: wasmMemory.buffer.byteLength });
  }
  quit();
}

module.exports = { commandRepl };
