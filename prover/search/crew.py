"""Several Leans on one hole: while the search's own runs a tactic, others run those that may be next.

    crew = Crew()
    search(…, crew=crew)                  # in one thread
    crew.help(gateway, source, theorem)   # in others, each with a gateway of its own, whenever they like
    crew.close()

What a tactic does to a state depends on nothing else, so it makes no difference to the search whose answer it
gets: it asks the same, in the same order, and hears the same, whether anyone helps or not. An answer that
depends on the moment (Lean died, or the clock ended it) is not passed on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source
from prover.search.led import LedSession
from prover.search.ways import Astray, Request, Walker
from prover.types import Outcome, Theorem

_AHEAD = 4
"""How many tactics are named ahead for each Lean."""


class Crew:
    """For any number of threads. Of visits of a hole that are open one inside the other, the innermost is
    worked on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._visits: list[LedSession] = []
        self._helpers = 0
        self._season = 0
        self._closed = False

    @property
    def foresight(self) -> int:
        """How many tactics are worth naming ahead; 0 while nobody helps."""
        return _AHEAD * (self._helpers + 1) if self._helpers else 0

    @contextmanager
    def lead(self, session: LeanSession, solved: Sequence[str]) -> Iterator[LeanSession]:
        """The session that opened after these `solved` scripts, and whoever helps, as one session."""
        visit = LedSession(session, solved, self._changed)
        with self._changed:
            self._visits.append(visit)
        try:
            yield visit
        finally:
            with self._changed:
                self._visits.remove(visit)
                self._changed.notify_all()

    def help(self, gateway: LeanGateway, source: Source, theorem: Theorem) -> bool:
        """Run what is named ahead, until sent away, which is answered by True, or until this is no help.

        Raises what the gateway does.
        """
        with self._changed:
            season = self._season
            self._helpers += 1
        try:
            while (visit := self._visit(season)) is not None:
                with gateway.open(source, theorem, visit.solved) as session:
                    if session.root.goals != visit.root.goals or not self._serve(visit, session, season):
                        return False
            return not self._closed
        finally:
            with self._changed:
                self._helpers -= 1

    def send_away(self) -> None:
        """Let those who help now end that soon."""
        with self._changed:
            self._season += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let nobody help from now on. A search that is under way goes on alone."""
        with self._changed:
            self._closed = True
            for visit in self._visits:
                visit.be_alone()
            self.send_away()

    def _is_over(self, season: int) -> bool:
        return self._closed or season != self._season

    def _visit(self, season: int) -> LedSession | None:
        """The visit to work on, once there is something to do. None when help is to end."""
        with self._changed:
            while not self._is_over(season):
                if self._visits and self._visits[-1].upcoming() is not None:
                    return self._visits[-1]
                self._changed.wait()
            return None

    def _serve(self, visit: LedSession, session: LeanSession, season: int) -> bool:
        """Work on a visit as long as it is the innermost. False for a session that can't follow."""
        walker = Walker(lambda: session, visit.ways)
        while (request := self._take(visit, season)) is not None:
            outcome: Outcome | None = None
            try:
                outcome = walker.run(request)
            except Astray:
                return False
            finally:
                visit.give(request, walker, outcome)
        return True

    def _take(self, visit: LedSession, season: int) -> Request | None:
        with self._changed:
            while not self._is_over(season) and self._visits and self._visits[-1] is visit:
                request = visit.upcoming()
                if request is not None:
                    visit.take(request)
                    return request
                self._changed.wait()
            return None
