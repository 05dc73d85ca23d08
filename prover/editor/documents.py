"""Open documents as an editor has them: lines, changed in place, so that a keystroke costs what it touches.

Nothing here looks at the file on disk. Places are lines and columns from 0, columns in characters.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Change:
    """The text from `start` to `end` became `text`."""

    start: Place
    end: Place
    text: str

    def touches(self, start: Place, end: Place) -> bool:
        """Whether anything from `start` to `end` is changed. White space put right behind it is not."""
        if self.start == end:
            return bool(self.text) and not self.text[0].isspace()
        return self.start < end and self.end > start

    def moved(self, place: Place) -> Place:
        """Where a place that is not changed itself is afterwards: behind what is put right before it."""
        if place < self.end:
            return place
        added = split_lines(self.text)
        line = place.line + len(added) - 1 - (self.end.line - self.start.line)
        if place.line > self.end.line:
            return Place(line, place.column)
        before = self.start.column if len(added) == 1 else 0
        return Place(line, before + len(added[-1]) + place.column - self.end.column)


class Document:
    """One document. The last of `lines` has no line end, each other one has its own."""

    def __init__(self, path: Path, text: str, version: int) -> None:
        self.path = path
        self.version = version
        self.lines = split_lines(text)

    def replace(self, start: Place, end: Place, text: str) -> Change:
        """Put `text` there. Places outside the document are drawn into it."""
        start, end = self._inside(start), self._inside(end)
        first = start.line
        new = self.lines[first][: start.column] + text + self.lines[end.line][end.column :]
        if first and new.startswith("\n") and self.lines[first - 1].endswith("\r"):
            first -= 1  # the two are one line end now
            new = self.lines[first] + new
        made = split_lines(new)
        self.lines[first : end.line + 1] = made if end.line + 1 == len(self.lines) else made[:-1]
        return Change(start, end, text)

    def replace_all(self, text: str) -> Change:
        """Make it `text`. The change told is the smallest one in whole lines."""
        old, new = self.lines, split_lines(text)
        same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
        if same is None and len(old) == len(new):
            return Change(Place(0, 0), Place(0, 0), "")
        head = min(len(old), len(new)) - 1 if same is None else same
        rest = min(len(old), len(new)) - head
        tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
        self.lines = new
        end = Place(len(old) - 1, len(old[-1])) if tail == 0 else Place(len(old) - tail, 0)
        return Change(Place(head, 0), end, "".join(new[head : len(new) - tail]))

    def _inside(self, place: Place) -> Place:
        if place.line >= len(self.lines):
            return Place(len(self.lines) - 1, len(self.lines[-1]))
        return Place(place.line, min(place.column, len(self.lines[place.line].rstrip("\r\n"))))


def split_lines(text: str) -> list[str]:
    """Its lines with their ends (`\\n`, `\\r\\n`, `\\r`, as editors count), and the rest, perhaps empty."""
    lines = list(io.StringIO(text, newline=""))
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines
