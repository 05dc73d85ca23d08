// What an environment holds beyond another, or beyond its imports, and what a declaration rests on.
"use strict";
const { FALSE, UNIT, NIL, isBox, unbox, field, tag, inc, dec, list, array, call, isTrue } = require("./abi.cjs");
const { showName } = require("./messages.cjs");

// constructors of ConstantInfo; each has one field, a structure that begins with a ConstantVal (name, level
// parameters, type)
const AXIOM = 0;
const DEFINITION = 1;
const THEOREM = 2;
const OPAQUE = 3;
const INDUCTIVE = 5;
const ORIGINAL_AXIOM = 2; // of ConstantKind
const KINDS = ["axiom", "definition", "theorem", "opaque", "quotient", "inductive", "constructor", "recursor"];

const constantVal = (info) => field(field(info, 0), 0);
const levelParametersOf = (info) => field(constantVal(info), 1);
const nameOf = (info) => field(constantVal(info), 0);
const typeOf = (info) => field(constantVal(info), 2);
/** The borrowed body of a definition, a theorem or an opaque constant; null for the rest. */
const valueOf = (info) => ([DEFINITION, THEOREM, OPAQUE].includes(tag(info)) ? field(field(info, 0), 1) : null);

/** Are two borrowed terms equal to the kernel, for which all proofs of a proposition are? */
function equalToKernel(env, one, other) {
  const context = call("lean_mk_empty_local_ctx", UNIT);
  const result = call("l_Lean_Kernel_isDefEq", env, context, one, other);
  const equal = tag(result) === 1 && isTrue(field(result, 0)); // Except.ok
  [context, result].forEach(dec);
  return equal;
}

/** PersistentHashMap: a node is entries (tag 0: an array of entry, reference, null) or a collision (keys, values). */
function* entriesOf(node) {
  if (tag(node) === 1) {
    const values = array(field(node, 1));
    for (const [i, key] of array(field(node, 0)).entries()) yield [key, values[i]];
  } else {
    for (const entry of array(field(node, 0))) yield* entriesIn(entry);
  }
}

function* entriesIn(entry) {
  if (isBox(entry)) return;
  if (tag(entry) === 0) yield [field(entry, 0), field(entry, 1)];
  else yield* entriesOf(field(entry, 0));
}

const isReference = (entry) => !isBox(entry) && tag(entry) === 1;

/** The entries of a map that the older one, from which it was made, does not have. What the two share is passed over. */
function* entriesBeyond(old, now) {
  if (old === now) return;
  if (tag(old) !== 0 || tag(now) !== 0) {
    yield* unknownEntries(entriesOf(old), entriesOf(now));
    return;
  }
  const before = array(field(old, 0));
  for (const [i, entry] of array(field(now, 0)).entries()) {
    if (entry === before[i]) continue;
    if (isReference(entry) && isReference(before[i])) yield* entriesBeyond(field(before[i], 0), field(entry, 0));
    else yield* unknownEntries(entriesIn(before[i]), entriesIn(entry));
  }
}

function* unknownEntries(old, now) {
  const known = new Set([...old].map(([, value]) => value));
  for (const [key, value] of now) if (!known.has(value)) yield [key, value];
}

/** What `after` declares beyond `before`, from which it came: name → borrowed ConstantInfo (alive as long as `after`). */
function newConstants(before, after) {
  const maps = [before, after].map((env) => call("l_Lean_Environment_constants", env)); // SMap: imported, own
  const [old, now] = maps.map((constants) => field(constants, 1));
  const found = new Map();
  for (const [name, info] of entriesBeyond(old, now)) found.set(showName(name), info);
  maps.forEach(dec);
  return found;
}

/** The borrowed ConstantInfo of a constant that the file itself has declared; null for the library's. */
function ownConstant(env, name) {
  const library = call("l_Lean_Environment_getModuleIdxFor_x3f", env, name); // Option: which module
  const found = isBox(library) ? call("l_Lean_Environment_find_x3f", env, name, FALSE) : NIL;
  const info = isBox(found) ? null : field(found, 0);
  [library, found].forEach(dec);
  return info;
}

function usedConstants(expressions) {
  return expressions.flatMap((expression) => {
    const names = call("l_Lean_Expr_getUsedConstants", expression);
    const shown = array(names).map((name) => [showName(name), inc(name)]);
    dec(names);
    return shown;
  });
}

function expressionsOf(info) {
  const value = valueOf(info);
  return value === null ? [typeOf(info)] : [typeOf(info), value];
}

/** The library's proofs and hidden definitions are not loaded and look like axioms, but Lean knows what they are. */
function isLibraryAxiom(env, name) {
  const kind = call("l_Lean_getOriginalConstKind_x3f", env, name); // Option ConstantKind: defn, thm, axiom, …
  const isAxiom = isBox(kind) || unbox(field(kind, 0)) === ORIGINAL_AXIOM;
  dec(kind);
  return isAxiom && isAxiomNow(env, name);
}

function isAxiomNow(env, name) {
  const found = call("l_Lean_Environment_find_x3f", env, name, FALSE);
  const isAxiom = !isBox(found) && tag(field(found, 0)) === AXIOM;
  dec(found);
  return isAxiom;
}

/**
 * Everything that constants (name → borrowed ConstantInfo) rest on: {axioms, open}, sorted; `open` names own constants
 * that say `sorry` themselves.
 */
function restsOn(env, constants) {
  const visited = new Set(constants.keys());
  const axioms = new Set();
  const open = new Set();
  const queue = [...constants];
  function visit(name) {
    const shown = showName(name);
    if (visited.has(shown)) return;
    visited.add(shown);
    const info = ownConstant(env, name);
    if (info !== null) queue.push([shown, info]);
    else if (isLibraryAxiom(env, name)) axioms.add(shown);
  }
  while (queue.length > 0) {
    const [current, info] = queue.pop();
    if (tag(info) === AXIOM) axioms.add(current);
    for (const [used, name] of usedConstants(expressionsOf(info))) {
      if (used === "sorryAx") open.add(current);
      else visit(name);
      dec(name);
    }
    if (tag(info) === INDUCTIVE) list(field(field(info, 0), 4)).forEach(visit); // its constructors
  }
  return { axioms: [...axioms].sort(), open: [...open].sort() };
}

module.exports = {
  DEFINITION, THEOREM, OPAQUE, KINDS, newConstants, ownConstant, usedConstants, expressionsOf, nameOf, typeOf,
  valueOf, levelParametersOf, equalToKernel, restsOn,
};
