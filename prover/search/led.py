"""A session that others run ahead of."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from prover.errors import LeanKeepsDying
from prover.lean.gateway import LeanSession, is_certain
from prover.search.ways import START, Astray, Request, Walker
from prover.types import Advanced, Failed, FailureReason, Outcome, TacticState


class LedSession:
    """A `LeanSession`. While it waits for a helper's answer, its own Lean runs ahead, too.

    `run` and `expect` are for the thread of the search, the rest for any, in the hands of a `Crew` whose
    lock `changed` is. Helpers follow by `ways`.
    """

    def __init__(self, session: LeanSession, solved: Sequence[str], changed: threading.Condition) -> None:
        self.solved = tuple(solved)
        self.root = session.root
        self.ways = [START]
        self._changed = changed
        self._walker = Walker(lambda: session, self.ways)
        self._expected: Sequence[Request] = ()
        self._running: set[Request] = set()
        self._answers: dict[Request, tuple[Walker, Outcome]] = {}
        self._left: set[Request] = set()  # to the session's own Lean: elsewhere there was no sure answer
        self._alone = False

    def expect(self, requests: Sequence[Request]) -> None:
        """What may be asked soon, in the place of what was said before."""
        with self._changed:
            self._expected = requests
            self._changed.notify_all()

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        request = Request(state.id, tactic, goal, share)
        walker, outcome = self._answer(request, seconds)
        if not isinstance(outcome, Advanced):
            return outcome
        number = len(self.ways)
        walker.know(number, outcome.state)
        self.ways.append(request)
        return replace(outcome, state=replace(outcome.state, id=number))

    # -- for the crew ------------------------------------------------------------------------------------

    def upcoming(self) -> Request | None:
        """The next thing to run ahead that nobody is at."""
        known = (self._running, self._answers, self._left)
        return next((r for r in self._expected if not any(r in each for each in known)), None)

    def take(self, request: Request) -> None:
        self._running.add(request)

    def give(self, request: Request, walker: Walker, outcome: Outcome | None) -> None:
        """Hand in the answer to a request that was taken; None for no answer."""
        with self._changed:
            self._running.discard(request)
            if outcome is not None and is_certain(outcome):
                self._answers[request] = walker, outcome
            else:
                self._left.add(request)
            self._changed.notify_all()

    def be_alone(self) -> None:
        """Wait for nobody any more."""
        self._alone = True

    # -- in the search's thread --------------------------------------------------------------------------

    def _answer(self, request: Request, seconds: float | None) -> tuple[Walker, Outcome]:
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            with self._changed:
                if not self._awaits(request, deadline):
                    return self._walker, Failed(FailureReason.TIMEOUT, "no Lean answered in time")
                if request in self._answers:
                    return self._answers.pop(request)
                ahead = self.upcoming() if self._is_elsewhere(request) else None
                if ahead is not None:
                    self.take(ahead)
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if ahead is None:
                return self._walker, self._run(request, left)
            outcome: Outcome | None = None
            try:
                outcome = self._run(ahead, left)
            finally:
                self.give(ahead, self._walker, outcome)

    def _awaits(self, request: Request, deadline: float | None) -> bool:
        """Wait until there is something to do: nobody is at the request, or something else can be run ahead.
        False when the time is up."""
        while self._is_elsewhere(request) and self.upcoming() is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            self._changed.wait(left)
        return True

    def _is_elsewhere(self, request: Request) -> bool:
        return request in self._running and not self._alone

    def _run(self, request: Request, seconds: float | None) -> Outcome:
        try:
            return self._walker.run(request, seconds)
        except Astray as error:
            raise LeanKeepsDying(f"one Lean takes `{error.tactic}`, and another refuses it") from None
