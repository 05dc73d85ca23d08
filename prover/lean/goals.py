"""Reads one goal as Lean prints it.

    case cons
    α : Type
    x y : α
    n : Nat := 2
    ih : ∀ (z : α),
        f z = z
    ⊢ f x = y

A hypothesis starts at the first column and goes on in indented lines. Whatever the text, reading it does not
fail: a line that is no hypothesis is left out, and a text without `⊢` has an empty target. Types, values and
the target keep Lean's line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from prover.types import Goal, Hypothesis

# Strings, characters and «names» hide what is in them. A quote after a letter belongs to a name.
_TOKEN = re.compile(
    r"""
      "(?:\\.|[^"\\])*"
    | (?<![\w'✝])'(?:\\[^']+|[^'\\])'
    | «[^»]*»
    | :=
    | [^\W\d][\w'✝]*
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING = frozenset("([{⟨⦃⟦")
_CLOSING = frozenset(")]}⟩⦄⟧")
_BINDS_VALUE = frozenset({"let", "have", "letI", "haveI", "let_fun"})
_NAME = re.compile(r"(?:«[^»]*»|[^\s«])+")


@lru_cache(maxsize=4096)
def parse_goal(text: str) -> Goal:
    """The parts of one goal; `Goal.text` is `text` itself."""
    case, blocks = "", list(_blocks(text))
    if blocks and blocks[0].startswith("case "):
        case = blocks.pop(0).removeprefix("case ").strip()
    hypotheses: list[Hypothesis] = []
    target = ""
    for block in blocks:
        if block.startswith("⊢"):
            target = block.removeprefix("⊢").strip()
            break
        hypotheses.extend(_hypotheses(block))
    return Goal(tuple(hypotheses), target, case, text)


def _blocks(text: str) -> Iterator[str]:
    """Lines at the first column, each with the indented lines that follow it."""
    block: list[str] = []
    for line in text.split("\n"):
        if block and not line[:1].isspace():
            yield "\n".join(block)
            block = []
        if block or line.strip():
            block.append(line)
    if block:
        yield "\n".join(block)


def _hypotheses(block: str) -> Iterator[Hypothesis]:
    colon = next((at for token, at in _outer_tokens(block) if token == ":"), None)
    if colon is None:
        return
    body = block[colon + 1 :]
    value_at = _value_offset(body)
    type_ = body[:value_at].strip()
    value = None if value_at is None else body[value_at + len(":=") :].strip()
    for name in _NAME.findall(block[:colon]):
        yield Hypothesis(name, type_, value)


def _value_offset(body: str) -> int | None:
    """Where the `:=` of a `let` variable is, and not that of a `let` inside its type."""
    bound = 0
    for token, at in _outer_tokens(body):
        if token in _BINDS_VALUE:
            bound += 1
        elif token == ":=":
            if bound == 0:
                return at
            bound -= 1
    return None


def _outer_tokens(text: str) -> Iterator[tuple[str, int]]:
    """The tokens outside all brackets, with their offsets."""
    depth = 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token in _OPENING:
            depth += 1
        elif token in _CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0:
            yield token, match.start()
