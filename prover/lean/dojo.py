"""LeanDojo's `Dojo` on a process of ours: the only importer of `lean_dojo`.

`run_tac` and the result types are LeanDojo's own. What is ours is how a Dojo begins and ends (no tracing, no
repository) and how it reads: LeanDojo's transport takes a byte at a time, ours whole lines.
"""

from __future__ import annotations

import json
import os
from typing import Any

from prover.errors import LeanDied
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

__all__ = ["LeanError", "LineDojo", "ProofFinished", "ProofGivenUp", "TacticState"]


class LineDojo(Dojo):  # type: ignore[misc]  # LeanDojo has no type annotations for users
    """One open hole of a running Lean. `reply` is the last answer as it came, with what LeanDojo leaves out.

    `fields` goes into every request beside `sid` and `cmd`. `seconds` is the wall limit of one request.
    Raises `LeanDied` and `LeanTimeout`; the Dojo is of no use after either.
    """

    def __init__(self, process: LineProcess, first: dict[str, Any], seconds: float, **fields: object) -> None:
        self.process = process
        self.timeout = seconds
        self.is_successful = False
        self.reply = first
        self.closed = False  # the hole was left, and its states with it
        self._fields = "".join(f", {json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items())

    def __enter__(self) -> tuple[LineDojo, TacticState]:
        return self, TacticState(self._post_process(self.reply["tacticState"]), self.reply["sid"])

    def __exit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        """The process belongs to whoever started it."""

    def _submit_request(self, req: str) -> dict[str, Any]:
        self.process.send(f"{req[:-1]}{self._fields}}}")
        self.reply = self.process.receive(self.timeout)
        self.reply["message"] = ""
        if "error" not in self.reply:
            raise LeanDied(f"Lean answered without saying whether it failed: {self.reply}")
        return self.reply
