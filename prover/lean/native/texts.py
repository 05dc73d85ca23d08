"""The file with its holes and the file with proofs in them, and how places in the one move to the other.

An `example` leaves nothing behind that could be examined. Where one has a hole, both texts have a definition
in its place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from prover.lean.lexis import Lines, tokens
from prover.lean.source import Source
from prover.types import Declaration, Hole, Span

STAND_IN = "prover_example"

Mark = tuple[int, int]
"""Line from 1 and column from 0, in characters, as Lean counts."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A text with pieces of it replaced."""

    original: str
    edits: tuple[tuple[Span, str], ...]

    @classmethod
    def of(cls, original: str, edits: Sequence[tuple[Span, str]]) -> Edited:
        return cls(original, tuple(sorted(edits, key=lambda edit: edit[0].start)))

    @property
    def text(self) -> str:
        pieces, at = [], 0
        for span, new in self.edits:
            pieces += [self.original[at : span.start], new]
            at = span.end
        return "".join([*pieces, self.original[at:]])

    def moved(self, offset: int) -> int:
        """Where a place is now that no edit has swallowed."""
        return offset + sum(
            len(new) - (span.end - span.start) for span, new in self.edits if span.start < offset
        )


def examples_with_holes(source: Source) -> list[Declaration]:
    found = {theorem.declaration for theorem in source.theorems if theorem.declaration.kind == "example"}
    return sorted(found, key=lambda declaration: declaration.span.start)


def with_names(source: Source) -> Edited:
    """The file, each `example` with a hole a definition."""
    edits = []
    for declaration in examples_with_holes(source):
        start = source.text.index(declaration.statement, declaration.span.start)
        line = source.text.count("\n", 0, start) + 1
        edits.append((Span(start, start + len("example")), f"def {STAND_IN}_{line}"))
    return Edited.of(source.text, edits)


def with_proofs(named: Edited, proofs: Mapping[Hole, str]) -> Edited:
    """The same text with proofs in the place of holes of the file."""
    edits = [
        (Span(named.moved(hole.span.start), named.moved(hole.span.end)), proof)
        for hole, proof in proofs.items()
    ]
    return Edited.of(named.text, edits)


class Ruler:
    """Offsets in a text as Lean's marks, and back."""

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._ends = [token.end for token in tokens(text)]

    def mark(self, offset: int) -> Mark:
        return self._lines.line(offset), self._lines.column(offset)

    def offset(self, mark: Mark) -> int:
        return self._starts[mark[0] - 1] + mark[1]

    def code_end(self, offset: int) -> int:
        """Where the code before `offset` ends: white space and comments after it are nobody's."""
        before = bisect_right(self._ends, offset)
        return self._ends[before - 1] if before else 0
