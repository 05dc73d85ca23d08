"""Lean 4's lexis: a text as a list of tokens. No text makes it fail; what Lean would refuse becomes symbols.

Comments are dropped, except doc comments. An interpolated string (`s!"…{x}…{y}…"`) gives its first and its
last piece as literals and the code between the braces as tokens, braces included; the pieces in the middle,
which could be taken for code, are dropped.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum
from typing import NamedTuple

from prover.types import Position


class Kind(Enum):
    WORD = "word"  # identifiers, dotted ones in one piece, keywords, `#commands`
    OPEN = "open"
    CLOSE = "close"
    SYMBOL = "symbol"
    LITERAL = "literal"  # numbers, characters, strings, quoted names
    DOC = "doc"  # `/-- … -/`


class Token(NamedTuple):
    """`first` tells that no other token stands before it on its line."""

    kind: Kind
    text: str
    start: int
    first: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class Lines:
    """Where the lines of a text start. Columns count characters, as Lean's do, here from 0."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self, offset: int) -> int:
        """The number of the line, from 1."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        return offset - self._starts[self.line(offset) - 1]

    def indent(self, offset: int) -> int:
        """The column at which the code of the offset's line starts."""
        start = self._starts[self.line(offset) - 1]
        blank = _BLANK.match(self._text, start)
        return blank.end() - start if blank else 0

    def position(self, offset: int) -> Position:
        return Position(self.line(offset), self.column(offset) + 1)


_LETTER = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f"  # Latin
    "\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9\u03b1-\u03ba\u03bc-\u03fb\u1f00-\u1ffe"  # Greek without λ, Π, Σ
    "\u2100-\u214f\U0001d49c-\U0001d59f"  # letter-like symbols, script, double-struck, fraktur
)
_LATER = _LETTER + "0-9'!?\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c"  # subscripts
_PART = rf"(?:[{_LETTER}][{_LATER}]*|«[^»\n]*»)"
_NAME = rf"{_PART}(?:\.{_PART})*"

_TOKEN = re.compile(
    rf"""
    (?P<space>(?:\s+|--[^\n]*)*)
    (?:
      (?P<interpolated>(?:s|m|f|println)!\s*")
    | (?P<raw>r(?P<hashes>\#*)")
    | (?P<word>\#?{_NAME})
    | (?P<open>@\[|`\(|[(\[{{⟨⦃])
    | (?P<close>[)\]}}⟩⦄])
    | (?P<comment>/-(?:.|\Z))
    | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*"?)
    | (?P<char>'(?:[^\\']|\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|u\{{[^}}\n]*\}}|[^xu]))')
    | (?P<number>0[xX][0-9a-fA-F_]+|0[bBoO][0-9_]+|[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?)
    | (?P<quoted>``?{_NAME})
    | (?P<symbol><;>|<\|>|<\||\|>\.?|\|\|+|\|-|>=>|[<=]=+>|:=|=>|<-|\.\.\.?|''|.)
    )?
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = {
    "word": Kind.WORD,
    "open": Kind.OPEN,
    "close": Kind.CLOSE,
    "symbol": Kind.SYMBOL,
    "comment": Kind.DOC,
    "string": Kind.LITERAL,
    "raw": Kind.LITERAL,
    "char": Kind.LITERAL,
    "number": Kind.LITERAL,
    "quoted": Kind.LITERAL,
}
_BLANK = re.compile(r"[ \t]*")
_COMMENT_EDGE = re.compile(r"/-|-/")
_PIECE = re.compile(r'[^"\\{]*(?:\\.[^"\\{]*)*(?:(?P<brace>\{)|")?', re.DOTALL)


def words(listed: str) -> frozenset[str]:
    """A set of words, from a list with blanks between them."""
    return frozenset(listed.split())


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    braces: list[int] = []  # for each interpolation that is open, how many braces are open in it
    first, position = True, 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # every part of it may be missing
        group, begin = match.lastgroup or "", match.end("space")
        first = first or (begin > position and "\n" in text[position:begin])
        position = match.end()
        if group == "space":
            break
        if group == "comment":
            doc = text.startswith("/--", begin)
            position = _comment_end(text, position)
            if not doc:
                first = first or "\n" in text[begin:position]
                continue
        elif group == "raw":
            closing = text.find('"' + match["hashes"], position)
            position = len(text) if closing < 0 else closing + 1 + len(match["hashes"])
        if group == "interpolated":
            position = _piece(text, begin, position, found, braces)
        else:
            found.append(Token(_KINDS[group], text[begin:position], begin, first))
        first = False
        if braces and group in ("open", "close"):
            braces[-1] += (text[begin] == "{") - (text[begin] == "}")
            if braces[-1] == 0:
                braces.pop()
                position = _piece(text, position, position, found, braces)
    return found


def _comment_end(text: str, position: int) -> int:
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge[0] == "/-" else -1
        if depth == 0:
            return edge.end()
    return len(text)


def _piece(text: str, begin: int, position: int, found: list[Token], braces: list[int]) -> int:
    """Take what is left of an interpolated string from `position` to its end or to the next brace.

    The literal counts from `begin` on. Answers where to go on.
    """
    match = _PIECE.match(text, position)
    assert match is not None  # it may be empty
    opening = match["brace"] is not None
    literal_end = match.end() - opening
    if begin < position or text.endswith('"', begin, literal_end):
        found.append(Token(Kind.LITERAL, text[begin:literal_end], begin, False))
    if opening:
        found.append(Token(Kind.OPEN, "{", literal_end, False))
        braces.append(1)
    return match.end()
