"""What stands in the place of a hole while it is open."""

from __future__ import annotations

from collections.abc import Sequence

from prover.lean.source import Source
from prover.lean.splice import fit
from prover.types import Hole

REPL = "lean_dojo_repl"
_FOCUSED = f"(focus {REPL})"  # a `sorry` closes the first goal, and the rest is for what comes after it


def marked(source: Source, hole: Hole, solved: Sequence[str]) -> str:
    """The text that lets LeanDojo's REPL take over at the first visit that no `solved` script closes."""
    if not solved:
        return fit(source, hole, [_FOCUSED])
    lines = ["first"]
    for script in solved:
        head, *rest = script.split("\n")
        lines += [f"  | · {head}", *(f"      {line}" for line in rest)]
    return fit(source, hole, [*lines, f"  | {_FOCUSED}"])
