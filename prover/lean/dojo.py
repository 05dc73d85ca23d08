"""LeanDojo's `Dojo` on a process of ours: the only importer of `lean_dojo`.

`run_tac` and the result types are LeanDojo's own. What is ours is how a Dojo begins and ends (no tracing, no
repository) and how it reads: LeanDojo's transport takes a byte at a time, ours whole lines. `StockDojo` has
LeanDojo's, to compare the two.
"""

from __future__ import annotations

import gc
import json
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pexpect

from prover.errors import HoleUnreachable, LeanDied, LeanTimeout
from prover.lean.transport import LineProcess

# Importing lean_dojo looks for a `.env` file and reads the user's secrets into our environment: not wanted.
_before = dict(os.environ)
from lean_dojo.interaction.dojo import (  # noqa: E402
    Dojo,
    LeanError,
    ProofFinished,
    ProofGivenUp,
    TacticState,
)

for _name in os.environ.keys() - _before.keys():
    del os.environ[_name]
gc.freeze()  # all that has been imported stays; a collection that goes through it takes 50 ms

__all__ = [
    "FocusingDojo",
    "LeanError",
    "LineDojo",
    "ProofFinished",
    "ProofGivenUp",
    "StockDojo",
    "TacticState",
]


class LineDojo(Dojo):  # type: ignore[misc]  # LeanDojo has no type annotations for users
    """One open hole of a running Lean. `reply` is the last answer as it came, with what LeanDojo leaves out.

    `heartbeats`, in thousands, is what a tactic may have, and `share` the part of it that the next one gets.
    `seconds` is the wall limit of one request.
    `focuses`: its Lean knows goals by their numbers, and `run_goal` is there; LeanDojo's own does not.
    Raises `LeanDied` and `LeanTimeout`; the Dojo is of no use when its process is dead after that.
    """

    focuses = False

    grace = 0.0  # seconds that an answer may be late

    def __init__(self, process: LineProcess, first: dict[str, Any], seconds: float, heartbeats: int) -> None:
        self.process = process
        self.timeout = seconds
        self.is_successful = False
        self.reply = first
        self.closed = False  # the hole was left, and its states with it
        self.share = 1.0
        self._heartbeats = heartbeats

    def __enter__(self) -> tuple[LineDojo, TacticState]:
        """Raises `HoleUnreachable` for a goal whose text LeanDojo does not understand."""
        try:
            return self, TacticState(self._post_process(self.reply["tacticState"]), self.reply["sid"])
        except AssertionError as error:
            raise HoleUnreachable("LeanDojo cannot read the goal") from error

    def __exit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        """The process belongs to whoever started it."""

    @property
    def heartbeats(self) -> int:
        """Thousands of them, for the next tactic."""
        return max(1, round(self._heartbeats * self.share))

    def _submit_request(self, req: str) -> dict[str, Any]:
        self.process.send(req)
        self.reply = self.process.receive(self.timeout + self.grace)
        self.reply.setdefault("message", "")
        if not _is_answer(self.reply):
            self.process.kill()
            raise LeanDied(f"Lean gave an answer that is none: {str(self.reply)[:80]}")
        return self.reply


class FocusingDojo(LineDojo):
    """A Dojo of a Lean that works on one goal at a time (see embedded/runtime/tactics.cjs).

    That Lean ends a tactic itself when its time is up, and the Dojo can be used again after that
    `LeanTimeout`. One that does not is killed, a little later.
    """

    focuses = True
    grace = 0.5
    _goal = 0

    def run_goal(self, state: TacticState, tactic: str, goal: int) -> object:
        """Like `run_tac`, on the goal of that number and those tied to it; no other is in the result."""
        self._goal = goal
        return self.run_tac(state, tactic)

    def _submit_request(self, req: str) -> dict[str, Any]:
        limits = f'"goal": {self._goal}, "heartbeats": {self.heartbeats}, "seconds": {self.timeout:.3f}'
        reply = super()._submit_request(f"{req[:-1]}, {limits}}}")
        if reply.get("late"):
            raise LeanTimeout
        if reply.get("error") is None and not _is_grouped(reply):
            self.process.kill()
            raise LeanDied(f"Lean does not say how goals are tied: {str(reply)[:80]}")
        return reply


def _is_answer(reply: dict[str, Any]) -> bool:
    if isinstance(reply.get("error", 0), str):
        return True
    described = isinstance(reply.get("sid"), int) and isinstance(reply.get("tacticState"), str)
    return described and reply.get("error", 0) is None


def _is_grouped(reply: dict[str, Any]) -> bool:
    """Whether each goal is in one group; a reply without goals needs none."""
    try:
        numbers = sorted(number for group in reply.get("groups", ()) for number in group)
    except TypeError:
        return False
    return numbers == list(range(len(reply.get("goals", ()))))


class StockDojo(Dojo):  # type: ignore[misc]
    """An embedded Lean behind LeanDojo's own transport, with a process to itself. `reply` is the last answer.

    Raises what LeanDojo does.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path, seconds: float) -> None:
        self.timeout = seconds
        self.reply: dict[str, Any] = {}
        self.proc = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=dict(env),
            cwd=str(cwd),
            timeout=seconds,
            maxread=1,
            encoding="utf-8",
            echo=False,
        )

    def __enter__(self) -> StockDojo:
        try:
            self._read_next_line()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        self.proc.kill(signal.SIGKILL)
        self.proc.close()

    def open(self, text: str) -> TacticState:
        """Open the hole that `lean_dojo_repl` stands for in the one command `text`."""
        first = self._submit_request(json.dumps({"sid": 0, "cmd": text, "open": True}))
        return TacticState(first["tacticState"], first["sid"])

    def _submit_request(self, req: str) -> dict[str, Any]:
        self.reply = super()._submit_request(req)
        return self.reply
