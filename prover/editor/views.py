"""One version of a document, read: its holes, its unsolved goals, and where all of it is for the editor."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from prover.editor.documents import Place
from prover.lean.lexis import Kind, Lines, Token, tokens
from prover.lean.source import Source, parse_source
from prover.types import Declaration, Span, Theorem

UNSOLVED = "unsolved goals"
"""How Lean's complaint about goals that are left begins."""

_BOM = "\ufeff"
_LEAD_TO_TACTICS = ("by", "·", ".", "=>")
_ALTERNATIVES = ("|", "case", "case'", "next")


@dataclass(frozen=True, slots=True)
class Target:
    """Something to prove. The proof of `theorem`, a hole of `source`, goes in the place of `span` of the
    view's text, between `lead` and `trail`.

    For a `sorry` of the document, `source` is the view's own and nothing is put around the proof. Where there
    is none, because goals are just left, `source` has one more.
    """

    source: Source
    theorem: Theorem
    span: Span
    lead: str = ""
    trail: str = ""

    def text(self, proof: str) -> str:
        return f"{self.lead}{proof}{self.trail}"


class View:
    """Raises `SourceError` for a text that is not Unicode."""

    def __init__(self, path: Path, lines: Sequence[str], version: int) -> None:
        self.version = version
        self.lines = lines
        self.source = parse_source(path, "".join(lines).encode("utf-8", "surrogatepass"))
        self._bom = lines[0].startswith(_BOM)
        lengths = (len(line) - line.endswith("\r\n") for line in lines)
        self._starts = [0, *(end - self._bom for end in accumulate(lengths))]

    def place(self, offset: int) -> Place:
        """Where a character of the source's text is in the document."""
        line = min(bisect_right(self._starts, offset), len(self.lines)) - 1
        return Place(line, offset - self._starts[line] + (self._bom and line == 0))

    def offset(self, place: Place) -> int:
        """The reverse; for a place outside the document, the nearest one in it."""
        line = min(place.line, len(self.lines) - 1)
        length = len(self.lines[line].rstrip("\r\n"))
        column = length if place.line > line else min(place.column, length)
        return max(0, self._starts[line] + column - (self._bom and line == 0))

    def line_end(self, line: int) -> str:
        return "\r\n" if self.lines[line].endswith("\r\n") else "\n"

    @property
    def holes(self) -> list[Target]:
        return [Target(self.source, theorem, theorem.hole.span) for theorem in self.source.theorems]

    def hole_at(self, place: Place) -> Target | None:
        """The `sorry` there, or else the first one on its line."""
        offset = self.offset(place)
        on_line = []
        for theorem in self.source.theorems:
            span = theorem.hole.span
            if span.start <= offset <= span.end:
                return Target(self.source, theorem, span)
            if theorem.hole.position.line - 1 == self.source.text.count("\n", 0, offset):
                on_line.append(theorem)
        return Target(self.source, on_line[0], on_line[0].hole.span) if on_line else None

    def unsolved(self, start: Place, goals: int, together: bool) -> Target | None:
        """What is left to prove at the end of the tactic block that Lean complains of at `start`: so many
        goals, all of them `together` or the first. None where no such block can be made out."""
        found = tokens(self.source.text)
        lines = Lines(self.source.text)
        offset = self.offset(start)
        first = next((i for i, token in enumerate(found) if token.start >= offset), len(found))
        if first < len(found) and found[first].text in _ALTERNATIVES:
            first = next((i for i in range(first, len(found)) if found[i].text == "=>"), len(found))
        if first >= len(found) or found[first].text not in _LEAD_TO_TACTICS:
            return None
        end, column = _block(found, first, lines)
        declaration = self._declaration(found[first].start)
        if declaration is None:
            return None
        end = min(end, declaration.span.end)
        line = " " if column is None else f"\n{' ' * column}"
        if goals > 1 and together:
            return self._with_sorry(Span(end, end), f"{line}all_goals ", "")
        rest = "; sorry" if column is None else f"{line}sorry"
        return self._with_sorry(Span(end, end), line, rest * (goals - 1))

    def before_tactic(self, place: Place) -> Target | None:
        """What is to prove before the tactic that the line of `place` starts with; None where none does."""
        line = self.lines[min(place.line, len(self.lines) - 1)]
        indent = len(line) - len(line.lstrip())
        at = self.offset(Place(place.line, indent))
        return self._with_sorry(Span(at, at), "", f"\n{' ' * indent}")

    def _with_sorry(self, span: Span, lead: str, trail: str) -> Target | None:
        text = self.source.text
        changed = f"{text[: span.start]}{lead}sorry{trail}{text[span.end :]}"
        source = parse_source(self.source.path, changed.encode("utf-8"))
        start = span.start + len(lead)
        found = (theorem for theorem in source.theorems if theorem.hole.span.start == start)
        theorem = next(found, None)
        return None if theorem is None else Target(source, theorem, span, lead, trail)

    def _declaration(self, offset: int) -> Declaration | None:
        around = (each for each in self.source.declarations if each.span.start <= offset < each.span.end)
        return next(around, None)


def _block(found: Sequence[Token], lead: int, lines: Lines) -> tuple[int, int | None]:
    """Where the tactic block behind token `lead` ends, and its column; None for a block that is empty."""
    if lead + 1 == len(found):
        return found[lead].end, None
    column = lines.column(found[lead + 1].start)
    if found[lead + 1].first and column <= lines.indent(found[lead].start):
        return found[lead].end, None
    depth, last = 0, lead
    for i in range(lead + 1, len(found)):
        depth += (found[i].kind is Kind.OPEN) - (found[i].kind is Kind.CLOSE)
        outside = found[i].first and lines.column(found[i].start) < column
        if depth < 0 or outside:
            break
        last = i
    return found[last].end, column
