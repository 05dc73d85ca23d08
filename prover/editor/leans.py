"""A bounded number of Leans that do jobs, each on a thread of its own, and let go of one at once.

    leans = Leans(pools, 1)
    job = leans.submit(work)            # a `Future`: wait for it, or `cancel()` it

A job that is cancelled is over for whoever waits for it. Its work is told by `stopping()`, and where it does
not listen, because Lean is deep in a tactic, its Lean is ended and the next job gets a new one.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from prover.errors import LeanUnavailable
from prover.proving import GatewayFactory, GatewayPool

T = TypeVar("T")
Work: TypeAlias = Callable[[GatewayPool, Callable[[], bool]], T]
"""Does a job with the Leans of one thread. Asks now and then whether it is to stop, and then may raise
`CancelledError`."""

IDLE = 900.0
"""After so many seconds without a job a Lean is ended, and its memory is free."""

_LAST_MOMENT = 1.0
_URGENT, _COMMON, _LAST = range(3)


@dataclass(order=True)
class _Job:
    rank: int
    number: int
    work: Work[Any] = field(compare=False)
    future: Future[Any] = field(compare=False)


class Leans:
    """`factory` makes what each thread gets its Leans from; it is asked when the first job is there, and may
    raise `LeanUnavailable`, which fails that job and no later one."""

    def __init__(self, factory: Callable[[], GatewayFactory], count: int, patience: float) -> None:
        """A job that is cancelled has `patience` seconds to end by itself."""
        self._patience = patience
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._threads = [_Thread(factory, self._jobs) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Work[T], common: bool = False) -> Future[T]:
        """One that is `common` waits until no other one does."""
        job = _Job(_COMMON if common else _URGENT, next(self._numbers), work, Future())
        if self._closed:
            job.future.cancel()
        else:
            job.future.add_done_callback(lambda future: self._let_go(job))
            self._jobs.put(job)
        return job.future

    @property
    def wanted(self) -> bool:
        """Whether a job waits that is not a common one."""
        with self._jobs.mutex:
            return bool(self._jobs.queue) and self._jobs.queue[0].rank == _URGENT

    def close(self) -> None:
        """End all jobs, and the Leans."""
        self._closed = True
        with suppress(queue.Empty):
            while True:
                self._jobs.get_nowait().future.cancel()
        for thread in self._threads:
            self._jobs.put(_Job(_LAST, next(self._numbers), _nothing, Future()))
            thread.end()
        for thread in self._threads:
            thread.join(_LAST_MOMENT)

    def _let_go(self, job: _Job) -> None:
        if job.future.cancelled():
            for thread in self._threads:
                if thread.job is job:
                    timer = threading.Timer(self._patience, thread.break_off, [job])
                    timer.daemon = True
                    timer.start()


class _Thread(threading.Thread):
    def __init__(self, factory: Callable[[], GatewayFactory], jobs: queue.PriorityQueue[_Job]) -> None:
        super().__init__(name="prover lean", daemon=True)
        self.job: _Job | None = None
        self._factory = factory
        self._jobs = jobs
        self._pool: GatewayPool | None = None
        self._lock = threading.Lock()
        self._ending = False

    def run(self) -> None:
        while not self._ending:
            try:
                job = self._jobs.get(timeout=IDLE)
            except queue.Empty:
                self._close_pool()
                continue
            with self._lock:
                self.job = job
            if not job.future.cancelled():
                self._do(job)
            with self._lock:
                self.job = None

    def break_off(self, job: _Job) -> None:
        """End that job, if it is still the one."""
        with self._lock:
            if self.job is job and self._pool is not None:
                self._pool.close()
                self._pool = None

    def end(self) -> None:
        self._ending = True
        job = self.job
        if job is not None:
            job.future.cancel()
        self._close_pool()

    def _do(self, job: _Job) -> None:
        try:
            answer = job.work(self._ready(), job.future.cancelled)
        except CancelledError:
            job.future.cancel()
        except Exception as error:  # whoever waits for the job gets it, and the thread goes on
            if isinstance(error, LeanUnavailable):
                self._close_pool()
            with suppress(InvalidStateError):
                job.future.set_exception(error)
        else:
            with suppress(InvalidStateError):  # it was cancelled meanwhile
                job.future.set_result(answer)

    def _ready(self) -> GatewayPool:
        with self._lock:
            if self._ending:
                raise CancelledError
            if self._pool is None:
                self._pool = self._factory()()
            return self._pool

    def _close_pool(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.close()
                self._pool = None


def _nothing(pool: GatewayPool, stopping: Callable[[], bool]) -> None:
    """The job that wakes a thread to its end."""
