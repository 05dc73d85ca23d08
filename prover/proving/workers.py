"""Threads that do tasks, each with a Lean of its own. They know no files, no order, and no results."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from prover.errors import InputError, LeanUnavailable, ProverError
from prover.events import Event
from prover.lean.gateway import LeanGateway
from prover.lean.source import Source
from prover.policy.protocols import PolicyFactory
from prover.proving.leaning import LeaningGateway
from prover.proving.tasks import (
    Answer,
    Broken,
    Check,
    Checked,
    Help,
    Helped,
    Refute,
    Refuted,
    Settle,
    Settled,
    Task,
    Tried,
    Try,
)
from prover.refute import refute
from prover.search.loop import search
from prover.types import Hole, Standing, Theorem, Verdict

PATIENCE = 1.0
"""How many seconds a worker has to end by itself when it is told to."""


class GatewayPool(Protocol):
    """The Leans of one worker. They start when they are needed, and stay warm from file to file."""

    def for_source(self, source: Source) -> LeanGateway:
        """The gateway that is right for the file; the pool closes it. Raises `LeanUnavailable`."""
        ...

    def close(self) -> None:
        """End the Leans. May come from another thread in the middle of a task, which then fails with a
        `ProverError`, and starts no new Lean."""
        ...


GatewayFactory = Callable[[], GatewayPool]


@dataclass(frozen=True, slots=True)
class Progress:
    """An event of the search that a worker is at."""

    worker: Worker
    theorem: Theorem
    event: Event


@dataclass(frozen=True, slots=True)
class Done:
    worker: Worker
    task: Task
    answer: Answer


@dataclass(frozen=True, slots=True)
class Fatal:
    """There is no Lean any more, so no worker can go on."""

    error: LeanUnavailable


@dataclass(frozen=True, slots=True)
class Stopped:
    """Someone asked for an end. Wakes whoever waits for messages."""


Message = Progress | Done | Fatal | Stopped


class Worker(threading.Thread):
    """Takes tasks by `assign`, one after the other, and tells `outbox` what comes of them.

    While `stopping()` holds, a search ends at its next event, without an answer.
    """

    def __init__(
        self,
        pool: GatewayPool,
        policies: PolicyFactory,
        outbox: queue.SimpleQueue[Message],
        stopping: Callable[[], bool],
    ) -> None:
        super().__init__(name="prover worker", daemon=True)
        self._pool = pool
        self._policies = policies
        self._inbox: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._outbox = outbox
        self._stopping = stopping

    def assign(self, task: Task) -> None:
        self._inbox.put(task)

    def dismiss(self) -> None:
        """Let it end after the task that it is at."""
        self._inbox.put(None)

    def end(self, patience: float) -> None:
        """Wait for so many seconds at most, then take its Leans away, which ends its task too."""
        try:
            self.join(patience)
        finally:
            self._pool.close()
        self.join(PATIENCE)

    def run(self) -> None:
        while (task := self._inbox.get()) is not None and not self._stopping():
            try:
                answer = self._do(task)
            except LeanUnavailable as error:
                self._outbox.put(Fatal(error))
                return
            except ProverError as error:
                answer = Broken(str(error), refused=isinstance(error, InputError))
            except Exception as error:  # a fault in one hole's work must not cost the others theirs
                answer = Broken(f"{type(error).__name__}: {error}", refused=False)
            if answer is not None:
                self._outbox.put(Done(self, task, answer))

    def _do(self, task: Task) -> Answer | None:
        if isinstance(task, Help):
            return self._help(task.search)
        gateway = self._pool.for_source(task.source)
        match task:
            case Check(source):
                return Checked(tuple(gateway.check(source)))
            case Settle(source, proofs):
                return Settled(settle(gateway, source, proofs))
            case Refute(source, theorem):
                return Refuted(refute(source, theorem, gateway))
            case Try():
                return self._try(gateway, task)

    def _help(self, task: Try) -> Helped:
        try:
            gateway = self._pool.for_source(task.source)
            return Helped(task.crew.help(gateway, task.source, task.theorem))
        except ProverError:
            return Helped(willing=False)  # the search goes on without

    def _try(self, gateway: LeanGateway, task: Try) -> Tried | None:
        policy = self._policies(task.barred)
        running = search(
            task.source,
            task.theorem,
            LeaningGateway(gateway, task.known),
            policy,
            task.budget,
            task.strategy,
            task.recording,
            crew=task.crew,
        )
        with closing(task.crew), closing(running) as steps:
            while not self._stopping():
                try:
                    event = next(steps)
                except StopIteration as end:
                    return Tried(end.value, gateway.version, policy.name)
                self._outbox.put(Progress(self, task.theorem, event))
        return None


def settle(gateway: LeanGateway, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
    """The verdicts on the proofs side by side, without those that do not stand beside the others."""
    if not proofs:
        return {}
    verdicts = gateway.certify(source, proofs)
    standing = [hole for hole, verdict in verdicts.items() if verdict.standing is not Standing.REJECTED]
    if len(standing) == len(proofs):
        return verdicts
    if standing or len(proofs) == 1:
        return settle(gateway, source, {hole: proofs[hole] for hole in standing})
    holes = sorted(proofs, key=lambda hole: hole.span.start)  # nobody knows which one it is
    halves = holes[: len(holes) // 2], holes[len(holes) // 2 :]
    first, second = (settle(gateway, source, {hole: proofs[hole] for hole in half}) for half in halves)
    together = gateway.certify(source, {hole: proofs[hole] for hole in (*first, *second)})
    return first if any(verdict.standing is Standing.REJECTED for verdict in together.values()) else together
