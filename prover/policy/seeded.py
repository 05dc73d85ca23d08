"""Chance, where a policy leaves room for it: what it holds to be equally likely comes in an order that a seed
draws."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from prover.policy.protocols import TacticGenerator
from prover.types import Candidate, Goal, Theorem


class SeededPolicy:
    """Proposes what `policy` does; the order of ties depends on the seed, the goal and the tactics alone."""

    def __init__(self, policy: TacticGenerator, seed: int) -> None:
        self.wrapped = policy
        self._seed = seed
        self.name = policy.name

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        proposed = self.wrapped.propose(theorem, goals, n)
        return [
            sorted(candidates, key=lambda candidate: (-candidate.logprob, self._draw(goal, candidate)))
            for goal, candidates in zip(goals, proposed, strict=True)
        ]

    def _draw(self, goal: Goal, candidate: Candidate) -> bytes:
        said = f"{self._seed}\0{goal.text}\0{candidate.tactic}"
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest()
