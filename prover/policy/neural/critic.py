"""The built-in model as a critic: what a proof of a goal may cost still, beside another policy's tactics."""

from __future__ import annotations

import math
from collections.abc import Sequence

from prover.policy.neural.model import LIMITS, Model
from prover.policy.neural.wording import Reader
from prover.policy.protocols import TacticGenerator
from prover.types import Candidate, Goal, Theorem

PREFIX = "critic:"
_NO_PROOF = 2 * LIMITS[-1]
_COSTS = tuple(math.log(1 + limit) for limit in (*LIMITS, _NO_PROOF))
"""A goal that takes so many tactics is as far as if each of them were as likely."""


class CriticPolicy:
    """Proposes what `policy` does."""

    batch = 8

    def __init__(self, policy: TacticGenerator, model: Model, reader: Reader) -> None:
        self._policy = policy
        self._model = model
        self._reader = reader
        self.name = PREFIX + policy.name

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        return self._policy.propose(theorem, goals, n)

    def value(self, theorem: Theorem, goals: Sequence[Goal]) -> list[float]:
        sources = [self._reader.read(theorem, goal)[1].source for goal in goals]
        return [
            round(sum(chance * cost for chance, cost in zip(chances, _COSTS, strict=True)), 2)
            for chances in self._model.values(sources)
        ]
