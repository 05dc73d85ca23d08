"""Lean text with its words told apart: by weight where there is no colour, and by colour beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.style import Style
from rich.text import Text

from prover.lean.lexis import Kind, tokens, words
from prover.types import Goal

KEYWORDS = words(
    "theorem lemma def abbrev instance example inductive structure class namespace section end open variable"
    " universe import by where fun let have show from match with if then else do in at case induction cases"
    " intro exact apply refine simp rfl rw termination_by decreasing_by mutual private protected set_option"
)
ROLES = ("keyword", "name", "turnstile", "literal", "comment", "hole")

Palette = Mapping[str, Style]
"""A style for each of `ROLES`."""


def code(text: str, palette: Palette) -> Text:
    """A piece of a Lean file, or of a type."""
    shown = Text(text, end="", no_wrap=True)
    end = 0
    for token in tokens(text):
        _comment(shown, text, end, token.start, palette)
        end = token.end
        role = _role(token.kind, token.text)
        if role is not None:
            shown.stylize(palette[role], token.start, token.end)
    _comment(shown, text, end, len(text), palette)
    return shown


def goals(shown: Iterable[Goal], palette: Palette) -> Text:
    """Goals as Lean shows them, one after the other."""
    every = list(shown)
    text = Text(end="")
    for number, goal in enumerate(every, 1):
        if len(every) > 1:
            text.append(f"goal {number} of {len(every)}\n", palette["comment"])
        text.append_text(_goal(goal, palette))
        text.append("\n\n" if number < len(every) else "")
    return text


def _goal(goal: Goal, palette: Palette) -> Text:
    text = Text(end="")
    for line in goal.text.split("\n"):
        if text:
            text.append("\n")
        if line.startswith("case "):
            text.append(line, palette["keyword"])
        elif line.startswith("⊢"):
            text.append("⊢", palette["turnstile"])
            text.append_text(code(line[1:], palette))
        elif not line[:1].isspace() and " : " in line:
            names, _, rest = line.partition(" : ")
            text.append(names, palette["name"])
            text.append(" : ")
            text.append_text(code(rest, palette))
        else:
            text.append_text(code(line, palette))
    return text


def _role(kind: Kind, text: str) -> str | None:
    if text == "sorry":
        return "hole"
    if text in KEYWORDS:
        return "keyword"
    if kind is Kind.LITERAL:
        return "literal"
    if kind is Kind.DOC:
        return "comment"
    return "turnstile" if text == "⊢" else None


def _comment(shown: Text, text: str, start: int, end: int, palette: Palette) -> None:
    """What the lexer passes over is white space and comments."""
    if text[start:end].strip():
        shown.stylize(palette["comment"], start, end)
