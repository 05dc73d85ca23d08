// Terms in which the theorems that Lean has made of their proofs (`f._proof_1`) stand in full again. Their names are
// of no account: with another proof in its place, a declaration's parts are counted anew.
"use strict";
const { NIL, field, tag, dec, construct, closure, call } = require("./abi.cjs");
const { asTableEntry } = require("./hook.cjs");
const { valueOf, levelParametersOf } = require("./environment.cjs");
const { showName } = require("./messages.cjs");

const CONSTANT = 4; // a constructor of Expr: name, levels

let parts = new Map(); // those that are replaced now
let replacement = null;

/** `Expr → Option Expr`, the argument owned: what stands in the place of a part. */
function replace(expression) {
  const part = tag(expression) === CONSTANT ? parts.get(showName(field(expression, 0))) : undefined;
  let result = NIL;
  if (part !== undefined) {
    const levels = field(expression, 1);
    const value = call("l_Lean_Expr_instantiateLevelParams", valueOf(part), levelParametersOf(part), levels);
    result = construct(1, [inParts(value)]);
    dec(value);
  }
  dec(expression);
  return result;
}

function inParts(term) {
  replacement ??= closure(wasmTable.grow(1, asTableEntry(replace, 1)), 1);
  return call("l_Lean_Expr_replaceImpl", replacement, term);
}

/** The borrowed term, as an owned one, without these parts: name → borrowed ConstantInfo of a theorem. */
function withoutParts(term, theorems) {
  parts = theorems;
  return inParts(term);
}

module.exports = { withoutParts };
