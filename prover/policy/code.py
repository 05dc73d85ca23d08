"""Terms and patterns as Python functions, made once of each and then run on many values.

What can be told of a term beforehand is decided then: which of its names are variables, constructors,
operators, functions. What is left to do for each value is to call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from prover.policy.syntax import Arm, Term
from prover.policy.values import FALSE, TRUE, Stuck, Value, data, operators

Scope: TypeAlias = "dict[str, Value]"
Values: TypeAlias = "tuple[Value, ...]"
Code: TypeAlias = Callable[[Scope], Value]
Matching: TypeAlias = "Callable[[Values, Scope], Value]"
Matcher: TypeAlias = Callable[[Value, Scope], bool]
"""Whether a value is as the pattern says; binds the pattern's variables. Raises `Stuck`."""

LIBRARY = {
    "[]": "List.nil", "::": "List.cons", "(,)": "Prod.mk", "true": "Bool.true", "false": "Bool.false",
    "none": "Option.none", "some": "Option.some", "List.nil": "List.nil", "List.cons": "List.cons",
    "Bool.true": "Bool.true", "Bool.false": "Bool.false", "Prod.mk": "Prod.mk",
    "Option.none": "Option.none", "Option.some": "Option.some", "True": "Bool.true", "False": "Bool.false",
}  # fmt: skip


class Names(Protocol):
    """What names mean that are no variables."""

    def constructor(self, head: str, count: int | None = None) -> str | None:
        """One of so many arguments, if that is known. Raises `Stuck` for a short name of several."""

    def function(self, head: str) -> Callable[[Values], Value] | None:
        """None for what is no function of the file."""

    def field(self, name: str, values: Values) -> Value:
        """That field of the first value, applied to the others. Raises `Stuck`, `TooLong`."""

    def anonymous(self, arity: int, run: Callable[[Values, Values], Value]) -> Callable[[Values], Value]:
        """A function as a value, for each tuple of the values that it captures; `run` computes what that
        makes of `arity` others."""

    def applied(self, function: Value, values: Values) -> Value:
        """What a function that is a value makes of others. Raises `Stuck`, `TooLong`."""


