"""The seam to Lean: what the search and the commands know of it.

gateway = EmbeddedGateway(...)
source = read_source(path)
for theorem in source.theorems:
    with gateway.open(source, theorem) as session:
        outcome = session.run(session.root, "simp")
    verdicts = gateway.certify(source, {theorem.hole: "simp"})
gateway.close()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from prover.lean.source import Source
from prover.types import Failed, FailureReason, Hole, Outcome, Position, TacticState, Theorem, Verdict

HEARTBEATS = "maximum number of heartbeats"
"""What Lean says when a tactic has used up its heartbeats, which it would do again."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error that Lean reports for a file as it stands."""

    position: Position
    message: str


class LeanSession(Protocol):
    """One hole, open. States stay valid until the session ends, through crashes and restarts of Lean."""

    @property
    def root(self) -> TacticState: ...

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        """Try `tactic` on the goal of that number in `state`.

        The tactic sees that goal, and behind it the others of its group (`TacticState.groups`). What it
        leaves of these is the new state; the other goals of `state` are not in it. Answers `Proved` when
        nothing of the group is left. It gets at most so many `seconds` of wall time, where they are fewer
        than the session's own limit, and that `share` of its heartbeats. A failed, slow, deadly or forbidden
        tactic is a `Failed`. Raises `LeanKeepsDying` when no Lean can be had any more.
        """
        ...


class LeanGateway(Protocol):
    """One Lean. Not for use by two threads at once."""

    @property
    def version(self) -> str: ...

    def check(self, source: Source) -> Sequence[Complaint]:
        """The errors that the file has as it stands, in order; empty for a clean one."""
        ...

    def open(
        self, source: Source, theorem: Theorem, solved: Sequence[str] = ()
    ) -> AbstractContextManager[LeanSession]:
        """Open a hole. One that Lean visits several times (`constructor <;> sorry`) opens at the first
        visit that none of the `solved` scripts closes.

        Raises `NotAProposition`, `HoleUnreachable`, `LeanKeepsDying`.
        """
        ...

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        """Elaborate the file afresh with each text in the place of its hole, and judge each of them."""
        ...

    def close(self) -> None: ...


def is_certain(outcome: Outcome) -> bool:
    """Whether any Lean would answer so at any time: it did not die, and was not ended by the clock."""
    if not isinstance(outcome, Failed) or outcome.reason is not FailureReason.TIMEOUT:
        return not isinstance(outcome, Failed) or outcome.reason is not FailureReason.CRASH
    return ran_out(outcome)


def ran_out(outcome: Outcome) -> bool:
    """Whether the tactic has used up its heartbeats, and may do something with more."""
    timed_out = isinstance(outcome, Failed) and outcome.reason is FailureReason.TIMEOUT
    return timed_out and HEARTBEATS in outcome.message
