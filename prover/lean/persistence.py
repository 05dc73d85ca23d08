"""Doing something with a Lean that may die of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from prover.errors import LeanDied, LeanKeepsDying, LeanTimeout

T = TypeVar("T")
_ATTEMPTS = 5
_CRASHES = 2


def persistently(action: Callable[[], T]) -> T:
    """Do it again where Lean dies. One that dies by itself twice is to blame for it, and so is one that takes
    too long: then the `LeanDied` is raised. `LeanKeepsDying` is, where somebody kills every one."""
    crashes = 0
    for _ in range(_ATTEMPTS):
        try:
            return action()
        except LeanDied as error:
            last = error
            crashes += not error.killed
            if crashes == _CRASHES or isinstance(error, LeanTimeout):
                raise
    raise LeanKeepsDying(f"Lean died {_ATTEMPTS} times in a row: {last}")
