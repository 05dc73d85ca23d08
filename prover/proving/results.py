"""What the driver tells while it works: events for whoever looks on, and one result for each hole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from prover.events import Event
from prover.lean.gateway import Complaint
from prover.types import Counterexample, Statistics, Status, Stop, Theorem


@dataclass(frozen=True, slots=True)
class HoleResult:
    """How one hole stands at the end, all tries of it taken together.

    `proof` replaces the `sorry`; `declaration` is the whole declaration with it, and with the certified
    proofs of its other holes, ready to paste. None and empty, and so are `axioms` and `assumes`, unless the
    status is proved or conditional. `message` says more of an invalid hole or an error, for the user.
    `partial` is the proof that came furthest where the hole stays open, None where there is none.
    `counterexample` is there when the status is false. `lean` is
    Lean's version and `policy` the proposer's name, both empty where no search was begun.
    """

    theorem: Theorem
    status: Status
    stop: Stop
    proof: str | None = None
    declaration: str = ""
    axioms: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    message: str = ""
    statistics: Statistics = field(default_factory=Statistics)
    lean: str = ""
    policy: str = ""
    partial: str | None = None
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True)
class Complained:
    """Lean reports an error for the file as it stands, before anything was tried."""

    file: Path
    complaint: Complaint


@dataclass(frozen=True, slots=True)
class Searching:
    """Something happened in the search for `theorem`."""

    theorem: Theorem
    event: Event


@dataclass(frozen=True, slots=True)
class Finished:
    result: HoleResult


@dataclass(frozen=True, slots=True)
class FileTrouble:
    """The file can't be used as asked (`refused`: the user's to mend), or Lean failed beside a search."""

    file: Path
    message: str
    refused: bool


ProvingEvent = Complained | Searching | Finished | FileTrouble


@dataclass
class Tally:
    """The count of a run: `total` holes, of them so many finished in each status, and whether a file was
    refused."""

    total: int
    by_status: Counter[Status] = field(default_factory=Counter)
    refused: bool = False

    def count(self, event: ProvingEvent) -> None:
        if isinstance(event, Finished):
            self.by_status[event.result.status] += 1
        elif isinstance(event, FileTrouble):
            self.refused = self.refused or event.refused

    @property
    def finished(self) -> int:
        return sum(self.by_status.values())

    @property
    def proved(self) -> int:
        return self.by_status[Status.PROVED]
