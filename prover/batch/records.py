"""What a night leaves behind, as values: `read_night(folder)` of `prover.batch.store` answers a `Night`.

Moments (`at`) are seconds on the night's own clock, which runs while a driver is at work and stands still
between a stop and a resume; `when` and the like are wall clock, UTC, ISO 8601.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from prover.config import LeanKind
from prover.models import ModelSettings


class HoleStatus(Enum):
    """How a hole stands. ASIDE: it was set aside, because what was tried on it kept killing its worker."""

    OPEN = "open"
    PROVED = "proved"
    CONDITIONAL = "conditional"
    FALSE = "false"
    INVALID = "invalid"
    ERROR = "error"
    ASIDE = "set aside"


@dataclass(frozen=True, slots=True)
class Limits:
    """When a night ends, whichever comes first; None is no limit. `until` is wall clock, seconds since 1970.
    `seconds` are on the night's own clock; `tactics`, `tokens` and `usd` are those of all attempts."""

    until: float | None = None
    seconds: float | None = None
    tactics: int | None = None
    tokens: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a night was asked to do.

    `paths` are as given, seen from `folder`. `first` is the number of tactics that a hole gets in round 1,
    twice as many in each round after it. An attempt sees what came of those that are `window` or more places
    before it. `memory` is the bytes that a worker with its Lean may take up. `library` is the lemma library
    to learn from and to fill, None for none. `ray` is the address of a cluster. `models` are the language
    models of the user's settings, by their names. `learn`: fit models between rounds.
    """

    paths: tuple[str, ...]
    folder: str
    policy: str
    strategy: str
    seed: int
    lean: LeanKind
    workers: int
    ray: str | None
    first: int
    window: int
    memory: int
    library: str | None
    write: bool
    branch: str | None
    limits: Limits
    prover: str
    models: Mapping[str, ModelSettings] = field(default_factory=dict)
    learn: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of work, from a start or resume to its end. `ended`, and so `why`, is empty while it lasts,
    and for one that was killed."""

    number: int
    workers: int
    began: str
    ended: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class FileRecord:
    """`raw` is the file as it was when the night began: what was proved was proved there. `refused` says why
    Lean can't work on it, empty where it can."""

    number: int
    path: Path
    raw: bytes
    refused: str


@dataclass(frozen=True, slots=True)
class HoleRecord:
    """One hole. `place` counts the holes of its file, from 0; `statement` is the text from keyword to body.

    `proof` replaces the `sorry`; None unless proved or conditional. `needs` names the theorems of the file
    that the proof uses and that had holes themselves: proved by now, unless the status is conditional.
    `lemmas` are the numbers of those gained this night that it uses; `known` names those that the library
    had before. `counterexample` says why it is false. `message` says more of an invalid, refused or set-aside
    one.
    """

    number: int
    file: Path
    place: int
    name: str
    line: int
    column: int
    statement: str
    status: HoleStatus
    proof: str | None
    declaration: str
    axioms: tuple[str, ...]
    needs: tuple[str, ...]
    lemmas: tuple[int, ...]
    known: tuple[str, ...]
    counterexample: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A tactic that did not work, on a goal that is still left or was on the way: Lean's words, shortened.
    `reason` is a `FailureReason`'s value."""

    goal: str
    tactic: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One search for one hole.

    `number` is its place in the order of the night, `round` the number of the budget (from 1), `budget` the
    most tactics it was allowed. `continued`: it went on where the attempt before had stopped, and `tactics`,
    `seconds` and so on are what it added. `lean` are seconds inside Lean. `at` is when it ended. `outcome` is
    a `HoleStatus`; `stop` says why it ended, a `Stop`'s value. `partial` is the text that went furthest, with
    a `sorry` for each of `goals`; None where nothing was any progress, and then `goals` are what there was to
    prove. `lemmas` counts the lemmas of this night that it knew.
    """

    number: int
    hole: int
    round: int
    worker: str
    began: str
    at: float
    budget: int
    continued: bool
    outcome: HoleStatus
    stop: str
    seconds: float
    lean: float
    tactics: int
    expansions: int
    tokens: int
    usd: float
    policy: str
    message: str
    partial: str | None
    goals: tuple[str, ...]
    failures: tuple[Failure, ...]
    lemmas: int


@dataclass(frozen=True, slots=True)
class LemmaRecord:
    """A lemma gained this night by an attempt for `hole`; `kind` is a `lemmas.records.Kind`'s value. `helped`
    are the numbers of the other holes whose proofs use it."""

    number: int
    hole: int
    name: str
    kind: str
    statement: str
    helped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """A model that was fitted to the night's own `proofs` after a `round`, in so many `steps`, to the `goals`
    of their searches. No `steps`: none was, as `message` says.

    Other proofs were left out, with `measured` goals: how often a tactic of the proof came `first`,
    or `among` the first eight, and the mean log-probability of the likeliest of them; each by the model that
    it began with and by the new one, together with the rules. `used`: searches ask it from then on; else
    `message` says why not.
    """

    round: int
    proofs: int = 0
    goals: int = 0
    steps: int = 0
    measured: int = 0
    first: tuple[float, float] = (0.0, 0.0)
    among: tuple[float, float] = (0.0, 0.0)
    log_probability: tuple[float, float] = (0.0, 0.0)
    used: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class WorkerEvent:
    """What befell a worker: `what` is `started`, `died`, `recycled`, `stopped`; `hole` what it was at, if
    anything."""

    at: float
    when: str
    worker: str
    what: str
    why: str
    hole: int | None


@dataclass(frozen=True, slots=True)
class Point:
    """How much was solved with how much. `solved` counts proved holes, `false` refuted ones."""

    at: float
    tactics: int
    tokens: int
    usd: float
    solved: int
    false: int


@dataclass(frozen=True, slots=True)
class Night:
    """All of it. Attempts are in the order in which they ended."""

    folder: Path
    plan: Plan
    sessions: tuple[Session, ...]
    files: tuple[FileRecord, ...]
    holes: tuple[HoleRecord, ...]
    attempts: tuple[Attempt, ...]
    lemmas: tuple[LemmaRecord, ...]
    events: tuple[WorkerEvent, ...]
    solved: tuple[Point, ...]
    fits: tuple[Fit, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it has worked."""
        return sum(session.seconds for session in self.sessions)

    def of(self, hole: HoleRecord) -> Iterator[Attempt]:
        """The attempts for one hole, in order."""
        return (attempt for attempt in self.attempts if attempt.hole == hole.number)

    def best(self, hole: HoleRecord) -> Attempt | None:
        """The attempt that came nearest to a proof: a partial one with the fewest goals left, the shortest of
        these, the latest. None where there was none."""

        def left(attempt: Attempt) -> tuple[bool, int, int, int]:
            return (
                attempt.partial is None,
                len(attempt.goals),
                sum(map(len, attempt.goals)),
                -attempt.number,
            )

        return min(self.of(hole), key=left, default=None)
