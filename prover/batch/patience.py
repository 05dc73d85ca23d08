"""How long a night waits for a language model that does not answer. Times are those of the night's clock."""

from __future__ import annotations

from dataclasses import dataclass

from prover.errors import NightError

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds; each pause is twice as long as the one before."""

LIMIT = 1800.0
"""After so many seconds without an answer the night ends, to be gone on with."""


@dataclass(slots=True)
class Patience:
    _since: float | None = None
    _until: float = 0.0
    _pause: float = FIRST_PAUSE

    def is_over(self, at: float) -> bool:
        """Whether it is time to ask."""
        return self._since is None or at >= self._until

    def wait(self, at: float, why: str) -> str:
        """Nothing answered. What to tell of it: "" where it was told. Raises `NightError` after too long."""
        if self._since is None:
            self._since, self._until = at, at + self._pause
            return f"no language model answers, so the night waits: {why}"
        if at - self._since >= LIMIT:
            minutes = (at - self._since) / 60
            raise NightError(
                f"no language model has answered for {minutes:.0f} minutes: {why}; "
                "once one does, `prover night resume` goes on"
            )
        if at >= self._until:
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._until = at + self._pause
        return ""

    def end(self) -> str:
        """Something answered. What to tell of it."""
        waited, self._since, self._pause = self._since is not None, None, FIRST_PAUSE
        return "language models answer again" if waited else ""
