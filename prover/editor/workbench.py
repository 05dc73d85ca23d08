"""What editors and assistants ask for, done with warm Leans: goals, tactics, proofs, certificates, errors.

Every question is a `Future` at once; cancel it, and the work on it ends. Quick questions have a Lean of their
own, so that none waits for a search.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from prover.config import Settings
from prover.editor.attempts import Attempt, attempted, certified, closes, judged, suggested
from prover.editor.leans import Leans
from prover.editor.library import Loans
from prover.editor.views import Target
from prover.events import Event
from prover.lean.connect import gateway_factory
from prover.lean.gateway import Complaint, LeanGateway
from prover.lean.source import Source
from prover.policy.protocols import TacticGenerator
from prover.policy.specs import policy_factory
from prover.proving import GatewayPool
from prover.proving.waves import FIRST_SHARE
from prover.search.loop import search
from prover.types import (
    Budget,
    Candidate,
    Goal,
    SearchResult,
    Standing,
    Statistics,
    Status,
    Stop,
    Verdict,
)

Stopping = Callable[[], bool]

SUGGEST_HEARTBEATS = 400
"""In thousands: a quarter of a second. A wall limit would cost the Lean, and with it the warmth."""
ANSWER_SECONDS = 0.8
"""After so long whoever asked for suggestions is told those that are there."""
SUGGEST_SECONDS = 10.0
"""How long tactics are tried for suggestions, if there are that many."""
_PATIENCE, _QUICK_PATIENCE = 0.5, 20.0  # what is quick ends soon by itself, and its Lean is worth waiting for


class Workbench:
    """`settings.jobs` Leans for searches, and one for quick questions; none starts before it is needed.

    Futures end in a `ProverError` where Lean or the question is to blame.
    """

    def __init__(self, settings: Settings, library: Path | None, quick: int = SUGGEST_HEARTBEATS) -> None:
        """`library` is the lemma library's file. A quick question's tactic gets `quick` thousands of
        heartbeats."""
        self.settings = settings
        self.library = Loans(library)
        self._policies = policy_factory(settings.policy, settings.seed, settings.models)
        self._quick = Leans(lambda: gateway_factory(settings.lean, quick), 1, _QUICK_PATIENCE)
        self._searching = Leans(lambda: gateway_factory(settings.lean), settings.jobs, _PATIENCE)

    def close(self) -> None:
        self._quick.close()
        self._searching.close()
        self.library.close()

    def goal(self, target: Target) -> Future[Goal]:
        """What is to prove there, in Lean's words."""

        def work(pool: GatewayPool, stopping: Stopping) -> Goal:
            with pool.for_source(target.source).open(target.source, target.theorem) as session:
                return session.root.goals[0]

        return self._quick.submit(work)

    def check(self, source: Source, common: bool = False) -> Future[tuple[Complaint, ...]]:
        """The errors of a text as it stands."""
        return self._quick.submit(lambda pool, _: tuple(pool.for_source(source).check(source)), common)

    def certify(self, target: Target, proof: str) -> Future[Verdict]:
        def work(pool: GatewayPool, stopping: Stopping) -> Verdict:
            return certified(pool.for_source(target.source), target, proof)

        return self._quick.submit(work)

    def suggest(self, target: Target, tell: Callable[[Attempt], None], common: bool = False) -> Future[None]:
        """Tell of tactics that get on, as they are found, from another thread, for `SUGGEST_SECONDS` at most;
        after `ANSWER_SECONDS` only while nobody waits for its Lean."""

        def work(pool: GatewayPool, stopping: Stopping) -> None:
            begun = time.monotonic()

            def enough() -> bool:
                spent = time.monotonic() - begun
                patient = not common and spent < ANSWER_SECONDS
                return spent >= SUGGEST_SECONDS or (not patient and self._quick.wanted)

            gateway = pool.for_source(target.source)
            policy = self.library.lent(self._policies)(_barred(target))
            for attempt in suggested(gateway, target, policy, enough):
                _go_on(stopping)
                tell(attempt)

        return self._quick.submit(work, common)

    def attempt(
        self, target: Target, tactics: Sequence[str], seconds: float, tell: Callable[[str], None]
    ) -> Future[list[Attempt]]:
        """Each tactic, tried on the goal for at most so many seconds; in their order. `tell` is called with
        each that was tried, from another thread."""

        def work(pool: GatewayPool, stopping: Stopping) -> list[Attempt]:
            gateway, tried = pool.for_source(target.source), list[Attempt]()
            with gateway.open(target.source, target.theorem) as session:
                for tactic in tactics:
                    _go_on(stopping)
                    outcome = session.run(session.root, tactic, 0, seconds)
                    candidate = Candidate(tactic, source="asked")
                    tried.append(attempted(target, session.root.goals[0], candidate, outcome))
                    tell(tactic)
            return [judged(gateway, target, each) for each in tried]

        return self._quick.submit(work)

    def prove(
        self,
        target: Target,
        budget: Budget,
        tell: Callable[[Event], None],
        known: Sequence[str] = (),
        by_library: bool = False,
        common: bool = False,
    ) -> Future[SearchResult]:
        """Search for a proof; those that are `known` from before are looked at first. Where there are other
        open theorems to use, a first search does without them; if it finds nothing with its share of the
        budget, a second one may lean on them, unless the job is `common`. `by_library`: only with what the
        library has. `tell` is called by another thread."""
        policies = self.library.alone() if by_library else self.library.lent(self._policies)

        def work(pool: GatewayPool, stopping: Stopping) -> SearchResult:
            gateway = pool.for_source(target.source)
            for proof in known:
                verdict = certified(gateway, target, proof)
                if closes(verdict):
                    return _as_result(proof, verdict)

            def searched(policy: TacticGenerator, limits: Budget) -> SearchResult:
                return self._searched(gateway, target, policy, limits, tell, stopping)

            leans = not common and _has_helpers(target)
            share = FIRST_SHARE if leans else 1.0
            first = searched(policies(_barred(target)), budget.left(Statistics(), share))
            left = budget.left(first.statistics)
            if not leans or first.status is not Status.OPEN or left.is_spent:
                return first
            second = searched(policies(frozenset()), left)
            chosen = first if second.status is Status.OPEN else second
            return replace(chosen, statistics=first.statistics + second.statistics)

        return self._searching.submit(work, common)

    def _searched(
        self,
        gateway: LeanGateway,
        target: Target,
        policy: TacticGenerator,
        budget: Budget,
        tell: Callable[[Event], None],
        stopping: Stopping,
    ) -> SearchResult:
        theorem, records = target.theorem, self.library.records(target.source)
        with closing(
            search(target.source, theorem, gateway, policy, budget, self.settings.strategy)
        ) as steps:
            while True:
                _go_on(stopping)
                try:
                    event = next(steps)
                except StopIteration as end:
                    result: SearchResult = end.value
                    break
                records.see(theorem, event)
                tell(event)
        self.library.keep(records, theorem, result, gateway.version, policy.name)
        return result


def _barred(target: Target) -> frozenset[str]:
    """The theorems that are open, which a proof may not use."""
    return frozenset(each.name for each in target.source.theorems)


def _has_helpers(target: Target) -> bool:
    """Whether an open theorem comes before this one, with a name to be used by."""
    start = target.theorem.declaration.span.start
    before = (each.declaration for each in target.source.theorems if each.declaration.span.end <= start)
    return any(declaration.name for declaration in before)


def _as_result(proof: str, verdict: Verdict) -> SearchResult:
    status = Status.PROVED if verdict.standing is Standing.CERTIFIED else Status.CONDITIONAL
    return SearchResult(status, Stop.PROVED, proof, verdict, Statistics())


def _go_on(stopping: Stopping) -> None:
    if stopping():
        raise CancelledError
