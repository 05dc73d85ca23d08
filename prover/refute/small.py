"""Values of a type from the small to the large, and how Lean writes them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence

from prover.policy.rewriting import replaced
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.values import FALSE, TRUE, Data, Value, data
from prover.refute.computing import Evaluator
from prover.refute.reading import ELEMENTS

_NUMBERS = (0, 1, 2, 3)
_INTEGERS = (0, 1, -1, 2, -2)
_LATER = (4, 5, 6, 7, 8, 10)
_SHORT = {
    "Bool.true": "true", "Bool.false": "false", "Unit.unit": "()", "Option.none": "none",
    "Option.some": "some",
}  # fmt: skip
_COSTS = (0, 1, 1, 2, 2, 3)
_DOMAIN = 6
"""How many values a quantifier is tried on."""
_MOST = 4000
"""How many values of one cost there are at most."""
_ENDLESS = 30
"""The cost at which a type has no more values to offer."""


class Small:
    """Knows the types of a file. `literals` are numbers that values may be, besides the smallest."""

    def __init__(self, symbols: Symbols, integers: bool, literals: Sequence[int] = ()) -> None:
        self.evaluator = Evaluator(symbols, integers, self._domain)
        self._numbers = tuple(dict.fromkeys((*_NUMBERS, *(n for n in literals if n >= 0), *_LATER)))
        signed = [n for number in literals for n in (number, -number)]
        self._integers = tuple(dict.fromkeys((*_INTEGERS, *signed, 3, -3)))
        self._known: dict[tuple[Term, int], tuple[Value, ...]] = {}
        self._open: set[tuple[Term, int]] = set()

    def valuations(self, types: Mapping[str, Term]) -> Iterator[dict[str, Value]]:
        """Values for all the variables, the cheap ones first."""
        for total in range(_ENDLESS):
            for parts in _parts(total, len(types)):
                choices = [self.of(type_, cost) for type_, cost in zip(types.values(), parts, strict=True)]
                for values in itertools.product(*choices):
                    yield dict(zip(types, values, strict=True))

    def draws(self, types: Mapping[str, Term]) -> Iterator[dict[str, Value]]:
        """Values for all the variables, without end, drawn each from all its costs. The same each time."""
        drawing = random.Random(0)
        while True:
            drawn = {name: self._drawn(drawing, type_) for name, type_ in types.items()}
            yield {name: value for name, value in drawn.items() if value is not None}

    def _drawn(self, drawing: random.Random, type_: Term) -> Value | None:
        values = self.of(type_, drawing.choice(_COSTS)) or self.of(type_, 0)
        return drawing.choice(values) if values else None

    def of(self, type_: Term, cost: int) -> tuple[Value, ...]:
        """The values of a type that cost so much: numbers and constants by their place among such, others by
        how many constructors that take values of their own type are in them. None of a type that is not
        understood."""
        key = (type_, cost)
        if key not in self._known:
            if key in self._open:
                return ()
            self._open.add(key)
            self._known[key] = tuple(dict.fromkeys(itertools.islice(self._made(type_, cost), _MOST)))
            self._open.remove(key)
        return self._known[key]

    def _domain(self, type_: Term) -> Iterator[Value]:
        values = itertools.chain.from_iterable(self.of(type_, cost) for cost in range(_DOMAIN))
        return itertools.islice(values, _DOMAIN)

    def _made(self, type_: Term, cost: int) -> Iterator[Value]:
        head = type_.head
        if head in ("Nat", "Int"):
            numbers = self._numbers if head == "Nat" else self._integers
            yield from numbers[cost : cost + 1]
        elif head in ("Bool", "Prop"):
            yield from (FALSE, TRUE) if cost == 0 else ()
        elif head == "→":
            yield from self._functions(type_)[cost : cost + 1]
        elif head == "List":
            yield from [data("List.nil")] if cost == 0 else ()
            yield from self._built("List.cons", (type_.args[0], type_), cost - 1)
        elif head == "Option":
            yield from [data("Option.none")] if cost == 0 else ()
            yield from self._built("Option.some", type_.args, cost - 1)
        elif head in ("×", "Prod"):
            yield from self._built("Prod.mk", type_.args, cost)
        elif head == "Unit":
            yield from [data("Unit.unit")] if cost == 0 else ()
        else:
            yield from self._constructed(type_, cost)

    def _constructed(self, type_: Term, cost: int) -> Iterator[Value]:
        constructors = self.evaluator.of_type(type_.head.rpartition(".")[2])
        if not constructors and not type_.args and self.evaluator.symbols.resolve(type_.head) is None:
            yield from self.of(Term(ELEMENTS), cost)  # a type variable
        place = 0
        for name in constructors:
            signature = self.evaluator.constructors[name]
            given = dict(zip(signature.variables, type_.args, strict=False))
            arguments = tuple(replaced(argument, given) for argument in signature.arguments)
            recursive = any(_mentions(argument, type_) for argument in arguments)
            yield from self._built(name, arguments, cost - (place if not arguments else recursive))
            place += not arguments

    def _built(self, name: str, arguments: Sequence[Term], cost: int) -> Iterator[Value]:
        for parts in _parts(cost, len(arguments)):
            choices = [self.of(type_, part) for type_, part in zip(arguments, parts, strict=True)]
            yield from (data(name, *values) for values in itertools.product(*choices))

    def _functions(self, type_: Term) -> list[Value]:
        """A few of a function type: projections, constants, tests, and a step."""
        arguments: list[Term] = []
        while type_.head == "→":
            arguments.append(type_.args[0])
            type_ = type_.args[1]
        names = [f"x{number}" for number in range(len(arguments))]
        bodies = [name for name, of in zip(names, arguments, strict=True) if of == type_]
        bodies += [self.written(value, type_) for cost in range(2) for value in self.of(type_, cost)[:2]]
        bodies += _special(names, arguments, type_)
        found = []
        for body in bodies:
            text = f"fun {' '.join(names)} => {body}"
            try:
                found.append(self.evaluator.named(text, read_term(text).arms))
            except NotRead:
                continue
        return found

    def written(self, value: Value, type_: Term | None = None) -> str:
        """As Lean reads it, without brackets around it. The `type_` tells `True` from `true`."""
        if isinstance(value, int):
            return str(value)
        if type_ == Term("Prop"):
            return "True" if value == TRUE else "False"
        if value.head[:1] == "λ":
            return value.head[1:]
        if value.head == "List.nil" or value.head == "List.cons":
            return f"[{', '.join(map(self.written, _items(value)))}]"
        if value.head == "Prod.mk":
            return f"({', '.join(map(self.written, value.args))})"
        return " ".join([self._constructor(value.head), *map(self._bracketed, value.args)])

    def _constructor(self, name: str) -> str:
        of, _, last = name.rpartition(".")
        full = self.evaluator.symbols.resolve(of)
        return _SHORT.get(name) or (f"{full}.{last}" if full else name)

    def _bracketed(self, value: Value) -> str:
        text = self.written(value)
        return f"({text})" if (" " in text and text[0] not in "[(") or text[0] == "-" else text


def _items(value: Data) -> Iterator[Value]:
    while value.head == "List.cons":
        yield value.args[0]
        rest = value.args[1]
        assert isinstance(rest, Data)
        value = rest


def _mentions(argument: Term, type_: Term) -> bool:
    return argument == type_ or any(_mentions(part, type_) for part in argument.args)


def _special(names: Sequence[str], arguments: Sequence[Term], result: Term) -> list[str]:
    number = next((n for n, of in zip(names, arguments, strict=True) if of.head in ("Nat", "Int")), None)
    if number is None:
        return []
    if result.head in ("Nat", "Int"):
        return [f"{number} + 1"]
    return {"Bool": [f"{number} == 0"], "Prop": [f"{number} = 0"]}.get(result.head, [])


def _parts(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """The ways to write `total` as a sum of so many numbers from 0."""
    if parts == 0 or total < 0:
        yield from [()] if total == 0 else []
        return
    for first in range(total + 1) if parts > 1 else (total,):
        if first <= total:
            yield from ((first, *rest) for rest in _parts(total - first, parts - 1))
