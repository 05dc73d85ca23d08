"""The search, against a stand-in for Lean and an exhaustive reference."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, get_args

import pytest
from fakes import Closes, Effect, FakeGateway, FakePolicy, FakeSession, Rules, fake_goal
from hypothesis import given
from hypothesis import strategies as st

from prover.errors import HoleUnreachable, LeanKeepsDying, NotAProposition
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
    as_json,
)
from prover.lean.source import Source, read_source
from prover.search.budget import Meter
from prover.search.frontier import BestFirst
from prover.search.loop import CANDIDATES, VISITS, Search, search
from prover.search.tree import NodeStatus, StateNode, Tree, path_to
from prover.types import (
    Advanced,
    Budget,
    Candidate,
    Failed,
    FailureReason,
    Goal,
    Outcome,
    Proved,
    SearchResult,
    Standing,
    Status,
    Stop,
    TacticState,
    Theorem,
    Verdict,
)

E = TypeVar("E")

ENOUGH = Budget(tactics=2000)
CONDITIONAL = Verdict(Standing.CONDITIONAL, assumes=("other",))
CERTIFIED = Verdict(Standing.CERTIFIED)
FAILED = Failed(FailureReason.TACTIC, "no")
PROOF: Rules = {
    "root": {"split": ("left", "right")},
    "left": {"simp": ()},
    "right": {"intro": ("x",)},
    "x": {"rfl": ()},
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    path: Path = tmp_path_factory.mktemp("search") / "Example.lean"
    path.write_text("theorem example_1 (p : Prop) : p → p := by\n  sorry\n", encoding="utf-8")
    return read_source(path)


def start(
    source: Source, gateway: FakeGateway, budget: Budget = ENOUGH, clock: Callable[[], float] = lambda: 0.0
) -> Search:
    return search(source, source.theorems[0], gateway, FakePolicy(gateway.rules), budget, clock)


def finish(running: Search) -> tuple[list[Event], SearchResult]:
    results: list[SearchResult] = []

    def run() -> Generator[Event, None, None]:
        results.append((yield from running))

    events = list(run())
    assert events[-1] == Finished(results[0])
    return events, results[0]


def only(kind: type[E], events: list[Event]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


# What it finds


def test_a_proof_is_structured_certified_and_returned(source: Source) -> None:
    gateway = FakeGateway(PROOF)
    events, result = finish(start(source, gateway))
    assert (result.status, result.stop, result.verdict) == (Status.PROVED, Stop.PROVED, CERTIFIED)
    assert result.proof == "split\n  · simp\n  · intro\n    rfl"
    assert result.statistics.tactics == 4
    assert result.statistics.expansions == 4
    assert result.statistics.lean_seconds == 1.0
    assert events[-3:] == [ProofFound(result.proof), Certified(CERTIFIED), Finished(result)]
    assert gateway.sessions[0].closed
    assert not gateway.closed


def test_what_it_thinks_can_be_followed(source: Source) -> None:
    gateway = FakeGateway(
        {"root": {"loop": ("root",), "stuck": ("dull",), "simp": FAILED}, "dull": {"x": FAILED}}
    )
    events, result = finish(start(source, gateway))
    opened, expanding, loop, duplicate, stuck, simp, deeper, failed, dead_end, _ = events
    assert opened == Opened(source.theorems[0], 1, 0, gateway.sessions[0].root)
    assert expanding == Expanding(0, 0, "⊢ root", 0.0)
    assert isinstance(loop, Tried) and loop.child == 0
    assert duplicate == Duplicate(0, 0)
    assert isinstance(stuck, Tried) and stuck.child == 1
    assert simp == Tried(0, Candidate("simp", -1.5, "fake"), FAILED, None)
    assert deeper == Expanding(1, 1, "⊢ dull", 1.0)
    assert failed == Tried(1, Candidate("x", -0.5, "fake"), FAILED, None)
    assert dead_end == DeadEnd(1, "every tactic failed")
    assert (result.status, result.stop, result.proof) == (Status.OPEN, Stop.EXHAUSTED, None)


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({}, "no tactic was proposed"),
        ({"root": {"x": FAILED}}, "every tactic failed"),
        ({"root": {"x": FAILED, "y": ("root",)}}, "its tactics lead only to states seen before"),
    ],
)
def test_a_dead_end_says_why(source: Source, rules: Rules, why: str) -> None:
    events, _ = finish(start(source, FakeGateway(rules)))
    assert only(DeadEnd, events) == [DeadEnd(0, why)]


@pytest.mark.parametrize("reason", list(FailureReason))
def test_no_failure_of_a_tactic_stops_it(source: Source, reason: FailureReason) -> None:
    rules: Rules = {"root": {"bad": Failed(reason, "no"), "good": ()}}
    _, result = finish(start(source, FakeGateway(rules)))
    assert (result.status, result.statistics.tactics) == (Status.PROVED, 2)


def test_the_policy_is_asked_for_so_many(source: Source) -> None:
    rules: Rules = {"root": {f"t{i}": FAILED for i in range(CANDIDATES + 10)}}
    assert finish(start(source, FakeGateway(rules)))[1].statistics.tactics == CANDIDATES


# Against an exhaustive reference


def chains() -> st.SearchStrategy[Rules]:
    """States of one goal each, in any graph, with cycles."""
    goals = [f"g{i}" for i in range(7)]
    effect = st.one_of(
        st.just(FAILED), st.just(()), st.tuples(st.sampled_from(goals)), st.tuples(st.sampled_from(goals))
    )
    return st.fixed_dictionaries({goal: st.dictionaries(st.sampled_from("abcd"), effect) for goal in goals})


def trees() -> st.SearchStrategy[Rules]:
    """Tactics that leave several goals, each of them later in the alphabet of goals."""
    goals = [f"g{i}" for i in range(5)]
    rules: dict[str, st.SearchStrategy[dict[str, Effect]]] = {}
    for i, goal in enumerate(goals):
        later = st.lists(st.sampled_from(goals[i + 1 :]), max_size=2) if goals[i + 1 :] else st.just([])
        effect = st.one_of(st.just(FAILED), later.map(tuple))
        rules[goal] = st.dictionaries(st.sampled_from("abc"), effect, max_size=3)
    return st.fixed_dictionaries(rules)


def provable(rules: Rules) -> set[str]:
    """The least set of goals that some tactic proves from goals of the set."""
    proved: set[str] = set()
    while True:
        more = {
            goal
            for goal, effects in rules.items()
            if any(isinstance(after, tuple) and proved.issuperset(after) for after in effects.values())
        }
        if more == proved:
            return proved
        proved = more


@given(st.one_of(chains(), trees()))
def test_it_proves_what_can_be_proved_and_nothing_else(source: Source, rules: Rules) -> None:
    gateway = FakeGateway(rules, visits=["g0"])
    events, result = finish(start(source, gateway))
    if "g0" in provable(rules):
        assert (result.status, result.stop) == (Status.PROVED, Stop.PROVED)
        assert not only(Rejected, events)
    else:
        assert (result.status, result.stop) == (Status.OPEN, Stop.EXHAUSTED)
    expanded = [event.node for event in only(Expanding, events)]
    assert len(set(expanded)) == len(expanded) == result.statistics.expansions
    ran = gateway.sessions[0].ran
    assert len(set(ran)) == len(ran) == result.statistics.tactics == len(only(Tried, events))


def test_a_tactic_that_always_makes_something_new_starves_nobody(source: Source) -> None:
    rules: dict[str, dict[str, Effect]] = {"g" * i: {"more": ("g" * (i + 1),)} for i in range(1, 2000)}
    rules["g"]["dear"] = ("last",)
    rules["last"] = {"done": ()}

    class Sure(FakePolicy):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
            (candidates,) = super().propose(theorem, goals, n)
            return [[Candidate(c.tactic, -1.0 if c.tactic == "dear" else 0.0) for c in candidates]]

    running = search(
        source, source.theorems[0], FakeGateway(rules, visits=["g"]), Sure(rules), Budget(tactics=1000)
    )
    assert finish(running)[1].status is Status.PROVED


# The same again


@given(st.one_of(chains(), trees()), st.integers(0, 12), st.integers(0, 12))
def test_a_larger_budget_starts_with_the_same_events(
    source: Source, rules: Rules, less: int, more: int
) -> None:
    events, result = finish(start(source, FakeGateway(rules, visits=["g0"]), Budget(tactics=less)))
    longer, _ = finish(start(source, FakeGateway(rules, visits=["g0"]), Budget(tactics=less + more)))
    again, _ = finish(start(source, FakeGateway(rules, visits=["g0"]), Budget(tactics=less)))
    assert events == again
    assert events[:-1] == longer[: len(events) - 1]
    assert result.statistics.tactics <= less


# Budgets


def test_limits(source: Source) -> None:
    def stops(budget: Budget, clock: Callable[[], float] = lambda: 0.0) -> tuple[Stop, int, int]:
        _, result = finish(start(source, FakeGateway(PROOF), budget, clock))
        return result.stop, result.statistics.tactics, result.statistics.expansions

    assert stops(Budget(tactics=0)) == (Stop.TACTICS, 0, 0)
    assert stops(Budget(tactics=3)) == (Stop.TACTICS, 3, 3)
    assert stops(Budget(expansions=2)) == (Stop.EXPANSIONS, 2, 2)
    assert stops(Budget(seconds=0.0)) == (Stop.SECONDS, 0, 0)
    ticks = itertools.count()
    assert stops(Budget(seconds=5.0), lambda: float(next(ticks)))[0] is Stop.SECONDS


def test_success_is_checked_before_the_budget(source: Source) -> None:
    _, result = finish(start(source, FakeGateway(PROOF), Budget(tactics=4, expansions=4)))
    assert result.status is Status.PROVED


def test_a_meter_counts_what_was_refused_too() -> None:
    clock = iter([10.0, 12.0, 13.5])
    meter = Meter(Budget(tactics=2, seconds=3.0), lambda: next(clock))
    meter.count_tactic(Failed(FailureReason.FORBIDDEN, "no"))
    assert meter.before_tactic() is None
    meter.count_tactic(Proved(lean_seconds=0.5))
    assert meter.before_tactic() is Stop.TACTICS
    statistics = meter.statistics()
    assert (statistics.tactics, statistics.seconds, statistics.lean_seconds) == (2, 3.5, 0.5)


# Certifying


def test_a_conditional_proof_is_kept_until_a_better_one_is_found(source: Source) -> None:
    verdicts = {"weak": CONDITIONAL, "strong": CERTIFIED}
    gateway = FakeGateway({"root": {"weak": (), "strong": ()}}, judge=verdicts.get)
    events, result = finish(start(source, gateway))
    assert (result.status, result.proof, result.verdict) == (Status.PROVED, "strong", CERTIFIED)
    assert only(Certified, events) == [Certified(CONDITIONAL), Certified(CERTIFIED)]


@pytest.mark.parametrize(("budget", "stop"), [(ENOUGH, Stop.EXHAUSTED), (Budget(tactics=2), Stop.TACTICS)])
def test_the_first_conditional_proof_is_the_last_resort(source: Source, budget: Budget, stop: Stop) -> None:
    gateway = FakeGateway({"root": {"weak": (), "weaker": (), "x": FAILED}}, judge=lambda text: CONDITIONAL)
    _, result = finish(start(source, gateway, budget))
    assert (result.status, result.stop, result.proof) == (Status.CONDITIONAL, stop, "weak")
    assert result.verdict == CONDITIONAL


def test_a_rejected_proof_is_tried_flat_and_then_another_is_looked_for(source: Source) -> None:
    rejected = Verdict(Standing.REJECTED, reason="no")
    gateway = FakeGateway(
        {
            "root": {"split": ("l", "r"), "x": FAILED, "other": ("s",)},
            "l": {"simp": ()},
            "r": {"rfl": ()},
            "s": {"done": ()},
        },
        judge=lambda text: rejected if text.startswith("split") else None,
    )
    events, result = finish(start(source, gateway))
    assert gateway.judged == ["split\n  · simp\n  · rfl", "split\n  simp\n  rfl", "other\n  done"]
    assert only(Rejected, events) == [Rejected("no"), Rejected("no")]
    assert (result.status, result.proof) == (Status.PROVED, "other\n  done")


def test_a_proof_that_only_holds_flat(source: Source) -> None:
    rules: Rules = {"root": {"apply": ("p", "w", "q")}, "p": {"exact": Closes(2)}, "q": {"rfl": ()}}
    _, result = finish(start(source, FakeGateway(rules)))
    assert (result.status, result.proof) == (Status.PROVED, "apply\n  exact\n  rfl")


# A hole that Lean visits several times


def test_each_visit_gets_its_script(source: Source) -> None:
    rules: Rules = {"a": {"split": ("b", "c")}, "b": {"simp": ()}, "c": {"rfl": ()}, "d": {"omega": ()}}
    gateway = FakeGateway(rules, visits=["a", "d", "b"])
    events, result = finish(start(source, gateway))
    assert result.status is Status.PROVED
    assert result.proof == (
        "first\n    | · split\n        · simp\n        · rfl\n    | · omega\n    | · simp"
    )
    assert [event.visit for event in only(Opened, events)] == [1, 2, 3]
    assert all(session.closed for session in gateway.sessions)


def test_a_visit_without_a_proof_leaves_the_hole_open(source: Source) -> None:
    gateway = FakeGateway({"a": {"simp": (), "rfl": ()}, "b": {"x": FAILED}}, visits=["a", "b"])
    _, result = finish(start(source, gateway))
    assert (result.status, result.stop) == (Status.OPEN, Stop.EXHAUSTED)


def test_visits_are_bounded(source: Source) -> None:
    visits = [f"v{i}" for i in range(VISITS + 1)]
    rules: Rules = {visit: {f"exact {visit}": ()} for visit in visits}
    enough = FakeGateway(rules, visits=visits[:VISITS])
    assert finish(start(source, enough))[1].status is Status.PROVED
    too_many = FakeGateway(rules, visits=visits)
    assert finish(start(source, too_many))[1].status is Status.OPEN
    assert len(too_many.sessions) == VISITS


def test_the_same_script_is_not_offered_twice(source: Source) -> None:
    """A Lean whose sessions accept what its files don't, and which opens the same visit again and again."""

    class Stubborn(FakeGateway):
        @contextmanager
        def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[FakeSession]:
            with super().open(source, theorem) as session:
                yield session

    gateway = Stubborn({"root": {"simp": ()}}, judge=lambda text: Verdict(Standing.REJECTED, reason="no"))
    assert finish(start(source, gateway))[1].status is Status.OPEN
    assert len(gateway.sessions) == 2
    assert gateway.judged == ["simp"]


