"""Propositions computed on values: what `Programs` computes, with more of arithmetic, functions as values,
and quantifiers over the first few values of a type, which is a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prover.policy.code import Code, Compiler, Matching, Scope, Values, decided
from prover.policy.programs import Programs
from prover.policy.symbols import Symbols
from prover.policy.syntax import Arm, Term
from prover.policy.values import FALSE, FUNCTION, TRUE, Stuck, TooLong, Value, data, number, truth

_CONSTANTS: dict[str, Value] = {"True": TRUE, "False": FALSE, "Nat.zero": 0}
_ARITHMETIC = frozenset(("-", "/", "%", "^", "*", "+", "∣", "neg"))
_LARGEST = 10**12
_LARGEST_EXPONENT = 40


class Evaluator(Programs):
    """`domain` gives the values that a quantifier of a type is tried on; `integers` says that a difference
    below zero is one. Values of propositions are those of `Bool`. `work` counts the terms computed."""

    steps = 600

    def __init__(self, symbols: Symbols, integers: bool, domain: Callable[[Term], Iterator[Value]]) -> None:
        self.integers = integers
        self.domain = domain
        self.work = 0
        super().__init__(symbols)

    def compiler(self, integers: bool | None) -> Compiler:
        return _Compiler(self)

    def proposition(
        self, term: Term, variables: Iterable[str]
    ) -> Callable[[Mapping[str, Value]], bool | None]:
        """Tells whether it holds for values of these variables; None where that can't be said.
        What it gives raises `TooLong`."""
        evaluate = self.evaluated(term, variables)

        def holds(scope: Mapping[str, Value]) -> bool | None:
            try:
                return decided(evaluate(scope))
            except Stuck:
                return None

        return holds

    def named(self, text: str, arms: Sequence[Arm]) -> Value:
        """A function as a value, which `text` names."""
        matching, name = self.matching(arms), FUNCTION + text
        self._functions_as_values[name] = len(arms[0][0]), lambda _, values: matching(values, {})
        return data(name)

    def field(self, name: str, values: Values) -> Value:
        if isinstance(values[0], int):
            full = self.symbols.resolve(f"{'Int' if self.integers else 'Nat'}.{name}")
            if full is None:
                raise Stuck
            return self._called(full, values)
        return super().field(name, values)


class _Compiler(Compiler):
    def __init__(self, evaluator: Evaluator) -> None:
        super().__init__(evaluator)
        self._evaluator = evaluator

    def code(self, term: Term, variables: frozenset[str]) -> Code:
        if not term.args and term.head in variables:
            return super().code(term, variables)
        run, evaluator = self._code(term, variables), self._evaluator

        def counted(scope: Scope) -> Value:
            evaluator.work += 1
            return run(scope)

        return counted

    def _code(self, term: Term, variables: frozenset[str]) -> Code:
        head, args, evaluator = term.head, term.args, self._evaluator
        if head in _CONSTANTS and not args:
            constant = _CONSTANTS[head]
            return lambda scope: constant
        if head in ("∀", "∃"):
            return self._quantified(term, variables)
        if head in ("→", "↔"):
            one, other = (self.code(arg, variables) for arg in args)
            if head == "→":
                return lambda scope: other(scope) if decided(one(scope)) else TRUE
            return lambda scope: truth(decided(one(scope)) == decided(other(scope)))
        if head in _ARITHMETIC:
            values = self.each(args, variables)
            return lambda scope: _calculated(head, values(scope), evaluator.integers)
        if head == "∈":
            return self.code(Term("List.elem", args), variables)
        if head in ("min", "max") and len(args) == 2:
            return self.code(Term(f"Nat.{head}", args), variables)
        return super().code(term, variables)

    def _quantified(self, term: Term, variables: frozenset[str]) -> Code:
        ((variable,), body), decisive = term.arms[0], term.head == "∃"
        type_, name, evaluator = term.args[0], variable.head, self._evaluator
        holds = self.code(body, variables | {name})

        def run(scope: Scope) -> Value:
            for value in evaluator.domain(type_):
                if decided(holds({**scope, name: value})) == decisive:
                    return truth(decisive)
            return truth(not decisive)

        return run

    def apply(self, head: str, count: int, variables: frozenset[str]) -> Matching:
        evaluator = self._evaluator
        parts = head.split(".")
        for at in range(2, len(parts)):
            inner = ".".join(parts[:at])  # `N.zero` of `N.zero.succ`
            if parts[0] not in variables and self._is_constructor(inner):
                start, fields = self.code(Term(inner), variables), parts[at:]
                return lambda values, scope: _chained(evaluator, start(scope), fields, values)
        return super().apply(head, count, variables)

    def _is_constructor(self, name: str) -> bool:
        return name in _CONSTANTS or (name[0] != "." and self._evaluator.constructor(name) is not None)


def _chained(evaluator: Evaluator, value: Value, fields: Sequence[str], values: Values) -> Value:
    *first, last = fields
    for name in first:
        value = evaluator.field(name, (value,))
    return evaluator.field(last, (value, *values))


def _calculated(operator: str, values: Values, integers: bool) -> Value:
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) < len(values):
        raise Stuck
    if operator == "neg":
        return -numbers[0]
    one, other = numbers
    if operator == "∣":
        return truth(other == 0 if one == 0 else other % one == 0)
    result = _number(operator, one, other, integers)
    if abs(result) > _LARGEST:
        raise TooLong
    return result


def _number(operator: str, one: int, other: int, integers: bool) -> int:
    if operator != "^":
        return number(operator, integers, one, other)
    if not 0 <= other <= _LARGEST_EXPONENT:
        raise TooLong
    return int(one**other)
