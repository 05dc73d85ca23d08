"""What a night has used up, held against its limits."""

from __future__ import annotations

from collections.abc import Callable

from prover.batch.items import Ended
from prover.batch.records import Limits
from prover.batch.store import NightStore


class Spending:
    """Counts from its making on, and what was before from the store."""

    def __init__(
        self, limits: Limits, store: NightStore, clock: Callable[[], float], wall: Callable[[], float]
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._wall = wall
        self._begun = clock()
        self._before = store.seconds()
        self._tokens = 0
        self._usd = 0.0
        for _, ended in store.decided():
            if ended is not None:
                self.count(ended)

    @property
    def session(self) -> float:
        """Seconds of work since the making."""
        return self._clock() - self._begun

    @property
    def at(self) -> float:
        """The night's own clock."""
        return self._before + self.session

    def count(self, ended: Ended) -> None:
        self._tokens += ended.tokens
        self._usd += ended.usd

    def share(self, promised: float, workers: int) -> float | None:
        """How many US dollars a search may cost now, when so many are promised to others and as many workers
        wait for a share; None is no limit."""
        limit = self._limits.usd
        return None if limit is None else max(0.0, limit - self._usd - promised) / workers

    def over(self) -> str:
        """Why the night must end; empty where it need not."""
        limits = self._limits
        if limits.until is not None and self._wall() >= limits.until:
            return "it is time to end"
        if limits.seconds is not None and self.at >= limits.seconds:
            return "the time is spent"
        if limits.tokens is not None and self._tokens >= limits.tokens:
            return "the tokens are spent"
        if limits.usd is not None and self._usd >= limits.usd:
            return "the money is spent"
        return ""
