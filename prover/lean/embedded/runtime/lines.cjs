// One JSON line each way, from inside a WebAssembly call: reading and writing block.
"use strict";
const fs = require("fs");

const CHUNK = Buffer.alloc(1 << 16);
const PAUSE = new Int32Array(new SharedArrayBuffer(4));
let pending = Buffer.alloc(0);

/** `process.exit()` ends one thread only, and leaves the others waiting for it. */
const quit = () => process.kill(process.pid, "SIGKILL");

function waitAMillisecond() {
  Atomics.wait(PAUSE, 0, 0, 1);
}

function readChunk() {
  for (;;) {
    try {
      const size = fs.readSync(0, CHUNK);
      if (size === 0) quit(); // whoever asks is gone
      return CHUNK.subarray(0, size);
    } catch (error) {
      if (error.code === "EOF") quit();
      if (error.code !== "EAGAIN") throw error;
      waitAMillisecond();
    }
  }
}

function readLine() {
  for (;;) {
    const end = pending.indexOf(10);
    if (end >= 0) {
      const line = pending.toString("utf8", 0, end);
      pending = pending.subarray(end + 1);
      return line;
    }
    pending = Buffer.concat([pending, readChunk()]);
  }
}

/** `REPL> ` before each answer is LeanDojo's protocol. */
function answer(reply) {
  const bytes = Buffer.from(`REPL> ${JSON.stringify(reply)}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      waitAMillisecond();
    }
  }
}

module.exports = { readLine, answer, quit };
