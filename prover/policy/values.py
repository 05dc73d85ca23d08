"""The values that programs compute with, and the operators on them.

Values are a constructor (`Nat'.succ`, with the last part of its type's name) and its arguments, and integers
for `Nat` and `Int`. What starts with `?` stands for any value, with `λ` for a function.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias
from weakref import WeakValueDictionary


class Stuck(Exception):
    """It depends on what is not known, or is not understood."""


class TooLong(Exception):
    """It takes more steps than it is worth."""


class Data:
    """Made by `data` alone, so that equal ones are the same object."""

    __slots__ = ("__weakref__", "args", "head", "last", "unknown")

    def __init__(self, head: str, args: tuple[Value, ...]) -> None:
        self.head = head
        self.last = head.rpartition(".")[2]
        self.args = args
        self.unknown: bool = head[0] in ("?", FUNCTION) or any(
            isinstance(arg, Data) and arg.unknown for arg in args
        )

    def __str__(self) -> str:
        return f"({' '.join([self.head, *map(str, self.args)])})" if self.args else self.head


FUNCTION = "λ"
Value: TypeAlias = "int | Data"
_ALL: WeakValueDictionary[tuple[object, ...], Data] = WeakValueDictionary()


def data(head: str, *args: Value) -> Data:
    key = (head, *args)
    found = _ALL.get(key)
    if found is None:
        _ALL[key] = found = Data(head, args)
    return found


TRUE, FALSE = data("Bool.true"), data("Bool.false")
_SIZE = 400  # what a number may be at most


def _unknown(value: Value) -> bool:
    return isinstance(value, Data) and value.unknown


def truth(holds: bool) -> Value:
    return TRUE if holds else FALSE


def _negated(value: Value) -> Value:
    if value not in (TRUE, FALSE):
        raise Stuck
    return truth(value is FALSE)


def _equal(one: Value, other: Value) -> Value:
    if one != other and (_unknown(one) or _unknown(other)):
        raise Stuck
    return truth(one == other)


def _compared(compare: Callable[[int, int], bool]) -> Callable[[Value, Value], Value]:
    def compared(one: Value, other: Value) -> Value:
        if not isinstance(one, int) or not isinstance(other, int):
            raise Stuck
        return truth(compare(one, other))

    return compared


def _calculated(calculate: Callable[[int, int], int]) -> Callable[[Value, Value], Value]:
    def calculated(one: Value, other: Value) -> Value:
        if not isinstance(one, int) or not isinstance(other, int):
            raise Stuck
        result = calculate(one, other)
        if abs(result) > _SIZE:
            raise TooLong
        return result

    return calculated


def number(operator_: str, integers: bool, one: int, other: int) -> int:
    """What Lean makes of numbers; `integers` says that a difference below zero is one."""
    match operator_:
        case "+":
            return one + other
        case "*":
            return one * other
        case "-":
            integer = integers or min(one, other) < 0
            return one - other if integer else max(0, one - other)
        case "/":  # the remainder is never negative
            return 0 if other == 0 else (one // abs(other)) * (1 if other > 0 else -1)
        case "%":
            return one if other == 0 else one % abs(other)
    raise AssertionError(operator_)


def operators(integers: bool | None) -> Mapping[str, Callable[..., Value]]:
    """What operators make of values of `Int`, or of `Nat`; where that is not known, the same of both.
    They raise `Stuck`, `TooLong`."""
    if integers is None:
        return OPERATORS
    return {**OPERATORS, **{word: _calculated(partial(number, word, integers)) for word in "-/%"}}


def items_of(value: Value) -> list[Value]:
    """The elements of a list. Raises `Stuck`."""
    items = []
    while isinstance(value, Data) and value.head == "List.cons":
        items.append(value.args[0])
        value = value.args[1]
    if not isinstance(value, Data) or value.head != "List.nil":
        raise Stuck
    return items


def _appended(one: Value, other: Value) -> Value:
    for item in reversed(items_of(one)):
        other = data("List.cons", item, other)
    return other


def _not_computed(one: Value, other: Value) -> Value:
    raise Stuck


OPERATORS: Mapping[str, Callable[..., Value]] = {
    "¬": _negated,
    "=": _equal,
    "==": _equal,
    "≠": lambda one, other: _negated(_equal(one, other)),
    "!=": lambda one, other: _negated(_equal(one, other)),
    "≤": _compared(operator.le),
    "<": _compared(operator.lt),
    "≥": _compared(operator.ge),
    ">": _compared(operator.gt),
    "+": _calculated(operator.add),
    "*": _calculated(operator.mul),
    "++": _appended,
    **dict.fromkeys("-/%", _not_computed),  # what they mean depends on the type
}
"""What they make of values. Raise `Stuck`, `TooLong`."""
