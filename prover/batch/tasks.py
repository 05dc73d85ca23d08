"""What a worker is given to do and what it answers. All of it can be pickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from lemmas.records import Draft
from prover.batch.drafts import Gained
from prover.batch.items import Item
from prover.batch.records import Failure, Fit
from prover.config import LeanKind
from prover.models import ModelSettings
from prover.proving.leaning import Support
from prover.types import SearchResult, Statistics, Verdict


@dataclass(frozen=True, slots=True)
class Equipment:
    """What workers are made from. `library` is the lemma library as it was when the night began, None for
    none. One that takes up more than `memory` bytes, its Lean included, ends itself. `models` are those of
    the user's settings, by their names. `learns` is the folder of a night that fits models, None for one that
    does not."""

    lean: LeanKind
    policy: str
    strategy: str
    seed: int
    library: Path | None
    memory: int
    models: Mapping[str, ModelSettings] = field(default_factory=dict)
    learns: Path | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """An item, and all that it takes.

    Holes are known by their places in the file. `trace` is what to go on from, None for nothing. `lemmas` are
    those that this worker has not had yet, and that the item knows; `forgets`: it has had too many, and must
    begin again with the library as it was. `usd` limits the cost. `run` is what lemmas are said to be from.
    """

    item: Item
    path: Path
    raw: bytes
    place: int | None
    known: Mapping[int, Support]
    settles: Mapping[int, Support]
    trace: bytes | None
    lemmas: tuple[tuple[Draft, ...], ...]
    forgets: bool
    usd: float | None
    run: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The errors that the file has as it stands."""

    complaints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """How a search ended. `spent` is what it added to the one before. `lemmas` are keys and names of those
    that the proof uses."""

    result: SearchResult
    spent: Statistics
    lean: str
    policy: str
    gained: Gained
    lemmas: tuple[tuple[str, str], ...]
    failures: tuple[Failure, ...]
    trace: bytes | None


@dataclass(frozen=True, slots=True)
class CutOff:
    """The work was stopped from outside; a search came as far as `trace`."""

    trace: bytes | None


@dataclass(frozen=True, slots=True)
class Settled:
    """The verdicts on the proofs side by side, by their places, without those that do not stand."""

    verdicts: Mapping[int, Verdict]


@dataclass(frozen=True, slots=True)
class Refuted:
    """`counterexample` is None where the statement was not shown to be false."""

    counterexample: str | None


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of fitting a model."""

    fit: Fit


@dataclass(frozen=True, slots=True)
class Refused:
    """Lean can't work on the file."""

    message: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No language model answered, and there was nothing else to try: nothing has come of the search."""

    message: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The tools failed, which says nothing of the item. `fatal`: this worker has no Lean any more."""

    message: str
    fatal: bool


Answer: TypeAlias = Checked | Searched | CutOff | Settled | Refuted | Learned | Refused | Unanswered | Broken