# Ends that are not its own


@pytest.mark.parametrize(
    ("error", "status", "stop"),
    [
        (NotAProposition("it is data"), Status.INVALID, Stop.INVALID),
        (HoleUnreachable("an error comes first"), Status.ERROR, Stop.UNREACHABLE),
    ],
)
def test_a_hole_that_does_not_open(
    source: Source, error: NotAProposition | HoleUnreachable, status: Status, stop: Stop
) -> None:
    events, _ = finish(start(source, FakeGateway({}, fails_to_open=error)))
    assert events == [Finished(SearchResult(status, stop, message=str(error)))]


def test_a_lean_that_keeps_dying_ends_it(source: Source) -> None:
    gateway = FakeGateway({"root": {"bad": LeanKeepsDying("Lean dies at start")}})
    with pytest.raises(LeanKeepsDying, match="dies at start"):
        finish(start(source, gateway))
    assert gateway.sessions[0].closed


def test_closing_it_closes_its_sessions(source: Source) -> None:
    rules: Rules = {"a": {"simp": ()}, "b": {"x": FAILED, "rfl": ()}}
    length = len(finish(start(source, FakeGateway(rules, visits=["a", "b"])))[0])
    for count in range(1, length):
        gateway = FakeGateway(rules, visits=["a", "b"])
        running = start(source, gateway)
        for _ in range(count):
            next(running)
        running.close()
        assert gateway.sessions
        assert all(session.closed for session in gateway.sessions)
        assert next(running, None) is None


