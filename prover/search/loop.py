"""The search for a proof of one hole: a generator of events that returns a `SearchResult`.

    for event in search(source, theorem, gateway, policy, Budget(seconds=30)):
        show(event)

To stop it, close it: the session ends, and nothing is left running. Without a limit in seconds, the same
arguments give the same events, but for the times in them.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from prover.errors import HoleError, HoleUnreachable, NotAProposition
from prover.events import (
    Certified,
    DeadEnd,
    Duplicate,
    Event,
    Expanding,
    Finished,
    Opened,
    ProofFound,
    Rejected,
    Tried,
)
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source
from prover.lean.splice import fit
from prover.policy.protocols import TacticGenerator
from prover.search.budget import Meter
from prover.search.frontier import BestFirst, Frontier
from prover.search.script import Script, Step, alternatives, flat, structured
from prover.search.tree import NodeStatus, StateNode, TacticNode, Tree, path_to
from prover.types import (
    Advanced,
    Budget,
    Failed,
    FailureReason,
    Outcome,
    Proved,
    SearchResult,
    Standing,
    Status,
    Stop,
    Theorem,
    Verdict,
)

CANDIDATES = 64
"""How many tactics the policy is asked for in an expansion."""

VISITS = 8
"""How many visits of Lean to one hole are searched, each for a script of its own."""

Search: TypeAlias = Generator[Event, None, SearchResult]
_Step: TypeAlias = Generator[Event, None, Stop | None]


def search(
    source: Source,
    theorem: Theorem,
    gateway: LeanGateway,
    policy: TacticGenerator,
    budget: Budget,
    clock: Callable[[], float] = time.monotonic,
) -> Search:
    """Look for a proof that the gateway certifies; a conditional one is kept in case there is no other.

    A hole that can't be opened ends in a result that says why. Raises `LeanUnavailable`.
    """
    attempt = _Attempt(source, theorem, gateway, policy, Meter(budget, clock))
    try:
        stop = yield from attempt.visit(())
        result = attempt.result(stop or Stop.EXHAUSTED)
    except NotAProposition as error:
        result = SearchResult(Status.INVALID, Stop.INVALID, message=str(error))
    except HoleUnreachable as error:
        result = SearchResult(Status.ERROR, Stop.UNREACHABLE, message=str(error))
    yield Finished(result)
    return result


@dataclass(slots=True)
class _Visit:
    """An open session, what has been seen in it, and the scripts that close the visits before it."""

    session: LeanSession
    tree: Tree
    frontier: Frontier
    solved: tuple[Script, ...]


@dataclass(slots=True)
class _Attempt:
    """One search. Its steps answer why the search must stop, or None when there is nothing left in them."""

    source: Source
    theorem: Theorem
    gateway: LeanGateway
    policy: TacticGenerator
    meter: Meter
    ids: Iterator[int] = field(default_factory=itertools.count)
    best: tuple[str, Verdict] | None = None

    def visit(self, solved: tuple[Script, ...]) -> _Step:
        """Search at the first visit of Lean to the hole that none of the `solved` scripts closes."""
        scripts = ["\n".join(flat(script)) for script in solved]
        with self.gateway.open(self.source, self.theorem, scripts) as session:
            visit = _Visit(session, Tree(session.root, self.ids), BestFirst(), solved)
            root = visit.tree.root
            if not solved:
                self.meter.begin()  # reading the file, of whatever length, is no search
            yield Opened(self.theorem, len(solved) + 1, root.id, root.state)
            visit.frontier.push(root)
            while len(visit.frontier):
                stop = self.meter.before_expansion()
                stop = stop or (yield from self.expand(visit, visit.frontier.pop()))
                if stop is not None:
                    return stop
        return None

    def expand(self, visit: _Visit, node: StateNode) -> _Step:
        """Try every candidate for the first goal of a node."""
        self.meter.count_expansion()
        goal = node.state.goals[0]
        yield Expanding(node.id, node.depth, goal.text, node.cost)
        (candidates,) = self.policy.propose(self.theorem, [goal], CANDIDATES)
        for candidate in candidates:
            if (stop := self.meter.before_tactic()) is not None:
                return stop
            outcome = visit.session.run(node.state, candidate.tactic, self.meter.seconds_for_tactic())
            if _timed_out(outcome) and (stop := self.meter.before_tactic()) is not None:
                return stop  # ended by the end of the search, which says nothing of the tactic
            self.meter.count_tactic(outcome)
            tactic = visit.tree.record(node, candidate, outcome)
            yield from _tell(tactic)
            if tactic.child is not None and not tactic.duplicate:
                visit.frontier.push(tactic.child)
            if isinstance(outcome, Proved):
                stop = yield from self.judge((*visit.solved, _script(tactic)))
                if stop is not None:
                    return stop
        visit.tree.finish(node)
        if node.status is NodeStatus.EXHAUSTED:
            yield DeadEnd(node.id, _why_dead(node))
        return None

    def judge(self, scripts: tuple[Script, ...]) -> _Step:
        """Certify a proof, the last of whose scripts is new. Where it is rejected, look for the script
        of another visit."""
        if scripts[-1] in scripts[:-1]:
            return None
        shapes = [alternatives([shape(script) for script in scripts]) for shape in (structured, flat)]
        for lines in shapes if shapes[0] != shapes[1] else shapes[:1]:
            text = fit(self.source, self.theorem.hole, lines)
            yield ProofFound(text)
            verdict = self.gateway.certify(self.source, {self.theorem.hole: text})[self.theorem.hole]
            if verdict.standing is Standing.REJECTED:
                yield Rejected(verdict.reason)
                continue
            yield Certified(verdict)
            if verdict.standing is Standing.CERTIFIED:
                self.best = text, verdict
                return Stop.PROVED
            self.best = self.best or (text, verdict)
            if verdict.within:
                return Stop.PROVED  # whatever the proof, the other holes are missing
            return None
        if len(scripts) == VISITS:
            return None
        try:
            return (yield from self.visit(scripts))
        except HoleError:  # no visit is left: the rejection had another reason
            return None

    def result(self, stop: Stop) -> SearchResult:
        statistics = self.meter.statistics()
        if self.best is None:
            return SearchResult(Status.OPEN, stop, statistics=statistics)
        proof, verdict = self.best
        status = Status.PROVED if verdict.standing is Standing.CERTIFIED else Status.CONDITIONAL
        return SearchResult(status, stop, proof, verdict, statistics)


def _tell(tactic: TacticNode) -> Iterator[Event]:
    child = None if tactic.child is None else tactic.child.id
    yield Tried(tactic.parent.id, tactic.candidate, tactic.outcome, child)
    if child is not None and tactic.duplicate:
        yield Duplicate(tactic.parent.id, child)


def _timed_out(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.reason is FailureReason.TIMEOUT


def _script(last: TacticNode) -> Script:
    """The steps from the root to the tactic that left no goal."""
    steps = []
    for tactic in path_to(last):
        outcome = tactic.outcome
        after = len(outcome.state.goals) if isinstance(outcome, Advanced) else 0
        steps.append(Step(tactic.candidate.tactic, len(tactic.parent.state.goals), after))
    return tuple(steps)


def _why_dead(node: StateNode) -> str:
    if not node.tactics:
        return "no tactic was proposed"
    if any(tactic.duplicate for tactic in node.tactics):
        return "its tactics lead only to states seen before"
    return "every tactic failed"
