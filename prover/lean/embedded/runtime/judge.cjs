// Compares what a file declares with its hole and with a proof in it, and has the kernel check the proof again.
"use strict";
const { TRUE, FALSE, NIL, isBox, field, tag, scalarByte, inc, dec, list, construct, call, isTrue } = require("./abi.cjs");
const {
  DEFINITION, THEOREM, OPAQUE, KINDS, newConstants, usedConstants, expressionsOf, nameOf, typeOf, valueOf,
  levelParametersOf, equalToKernel, restsOn,
} = require("./environment.cjs");
const { showData, showName } = require("./messages.cjs");
const { withoutParts } = require("./parts.cjs");

const DEFINITION_FIELDS = 4; // of DefinitionVal: what it is, value, hints, all; then the byte that says how safe it is
const SAFE = 1;
const REPLAYED = new Map([[DEFINITION, 1], [THEOREM, 2], [OPAQUE, 3]]); // ConstantInfo → Declaration constructors

/** Is it one of the names that Lean makes up? (A private one begins with a part that looks like that.) */
function isInternal(info) {
  const name = call("l_Lean_privateToUserName", nameOf(info));
  const internal = isTrue(call("l_Lean_Name_isInternalDetail", name));
  dec(name);
  return internal;
}

/**
 * What a proof changed of the declarations between two environments, in words; empty when they are what they were.
 * What a declaration says and what a definition is must be equal to the kernel, for which all proofs of a
 * proposition are.
 */
function compare(before, hole, proof) {
  const [expected, declared] = [hole, proof].map((env) => newConstants(before, env));
  const same = sameTo(proof, declared, expected);
  const found = [];
  for (const [name, was] of expected) {
    const now = declared.get(name);
    if (isInternal(was)) continue;
    if (now === undefined) found.push(`${name} is no longer declared`);
    else if (tag(now) !== tag(was)) found.push(`${name} has become a ${KINDS[tag(now)]}`);
    else if (!same(typeOf, now, was)) found.push(`${name} states something else`);
    else if (tag(now) === DEFINITION && !same(valueOf, now, was)) found.push(`${name} is defined differently`);
  }
  for (const [name, info] of declared) {
    if (!expected.has(name) && !REPLAYED.has(tag(info))) found.push(`the proof adds the ${KINDS[tag(info)]} ${name}`);
  }
  return found;
}

/**
 * Is the difference between a hole and its proof nobody's business after the declarations that it is in? `end` is
 * the environment of the whole file with its holes. Only proofs may have changed then, and parts that Lean made of
 * them, under names that nobody else has.
 */
function isConfined(before, hole, proof, end) {
  const [expected, declared] = [hole, proof].map((env) => newConstants(before, env));
  const kept = ([name, was]) => {
    const now = declared.get(name);
    if (now === undefined || tag(now) !== tag(was) || !sameLevels(now, was)) return false;
    return identical(typeOf(now), typeOf(was)) && (tag(now) !== DEFINITION || identical(valueOf(now), valueOf(was)));
  };
  const unseen = ([name, info]) =>
    expected.has(name) ||
    isTrue(call("l_Lean_isReservedName", proof, nameOf(info))) ||
    (isInternal(info) && !isDeclared(end, nameOf(info)));
  return [...expected].every(kept) && [...declared].every(unseen);
}

function isDeclared(env, name) {
  const found = call("l_Lean_Environment_find_x3f", env, name, FALSE);
  const declared = !isBox(found);
  dec(found);
  return declared;
}

const identical = (one, other) => one === other || isTrue(call("l_Lean_Expr_eqv", one, other));

const levels = (info) => list(levelParametersOf(info)).map(showName);
const sameLevels = (one, other) => levels(one).join(" ") === levels(other).join(" ");

/** `(termOf, now, was)`: has a declaration of `declared` the same type, or value, as one of `expected`? */
function sameTo(env, declared, expected) {
  const theorems = (own) => new Map([...own].filter(([, info]) => tag(info) === THEOREM && isInternal(info)));
  const [parts, oldParts] = [declared, expected].map(theorems);
  return (termOf, now, was) => {
    if (levels(now).length !== levels(was).length) return false;
    const term = withLevelsOf(was, now, termOf(now));
    const same = identical(term, termOf(was)) || isOpen(term) || equalWhole(env, term, parts, termOf(was), oldParts);
    dec(term);
    return same;
  };
}

/** A `sorry` carries its place in the file, which a proof before it moves. What still says it is open in any case. */
const isOpen = (term) => isTrue(call("l_Lean_Expr_hasSorry", term));

function equalWhole(env, one, parts, other, otherParts) {
  const whole = [withoutParts(one, parts), withoutParts(other, otherParts)];
  const equal = equalToKernel(env, ...whole);
  whole.forEach(dec);
  return equal;
}

/** A term of `now`, owned, in the names that `was` has for its universes: those made up tell a place in the file. */
function withLevelsOf(was, now, term) {
  const names = list(levelParametersOf(was)).reverse();
  const parameters = names.reduce((rest, name) => construct(1, [call("l_Lean_Level_param___override", name), rest]), NIL);
  const renamed = call("l_Lean_Expr_instantiateLevelParams", term, levelParametersOf(now), parameters);
  dec(parameters);
  return renamed;
}

/**
 * Gives every new definition and theorem to the kernel once more, on top of what stood before: what was added
 * without a check (`debug.skipKernelTC`, metaprograms) shows here. The kernel's complaint, or null.
 */
function kernelComplaint(env, declared) {
  let current = inc(env);
  const done = new Set();
  function add(name) {
    const info = declared.get(name);
    if (info === undefined || done.has(name) || isForCompiler(info)) return null;
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

/** Is it a part that Lean made for its compiler, so that nothing safe can rest on it? (`f._unsafe_rec`) */
function isForCompiler(info) {
  return tag(info) === DEFINITION && scalarByte(field(info, 0), DEFINITION_FIELDS, 0) !== SAFE && isInternal(info);
}

function kernelException(result) {
  const data = call("l_Lean_Kernel_Exception_toMessageData", field(result, 0), NIL);
  dec(result);
  const shown = showData(data);
  dec(data);
  return shown;
}

/**
 * What the declarations between two environments (borrowed) rest on, or those `of` them that are named. `open` are
 * declarations from before that say `sorry` themselves, `unfinished` new ones that do.
 */
function judge(before, proof, of) {
  const declared = newConstants(before, proof);
  const replayable = [...declared.values()].every((info) => REPLAYED.has(tag(info)));
  const roots = of ? new Map([...declared].filter(([name]) => of.includes(name))) : declared;
  const { axioms, open } = restsOn(proof, roots);
  return {
    declared: [...declared.keys()],
    kernel: replayable ? kernelComplaint(before, declared) : null,
    axioms,
    open: open.filter((name) => !declared.has(name)),
    unfinished: open.filter((name) => declared.has(name)),
  };
}

module.exports = { judge, compare, isConfined };
