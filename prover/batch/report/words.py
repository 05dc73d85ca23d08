"""Texts of files, of Lean and of models, as far as a page or a message shows them."""

from __future__ import annotations

import unicodedata


def seen(text: str) -> str:
    """With characters that can't be seen, or turn the direction of others, by their numbers."""
    if text.isprintable():
        return text
    return "".join(f"\\u{{{ord(character):x}}}" if _unseen(character) else character for character in text)


def _unseen(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def money(usd: float) -> str:
    return f"${usd:,.2f}" if usd >= 0.1 or usd == 0 else f"${usd:.4f}"


def moment(when: str) -> str:
    """`2026-01-31T07:00:12+00:00` as `2026-01-31 07:00 UTC`."""
    return f"{when[:16].replace('T', ' ')} UTC"


def first_line(text: str) -> str:
    return text.split("\n", 1)[0]


def last_line(goal: str) -> str:
    """What a goal says after `⊢`."""
    return goal[max(0, goal.rfind("⊢")) :]


def capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
