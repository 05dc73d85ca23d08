"""One running embedded Lean: the command level of its protocol (see runtime/commands.cjs).

State 0 is the one after the imports; every command leads to a new state, and all stay valid until forgotten.
While a hole is open, only its `FocusingDojo` may talk to this Lean; `leave` ends that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from prover.errors import HoleError, HoleUnreachable, LeanDied, NotAProposition
from prover.lean.certificate import Foundation, Message
from prover.lean.dojo import FocusingDojo
from prover.lean.transport import LineProcess
from prover.types import Span

FILE_SECONDS = 600.0
"""The wall limit of one request at the command level; Lean's own heartbeats end a command long before."""

_LEFT_OPEN = "unsolved goals"


@dataclass(frozen=True, slots=True)
class Command:
    """`span` is in characters of the text that was elaborated, `state` the one after it.

    `recovering`: Lean could not read it, and skips what it can't read before the next, without a word.
    """

    span: Span
    state: int
    messages: tuple[Message, ...]
    recovering: bool = False


class EmbeddedLean:
    """Raises `LeanDied` and `LeanTimeout`, after which it is of no use."""

    def __init__(self, process: LineProcess, seconds: float) -> None:
        self.process = process
        self.memory = 0
        self._dojo: FocusingDojo | None = None
        process.receive(seconds)

    def elaborate(
        self, state: int, text: str, recovering: bool = False, until: int | None = None
    ) -> list[Command]:
        """The commands of `text`, up to the one that character `until` is the end of, or all of them.

        `recovering` is that of the command before.
        """
        limit = {} if until is None else {"until": len(text[:until].encode())}
        reply = self._request({"sid": state, "cmd": text, "recovering": recovering, **limit})
        return list(_commands(reply, text.encode()))

    def open(self, state: int, text: str, heartbeats: int, seconds: float) -> FocusingDojo:
        """Open the hole that `lean_dojo_repl` stands for in the one command `text`."""
        self.leave()
        self.process.send(json.dumps({"sid": state, "cmd": text, "open": True}))
        reply = self.process.receive(FILE_SECONDS)
        if "tacticState" in reply:
            self._dojo = FocusingDojo(self.process, reply, seconds, heartbeats)
            return self._dojo
        if "commands" not in reply:  # the REPL opened, and found that it is no place for it
            reply = self.process.receive(FILE_SECONDS)
            objection: HoleError = NotAProposition("it stands for data, not for a proof")
        else:
            objection = HoleUnreachable("Lean elaborates the declaration without it")
        self._forget_all(reply)
        messages = (message for command in _commands(reply, text.encode()) for message in command.messages)
        errors = [message.text for message in messages if message.is_error]
        said = [error.splitlines()[0] for error in errors if not error.startswith(_LEFT_OPEN)]
        raise HoleUnreachable(said[0]) if said else objection

    def leave(self) -> None:
        """Close the open hole, if there is one; its Dojo is closed then."""
        if self._dojo is None:
            return
        self._dojo.closed = True
        self._dojo = None
        reply: dict[str, Any] = {}
        while "commands" not in reply:  # a tactic state: Lean visits the hole once more
            self.process.send("exit")
            reply = self.process.receive(FILE_SECONDS)
        self._forget_all(reply)

    def foundation(self, before: int, proof: int, of: Sequence[str] | None = None) -> Foundation:
        """What the declarations between two states rest on, or those `of` them that are named."""
        named = {} if of is None else {"of": list(of)}
        reply = self._request({"judge": {"before": before, "proof": proof, **named}})
        return Foundation(
            declared=tuple(reply["declared"]),
            flaws=(reply["kernel"],) if reply["kernel"] else (),
            axioms=tuple(reply["axioms"]),
            open=tuple(reply["open"]),
            unfinished=tuple(reply["unfinished"]),
        )

    def differences(self, before: int, hole: int, proof: int) -> list[str]:
        """What is declared differently after `proof` and after `hole`, both of which came from `before`."""
        reply = self._request({"compare": {"before": before, "hole": hole, "proof": proof}})
        return [str(difference) for difference in reply["differences"]]

    def confined(self, before: int, hole: int, proof: int, end: int) -> bool:
        """Whether nothing that comes after `hole` and goes on to `end`, the end of the file, could turn out
        differently after `proof`."""
        request = {"before": before, "hole": hole, "proof": proof, "end": end}
        return bool(self._request({"confined": request})["confined"])

    def forget(self, states: Iterable[int]) -> None:
        self._request({"forget": list(states)})

    def _forget_all(self, reply: dict[str, Any]) -> None:
        self.forget(command["sid"] for command in reply["commands"])

    def _request(self, request: dict[str, Any]) -> dict[str, Any]:
        self.leave()
        self.process.send(json.dumps(request))
        reply = self.process.receive(FILE_SECONDS)
        if reply.get("error") is not None:
            self.process.kill()
            raise LeanDied(f"Lean refuses {str(request)[:80]}: {reply['error']}")
        self.memory = reply["memory"]
        return reply


def _commands(reply: dict[str, Any], text: bytes) -> Iterable[Command]:
    at = 0
    for command in reply["commands"]:
        length = len(text[command["start"] : command["end"]].decode())
        messages = tuple(Message(**message) for message in command["messages"])
        yield Command(Span(at, at + length), command["sid"], messages, command["recovering"])
        at += length