class Compiler:
    """What it makes raises `Stuck` and `TooLong`. `integers`: whether numbers are of `Int`, or of `Nat`; None
    where that is not known, and nothing is computed that would depend on it."""

    def __init__(self, names: Names, integers: bool | None = None) -> None:
        self._names = names
        self._operators = operators(integers)

    def code(self, term: Term, variables: frozenset[str]) -> Code:
        """Computes the term from the values of these variables."""
        head = term.head
        if head in variables and not term.args:
            return lambda scope: scope[head]
        if head.isdigit():
            number = int(head)
            return lambda scope: number
        if head == "match":
            matching, values = self.match(term.arms, variables), self.each(term.args, variables)
            return lambda scope: matching(values(scope), scope)
        if head == "if":
            return _choice(*(self.code(arg, variables) for arg in term.args))
        if head in ("&&", "||", "∧", "∨"):
            one, other = (self.code(arg, variables) for arg in term.args)
            return _connected(TRUE if head in ("||", "∨") else FALSE, one, other)
        if head == "fun":
            return self._closure(term, variables)
        if head == "@" or head in variables:
            applied, (first, *rest) = (
                self._names.applied,
                term.args if head == "@" else (Term(head), *term.args),
            )
            function, values = self.code(first, variables), self.each(rest, variables)
            return lambda scope: applied(function(scope), values(scope))
        values = self.each(term.args, variables)
        if head in self._operators:
            operator = self._operators[head]
            return lambda scope: operator(*values(scope))
        apply = self.apply(head, len(term.args), variables)
        return lambda scope: apply(values(scope), scope)

    def _closure(self, term: Term, variables: frozenset[str]) -> Code:
        captured = sorted(_named(term) & variables)
        matching = self.match(term.arms, frozenset(captured))
        function = self._names.anonymous(
            len(term.arms[0][0]),
            lambda known, values: matching(values, dict(zip(captured, known, strict=True))),
        )
        return lambda scope: function(tuple([scope[name] for name in captured]))

    def each(self, terms: Sequence[Term], variables: frozenset[str]) -> Callable[[Scope], Values]:
        codes = [self.code(term, variables) for term in terms]
        if len(codes) == 1:
            (only,) = codes
            return lambda scope: (only(scope),)
        if len(codes) == 2:
            one, other = codes
            return lambda scope: (one(scope), other(scope))
        return lambda scope: tuple([each(scope) for each in codes])

    def match(self, arms: Sequence[Arm], variables: frozenset[str]) -> Matching:
        """The first arm whose patterns are what the values are, computed."""
        compiled = []
        for patterns, body in arms:
            bound: set[str] = set()
            matchers = [self._matcher(pattern, bound) for pattern in patterns]
            compiled.append((matchers, self.code(body, variables | bound)))

        def run(values: Values, scope: Scope) -> Value:
            for matchers, body in compiled:
                if len(matchers) > len(values):
                    raise Stuck
                bound = scope.copy()
                for matches, value in zip(matchers, values, strict=False):
                    if not matches(value, bound):
                        break
                else:
                    if len(values) > len(matchers):
                        raise Stuck
                    return body(bound)
            raise Stuck

        return run

    def apply(self, head: str, count: int, variables: frozenset[str]) -> Matching:
        """What `head`, which is no variable, makes of so many values."""
        names = self._names
        if head in LIBRARY:
            constructor = LIBRARY[head]
            return lambda values, scope: data(constructor, *values)
        if head == "decide" and count == 1:
            return lambda values, scope: values[0]
        first, dot, rest = head.partition(".")
        if dot and first in variables:  # x.f
            return lambda values, scope: names.field(rest, (scope[first], *values))
        if head.startswith("!"):
            return lambda values, scope: names.field(head[1:], values)
        try:
            found = names.constructor(head, count)
        except Stuck:
            return _stuck
        if found is not None:
            return lambda values, scope: data(found, *values)
        function = names.function(head)
        if function is None:
            return _stuck
        return lambda values, scope: function(values)

    def _matcher(self, pattern: Term, bound: set[str]) -> Matcher:
        """Adds the variables of the pattern to `bound`."""
        head = pattern.head
        if head == "_":
            return lambda value, scope: True
        if not pattern.args and self._is_variable(head):
            bound.add(head)
            return _binder(head)
        inner = [self._matcher(arg, bound) for arg in pattern.args]
        number = _number(pattern, inner)
        last = LIBRARY.get(head, head).rpartition(".")[2]

        def matches(value: Value, scope: Scope) -> bool:
            if isinstance(value, int):
                return number(value, scope)
            if value.head[0] == "?":
                raise Stuck
            if last != value.last or len(inner) != len(value.args):
                return False
            return all(each(arg, scope) for each, arg in zip(inner, value.args, strict=True))

        return matches

    def _is_variable(self, head: str) -> bool:
        """Whether the name in a pattern stands for any value."""
        known = head.startswith(".") or head in LIBRARY or self._names.constructor(head) is not None
        return not known and not head.isdigit()


def _named(term: Term) -> frozenset[str]:
    """What may be variables in it."""
    found = {term.head, term.head.partition(".")[0]}
    parts = [*term.args, *(body for _, body in term.arms)]
    return frozenset(found).union(*map(_named, parts))


def _choice(condition: Code, positive: Code, negative: Code) -> Code:
    def run(scope: Scope) -> Value:
        return positive(scope) if decided(condition(scope)) else negative(scope)

    return run


def _connected(end: Value, one: Code, other: Code) -> Code:
    def run(scope: Scope) -> Value:
        first = one(scope)
        return other(scope) if decided(first) != (end is TRUE) else first

    return run


def decided(value: Value) -> bool:
    """Raises `Stuck` for what is neither true nor false."""
    if value is TRUE:
        return True
    if value is FALSE:
        return False
    raise Stuck


def _stuck(values: Values, scope: Scope) -> Value:
    raise Stuck


def _binder(name: str) -> Matcher:
    def bind(value: Value, scope: Scope) -> bool:
        scope[name] = value
        return True

    return bind


def _number(pattern: Term, inner: Sequence[Matcher]) -> Callable[[int, Scope], bool]:
    """For the numbers among the values, which have none."""
    if pattern.head.isdigit():
        number = int(pattern.head)
        return lambda value, scope: value == number
    if pattern.head in (".zero", "Nat.zero"):
        return lambda value, scope: value == 0
    if pattern.head in (".succ", "Nat.succ") and inner:
        return lambda value, scope: value > 0 and inner[0](value - 1, scope)
    if pattern.head == "+" and pattern.args[1].head.isdigit():
        less = int(pattern.args[1].head)
        return lambda value, scope: value >= less and inner[0](value - less, scope)
    return _no_number


def _no_number(value: int, scope: Scope) -> bool:
    raise Stuck
