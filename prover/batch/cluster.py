"""Workers as actors of a Ray cluster, each in a process of its own with a Lean of its own, wherever there is
a core for it. Each machine needs what this one has: the prover, and its Lean."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psutil
import ray
from ray.exceptions import RayActorError, RayError

from prover.batch.fleet import Answered, Died, Ready, Report
from prover.batch.local import limit_memory, memory_of
from prover.batch.station import Station
from prover.batch.tasks import Assignment, Broken, Equipment
from prover.errors import LeanUnavailable, ProverError

_ANSWER_SECONDS = 10.0


class RayFleet:
    """Raises `LeanUnavailable` where there is no such cluster."""

    def __init__(self, address: str, equipment: Equipment) -> None:
        require_answer(address)
        try:
            ray.init(
                address=address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False
            )
        except (RayError, ConnectionError, ValueError, RuntimeError) as error:
            raise LeanUnavailable(f"--ray {address}: no such cluster: {error}") from None
        library = None if equipment.library is None else equipment.library.read_bytes()
        self._library = ray.put(library)
        self._equipment = equipment
        remote: Any = ray.remote
        self._actor = remote(num_cpus=1, max_restarts=0, max_concurrency=2)(StationActor)
        self._actors: dict[str, Any] = {}
        self._running: dict[Any, str] = {}
        self._started = 0

    def start(self) -> str:
        self._started += 1
        name = f"worker {self._started}"
        actor = self._actors[name] = self._actor.remote(self._equipment, self._library)
        self._running[actor.ready.remote()] = name
        return name

    def assign(self, worker: str, assignment: Assignment) -> None:
        self._running[self._actors[worker].do.remote(assignment)] = worker

    def wait(self, seconds: float) -> Sequence[Report]:
        if not self._running:
            time.sleep(seconds)
            return []
        ready, _ = ray.wait(list(self._running), num_returns=1, timeout=seconds)
        return [self._hear(reference) for reference in ready]

    def stop(self) -> None:
        for worker in self._actors.values():
            worker.stop.remote()

    def end(self, worker: str) -> None:
        actor = self._actors.pop(worker)
        self._running = {ref: name for ref, name in self._running.items() if name != worker}
        with suppress(RayError):
            ray.kill(actor)

    def close(self) -> None:
        for worker in list(self._actors):
            self.end(worker)
        ray.shutdown()

    def _hear(self, reference: Any) -> Report:
        worker = self._running.pop(reference)
        try:
            answered: Answered | None = ray.get(reference)
        except RayActorError as error:
            self._actors.pop(worker, None)
            return Died(worker, " ".join(str(error).split())[:300])
        return Ready(worker) if answered is None else replace(answered, worker=worker)


def require_answer(address: str) -> None:
    """Ray waits for minutes for a cluster that is not there. Raises `LeanUnavailable`."""
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.removeprefix("ray://"), int(port)), _ANSWER_SECONDS).close()
    except OSError as error:
        why = error.strerror or "no answer"
        raise LeanUnavailable(f"--ray {address}: no such cluster: {why}") from None


class StationActor:
    """One worker. `do` is one thread's, `stop` comes from the other."""

    def __init__(self, equipment: Equipment, library: bytes | None) -> None:
        self._station: Station | Broken
        try:
            self._station = Station(equipment, library)
        except ProverError as error:
            self._station = Broken(str(error), fatal=True)
        limit_memory(equipment.memory)

    def ready(self) -> None:
        """Returns once it is there."""

    def do(self, assignment: Assignment) -> Answered:
        if isinstance(self._station, Broken):
            return Answered("", self._station, 0)
        return Answered("", self._station.do(assignment), memory_of(psutil.Process()))

    def stop(self) -> None:
        if isinstance(self._station, Station):
            self._station.stop()
