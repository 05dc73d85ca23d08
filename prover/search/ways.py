"""States by the ways to them, so that any session can be brought to a state that another one reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from prover.lean.gateway import LeanSession
from prover.types import Advanced, Outcome, TacticState


class Request(NamedTuple):
    """To run `tactic` on a goal of the state of that number, with that `share` of the heartbeats."""

    state: int
    tactic: str
    goal: int
    share: float = 1.0


START = Request(-1, "", 0)
"""Stands for the way to state 0, the root."""


class Astray(Exception):
    """A session refuses `tactic` on a way that another one took."""

    def __init__(self, tactic: str) -> None:
        super().__init__(tactic)
        self.tactic = tactic


class Walker:
    """A session, opened when it is first needed, and where it has been. `ways[number]` leads to a state; who
    adds a way says by `know` which state of this session it is, or leaves that to be found out."""

    def __init__(self, start: Callable[[], LeanSession], ways: Sequence[Request]) -> None:
        self._start = start
        self._ways = ways
        self._session: LeanSession | None = None
        self._known: dict[int, TacticState] = {}

    def run(self, request: Request, seconds: float | None = None) -> Outcome:
        """The state of an `Advanced` is the session's own. Raises `Astray`."""
        state = self._reach(request.state)
        return self._opened().run(state, request.tactic, request.goal, seconds, request.share)

    def know(self, number: int, state: TacticState) -> None:
        self._known[number] = state

    def _reach(self, number: int) -> TacticState:
        self._known.setdefault(0, self._opened().root)
        way = []
        while number not in self._known:
            way.append(number)
            number = self._ways[number].state
        state = self._known[number]
        for step in reversed(way):
            _, tactic, goal, share = self._ways[step]
            outcome = self._opened().run(state, tactic, goal, share=share)
            if not isinstance(outcome, Advanced):
                raise Astray(tactic)
            state = self._known[step] = outcome.state
        return state

    def _opened(self) -> LeanSession:
        if self._session is None:
            self._session = self._start()
        return self._session
