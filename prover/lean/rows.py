"""Rows of attempts: tactics that try several things in turn.

    (try have law1 : ∀ x, f x = x := by
       intro x
       first
       | simp
       | grind
     try omega)

Lean catches every failure but that of a tactic whose heartbeats are used up, so one attempt that takes long
would lose what those before it did. A session therefore runs the attempts of a row one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PART = 0.5
"""Of the heartbeats of a row: what each attempt may use, and each of its alternatives."""

FACTS, ALL = 2.0, 4.0
"""Of them: when all attempts together have used so much, no more facts are tried, and at last nothing."""

SLOW_ALTERNATIVES = 2
"""How many alternatives of an attempt may use up all of theirs, before it is left."""

_FACT = "have "
_ROW = re.compile(r"\(try (.+)\)", re.DOTALL)
_NEXT = "\n try "
_ALTERNATIVES = re.compile(r"(?:^|(?<=\n  ))first\n  \| ")


def attempts_of(tactic: str) -> list[str]:
    """Those of a row, each a tactic by itself; empty for every other tactic."""
    row = _ROW.fullmatch(tactic)
    return [] if row is None else [_bare(attempt) for attempt in row[1].split(_NEXT)]


def alternatives_of(tactic: str) -> list[str]:
    """A tactic that ends in alternatives with each of them by itself; itself where there are none."""
    first = _ALTERNATIVES.search(tactic)
    if first is None:
        return [tactic]
    return [tactic[: first.start()] + each for each in tactic[first.end() :].split("\n  | ")]


def limit_of(attempt: str) -> float:
    """What those before it may have used at most: facts are left out for what is made of them."""
    return FACTS if attempt.startswith(_FACT) else ALL


def in_turn(tactics: Sequence[str]) -> str:
    """One tactic that runs them all."""
    if len(tactics) == 1:
        return tactics[0]
    lines = "\n ".join(tactic.replace("\n", "\n ") for tactic in tactics)
    return f"({lines})"


def _bare(attempt: str) -> str:
    """With its lines set in as far as they must be, and without brackets around what is one tactic anyway."""
    if attempt.startswith("(") and attempt.endswith(")") and not re.search(r"(?<!<);|\n", attempt):
        return attempt[1:-1]
    return attempt.replace("\n     ", "\n")
