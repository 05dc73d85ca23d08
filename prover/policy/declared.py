"""Reads types, constructors and defining equations out of the declarations of a file.

All of it raises `NotRead` for what is outside the fragment that `syntax` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from prover.policy.symbols import Symbol, Symbols, computed
from prover.policy.syntax import Arm, NotRead, Term, read_arms, read_term, without_comments
from prover.policy.terms import tokens

_ABOUT = re.compile(r"^\s*\w+\s+[^\s({\[:]+")
"""Before the arguments of a declaration: what it is, and its name."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The explicit arguments' types and the result's; names in `variables` stand for any type."""

    variables: tuple[str, ...]
    arguments: tuple[Term, ...]
    result: Term


@dataclass(frozen=True, slots=True)
class Function:
    arity: int
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A constructor of an inductive predicate: what it takes that has a name, with the types, values and
    proofs; the premises without one; and what it proves."""

    name: str
    named: tuple[tuple[str, Term], ...]
    premises: tuple[Term, ...]
    proves: Term

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.named)


def read_function(symbol: Symbol) -> Function:
    declaration = symbol.declaration
    body = computed(without_comments(declaration.body)).strip()
    _, names = _read_statement(declaration.statement)
    if body.startswith("|"):
        arms = read_arms(body)
        bound = tuple(Term(name) for name in names)
        arms = tuple(((*bound, *patterns), result) for patterns, result in arms)
        return Function(len(arms[0][0]), arms)
    if not body.startswith(":="):
        raise NotRead("body")
    result = read_term(body.removeprefix(":=").strip())
    return Function(len(names), ((tuple(Term(name) for name in names), result),))


@lru_cache(maxsize=1024)
def read_moving(symbol: Symbol, symbols: Symbols) -> frozenset[int]:
    """The arguments, from 0, that its recursive calls change."""
    moving = set[int]()
    for patterns, args in _recursion(symbol, symbols):
        kept = {at for at, pair in enumerate(zip(patterns, args, strict=False)) if pair[0] == pair[1]}
        moving |= {*range(len(patterns))} - kept
    return frozenset(moving)


@lru_cache(maxsize=1024)
def read_structural(symbol: Symbol, symbols: Symbols) -> bool:
    """Whether each of its recursive calls has a part of an argument in its place."""
    return all(
        any(arg in _parts(pattern) for pattern, arg in zip(patterns, args, strict=False))
        for patterns, args in _recursion(symbol, symbols)
    )


def _parts(term: Term) -> frozenset[Term]:
    return frozenset(term.args).union(*map(_parts, term.args))


def _recursion(symbol: Symbol, symbols: Symbols) -> list[tuple[tuple[Term, ...], tuple[Term, ...]]]:
    """The patterns of an equation and what it gives to a recursive call, for all of those."""
    found = [
        (patterns, args)
        for patterns, body in read_function(symbol).arms
        for args in _calls(body, symbol, symbols)
    ]
    if not found:
        raise NotRead("recursion")
    return found


def _calls(term: Term, symbol: Symbol, symbols: Symbols) -> Iterator[tuple[Term, ...]]:
    if symbols.resolve(term.head) == symbol.name:
        yield term.args
    elif symbol.name in symbols.mentioned(term.head.removeprefix("!")):
        raise NotRead("field")
    if term.head == "match":
        raise NotRead("patterns")
    for part in (*term.args, *(body for _, body in term.arms)):
        yield from _calls(part, symbol, symbols)


def read_constructors(name: str, symbol: Symbol) -> list[tuple[str, Signature]]:
    variables = tuple(
        binder for binders, _ in _binders(symbol.declaration.statement)[0] for binder in binders
    )
    whole = Term(name, tuple(Term(variable) for variable in variables))
    found = []
    for word, binders, rest in _constructors(symbol):
        arguments = [type_ for names, type_ in binders for _ in names]
        if rest:
            arguments += arrows(read_term(rest))[:-1]
        found.append((word, Signature(variables, tuple(arguments), whole)))
    return found


def read_rules(predicate: Symbol) -> list[Case]:
    """The constructors of an inductive predicate."""
    found = []
    for word, binders, rest in _constructors(predicate, implicit=True):
        *premises, proves = arrows(read_term(rest))
        named = tuple((name, type_) for names, type_ in binders for name in names)
        found.append(Case(word, named, tuple(premises), proves))
    return found


def _constructors(
    symbol: Symbol, implicit: bool = False
) -> Iterator[tuple[str, list[tuple[list[str], Term]], str]]:
    """The name of each, its arguments before the colon, and what stands behind it."""
    body = re.split(r"\bderiving\b", without_comments(symbol.declaration.body))[0]
    body = re.sub(r"^\s*(where|:=)", "", body)
    body = re.sub(r"\{([^{}]*)\}", r"(\1)", body) if implicit else body
    for arm in re.split(r"\|", body)[1:]:
        word = re.match(r"\s*([^\W\d][\w'!?]*)", arm)
        if word is None:
            raise NotRead("constructor")
        yield word.group(1), *_binders(arm[word.end() :])


@lru_cache(maxsize=256)
def read_type(symbol: Symbol) -> tuple[tuple[str, ...], Term]:
    """The arguments of a name for a type, and the type that it is a name for."""
    binders, _ = _binders(_ABOUT.sub("", without_comments(symbol.declaration.statement)))
    body = without_comments(symbol.declaration.body).strip()
    return tuple(name for names, _ in binders for name in names), read_term(body.removeprefix(":=").strip())


def read_signature(statement: str) -> Signature:
    return _read_statement(statement)[0]


@lru_cache(maxsize=1024)
def _read_statement(statement: str) -> tuple[Signature, tuple[str, ...]]:
    """The signature of a definition, and the names of those arguments that stand before the colon."""
    statement = _ABOUT.sub("", without_comments(statement))
    variables = re.findall(r"\{([^{}:]*):\s*(?:Type|Sort)[^{}]*\}", statement)
    explicit = re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", " ", statement)
    binders, rest = _binders(explicit)
    if not rest:
        raise NotRead("no result")
    types = [*(type_ for names, type_ in binders for _ in names), *arrows(read_term(rest))]
    names = tuple(name for names, _ in binders for name in names)
    all_variables = tuple(name for group in variables for name in group.split())
    return Signature(all_variables, tuple(types[:-1]), types[-1]), names


def _binders(text: str) -> tuple[list[tuple[list[str], Term]], str]:
    """The leading `(x y : T)`s, and what stands behind the colon after them."""
    text = text.strip()
    if text.startswith("inductive"):
        text = re.sub(r"^inductive\s+[^\s({\[:]+", "", text).strip()
    found: list[tuple[list[str], Term]] = []
    while text.startswith("("):
        depth = 0
        for token in tokens(text):
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0:
                break
        group, text = text[1 : token.start], text[token.end :].strip()
        names, _, type_ = group.partition(":")
        found.append((names.split(), read_term(type_)))
    if text and not text.startswith(":"):
        raise NotRead(text)
    return found, text.removeprefix(":").strip()


def arrows(type_: Term) -> list[Term]:
    """The types of a function's arguments, and of what it makes of them."""
    found = []
    while type_.head == "→":
        found.append(type_.args[0])
        type_ = type_.args[1]
    return [*found, type_]
