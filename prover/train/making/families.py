"""Families of definitions that have something to do with each other, and what seems to hold of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

from prover.policy.syntax import Term
from prover.train.making.conjectures import Conjectures
from prover.train.making.drawing import drawn_datatype, drawn_functions
from prover.train.making.naming import Names
from prover.train.making.schemas import PARAMETERS, Datatype, Function, Statement, schemas
from prover.train.making.style import Style
from prover.train.making.trying import Trial
from prover.train.making.variations import reordered, varied
from prover.train.making.writing import Writer
from prover.train.making.written import Family

_MOST_FUNCTIONS = 9
_MOST_TYPES = 5


def recursive_family(rng: random.Random, most: int) -> Family:
    """Recursive functions, and at most so many statements on them."""
    kind, datatypes, functions, wanted = _definitions(rng)
    element = rng.choice((None, None, Term("N"), Term("K")))
    style = Style.drawn(rng, element)
    if element is not None:
        datatypes = [*datatypes, *(d for d in _known({element.head}) if d not in datatypes)]
    trial = Trial(datatypes, functions, rng)
    found = Conjectures(trial, datatypes, functions, wanted, "N" in style.library, rng)
    statements = found.laws() + found.others()
    chosen = rng.sample(statements, min(most, len(statements)))
    chosen.sort(key=statements.index)
    text, theorems, end = _written(rng, style, datatypes, functions, chosen)
    return Family(kind, text, theorems, end, found.drawn, found.refuted)


def _written(
    rng: random.Random,
    style: Style,
    datatypes: Sequence[Datatype],
    functions: Sequence[Function],
    statements: Sequence[Statement],
) -> tuple[str, tuple[tuple[str, str], ...], str]:
    names = Names(rng)
    namespace = names.namespace() if rng.random() < 0.4 else ""
    writer = Writer(rng, names, style, {f.name: f for f in functions}, {d.name: d for d in datatypes})
    parts = [*map(writer.datatype, datatypes), *map(writer.function, functions)]
    head, end = (f"namespace {namespace}\n\n", f"end {namespace}\n") if namespace else ("", "")
    theorems = tuple(map(writer.theorem, statements))
    if namespace:
        theorems = tuple((f"{namespace}.{name}", text) for name, text in theorems)
    return head + "\n\n".join(part for part in parts if part), theorems, end


def _definitions(rng: random.Random) -> tuple[str, list[Datatype], list[Function], list[str]]:
    """What the family is of; its types and functions, and the names of those that it is about."""
    known = schemas()
    if rng.random() < 0.25:
        datatype = drawn_datatype(rng)
        needed = known.closure(("add", "max", "app"))
        own = drawn_functions(rng, datatype, {each.name: each for each in needed})
        used = {name for each in own for name in each.uses} & {each.name for each in needed}
        functions = [*(each for each in known.closure(used)), *own]
        datatypes = [*_known(_heads(functions) | _fields(datatype)), datatype]
        return f"drawn/{datatype.name}", datatypes, functions, [each.name for each in own]
    wanted = _related(rng)
    functions = [varied(rng, each, wanted) if rng.random() < 0.2 else each for each in known.closure(wanted)]
    functions = reordered(rng, functions)
    return "+".join(sorted(wanted)), _known(_heads(functions)), functions, wanted


def _related(rng: random.Random) -> list[str]:
    """Some functions of which each works on what another one works on."""
    known = schemas()
    names = [name for name in known.functions if name not in PARAMETERS]
    wanted = [rng.choice(names)]
    for _ in range(rng.randint(1, 3)):
        types = _heads(known.functions[name] for name in wanted) - {"Bool", "A", "X", "Y"}
        if len(types) > 1 and rng.random() < 0.7:
            types -= {"N"}
        near = [
            name
            for name in names
            if name not in wanted
            and _heads([known.functions[name]]) & types
            and len(known.closure([*wanted, name])) <= _MOST_FUNCTIONS
            and len(_known(_heads(known.closure([*wanted, name])))) <= _MOST_TYPES
        ]
        if near:
            wanted.append(rng.choice(near))
    return wanted


def _heads(functions: Iterable[Function]) -> set[str]:
    return {head for function in functions for type_ in function.types for head in _in(type_)}


def _fields(datatype: Datatype) -> set[str]:
    return {head for _, fields in datatype.constructors for type_ in fields for head in _in(type_)}


def _in(type_: Term) -> set[str]:
    return {type_.head}.union(*map(_in, type_.args))


def _known(heads: Iterable[str]) -> list[Datatype]:
    """The types of these names, and those that they are made of."""
    known: Mapping[str, Datatype] = schemas().datatypes
    reached, waiting = set[str](), list(heads)
    while waiting:
        name = waiting.pop()
        if name in known and name not in reached:
            reached.add(name)
            waiting += _fields(known[name])
    return [datatype for name, datatype in known.items() if name in reached]
