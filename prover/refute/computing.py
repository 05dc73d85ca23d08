"""Propositions computed on values: what `Programs` computes, with more of arithmetic, functions as values,
and quantifiers over the first few values of a type, which is a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prover.policy.programs import Programs
from prover.policy.symbols import Symbols
from prover.policy.syntax import Arm, Term
from prover.policy.values import FALSE, TRUE, Data, Scope, Stuck, TooLong, Value, data

_CONSTANTS: dict[str, Value] = {"True": TRUE, "False": FALSE, "Nat.zero": 0}
_ARITHMETIC = frozenset(("-", "/", "%", "^", "*", "+", "∣", "neg"))
_LARGEST = 10**12
_LARGEST_EXPONENT = 40
_FUNCTION = "λ"


class Evaluator(Programs):
    """`domain` gives the values that a quantifier of a type is tried on; `integers` says that a difference
    below zero is one. Values of propositions are those of `Bool`. `work` counts the terms computed."""

    steps = 600

    def __init__(self, symbols: Symbols, integers: bool, domain: Callable[[Term], Iterator[Value]]) -> None:
        super().__init__(symbols)
        self._integers = integers
        self._domain = domain
        self._constructors: dict[str, str | None] = {}
        self._closures: dict[str, tuple[tuple[Arm, ...], Scope]] = {}
        self.work = 0

    def truth(self, term: Term, scope: Scope) -> bool | None:
        """Whether a proposition holds; None where that can't be said. Raises `TooLong`."""
        try:
            value = self.value(term, scope)
        except Stuck:
            return None
        return value == TRUE if value in (TRUE, FALSE) else None

    def function(self, text: str, arms: tuple[Arm, ...], scope: Scope) -> Value:
        """A function as a value, which `text` names."""
        self._closures[text] = (arms, scope)
        return data(_FUNCTION + text)

    def constructor(self, head: str) -> str | None:
        if head not in self._constructors:
            self._constructors[head] = super().constructor(head)
        return self._constructors[head]

    def _value(self, term: Term, scope: Scope) -> Value:
        head, args = term.head, term.args
        if not args and head in scope:
            return scope[head]
        self.work += 1
        if head in _CONSTANTS and not args:
            return _CONSTANTS[head]
        if head in ("∀", "∃"):
            return self._quantified(term, scope)
        if head == "→":
            premise = self._truth(args[0], scope)
            return self._value(args[1], scope) if premise == TRUE else TRUE
        if head == "↔":
            return TRUE if self._truth(args[0], scope) == self._truth(args[1], scope) else FALSE
        if head == "fun":
            return self.function(f"{len(self._closures)}", term.arms, scope)
        if head == "@" or (head in scope and args):
            function = self._value(args[0], scope) if head == "@" else scope[head]
            rest = args[1:] if head == "@" else args
            return self._applied_to(function, tuple(self._value(arg, scope) for arg in rest))
        if head in _ARITHMETIC:
            return self._calculated(head, [self._value(arg, scope) for arg in args])
        if head == "∈":
            return self._value(Term("List.elem", args), scope)
        if head in ("min", "max") and len(args) == 2:
            return self._value(Term(f"Nat.{head}", args), scope)
        return super()._value(term, scope)

    def _applied(self, head: str, values: tuple[Value, ...], scope: Scope) -> Value:
        parts = head.split(".")
        for at in range(2, len(parts)):
            inner = ".".join(parts[:at])  # `N.zero` of `N.zero.succ`
            if parts[0] not in scope and (inner in _CONSTANTS or self.constructor(inner) is not None):
                value = self._value(Term(inner), scope)
                for name in parts[at:-1]:
                    value = self._field(name, (value,))
                return self._field(parts[-1], (value, *values))
        return super()._applied(head, values, scope)

    def _truth(self, term: Term, scope: Scope) -> Value:
        value = self._value(term, scope)
        if value not in (TRUE, FALSE):
            raise Stuck
        return value

    def _quantified(self, term: Term, scope: Scope) -> Value:
        ((variable,), body), decisive = term.arms[0], FALSE if term.head == "∀" else TRUE
        for value in self._domain(term.args[0]):
            if self._truth(body, {**scope, variable.head: value}) == decisive:
                return decisive
        return FALSE if decisive == TRUE else TRUE

    def _applied_to(self, function: Value, values: tuple[Value, ...]) -> Value:
        if not isinstance(function, Data) or function.head[:1] != _FUNCTION:
            raise Stuck
        self._steps -= 1
        if self._steps < 0:
            raise TooLong
        arms, scope = self._closures[function.head[1:]]
        return self._matched(arms, values, scope)

    def _field(self, name: str, values: tuple[Value, ...]) -> Value:
        if isinstance(values[0], int):
            full = self.symbols.resolve(f"{'Int' if self._integers else 'Nat'}.{name}")
            if full is None:
                raise Stuck
            return self._called(full, values)
        return super()._field(name, values)

    def _calculated(self, operator: str, values: list[Value]) -> Value:
        if not all(isinstance(value, int) for value in values):
            raise Stuck
        numbers = [value for value in values if isinstance(value, int)]
        if operator == "neg":
            return -numbers[0]
        if operator == "∣":
            one, other = numbers
            return TRUE if (other == 0 if one == 0 else other % one == 0) else FALSE
        result = self._number(operator, *numbers)
        if abs(result) > _LARGEST:
            raise TooLong
        return result

    def _number(self, operator: str, one: int, other: int) -> int:
        match operator:
            case "+":
                return one + other
            case "*":
                return one * other
            case "-":
                integer = self._integers or min(one, other) < 0
                return one - other if integer else max(0, one - other)
            case "/":  # Lean's: the remainder is never negative
                return 0 if other == 0 else (one // abs(other)) * (1 if other > 0 else -1)
            case "%":
                return one if other == 0 else one % abs(other)
            case _:
                if not 0 <= other <= _LARGEST_EXPONENT:
                    raise TooLong
                return int(one**other)
