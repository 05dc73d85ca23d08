"""Printed terms with the names of bound variables taken out, so that terms that differ in them read alike.

It is text that is read: what binds is told from its look, and a name that is taken for another only makes a
goal look like a different one, or like one that Lean then refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from prover.policy.terms import Token, tokens

_OPENING = frozenset("([{⟨⦃")
_CLOSING = frozenset(")]}⟩⦄")
_QUANTIFIERS = frozenset("∀∃Σ∑∏⋃⋂")
_NOT_VARIABLES = frozenset(("some", "none", "true", "false", "_"))
_KEYWORDS = frozenset(("if", "then", "else", "match", "with", "let", "have", "fun", "in", "do", "at", "by"))


@dataclass(frozen=True, slots=True)
class Word:
    """A token: `free` is a name that nothing in the text binds (without the fields after it), else "".

    `text` has the number of the binder in the place of a bound variable. `level` binders are around it.
    """

    text: str
    free: str = ""
    rest: str = ""
    level: int = 0


@dataclass(slots=True)
class _Bound:
    name: str
    depth: int


@dataclass(slots=True)
class _Binder:
    """A binder whose names are being read, at this depth of brackets, until `end`. `group`: inside brackets
    of its own; `pattern`: there are no types in it."""

    depth: int
    end: tuple[str, ...]
    pattern: bool = False
    naming: bool = True
    group: bool = False
    names: list[str] = field(default_factory=list)


def words(text: str) -> list[Word]:
    """The text's tokens, bound variables replaced by the number of binders around theirs (`#0`, `#1`)."""
    return list(_Reader(tokens(text)).read())


class _Reader:
    def __init__(self, found: Sequence[Token]) -> None:
        self._tokens = found
        self._bound: list[_Bound] = []
        self._binders: list[_Binder] = []
        self._matches: list[tuple[int, int]] = []  # depth of alternatives, and how many were bound before
        self._depth = 0

    def read(self) -> Iterator[Word]:
        for at, token in enumerate(self._tokens):
            level = len(self._bound) + (len(self._binders[-1].names) if self._binders else 0)
            if token.kind == "name":
                word = self._name(at, token.text)
                yield Word(word.text, word.free, word.rest, level)
                continue
            if token.kind == "symbol":
                self._symbol(at, token.text)
            yield Word(token.text, level=level)

    def _symbol(self, at: int, text: str) -> None:
        binder = self._binders[-1] if self._binders else None
        if text in _OPENING:
            self._depth += 1
            if binder is None or self._depth > binder.depth + 1 or not binder.naming:
                self._open(at, text)
            else:
                binder.group = True
        elif text in _CLOSING:
            self._close()
        elif text in _QUANTIFIERS or text == "λ":
            self._binders.append(_Binder(self._depth, ("=>", "↦") if text == "λ" else (",",)))
        elif binder is not None and self._depth == binder.depth and text in binder.end:
            self._binders.pop()
            self._bound += [_Bound(name, self._depth) for name in binder.names]
        elif text == "|" and self._matches and self._depth == self._matches[-1][0]:
            del self._bound[self._matches[-1][1] :]
            self._binders.append(_Binder(self._depth, ("=>",), pattern=True))
        elif text == "," and not self._matches:
            self._drop(self._depth)
        elif binder is not None and not binder.pattern and text not in ".!@,":
            binder.naming = False  # `: type` or `∈ set`

    def _open(self, at: int, text: str) -> None:
        """Look for `(x : α) →`, `{x // …}` and `{x | …}`, which bind without a word."""
        end = at + 1
        while end < len(self._tokens) and self._tokens[end].kind == "name":
            end += 1
        names = [token.text for token in self._tokens[at + 1 : end]]
        following = self._text(end)
        if not names:
            return
        if text == "{" and (following in (":", "|") or (following == "/" and self._text(end + 1) == "/")):
            self._bound += [_Bound(name, self._depth) for name in names]
        elif following == ":" and self._text(self._partner(at) + 1) == "→":
            self._bound += [_Bound(name, self._depth - 1) for name in names]

    def _close(self) -> None:
        self._depth -= 1
        self._drop(self._depth + 1)
        self._matches = [each for each in self._matches if each[0] <= self._depth]
        self._binders = [binder for binder in self._binders if binder.depth <= self._depth]
        if self._binders and self._binders[-1].group and self._binders[-1].depth == self._depth:
            self._binders[-1].group, self._binders[-1].naming = False, True

    def _drop(self, depth: int) -> None:
        """End the scopes of what was bound at this depth of brackets or deeper."""
        while self._bound and self._bound[-1].depth >= depth:
            self._bound.pop()

    def _name(self, at: int, text: str) -> Word:
        if text in _KEYWORDS:
            self._keyword(at, text)
            return Word(text)
        first, dot, rest = text.removeprefix("@").partition(".")
        for level in range(len(self._bound) - 1, -1, -1):
            if self._bound[level].name == first and not self._is_new(text):
                return Word(f"#{level}{dot}{rest}")
        if self._is_new(text):
            binder = self._binders[-1]
            binder.names.append(first)
            return Word(f"#{len(self._bound) + len(binder.names) - 1}{dot}{rest}")
        for number, name in enumerate(self._binders[-1].names if self._binders else ()):
            if name == first:
                return Word(f"#{len(self._bound) + number}{dot}{rest}")
        return Word(text, first, dot + rest)

    def _is_new(self, text: str) -> bool:
        """Whether the name is one that a binder is just giving."""
        if not self._binders or not self._binders[-1].naming or text in _NOT_VARIABLES:
            return False
        first = text.partition(".")[0]
        return first == text or not first[0].isupper()

    def _keyword(self, at: int, text: str) -> None:
        if text == "fun":
            bars = self._text(at + 1) == "|"
            if bars:
                self._matches.append((self._depth, len(self._bound)))
            else:
                self._binders.append(_Binder(self._depth, ("=>", "↦")))
        elif text == "match":
            self._matches.append((self._depth, len(self._bound)))
        elif text in ("let", "have"):
            self._binders.append(_Binder(self._depth, (";",)))
        elif text == "if" and self._text(at + 2) == ":":
            self._bound.append(_Bound(self._text(at + 1), self._depth))

    def _text(self, at: int) -> str:
        return self._tokens[at].text if at < len(self._tokens) else ""

    def _partner(self, at: int) -> int:
        """The bracket that closes bracket number `at`; the last token where there is none."""
        depth = 0
        for i in range(at, len(self._tokens)):
            text = self._tokens[i].text
            depth += (text in _OPENING) - (text in _CLOSING)
            if depth == 0:
                return i
        return len(self._tokens) - 1


def renamed(text: str, new: Callable[[str], str]) -> str:
    """`text` with each name, up to its first dot, replaced by what `new` says."""
    pieces, position = [], 0
    for token in tokens(text):
        if token.kind != "name":
            continue
        mark = "@" if token.text.startswith("@") else ""
        first, dot, rest = token.text.removeprefix("@").partition(".")
        pieces += [text[position : token.start], mark, new(first), dot, rest]
        position = token.end
    return "".join([*pieces, text[position:]])
