"""The `LeanGateway` of the embedded Lean: one process, warm from hole to hole and from file to file."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prover.errors import HoleUnreachable, LeanDied, LeanKeepsDying
from prover.lean.certificate import rejected
from prover.lean.dojo import LineDojo
from prover.lean.embedded.certify import certify
from prover.lean.embedded.file import ElaboratedFile
from prover.lean.embedded.install import LEAN_VERSION
from prover.lean.embedded.lean import Command, EmbeddedLean
from prover.lean.embedded.process import MEMORY_LIMIT, START_SECONDS, launch
from prover.lean.gateway import Complaint
from prover.lean.marker import marked
from prover.lean.persistence import persistently
from prover.lean.session import ReplayingSession
from prover.lean.source import Source
from prover.lean.transport import LineProcess
from prover.types import Hole, Theorem, Verdict

_STARTS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one tactic: `heartbeats` in thousands (deterministic), `seconds` of wall time as a guard."""

    heartbeats: int = 20_000
    seconds: float = 30.0


class EmbeddedGateway:
    """Made for files with the same imports."""

    def __init__(self, root: Path, imports: Sequence[str], limits: Limits) -> None:
        self._root = root
        self._imports = tuple(imports)
        self._limits = limits
        self._lean: EmbeddedLean | None = None
        self._process: LineProcess | None = None
        self._file: ElaboratedFile | None = None
        self._starting = threading.Lock()
        self._closed = False

    @property
    def version(self) -> str:
        return LEAN_VERSION

    def check(self, source: Source) -> Sequence[Complaint]:
        return persistently(lambda: self._loaded(self._warm(), source).complaints())

    @contextmanager
    def open(
        self, source: Source, theorem: Theorem, solved: Sequence[str] = ()
    ) -> Iterator[ReplayingSession]:
        def reopen() -> LineDojo:
            return self._open(self._warm(), source, theorem, solved)

        name = theorem.declaration.name
        yield persistently(lambda: ReplayingSession(reopen, name, MEMORY_LIMIT))

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        try:
            return persistently(lambda: self._certified(source, proofs))
        except LeanDied as error:
            return dict.fromkeys(proofs, rejected(f"Lean does not survive it: {error}"))

    def close(self) -> None:
        with self._starting:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _open(self, lean: EmbeddedLean, source: Source, theorem: Theorem, solved: Sequence[str]) -> LineDojo:
        file = self._loaded(lean, source)
        index = file.index_of(theorem.hole)
        if index is None:
            raise HoleUnreachable("Lean stops reading the file before it")
        text = file.command_text(index, {theorem.hole: marked(source, theorem.hole, solved)})
        return lean.open(file.state_before(index), text, self._limits.heartbeats, self._limits.seconds)

    def _loaded(self, lean: EmbeddedLean, source: Source) -> ElaboratedFile:
        if self._file is None or self._file.source != source:
            known: list[Command] = []
            if self._file is not None:
                known = self._file.shared_with(source)
                states, self._file = self._file.states, None
                lean.forget(states[len(known) :])
            self._file = ElaboratedFile(lean, source, known)
        return self._file

    def _certified(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        lean = self._warm()
        return certify(lean, self._loaded(lean, source), proofs)

    def _warm(self) -> EmbeddedLean:
        """The running Lean, or a new one where it died or has grown too big."""
        if self._lean is not None and self._lean.process.alive and self._lean.memory < MEMORY_LIMIT:
            return self._lean
        if self._lean is not None:
            self._lean.process.kill()
        self._lean, self._file = None, None
        for _ in range(_STARTS):
            try:
                self._lean = EmbeddedLean(self._launched(), START_SECONDS)
                return self._lean
            except LeanDied as error:
                last = error
        raise LeanKeepsDying(f"the embedded Lean died {_STARTS} times at its start: {last}")

    def _launched(self) -> LineProcess:
        with self._starting:
            if self._closed:
                raise LeanKeepsDying("Lean was closed")
            self._process = launch(self._root, self._imports)
            return self._process
