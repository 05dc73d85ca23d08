"""What becomes of the elements of lists: which functions of a file keep them, found by computing.

What is found is conjecture, as the laws of `exploration` are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations

from prover.policy.programs import Programs
from prover.policy.sampling import Sampler
from prover.policy.symbols import Symbol, Symbols
from prover.policy.syntax import NotRead, Term
from prover.policy.values import Stuck, TooLong, Value, items_of

_SAMPLES = 60
_ENOUGH = 20
_MOST_SOURCES = 4


@dataclass(frozen=True, slots=True)
class Contents:
    """A function that makes a list, with the types of its arguments, from 0, and of the list's elements.

    The list has the elements of the arguments in `sources`, lists of those or elements themselves: each as
    often as they have it where it `keeps` them, else at least once. `length` are lists, and an argument that
    is no list stands for one more: the list is as long as these together. Both None where nothing was found.
    """

    arguments: tuple[Term, ...]
    element: Term
    sources: tuple[int, ...] | None
    keeps: bool
    length: tuple[int, ...] | None


@lru_cache(maxsize=256)
def contents_of(symbols: Symbols, name: str) -> Contents | None:
    """None for what makes no list, or can't be computed."""
    programs = Programs(symbols)
    try:
        signature = programs.signature(symbols[name])
    except NotRead:
        return None
    if signature.result.head != "List" or not programs.computes(name):
        return None
    rows = list(_rows(programs, symbols[name], signature.arguments))
    if len(rows) < _ENOUGH:
        return None
    element = signature.result.args[0]
    of = [at for at, type_ in enumerate(signature.arguments) if type_ in (element, signature.result)]
    lists = [at for at, type_ in enumerate(signature.arguments) if type_.head == "List"]
    kept = next((some for some in _some(of) if all(_counts(row, some) == row.counted for row in rows)), None)
    found = kept
    if found is None:
        found = next(
            (some for some in _some(of) if all({*_counts(row, some)} == {*row.counted} for row in rows)), None
        )
    length = next((some for some in _some(lists) if all(_length(row, some) for row in rows)), None)
    return Contents(signature.arguments, element, found, kept is not None, kept or length)


@dataclass(frozen=True, slots=True)
class _Row:
    """The elements of the arguments, an argument that is no list for itself, and those of the result."""

    given: tuple[list[Value], ...]
    counted: Counter[Value]


def _rows(programs: Programs, symbol: Symbol, arguments: Sequence[Term]) -> Iterator[_Row]:
    sampler = Sampler(programs)
    types = {f"x{at}": type_ for at, type_ in enumerate(arguments)}
    evaluate = programs.evaluated(Term(symbol.name, tuple(map(Term, types))), types)
    for _ in range(_SAMPLES):
        valuation = sampler.valuation(types)
        try:
            made = items_of(evaluate(valuation))
        except (Stuck, TooLong):
            continue
        given = tuple(
            items_of(value) if type_.head == "List" else [value]
            for value, type_ in zip(valuation.values(), arguments, strict=True)
        )
        yield _Row(given, Counter(made))


def _some(places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All of them first, then fewer."""
    places = places[:_MOST_SOURCES]
    yield from chain.from_iterable(combinations(places, count) for count in range(len(places), 0, -1))


def _counts(row: _Row, places: Sequence[int]) -> Counter[Value]:
    return Counter(chain.from_iterable(row.given[at] for at in places))


def _length(row: _Row, places: Sequence[int]) -> bool:
    return sum(len(row.given[at]) for at in places) == row.counted.total()