# Events as JSON


def test_every_event_is_json(source: Source) -> None:
    verdict = Verdict(Standing.REJECTED, reason="no")
    rules: Rules = {
        "root": {"loop": ("root",), "on": ("dull",), "simp": (), "rfl": ()},
        "dull": {"x": FAILED},
    }
    gateway = FakeGateway(rules, judge=lambda text: verdict if "simp" in text else None)
    one, _ = finish(start(source, gateway))
    two, _ = finish(start(source, FakeGateway({})))
    lines = [json.loads(json.dumps(as_json(event))) for event in one + two]
    assert {line["event"] for line in lines} == {kind.__name__ for kind in get_args(Event)}
    assert lines[0] == {
        "event": "Opened",
        "theorem": {"name": "example_1", "file": str(source.theorems[0].file), "line": 2, "column": 3},
        "visit": 1,
        "node": 0,
        "root": {"id": 0, "goals": ["⊢ root"]},
    }
    assert lines[2]["outcome"] == {
        "outcome": "advanced",
        "state": {"id": 1, "goals": ["⊢ root"]},
        "lean_seconds": 0.25,
    }


# The tree and the frontier


def state(name: str) -> TacticState:
    return TacticState(0, (fake_goal(name),))


outcomes = st.one_of(
    st.just(FAILED),
    st.just(Proved(0.0)),
    st.sampled_from("abcdefgh").map(lambda name: Advanced(state(name), 0.0)),
)


