// Compares what a file declares with its hole and with a proof in it, and has the kernel check the proof again.
"use strict";
const { TRUE, NIL, field, tag, inc, dec, construct, call, isTrue } = require("./abi.cjs");
const {
  DEFINITION, THEOREM, OPAQUE, KINDS, ownConstants, usedConstants, expressionsOf, nameOf, typeOf, valueOf,
  levelParameters, equalToKernel, restsOn,
} = require("./environment.cjs");
const { showData } = require("./messages.cjs");

const REPLAYED = new Map([[DEFINITION, 1], [THEOREM, 2], [OPAQUE, 3]]); // ConstantInfo → Declaration constructors
const NO_LIMIT = 0;

const fresh = (own, before) => new Map([...own].filter(([name]) => !before.has(name)));

/** Is it one of the names that Lean makes up? (A private one begins with a part that looks like that.) */
function isInternal(info) {
  const name = call("l_Lean_privateToUserName", nameOf(info));
  const internal = isTrue(call("l_Lean_Name_isInternalDetail", name));
  dec(name);
  return internal;
}

/**
 * What a proof changed of the declarations between two environments, in words; empty when they are what they were.
 * A definition must have the value it had, its proofs apart.
 */
function compare(before, hole, proof) {
  const base = ownConstants(before);
  return differences(proof, fresh(ownConstants(hole), base), fresh(ownConstants(proof), base));
}

function differences(env, expected, declared) {
  const found = [];
  for (const [name, info] of expected) {
    const now = declared.get(name);
    if (isInternal(info)) continue;
    if (now === undefined) found.push(`${name} is no longer declared`);
    else if (tag(now) !== tag(info)) found.push(`${name} has become a ${KINDS[tag(now)]}`);
    else if (!sameStatement(now, info)) found.push(`${name} states something else`);
    else if (tag(now) === DEFINITION && !sameValue(env, now, info)) found.push(`${name} is defined differently`);
  }
  for (const [name, info] of declared) {
    if (!expected.has(name) && !REPLAYED.has(tag(info))) found.push(`the proof adds the ${KINDS[tag(info)]} ${name}`);
  }
  return found;
}

/** A `sorry` carries its place in the file, which a proof before it moves. What still says it is open in any case. */
const sameTerm = (one, other) =>
  one === other || isTrue(call("l_Lean_Expr_eqv", one, other)) || isTrue(call("l_Lean_Expr_hasSorry", one));

const sameStatement = (one, other) =>
  levelParameters(one) === levelParameters(other) && sameTerm(typeOf(one), typeOf(other));

const sameValue = (env, one, other) =>
  sameTerm(valueOf(one), valueOf(other)) || equalToKernel(env, valueOf(one), valueOf(other));

/**
 * Gives every new definition and theorem to the kernel once more, on top of what stood before: what was added
 * without a check (`debug.skipKernelTC`, metaprograms) shows here. The kernel's complaint, or null.
 */
function kernelComplaint(env, declared) {
  let current = inc(env);
  const done = new Set();
  function add(name) {
    const info = declared.get(name);
    if (info === undefined || done.has(name)) return null;
    done.add(name);
    for (const [used, owned] of usedConstants(expressionsOf(info))) {
      dec(owned);
      const complaint = add(used);
      if (complaint !== null) return complaint;
    }
    const declaration = construct(REPLAYED.get(tag(info)), [inc(field(info, 0))]);
    const heartbeats = construct(0, [], 4); // a boxed usize
    const result = call("l_Lean_Environment_addDeclCore", current, heartbeats, declaration, NIL, TRUE);
    [declaration, heartbeats].forEach(dec);
    if (tag(result) === 0) return `the kernel refuses ${name}: ${kernelException(result)}`;
    dec(current);
    current = inc(field(result, 0));
    dec(result);
    return null;
  }
  let complaint = null;
  for (const name of declared.keys()) complaint ??= add(name);
  dec(current);
  return complaint;
}

function kernelException(result) {
  const data = call("l_Lean_Kernel_Exception_toMessageData", field(result, 0), NIL);
  dec(result);
  const shown = showData(data);
  dec(data);
  return shown;
}

/**
 * What the declarations between two environments (borrowed) rest on. `open` are declarations from before that say
 * `sorry` themselves, `unfinished` new ones that do.
 */
function judge(before, proof) {
  const base = ownConstants(before);
  const everything = ownConstants(proof);
  const declared = fresh(everything, base);
  const replayable = [...declared.values()].every((info) => REPLAYED.has(tag(info)));
  const { axioms, open } = restsOn(proof, everything, declared.keys());
  return {
    declared: [...declared.keys()],
    kernel: replayable ? kernelComplaint(before, declared) : null,
    axioms,
    open: open.filter((name) => !declared.has(name)),
    unfinished: open.filter((name) => declared.has(name)),
  };
}

module.exports = { judge, compare };
