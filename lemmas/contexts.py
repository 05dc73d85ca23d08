"""What a theorem of a file was elaborated after, as text that stands by itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from lemmas.records import Context
from prover.lean.lexis import Kind, Token, tokens
from prover.lean.source import Source
from prover.types import Declaration, Theorem

_BEFORE_IN = frozenset(
    ("open", "set_option", "omit", "include", "variable", "universe", "attribute", "local")
)
_SCOPES = frozenset(("namespace", "section", "mutual", "end"))
_MODIFIERS = frozenset(("noncomputable", "public", "meta"))


def context_of(source: Source, theorem: Theorem) -> Context:
    """The file up to the theorem, without the declarations that have holes and the comments before them."""
    found = _tokens(source.text)
    open_ones = {each.declaration for each in source.theorems}
    pieces, position = [], source.header.end
    for declaration in theorem.context:
        if declaration in open_ones:
            pieces.append(source.text[position : command_start(found, declaration)])
            position = declaration.span.end
    at = bisect_left(found, theorem.declaration.span.start, key=lambda token: token.start)
    end = max(position, found[at - 1].end if at else 0)
    pieces.append(source.text[position:end])
    return Context(source.imports, "\n\n".join(piece.strip() for piece in pieces if piece.strip()))


def command_start(found: Sequence[Token], declaration: Declaration) -> int:
    """Where the text of the command ends that comes before the declaration, `open … in` left aside."""
    at = bisect_left(found, declaration.span.start, key=lambda token: token.start)
    while at and found[at - 1].text == "in":
        start = at - 1
        while start and not (found[start].first and found[start].text in _BEFORE_IN):
            start -= 1
        at = start
    return found[at - 1].end if at else 0


def closing(text: str) -> list[str]:
    """The commands that end the scopes still open at the end of a context's text."""
    scopes: list[str] = []
    found = _tokens(text)
    for at, token in enumerate(found):
        if token.text not in _SCOPES or not (token.first or found[at - 1].text in _MODIFIERS):
            continue
        named = at + 1 < len(found) and found[at + 1].kind is Kind.WORD and not found[at + 1].first
        parts = found[at + 1].text.split(".") if named else [""]
        if token.text == "end":
            del scopes[max(0, len(scopes) - len(parts)) :]
        else:
            scopes += parts
    return [f"end {scope}".rstrip() for scope in reversed(scopes)]


def namespace(text: str) -> str:
    """The namespace at the end of a context's text, as far as it shows in `closing`."""
    found, opened = _tokens(text), set[str]()
    for at, token in enumerate(found[:-1]):
        if token.text == "namespace":
            opened.update(found[at + 1].text.split("."))
    names = [command.removeprefix("end").strip() for command in reversed(closing(text))]
    return ".".join(name for name in names if name in opened)


@lru_cache(maxsize=4)
def _tokens(text: str) -> list[Token]:
    return tokens(text)
