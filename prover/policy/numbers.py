"""Types of a file that are numbers in disguise, and what their functions are in terms of arithmetic.

`zero` and `succ`, binary digits, signed naturals: where each value can be counted as an integer, no two as
the same, Lean's arithmetic decides much of what is said of them. Other types, lists and trees, are measured:
their constructors are counted, which will do for statements on lengths. All is guessed on samples: the number
of each constructor, linear in those of its arguments, and an expression for each function. What is found is
conjecture.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prover.policy.builders import builders_for
from prover.policy.laws import Builder
from prover.policy.programs import Programs
from prover.policy.rewriting import replaced
from prover.policy.sampling import Sampler
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.values import TRUE, Data, Value

Row = tuple[int, ...]

_SAMPLES = 60
_FEW = 12
_RECURSIVE = ((1, 1), (2, 0), (2, 1), (2, 2))
_WRAPPING = ((1, 0), (1, 1), (-1, 0), (-1, -1))
_CONSTANT = ((0, 0), (0, 1), (0, -1))
_GROWING = ((1, 1), (1, 0))
_MOST = 200
"""How many ways to count a type are tried."""
_LARGEST_EXPONENT = 8
_COMPARISONS = ("=", "≠", "≤", "<", "≥", ">")


@dataclass(frozen=True)
class Constructor:
    """Its values count as `factor * n + more`, where `n` is the sum of the numbers of the arguments at the
    `counted` places."""

    name: str
    arguments: tuple[Term, ...]
    counted: tuple[int, ...]
    factor: int
    more: int


@dataclass(frozen=True)
class Count:
    """How the values of a type are counted: as integers if `signed`, else as naturals, none of them 0 if
    `positive`. If it is `exact`, no two values count as the same."""

    type: Term
    constructors: tuple[Constructor, ...]
    signed: bool
    positive: bool
    exact: bool


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
def numbers_in(
    symbols: Symbols, functions: tuple[str, ...], types: tuple[str, ...], growing: bool = False
) -> Numbers:
    """For these functions and the types of variables; empty where nothing is found. If `growing`, a part
    counts less than the whole, where not all values are told apart."""
    programs = Programs(symbols)  # of its own: what others have computed must make no difference
    try:
        ground = [read_term(type_) for type_ in types]
    except NotRead:
        return Numbers((), ())
    builders, ground = builders_for(programs, functions, ground)
    return _Search(programs, [builder for builder in builders if builder.rank >= 0], growing).found(ground)


class _Search:
    def __init__(self, programs: Programs, functions: Sequence[Builder], growing: bool) -> None:
        self._programs = programs
        self._functions = functions
        self._growing = growing
        self._counts: dict[Term, Count] = {}
        self._stands: dict[tuple[Term, Value], Row] = {}
        self._samples: dict[str, tuple[list[tuple[Value, ...]], tuple[Value | None, ...]]] = {}

    def found(self, types: Sequence[Term]) -> Numbers:
        order = self._in_order(types)
        for type_ in order if len(order) < 2 else [*order, *order]:  # again, when the others are known
            self._counts.pop(type_, None)
            about = [each for each in self._functions if type_ in (*each.arguments, each.result)]
            best, quality = None, (0, 0) if about or not self._is_recursive(type_) else (-1, 0)
            for count in itertools.islice(self._candidates(type_), _MOST):
                self._counts[type_] = count
                if count.exact and not self._tells_apart(type_):
                    continue
                sizes = [reading.expression.size for reading in map(self._reading, about) if reading]
                if (len(sizes), -sum(sizes)) > quality:
                    best, quality = count, (len(sizes), -sum(sizes))
            self._counts.pop(type_, None)
            if best is not None:
                self._counts[type_] = best
        readings = [reading for reading in map(self._reading, self._functions) if reading is not None]
        return Numbers(tuple(self._counts.values()), tuple(readings))

    # -- types -------------------------------------------------------------------------------------------

    def _in_order(self, types: Sequence[Term]) -> list[Term]:
        """The types of the file, those first that others are made of."""
        inner = {type_: {of for _, arguments in self._made(type_) for of in arguments} for type_ in types}
        return sorted((type_ for type_ in types if self._made(type_)), key=lambda of: len(inner[of] - {of}))

    def _made(self, type_: Term) -> list[tuple[str, tuple[Term, ...]]]:
        """The constructors of a type of the file, and the types of their arguments."""
        found = []
        for name in self._programs.of_type(type_.head.rpartition(".")[2]):
            signature = self._programs.constructors[name]
            given: dict[str, Term] = dict(zip(signature.variables, type_.args, strict=False))
            found.append((name, tuple(replaced(argument, given) for argument in signature.arguments)))
        return found

    def _is_recursive(self, type_: Term) -> bool:
        return any(type_ in arguments for _, arguments in self._made(type_))

    def _candidates(self, type_: Term) -> Iterator[Count]:
        made = self._made(type_)
        exact = all(len(arguments) < 2 for _, arguments in made)
        inner = {of for _, arguments in made for of in arguments} - {type_}
        if exact and not all(self._is_counted(of) for of in inner):
            return
        signed_inside = exact and any(self._signed(of) for of in inner)
        possible = (_forms(type_, arguments, exact, self._growing) for _, arguments in made)
        for forms in itertools.product(*possible):
            constructors = tuple(
                Constructor(name, arguments, _counted(type_, arguments, exact), *form)
                for (name, arguments), form in zip(made, forms, strict=True)
            )
            signed = signed_inside or any(min(form) < 0 for form in forms)
            positive = not signed and all(more > 0 or factor > 1 for factor, more in forms)
            if not exact or len(set(forms)) == len(forms):
                yield Count(type_, constructors, signed, positive, exact)

    def _tells_apart(self, type_: Term) -> bool:
        sampler = Sampler(self._programs)
        values = {sampler.value(type_, size % 7) for size in range(_SAMPLES)}
        return len({self._number(type_, value) for value in values}) == len(values)

    def _is_counted(self, type_: Term) -> bool:
        return type_.head in ("Nat", "Int") or type_ in self._counts

    def _signed(self, type_: Term) -> bool:
        return type_.head == "Int" or (type_ in self._counts and self._counts[type_].signed)

    def _number(self, type_: Term, value: Value) -> int:
        count = self._counts.get(type_)
        if count is not None and not count.exact:
            each = zip(count.constructors, self._constructors_in(type_, value), strict=True)
            return sum(made.more * times for made, times in each)
        factor, more = 1, 0
        while isinstance(value, Data):  # chains may be longer than Python's stack
            (made,) = (each for each in self._counts[type_].constructors if each.name == value.head)
            more += factor * made.more
            factor *= made.factor
            if len(made.counted) != 1:
                parts = [self._number(made.arguments[place], value.args[place]) for place in made.counted]
                return factor * sum(parts) + more
            (place,) = made.counted
            type_, value = made.arguments[place], value.args[place]
        return factor * value + more

    def _constructors_in(self, type_: Term, value: Value) -> Row:
        """How often each constructor of the type stands in a value of it, outside values of other types."""
        key = type_, value
        if key not in self._stands:
            made = self._made(type_)
            places = {name: [at for at, of in enumerate(args) if of == type_] for name, args in made}
            times = dict.fromkeys(places, 0)
            waiting = [value]
            while waiting:
                of = waiting.pop()
                assert isinstance(of, Data)
                times[of.head] += 1
                waiting += [of.args[at] for at in places[of.head]]
            self._stands[key] = tuple(times.values())
        return self._stands[key]

    # -- functions ---------------------------------------------------------------------------------------

    def _reading(self, function: Builder) -> Reading | None:
        """None where it is no arithmetic, as far as the samples show."""
        result = function.result
        if not self._is_counted(result) and result.head != "Bool":
            return None
        places = [place for place, type_ in enumerate(function.arguments) if self._is_counted(type_)]
        known = [
            ([self._number(function.arguments[place], row[place]) for place in places], value)
            for row, value in zip(*self._sample(function), strict=True)
            if value is not None and not (isinstance(value, Data) and value.unknown)
        ]
        if len(known) < _SAMPLES // 2:
            return None
        signed = any(self._signed(type_) for type_ in (*function.arguments, result))
        columns = {Term(str(place)): tuple(row[at] for row, _ in known) for at, place in enumerate(places)}
        if result.head == "Bool":
            found = _predicate(columns, [value is TRUE for _, value in known])
        else:
            numbers = tuple(self._number(result, value) for _, value in known)
            found = _expression(columns, numbers, signed)
        return None if found is None else Reading(function, found, signed)

    def _sample(self, function: Builder) -> tuple[list[tuple[Value, ...]], tuple[Value | None, ...]]:
        if function.name not in self._samples:
            sampler = Sampler(self._programs)
            types = {str(place): type_ for place, type_ in enumerate(function.arguments)}
            rows = [tuple(sampler.valuation(types).values()) for _ in range(_SAMPLES)]
            self._samples[function.name] = rows, self._programs.results(function.name, rows)
        return self._samples[function.name]


def _counted(type_: Term, arguments: Sequence[Term], exact: bool) -> tuple[int, ...]:
    return tuple(place for place, of in enumerate(arguments) if exact or of == type_)


def _forms(type_: Term, arguments: Sequence[Term], exact: bool, growing: bool) -> Sequence[tuple[int, int]]:
    """What may be made of the numbers of a constructor's arguments: factors, and what is added."""
    if not exact and type_ in arguments:
        return [form for form in _GROWING if form[1] > 0] if growing else _GROWING
    if not exact:
        return _CONSTANT[:2]
    if not arguments:
        return _CONSTANT
    return _RECURSIVE if arguments[0] == type_ else _WRAPPING


