"""What a theorem states, from its text: variables, premises and conclusion, each still as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lemmas.binding import words
from prover.policy.syntax import without_comments
from prover.policy.terms import connective, split_outer

_OPENING, _CLOSING = "([{⦃", ")]}⦄"


@dataclass(frozen=True)
class Stated:
    """`binders` are names and types, in order; `premises` are propositions."""

    binders: tuple[tuple[str, str], ...]
    premises: tuple[str, ...]
    conclusion: str


def read_statement(statement: str, every: bool = False) -> Stated:
    """`every` binder is a variable, whether it is mentioned or not."""
    text = re.sub(r"^\s*\w+\s+[^\s({\[:⦃]+", "", without_comments(statement)).strip()
    binders: list[tuple[str, str]] = []
    while text[:1] in tuple(_OPENING):
        end = _closing(text)
        binders += _bound(text[1:end])
        text = text[end + 1 :].strip()
    text = text.removeprefix(":").strip()
    premises: list[str] = []
    while (top := connective(text)) in ("∀", "→"):
        text = _opened(text)
        if top == "→":
            first, *rest = split_outer(text, "→")
            premises.append(_opened(first))
            text = " → ".join(rest)
        else:
            head, *rest = split_outer(text, ",")
            binders += _quantified(head.removeprefix("∀").strip())
            text = ", ".join(rest)
    mentioned = [variable for _, type_ in binders for variable in _names(type_)]
    mentioned += [variable for each in (*premises, text) for variable in _names(each)]
    data = tuple((name, type_) for name, type_ in binders if every or name in mentioned)
    premises += [type_ for name, type_ in binders if not every and name not in mentioned]
    return Stated(data, tuple(premises), _opened(text))


def _closing(text: str) -> int:
    depth = 0
    for at, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth == 0:
            return at
    return len(text)


def _bound(group: str) -> list[tuple[str, str]]:
    names, colon, type_ = group.partition(":")
    return [(name, type_.strip()) for name in names.split()] if colon else [("", group.strip())]


def _quantified(binders: str) -> list[tuple[str, str]]:
    if not binders.startswith(tuple(_OPENING)):
        return _bound(binders) if ":" in binders else [(name, "_") for name in binders.split()]
    found: list[tuple[str, str]] = []
    while binders:
        end = _closing(binders)
        found += _bound(binders[1:end])
        binders = binders[end + 1 :].strip()
    return found


def _opened(text: str) -> str:
    """Without brackets around all of it."""
    text = text.strip()
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _names(text: str) -> Iterator[str]:
    for word in words(text):
        if word.free:
            yield word.free
