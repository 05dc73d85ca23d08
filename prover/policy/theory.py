"""The laws that may help with a goal: what to explore, and which of the found ones to prove first."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from prover.policy.conjectures import recursion_spots
from prover.policy.declared import Signature
from prover.policy.exploration import Builder, Law, explore
from prover.policy.programs import Programs, programs_of
from prover.policy.rewriting import matched, replaced
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.view import Kind, View

_MAX_FUNCTIONS = 8
_MAX_TYPES = 5
_MAX_INSTANCES = 3
_MAX_SIZE = 13
_LAWS_OF_EACH = 6
_BLOCK = 8
_INSTANCES = 200
_LIBRARY_TYPES = frozenset(("Nat", "Int", "Bool"))


def laws_for(view: View) -> tuple[Law, ...]:
    """Conjectures on the functions that the goal leads to; empty where they are not understood."""
    functions = tuple(symbol.name for symbol in view.mentioned if symbol.is_definition)
    if not functions or len(functions) > _MAX_FUNCTIONS:
        return ()
    types = tuple(dict.fromkeys(v.type for v in view.of_kind(Kind.DATA, Kind.ELEMENT)))
    if not types:
        return ()
    return _laws(view.symbols, functions, types)


@lru_cache(maxsize=256)
def _laws(symbols: Symbols, functions: tuple[str, ...], types: tuple[str, ...]) -> tuple[Law, ...]:
    programs = programs_of(symbols)
    try:
        ground = [read_term(type_) for type_ in types]
    except NotRead:
        return ()
    ground += [part for type_ in ground for part in type_.args if part not in ground]
    builders, ground = _builders(programs, functions, ground)
    recursive = {symbols.short(name) for name in functions if symbols[name].is_recursive}
    found = [law for law in explore(programs, builders, ground) if recursive & law.heads]
    return tuple(_chosen(found, [symbols.short(name) for name in functions]))


def _chosen(laws: Sequence[Law], functions: Sequence[str]) -> list[Law]:
    """The simplest of each function, which are those that mention no later one."""
    counted: Counter[str] = Counter()
    chosen = set()
    for law in sorted(laws, key=lambda law: (law.size, -len(law.types))):
        last = max(law.heads & set(functions), key=functions.index)
        counted[last] += law.size <= _MAX_SIZE and not law.distributes
        if law.size <= _MAX_SIZE and (law.distributes or counted[last] <= _LAWS_OF_EACH):
            chosen.add(law)
    return [law for law in laws if law in chosen]


def prove_laws(view: View) -> Iterator[tuple[str, float]]:
    """Tactics that prove laws one after the other, those that they can, and leave them as `law1`, `law2`, …

    What could not be proved is tried once more with the next ones, which may be what it needed.
    """
    if any("ih" in proof.name for proof in view.proofs):
        return  # better done before the induction
    laws = list(enumerate(laws_for(view), 1))
    known = {law.name for law in view.laws}
    done = max((number for number, _ in laws if f"law{number}" in known), default=0)
    end = _BLOCK * (-(-done // _BLOCK) + 1)
    windows = [(laws[:end], -0.4)] if known else [(laws[:_BLOCK], -1.5), (laws[_BLOCK : 2 * _BLOCK], -2.6)]
    for window, price in windows:
        lines = [
            f"try have law{number} : {law} := by{_induction(view, law)}"
            for number, law in window
            if f"law{number}" not in known
        ]
        if lines:
            yield "(" + "\n ".join([*lines, *_uses(view)]) + ")", price


def lemmas(view: View) -> Iterator[tuple[str, float]]:
    """Laws as goals of their own, for when their proofs are longer."""
    if any("ih" in proof.name for proof in view.proofs):
        return
    known = {law.name for law in view.laws}
    for number, law in enumerate(laws_for(view)[: 2 * _BLOCK], 1):
        if f"law{number}" not in known:
            yield f"have law{number} : {law} := ?_", -3.0 - 0.15 * number


def _uses(view: View) -> list[str]:
    """What to try with the laws at once."""
    grind = f"grind (instances := {2 * _INSTANCES}) [{', '.join(view.definitions)}]"
    spots = recursion_spots(view, view.target)
    data = {variable.name for variable in view.of_kind(Kind.DATA)} & spots.keys()
    ranked = sorted(data, key=lambda name: (-len(spots[name]), name))[:1]
    return [f"try {grind}", *(f"try (induction {name} <;> {grind})" for name in ranked)]


def _induction(view: View, law: Law) -> str:
    text = f"{law.left} = {law.right}"
    symbols = view.symbols.closure(view.symbols.mentioned(text))
    written = [view.written(symbol) for symbol in symbols if symbol.is_definition]
    grind = f"grind (instances := {_INSTANCES}) [{', '.join(written)}]"
    spots = recursion_spots(view, text)
    names = [name for name, _ in law.types]
    ways = []
    for name in sorted(spots, key=lambda name: -len(spots[name]))[:2]:
        others = [other for other in names if other != name]
        generalizing = f" generalizing {' '.join(others)}" if others else ""
        ways.append(f"induction {name}{generalizing} <;> {grind}")
        partner = next((other for other in others if other in spots), None)
        if partner is not None:
            ways.append(f"induction {name}{generalizing} <;> cases {partner} <;> {grind}")
    ways.sort(key=lambda way: "cases" in way)
    lines = [f"intro {' '.join(names)}"]
    lines += ["first", *(f"| {way}" for way in ways[:3])] if len(ways) > 1 else ways or [grind]
    return "".join(f"\n       {line}" for line in lines)


def _builders(
    programs: Programs, functions: Sequence[str], types: list[Term]
) -> tuple[list[Builder], list[Term]]:
    """How to make terms of the types, and these with what the functions lead to."""
    symbols = programs.symbols
    found: list[Builder] = []
    depth = max(map(_depth, types))
    for rank, name in enumerate(functions):
        try:
            signature = programs.signature(symbols[name])
        except NotRead:
            continue
        if not programs.computes(name):
            continue
        for arguments, result in _instances(signature, types)[:_MAX_INSTANCES]:
            known = [*arguments, result]
            if max(map(_depth, known)) > depth or any(type_.head in ("→", "Prop") for type_ in known):
                continue
            types += [type_ for type_ in known if type_ not in types]
            found.append(Builder(name, symbols.short(name), arguments, result, rank))
    types = types[:_MAX_TYPES]
    found = [b for b in found if {*b.arguments, b.result} <= set(types)]
    return [*_constructors(programs, types), *found], types


def _constructors(programs: Programs, types: Sequence[Term]) -> list[Builder]:
    found = []
    for type_ in types:
        if type_.head == "Bool":
            found += [Builder(f"Bool.{word}", word, (), type_, -1) for word in ("true", "false")]
        for name in programs.of_type(type_.head.rpartition(".")[2]):
            signature = programs.constructors[name]
            given: dict[str, Term] = dict(zip(signature.variables, type_.args, strict=False))
            arguments = tuple(replaced(argument, given) for argument in signature.arguments)
            if set(arguments) <= set(types):
                found.append(Builder(name, name, arguments, type_, -1))
    return found


def _instances(signature: Signature, types: Sequence[Term]) -> list[tuple[tuple[Term, ...], Term]]:
    """The types of a function where its arguments are of known types, or it has no type variables."""
    if not signature.variables:
        return [(signature.arguments, signature.result)]
    pattern = dict.fromkeys(signature.variables, Term("Type"))
    found = []
    for choice in itertools.product(types, repeat=len(signature.arguments)):
        given: dict[str, Term] = {}
        pairs = zip(signature.arguments, choice, strict=True)
        if all(matched(argument, type_, pattern, given) for argument, type_ in pairs):
            found.append((choice, replaced(signature.result, given)))
    return found


def _depth(type_: Term) -> int:
    return 1 + max(map(_depth, type_.args), default=0)
