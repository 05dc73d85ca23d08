"""An open hole that outlives its Lean.

Lean's own states are lost when it dies or has to be killed. A session remembers by which tactics each state
was reached, and replays them in a new Lean when a state is asked for that the present one does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prover.errors import LeanDied, LeanKeepsDying, LeanTimeout
from prover.lean.dojo import LeanError, LineDojo, ProofFinished, ProofGivenUp
from prover.lean.dojo import TacticState as DojoState
from prover.lean.goals import parse_goal
from prover.lean.guard import refusal
from prover.types import Advanced, Failed, FailureReason, Outcome, Proved, TacticState

_DEATHS_IN_A_ROW = 5
_HEARTBEATS = "maximum number of heartbeats"


@dataclass(slots=True)
class _Reached:
    """How a state was reached, and what the Lean of `generation` calls it."""

    parent: int
    tactic: str
    state: DojoState
    generation: int


class ReplayingSession:
    """A `LeanSession`. `reopen` gives the hole in a Lean that works, a new one if need be; it may raise
    `LeanKeepsDying`. A Lean that reports more than `memory_limit` bytes is replaced before the next tactic.
    """

    def __init__(
        self, reopen: Callable[[], LineDojo], theorem_name: str, memory_limit: int | None = None
    ) -> None:
        self._reopen = reopen
        self._theorem_name = theorem_name
        self._memory_limit = memory_limit
        self._generation = 0
        self._dojo, first = reopen().__enter__()
        self._reached = [_Reached(-1, "", first, 0)]
        self.root = self._translated(0, first)

    @property
    def memory(self) -> int:
        """Bytes, as Lean last reported them; 0 before the first tactic."""
        return int(self._dojo.reply.get("memory", 0))

    def run(self, state: TacticState, tactic: str, seconds: float | None = None) -> Outcome:
        why = refusal(tactic, self._theorem_name)
        if why is not None:
            return Failed(FailureReason.FORBIDDEN, why)
        outcome = self._attempt(state, tactic, seconds)
        if outcome is None:
            outcome = self._attempt(state, tactic, seconds)
        if outcome is None:
            return Failed(FailureReason.CRASH, "Lean was killed twice while it ran this")
        return outcome

    def _attempt(self, state: TacticState, tactic: str, seconds: float | None) -> Outcome | None:
        """None when Lean was killed from outside: the tactic deserves another try."""
        known = self._known(state.id)
        limit = self._dojo.timeout
        self._dojo.timeout = limit if seconds is None else min(limit, seconds)
        try:
            result = self._dojo.run_tac(known, tactic)
        except AssertionError:
            return Failed(FailureReason.TACTIC, "LeanDojo cannot read the goals that this leaves")
        except LeanTimeout as error:
            return Failed(FailureReason.TIMEOUT, str(error), self._dojo.timeout)
        except LeanDied as error:
            return None if error.killed else Failed(FailureReason.CRASH, str(error))
        finally:
            self._dojo.timeout = limit
        outcome = self._outcome(state.id, tactic, result)
        if self._memory_limit is not None and self.memory > self._memory_limit:
            self._dojo.process.kill()
        return outcome

    def _outcome(self, parent: int, tactic: str, result: object) -> Outcome:
        seconds = self._dojo.reply.get("ms", 0.0) / 1000
        if isinstance(result, ProofFinished):
            return Proved(seconds)
        if isinstance(result, ProofGivenUp):
            return Failed(FailureReason.SORRY, "closes the goal with a `sorry`", seconds)
        if isinstance(result, LeanError):
            return Failed(_reason(result.error, self._dojo.reply), result.error, seconds)
        assert isinstance(result, DojoState)
        self._reached.append(_Reached(parent, tactic, result, self._generation))
        return Advanced(self._translated(len(self._reached) - 1, result), seconds)

    def _translated(self, number: int, state: DojoState) -> TacticState:
        texts = self._dojo.reply.get("goals") or state.pp.split("\n\n")
        return TacticState(number, tuple(parse_goal(text) for text in texts))

    def _known(self, number: int) -> DojoState:
        """The state as the present Lean knows it; replays the way to it after Lean was replaced."""
        for _ in range(_DEATHS_IN_A_ROW):
            try:
                if self._dojo.closed or not self._dojo.process.alive:
                    self._start_again()
                return self._replay(number)
            except LeanDied as error:
                last = error
        raise LeanKeepsDying(f"Lean died {_DEATHS_IN_A_ROW} times in a row: {last}")

    def _start_again(self) -> None:
        self._dojo, first = self._reopen().__enter__()
        self._generation += 1
        root = self._reached[0]
        root.state, root.generation = first, self._generation

    def _replay(self, number: int) -> DojoState:
        way = []
        while self._reached[number].generation != self._generation:
            way.append(number)
            number = self._reached[number].parent
        for step in reversed(way):
            reached = self._reached[step]
            result = self._dojo.run_tac(self._reached[reached.parent].state, reached.tactic)
            if not isinstance(result, DojoState):
                raise LeanDied(f"a new Lean answers {reached.tactic!r} differently: {result}")
            reached.state, reached.generation = result, self._generation
            number = step
        return self._reached[number].state


def _reason(message: str, reply: dict[str, object]) -> FailureReason:
    if reply.get("parse"):
        return FailureReason.PARSE
    return FailureReason.TIMEOUT if _HEARTBEATS in message else FailureReason.TACTIC
