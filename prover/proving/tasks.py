"""What workers are given to do, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prover.lean.gateway import Complaint
from prover.lean.source import Source
from prover.proving.leaning import Support
from prover.search.crew import Crew
from prover.search.recording import Recording
from prover.types import Budget, Counterexample, Hole, SearchResult, Theorem, Verdict


@dataclass(frozen=True, slots=True)
class Job:
    """A file, and those of its holes that are to be proved, in order."""

    source: Source
    theorems: tuple[Theorem, ...]


@dataclass(frozen=True, slots=True)
class Check:
    source: Source


@dataclass(frozen=True, slots=True)
class Try:
    """Search for `theorem`, from where `recording` ends, without help of the theorems named in `barred`. A
    proof may lean on those whose proofs are `known`. Other workers may help by its `crew`."""

    source: Source
    theorem: Theorem
    barred: frozenset[str]
    budget: Budget
    strategy: str
    recording: Recording
    crew: Crew = field(default_factory=Crew)
    known: Mapping[Hole, Support] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refute:
    """Look for a counterexample to the theorem that a hole is in."""

    source: Source
    theorem: Theorem


@dataclass(frozen=True, slots=True)
class Help:
    """Help with a search that another worker is at."""

    search: Try


@dataclass(frozen=True, slots=True)
class Settle:
    """Certify all the proofs of a file together."""

    source: Source
    proofs: Mapping[Hole, str]


Task = Check | Try | Refute | Help | Settle


@dataclass(frozen=True, slots=True)
class Checked:
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    result: SearchResult
    lean: str
    policy: str


@dataclass(frozen=True, slots=True)
class Refuted:
    """`counterexample` is None where none was found."""

    counterexample: Counterexample | None


@dataclass(frozen=True, slots=True)
class Settled:
    verdicts: Mapping[Hole, Verdict]


@dataclass(frozen=True, slots=True)
class Helped:
    """`willing` to go on helping with the same search."""

    willing: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """The task could not be done. `refused`: because of the file, so nothing else in it can be."""

    message: str
    refused: bool


Answer = Checked | Tried | Refuted | Helped | Settled | Broken
