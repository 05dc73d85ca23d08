"""The Lean files that are worked on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from prover.lean.gateway import Complaint
from prover.lean.source import Source, write_proofs
from prover.types import Hole
from tui.state.holes import HoleState


@dataclass(eq=False)
class FileState:
    """`source` is the file as it was read, None where it can't be, as `trouble` says. `proofs` were written
    into it since, and `bytes` is what it holds if nobody else wrote to it. `changed`: somebody did."""

    path: Path
    source: Source | None = None
    holes: list[HoleState] = field(default_factory=list)
    trouble: str = ""
    complaints: tuple[Complaint, ...] | None = None
    proofs: dict[Hole, str] = field(default_factory=dict)
    bytes: bytes = b""
    changed: bool = False

    @property
    def text(self) -> str:
        """What stands in the file, as far as it is known here."""
        return self.source.replaced(self.proofs) if self.source is not None else ""

    def write(self, hole: Hole, proof: str) -> None:
        """Put one more proof into the real file. Raises `FileChanged` and leaves it alone when somebody else
        wrote to it, `SourceError` when it can't be written."""
        assert self.source is not None
        proofs = {**self.proofs, hole: proof}
        self.bytes = write_proofs(self.source, proofs, expected=self.bytes)
        self.proofs = proofs

    def look(self) -> bool:
        """Whether the file on disk still is what it is taken for."""
        try:
            self.changed = self.source is not None and self.path.read_bytes() != self.bytes
        except OSError:
            self.changed = True
        return not self.changed
