"""A file as a running Lean has elaborated it: command by command, with the state after each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from prover.lean.certificate import Message
from prover.lean.embedded.lean import Command, EmbeddedLean
from prover.lean.gateway import Complaint
from prover.lean.source import Source
from prover.types import Hole, Position, Span

INITIAL = 0


class ElaboratedFile:
    """The commands of a file, elaborated when they are first needed: to open its first hole takes no more
    than what stands before it. Spans and messages speak of the source's text. `known` are its first commands,
    where another version of it began with them.
    """

    def __init__(self, lean: EmbeddedLean, source: Source, known: Sequence[Command] = ()) -> None:
        self.source = source
        self.commands = list(known)
        self._lean = lean
        self._ended = False

    def shared_with(self, other: Source) -> list[Command]:
        """The commands that another version of the file begins with. The last one that reads alike may end
        differently there, and is not among them."""
        old, new = self.source, other.text
        if old.header != other.header or not new.startswith(old.text[: old.header.end]):
            return []
        alike = 0
        for command in self.commands:
            span = command.span
            if not new.startswith(old.text[span.start : span.end], span.start):
                break
            alike += 1
        return self.commands[: max(0, alike - 1)]

    def complete(self) -> None:
        """Elaborate what has not been needed so far."""
        if not self._ended:
            self._ended = True
            self._go_on(None)

    def _reach(self, offset: int) -> None:
        """Elaborate as far as the command with this character of the text in it."""
        if not self._ended and self._end <= offset:
            self._go_on(offset + 1)
            self._ended = self._end <= offset  # Lean reads no further

    @property
    def _end(self) -> int:
        return self.commands[-1].span.end if self.commands else self.source.header.end

    def _go_on(self, until: int | None) -> None:
        start, text = self._end, self.source.text
        limit = None if until is None else until - start
        state, recovering = self.state_before(len(self.commands)), self.recovers_before(len(self.commands))
        self.commands += moved(self._lean.elaborate(state, text[start:], recovering, limit), text, start)

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
        self._reach(hole.span.start)
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
        self.complete()
        return [
            Complaint(Position(message.line, message.column + 1), message.text)
            for command in self.commands
            for message in command.messages
            if message.is_error
        ]


def moved(commands: Sequence[Command], text: str, start: int) -> list[Command]:
    """What Lean said of the part of `text` that begins at `start`, said of all of it."""
    line = text.count("\n", 0, start)
    column = start - (text.rfind("\n", 0, start) + 1)

    def placed(message: Message) -> Message:
        before = column if message.line == 1 else 0
        return replace(message, line=message.line + line, column=message.column + before)

    return [
        Command(
            Span(each.span.start + start, each.span.end + start),
            each.state,
            tuple(map(placed, each.messages)),
            each.recovering,
        )
        for each in commands
    ]
