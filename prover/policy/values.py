"""The values that programs compute with, and the operators on them.

Values are a constructor (`Nat'.succ`, with the last part of its type's name) and its arguments, and integers
for `Nat` and `Int`. What starts with `?` stands for any value.
"""

from __future__ import annotations

from collections.abc import Mapping
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
        self.unknown: bool = head.startswith("?") or any(
            isinstance(arg, Data) and arg.unknown for arg in args
        )


Value: TypeAlias = "int | Data"
Scope: TypeAlias = "Mapping[str, Value]"
_ALL: WeakValueDictionary[tuple[object, ...], Data] = WeakValueDictionary()


def data(head: str, *args: Value) -> Data:
    key = (head, *args)
    found = _ALL.get(key)
    if found is None:
        _ALL[key] = found = Data(head, args)
    return found


TRUE, FALSE = data("Bool.true"), data("Bool.false")
_SIZE = 400  # what a number may be at most
OPERATORS = frozenset(["+", "-", "*", "/", "%", "=", "≠", "==", "!=", "≤", "<", "≥", ">", "¬", "++"])


def operated(operator: str, values: tuple[Value, ...]) -> Value:
    if operator == "¬":
        if values[0] not in (TRUE, FALSE):
            raise Stuck
        return FALSE if values[0] == TRUE else TRUE
    one, other = values
    if operator in ("=", "==", "≠", "!="):
        if one != other and (_unknown(one) or _unknown(other)):
            raise Stuck
        return TRUE if (one == other) == (operator in ("=", "==")) else FALSE
    if operator == "++":
        return _appended(one, other)
    if not isinstance(one, int) or not isinstance(other, int):
        raise Stuck
    return _calculated(operator, one, other)


def _calculated(operator: str, one: int, other: int) -> Value:
    match operator:
        case "≤" | "<" | "≥" | ">":
            holds = {"≤": one <= other, "<": one < other, "≥": one >= other, ">": one > other}[operator]
            return TRUE if holds else FALSE
        case "+" | "*":
            result = one + other if operator == "+" else one * other
            if abs(result) > _SIZE:
                raise TooLong
            return result
    raise Stuck  # what `-`, `/` and `%` mean depends on the type


def _appended(one: Value, other: Value) -> Value:
    items = []
    while isinstance(one, Data) and one.head == "List.cons":
        items.append(one.args[0])
        one = one.args[1]
    if not isinstance(one, Data) or one.head != "List.nil":
        raise Stuck
    for item in reversed(items):
        other = data("List.cons", item, other)
    return other


def _unknown(value: Value) -> bool:
    return isinstance(value, Data) and value.unknown
