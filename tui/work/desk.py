"""The desk: one thread with a Lean for what is done by hand, one thing after the other.

It keeps one hole open, and knows the states in it by the ways that lead there; a goal that a search found is
reached by running the tactics above it again.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from prover.errors import LeanUnavailable, ProverError
from prover.lean.gateway import LeanSession
from prover.lean.source import Source
from prover.policy.protocols import PolicyFactory
from prover.proving import GatewayPool
from prover.types import Advanced, Candidate, Outcome, Standing, TacticState, Verdict
from tui.state.holes import HoleState
from tui.state.rows import GoalRow
from tui.work.books import Books
from tui.work.leans import Leans
from tui.work.messages import (
    Complaints,
    Handed,
    Judged,
    LeanIs,
    Looked,
    Outbox,
    Suggested,
    Trouble,
)

WIDTH = 32
"""How many suggestions are asked for."""

HAND = "hand"
"""The source of a candidate that was typed."""


@dataclass(frozen=True, slots=True)
class Look:
    """Open a hole. Of several, only the newest matters."""

    hole: HoleState


@dataclass(frozen=True, slots=True)
class Hand:
    hole: HoleState
    goal: GoalRow
    tactic: str
    fill: bool = False


@dataclass(frozen=True, slots=True)
class Suggest:
    hole: HoleState
    goal: GoalRow


@dataclass(frozen=True, slots=True)
class Judge:
    """Certify the first of these texts that stands, in the place of the hole."""

    hole: HoleState
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    source: Source


Request = Look | Hand | Suggest | Judge | Check


class Desk(threading.Thread):
    def __init__(
        self, leans: Leans, policies: Callable[[], PolicyFactory], books: Books, outbox: Outbox
    ) -> None:
        super().__init__(name="desk", daemon=True)
        self._leans = leans
        self._policies = policies
        self._books = books
        self._outbox = outbox
        self._requests: deque[Request] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._open: _Open | None = None

    def ask(self, request: Request) -> None:
        with self._changed:
            if isinstance(request, Look):
                self._requests = deque(each for each in self._requests if not isinstance(each, Look))
            self._requests.append(request)
            self._changed.notify()

    def close(self) -> None:
        """After what it is at, which ends when its Lean is taken away."""
        with self._changed:
            self._closed = True
            self._requests.clear()
            self._changed.notify()

    def run(self) -> None:
        while (request := self._next()) is not None:
            try:
                with self._leans.lent() as pool:
                    self._outbox.put(LeanIs("starting"))
                    try:
                        self._serve(pool, request)
                    finally:
                        self._put_away()
            except ProverError as error:
                self._fail(error)
            except Exception as error:  # one request must not cost the desk
                self._outbox.put(Trouble(f"{type(error).__name__}: {error}"))

    def _serve(self, pool: GatewayPool, request: Request | None) -> None:
        """Requests, until something fails or no more come."""
        while request is not None:
            try:
                self._do(pool, request)
                self._outbox.put(LeanIs("ready", ready=True))
            except LeanUnavailable:
                raise
            except ProverError as error:
                hole = None if isinstance(request, Check) else request.hole
                self._outbox.put(Trouble(str(error), hole))
                self._outbox.put(LeanIs("ready", ready=True))
            request = self._next()

    def _next(self) -> Request | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._requests)
            return None if self._closed else self._requests.popleft()

    def _fail(self, error: ProverError) -> None:
        if not self._closed:
            self._outbox.put(LeanIs(str(error), trouble=True))

    def _do(self, pool: GatewayPool, request: Request) -> None:
        match request:
            case Check(source):
                complaints = tuple(pool.for_source(source).check(source))
                self._outbox.put(Complaints(source.path, complaints))
            case Look(hole):
                self._outbox.put(Looked(hole, self._opened(pool, hole).session.root))
            case Hand(hole, goal, tactic, fill):
                opened = self._opened(pool, hole)
                outcome = opened.run(goal, tactic)
                self._outbox.put(Handed(hole, goal, Candidate(tactic, 0.0, HAND), outcome, fill))
            case Suggest(hole, goal):
                names = frozenset(t.declaration.name for t in hole.source.theorems if t.declaration.name)
                policy = self._books.policies(self._policies())(names)
                (candidates,) = policy.propose(hole.theorem, goal.goals[:1], WIDTH)
                self._outbox.put(Suggested(hole, goal, tuple(candidates)))
            case Judge(hole, texts):
                self._outbox.put(self._judged(pool, hole, texts))

    def _judged(self, pool: GatewayPool, hole: HoleState, texts: Sequence[str]) -> Judged:
        gateway = pool.for_source(hole.source)
        verdict = Verdict(Standing.REJECTED, reason="there is no text")
        for text in dict.fromkeys(texts):
            verdict = gateway.certify(hole.source, {hole.theorem.hole: text})[hole.theorem.hole]
            if verdict.standing is not Standing.REJECTED:
                return Judged(hole, text, verdict)
        return Judged(hole, texts[0], verdict)

    def _opened(self, pool: GatewayPool, hole: HoleState) -> _Open:
        opened = self._open
        if opened is None or opened.hole is not hole or opened.source is not hole.source:
            self._put_away()
            self._open = opened = _Open(pool, hole)
        return opened

    def _put_away(self) -> None:
        if self._open is not None:
            opened, self._open = self._open, None
            opened.close()


class _Open:
    """A hole with a session of its own."""

    def __init__(self, pool: GatewayPool, hole: HoleState) -> None:
        self.hole = hole
        self.source = hole.source
        self._stack = ExitStack()
        gateway = pool.for_source(hole.source)
        self.session: LeanSession = self._stack.enter_context(gateway.open(hole.source, hole.theorem))
        self._known: dict[tuple[tuple[str, int], ...], TacticState] = {(): self.session.root}

    def close(self) -> None:
        self._stack.close()

    def run(self, goal: GoalRow, tactic: str) -> Outcome:
        return self.session.run(self._reach(goal), tactic, goal.group[0])

    def _reach(self, goal: GoalRow) -> TacticState:
        way = goal.way
        known = next(n for n in range(len(way), -1, -1) if way[:n] in self._known)
        state = self._known[way[:known]]
        for at in range(known, len(way)):
            tactic, number = way[at]
            outcome = self.session.run(state, tactic, number)
            if not isinstance(outcome, Advanced):
                raise ProverError(
                    f"Lean takes `{tactic}` no longer, which leads to this goal; start the search anew (R)"
                )
            state = self._known[way[: at + 1]] = outcome.state
        return state
