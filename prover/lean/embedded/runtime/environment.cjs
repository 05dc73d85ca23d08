// What an environment holds beyond its imports, and what a declaration rests on.
"use strict";
const { FALSE, UNIT, isBox, unbox, field, tag, inc, dec, list, array, call, isTrue } = require("./abi.cjs");
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
const levelParameters = (info) => list(field(constantVal(info), 1)).map(showName).join(" ");
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
    return;
  }
  for (const entry of array(field(node, 0))) {
    if (isBox(entry)) continue;
    if (tag(entry) === 0) yield [field(entry, 0), field(entry, 1)];
    else yield* entriesOf(field(entry, 0));
  }
}

/** The constants that the file itself has declared so far: name → borrowed ConstantInfo (alive as long as `env`). */
function ownConstants(env) {
  const constants = call("l_Lean_Environment_constants", env); // SMap: imported, own
  const own = new Map();
  for (const [name, info] of entriesOf(field(constants, 1))) own.set(showName(name), info);
  dec(constants);
  return own;
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

/** Everything that `roots` rest on: {axioms, open}, sorted; `open` names own constants that say `sorry` themselves. */
function restsOn(env, own, roots) {
  const visited = new Set();
  const axioms = new Set();
  const open = new Set();
  const queue = [...roots];
  while (queue.length > 0) {
    const current = queue.pop();
    if (visited.has(current)) continue;
    visited.add(current);
    const info = own.get(current);
    if (tag(info) === AXIOM) axioms.add(current);
    const expressions = expressionsOf(info);
    for (const [used, name] of usedConstants(expressions)) {
      if (used === "sorryAx") open.add(current);
      else if (own.has(used)) queue.push(used);
      else if (!visited.has(used) && isLibraryAxiom(env, name)) axioms.add(used);
      if (!own.has(used)) visited.add(used);
      dec(name);
    }
    if (tag(info) === INDUCTIVE) {
      for (const constructor of list(field(field(info, 0), 4))) queue.push(showName(constructor));
    }
  }
  return { axioms: [...axioms].sort(), open: [...open].sort() };
}

module.exports = {
  DEFINITION, THEOREM, OPAQUE, KINDS, ownConstants, usedConstants, expressionsOf, nameOf, typeOf, valueOf,
  levelParameters, equalToKernel, restsOn,
};
