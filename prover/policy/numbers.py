"""Types of a file that are numbers in disguise, and what their functions are in terms of arithmetic.

`zero` and `succ`, binary digits, signed naturals: where each value can be counted as an integer, no two as
the same, Lean's arithmetic decides much of what is said of them. Both are guessed on samples: the number of
each constructor, linear in that of its argument, and an expression for each function. What is found is
conjecture.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prover.policy.builders import builders_for
from prover.policy.laws import Builder
from prover.policy.programs import Programs
from prover.policy.sampling import Sampler
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.values import TRUE, Data, Value

Row = tuple[int, ...]

_SAMPLES = 60
_RECURSIVE = ((1, 1), (2, 0), (2, 1), (2, 2))
_WRAPPING = ((1, 0), (1, 1), (-1, 0), (-1, -1))
_CONSTANT = (0, 1, -1)
_MOST = 200
"""How many ways to count a type are tried."""
_LARGEST_EXPONENT = 8
_COMPARISONS = ("≤", "<", "=", "≠", "≥", ">")


@dataclass(frozen=True)
class Count:
    """How the values of a type are counted: each constructor's `(a, b)` for `a * n + b`, where `n` is the
    number of its argument, if it has one. `signed` ones are integers, the others naturals, none of them 0 if
    `positive`."""

    type: Term
    forms: Mapping[str, tuple[int, int]]
    arguments: Mapping[str, Term | None]
    signed: bool
    positive: bool


@dataclass(frozen=True)
class Reading:
    """What a function is: the number of its result is `expression`, in which `0`, `1`, … are the numbers of
    the arguments at these places, and `+0`, `+1`, … numerals. Of a `Bool` it says when it is true. It is
    about integers if `signed`, else about naturals."""

    function: Builder
    expression: Term
    signed: bool


@dataclass(frozen=True)
class Numbers:
    """In the order in which they rest on each other."""

    counts: tuple[Count, ...]
    readings: tuple[Reading, ...]


@lru_cache(maxsize=256)
def numbers_in(symbols: Symbols, functions: tuple[str, ...], types: tuple[str, ...]) -> Numbers:
    """For these functions and the types of variables; empty where nothing is found."""
    programs = Programs(symbols)  # of its own: what others have computed must make no difference
    try:
        ground = [read_term(type_) for type_ in types]
    except NotRead:
        return Numbers((), ())
    builders, ground = builders_for(programs, functions, ground)
    return _Search(programs, [builder for builder in builders if builder.rank >= 0]).found(ground)


class _Search:
    def __init__(self, programs: Programs, functions: Sequence[Builder]) -> None:
        self._programs = programs
        self._functions = functions
        self._counts: dict[Term, Count] = {}
        self._samples: dict[str, tuple[list[tuple[Value, ...]], tuple[Value | None, ...]]] = {}

    def found(self, types: Sequence[Term]) -> Numbers:
        readings = {
            reading.function.name: reading
            for each in self._functions
            if (reading := self._reading(each)) is not None
        }
        order = self._in_order(types)
        for type_ in order if len(order) < 2 else [*order, *order]:  # again, when the others are known
            self._counts.pop(type_, None)
            best: tuple[Count, list[Reading]] | None = None
            quality = (0, 0)
            for count in itertools.islice(self._candidates(type_), _MOST):
                self._counts[type_] = count
                if not self._tells_apart(type_):
                    continue
                about = [each for each in self._functions if type_ in (*each.arguments, each.result)]
                read = [reading for each in about if (reading := self._reading(each)) is not None]
                reached = (len(read), -sum(reading.expression.size for reading in read))
                if reached > quality:
                    quality, best = reached, (count, read)
            del self._counts[type_]
            if best is not None:
                self._counts[type_] = best[0]
                readings |= {reading.function.name: reading for reading in best[1]}
        return Numbers(
            tuple(self._counts.values()),
            tuple(readings[each.name] for each in self._functions if each.name in readings),
        )

    # -- types -------------------------------------------------------------------------------------------

    def _in_order(self, types: Sequence[Term]) -> list[Term]:
        """The types of the file without parameters, those first that others are made of."""
        own = [type_ for type_ in types if not type_.args and self._arguments(type_)]
        inner = {type_: {of for of in self._arguments(type_).values() if of is not None} for type_ in own}
        return sorted(own, key=lambda type_: len(inner[type_] - {type_}))

    def _arguments(self, type_: Term) -> dict[str, Term | None]:
        """Of each constructor; empty where one of them has several."""
        found: dict[str, Term | None] = {}
        for name in self._programs.of_type(type_.head.rpartition(".")[2]):
            arguments = self._programs.constructors[name].arguments
            if len(arguments) > 1:
                return {}
            found[name] = arguments[0] if arguments else None
        return found

    def _candidates(self, type_: Term) -> Iterator[Count]:
        arguments = self._arguments(type_)
        if any(of not in (None, type_) and self._signed(of) is None for of in arguments.values()):
            return
        choices = [
            [(0, number) for number in _CONSTANT] if of is None else _RECURSIVE if of == type_ else _WRAPPING
            for of in arguments.values()
        ]
        for forms in itertools.product(*choices):
            signed = any(min(form) < 0 for form in forms) or any(
                self._signed(of) for of in arguments.values() if of not in (None, type_)
            )
            if len(set(forms)) == len(forms):
                positive = not signed and all(more > 0 or factor > 1 for factor, more in forms)
                yield Count(type_, dict(zip(arguments, forms, strict=True)), arguments, signed, positive)

    def _tells_apart(self, type_: Term) -> bool:
        sampler = Sampler(self._programs)
        values = {sampler.value(type_, size % 7) for size in range(_SAMPLES)}
        return len({self._number(type_, value) for value in values}) == len(values)

    def _signed(self, type_: Term | None) -> bool | None:
        """None for what is not counted."""
        if type_ is None or type_.head in ("Nat", "Int"):
            return None if type_ is None else type_.head == "Int"
        return self._counts[type_].signed if type_ in self._counts else None

    def _number(self, type_: Term, value: Value) -> int:
        if isinstance(value, int):
            return value
        count = self._counts[type_]
        factor, more = count.forms[value.head]
        of = count.arguments[value.head]
        return more if of is None else factor * self._number(of, value.args[0]) + more

    # -- functions ---------------------------------------------------------------------------------------

    def _reading(self, function: Builder) -> Reading | None:
        result = function.result
        signs = [self._signed(type_) for type_ in (*function.arguments, result) if type_.head != "Bool"]
        if None in signs or any(type_.head == "Bool" for type_ in function.arguments):
            return None
        rows, results = self._sample(function)
        known = [
            (self._row(function, row), value)
            for row, value in zip(rows, results, strict=True)
            if value is not None and not (isinstance(value, Data) and value.unknown)
        ]
        if len(known) < _SAMPLES // 2:
            return None
        signed = any(signs)
        columns = list(zip(*(row for row, _ in known), strict=True))
        if result.head == "Bool":
            found = _predicate(columns, [value is TRUE for _, value in known], signed)
        else:
            numbers = tuple(self._number(result, value) for _, value in known)
            made = _expressions(columns, len(numbers), signed)
            found = next((term for term, column in made if column == numbers), None)
        return None if found is None else Reading(function, found, signed)

    def _sample(self, function: Builder) -> tuple[list[tuple[Value, ...]], tuple[Value | None, ...]]:
        if function.name not in self._samples:
            sampler = Sampler(self._programs)
            types = {str(place): type_ for place, type_ in enumerate(function.arguments)}
            rows = [tuple(sampler.valuation(types).values()) for _ in range(_SAMPLES)]
            self._samples[function.name] = rows, self._programs.results(function.name, rows)
        return self._samples[function.name]

    def _row(self, function: Builder, values: Sequence[Value]) -> Row:
        return tuple(map(self._number, function.arguments, values))


# -- expressions -------------------------------------------------------------------------------------------


def _expressions(columns: Sequence[Row], count: int, signed: bool) -> Iterator[tuple[Term, Row]]:
    """Expressions with what they are on so many samples; they use each of the columns once at most. The
    simple ones first, none twice."""
    seen: set[Row] = set()
    by_use: dict[frozenset[int], list[tuple[Term, Row]]] = {
        frozenset([place]): list(_variants(Term(str(place)), column, signed, len(columns)))
        for place, column in enumerate(columns)
    }
    by_use[frozenset()] = [(Term(f"+{number}"), (number,) * count) for number in (0, 1)]
    for size in range(len(columns) + 1):
        for use in map(frozenset, itertools.combinations(range(len(columns)), size)):
            made = by_use.setdefault(use, [])
            for first in _parts(use):
                pairs = itertools.product(by_use[first], by_use[use - first])
                made += itertools.chain.from_iterable(_combined(*pair, signed) for pair in pairs)
            unseen = []
            for term, column in made:
                if column not in seen:
                    seen.add(column)
                    unseen.append((term, column))
            by_use[use] = unseen
            yield from unseen


def _parts(use: frozenset[int]) -> Iterator[frozenset[int]]:
    """The proper parts that are neither empty nor all."""
    for size in range(1, len(use)):
        yield from map(frozenset, itertools.combinations(sorted(use), size))


def _variants(term: Term, column: Row, signed: bool, of: int) -> Iterator[tuple[Term, Row]]:
    """What an argument may stand as in an expression, the fewer there are the more."""
    yield term, column
    if of > 2:
        return
    one, two = Term("+1"), Term("+2")
    yield Term("+", (term, one)), tuple(number + 1 for number in column)
    yield Term("*", (two, term)), tuple(2 * number for number in column)
    less = (number - 1 for number in column)
    yield Term("-", (term, one)), tuple(less if signed else (max(0, number) for number in less))
    if signed:
        yield Term("neg", (term,)), tuple(-number for number in column)
    yield Term("*", (term, term)), tuple(number * number for number in column)
    if of > 1 or signed:
        return
    yield Term("/", (term, two)), tuple(number // 2 for number in column)
    yield Term("%", (term, two)), tuple(number % 2 for number in column)
    gauss = Term("/", (Term("*", (term, Term("+", (term, one)))), two))
    yield gauss, tuple(number * (number + 1) // 2 for number in column)
    if max(column) <= _LARGEST_EXPONENT:
        yield Term("^", (two, term)), tuple(2**number for number in column)


def _combined(one: tuple[Term, Row], other: tuple[Term, Row], signed: bool) -> Iterator[tuple[Term, Row]]:
    (left, left_column), (right, right_column) = one, other
    pairs = list(zip(left_column, right_column, strict=True))
    yield Term("+", (left, right)), tuple(a + b for a, b in pairs)
    yield Term("*", (left, right)), tuple(a * b for a, b in pairs)
    yield Term("-", (left, right)), tuple(a - b if signed else max(0, a - b) for a, b in pairs)
    yield Term("min", (left, right)), tuple(min(pair) for pair in pairs)
    yield Term("max", (left, right)), tuple(max(pair) for pair in pairs)
    if not signed and max(right_column) <= _LARGEST_EXPONENT:
        yield Term("^", (left, right)), tuple(a**b for a, b in pairs)


def _predicate(columns: Sequence[Row], truths: Sequence[bool], signed: bool) -> Term | None:
    if len(columns) == 1:
        (column,) = columns
        for rest in (0, 1):
            if [number % 2 == rest for number in column] == list(truths):
                return Term("=", (Term("%", (Term("0"), Term("+2"))), Term(f"+{rest}")))
        terms: Iterable[tuple[Term, Row]] = [
            (Term(f"+{number}"), (number,) * len(column)) for number in (0, 1)
        ]
        pairs = [((Term("0"), column), other) for other in terms]
    elif len(columns) == 2:
        pairs = [((Term("0"), columns[0]), (Term("1"), columns[1]))]
    else:
        return None
    for (left, left_column), (right, right_column) in pairs:
        for comparison in _COMPARISONS:
            if [_compared(comparison, *pair) for pair in zip(left_column, right_column, strict=True)] == list(
                truths
            ):
                return Term(comparison, (left, right))
    return None


def _compared(comparison: str, one: int, other: int) -> bool:
    by_sign = {"≤": (-1, 0), "<": (-1,), "=": (0,), "≠": (-1, 1), "≥": (0, 1), ">": (1,)}
    return (one > other) - (one < other) in by_sign[comparison]
