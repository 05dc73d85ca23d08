"""Goals that read alike but for the names of their hypotheses.

Text is lossy: two goals that read alike may differ in what Lean does not print. Whoever compares keys has
Lean confirm what follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prover.types import Goal

_NAME = re.compile(r"(?<![\w.✝])[^\W\d][\w'!?✝]*")
_INACCESSIBLE = "✝"


def key_of(goals: Sequence[Goal]) -> str:
    """The same for goals with the same hypotheses, in order, and the same target; case tags don't matter."""
    return "\n\n".join(map(_key, goals))


def renamed(tactic: str, old: Sequence[Goal], new: Sequence[Goal]) -> str:
    """A tactic for `old` with the names that the hypotheses have in `new`, which reads alike."""
    names = {
        one.name: other.name
        for goal, like in zip(old, new, strict=True)
        for one, other in zip(goal.hypotheses, like.hypotheses, strict=True)
        if one.name != other.name and _INACCESSIBLE not in one.name + other.name
    }
    return _replaced(tactic, names) if names else tactic


def _key(goal: Goal) -> str:
    names = {hypothesis.name: f"#{number}" for number, hypothesis in enumerate(goal.hypotheses)}
    parts = [f"{h.type} := {h.value}" if h.value is not None else h.type for h in goal.hypotheses]
    return "\n".join(" ".join(_replaced(part, names).split()) for part in (*parts, f"⊢ {goal.target}"))


def _replaced(text: str, names: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: names.get(found[0], found[0]), text)
