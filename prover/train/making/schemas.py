"""Types, functions and statements as problems are made of them, and those of `schemas.lean`.

Terms are those of `prover.policy.syntax`; a constructor is called by its bare name, which no other has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from prover.lean.source import read_source
from prover.policy.declared import read_constructors, read_function, read_signature
from prover.policy.rewriting import replaced
from prover.policy.symbols import Symbol, Symbols
from prover.policy.syntax import Arm, Term

ELEMENT = Term("A")
"""The type of elements, which may become a variable."""

_MEANT = frozenset(("true", "false"))

PARAMETERS = ("f", "g", "p", "q", "r", "op")
"""The functions that others are given as arguments."""


@dataclass(frozen=True)
class Datatype:
    name: str
    variables: tuple[str, ...]
    constructors: tuple[tuple[str, tuple[Term, ...]], ...]

    @property
    def itself(self) -> Term:
        return Term(self.name, tuple(map(Term, self.variables)))

    def is_recursive(self, constructor: str) -> bool:
        return self.itself in dict(self.constructors)[constructor]


@dataclass(frozen=True)
class Function:
    """Each arm has a pattern for each of the arguments."""

    name: str
    variables: tuple[str, ...]
    arguments: tuple[Term, ...]
    result: Term
    arms: tuple[Arm, ...]

    @cached_property
    def uses(self) -> frozenset[str]:
        """The heads of its bodies but for what the patterns bind."""
        return frozenset(
            head
            for patterns, body in self.arms
            for head in heads_of(body)
            if head not in {bound for pattern in patterns for bound in heads_of(pattern)} or head in _MEANT
        )

    @property
    def is_recursive(self) -> bool:
        return self.name in self.uses

    @property
    def types(self) -> tuple[Term, ...]:
        return (*self.arguments, self.result)

    def of(self, given: Mapping[str, Term]) -> Function:
        """With its type variables replaced."""
        return Function(
            self.name,
            (),
            tuple(replaced(argument, given) for argument in self.arguments),
            replaced(self.result, given),
            self.arms,
        )


@dataclass(frozen=True)
class Statement:
    """That the conclusion holds for all values of the variables that satisfy the premises."""

    variables: tuple[tuple[str, Term], ...]
    premises: tuple[Term, ...]
    conclusion: Term

    @property
    def parts(self) -> tuple[Term, ...]:
        return (*self.premises, self.conclusion)


@dataclass(frozen=True)
class Schemas:
    datatypes: Mapping[str, Datatype]
    functions: Mapping[str, Function]

    def closure(self, names: Iterable[str]) -> list[Function]:
        """These functions and all that they use, in order."""
        reached, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += self.functions[name].uses & self.functions.keys()
        return [function for name, function in self.functions.items() if name in reached]


@cache
def schemas() -> Schemas:
    declarations = read_source(Path(__file__).with_name("schemas.lean")).declarations
    symbols = Symbols(declarations, "")
    datatypes, functions = {}, {}
    for symbol in symbols.all():
        if symbol.is_type:
            datatypes[symbol.name] = _datatype(symbol)
        else:
            functions[symbol.name] = _function(symbol)
    return Schemas(datatypes, functions)


def heads_of(term: Term) -> Iterator[str]:
    yield term.head
    for arg in term.args:
        yield from heads_of(arg)
    for _, body in term.arms:
        yield from heads_of(body)


def _datatype(symbol: Symbol) -> Datatype:
    found = read_constructors(symbol.name, symbol)
    variables = found[0][1].variables
    return Datatype(symbol.name, variables, tuple((name, given.arguments) for name, given in found))


def _function(symbol: Symbol) -> Function:
    signature = read_signature(symbol.declaration.statement)
    arms = read_function(symbol).arms
    ((patterns, body),) = arms if len(arms) == 1 else (((), Term("")),)
    if body.head == "match":
        places = [patterns.index(scrutinee) for scrutinee in body.args]
        arms = tuple((_placed(patterns, places, matched), result) for matched, result in body.arms)
    plain = tuple((tuple(map(_plain, patterns)), _plain(body)) for patterns, body in arms)
    return Function(symbol.name, signature.variables, signature.arguments, signature.result, plain)


def _placed(patterns: tuple[Term, ...], places: list[int], matched: tuple[Term, ...]) -> tuple[Term, ...]:
    given = dict(zip(places, matched, strict=True))
    return tuple(given.get(place, pattern) for place, pattern in enumerate(patterns))


def _plain(term: Term) -> Term:
    return Term(term.head.removeprefix("."), tuple(map(_plain, term.args)))
