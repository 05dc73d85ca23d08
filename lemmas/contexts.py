"""What a theorem of a file was elaborated after, as text that stands by itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from lemmas.records import Context
from prover.lean.lexis import Token, tokens
from prover.lean.source import Source
from prover.types import Declaration, Theorem

_BEFORE_IN = frozenset(
    ("open", "set_option", "omit", "include", "variable", "universe", "attribute", "local")
)


def context_of(source: Source, theorem: Theorem) -> Context:
    """The file up to the theorem, without the declarations that have holes and the comments before them."""
    found = _tokens(source.text)
    open_ones = {each.declaration for each in source.theorems}
    pieces, position = [], source.header.end
    for declaration in theorem.context:
        if declaration in open_ones:
            pieces.append(source.text[position : _command_start(found, declaration)])
            position = declaration.span.end
    at = bisect_left(found, theorem.declaration.span.start, key=lambda token: token.start)
    end = max(position, found[at - 1].end if at else 0)
    pieces.append(source.text[position:end])
    return Context(source.imports, "\n\n".join(piece.strip() for piece in pieces if piece.strip()))


def _command_start(found: Sequence[Token], declaration: Declaration) -> int:
    """Where the text of the command ends that comes before the declaration, `open … in` left aside."""
    at = bisect_left(found, declaration.span.start, key=lambda token: token.start)
    while at and found[at - 1].text == "in":
        start = at - 1
        while start and not (found[start].first and found[start].text in _BEFORE_IN):
            start -= 1
        at = start
    return found[at - 1].end if at else 0


@lru_cache(maxsize=4)
def _tokens(text: str) -> list[Token]:
    return tokens(text)
