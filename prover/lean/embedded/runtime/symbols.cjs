// Where Lean's functions are in the function table, and its values in memory: lines `NAME NUMBER`, in the order of the
// names' bytes (see prover/lean/embedded/exports.py). Looked up in the file's bytes as they are: most threads want a few.
"use strict";
const fs = require("fs");
const path = require("path");

const NEWLINE = 10;
const SPACE = 32;
let lines = null;

/** A function's place in the table or a value's address, by its C name; 0 when there is none. */
function placeOf(name) {
  lines ??= fs.readFileSync(path.join(process.env.LEAN_ROOT, "symbols.txt"));
  const wanted = Buffer.from(`${name} `);
  let [low, high] = [0, lines.length]; // both where a line begins
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = lines.lastIndexOf(NEWLINE, middle - 1) + 1;
    const end = lines.indexOf(NEWLINE, start);
    const space = lines.indexOf(SPACE, start);
    const order = wanted.compare(lines, start, space + 1);
    if (order === 0) return Number(lines.toString("latin1", space + 1, end));
    if (order < 0) high = start;
    else low = end + 1;
  }
  return 0;
}

/** The function itself; undefined when there is none. */
function compiled(name) {
  const place = placeOf(name);
  return place === 0 ? undefined : wasmTable.get(place);
}

module.exports = { placeOf, compiled };
