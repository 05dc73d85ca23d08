"""A search in a thread of its own, that can be paused, stopped and steered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from prover.errors import ProverError
from prover.events import Event
from prover.lean.forwarding import ForwardingGateway
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source
from prover.policy.protocols import PolicyFactory
from prover.search.frontier import STRATEGIES
from prover.search.loop import search
from prover.search.recording import Recording
from prover.types import Budget, Hole, Outcome, Standing, TacticState, Theorem, Verdict
from tui.state.holes import HoleState
from tui.work.books import Books, Keeping
from tui.work.leans import Leans
from tui.work.messages import Began, Ended, Granted, Heard, Outbox, Trying
from tui.work.steering import SteeredFrontier, Steering


@dataclass(frozen=True)
class Past:
    """What was heard of a search before: `told` events, its recording, and what was granted in it."""

    told: int = 0
    recording: Recording = field(default_factory=Recording)
    plan: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """What to search: `source` and `theorem` as Lean is to see them, on behalf of `hole`.

    `past` is read in the search's thread. `shorter_than` is the length of a proof that is known: longer ones
    are not taken.
    """

    hole: HoleState
    scope: int
    source: Source
    theorem: Theorem
    budget: Budget
    strategy: str
    past: Callable[[], Past]
    shorter_than: int | None = None


class Searching(threading.Thread):
    """Ends with an `Ended`, whatever happens. `slots` counts the searches that may work at a time."""

    def __init__(
        self,
        order: Order,
        leans: Leans,
        slots: threading.Semaphore,
        policies: Callable[[], PolicyFactory],
        books: Books,
        outbox: Outbox,
    ) -> None:
        super().__init__(name=f"search {order.theorem.name}", daemon=True)
        self.order = order
        self._leans = leans
        self._slots = slots
        self._policies = policies
        self._books = books
        self._outbox = outbox
        self._going = threading.Event()
        self._going.set()
        self._stopping = False
        self._placed = False
        self._clock = _Clock()
        self._wish: int | None = None
        self._steering: Steering | None = None

    @property
    def paused(self) -> bool:
        return not self._going.is_set()

    def pause(self) -> None:
        """After the tactic under way."""
        self._going.clear()

    def go_on(self) -> None:
        self._going.set()

    def stop(self) -> None:
        """After the tactic under way."""
        self._stopping = True
        self._going.set()

    def prefer(self, node: int) -> None:
        """Let that goal be searched next."""
        self._wish = node
        if self._steering is not None:
            self._steering.prefer(node)

    def run(self) -> None:
        trouble = ""
        try:
            self._work()
        except ProverError as error:
            trouble = str(error)
        except Exception as error:  # a fault in one search must not cost the others theirs
            trouble = f"{type(error).__name__}: {error}"
        order = self.order
        self._outbox.put(Ended(order.hole, order.scope, self._clock(), "" if self._stopping else trouble))

    def _work(self) -> None:
        self._enter()
        try:
            if self._stopping:
                return
            with self._leans.lent() as pool:
                gateway = pool.for_source(self.order.source)
                self._outbox.put(Began(self.order.hole, self.order.scope))
                self._search(gateway)
        finally:
            self._leave()

    def _enter(self) -> None:
        """Wait for a place among those that work, unless the end comes first."""
        while not self._placed and not self._stopping:
            self._placed = self._slots.acquire(timeout=0.1)

    def _leave(self) -> None:
        if self._placed:
            self._placed = False
            self._slots.release()

    def _search(self, gateway: LeanGateway) -> None:
        order, past = self.order, self.order.past()
        self._steering = steering = Steering(past.plan, self._granted)
        if self._wish is not None:
            steering.prefer(self._wish)
        strategy = STRATEGIES[order.strategy]
        policy = self._books.policies(self._policies())(_open_theorems(order.source))
        keeping = Keeping(self._books, order.source, order.theorem, self._books.run)
        running = search(
            order.source,
            order.theorem,
            _Watched(gateway, self._trying, order.shorter_than),
            policy,
            order.budget,
            lambda: SteeredFrontier(strategy(), steering),
            past.recording,
            self._clock,
        )
        with closing(running) as steps:
            for number, event in enumerate(steps):
                keeping.see(event, policy.name, gateway.version)
                if number >= past.told:
                    self._tell(event)
                if not self._going.is_set():
                    self._rest()
                if self._stopping:
                    return

    def _tell(self, event: Event) -> None:
        self._outbox.put(Heard(self.order.hole, self.order.scope, event))

    def _rest(self) -> None:
        """While it is paused its place is another's, and time stands still."""
        self._leave()
        with self._clock.stopped():
            self._going.wait()
            self._enter()

    def _trying(self, tactic: str) -> None:
        self._outbox.put(Trying(self.order.hole, tactic))

    def _granted(self, call: int, node: int) -> None:
        self._outbox.put(Granted(self.order.hole, self.order.scope, call, node))


def _open_theorems(source: Source) -> frozenset[str]:
    return frozenset(theorem.declaration.name for theorem in source.theorems if theorem.declaration.name)


class _Clock:
    """Seconds, but for those while it was stopped."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._lost = 0.0

    def __call__(self) -> float:
        return time.monotonic() - self._begun - self._lost

    @contextmanager
    def stopped(self) -> Iterator[None]:
        since = time.monotonic()
        yield
        self._lost += time.monotonic() - since


class _Watched(ForwardingGateway):
    """A gateway that says what Lean is about to run, and takes no proof as long as the one that is known."""

    def __init__(self, gateway: LeanGateway, trying: Callable[[str], None], shorter_than: int | None) -> None:
        super().__init__(gateway)
        self._trying = trying
        self._shorter_than = shorter_than

    @contextmanager
    def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[LeanSession]:
        with super().open(source, theorem, solved) as session:
            yield _WatchedSession(session, self._trying)

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        if self._shorter_than is not None:
            ((hole, text),) = proofs.items()
            if length_of(text) >= self._shorter_than:
                return {hole: Verdict(Standing.REJECTED, reason="it is not shorter than the one at hand")}
        return super().certify(source, proofs)


class _WatchedSession:
    def __init__(self, session: LeanSession, trying: Callable[[str], None]) -> None:
        self._session = session
        self._trying = trying

    @property
    def root(self) -> TacticState:
        return self._session.root

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        self._trying(tactic)
        return self._session.run(state, tactic, goal, seconds, share)


def length_of(text: str) -> int:
    """How long a proof is: its characters, however it is laid out."""
    return len("".join(text.split()))
