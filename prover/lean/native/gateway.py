"""The `LeanGateway` of a native Lean: a process for each hole, and one for each elaboration of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from prover.errors import HoleUnreachable, LeanDied, LeanTimeout
from prover.lean.certificate import rejected
from prover.lean.gateway import Complaint
from prover.lean.native.certify import Baseline, certify
from prover.lean.native.dojo import NativeDojo
from prover.lean.native.opening import launch, obstacle, require_plain
from prover.lean.native.place import Place
from prover.lean.native.workshop import Workshop
from prover.lean.persistence import persistently
from prover.lean.session import ReplayingSession
from prover.lean.source import Source
from prover.types import Hole, Position, Theorem, Verdict


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one tactic: `heartbeats` in thousands (deterministic), `seconds` of wall time as a guard. Of a Lean:
    `opening_seconds` of wall time to come to the hole, and `memory_megabytes`."""

    heartbeats: int = 20_000
    seconds: float = 30.0
    opening_seconds: float = 300.0
    memory_megabytes: int = 8_000


class NativeGateway:
    """Made for the files of one place."""

    def __init__(self, place: Place, limits: Limits) -> None:
        self._limits = limits
        self._workshop = Workshop(place, limits.memory_megabytes)
        self._baseline: Baseline | None = None

    @property
    def version(self) -> str:
        return self._workshop.place.lean.version

    def check(self, source: Source) -> Sequence[Complaint]:
        require_plain(source)
        errors = persistently(lambda: self._loaded(source)).errors
        return [Complaint(Position(error.line, error.column + 1), error.text) for error in errors]

    @contextmanager
    def open(
        self, source: Source, theorem: Theorem, solved: Sequence[str] = ()
    ) -> Iterator[ReplayingSession]:
        require_plain(source)
        name = theorem.declaration.name
        session = persistently(lambda: ReplayingSession(lambda: self._open(source, theorem, solved), name))
        try:
            yield session
        finally:
            self._workshop.hang_up()

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        require_plain(source)
        baseline = persistently(lambda: self._loaded(source))
        self._workshop.sweep(baseline.compiled)
        try:
            return persistently(lambda: certify(self._workshop, baseline, proofs))
        except LeanDied as error:
            return dict.fromkeys(proofs, rejected(f"Lean does not survive it: {error}"))

    def close(self) -> None:
        self._workshop.close()

    def _open(self, source: Source, theorem: Theorem, solved: Sequence[str]) -> NativeDojo:
        process = launch(self._workshop, source, theorem, solved)
        try:
            first = process.receive(self._limits.opening_seconds)
        except LeanTimeout as error:
            seconds = self._limits.opening_seconds
            raise HoleUnreachable(f"Lean did not come to it in {seconds:g} s") from error
        except LeanDied as error:
            if error.killed:
                raise
            raise obstacle(self._workshop, source, theorem, solved) from error
        return NativeDojo(process, first, self._limits.seconds, self._limits.heartbeats)

    def _loaded(self, source: Source) -> Baseline:
        if self._baseline is None or self._baseline.source != source:
            self._baseline = Baseline.elaborate(self._workshop, source)
        return self._baseline
