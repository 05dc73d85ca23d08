"""What a function is in terms of others, found by trying them out.

Terms that use each argument once are made of the other functions, and computed on sample values; of those
that agree on all of them one is built upon. The first that agrees with the function says what it may be.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prover.policy.laws import Builder, Law
from prover.policy.programs import Programs
from prover.policy.sampling import Sampler
from prover.policy.syntax import Term
from prover.policy.values import Value

_NAMES = ("x", "y", "z", "u", "v")
_SAMPLES = 80
_MOST = 150  # terms of the same arguments


@dataclass(frozen=True, slots=True)
class _Made:
    term: Term
    type: Term
    values: tuple[Value | None, ...]


def expression(programs: Programs, function: Builder, others: Sequence[Builder]) -> Law | None:
    """`function x y … = t`, where `t` uses each of the arguments once; None where nothing agrees."""
    names = [name for name in _NAMES if programs.symbols.resolve(name) is None][: len(function.arguments)]
    if len(names) < len(function.arguments):
        return None
    types = dict(zip(names, function.arguments, strict=True))
    sampler = Sampler(programs)
    valuations = [sampler.valuation(types) for _ in range(_SAMPLES)]
    wanted = programs.results(function.name, (tuple(values.values()) for values in valuations))
    if wanted.count(None) > _SAMPLES // 3:
        return None
    for made in _linear_terms(programs, others, types, valuations):
        if made.type == function.result and _agree(made.values, wanted):
            left = Term(function.written, tuple(map(Term, names)))
            return Law(left, made.term, tuple(types.items()), type=function.result)
    return None


def _linear_terms(
    programs: Programs,
    functions: Sequence[Builder],
    types: Mapping[str, Term],
    valuations: Sequence[Mapping[str, Value]],
) -> Iterator[_Made]:
    """Those of all the variables."""
    by_variables: dict[frozenset[str], list[_Made]] = {}
    for size in range(1, len(types) + 1):
        for chosen in map(frozenset, itertools.combinations(types, size)):
            known: dict[tuple[Term, tuple[Value | None, ...]], _Made] = {}
            if size == 1:
                (name,) = chosen
                values = tuple(valuation[name] for valuation in valuations)
                known[types[name], values] = _Made(Term(name), types[name], values)
            for builder, arguments in _applications(functions, chosen, by_variables):
                _add(programs, known, builder, arguments)
            for builder, only in itertools.product(functions, tuple(known.values())):
                if builder.arguments == (only.type,):
                    _add(programs, known, builder, (only,))
            by_variables[chosen] = list(known.values())
    yield from by_variables[frozenset(types)]


def _applications(
    functions: Sequence[Builder],
    chosen: frozenset[str],
    by_variables: Mapping[frozenset[str], Sequence[_Made]],
) -> Iterator[tuple[Builder, tuple[_Made, _Made]]]:
    """Of functions of two arguments, to terms that share the variables."""
    for builder in functions:
        for first, left in by_variables.items():
            right = by_variables.get(chosen - first, ()) if first < chosen else ()
            for pair in itertools.product(left, right) if len(builder.arguments) == 2 else ():
                if builder.arguments == (pair[0].type, pair[1].type):
                    yield builder, pair


def _add(
    programs: Programs,
    known: dict[tuple[Term, tuple[Value | None, ...]], _Made],
    builder: Builder,
    arguments: tuple[_Made, ...],
) -> None:
    if len(known) < _MOST:
        rows = zip(*(argument.values for argument in arguments), strict=True)
        values = programs.results(builder.name, rows)
        term = Term(builder.written, tuple(argument.term for argument in arguments))
        known.setdefault((builder.result, values), _Made(term, builder.result, values))


def _agree(values: Sequence[Value | None], wanted: Sequence[Value | None]) -> bool:
    both = [(one, other) for one, other in zip(values, wanted, strict=True) if None not in (one, other)]
    return len(both) > _SAMPLES // 2 and all(one == other for one, other in both)
