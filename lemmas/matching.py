"""Whether a lemma's conclusion may cover a goal's target: matching of printed terms.

A filter before Lean: what passes may still fail there, and a match up to computation is missed. A variable in
the place of a function stands for what Lean's unifier would find: the head of an application with as many
arguments; or, where its arguments are bound variables and it is said again, anything that mentions these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lemmas.patterns import (
    CLOSING,
    OPENING,
    Part,
    Parts,
    bare,
    is_argument,
    is_field,
    item,
    items,
    operands,
    read,
)
from prover.types import Goal, Hypothesis

_STEPS = 2000
"""How many comparisons one match may take; a pair that takes more counts as none."""


def covers(
    hypotheses: Sequence[Hypothesis], conclusion: str, goal: Goal, resolve: Callable[[str], str]
) -> bool:
    """Whether the goal's target is `conclusion` with terms in the place of its variables, the hypotheses.

    `resolve` gives the same for all ways to write a constant.
    """
    variables = frozenset(hypothesis.name for hypothesis in hypotheses)
    pattern = read(conclusion, variables, frozenset(), resolve)
    if all(part.variable or part.text in OPENING | CLOSING for part in pattern):
        return False  # `a`: that would be anything
    local = frozenset(hypothesis.name for hypothesis in goal.hypotheses)
    text = read(goal.target, frozenset(), local, resolve)
    if not {part.text for part in pattern if not part.variable} <= {part.text for part in text}:
        return False
    return _Matcher(pattern, text).matches()


@dataclass(frozen=True, slots=True)
class _Value:
    """What a variable stands for. As a function of `arity` arguments it has `@0`, `@1`, … for these; `+0`,
    `+1`, … are variables that are bound inside."""

    parts: Parts
    arity: int = 0


_Values: TypeAlias = Mapping[str, _Value]


class _Matcher:
    def __init__(self, pattern: Parts, text: Parts) -> None:
        self._pattern = pattern
        self._text = text
        self._steps = 0
        heads = [part.text for at, part in enumerate(pattern) if part.variable and items(pattern, at + 1)]
        self._said_again = frozenset(name for name in heads if heads.count(name) > 1)

    def matches(self) -> bool:
        return self._match(self._pattern, 0, 0, {})

    def _match(self, pattern: Parts, at: int, place: int, values: _Values) -> bool:
        """Whether the pattern from `at` on is the text from `place` on."""
        self._steps += 1
        while at < len(pattern) and not pattern[at].variable:
            if place == len(self._text) or pattern[at].text != self._text[place].text:
                return False
            at, place = at + 1, place + 1
        if at == len(pattern) or place == len(self._text) or self._steps > _STEPS:
            return at == len(pattern) and place == len(self._text)
        name = pattern[at].text
        if name in values:
            spellings = _spelled(pattern, at, values[name])
            return any(self._match(spelled, at, place, values) for spelled in spellings)
        return any(
            self._match(pattern, after, end, {**values, name: value})
            for after, end, value in self._ways(pattern, at, place)
        )

    def _ways(self, pattern: Parts, at: int, place: int) -> Iterator[tuple[int, int, _Value]]:
        """What the variable there may stand for, and where pattern and text go on after it."""
        after, arguments, names = at + 1, items(pattern, at + 1), list[str]()
        if is_argument(pattern, at) or is_field(pattern, after):
            end = item(self._text, place, fields=not is_field(pattern, after))
            ends = iter(() if end is None else (end,))
        elif arguments and not self._is_flexible(pattern, at, arguments):
            ends = self._heads(place, len(arguments))
        else:
            names = [pattern[start].text for start, _ in arguments]
            after = arguments[-1][1] if arguments else after
            ends = operands(self._text, place, _at(pattern, at - 1), _at(pattern, after), names)
        for end in ends:
            value = self._value(place, end, names)
            if value is not None:
                yield after, end, value

    def _is_flexible(self, pattern: Parts, at: int, arguments: Sequence[tuple[int, int]]) -> bool:
        """Whether it stands for any function: all that it is applied to are different bound variables."""
        bound = {pattern[start].number for start, end in arguments if end == start + 1} - {None}
        return len(bound) == len(arguments) and pattern[at].text in self._said_again

    def _heads(self, place: int, arguments: int) -> Iterator[int]:
        """Where the function ends of an application to so many arguments, or more."""
        found = items(self._text, place)
        if len(found) > arguments:
            yield found[-arguments][0]

    def _value(self, place: int, end: int, arguments: Sequence[str]) -> _Value | None:
        """None for what mentions variables that are bound around it and that it is not applied to."""
        level = self._text[place].level
        parts: list[Part] = []
        for part in bare(self._text[place:end]):
            if part.text in arguments:
                parts.append(Part(f"@{arguments.index(part.text)}"))
            elif part.number is None:
                parts.append(Part(part.text))
            elif part.number < level:
                return None
            else:
                parts.append(Part(f"+{part.number - level}"))
        return _Value(tuple(parts), len(arguments))


def _at(pattern: Parts, at: int) -> Part | None:
    return pattern[at] if 0 <= at < len(pattern) else None


def _spelled(pattern: Parts, at: int, value: _Value) -> Iterator[Parts]:
    """The pattern with a variable's value in its place, as it may be printed."""
    given = items(pattern, at + 1)[: value.arity]
    if len(given) < value.arity:
        return
    arguments = [pattern[start:end] for start, end in given]
    after = given[-1][1] if given else at + 1
    said: list[Part] = []
    for part in value.parts:
        if part.text[0] == "@" and part.text[1:].isdigit():
            said += arguments[int(part.text[1:])]
        elif part.text[0] == "+" and part.text[1:].isdigit():
            said.append(Part(f"#{pattern[at].level + int(part.text[1:])}", False, pattern[at].level))
        else:
            said.append(part)
    if item(said, 0) == len(said) or not (is_argument(pattern, at) or is_field(pattern, after)):
        yield (*pattern[:at], *said, *pattern[after:])
    if len(said) > 1:
        yield (*pattern[:at], Part("("), *said, Part(")"), *pattern[after:])
