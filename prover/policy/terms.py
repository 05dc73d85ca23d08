"""Reads Lean's printed terms as far as choosing tactics needs: names, applications, connectives.

It is text that is read, not terms: notation is taken at its look, and what is not understood is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PART = r"(?:«[^»]*»|[^\W\d][\w'!?✝]*)"
_TOKEN = re.compile(
    rf"""
      (?P<string>"(?:\\.|[^"\\])*"|(?<![\w'✝])'(?:\\[^']+|[^'\\])')
    | (?P<name>[@]?{_PART}(?:\.(?:{_PART}|\d+))*)
    | (?P<field>(?<=[)\]⟩])\.(?:{_PART}|\d+)(?:\.(?:{_PART}|\d+))*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<symbol>:=|=>|[^\s\w])
    """,
    re.VERBOSE,
)
BRACKETS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄"}
KEYWORDS = frozenset(
    ("fun", "match", "with", "if", "then", "else", "let", "have", "in", "do", "at", "by", "show", "from")
) | {"Type", "Prop", "Sort"}
# Connectives from the loosest to the tightest; an arrow's left side is a premise.
_CONNECTIVES = ("↔", "→", "∨", "∧")
_BINDERS = frozenset("∀∃")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Application:
    """`head args…` as it is printed from `start` to `end`; `x.f y` has the head `x.f` and one argument."""

    head: str
    args: tuple[str, ...]
    arg_starts: tuple[int, ...]
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    return [
        Token(match.lastgroup or "", match.group(), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def names(text: str) -> list[str]:
    """The identifiers in `text`, dotted ones whole, in order and with repetitions, without keywords."""
    return [
        token.text.removeprefix("@")
        for token in tokens(text)
        if token.kind in ("name", "field") and token.text not in KEYWORDS
    ]


def variables_in(text: str) -> frozenset[str]:
    """The first parts of the identifiers in `text`: among them all variables that it mentions."""
    return frozenset(name.split(".")[0] for name in names(text))


def bound_names(text: str) -> frozenset[str]:
    """Variables that a binder inside `text` brings in."""
    bound: set[str] = set()
    binding = False
    for token in tokens(text):
        if token.text in _BINDERS or token.text in ("fun", "let", "have"):
            binding = True
        elif token.text in (",", "=>", ":="):
            binding = False
        elif binding and token.kind == "name":
            bound.add(token.text)
    return frozenset(bound)


def applications(text: str) -> list[Application]:
    """Every application of a name to at least one argument, in the order of their starts."""
    found: list[Application] = []
    runs: list[list[_Item]] = [[]]  # what stands side by side, for each open bracket
    brackets: list[int] = []
    for token in tokens(text):
        if token.text in BRACKETS:
            runs.append([])
            brackets.append(token.start)
        elif token.text in BRACKETS.values() and brackets:
            found += _application(text, runs.pop())
            runs[-1].append(_Item(brackets.pop(), token.end, False))
        elif token.kind == "field" and runs[-1]:
            runs[-1][-1] = _Item(runs[-1][-1].start, token.end, False)
        elif token.kind in ("name", "number", "string") and token.text not in KEYWORDS:
            runs[-1].append(_Item(token.start, token.end, token.kind == "name"))
        else:
            found += _application(text, runs[-1])
            runs[-1] = []
    for run in runs:
        found += _application(text, run)
    return sorted(found, key=lambda application: (application.start, -application.end))


@dataclass(frozen=True, slots=True)
class _Item:
    start: int
    end: int
    is_name: bool


def _application(text: str, run: list[_Item]) -> list[Application]:
    if len(run) < 2 or not run[0].is_name:
        return []
    head = text[run[0].start : run[0].end].removeprefix("@")
    args = tuple(text[item.start : item.end] for item in run[1:])
    starts = tuple(item.start for item in run[1:])
    return [Application(head, args, starts, run[0].start, run[-1].end)]


def _outer(text: str) -> Iterator[Token]:
    depth = 0
    for token in tokens(text):
        if token.text in BRACKETS:
            depth += 1
        elif token.text in BRACKETS.values():
            depth -= 1
        elif depth == 0:
            yield token


def split_outer(text: str, separator: str) -> list[str]:
    """`text` cut at each `separator` that stands outside brackets."""
    cuts = [token for token in _outer(text) if token.text == separator]
    starts = [0, *(token.end for token in cuts)]
    ends = [*(token.start for token in cuts), len(text)]
    return [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def connective(proposition: str) -> str:
    """What `proposition` is at the top: `∀`, `∃`, `¬`, `↔`, `→`, `∨`, `∧`, `=`, or empty for the rest."""
    outer = [token.text for token in _outer(proposition)]
    while not outer and (inner := _unbracketed(proposition)) != proposition:
        proposition = inner
        outer = [token.text for token in _outer(proposition)]
    if not outer:
        return ""
    if outer[0] in _BINDERS:
        return outer[0]
    binder = next((i for i, text in enumerate(outer) if text in _BINDERS or text == "fun"), len(outer))
    reached = outer[:binder]
    for symbol in _CONNECTIVES:
        if symbol in reached:
            return symbol
    if outer[0] == "¬" or "≠" in reached:
        return "¬"
    return "=" if "=" in reached else ""


def _unbracketed(text: str) -> str:
    """`text` without the pair of brackets around all of it, if there is one."""
    text = text.strip()
    around = text.startswith("(") and text.endswith(")") and not list(_outer(text))
    return text[1:-1].strip() if around else text


def sides(proposition: str) -> tuple[str, str] | None:
    """The two sides of an equation."""
    if connective(proposition) != "=":
        return None
    left, *rest = split_outer(proposition, "=")
    return left, " = ".join(rest)


def telescope(proposition: str) -> tuple[list[str], str]:
    """The names that `intro` would bring in (empty for a premise), and what is left."""
    found: list[str] = []
    while True:
        top = connective(proposition)
        if top == "∀":
            binders, _, proposition = _cut(proposition, ",")
            found += _binder_names(binders.removeprefix("∀"))
        elif top == "→":
            _, _, proposition = _cut(proposition, "→")
            found.append("")
        else:
            return found, proposition


def premise(implication: str) -> str:
    """The first premise of an implication, without the brackets around it."""
    return _unbracketed(_cut(implication, "→")[0])


def _cut(text: str, separator: str) -> tuple[str, str, str]:
    first, *rest = split_outer(text, separator)
    return first, separator, f" {separator} ".join(rest)


def _binder_names(binders: str) -> list[str]:
    """The variables of `x y`, `x y : T`, `(x : T) {y : U}`, `x ∈ xs`; empty for what brings no name."""
    if not binders.strip().startswith(tuple("({⦃[")):
        bare, *rest = re.split(r"\s[^\s\w:]\s", binders, maxsplit=1)
        return names(bare.partition(":")[0]) + [""] * len(rest)
    found: list[str] = []
    for group in re.findall(r"[({⦃\[][^)}⦄\]]*[)}⦄\]]", binders):
        inside = group[1:-1]
        unnamed = group.startswith("[") and ":" not in inside
        found += [""] if unnamed else names(inside.partition(":")[0])
    return found
