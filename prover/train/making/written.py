"""What all that makes problems comes down to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A file to be: `text` is what stands before the theorems, and `end` what stands after them. `theorems`
    are declarations with a `sorry`, by name. `drawn` counts the statements there were before some were
    taken for false, `refuted` how many of them were."""

    kind: str
    text: str
    theorems: tuple[tuple[str, str], ...]
    end: str
    drawn: int
    refuted: int
