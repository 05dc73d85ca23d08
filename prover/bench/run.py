"""Search each problem once for each policy, strategy and seed, with the largest budget.

    run = Run(units, pools, budget, jobs=2)
    for record in run.records():
        ...                          # and `run.stop()`, from a signal handler if need be, ends it early

A search with a larger budget begins as one with a smaller does, so the moment of a proof says with which
budgets it is found.
"""

from __future__ import annotations

import itertools
import queue
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from prover.bench.problems import Problem
from prover.bench.store import Record
from prover.events import Certified, Event, Tried
from prover.models import ModelSettings
from prover.policy.specs import policy_factory
from prover.proving.tasks import Answer, Try
from prover.proving.tasks import Tried as Searched
from prover.proving.workers import PATIENCE, Done, Fatal, GatewayFactory, Message, Progress, Stopped, Worker
from prover.search.recording import NOTHING
from prover.types import Budget, Standing, Statistics, Status, Stop


@dataclass(frozen=True, slots=True)
class Unit:
    """One search to make."""

    problem: Problem
    policy: str
    strategy: str
    seed: int

    @property
    def key(self) -> tuple[str, str, str, int]:
        return self.problem.id, self.policy, self.strategy, self.seed


def units_of(
    problems: Sequence[Problem], policies: Sequence[str], strategies: Sequence[str], seeds: int
) -> list[Unit]:
    """In the order of the work: all of one policy and seed together, all of one file together."""
    return [
        Unit(problem, policy, strategy, seed)
        for policy in policies
        for seed in range(seeds)
        for problem in problems
        for strategy in strategies
    ]


class Run:
    """The searches of `units`, on so many Leans side by side. What one finds does not depend on the others,
    unless the budget has seconds."""

    def __init__(
        self,
        units: Sequence[Unit],
        pools: GatewayFactory,
        budget: Budget,
        jobs: int,
        models: Mapping[str, ModelSettings] = MappingProxyType({}),
    ) -> None:
        self._models = models
        self._units = units
        self._pools = pools
        self._budget = budget
        self._jobs = jobs
        self._outbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._stopping = False

    def stop(self) -> None:
        """End soon: searches under way are left without a record."""
        self._stopping = True
        self._outbox.put(Stopped())

    def records(self) -> Generator[Record, None, None]:
        """Work, once; a record for each search as it ends. Closing this stops it.

        Raises `LeanUnavailable`.
        """
        for (policy, seed), units in itertools.groupby(self._units, lambda unit: (unit.policy, unit.seed)):
            if self._stopping:
                return
            yield from self._together(policy, seed, deque(units))

    def _together(self, policy: str, seed: int, waiting: deque[Unit]) -> Iterator[Record]:
        factory = policy_factory(policy, seed, self._models)
        workers = [
            Worker(self._pools(), factory, self._outbox, lambda: self._stopping)
            for _ in range(min(self._jobs, len(waiting)))
        ]
        at: dict[Worker, _Watch] = {}
        try:
            for worker in workers:
                worker.start()
                at[worker] = self._assign(worker, waiting.popleft())
            while at and not self._stopping:
                match self._outbox.get():
                    case Progress(worker, _, event):
                        at[worker].see(event)
                    case Done(worker, _, answer):
                        yield at.pop(worker).record(answer)
                        if waiting:
                            at[worker] = self._assign(worker, waiting.popleft())
                    case Fatal(error):
                        raise error
                    case Stopped():
                        pass
        finally:
            self._stopping = self._stopping or bool(at)
            _end(workers)

    def _assign(self, worker: Worker, unit: Unit) -> _Watch:
        problem = unit.problem
        worker.assign(
            Try(problem.source, problem.theorem, problem.barred, self._budget, unit.strategy, NOTHING)
        )
        return _Watch(unit)


@dataclass(slots=True)
class _Watch:
    """Looks on at one search, and keeps when it found what."""

    unit: Unit
    tactics: int = 0
    proved_at: int | None = None
    conditional_at: int | None = None
    assumes: tuple[str, ...] = field(default=())

    def see(self, event: Event) -> None:
        match event:
            case Tried():
                self.tactics += 1
            case Certified(verdict) if verdict.standing is Standing.CERTIFIED:
                self.proved_at = self.tactics if self.proved_at is None else self.proved_at
            case Certified(verdict) if self.conditional_at is None:
                if self.unit.problem.allows(verdict.assumes):
                    self.conditional_at, self.assumes = self.tactics, verdict.assumes

    def record(self, answer: Answer) -> Record:
        searched = answer if isinstance(answer, Searched) else None
        result = searched.result if searched else None
        spent = result.statistics if result else Statistics(tactics=self.tactics)
        return Record(
            *self.unit.key,
            status=(result.status if result else Status.ERROR).value,
            stop=(result.stop if result else Stop.LEAN).value,
            proved_at=self.proved_at,
            conditional_at=self.conditional_at,
            assumes=self.assumes,
            tactics=spent.tactics,
            expansions=spent.expansions,
            seconds=round(spent.seconds, 3),
            lean_seconds=round(spent.lean_seconds, 3),
            proof=result.proof if result else None,
            message=result.message if result else getattr(answer, "message", ""),
            lean=searched.lean if searched else "",
        )


def _end(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.dismiss()
    deadline = time.monotonic() + PATIENCE
    for worker in workers:
        worker.end(max(0.0, deadline - time.monotonic()))
