// Lean's objects and functions, over the C ABI of lean.h for a 32-bit target.
//
// An object is {rc: i32, size: u16, fields: u8, tag: u8} followed by its pointer fields and then its scalars.
// A small natural, an enumeration's constructor and `()` are boxed: the value shifted left, the lowest bit 1.
// Ownership follows lean.h: `inc` and `dec` count references, a borrowed object is not ours to `dec`.
//
// Each compiled function `f` of Lean is in the function table (see symbols.cjs), those of its runtime are exports.
// `f___boxed`, where there is one, takes every argument boxed and owned; where there is none, `f` itself does.
"use strict";
const { compiled } = require("./symbols.cjs");

const FALSE = 1;
const TRUE = 3;
const UNIT = 1;
const NIL = 1; // `[]`, `none`, `Name.anonymous`: constructor 0 without fields
const HEADER = 8;
const CLOSURE_TAG = 245;
const STRING_DATA = 20; // header, byte length with the final 0, capacity, character count

const box = (n) => (n << 1) | 1;
const unbox = (o) => o >> 1;
const isBox = (o) => (o & 1) === 1 || o === 0;

/** The memory may have grown in another thread: the typed arrays over it must follow. */
function heap() {
  if (wasmMemory.buffer !== HEAP8.buffer) updateMemoryViews();
  return HEAP32;
}

const field = (o, i) => heap()[(o + HEADER + 4 * i) >> 2];
const tag = (o) => (heap(), HEAPU8[o + 7]);
const fieldCount = (o) => (heap(), HEAPU8[o + 6]);

/** The byte at `offset` of the scalars that follow `pointers` pointer fields. */
const scalarByte = (o, pointers, offset) => (heap(), HEAPU8[o + HEADER + 4 * pointers + offset]);
function setScalarByte(o, pointers, offset, value) {
  heap();
  HEAPU8[o + HEADER + 4 * pointers + offset] = value;
}

function inc(o) {
  if (isBox(o)) return o;
  const at = o >> 2;
  const count = heap()[at];
  if (count > 0) HEAP32[at] = count + 1;
  else if (count < 0) Atomics.sub(HEAP32, at, 1); // shared between threads: counted downwards
  return o;
}

function dec(o) {
  if (isBox(o)) return;
  const at = o >> 2;
  const count = heap()[at];
  if (count > 1) HEAP32[at] = count - 1;
  else if (count !== 0) wasmExports.lean_dec_ref_cold(o);
}

function setField(o, i, owned) {
  heap()[(o + HEADER + 4 * i) >> 2] = owned;
}

/** Puts `owned` in the place of what the field held. Only for objects that nobody else sees. */
function replaceField(o, i, owned) {
  dec(field(o, i));
  setField(o, i, owned);
}

/** A new constructor object; `pointers` are owned by it from now on, its scalars are 0. */
function construct(constructor, pointers, scalarBytes = 0) {
  const size = (HEADER + 4 * pointers.length + scalarBytes + 7) & ~7;
  const o = wasmExports.lean_alloc_object(size);
  heap();
  HEAP32[o >> 2] = 1;
  HEAP16[(o + 4) >> 1] = size;
  HEAPU8[o + 6] = pointers.length;
  HEAPU8[o + 7] = constructor;
  pointers.forEach((pointer, i) => setField(o, i, pointer));
  HEAPU8.fill(0, o + HEADER + 4 * pointers.length, o + size);
  return o;
}

/** A shallow copy of a constructor object, which knows its own size. */
function copy(o) {
  const count = fieldCount(o);
  const scalarBytes = HEAP16[(o + 4) >> 1] - HEADER - 4 * count;
  const pointers = Array.from({ length: count }, (_, i) => inc(field(o, i)));
  const clone = construct(tag(o), pointers, scalarBytes);
  const from = o + HEADER + 4 * count;
  heap();
  HEAPU8.copyWithin(clone + HEADER + 4 * count, from, from + scalarBytes);
  return clone;
}

function string(text) {
  const bytes = Buffer.from(text);
  const at = wasmExports.malloc(bytes.length + 1);
  heap();
  HEAPU8.set(bytes, at);
  HEAPU8[at + bytes.length] = 0;
  const o = wasmExports.lean_mk_string_from_bytes(at, bytes.length);
  wasmExports.free(at);
  return o;
}

/** The text of a borrowed string. (`slice`: the decoder takes no shared memory.) */
function text(o) {
  const length = heap()[(o + HEADER) >> 2] - 1;
  return Buffer.from(HEAPU8.slice(o + STRING_DATA, o + STRING_DATA + length)).toString();
}

function taken(o) {
  const result = text(o);
  dec(o);
  return result;
}

/** The elements of a borrowed `List`, borrowed. */
function list(o) {
  const elements = [];
  for (; !isBox(o); o = field(o, 1)) elements.push(field(o, 0));
  return elements;
}

/** The elements of a borrowed `Array`, borrowed. */
function array(o) {
  const size = field(o, 0);
  return Array.from({ length: size }, (_, i) => field(o, i + 2)); // 0 size, 1 capacity
}

/** A closure that holds no arguments yet, of the function at `index` of this thread's table. */
function closure(index, arity) {
  const o = construct(CLOSURE_TAG, [index], 4);
  HEAPU8[o + 6] = 0;
  HEAP16[(o + HEADER + 4) >> 1] = arity;
  return o;
}

/** A function of Lean by its C name, as `(...borrowed) => owned`. The arity is checked at each call. */
const functions = new Map();
function lean(symbol) {
  let known = functions.get(symbol);
  if (known === undefined) {
    const code = compiled(`${symbol}___boxed`) ?? compiled(symbol) ?? wasmExports[symbol];
    if (code === undefined) throw Error(`this Lean has no ${symbol}`);
    known = (...args) => {
      if (args.length !== code.length) throw Error(`${symbol} takes ${code.length} arguments, not ${args.length}`);
      for (const arg of args) inc(arg);
      return code(...args);
    };
    functions.set(symbol, known);
  }
  return known;
}
const call = (symbol, ...args) => lean(symbol)(...args);
const isTrue = (owned) => owned !== FALSE;

/** The value of a function in `EIO`, whose result is a constructor: tag 0 with the value, or tag 1 with the error. */
function value(result) {
  const owned = inc(field(result, 0));
  dec(result);
  return owned;
}
const failed = (result) => tag(result) !== 0;

module.exports = {
  FALSE, TRUE, UNIT, NIL, HEADER, box, unbox, isBox, field, fieldCount, tag, scalarByte, setScalarByte, inc, dec, setField,
  replaceField, construct, copy, string, text, taken, list, array,
  closure, lean, call, isTrue, value, failed,
};