# -- expressions -------------------------------------------------------------------------------------------


def _expression(columns: Mapping[Term, Row], numbers: Row, signed: bool) -> Term | None:
    """The first that is these numbers, which is looked for at all if there is one for the first few."""
    for count in (_FEW, len(numbers)):
        made = _expressions(
            {term: column[:count] for term, column in columns.items()}, min(count, len(numbers)), signed
        )
        found = next((term for term, column in made if column == numbers[:count]), None)
        if found is None:
            return None
    return found


def _expressions(columns: Mapping[Term, Row], count: int, signed: bool) -> Iterator[tuple[Term, Row]]:
    """Expressions with what they are on so many samples; they use each of the columns once at most. The
    simple ones first, none twice."""
    seen: set[Row] = set()
    by_use: dict[frozenset[Term], list[tuple[Term, Row]]] = {
        frozenset([name]): list(_variants(name, column, signed, len(columns)))
        for name, column in columns.items()
    }
    by_use[frozenset()] = [(Term(f"+{number}"), (number,) * count) for number in (0, 1)]
    for size in range(len(columns) + 1):
        for use in map(frozenset, itertools.combinations(columns, size)):
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


def _parts(use: frozenset[Term]) -> Iterator[frozenset[Term]]:
    """The proper parts that are neither empty nor all."""
    for size in range(1, len(use)):
        yield from map(frozenset, itertools.combinations(sorted(use, key=str), size))


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


def _predicate(columns: Mapping[Term, Row], truths: Sequence[bool]) -> Term | None:
    names = list(columns.items())
    pairs: list[tuple[tuple[Term, Row], tuple[Term, Row]]] = []
    if len(names) == 1:
        ((name, column),) = names
        halved = Term("%", (name, Term("+2"))), tuple(number % 2 for number in column)
        constants = [(Term(f"+{number}"), (number,) * len(column)) for number in (0, 1)]
        pairs = [(halved, constants[0]), *(((name, column), each) for each in constants)]
    elif len(names) == 2:
        pairs = [(names[0], names[1])]
    for (left, left_column), (right, right_column) in pairs:
        for comparison in _COMPARISONS:
            compared = zip(left_column, right_column, strict=True)
            if [_compared(comparison, *pair) for pair in compared] == list(truths):
                return Term(comparison, (left, right))
    return None


def _compared(comparison: str, one: int, other: int) -> bool:
    by_sign = {"≤": (-1, 0), "<": (-1,), "=": (0,), "≠": (-1, 1), "≥": (0, 1), ">": (1,)}
    return (one > other) - (one < other) in by_sign[comparison]
