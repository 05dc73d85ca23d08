"""Search each problem once for each policy, strategy and seed, with the largest budget.

    run = Run(units, pools, budget, jobs=2)
    for record in run.records():
        ...                          # and `run.stop()`, from a signal handler if need be, ends it early

A search with a larger budget begins as one with a smaller does, so the moment of a proof says with which
budgets it is found. Where a lemma library is lent, all searches of a run read the same one.
"""

from __future__ import annotations

import itertools
import queue
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from lemmas.collecting import Collector
from prover.bench.problems import Problem
from prover.bench.store import Record
from prover.events import Certified, Event, Tried
from prover.models import ModelSettings
from prover.policy.library import Shelf, with_library
from prover.policy.protocols import PolicyFactory
from prover.policy.specs import policy_factory
from prover.proving.keeping import Keeper
from prover.proving.results import Finished, HoleResult, Searching
from prover.proving.tasks import Answer, Try
from prover.proving.tasks import Tried as Searched
from prover.proving.workers import PATIENCE, Done, Fatal, GatewayFactory, Message, Progress, Stopped, Worker
from prover.search.recording import NOTHING
from prover.types import Budget, Standing, Statistics, Status, Stop, Theorem

LIBRARY = "library "
"""How the source of a tactic begins that the lemma library offered."""


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


@dataclass(frozen=True, slots=True)
class Lent:
    """A lemma library: what searches read, and who keeps their proofs, None for nobody."""

    shelf: Shelf
    keeper: Keeper | None = None

    def policies(self, policies: PolicyFactory) -> PolicyFactory:
        return lambda barred: with_library(policies(barred), self.shelf, barred)


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
        lent: Lent | None = None,
    ) -> None:
        self._models = models
        self._lent = lent
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
        """Work, once; a record for each search as it ends, when its proof is kept. Closing this stops it.

        Raises `LeanUnavailable`, and `LibraryError` where the library that is lent is of no use any more.
        """
        for (policy, seed), units in itertools.groupby(self._units, lambda unit: (unit.policy, unit.seed)):
            if self._stopping:
                return
            yield from self._together(policy, seed, deque(units))

    def _together(self, policy: str, seed: int, waiting: deque[Unit]) -> Iterator[Record]:
        factory = policy_factory(policy, seed, self._models)
        if self._lent is not None:
            factory = self._lent.policies(factory)
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
                        watch = at.pop(worker)
                        watch.end(answer)
                        yield watch.record(answer)
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
        return _Watch(unit, self._lent)


@dataclass(slots=True)
class _Watch:
    """Looks on at one search, and keeps when it found what."""

    unit: Unit
    lent: Lent | None
    tactics: int = 0
    proved_at: int | None = None
    conditional_at: int | None = None
    assumes: tuple[str, ...] = field(default=())
    collector: Collector = field(default_factory=Collector)

    def see(self, event: Event) -> None:
        if self.lent is not None:
            self.collector.see(event)
            if self.lent.keeper is not None:
                self.lent.keeper.see(Searching(self.unit.problem.theorem, event))
        match event:
            case Tried(share=share):
                self.tactics += share > 0
            case Certified(verdict) if verdict.standing is Standing.CERTIFIED:
                self.proved_at = self.tactics if self.proved_at is None else self.proved_at
            case Certified(verdict) if self.conditional_at is None:
                if self.unit.problem.allows(verdict.assumes):
                    self.conditional_at, self.assumes = self.tactics, verdict.assumes

    def end(self, answer: Answer) -> None:
        """Keep its proof. Raises `LibraryError`."""
        if self.lent is None:
            return
        if self.lent.shelf.trouble is not None:
            raise self.lent.shelf.trouble
        if self.lent.keeper is not None and isinstance(answer, Searched):
            self.lent.keeper.see(Finished(_result(self.unit.problem.theorem, answer)))

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
            policy_seconds=round(spent.policy_seconds, 3),
            library=tuple(source for source in self.collector.sources if source.startswith(LIBRARY)),
        )


def _result(theorem: Theorem, searched: Searched) -> HoleResult:
    found = searched.result
    return HoleResult(
        theorem,
        found.status,
        found.stop,
        proof=found.proof,
        axioms=found.verdict.axioms if found.verdict else (),
        statistics=found.statistics,
        lean=searched.lean,
        policy=searched.policy,
    )


def _end(workers: Sequence[Worker]) -> None:
    for worker in workers:
        worker.dismiss()
    deadline = time.monotonic() + PATIENCE
    for worker in workers:
        worker.end(max(0.0, deadline - time.monotonic()))
