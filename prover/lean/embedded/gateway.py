"""The `LeanGateway` of the embedded Lean: one process that stays warm from hole to hole and from file to file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from prover.errors import HoleUnreachable, LeanDied, LeanKeepsDying
from prover.lean.certificate import rejected
from prover.lean.dojo import LineDojo
from prover.lean.embedded.certify import certify
from prover.lean.embedded.file import ElaboratedFile
from prover.lean.embedded.install import LEAN_VERSION
from prover.lean.embedded.lean import EmbeddedLean
from prover.lean.embedded.process import MEMORY_LIMIT, START_SECONDS, launch
from prover.lean.gateway import Complaint
from prover.lean.marker import marked
from prover.lean.session import ReplayingSession
from prover.lean.source import Source
from prover.lean.transport import LineProcess
from prover.types import Hole, Theorem, Verdict

T = TypeVar("T")
_ATTEMPTS = 5
_CRASHES = 2


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
        return self._persistently(lambda lean: self._loaded(lean, source).complaints())

    @contextmanager
    def open(
        self, source: Source, theorem: Theorem, solved: Sequence[str] = ()
    ) -> Iterator[ReplayingSession]:
        def reopen() -> LineDojo:
            return self._open(self._warm(), source, theorem, solved)

        name = theorem.declaration.name
        yield self._persistently(lambda lean: ReplayingSession(reopen, name, MEMORY_LIMIT))

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        try:
            return self._persistently(lambda lean: certify(lean, self._loaded(lean, source), proofs))
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
            if self._file is not None:
                lean.forget(self._file.states)
                self._file = None
            self._file = ElaboratedFile.elaborate(lean, source)
        return self._file

    def _warm(self) -> EmbeddedLean:
        """The running Lean, or a new one where it died or has grown too big."""
        lean = self._lean
        if lean is not None and lean.process.alive and lean.memory < MEMORY_LIMIT:
            return lean
        if lean is not None:
            lean.process.kill()
        self._lean, self._file = None, None
        with self._starting:
            if self._closed:
                raise LeanKeepsDying("Lean was closed")
            self._process = launch(self._root, self._imports)
        self._lean = EmbeddedLean(self._process, START_SECONDS)
        return self._lean

    def _persistently(self, action: Callable[[EmbeddedLean], T]) -> T:
        """Do it in a new Lean where one dies of it; one that dies by itself twice is to blame for it."""
        crashes = 0
        for _ in range(_ATTEMPTS):
            lean: EmbeddedLean | None = None
            try:
                lean = self._warm()
                return action(lean)
            except LeanDied as error:
                last = error
                crashes += lean is not None and not error.killed
                if crashes == _CRASHES:
                    raise
        raise LeanKeepsDying(f"the embedded Lean died {_ATTEMPTS} times in a row: {last}")