@given(st.lists(st.tuples(st.integers(0, 7), st.none() | outcomes), max_size=40))
def test_the_tree_knows_what_can_be_read_off_it(steps: list[tuple[int, Outcome | None]]) -> None:
    """Nodes grow in any order, a tactic at a time; None is for the end of one's candidates."""
    tree = Tree(state("a"), itertools.count())
    check(tree)
    for i, (choice, outcome) in enumerate(steps):
        waiting = [node for node in tree.nodes if not node.expanded]
        if not waiting:
            break
        node = waiting[choice % len(waiting)]
        if outcome is None:
            tree.finish(node)
        else:
            tactic = tree.record(node, Candidate(f"t{i}", -1.0), outcome)
            assert path_to(tactic)[-1] is tactic
        check(tree)


def check(tree: Tree) -> None:
    """What the tree keeps up to date, recomputed from its tactics alone."""
    reached = [tree.root]
    for node in reached:
        reached += [t.child for t in node.tactics if t.child is not None and t.child.parent is t]
        assert node.status is status(node)
        for tactic in node.tactics:
            assert tactic.parent is node
            assert (tactic.child is not None) == isinstance(tactic.outcome, Advanced)
            if isinstance(tactic.outcome, Advanced) and tactic.child is not None:
                assert tactic.child.state.goals == tactic.outcome.state.goals
        if node.parent is not None:
            assert node.parent in node.parent.parent.tactics
            above = path_to(node.parent)
            assert node.depth == len(above)
            assert node.cost == -sum(tactic.candidate.logprob for tactic in above)
    assert (
        sorted(node.id for node in reached) == [node.id for node in tree.nodes] == list(range(len(reached)))
    )
    assert len({node.state.goals for node in reached}) == len(reached)


def status(node: StateNode) -> NodeStatus:
    below = [status(t.child) for t in node.tactics if t.child is not None and t.child.parent is t]
    if NodeStatus.PROVED in below or any(isinstance(t.outcome, Proved) for t in node.tactics):
        return NodeStatus.PROVED
    if node.expanded and all(child is NodeStatus.EXHAUSTED for child in below):
        return NodeStatus.EXHAUSTED
    return NodeStatus.OPEN


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.0]), st.sampled_from(["p", "q", "a longer goal"]))))
def test_the_cheapest_comes_first_and_the_older_on_a_tie(drawn: list[tuple[float, str]]) -> None:
    frontier = BestFirst()
    nodes = [StateNode(i, state(name), None, 0, cost) for i, (cost, name) in enumerate(drawn)]
    for node in nodes:
        frontier.push(node)
    assert len(frontier) == len(nodes)
    popped = [frontier.pop() for _ in nodes]
    assert popped == sorted(nodes, key=lambda node: (node.cost, len(node.state.goals[0].text), node.id))
    with pytest.raises(IndexError):
        frontier.pop()
