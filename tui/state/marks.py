"""One mark for each way to stand, told apart by its shape, with and without Unicode."""

from __future__ import annotations

from tui.state.holes import HoleState
from tui.state.rows import Row, Standing

MARKS = {
    Standing.OPEN: "○",
    Standing.PROVED: "✓",
    Standing.FAILED: "✗",
    Standing.GIVEN_UP: "↩",
    Standing.WAITING: "≈",
}
"""Of goals and tactics."""

HOLE_MARKS = {
    "open": "○",
    "queued": "◔",
    "running": "▶",
    "paused": "‖",
    "unsolved": "◌",
    "conditional": "◐",
    "proved": "✓",
    "written": "●",
    "error": "!",
}
"""Of holes, by their words."""

STYLES = {
    "open": "",
    "queued": "dim",
    "running": "bold",
    "paused": "bold",
    "unsolved": "dim",
    "conditional": "$warning",
    "proved": "$success",
    "written": "$success",
    "error": "$error",
    "failed": "dim",
    "given up": "dim",
    "waiting": "dim",
}

_WIDE = {
    "⊢": "|-", "→": "->", "↦": "=>", "⟶": "->", "∀": "forall ", "∃": "exists ", "λ": "fun ", "∧": "/\\",
    "∨": "\\/", "¬": "~", "≤": "<=", "≥": ">=", "≠": "!=", "↔": "<->", "×": "x", "⟨": "(|", "⟩": "|)",
    "ℕ": "Nat", "ℤ": "Int", "∈": " in ", "∘": " o ", "…": "...",
}  # fmt: skip
_NARROW = {
    "○": "o", "✓": "+", "✗": "x", "↩": "<", "≈": "=", "◔": "q", "▶": ">", "‖": "=", "◌": "-", "◐": "%",
    "●": "@", "▾": "v", "▸": ">", "─": "-", "━": "-", "│": "|", "┃": "|", "▏": "|", "▕": "|", "✎": "h",
    "→": ">", "…": ".", "·": ".", "⊢": ">", "★": "*", "▁": "_", "█": "#", "▌": "|", "▐": "|", "╱": "/",
    "▔": "-", "▀": "-", "▄": "_", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "α": "a", "β": "b", "γ": "c",
}  # fmt: skip


def mark_of(row: Row) -> str:
    return MARKS[row.standing]


def mark_of_hole(hole: HoleState) -> str:
    return HOLE_MARKS[hole.word]


def spelled(text: str) -> str:
    """Lean's symbols in ASCII, as long as they need to be."""
    return "".join(_WIDE.get(character, character) for character in text)


def narrowed(text: str) -> str:
    """Every character that is not ASCII as one that is, so that nothing moves."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else _NARROW.get(c, "+" if "─" <= c <= "╿" else "?") for c in text)
