"""How a family is written, drawn at random."""

from __future__ import annotations

import random
from dataclasses import dataclass

from prover.policy.syntax import Term


@dataclass(frozen=True)
class Style:
    """How a family is written. `library`: the types that are Lean's own. `operators`: whether its functions
    are, too. `element`: what the elements are, None for a variable type."""

    library: frozenset[str]
    operators: bool
    element: Term | None
    dotted: bool
    matching: bool
    given: bool
    deriving: str
    quantified: bool
    grouped: bool

    @staticmethod
    def drawn(rng: random.Random, element: Term | None) -> Style:
        own = rng.random() < 0.55
        types = [name for name in ("N", "L", "O") if not own or rng.random() < 0.3]
        return Style(
            library=frozenset(types),
            operators=rng.random() < 0.7,
            element=element,
            dotted=rng.random() < 0.7,
            matching=rng.random() < 0.25,
            given=rng.random() < 0.3,
            deriving=rng.choice(("", "", "", "", "\n  deriving DecidableEq", "\n  deriving Repr")),
            quantified=rng.random() < 0.25,
            grouped=rng.random() < 0.6,
        )
