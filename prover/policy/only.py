"""A generator that knows one tactic: what it does alone is what a search is to be measured against."""

from __future__ import annotations

from collections.abc import Sequence

from prover.types import Candidate, Goal, Theorem

PREFIX = "only:"


class OnlyPolicy:
    """Proposes `tactic` for every goal, as it stands."""

    def __init__(self, tactic: str) -> None:
        self._tactic = tactic
        self.name = PREFIX + tactic

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        return [[Candidate(self._tactic, source=self.name)][:n] for _ in goals]
