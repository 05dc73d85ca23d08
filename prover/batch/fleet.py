"""The seam to whoever does the work: processes of this machine (`local`), or actors of a cluster (`cluster`).

    worker = fleet.start()
    fleet.assign(worker, assignment)       # once it is `Ready`
    for report in fleet.wait(seconds=1.0): ...
    fleet.close()

A worker has one assignment at a time. One that died is forgotten; what it was at was not done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from prover.batch.tasks import Answer, Assignment

OVER_MEMORY = 77
"""The exit status of a worker that took up more memory than it may."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker is there, and has nothing to do."""

    worker: str


@dataclass(frozen=True, slots=True)
class Answered:
    """`memory` is what the worker takes up by now, its Lean included, in bytes."""

    worker: str
    answer: Answer
    memory: int


@dataclass(frozen=True, slots=True)
class Pulse:
    """The search that a worker is at has tried so many tactics."""

    worker: str
    tactics: int


@dataclass(frozen=True, slots=True)
class Died:
    worker: str
    why: str


Report: TypeAlias = Ready | Answered | Pulse | Died


class Fleet(Protocol):
    def start(self) -> str:
        """A new worker, and what it is called. It may take its time to be there."""
        ...

    def assign(self, worker: str, assignment: Assignment) -> None: ...

    def wait(self, seconds: float) -> Sequence[Report]:
        """What there is to hear, once there is something, or after so many seconds."""
        ...

    def stop(self) -> None:
        """Let all searches end at their next event; each is answered with `CutOff`."""
        ...

    def end(self, worker: str) -> None:
        """End a worker and its Lean, whatever it is at, and hear no more of it."""
        ...

    def close(self) -> None:
        """End all of them."""
        ...
