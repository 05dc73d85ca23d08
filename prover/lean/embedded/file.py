"""A file as a running Lean has elaborated it: command by command, with the state after each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from prover.lean.embedded.lean import Command, EmbeddedLean
from prover.lean.gateway import Complaint
from prover.lean.source import Source
from prover.types import Hole, Position, Span

INITIAL = 0


@dataclass(frozen=True)
class ElaboratedFile:
    """`commands` have spans in characters of the source's text."""

    source: Source
    commands: tuple[Command, ...]

    @classmethod
    def elaborate(cls, lean: EmbeddedLean, source: Source) -> ElaboratedFile:
        start = source.header.end
        return cls(source, tuple(moved(lean.elaborate(INITIAL, source.text[start:]), start)))

    @property
    def states(self) -> list[int]:
        return [command.state for command in self.commands]

    def state_before(self, index: int) -> int:
        return self.commands[index - 1].state if index else INITIAL

    def recovers_before(self, index: int) -> bool:
        """Whether Lean could not read the command before."""
        return index > 0 and self.commands[index - 1].recovering

    def index_of(self, hole: Hole) -> int | None:
        """Which command the hole is in; None where Lean did not read so far."""
        index = bisect_right(self.commands, hole.span.start, key=lambda command: command.span.start) - 1
        return index if index >= 0 and hole.span.start < self.commands[index].span.end else None

    def command_text(self, index: int, proofs: Mapping[Hole, str]) -> str:
        """The text of a command with some of its holes replaced."""
        span = self.commands[index].span
        text, at = [], span.start
        for hole in sorted(proofs, key=lambda hole: hole.span.start):
            text += [self.source.text[at : hole.span.start], proofs[hole]]
            at = hole.span.end
        return "".join([*text, self.source.text[at : span.end]])

    def complaints(self) -> list[Complaint]:
        """The errors of the file as it stands."""
        text = self.source.text
        found = []
        for message in (message for command in self.commands for message in command.messages):
            if message.is_error:
                line = text.count("\n", 0, self.source.header.end) + message.line
                before = self.source.header.end - text.rfind("\n", 0, self.source.header.end) - 1
                column = message.column + 1 + (before if message.line == 1 else 0)
                found.append(Complaint(Position(line, column), message.text))
        return found


def moved(commands: Sequence[Command], by: int) -> list[Command]:
    """The commands with their spans `by` characters further on."""
    return [replace(each, span=Span(each.span.start + by, each.span.end + by)) for each in commands]
