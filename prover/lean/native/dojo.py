"""LeanDojo's `Dojo` on a native Lean, with a heartbeat limit for each tactic (see lean/ProverRepl.lean)."""

from __future__ import annotations

import time
from typing import Any

from prover.lean.dojo import LeanError, LineDojo

_PARSER_ERROR = "<stdin>:"


class NativeDojo(LineDojo):
    """The time of an answer counts as Lean's, which does not tell it."""

    def run_tac(self, state: Any, tactic: str) -> Any:
        begun = time.perf_counter()
        # on a line of its own, so that the tactic's columns are what they are in a file
        result = super().run_tac(state, f"prover_limited {self.heartbeats} =>\n{tactic}")
        self.reply["ms"] = (time.perf_counter() - begun) * 1000
        self.reply["parse"] = isinstance(result, LeanError) and result.error.startswith(_PARSER_ERROR)
        return result
