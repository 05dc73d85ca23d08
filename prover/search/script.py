"""From the path of a proof to the lines of a script, without indentation of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Step:
    """A tactic of a proof, and how many goals there were before and after it."""

    tactic: str
    before: int
    after: int


Script: TypeAlias = tuple[Step, ...]
"""The steps from a session's root to where no goal is left."""


def flat(script: Script) -> list[str]:
    """One tactic after the other, each on the goal that is then the first."""
    return [line for step in script for line in step.tactic.split("\n")]


def structured(script: Script) -> list[str]:
    """With a bullet for each goal of a tactic that leaves several.

    Where a tactic closes other goals than the first, bullets can't say so, and the script is flat.
    """
    if any(step.after < step.before - 1 for step in script):
        return flat(script)
    return _close(iter(script), script[0].before)


def alternatives(scripts: Sequence[Sequence[str]]) -> list[str]:
    """One script for a hole that Lean visits several times: at each visit, the first that closes the goal."""
    if len(scripts) == 1:
        return list(scripts[0])
    return ["first", *(line for script in scripts for line in _hang("  | · ", script))]


def _close(steps: Iterator[Step], goals: int) -> list[str]:
    lines: list[str] = []
    while goals == 1:
        step = next(steps)
        lines += step.tactic.split("\n")
        goals = step.after - step.before + 1
    for _ in range(goals):
        lines += _hang("· ", _close(steps, 1))
    return lines


def _hang(mark: str, lines: Sequence[str]) -> list[str]:
    """The mark before the first line, and the others set in as far as the first now is."""
    indent = " " * len(mark)
    return [mark + lines[0], *(indent + line if line else line for line in lines[1:])]
