"""Workers as processes of this machine.

A worker ends when the driver is gone, however that ended: a thread of it reads the pipe between them, which
then is closed. Its Lean watches it in turn.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import psutil

from prover.batch.fleet import OVER_MEMORY, Answered, Died, Pulse, Ready, Report
from prover.batch.station import Station
from prover.batch.tasks import Assignment, Broken, Equipment
from prover.errors import ProverError

_STOP = "stop"
_PULSE_SECONDS = 1.0
_MEMORY_SECONDS = 2.0
_LAST_MOMENT = 5.0


@dataclass(frozen=True, slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection[object, object]


class LocalFleet:
    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment
        self._context = multiprocessing.get_context("spawn")
        self._workers: dict[str, _Worker] = {}
        self._started = 0
        self._new: list[Ready] = []

    def start(self) -> str:
        self._started += 1
        name = f"worker {self._started}"
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=serve, args=(theirs, self._equipment), name=name, daemon=True)
        process.start()
        theirs.close()
        self._workers[name] = _Worker(process, ours)
        self._new.append(Ready(name))
        return name

    def assign(self, worker: str, assignment: Assignment) -> None:
        with suppress(OSError):  # its death is told by `wait`
            self._workers[worker].pipe.send(assignment)

    def wait(self, seconds: float) -> Sequence[Report]:
        if self._new:
            new, self._new = self._new, []
            return new
        pipes = {each.pipe: name for name, each in self._workers.items()}
        ready = wait(list(pipes), seconds) if pipes else []
        if not pipes:
            time.sleep(seconds)
        return [self._hear(pipes[pipe]) for pipe in ready if isinstance(pipe, Connection)]

    def stop(self) -> None:
        for each in self._workers.values():
            with suppress(OSError):
                each.pipe.send(_STOP)

    def end(self, worker: str) -> None:
        each = self._workers.pop(worker)
        _kill(each.process)
        each.pipe.close()

    def close(self) -> None:
        for worker in list(self._workers):
            self.end(worker)

    def _hear(self, worker: str) -> Report:
        each = self._workers[worker]
        try:
            said = each.pipe.recv()
        except (EOFError, OSError):
            each.process.join(_LAST_MOMENT)
            code = each.process.exitcode
            self.end(worker)
            return Died(worker, _cause(code))
        match said:
            case int():
                return Pulse(worker, said)
            case Answered():
                return replace(said, worker=worker)
        raise AssertionError(said)


def serve(pipe: Connection[object, object], equipment: Equipment) -> None:
    """The life of a worker: in its main thread what is assigned, in another one what is said beside that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        station = Station(equipment)
    except ProverError as error:
        _refuse(pipe, Broken(str(error), fatal=True))
        return
    limit_memory(equipment.memory)
    assigned = _Inbox(pipe, station)
    assigned.start()
    sending = _Sending(pipe)
    while True:
        assignment = assigned.take()
        answer = station.do(assignment, sending.pulse)
        sending.send(Answered("", answer, memory_of(psutil.Process())))


def _refuse(pipe: Connection[object, object], answer: Broken) -> None:
    """Answer whatever is assigned with this."""
    with suppress(EOFError, OSError):
        while True:
            if pipe.recv() != _STOP:
                pipe.send(Answered("", answer, 0))


class _Inbox(threading.Thread):
    """Reads what the driver says, and ends the process when the driver is gone."""

    def __init__(self, pipe: Connection[object, object], station: Station) -> None:
        super().__init__(daemon=True)
        self._pipe = pipe
        self._station = station
        self._assigned: list[Assignment] = []
        self._changed = threading.Condition()

    def run(self) -> None:
        try:
            while True:
                said = self._pipe.recv()
                if isinstance(said, Assignment):
                    with self._changed:
                        self._assigned.append(said)
                        self._changed.notify()
                else:
                    self._station.stop()
        except (EOFError, OSError):
            self._station.close()
            os._exit(0)

    def take(self) -> Assignment:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._assigned))
            return self._assigned.pop()


class _Sending:
    def __init__(self, pipe: Connection[object, object]) -> None:
        self._pipe = pipe
        self._pulsed = time.monotonic()

    def pulse(self, tactics: int) -> None:
        if time.monotonic() - self._pulsed >= _PULSE_SECONDS:
            self._pulsed = time.monotonic()
            self.send(tactics)

    def send(self, said: object) -> None:
        with suppress(OSError):  # the driver is gone, as the other thread will notice
            self._pipe.send(said)


def memory_of(process: psutil.Process) -> int:
    """What it and all it has started take up, in bytes."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.Error):
            total += each.memory_info().rss
    return total


def limit_memory(limit: int) -> None:
    """End this process and all it has started once they take up more, in bytes."""
    threading.Thread(target=_watch_memory, args=(limit,), daemon=True).start()


def _watch_memory(limit: int) -> None:
    me = psutil.Process()
    while True:
        time.sleep(_MEMORY_SECONDS)
        if memory_of(me) > limit:
            for child in me.children(recursive=True):
                with suppress(psutil.Error):
                    child.kill()
            os._exit(OVER_MEMORY)


def _kill(process: SpawnProcess) -> None:
    """The process and all that it has started."""
    with suppress(psutil.Error, ValueError):
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        for child in family:
            with suppress(psutil.Error):
                child.kill()
    process.join(_LAST_MOMENT)


def _cause(code: int | None) -> str:
    if code is None:
        return "it closed its pipe"
    if code == OVER_MEMORY:
        return "it took up more memory than it may"
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit status {code}"
