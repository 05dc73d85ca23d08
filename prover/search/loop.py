"""The search for a proof of one hole: a generator of events that returns a `SearchResult`.

    for event in search(source, theorem, gateway, policy, Budget(seconds=30)):
        show(event)

To stop it, close it: the session ends, and nothing is left running. Without a limit in seconds, the same
arguments give the same events, but for the times in them, and a larger budget begins with the same events.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import TimeoutError
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from prover.errors import HoleError, HoleUnreachable, NotAProposition
from prover.events import (
    Certified,
    Consulted,
    Duplicate,
    Event,
    Expanding,
    Finished,
    GivenUp,
    Opened,
    ProofFound,
    Proposed,
    Rejected,
    Resumed,
    Tried,
)
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source
from prover.lean.splice import fit
from prover.policy.protocols import (
    KEPT,
    Critic,
    RevisingGenerator,
    SlowGenerator,
    TacticGenerator,
    again_of,
    consulted_by,
    cost_of,
    critic_of,
)
from prover.search.asking import Asking
from prover.search.attempts import attempts_on
from prover.search.budget import Meter
from prover.search.crew import Crew
from prover.search.editing import shortened, spelled_out
from prover.search.frontier import STRATEGIES, Frontier
from prover.search.led import LedSession
from prover.search.progress import furthest
from prover.search.recording import NOTHING, RecordedGateway, Recording, recorded_policy
from prover.search.script import Step, alternatives, flat, script_of, structured, wrapped
from prover.search.tree import GoalNode, Proof, TacticNode, Tree
from prover.search.trials import Trials
from prover.search.ways import Request
from prover.types import (
    Budget,
    Candidate,
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

WIDTH = 32
"""How many tactics the policy is asked for when a goal is first expanded; twice as many each time after."""

VISITS = 8
"""How many visits of Lean to one hole are searched, each for a script of its own."""

_EDITING = 0.3
"""Of a tactic's heartbeats: what it gets at most while a proof is edited; no more than the proof needed."""

_LINE = 100
_NEAR = 8  # goals looked at for what the policy may be asked ahead

Search: TypeAlias = Generator[Event, None, SearchResult]
_Step: TypeAlias = Generator[Event, None, Stop | None]


def search(
    source: Source,
    theorem: Theorem,
    gateway: LeanGateway,
    policy: TacticGenerator,
    budget: Budget,
    strategy: str | Callable[[], Frontier] = "best-first",
    recording: Recording = NOTHING,
    clock: Callable[[], float] = time.monotonic,
    crew: Crew | None = None,
) -> Search:
    """Look for a proof that the gateway certifies; a conditional one is kept in case there is no other.

    `strategy` is one of `STRATEGIES`, or makes a frontier. What `recording` knows is not asked again of Lean
    or the policy, so the search goes on where that one was stopped; what that one spent counts. Those who
    help the `crew` make it faster, and no different. A hole that can't be opened ends in a result that says
    why. Raises `LeanUnavailable`, and `InputError` for a recording of something else.
    """
    recorded = recorded_policy(policy, recording)
    asking = Asking(recorded, theorem, policy.batch) if isinstance(policy, SlowGenerator) else None
    attempt = _Attempt(
        source,
        theorem,
        RecordedGateway(gateway, recording),
        recorded,
        Meter(budget, clock, recording.seconds),
        STRATEGIES[strategy] if isinstance(strategy, str) else strategy,
        recording,
        crew,
        asking,
        critic_of(policy),
    )
    try:
        stop = yield from attempt.visit(())
        attempt.count_unused()
        result = attempt.result(stop or Stop.EXHAUSTED)
    except NotAProposition as error:
        result = SearchResult(Status.INVALID, Stop.INVALID, message=str(error))
    except HoleUnreachable as error:
        result = SearchResult(Status.ERROR, Stop.UNREACHABLE, message=str(error))
    finally:
        if asking is not None:
            asking.close()
    yield Finished(result)
    return result


