"""Reads the terms that definitions and printed goals are made of, into trees that can be computed with.

A fragment of Lean: applications, operators, `if`, `match`, `fun`, lists, pairs, numerals. Everything else
raises `NotRead`, which no one takes for an error: what is not read is not reasoned about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from prover.policy.terms import Token, tokens

_MAX_TOKENS = 600
_MAX_DEPTH = 60
_TWO = frozenset(("::", "++", "&&", "||", "==", "!="))
# Binding powers to the left and to the right.
_INFIX = {
    "→": (25, 25), "∨": (31, 30), "||": (30, 31), "∧": (36, 35), "&&": (35, 36),
    "=": (50, 51), "==": (50, 51), "≠": (50, 51), "!=": (50, 51), "≤": (50, 51), "<": (50, 51),
    "≥": (50, 51), ">": (50, 51), "::": (68, 67), "++": (65, 66), "+": (65, 66), "-": (65, 66),
    "×": (36, 35), "*": (70, 71), "/": (70, 71), "%": (70, 71),
}  # fmt: skip
_END = frozenset((")", "]", "⟩", ",", "|", "=>", "then", "else", "with", "⊢", ":", ""))


class NotRead(Exception):
    """The text is outside the fragment."""


Arm = tuple[tuple["Term", ...], "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """`head` applied to `args`: a name, a numeral, an operator, `.c` for a constructor whose type is left
    out, `!f` for the field `f` of the first argument, `@` for an application of what is no name, `if`,
    `match` and `fun`. The latter two have `arms`: patterns, and what is then meant.
    """

    head: str
    args: tuple[Term, ...] = ()
    arms: tuple[Arm, ...] = ()

    @property
    def size(self) -> int:
        return 1 + sum(arg.size for arg in self.args)

    def __str__(self) -> str:
        """As Lean reads it."""
        if self.head == "if":
            condition, positive, negative = self.args
            return f"if {condition} then {positive} else {negative}"
        if self.head == "fun":
            (names, body), *_ = self.arms
            return f"fun {' '.join(map(str, names))} => {body}"
        if self.head == "match":
            arms = (
                f"| {', '.join(map(str, patterns))} => {_bracketed(body)}" for patterns, body in self.arms
            )
            return f"match {', '.join(map(str, self.args))} with {' '.join(arms)}"
        if self.head == "(,)":
            return f"({self.args[0]}, {self.args[1]})"
        if self.head == "@":
            return " ".join(map(_bracketed, self.args))
        if self.head.startswith("!"):
            return " ".join([f"({self.args[0]}).{self.head[1:]}", *map(_bracketed, self.args[1:])])
        if self.head in _INFIX:
            return f"{_bracketed(self.args[0])} {self.head} {_bracketed(self.args[1])}"
        return " ".join([self.head, *map(_bracketed, self.args)])

    @property
    def as_side(self) -> str:
        """As one side of an equation is written."""
        loose = self.head in ("if", "match", "fun", "¬") or _INFIX.get(self.head, (99,))[0] <= _INFIX["="][1]
        return f"({self})" if loose else str(self)


def _bracketed(term: Term) -> str:
    return f"({term})" if (term.args or term.arms) and term.head != "(,)" else str(term)


@lru_cache(maxsize=4096)
def read_term(text: str) -> Term:
    """Raises `NotRead`."""
    reader = Reader(text)
    term = reader.term(0)
    reader.expect("")
    return term


@lru_cache(maxsize=1024)
def read_arms(text: str) -> tuple[Arm, ...]:
    """`| p, q => t | …`. Raises `NotRead`."""
    reader = Reader(text)
    arms = reader.arms()
    reader.expect("")
    return arms


def without_comments(text: str) -> str:
    return re.sub(r"/-.*?-/|--[^\n]*", " ", text, flags=re.DOTALL)


def _merged(text: str) -> list[Token]:
    found: list[Token] = []
    for token in tokens(text):
        last = found[-1] if found else None
        if last and last.kind == token.kind == "symbol" and last.end == token.start:
            both = last.text + token.text
            if both in _TWO:
                found[-1] = Token("symbol", both, last.start, token.end)
                continue
        found.append(token)
    return found


class Reader:
    """One text, from its beginning. Raises `NotRead`."""

    infix: ClassVar = _INFIX

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _merged(text)
        if len(self._tokens) > _MAX_TOKENS:
            raise NotRead("too long")
        self._at = 0
        self._depth = 0

    def _token(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else Token("", "", -1, -1)

    def _next(self) -> Token:
        token = self._token()
        self._at += 1
        return token

    def _take(self, text: str) -> bool:
        taken = self._token().text == text
        self._at += taken
        return taken

    def expect(self, text: str) -> None:
        if self._next().text != text:
            raise NotRead(f"no {text!r}")

    def term(self, power: int) -> Term:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotRead("too deep")
        left = self._prefix()
        while (operator := self._token().text) in self.infix and self.infix[operator][0] >= power:
            self._at += 1
            left = Term(operator, (left, self.term(self.infix[operator][1])))
        self._depth -= 1
        return left

    def _prefix(self) -> Term:
        word = self._token().text
        if word in ("!", "¬"):
            self._at += 1
            return Term("¬", (self.term(40 if word == "¬" else 90),))
        if word == "if":
            self._at += 1
            condition = self.term(0)
            self.expect("then")
            then = self.term(0)
            self.expect("else")
            return Term("if", (condition, then, self.term(0)))
        if word == "match":
            self._at += 1
            scrutinees = self._listed()
            self.expect("with")
            return Term("match", scrutinees, self.arms())
        if word == "fun":
            self._at += 1
            return self._function()
        return self._application()

    def arms(self) -> tuple[Arm, ...]:
        """One that stands further to the left than the first is of a `match` around."""
        found: list[Arm] = []
        column = self._column()
        while self._column() >= column and self._take("|"):
            patterns = self._listed()
            self.expect("=>")
            found.append((patterns, self.term(0)))
        if not found:
            raise NotRead("no arms")
        return tuple(found)

    def _column(self) -> int:
        start = self._token().start
        return start - self._text.rfind("\n", 0, max(start, 0)) - 1

    def _function(self) -> Term:
        names: list[Term] = []
        while not self._take("=>"):
            if self._take("("):
                names.append(Term(self._next().text))
                self.expect(":")
                self.term(0)
                self.expect(")")
            else:
                token = self._next()
                if token.kind != "name" and token.text != "_":
                    raise NotRead("pattern")
                names.append(Term(token.text))
        return Term("fun", (), ((tuple(names), self.term(0)),))

    def _listed(self) -> tuple[Term, ...]:
        found = [self.term(0)]
        while self._take(","):
            found.append(self.term(0))
        return tuple(found)

    def _application(self) -> Term:
        head = self._atom()
        args: list[Term] = []
        while not self._ends():
            args.append(self._atom())
        if self._token().text == "fun":  # as the last one it needs no brackets
            args.append(self._prefix())
        if not args:
            return head
        if head.head in ("match", "fun", "if", "@") or head.head in _INFIX:
            return Term("@", (head, *args))
        return Term(head.head, (*head.args, *args))

    def _ends(self) -> bool:
        token = self._token()
        return token.text in _END or token.text in self.infix or token.text in ("!", "fun", "match", "if")

    def _atom(self) -> Term:
        token = self._next()
        if token.kind in ("name", "number") and token.text not in _END:
            return Term(token.text.removeprefix("@"))
        if token.text in ("_", "∅"):
            return Term(token.text)
        if token.text == "." and self._token().kind == "name":
            return Term("." + self._next().text)
        if token.text == "(":
            return self._fields(self._bracket())
        if token.text == "[":
            items = () if self._token().text == "]" else self._listed()
            self.expect("]")
            result = Term("[]")
            for item in reversed(items):
                result = Term("::", (item, result))
            return self._fields(result)
        raise NotRead(token.text)

    def _bracket(self) -> Term:
        inside = self._listed()
        if self._take(":"):
            self.term(0)
        self.expect(")")
        result = inside[-1]
        for item in reversed(inside[:-1]):
            result = Term("(,)", (item, result))
        return result

    def _fields(self, term: Term) -> Term:
        while self._token().kind == "field":
            for name in self._next().text[1:].split("."):
                term = Term("!" + name, (term,))
        return term
