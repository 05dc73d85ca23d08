"""The goal that a theorem starts with, as far as its text tells: round 0 of learning, before anything is
searched."""

from __future__ import annotations

from prover.lean.goals import parse_goal
from prover.policy.neural.naming import split_words
from prover.types import Goal, Theorem

_OPEN, _CLOSE = "([{⦃", ")]}⦄"


def root_goal(theorem: Theorem) -> Goal | None:
    """With the binders before the colon as hypotheses; None where there is no colon."""
    words = split_words(theorem.declaration.statement)[2:]
    hypotheses: list[str] = []
    group: list[str] = []
    depth = 0
    for place, word in enumerate(words):
        if depth == 0 and word == ":":
            return parse_goal("\n".join([*hypotheses, f"⊢ {_text(words[place + 1 :])}"]))
        depth += (word in _OPEN) - (word in _CLOSE)
        if depth == 0 and word in _CLOSE:
            said = _text(group[1:])
            hypotheses.append(said if ":" in group else f"inst✝ : {said}")
            group = []
        elif depth > 0:
            group.append(word)
    return None


def _text(words: list[str]) -> str:
    text = " ".join(word for word in words if word != "\n")
    for tight in "([":
        text = text.replace(f"{tight} ", tight)
    for tight in ")],":
        text = text.replace(f" {tight}", tight)
    return text.replace(") .", ").")