@dataclass(slots=True)
class _Visit:
    """An open session, what has been seen in it, and the scripts that close the visits before it."""

    session: LeanSession
    tree: Tree
    frontier: Frontier
    solved: tuple[Step, ...]
    judged: set[Proof] = field(default_factory=set)
    fell: bool = False

    def next(self) -> GoalNode | None:
        """The goal to work on. None when there is nothing left to try."""
        for goal in self.tree.ready:
            self.queue(goal)
        self.tree.ready.clear()
        while self.tree.due:
            goal = self.tree.due.popleft()
            if goal.untried and goal.has_work and self.tree.wanted(goal):
                return goal
        while len(self.frontier):
            goal = self.frontier.pop()
            goal.queued = False
            if goal.has_work and self.tree.wanted(goal):
                return goal
        return None

    def queue(self, goal: GoalNode) -> None:
        if goal.has_work and not goal.queued:
            goal.queued = True
            self.frontier.push(goal)

    def proof(self) -> Proof | None:
        """One of the newest that has not been judged, if there is news."""
        if not self.tree.news:
            return None
        self.tree.news = False
        return next((proof for proof in self.tree.proofs() if proof not in self.judged), None)


@dataclass(slots=True)
class _Attempt:
    """One search. Its steps answer why the search must stop, or None when there is nothing left in them."""

    source: Source
    theorem: Theorem
    gateway: LeanGateway
    policy: TacticGenerator
    meter: Meter
    strategy: Callable[[], Frontier]
    recording: Recording
    crew: Crew | None
    asking: Asking | None
    critic: Critic | None
    ids: Iterator[int] = field(default_factory=itertools.count)
    first: Tree | None = None
    best: tuple[str, Verdict] | None = None
    untold: dict[str, Verdict] = field(default_factory=dict)  # verdicts on kept proofs
    trouble: str = ""  # of the model that was asked last

    def visit(self, solved: tuple[Step, ...]) -> _Step:
        """Search at the first visit of Lean to the hole that none of the `solved` scripts closes."""
        scripts = ["\n".join(flat(script)) for script in solved]
        with self.session(scripts) as session:
            visit = _Visit(session, Tree(session.root, self.ids), self.strategy(), solved)
            tree = visit.tree
            self.first = self.first or tree
            if not solved:
                self.meter.begin()  # reading the file, of whatever length, is no search
            yield Opened(self.theorem, len(solved) + 1, tree.root.id, tree.root.state)
            while (goal := self.next(visit)) is not None:
                if goal.to_ask:
                    stop = self.meter.before_expansion() or (yield from self.expand(visit, goal))
                else:
                    stop = self.meter.before_tactic()
                if stop is None and goal.untried:
                    stop = yield from self.try_next(visit, goal)
                if stop is not None:
                    return stop
                visit.queue(goal)
                tree.finish(goal)
                yield from _tell_fallen(visit)
        return None

    def next(self, visit: _Visit) -> GoalNode | None:
        if self.critic is not None:
            self.appraise([goal for goal in visit.tree.ready if goal.left is None])
        return visit.next()

    def appraise(self, nodes: Sequence[GoalNode]) -> None:
        """Ask the critic about all of them at once."""
        assert self.critic is not None
        goals = [goal for node in nodes for goal in node.goals]
        with self.meter.waiting():
            values = iter(self.critic.value(self.theorem, goals) if goals else ())
        for node in nodes:
            node.left = sum(next(values) for _ in node.goals)

    @contextmanager
    def session(self, scripts: Sequence[str]) -> Iterator[LeanSession]:
        with self.gateway.open(self.source, self.theorem, scripts) as session:
            if self.crew is None:
                yield session
            else:
                with self.crew.lead(session, scripts) as led:
                    yield led

    def look_ahead(self, visit: _Visit, goal: GoalNode) -> None:
        """Tell the policy and those who help what may be next. What is recorded needs no help."""
        if self.asking is not None and not self.recording.proposed:
            fresh = [other for other in visit.frontier.nearest(_NEAR) if not other.asked]
            self.asking.expect([other.goals[0] for other in fresh], WIDTH)
        count = 0 if self.crew is None or self.recording.tried else self.crew.foresight
        if count and isinstance(visit.session, LedSession):
            coming = visit.frontier.coming(goal, count)
            visit.session.expect([Request(g.state.id, c.tactic, g.group[0], g.share(c)) for g, c in coming])

    def count_unused(self) -> None:
        """As far as they come before the time is up."""
        seconds = self.meter.seconds_for_tactic()
        for candidates in [] if self.asking is None else self.asking.unused(seconds):
            self.meter.count_cost(candidates)

    def expand(self, visit: _Visit, goal: GoalNode) -> _Step:
        """Ask the policy, for more than before where it was asked before."""
        width = 2 * goal.width or WIDTH
        yield Expanding(goal.id, goal.depth, goal.goals[0].text, goal.cost, width)
        try:
            with self.meter.waiting():
                candidates = self.ask(goal, width)
        except TimeoutError:
            return Stop.SECONDS
        self.meter.count_expansion(candidates)
        visit.tree.propose(goal, width, candidates)
        for consultation in consulted_by(candidates):
            self.trouble = consultation.trouble
            yield Consulted(goal.id, consultation)
        yield Proposed(goal.id, tuple(candidates), *cost_of(candidates), again_of(candidates, width))
        return self.meter.before_tactic()

    def ask(self, goal: GoalNode, width: int) -> Sequence[Candidate]:
        """Raises `TimeoutError` when the search's time is up before the answer is there."""
        first, revising = goal.goals[0], isinstance(self.policy, RevisingGenerator)
        if self.asking is None:
            return self.policy.propose(self.theorem, [first], width)[0]
        seconds = self.meter.seconds_for_tactic()
        if goal.asked and revising:
            return self.asking.propose_again(first, width, attempts_on(goal), goal.asked, seconds)
        return self.asking.propose(first, width, seconds)

    def try_next(self, visit: _Visit, goal: GoalNode) -> _Step:
        """Try the next candidate on a goal. A kept proof of the whole is certified, which tells more."""
        if visit.fell:
            visit.fell = False
            yield Resumed(goal.id)
        candidate = goal.untried.popleft()
        is_whole = goal is visit.tree.root and not visit.solved and candidate.source.startswith(KEPT)
        if is_whole and (yield from self.stands(candidate)):
            tactic = visit.tree.record(goal, candidate, Proved(0.0), share=0.0)
            return (yield from self.take_in(visit, tactic))
        self.look_ahead(visit, goal)
        seconds = self.meter.seconds_for_tactic()
        share = goal.share(candidate)
        outcome = visit.session.run(goal.state, candidate.tactic, goal.group[0], seconds, share)
        if _timed_out(outcome) and (stop := self.meter.before_tactic()) is not None:
            goal.untried.appendleft(candidate)
            return stop  # ended by the end of the search, which says nothing of the tactic
        self.meter.count_tactic(outcome)
        return (yield from self.take_in(visit, visit.tree.record(goal, candidate, outcome, share)))

    def stands(self, candidate: Candidate) -> Generator[Event, None, bool]:
        """Whether the certificate lets a kept proof of the whole stand: then it is no tactic to be tried."""
        text = self.text((Step(candidate.tactic),), structured)
        verdict = self.verdict(text)
        if verdict.standing is not Standing.REJECTED:
            self.untold[text] = verdict
            return True
        yield ProofFound(text)
        yield Rejected(verdict.reason)
        return False

    def take_in(self, visit: _Visit, tactic: TacticNode) -> _Step:
        """Tell what came of a tactic, and judge the proof that it may complete."""
        yield from _tell(tactic)
        yield from _tell_fallen(visit)
        proof = visit.proof()
        if proof is None:
            return None
        visit.judged.add(proof)
        stop = yield from self.judge(visit, (*visit.solved, script_of(proof)))
        if stop is None:
            visit.tree.doubt(proof)
        return stop

    def judge(self, visit: _Visit, scripts: tuple[Step, ...]) -> _Step:
        """Certify a proof, the last of whose scripts is new. Where it is rejected, look for the script
        of another visit."""
        if scripts[-1] in scripts[:-1]:
            return None
        shapes = [self.text(scripts, structured), self.text(scripts, flat)]
        for text in dict.fromkeys(shapes):
            verdict = yield from self.certify(text)
            if verdict.standing is Standing.REJECTED:
                continue
            if verdict.standing is Standing.CERTIFIED:
                self.best = text, verdict
                yield from self.edit(visit, scripts)
                return Stop.PROVED
            if verdict.within:
                self.best = text, verdict
                return Stop.PROVED  # whatever the proof, the other holes are missing
            self.best = self.best or (text, verdict)
            return None
        if len(scripts) == VISITS:
            return None
        try:
            return (yield from self.visit(scripts))
        except HoleError:  # no visit is left: the rejection had another reason
            return None

    def edit(self, visit: _Visit, scripts: tuple[Step, ...]) -> Generator[Event, None, None]:
        """Make the proof one to keep, as far as it stands then."""
        if len(scripts) > 1:
            return
        nodes, tactics = visit.tree.nodes, set(scripts[0].tactics)
        found = [tried for node in nodes for tried in node.tactics if tried.effect in tactics]
        if found and all(tried.candidate.source.startswith(KEPT) for tried in found):
            return  # it was edited before it was kept
        share = max((tried.share for tried in found), default=1.0)
        trials = Trials(visit.session, nodes, min(share, _EDITING))
        short = shortened(trials, scripts[0])
        for script in dict.fromkeys([spelled_out(trials, short), short]):
            if script == scripts[0]:
                return
            text = self.text((script,), structured)
            verdict = yield from self.certify(text)
            if verdict.standing is Standing.CERTIFIED:
                self.best = text, verdict
                return

    def certify(self, text: str) -> Generator[Event, None, Verdict]:
        yield ProofFound(text)
        verdict = self.untold.pop(text, None) or self.verdict(text)
        rejected = verdict.standing is Standing.REJECTED
        yield Rejected(verdict.reason) if rejected else Certified(verdict)
        return verdict

    def verdict(self, text: str) -> Verdict:
        return self.gateway.certify(self.source, {self.theorem.hole: text})[self.theorem.hole]

    def text(self, scripts: Sequence[Step], shape: Callable[[Step], list[str]]) -> str:
        """What stands in the place of the hole."""
        hole = self.theorem.hole
        line = self.source.text[: hole.span.start].rpartition("\n")[2]
        width = _LINE - len(line) + len(line.lstrip()) - 4
        lines = alternatives([shape(script) for script in scripts])
        return fit(self.source, hole, wrapped(lines, width))

    def result(self, stop: Stop) -> SearchResult:
        statistics = self.meter.statistics()
        if self.best is not None:
            proof, verdict = self.best
            status = Status.PROVED if verdict.standing is Standing.CERTIFIED else Status.CONDITIONAL
            return SearchResult(status, stop, proof, verdict, statistics)
        assert self.first is not None
        found = furthest(self.first)
        partial = None if found.script is None else self.text((found.script,), structured)
        if stop is Stop.EXHAUSTED and self.trouble:
            stop = Stop.MODEL
        return SearchResult(
            Status.OPEN,
            stop,
            statistics=statistics,
            message=self.trouble if stop is Stop.MODEL else "",
            partial=partial,
            open_goals=found.open_goals,
        )


def _tell(tactic: TacticNode) -> Iterator[Event]:
    children = tuple(goal.id for goal in tactic.subgoals)
    yield Tried(tactic.parent.id, tactic.candidate, tactic.outcome, children, tactic.share)
    for goal in tactic.subgoals:
        if goal.like is not None:
            yield Duplicate(goal.id, goal.like.id)


def _tell_fallen(visit: _Visit) -> Iterator[Event]:
    for goal in visit.tree.fallen:
        visit.fell = True
        yield GivenUp(goal.id, goal.why)
    visit.tree.fallen.clear()


def _timed_out(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.reason is FailureReason.TIMEOUT
