"""Two policies in a row: the fast one first, the slow one where it is stuck.

The second is asked about a goal when what the first holds to be likely has been tried on it, and nothing as
cheap is left elsewhere: to ask costs a fixed price in the search's own measure, so that the clock has no say.
The second is told what was tried. From then on both are asked for more, as long as they have any.
"""

from __future__ import annotations

from collections.abc import Sequence

from prover.policy.protocols import (
    Answered,
    PremiseSource,
    PremiseUser,
    RevisingGenerator,
    SlowGenerator,
    TacticGenerator,
    again_of,
    consulted_by,
    cost_of,
)
from prover.types import Attempt, Candidate, Goal, Theorem

STUCK = 2.5
"""The price of asking the second policy, as -log probability."""


class Cascade:
    def __init__(self, first: TacticGenerator, second: TacticGenerator) -> None:
        self._first = first
        self._second = second
        self.name = f"{first.name}+{second.name}"
        self.batch = first.batch if isinstance(first, SlowGenerator) else 0

    @property
    def wrapped(self) -> TacticGenerator:
        return self._first

    def with_premises(self, source: PremiseSource) -> Cascade:
        first, second = (
            policy.with_premises(source) if isinstance(policy, PremiseUser) else policy
            for policy in (self._first, self._second)
        )
        return Cascade(first, second)

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[Answered]:
        return [_answered(found, STUCK) for found in self._first.propose(theorem, goals, n)]

    def propose_again(
        self, theorem: Theorem, goal: Goal, n: int, tried: Sequence[Attempt], asked: int
    ) -> Answered:
        more = _more(self._first, theorem, goal, n, tried, asked)
        other = _more(self._second, theorem, goal, n, tried, asked - 1)
        candidates = {each.tactic: each for each in sorted((*more, *other), key=lambda each: each.logprob)}
        prices = [price for found in (more, other) if (price := again_of(found, n)) is not None]
        tokens, usd = (sum(parts) for parts in zip(cost_of(more), cost_of(other), strict=True))
        return Answered(
            sorted(candidates.values(), key=lambda each: -each.logprob)[: 2 * n],
            int(tokens),
            usd,
            min(prices, default=None),
            (*consulted_by(more), *consulted_by(other)),
        )


def _more(
    policy: TacticGenerator, theorem: Theorem, goal: Goal, n: int, tried: Sequence[Attempt], asked: int
) -> Sequence[Candidate]:
    if isinstance(policy, RevisingGenerator):
        return policy.propose_again(theorem, goal, n, tried, asked)
    return policy.propose(theorem, [goal], n)[0]


def _answered(found: Sequence[Candidate], again: float) -> Answered:
    return Answered(found, *cost_of(found), again, consulted_by(found))
