"""Rows of attempts: tactics that try several things in turn.

    (try have law1 : ∀ x, f x = x := by
       intro x
       first
       | simp
       | grind
     try omega)

Lean catches every failure but that of a tactic whose heartbeats are used up, so one attempt that takes long
would lose what those before it did. A session therefore runs the attempts of a row one by one (see turns.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_FACT = "have "
_ROW = re.compile(r"\(try (.+)\)", re.DOTALL)
_NEXT = "\n try "
_ALTERNATIVES = re.compile(r"(?:^|(?<=\n  ))first\n  \| ")


def attempts_of(tactic: str) -> list[str]:
    """Those of a row, each a tactic by itself; empty for every other tactic."""
    row = _ROW.fullmatch(tactic)
    parts = [] if row is None else row[1].split(_NEXT)
    return [_bare(part) for part in parts] if all(map(_is_tactic, parts)) else []


def alternatives_of(tactic: str) -> list[str]:
    """A tactic that ends in alternatives with each of them by itself; itself where there are none."""
    first = _ALTERNATIVES.search(tactic)
    if first is None:
        return [tactic]
    return [tactic[: first.start()] + each for each in tactic[first.end() :].split("\n  | ")]


def is_fact(attempt: str) -> bool:
    return attempt.startswith(_FACT)


def in_turn(tactics: Sequence[str]) -> str:
    """One tactic that runs them all."""
    if len(tactics) == 1:
        return tactics[0]
    lines = "\n ".join(tactic.replace("\n", "\n ") for tactic in tactics)
    return f"({lines})"


def _is_tactic(text: str) -> bool:
    """Whether it is one tactic by its look, whose other lines are set in as a row's are."""
    outside = _outside(text)
    set_in = all(line.startswith("     ") for line in text.split("\n")[1:])
    return set_in and outside is not None and ";" not in outside.replace("<;>", "")


def _bare(attempt: str) -> str:
    """With its lines set in as far as they must be, and without brackets around what is one tactic anyway."""
    inner = attempt[1:-1]
    if attempt.startswith("(") and attempt.endswith(")") and "\n" not in inner and _is_tactic(inner):
        return inner
    return attempt.replace("\n     ", "\n")


def _outside(text: str) -> str | None:
    """What stands in no brackets; None where they do not match."""
    depth, found = 0, []
    for character in text:
        depth += (character in "([{⟨") - (character in ")]}⟩")
        if depth < 0:
            return None
        if depth == 0:
            found.append(character)
    return "".join(found) if depth == 0 else None
