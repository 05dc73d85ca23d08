"""What editors and assistants ask for, done with warm Leans: goals, tactics, proofs, certificates, errors.

Every question is a `Future` at once; cancel it, and the work on it ends. Quick questions have a Lean of their
own, so that none waits for a search.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from prover.config import Settings
from prover.editor.leans import Leans
from prover.editor.library import Loans
from prover.editor.views import Target
from prover.events import Event
from prover.lean.connect import gateway_factory
from prover.lean.gateway import Complaint, LeanGateway
from prover.lean.source import Source
from prover.lean.splice import fit
from prover.policy.protocols import TacticGenerator
from prover.policy.specs import policy_factory
from prover.proving import GatewayPool
from prover.search.loop import search
from prover.search.script import Step, structured
from prover.types import (
    Advanced,
    Budget,
    Candidate,
    Goal,
    Outcome,
    Proved,
    SearchResult,
    Standing,
    Statistics,
    Status,
    Stop,
    TacticState,
    Verdict,
)

Stopping = Callable[[], bool]

SUGGESTIONS = 8
SUGGEST_HEARTBEATS = 400
"""In thousands: a quarter of a second. A wall limit would cost the Lean, and with it the warmth."""
SUGGEST_SECONDS = 0.6
"""How long tactics are tried for suggestions; the rest of a second is for the last, and for certifying."""
_WIDTH = 32
_PATIENCE, _QUICK_PATIENCE = 0.5, 20.0  # what is quick ends soon by itself, and its Lean is worth waiting for


@dataclass(frozen=True, slots=True)
class Attempt:
    """A tactic that was tried on a goal. `text` replaces the `sorry`: the tactic, and a `sorry` for each goal
    that it leaves; None where it failed. `verdict` is that on the text, where it leaves none."""

    candidate: Candidate
    outcome: Outcome
    text: str | None = None
    verdict: Verdict | None = None

    @property
    def goals(self) -> tuple[Goal, ...]:
        return self.outcome.state.goals if isinstance(self.outcome, Advanced) else ()

    @property
    def stands(self) -> bool:
        """Whether it closes the goal, and Lean's kernel says so in the file."""
        return self.verdict is not None and closes(self.verdict)


def closes(verdict: Verdict) -> bool:
    """Whether a proof does all that its hole asks for: what it leans on is other holes of its declaration."""
    return verdict.standing is Standing.CERTIFIED or (
        verdict.standing is Standing.CONDITIONAL and verdict.within
    )


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
            return _certified(pool.for_source(target.source), target, proof)

        return self._quick.submit(work)

    def suggest(
        self, target: Target, seconds: float = SUGGEST_SECONDS, common: bool = False
    ) -> Future[list[Attempt]]:
        """Tactics that get on, the best first: those that close the goal, then by the goals they leave."""

        def work(pool: GatewayPool, stopping: Stopping) -> list[Attempt]:
            gateway = pool.for_source(target.source)
            policy = self.library.lent(self._policies)(_barred(target))
            return _suggested(gateway, target, policy, seconds, stopping)

        return self._quick.submit(work, common)

    def attempt(self, target: Target, tactics: Sequence[str], seconds: float) -> Future[list[Attempt]]:
        """Each tactic, tried on the goal for at most so many seconds; in their order."""

        def work(pool: GatewayPool, stopping: Stopping) -> list[Attempt]:
            gateway, tried = pool.for_source(target.source), list[Attempt]()
            with gateway.open(target.source, target.theorem) as session:
                for tactic in tactics:
                    _go_on(stopping)
                    outcome = session.run(session.root, tactic, 0, seconds)
                    tried.append(_attempt(target, Candidate(tactic, source="asked"), outcome))
            return [_judged(gateway, target, each) for each in tried]

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
        """Search for a proof; those that are `known` from before are looked at first. No other theorem of the
        text that is open may be used. `by_library`: only with what the library has. `tell` is called from
        another thread."""
        policies = self.library.alone() if by_library else self.library.lent(self._policies)

        def work(pool: GatewayPool, stopping: Stopping) -> SearchResult:
            gateway = pool.for_source(target.source)
            for proof in known:
                verdict = _certified(gateway, target, proof)
                if verdict.standing is not Standing.REJECTED:
                    return _as_result(proof, verdict)
            policy, records = policies(_barred(target)), self.library.records(target.source)
            theorem = target.theorem
            running = search(target.source, theorem, gateway, policy, budget, self.settings.strategy)
            with closing(running) as steps:
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

        return self._searching.submit(work, common)


def _barred(target: Target) -> frozenset[str]:
    """The theorems that are open, which a proof may not use."""
    return frozenset(each.name for each in target.source.theorems)


def _suggested(
    gateway: LeanGateway, target: Target, policy: TacticGenerator, seconds: float, stopping: Stopping
) -> list[Attempt]:
    found: dict[tuple[str, ...], Attempt] = {}
    with gateway.open(target.source, target.theorem) as session:
        end = time.monotonic() + seconds
        root = session.root
        found[_texts(root)] = _attempt(target, Candidate("skip"), Advanced(root, 0.0))
        (candidates,) = policy.propose(target.theorem, root.goals[:1], _WIDTH)
        for candidate in candidates:
            _go_on(stopping)
            if time.monotonic() >= end:
                break
            outcome = session.run(root, candidate.tactic)
            if isinstance(outcome, Advanced | Proved):
                goals = _texts(outcome.state) if isinstance(outcome, Advanced) else ()
                found.setdefault(goals, _attempt(target, candidate, outcome))
        del found[_texts(root)]
    ranked = sorted(found.values(), key=lambda each: (len(each.goals), -each.candidate.logprob))
    judged = (_judged(gateway, target, each) for each in ranked[:SUGGESTIONS])
    return [each for each in judged if each.goals or each.stands]


def _attempt(target: Target, candidate: Candidate, outcome: Outcome) -> Attempt:
    match outcome:
        case Proved():
            lines = structured(Step(candidate.tactic))
        case Advanced(state):
            tags = tuple(goal.case for goal in state.goals)
            lines = structured(Step(candidate.tactic, tags, state.groups, (None,) * len(state.groups)))
        case _:
            return Attempt(candidate, outcome)
    return Attempt(candidate, outcome, fit(target.source, target.theorem.hole, lines))


def _judged(gateway: LeanGateway, target: Target, attempt: Attempt) -> Attempt:
    if not isinstance(attempt.outcome, Proved) or attempt.text is None:
        return attempt
    verdict = _certified(gateway, target, attempt.text)
    return Attempt(attempt.candidate, attempt.outcome, attempt.text, verdict)


def _certified(gateway: LeanGateway, target: Target, proof: str) -> Verdict:
    hole = target.theorem.hole
    return gateway.certify(target.source, {hole: proof})[hole]


def _as_result(proof: str, verdict: Verdict) -> SearchResult:
    status = Status.PROVED if verdict.standing is Standing.CERTIFIED else Status.CONDITIONAL
    return SearchResult(status, Stop.PROVED, proof, verdict, Statistics())


def _texts(state: TacticState) -> tuple[str, ...]:
    return tuple(goal.text for goal in state.goals)


def _go_on(stopping: Stopping) -> None:
    if stopping():
        raise CancelledError
