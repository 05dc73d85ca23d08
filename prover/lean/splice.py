"""Proofs as source text: how the lines of a tactic block are laid out in the place of a `sorry`.

Lean reads a block of tactics by its columns: each tactic starts where the first one does, right of the
block around it. Where the text around the hole leaves no room for that, the block goes in parentheses,
inside which columns are free. Each hole is laid out by itself, and may be filled with or without the others.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from prover.lean.layout import Layout
from prover.lean.lexis import Kind, tokens, words
from prover.lean.source import Source
from prover.types import Hole, Place

_BEFORE_BY = words(":= => ↦ exact from")  # a bare `by` is safe after these
_BEFORE_BLOCK = words("by decreasing_by =>")  # after these a block may start on the next line
_BEFORE_ALIGNED = words("· . (")  # after these at the hole itself, its other lines under it
_BINDS = words("<;> <|> |")  # these take one tactic
_LOOSE = words("; <;> <|> | => , by")  # what makes a one-line script take in or give away what follows
_ENDS_TACTIC = words("; <;> , |")


def fit(source: Source, hole: Hole, script: Sequence[str]) -> str:
    """The text that replaces the hole's `sorry`.

    `script` is a tactic block in lines, the first at column 0, others with their own relative indentation.
    """
    around = source.layout(hole)
    if hole.place is Place.TERM:
        return _term(around, script)
    return _line(around, script[0]) if len(script) == 1 else _block(around, script)


def unfit(source: Source, hole: Hole, proof: str) -> list[str]:
    """The lines of a tactic block that proves what `proof`, in the place of the hole, proves: the script that
    `fit` laid out so, perhaps in brackets."""
    if hole.place is Place.TERM:
        inner = proof[1:-1].rstrip() if _is_bracketed(proof) else proof
        if not inner.startswith(("by ", "by\n")):
            return [f"exact {line}" if n == 0 else line for n, line in enumerate(proof.split("\n"))]
        rest = inner.removeprefix("by")
        return _dedented(rest) if rest.startswith("\n") else rest.strip().split("\n")
    if proof.startswith("(\n") and _is_bracketed(proof):
        return _dedented(proof[1:-1].rstrip())
    if proof.startswith("\n"):
        return _dedented(proof)
    first, *rest_lines = proof.split("\n")
    column = source.layout(hole).column
    return [first, *(line[column:] if not line[:column].strip() else line.lstrip() for line in rest_lines)]


def _is_bracketed(text: str) -> bool:
    """Whether one pair of brackets is around all of it."""
    if not text.startswith("("):
        return False
    depth = 0
    for token in tokens(text):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0:
            return token.end == len(text.rstrip())
    return False


def _dedented(block: str) -> list[str]:
    """The lines after the first line's end, without the indentation that they share."""
    return textwrap.dedent(block.removeprefix("\n")).rstrip().split("\n")


def _term(around: Layout, script: Sequence[str]) -> str:
    bare = around.before in _BEFORE_BY and around.ends_line(around.base) and not around.field
    if len(script) == 1:
        return f"by {script[0]}" if bare else _parenthesised(around, f"by {script[0]}")
    if bare and not around.inline:
        return "by" + _indented(script, around.base + 2)
    return _parenthesised(around, "by" + _indented(script, around.indent + 2))


def _line(around: Layout, line: str) -> str:
    ends = around.closed(around.block)
    if _is_loose(line):
        bare = ends and around.before not in _BINDS
    else:
        bare = ends or (around.after in _ENDS_TACTIC and not around.aligned)
    return line if bare else _parenthesised(around, line)


def _block(around: Layout, script: Sequence[str]) -> str:
    if around.closed(around.block):
        at_hole = around.before in _BEFORE_ALIGNED and not around.second
        if at_hole or (around.first and around.before not in _BINDS):
            return script[0] + _indented(script[1:], around.column)
        if around.before in _BEFORE_BLOCK and around.closed(around.base) and not around.inline:
            return _indented(script, around.base + 2)
    return _parenthesised(around, _indented(script, around.indent + 2))


def _indented(lines: Sequence[str], column: int) -> str:
    """The lines, each on a new line."""
    return "".join(f"\n{' ' * column}{line}" if line else "\n" for line in lines)


def _parenthesised(around: Layout, proof: str) -> str:
    """Where later text is held to a column, the `)` goes where the `sorry` ended, on a line of its own."""
    holds = around.aligned or (around.held and "\n" in proof)
    return f"({proof}\n{' ' * (around.column + len('sorry') - 1)})" if holds else f"({proof})"


def _is_loose(line: str) -> bool:
    depth = 0
    for token in tokens(line):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0 and token.text in _LOOSE:
            return True
    return False
