"""The Leans of the terminal UI: each is with one search or one desk at a time, and stays warm between two."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prover.errors import LeanKeepsDying
from prover.proving import GatewayFactory, GatewayPool


class Leans:
    """`make` finds out which Lean there is, in the thread that needs the first one."""

    def __init__(self, make: Callable[[], GatewayFactory]) -> None:
        self._make = make
        self._factory: GatewayFactory | None = None
        self._lock = threading.Lock()
        self._idle: list[GatewayPool] = []
        self._out: list[GatewayPool] = []
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[GatewayPool]:
        """A pool for one thread. One that something failed with is not used again. Raises
        `LeanUnavailable`."""
        pool = self._take()
        try:
            yield pool
        except BaseException:
            self._drop(pool)
            raise
        with self._lock:
            self._out.remove(pool)
            self._idle.append(pool)

    def close(self) -> None:
        """End all Leans, and start none any more."""
        with self._lock:
            self._closed = True
            pools = [*self._idle, *self._out]
        for pool in pools:
            pool.close()

    def _take(self) -> GatewayPool:
        with self._lock:
            if self._factory is None:
                self._factory = self._make()
            if self._closed:
                raise LeanKeepsDying("Lean was closed")
            pool = self._idle.pop() if self._idle else self._factory()
            self._out.append(pool)
            return pool

    def _drop(self, pool: GatewayPool) -> None:
        with self._lock:
            self._out.remove(pool)
        pool.close()
