"""Columns as an editor counts them: in UTF-16, UTF-8 or UTF-32 code units of a line."""

from __future__ import annotations

from enum import Enum


class Encoding(Enum):
    """The names are those of the Language Server Protocol."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def units(self, text: str) -> int:
        """How many units the text has."""
        if self is Encoding.UTF32 or text.isascii():
            return len(text)
        return len(text.encode(*self._codec)) // self._width

    def characters(self, line: str, units: int) -> int:
        """How many characters of `line` the first `units` are; one that is cut through does not count, and
        what lies past the line's end is its end."""
        if self is Encoding.UTF32 or line.isascii():
            return min(units, len(line))
        name, _ = self._codec
        return len(line.encode(*self._codec)[: units * self._width].decode(name, "ignore"))

    @property
    def _codec(self) -> tuple[str, str]:
        return ("utf-16-le" if self is Encoding.UTF16 else "utf-8"), "surrogatepass"

    @property
    def _width(self) -> int:
        return 2 if self is Encoding.UTF16 else 1
