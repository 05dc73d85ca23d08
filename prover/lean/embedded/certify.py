"""The embedded Lean's certificate: the file elaborated afresh from the first changed command on.

What stands before the first proof is the file's own text, elaborated once; its state is a value that nothing
later can change, so starting from it is starting from the beginning. What comes after the last proof is
elaborated too, unless nothing in it could turn out differently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from prover.lean.certificate import Foundation, judge, new_errors, rejected, user_name
from prover.lean.embedded.file import ElaboratedFile, moved
from prover.lean.embedded.lean import Command, EmbeddedLean
from prover.types import Declaration, Hole, Span, Verdict

STAND_IN = "prover_example"
"""The name under which an `example`, which leaves nothing behind, is declared to be examined."""


def certify(lean: EmbeddedLean, file: ElaboratedFile, proofs: Mapping[Hole, str]) -> dict[Hole, Verdict]:
    """A verdict for each proof, in the presence of the others."""
    file.complete()
    indices = {hole: file.index_of(hole) for hole in proofs}
    reached = {hole: index for hole, index in indices.items() if index is not None}
    verdicts = {hole: rejected("Lean stops reading the file before it") for hole in proofs}
    if not reached:
        return verdicts
    examiner = _Examiner(lean, file, proofs, sorted(set(reached.values())))
    try:
        flaw = examiner.flaw_of_the_file()
        for hole, index in reached.items():
            verdicts[hole] = rejected(flaw) if flaw else examiner.verdict(hole, index)
        return verdicts
    finally:
        if lean.process.alive:
            lean.forget(examiner.states)


class _Examiner:
    """Compares a file's commands from the first changed one on, with their holes and with the proofs."""

    def __init__(
        self, lean: EmbeddedLean, file: ElaboratedFile, proofs: Mapping[Hole, str], changed: Sequence[int]
    ) -> None:
        self._lean = lean
        self._file = file
        self._proofs = proofs
        self._changed = changed
        self._first = changed[0]
        self._after: list[Command] = []
        self._text = file.source.replaced(proofs)

    @property
    def states(self) -> list[int]:
        return [command.state for command in self._after]

    def flaw_of_the_file(self) -> str:
        """Why the file as a whole can't be accepted; empty when it can."""
        before, commands, last = self._file.state_before(self._first), self._file.commands, self._changed[-1]
        flaw = self._flaw_up_to(last)
        if flaw or last + 1 == len(commands):
            return flaw
        if self._lean.confined(before, commands[last].state, self.states[-1], commands[-1].state):
            return ""
        return self._flaw_up_to(len(commands) - 1)

    def _elaborate(self, last: int) -> None:
        """Go on with the file up to command number `last`. The one after it is only looked at."""
        done = self._first + len(self._after)
        start = self._shifted(self._file.commands[done].span.start)
        state = self._after[-1].state if self._after else self._file.state_before(done)
        recovering = self._after[-1].recovering if self._after else self._file.recovers_before(done)
        following = self._file.commands[last + 1 : last + 2]
        until = self._shifted(self._file.commands[last].span.end) - start if following else None
        end = self._shifted(following[0].span.end) if following else len(self._text)
        said = self._lean.elaborate(state, self._text[start:end], recovering, until)
        self._after += moved(said, self._text, start)

    def _flaw_up_to(self, last: int) -> str:
        self._elaborate(last)
        before = self._file.commands[self._first : last + 1]
        expected = [Span(self._shifted(each.span.start), self._shifted(each.span.end)) for each in before]
        if [command.span for command in self._after] != expected:
            found = new_errors(
                [message for command in self._file.commands for message in command.messages],
                [message for command in self._after for message in command.messages],
            )
            return found[0].text if found else "the proof changes where commands begin and end"
        for index in range(self._first, last + 1):
            if index not in self._changed and (errors := self._new_errors(index)):
                return f"it breaks a later declaration: {errors[0]}"
        start = self._file.state_before(self._first)
        differences = self._lean.differences(start, before[-1].state, self._after[-1].state)
        return differences[0] if differences else ""

    def verdict(self, hole: Hole, index: int) -> Verdict:
        """On a proof in command number `index`, of a file without flaw."""
        errors = self._new_errors(index)
        if errors:
            return rejected(errors[0])
        before, proof = self._states(index)
        stand_in = self._stand_in(index)
        if stand_in is not None:
            commands = self._lean.elaborate(before, stand_in)
            if any(message.is_error for each in commands for message in each.messages):
                return rejected("it is no proof when the example is declared under a name")
            proof = commands[-1].state
        own = next(each.declaration for each in self._file.source.theorems if each.hole == hole)
        left = self._holes_left(index)
        others_left = any(each != own for each in left)
        foundation = self._lean.foundation(before, proof)
        if others_left and own.name:
            foundation = self._alone(foundation, before, proof, own.name)
        foreign = [name for name in map(user_name, foundation.open) if not self._is_open(name)]
        if foreign:
            return rejected(f"leans on {foreign[0]}, which has an error")
        messages = self._after[index - self._first].messages
        says_sorry = not others_left and any(message.says_sorry for message in messages)
        return judge(foundation, own in left, says_sorry)

    def _holes_left(self, index: int) -> list[Declaration]:
        """The declarations of a command that still have holes."""
        return [
            theorem.declaration
            for theorem in self._file.source.theorems
            if theorem.hole not in self._proofs and self._file.index_of(theorem.hole) == index
        ]

    def _alone(self, together: Foundation, before: int, proof: int, name: str) -> Foundation:
        """What one of the declarations of a command rests on; the others (of a `mutual`) are others to it."""
        own = [each for each in together.declared if _belongs(user_name(each), name)]
        found = self._lean.foundation(before, proof, own)
        others = tuple(each for each in found.unfinished if each not in own)
        unfinished = tuple(each for each in found.unfinished if each in own)
        return replace(found, declared=tuple(own), open=(*found.open, *others), unfinished=unfinished)

    def _shifted(self, offset: int) -> int:
        """Where a place of the file is with the proofs in it."""
        return offset + sum(
            len(proof) - (hole.span.end - hole.span.start)
            for hole, proof in self._proofs.items()
            if hole.span.start < offset
        )

    def _new_errors(self, index: int) -> list[str]:
        before, after = self._file.commands[index], self._after[index - self._first]
        return [message.text for message in new_errors(before.messages, after.messages)]

    def _states(self, index: int) -> tuple[int, int]:
        if index == self._first:
            return self._file.state_before(index), self._after[0].state
        return self._after[index - self._first - 1].state, self._after[index - self._first].state

    def _stand_in(self, index: int) -> str | None:
        """The command with a definition in the place of its `example`; None when it is none."""
        source, span = self._file.source, self._file.commands[index].span
        for declaration in source.declarations:
            if declaration.kind == "example" and span.start <= declaration.span.start < span.end:
                proofs = {h: p for h, p in self._proofs.items() if span.start <= h.span.start < span.end}
                text = self._file.command_text(index, proofs)
                at = source.text.index(declaration.statement, declaration.span.start) - span.start
                return f"{text[:at]}def {STAND_IN}{text[at + len('example') :]}"
        return None

    def _is_open(self, name: str) -> bool:
        """Is it one of the file's declarations with a hole, or made by one?"""
        return any(
            not theorem.declaration.name or _belongs(name, theorem.declaration.name)
            for theorem in self._file.source.theorems
        )


def _belongs(name: str, declaration: str) -> bool:
    """Is it the declaration's name, or that of a part of it?"""
    return name == declaration or name.startswith(f"{declaration}.")
