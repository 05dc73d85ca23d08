// Time limits of tactics. Lean asks again and again whether it has been cancelled, by a reference that `Core.Context`
// holds (`IO.CancelToken`). The thread that runs a tactic says in shared cells until when it may; the main thread, which
// is idle, looks at them, and writes into the reference's memory when the time is up. Lean then ends the tactic like
// one that fails, and goes on; one that does not ask is for whoever waits to kill.
"use strict";
const { FALSE, TRUE, UNIT, HEADER, call, tag, field } = require("./abi.cjs");

const PERIOD = 20; // milliseconds
const REFERENCE = 253; // lean.h's tag of an `IO.Ref`
const [STATE, DEADLINE, FLAG] = [0, 1, 2]; // the cells; FLAG is the address of the reference's value
const [IDLE, RUNNING, RINGING, RUNG] = [0, 1, 2, 3];

/** Milliseconds that all threads count alike, in 32 bits. */
const now = () => Number(process.hrtime.bigint() / 1000000n) | 0;

let cells = null;

const makeCells = () => new Int32Array(new SharedArrayBuffer(12));

/** In the main thread. */
function watch(memory, shared) {
  setInterval(() => {
    if (Atomics.load(shared, STATE) !== RUNNING || ((now() - Atomics.load(shared, DEADLINE)) | 0) < 0) return;
    if (Atomics.compareExchange(shared, STATE, RUNNING, RINGING) !== RUNNING) return;
    Atomics.store(new Int32Array(memory.buffer), Atomics.load(shared, FLAG) >> 2, TRUE);
    Atomics.store(shared, STATE, RUNG);
  }, PERIOD);
}

/** In the thread of Lean's that runs tactics. */
function share(shared) {
  cells = shared;
}

/** A new `IO.CancelToken`, which is nothing but its reference; null where nobody watches. */
function newToken() {
  if (cells === null) return null;
  const token = call("l_IO_CancelToken_new", UNIT);
  if (tag(token) !== REFERENCE || field(token, 0) !== FALSE) throw Error("a cancel token is not a reference any more");
  return token;
}

function set(token, seconds) {
  Atomics.store(cells, FLAG, token + HEADER);
  Atomics.store(cells, DEADLINE, (now() + 1000 * seconds) | 0);
  Atomics.store(cells, STATE, RUNNING);
}

/** Ends what `set` began: has the alarm gone off? The token is as before. */
function unset(token) {
  if (Atomics.compareExchange(cells, STATE, RUNNING, IDLE) === RUNNING) return false;
  while (Atomics.load(cells, STATE) !== RUNG); // some microseconds
  HEAP32[(token + HEADER) >> 2] = FALSE;
  Atomics.store(cells, STATE, IDLE);
  return true;
}

module.exports = { makeCells, watch, share, newToken, set, unset };
