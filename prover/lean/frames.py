"""What is open at a point of a declaration: the stack that the search for its holes keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Open(Enum):
    BRACKET = auto()  # `(`, `[`, `{`, `⟨`; hides what is outside of it
    BLOCK = auto()  # a sequence of tactics, from its first one; a line that starts left of its column ends it
    BRANCHES = auto()  # the `|` alternatives of `match`, `induction`, `cases`, of tactics or of terms
    CHOICE = auto()  # the `|` alternatives of `first`
    ARROW = auto()  # a `fun` or an alternative whose `=>` is still to come
    IF = auto()  # an `if`, of tactics or of terms


@dataclass(slots=True)
class Frame:
    """`tactic` tells whether it leads to tactics, `token` is the number of the token that opened it.

    `column` is that of a block's first token, or of the first alternative; -1 before there is one. `head` is
    the first word of a block's latest tactic, or a bracket itself. `lets` counts, in a block, the `let`s of
    terms whose body is still to come.
    """

    kind: Open
    tactic: bool
    token: int
    column: int = -1
    head: str = ""
    lets: int = 0


class Frames(list[Frame]):
    """The innermost is the last."""

    def inner(self) -> int:
        """The number of the first frame inside the innermost bracket."""
        for n in range(len(self) - 1, -1, -1):
            if self[n].kind is Open.BRACKET:
                return n + 1
        return 0

    def latest(self, kind: Open) -> int | None:
        """The number of the innermost frame of that kind that no bracket hides."""
        return next((n for n in range(len(self) - 1, self.inner() - 1, -1) if self[n].kind is kind), None)

    def block(self) -> Frame | None:
        n = self.latest(Open.BLOCK)
        return None if n is None else self[n]

    def close(self) -> None:
        """Close the innermost bracket, and all that is open in it."""
        inner = self.inner()
        if inner:
            del self[inner - 1 :]

    def end_blocks(self, column: int) -> None:
        """End the blocks that a line which starts at `column` is left of, up to the innermost bracket."""
        for n in range(self.inner(), len(self)):
            if self[n].kind is Open.BLOCK and self[n].column > column:
                del self[n:]
                return
