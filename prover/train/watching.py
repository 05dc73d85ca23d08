"""Looking on at searches that are made for what they try, and taking their proofs on trust for a while.

A search whose proof was found goes on to edit it, which may take longer than it took itself, and certifies it
by elaborating the file again. For practice the proofs of a file are certified together, and editing gets a
few runs of Lean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from prover.events import Event, Opened, Proposed, Tried
from prover.lean.forwarding import ForwardingGateway
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source
from prover.proving.workers import GatewayPool
from prover.search.crew import Crew
from prover.search.script import Step
from prover.train.data import ADVANCED, FAILED, PROOF, Example
from prover.types import (
    Advanced,
    Candidate,
    Failed,
    FailureReason,
    Goal,
    Hole,
    Outcome,
    Proved,
    Standing,
    TacticState,
    Verdict,
    effect_of,
)

EDITING = 12
"""How many runs of Lean a proof is edited with."""

_Place = tuple[int, int]
"""The number of a state, and of a goal in it."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How a goal is proved: the first tactic, what of it belongs into a proof, how many tactics there are in
    all, and their length in characters. `below` is where the goals are that it leaves, for each group one."""

    tactic: str
    effect: str
    state: TacticState | None
    steps: int
    length: int
    below: tuple[_Place, ...] = ()


@dataclass
class Runs:
    """What Lean was asked in one session, by the search and by those who edited its proof. These go on from
    another state that reads the same, where that was asked before."""

    goals: dict[_Place, Goal] = field(default_factory=dict)
    _alike: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    _asked: dict[_Place, list[tuple[str, Outcome]]] = field(default_factory=dict)
    _ways: dict[_Place, _Way | None] = field(default_factory=dict)

    def add(self, state: TacticState, tactic: str, goal: int, outcome: Outcome) -> None:
        if (state.id, goal) not in self.goals:
            self._alike.setdefault(_said(state), []).append(state.id)
        self.goals[state.id, goal] = state.goals[goal]
        self._asked.setdefault((state.id, goal), []).append((tactic, outcome))

    def way(self, place: _Place) -> _Way | None:
        """The shortest proof of a goal, None where there is none. To be asked when all is over."""
        if place not in self._ways:
            self._ways[place] = None  # none that comes by it again
            ways = [way for each in self._asked.get(place, ()) if (way := self._by(*each)) is not None]
            self._ways[place] = min(ways, key=lambda way: (way.steps, way.length, way.tactic), default=None)
        return self._ways[place]

    def _by(self, tactic: str, outcome: Outcome) -> _Way | None:
        effect = effect_of(tactic, outcome)
        if isinstance(outcome, Proved):
            return _Way(tactic, effect, None, 1, len(effect))
        if not isinstance(outcome, Advanced):
            return None
        below = tuple(self._below(outcome.state))
        ways = [way for place in below if (way := self.way(place)) is not None]
        if len(ways) < len(below):
            return None
        steps, length = sum(way.steps for way in ways), sum(way.length for way in ways)
        return _Way(tactic, effect, outcome.state, 1 + steps, len(effect) + length, below)

    def script(self, place: _Place) -> Step:
        """Of a goal that has a proof."""
        way = self.way(place)
        assert way is not None
        if way.state is None:
            return Step(way.effect)
        parts = tuple(self.script(place) for place in way.below)
        return Step(way.effect, tuple(goal.case for goal in way.state.goals), way.state.groups, parts)

    def steps(self, place: _Place) -> Iterator[tuple[_Place, _Way]]:
        """Those of the proof, from the top."""
        way = self.way(place)
        assert way is not None
        yield place, way
        for below in way.below:
            yield from self.steps(below)

    def _below(self, state: TacticState) -> Iterator[_Place]:
        """A place for each group of its goals, where it is proved if it is anywhere."""
        for group in state.groups:
            places = [(number, group[0]) for number in (state.id, *self._alike.get(_said(state), ()))]
            yield next((place for place in places if self.way(place) is not None), places[0])


def _said(state: TacticState) -> tuple[str, ...]:
    return tuple(goal.text for goal in state.goals)


class WatchedGateway(ForwardingGateway):
    """A gateway that takes the word of a session that is watched, and keeps what was run in the last one."""

    def __init__(self, gateway: LeanGateway) -> None:
        super().__init__(gateway)
        self._open: _WatchedSession | None = None
        self.runs = Runs()

    @contextmanager
    def watch(self, session: LeanSession) -> Iterator[LeanSession]:
        """The session, watched for as long as it is open."""
        self.runs = Runs()
        self._open = _WatchedSession(session, self.runs)
        try:
            yield self._open
        finally:
            self._open = None

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        if self._open is None:
            return super().certify(source, proofs)
        self._open.found()
        return dict.fromkeys(proofs, Verdict(Standing.CERTIFIED))


class WatchedPool:
    """Of one worker, which is at one file at a time."""

    def __init__(self, pool: GatewayPool) -> None:
        self._pool = pool
        self._gateway: tuple[LeanGateway, WatchedGateway] | None = None

    def for_source(self, source: Source) -> WatchedGateway:
        gateway = self._pool.for_source(source)
        if self._gateway is None or self._gateway[0] is not gateway:
            self._gateway = gateway, WatchedGateway(gateway)
        return self._gateway[1]

    def close(self) -> None:
        self._pool.close()


class WatchedCrew(Crew):
    """Has the session watched that a search leads: that one numbers states as the events of the search do."""

    def __init__(self, pool: WatchedPool, source: Source) -> None:
        super().__init__()
        self._pool = pool
        self._source = source

    @contextmanager
    def lead(self, session: LeanSession, solved: Sequence[str]) -> Iterator[LeanSession]:
        gateway = self._pool.for_source(self._source)
        with super().lead(session, solved) as led, gateway.watch(led) as watched:
            yield watched


class _WatchedSession:
    def __init__(self, session: LeanSession, runs: Runs) -> None:
        self._session = session
        self._runs = runs
        self._left: int | None = None
        self.root = session.root

    def found(self) -> None:
        """From now on a proof is edited."""
        self._left = EDITING if self._left is None else self._left

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        if self._left is not None:
            if self._left == 0:
                return Failed(FailureReason.TACTIC, "enough was tried")
            self._left -= 1
        outcome = self._session.run(state, tactic, goal, seconds, share)
        self._runs.add(state, tactic, goal, outcome)
        return outcome


@dataclass
class Watch:
    """Looks on at one search of a problem, and tells what it tried."""

    problem: str
    file: str
    round: int
    tactics: int = 0
    proved_at: int | None = None
    _places: dict[int, _Place] = field(default_factory=dict)
    _parents: dict[int, int] = field(default_factory=dict)
    _ranks: dict[int, dict[str, int]] = field(default_factory=dict)
    _tried: dict[tuple[int, str], tuple[Candidate, Outcome]] = field(default_factory=dict)
    _spent: dict[int, int] = field(default_factory=dict)

    def see(self, event: Event) -> None:
        match event:
            case Opened(_, _, node, root):
                self._places[node] = (root.id, root.groups[0][0])
            case Proposed(node, candidates):
                self._ranks[node] = {each.tactic: rank for rank, each in enumerate(candidates)}
            case Tried(node, candidate, outcome, children):
                self._try(node, candidate, outcome, children)
            case _:
                pass

    def _try(self, node: int, candidate: Candidate, outcome: Outcome, children: tuple[int, ...]) -> None:
        self.tactics += 1
        self._tried[node, candidate.tactic] = candidate, outcome  # the last try of several
        if isinstance(outcome, Advanced):
            for group, child in zip(outcome.state.groups, children, strict=True):
                self._places[child] = (outcome.state.id, group[0])
                self._parents[child] = node
        above: int | None = node
        while above is not None:
            self._spent[above] = self._spent.get(above, 0) + 1
            above = self._parents.get(above)

    def place(self, node: int) -> _Place:
        return self._places[node]

    @property
    def root(self) -> _Place:
        return self._places[min(self._places)]

    def examples(self, runs: Runs, stands: bool) -> list[Example]:
        """What was tried, in order, and then the steps of the edited proof that only editing found.

        `stands`: the shortest proof that `runs` has was certified.
        """
        needed = dict(runs.steps(self.root)) if stands else {}
        found = [self._example(runs, needed, node, *each) for (node, _), each in self._tried.items()]
        told = {(self._places[node], tactic) for node, tactic in self._tried}
        nodes = {place: node for node, place in self._places.items()}
        for place, way in needed.items():
            if (place, way.tactic) not in told:
                spent = self._spent.get(nodes.get(place, -1), way.steps)
                edited = Candidate(way.tactic, source="edited")
                found.append(self._as_example(runs.goals[place], edited, PROOF, None, way.steps, True, spent))
        return found

    def _example(
        self, runs: Runs, needed: Mapping[_Place, _Way], node: int, candidate: Candidate, outcome: Outcome
    ) -> Example:
        place = self._places[node]
        way = needed.get(place)
        steps = way.steps if way is not None and way.tactic == candidate.tactic else None
        failed = f"{FAILED}{outcome.reason.value}" if isinstance(outcome, Failed) else ADVANCED
        rank = self._ranks.get(node, {}).get(candidate.tactic)
        return self._as_example(
            runs.goals[place],
            candidate,
            failed if steps is None else PROOF,
            rank,
            steps,
            runs.way(place) is not None,
            self._spent[node],
        )

    def _as_example(
        self,
        goal: Goal,
        candidate: Candidate,
        outcome: str,
        rank: int | None,
        steps: int | None,
        proved: bool,
        spent: int,
    ) -> Example:
        return Example(
            self.problem,
            self.file,
            self.round,
            goal,
            candidate.tactic,
            candidate.source,
            candidate.logprob,
            outcome,
            rank,
            steps,
            proved,
            spent,
        )


def run_again(watch: Watch, events: Iterable[Event]) -> Runs:
    """What Lean was asked in a search that has been told of before, as long as it came by the hole for the
    first time; `watch` looks on."""
    runs, states = Runs(), dict[int, TacticState]()
    for event in events:
        if isinstance(event, Opened) and states:
            break
        watch.see(event)
        match event:
            case Opened(_, _, _, root):
                states[root.id] = root
            case Tried(node, candidate, outcome):
                state, goal = watch.place(node)
                runs.add(states[state], candidate.tactic, goal, outcome)
                if isinstance(outcome, Advanced):
                    states[outcome.state.id] = outcome.state
            case _:
                pass
    return runs
