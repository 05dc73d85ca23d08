"""What a search has used up, held against its limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from prover.policy.protocols import cost_of
from prover.types import Budget, Candidate, Outcome, Statistics, Stop

GRACE = 1.0
"""How many seconds past the time budget a tactic under way may go on: to end it costs the Lean, and a new one
must read the file again."""


class Meter:
    """Counts from its making on, or from `begin`. `clock` gives seconds, and never runs backwards; `spent`
    came before.
    """

    def __init__(
        self, budget: Budget, clock: Callable[[], float] = time.monotonic, spent: float = 0.0
    ) -> None:
        self._budget = budget
        self._clock = clock
        self._spent = spent
        self._start = clock() - spent
        self._tactics = 0
        self._expansions = 0
        self._lean_seconds = 0.0
        self._policy_seconds = 0.0
        self._tokens = 0
        self._usd = 0.0

    def begin(self) -> None:
        """Leave out of the count what passed since the making."""
        self._start = self._clock() - self._spent

    def seconds_for_tactic(self) -> float | None:
        """After how many seconds a tactic must be ended; None is no limit."""
        limit = self._budget.seconds
        return None if limit is None else max(0.0, self._start + limit - self._clock()) + GRACE

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Meanwhile the policy, or its critic, is waited for."""
        begun = self._clock()
        try:
            yield
        finally:
            self._policy_seconds += self._clock() - begun

    def count_expansion(self, candidates: Sequence[Candidate]) -> None:
        """The policy answered with these."""
        self._expansions += 1
        self.count_cost(candidates)

    def count_cost(self, candidates: Sequence[Candidate]) -> None:
        tokens, usd = cost_of(candidates)
        self._tokens += tokens
        self._usd += usd

    def count_tactic(self, outcome: Outcome) -> None:
        """Every tactic counts alike, those that were refused before Lean saw them too."""
        self._tactics += 1
        self._lean_seconds += outcome.lean_seconds

    def before_expansion(self) -> Stop | None:
        """Why there can't be another expansion; None where there can."""
        if _reached(self._expansions, self._budget.expansions):
            return Stop.EXPANSIONS
        if _reached(self._tokens, self._budget.tokens):
            return Stop.TOKENS
        if _reached(self._usd, self._budget.usd):
            return Stop.USD
        return self.before_tactic()

    def before_tactic(self) -> Stop | None:
        """Why there can't be another tactic; None where there can."""
        if _reached(self._tactics, self._budget.tactics):
            return Stop.TACTICS
        if _reached(self._clock() - self._start, self._budget.seconds):
            return Stop.SECONDS
        return None

    def statistics(self) -> Statistics:
        return Statistics(
            tactics=self._tactics,
            expansions=self._expansions,
            seconds=self._clock() - self._start,
            lean_seconds=self._lean_seconds,
            policy_seconds=self._policy_seconds,
            tokens=self._tokens,
            usd=self._usd,
        )


def _reached(used: float, limit: float | None) -> bool:
    return limit is not None and used >= limit
