"""What terms are made with: the functions, constructors and operators for the types of a goal."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from prover.policy.declared import Signature, arrows
from prover.policy.laws import Builder
from prover.policy.programs import Programs
from prover.policy.rewriting import matched, replaced
from prover.policy.syntax import NotRead, Term

_WITH_VARIABLES, _MAX_TYPES = 5, 7
_MAX_INSTANCES = 3
_MAX_TAKEN = 2
_SYMBOLS = re.compile(r"[+*&|]+|[∧∨]")
_OPERATORS = {"+": ("Nat", "Int"), "*": ("Nat", "Int"), "++": ("List",)}
_OPERATORS |= {"&&": ("Bool",), "||": ("Bool",), "∧": ("Prop",), "∨": ("Prop",)}
_CONSTANTS = {"Bool": ("true", "false"), "Prop": ("True", "False")}


def builders_for(
    programs: Programs, functions: Sequence[str], types: list[Term]
) -> tuple[list[Builder], list[Term]]:
    """How to make terms of the types, and these with what the functions lead to."""
    symbols = programs.symbols
    found: list[Builder] = []
    types = [*types, *_taken(programs, functions, types)]
    depth = max(map(_depth, types))
    functional = [type_ for type_ in types if type_.head == "→"]
    for rank, name in enumerate(functions):
        try:
            signature = programs.signature(symbols[name])
        except NotRead:
            continue
        if not programs.computes(name):
            continue
        for arguments, result in _instances(signature, types)[:_MAX_INSTANCES]:
            known = [*arguments, result]
            unknown = [t for t in known if t.head == "→" and t not in functional]
            deep = signature.variables and max(map(_depth, known)) > depth
            if unknown or Term("Prop") in arguments or result.head == "→" or deep:
                continue
            types += [type_ for type_ in dict.fromkeys(known) if type_ not in types]
            found.append(Builder(name, symbols.short(name), arguments, result, rank))
    if len(types) > _WITH_VARIABLES:  # those that nothing takes need no variables
        taken, made = {type_ for b in found for type_ in b.arguments}, {b.result for b in found}
        types.sort(key=lambda type_: 0 if type_ in taken else 1 if type_ in made else 2)
    types = types[:_MAX_TYPES]
    found = [b for b in found if {*b.arguments, b.result} <= set(types)]
    return [*_constructors(programs, types), *_operators(programs, functions, types), *found], types


def _taken(programs: Programs, functions: Sequence[str], types: Sequence[Term]) -> list[Term]:
    """The types of functions that the functions take, for values of the types: `α → Bool` for `filter`."""
    found: list[Term] = []
    values = [type_ for type_ in types if type_.head != "→"]
    for name in functions:
        try:
            signature = programs.signature(programs.symbols[name])
        except NotRead:
            continue
        plain = [argument for argument in signature.arguments if argument.head != "→"]
        pattern = dict.fromkeys(signature.variables, Term("Type"))
        for choice in itertools.product(values, repeat=len(plain)):
            given: dict[str, Term] = {}
            if all(matched(a, t, pattern, given) for a, t in zip(plain, choice, strict=True)):
                new = [replaced(a, given) for a in signature.arguments if a.head == "→"]
                found += [type_ for type_ in new if type_ not in (*types, *found)]
    known = {*values, Term("Bool")}
    return [type_ for type_ in found if {*arrows(type_)} <= known][:_MAX_TAKEN]


def _constructors(programs: Programs, types: Sequence[Term]) -> list[Builder]:
    found = []
    for type_ in types:
        words = _CONSTANTS.get(type_.head, ())
        found += [Builder(f"Bool.{word.lower()}", word, (), type_, -1) for word in words]
        for name in programs.of_type(type_.head.rpartition(".")[2]):
            signature = programs.constructors[name]
            given: dict[str, Term] = dict(zip(signature.variables, type_.args, strict=False))
            arguments = tuple(replaced(argument, given) for argument in signature.arguments)
            if set(arguments) <= set(types):
                found.append(Builder(name, name, arguments, type_, -1))
    return found


def _operators(programs: Programs, functions: Sequence[str], types: Sequence[Term]) -> list[Builder]:
    """Those of the library that the functions use."""
    bodies = [programs.symbols[name].declaration.body for name in functions]
    used = {found for body in bodies for found in _SYMBOLS.findall(body)}
    return [
        Builder(operator, operator, (type_, type_), type_, -1)
        for operator, heads in _OPERATORS.items()
        for type_ in types
        if operator in used and type_.head in heads
    ]


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
    if type_.head == "→":
        return max(map(_depth, type_.args))
    return 1 + max(map(_depth, type_.args), default=0)
