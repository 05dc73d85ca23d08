"""The search, against a stand-in for Lean and an exhaustive reference."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, get_args

import pytest
from fakes import RAN_OUT, Closes, Dear, Effect, FakeGateway, FakePolicy, FakeSession, Rules
from hypothesis import given
from hypothesis import strategies as st

from lemmas.collecting import Collector
from prover.errors import HoleUnreachable, LeanKeepsDying, NotAProposition
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
    as_json,
)
from prover.lean.source import Source, read_source
from prover.policy.protocols import KEPT, Priced
from prover.search.budget import Meter
from prover.search.frontier import STRATEGIES
from prover.search.loop import VISITS, WIDTH, Search, search
from prover.search.trace import recording_of
from prover.search.tree import ROW_SHARES, SHARES
from prover.types import (
    Budget,
    Candidate,
    Consultation,
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


every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)


def start(
    source: Source,
    gateway: FakeGateway,
    budget: Budget = ENOUGH,
    clock: Callable[[], float] = lambda: 0.0,
    strategy: str = "best-first",
) -> Search:
    policy = FakePolicy(gateway.rules)
    return search(source, source.theorems[0], gateway, policy, budget, strategy, clock=clock)


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
    rules: Rules = {
        "root": {"loop": ("root",), "both": ("dull", "dull"), "simp": FAILED, "late": ("end",)},
        "dull": {"x": FAILED},
        "end": {"rfl": ()},
    }
    gateway = FakeGateway(rules)
    events, _ = finish(start(source, gateway))
    loop, both, simp, late = (Candidate(t, -0.5 * i, "fake") for i, t in enumerate(rules["root"], 1))
    x = Candidate("x", -0.5, "fake")
    assert events[0] == Opened(source.theorems[0], 1, 0, gateway.sessions[0].root)
    assert events[1:3] == [Expanding(0, 0, "⊢ root", 0.0, WIDTH), Proposed(0, (loop, both, simp, late))]
    assert isinstance(events[3], Tried) and events[3].children == (1,)
    assert events[4] == GivenUp(1, "the same as goal 0 above it")
    assert events[5] == Resumed(0)
    assert isinstance(events[6], Tried) and events[6].children == (2, 3)
    assert events[7] == Duplicate(3, 2)
    part = SHARES[0]
    assert events[8] == Tried(0, simp, FAILED, (), part)
    assert events[9:11] == [Expanding(2, 1, "⊢ dull", 1.0, WIDTH), Proposed(2, (x,))]
    assert events[11:14] == [
        Tried(2, x, FAILED, (), part),
        GivenUp(2, "every tactic failed"),
        GivenUp(3, "the same as goal 2, which was given up"),
    ]
    assert events[14] == Resumed(0)
    assert isinstance(events[15], Tried) and events[15].candidate == late


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({}, "no tactic was proposed"),
        ({"root": {"x": FAILED}}, "every tactic failed"),
        ({"root": {"x": FAILED, "y": ("root",)}}, "every tactic failed or left a goal that was given up"),
    ],
)
def test_a_goal_that_is_given_up_says_why(source: Source, rules: Rules, why: str) -> None:
    events, _ = finish(start(source, FakeGateway(rules)))
    assert only(GivenUp, events)[-1] == GivenUp(0, why)


def test_a_dead_goal_ends_the_search_for_those_beside_it(source: Source) -> None:
    rules: Rules = {
        "root": {"split": ("dead", "long")},
        "dead": {"x": FAILED},
        "long": {f"t{i}": (f"more{i}",) for i in range(9)},
    }
    gateway = FakeGateway(rules)
    _, result = finish(start(source, gateway))
    assert result.stop is Stop.EXHAUSTED
    assert result.statistics.tactics <= 4


@every_strategy
def test_a_proof_is_run_again_for_goals_that_read_alike(source: Source, strategy: str) -> None:
    rules: Rules = {
        "root": {"split": ("a", "a", "a")},
        "a": {"x": FAILED, "on": ("b",)},
        "b": {"x": FAILED, "y": FAILED, "z": ()},
    }
    gateway = FakeGateway(rules)
    events, result = finish(start(source, gateway, strategy=strategy))
    assert result.proof == "split\n  · on\n    z\n  · on\n    z\n  · on\n    z"
    assert result.statistics.tactics == 1 + 5 + 2 + 2
    assert len(only(Duplicate, events)) == 2
    assert [t.candidate.source for t in only(Tried, events)][-4:].count("fake") == 0


def test_a_goal_that_only_reads_alike_is_searched_itself(source: Source) -> None:
    """The session refuses at the second place what it took at the first."""

    class Choosy(FakeSession):
        def run(
            self,
            state: TacticState,
            tactic: str,
            goal: int = 0,
            seconds: float | None = None,
            share: float = 1.0,
        ) -> Outcome:
            if goal == 1 and tactic == "simp":
                return FAILED
            return super().run(state, tactic, goal, seconds, share)

    class ChoosyGateway(FakeGateway):
        @contextmanager
        def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[FakeSession]:
            yield Choosy(self.rules, "root")

    gateway = ChoosyGateway({"root": {"split": ("a", "a")}, "a": {"simp": (), "rfl": ()}})
    assert finish(start(source, gateway))[1].proof == "split\n  · simp\n  · rfl"


def test_tied_goals_are_worked_on_together(source: Source) -> None:
    rules: Rules = {
        "root": {"apply": ("?p", "?w", "q")},
        "?p": {"exact": Closes(2)},
        "q": {"rfl": ()},
    }
    gateway = FakeGateway(rules)
    _, result = finish(start(source, gateway))
    assert (result.status, result.proof) == (Status.PROVED, "apply\n  exact\n  rfl")
    assert gateway.sessions[0].ran[1] == (1, ("?p", "?w", "q"), "exact")


@every_strategy
def test_it_asks_for_more_when_it_has_tried_what_it_got(source: Source, strategy: str) -> None:
    rules: Rules = {"root": {**{f"t{i}": FAILED for i in range(5 * WIDTH)}, "last": ()}}
    events, result = finish(start(source, FakeGateway(rules), strategy=strategy))
    assert result.status is Status.PROVED
    assert [event.width for event in only(Expanding, events)] == [WIDTH, 2 * WIDTH, 4 * WIDTH, 8 * WIDTH]
    assert result.statistics.tactics == 5 * WIDTH + 1


def test_the_best_partial_proof(source: Source) -> None:
    rules: Rules = {
        "a long root": {"split": ("left", "right"), "worse": ("something that is much longer",)},
        "left": {"simp": ()},
        "right": {"intro": ("x",)},
        "x": {"no": FAILED, "round": ("x",)},
    }
    root = "a root that is so long that two goals that are short seem less" + 400 * "!"
    gateway = FakeGateway({**rules, root: rules["a long root"]}, visits=[root])
    _, result = finish(start(source, gateway))
    assert result.status is Status.OPEN
    assert result.partial == "split\n  · simp\n  · intro\n    sorry"
    assert [goal.target for goal in result.open_goals] == ["x"]


def test_no_progress_is_no_partial_proof(source: Source) -> None:
    _, result = finish(start(source, FakeGateway({"root": {"x": FAILED}})))
    assert result.partial is None
    assert [goal.target for goal in result.open_goals] == ["root"]


def test_steps_that_a_proof_does_not_need_are_left_out(source: Source) -> None:
    rules: Rules = {
        "root": {"detour": ("side",), "simp": FAILED, "split": FAILED},
        "side": {"split": ("a", "b")},
        "a": {"simp": ()},
        "b": {"away": ("c",)},
        "c": {"rfl": ()},
    }
    slow = FakePolicy(rules)
    lean: Rules = {
        **rules,
        "root": {**rules["root"], "split": ("a", "b")},
        "b": {**rules["b"], "rfl": ()},
    }
    slow.rules = {**rules, "root": {"detour": ()}}
    running = search(source, source.theorems[0], FakeGateway(lean), slow, ENOUGH)
    events, result = finish(running)
    assert [event.text for event in only(ProofFound, events)] == [
        "detour\n  split\n  · simp\n  · away\n    rfl",
        "split\n  · simp\n  · rfl",
    ]
    assert result.proof == "split\n  · simp\n  · rfl"


def test_arguments_that_a_proof_does_not_need_are_left_out(source: Source) -> None:
    rules: Rules = {
        "root": {"simp [a, b] <;> grind [c, d]": ("left", "right")},
        "left": {"simp_all [e]": ()},
        "right": {"exact [f, g]": ()},
    }
    lean: Rules = {
        "root": {
            **rules["root"],
            "simp [b] <;> grind [c, d]": ("left", "right"),
            "simp [b] <;> grind [c]": ("left", "right"),
            "simp [b] <;> grind": ("other",),
        },
        "left": {**rules["left"], "simp_all": ()},
        "right": {**rules["right"], "exact [f]": ()},
    }
    events, result = finish(
        search(source, source.theorems[0], FakeGateway(lean), FakePolicy(rules), Budget(tactics=9))
    )
    assert result.proof == "simp [b] <;> grind [c]\n  · simp_all\n  · exact [f, g]"
    assert len(only(ProofFound, events)) == 2
    assert result.statistics.tactics == 3


@pytest.mark.parametrize("reason", list(FailureReason))
def test_no_failure_of_a_tactic_stops_it(source: Source, reason: FailureReason) -> None:
    rules: Rules = {"root": {"bad": Failed(reason, "no"), "good": ()}}
    _, result = finish(start(source, FakeGateway(rules)))
    assert (result.status, result.statistics.tactics) == (Status.PROVED, 2)


# Against an exhaustive reference


def chains() -> st.SearchStrategy[Rules]:
    """States of one goal each, in any graph, with cycles."""
    goals = [f"g{i}" for i in range(7)]
    one = st.tuples(st.sampled_from(goals))
    effect = st.one_of(st.just(FAILED), st.just(()), one, one.map(Dear), one)
    return st.fixed_dictionaries({goal: st.dictionaries(st.sampled_from("abcd"), effect) for goal in goals})


def graphs() -> st.SearchStrategy[Rules]:
    """Tactics that leave several goals, any of them, with cycles."""
    goals = [f"g{i}" for i in range(6)]
    several = st.lists(st.sampled_from(goals), max_size=3).map(tuple)
    effect = st.one_of(st.just(FAILED), several, several.map(Dear))
    return st.fixed_dictionaries({goal: st.dictionaries(st.sampled_from("abc"), effect) for goal in goals})


def trees() -> st.SearchStrategy[Rules]:
    """Tactics that leave several goals, each of them later in the alphabet of goals."""
    goals = [f"g{i}" for i in range(5)]
    rules: dict[str, st.SearchStrategy[dict[str, Effect]]] = {}
    for i, goal in enumerate(goals):
        later = st.lists(st.sampled_from(goals[i + 1 :]), max_size=2) if goals[i + 1 :] else st.just([])
        effect = st.one_of(st.just(FAILED), later.map(tuple), later.map(tuple).map(Dear))
        rules[goal] = st.dictionaries(st.sampled_from("abc"), effect, max_size=3)
    return st.fixed_dictionaries(rules)


def leaves(effect: Effect) -> tuple[str, ...] | None:
    left = effect.goals if isinstance(effect, Dear) else effect
    return left if isinstance(left, tuple) else None


def provable(rules: Rules) -> set[str]:
    """The least set of goals that some tactic proves from goals of the set."""
    proved: set[str] = set()
    while True:
        more = {
            goal
            for goal, effects in rules.items()
            if any(proved.issuperset(left) for left in map(leaves, effects.values()) if left is not None)
        }
        if more == proved:
            return proved
        proved = more


@every_strategy
@given(rules=st.one_of(chains(), trees(), graphs()))
def test_it_proves_what_can_be_proved_and_nothing_else(source: Source, rules: Rules, strategy: str) -> None:
    gateway = FakeGateway(rules, visits=["g0"])
    events, result = finish(start(source, gateway, strategy=strategy))
    if "g0" in provable(rules):
        assert (result.status, result.stop) == (Status.PROVED, Stop.PROVED)
        assert not only(Rejected, events)
    else:
        assert (result.status, result.stop) == (Status.OPEN, Stop.EXHAUSTED)
    asked = [(event.node, event.width) for event in only(Expanding, events)]
    assert len(set(asked)) == len(asked) == result.statistics.expansions
    tried = [(event.node, event.candidate.tactic, event.share) for event in only(Tried, events)]
    assert len(set(tried)) == len(tried) == result.statistics.tactics


@every_strategy
def test_a_tactic_that_always_makes_something_new_starves_nobody(source: Source, strategy: str) -> None:
    rules: dict[str, dict[str, Effect]] = {"g" * i: {"more": ("g" * (i + 1),)} for i in range(1, 2000)}
    rules["g"]["dear"] = ("last",)
    rules["last"] = {"done": ()}

    class Sure(FakePolicy):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
            (candidates,) = super().propose(theorem, goals, n)
            return [[Candidate(c.tactic, -1.0 if c.tactic == "dear" else 0.0) for c in candidates]]

    running = search(
        source,
        source.theorems[0],
        FakeGateway(rules, visits=["g"]),
        Sure(rules),
        Budget(tactics=1000),
        strategy,
    )
    assert finish(running)[1].status is Status.PROVED


# Cheap first


@every_strategy
def test_a_tactic_that_runs_out_of_heartbeats_is_tried_again_when_others_were(
    source: Source, strategy: str
) -> None:
    rules: Rules = {"root": {"dear": Dear(()), "cheap": FAILED, "broken": RAN_OUT}}
    events, result = finish(start(source, FakeGateway(rules), strategy=strategy))
    tried = [(event.candidate.tactic, event.share) for event in only(Tried, events)]
    part, whole = SHARES[0], 1.0
    assert tried[:2] == [("dear", part), ("cheap", part)] and tried[-1] == ("dear", whole)
    assert result.status is Status.PROVED and result.proof == "dear"
    assert result.statistics.tactics == len(tried)


def test_a_goal_is_given_up_once_all_heartbeats_were_too_few(source: Source) -> None:
    gateway = FakeGateway({"root": {"broken": RAN_OUT, "slow": Failed(FailureReason.TIMEOUT, "the clock")}})
    events, result = finish(start(source, gateway))
    tried = [(event.candidate.tactic, event.share) for event in only(Tried, events)]
    assert tried == [("broken", SHARES[0]), ("slow", SHARES[0]), *(("broken", more) for more in SHARES[1:])]
    assert [event.why for event in only(GivenUp, events)] == ["every tactic failed"]
    assert result.stop is Stop.EXHAUSTED


def test_what_is_lost_with_fewer_heartbeats_gets_all_at_once(source: Source) -> None:
    shares = {
        "exact?": 1.0,
        "exact h?": SHARES[0],
        "(try simp\n try omega)": ROW_SHARES[0],
        "(rename_i n\n have h := few\n omega)": 1.0,
        "(obtain ⟨n, h⟩ := few\n omega)": 1.0,
        "induction n <;> try simp": SHARES[0],
    }
    events, _ = finish(start(source, FakeGateway({"root": dict.fromkeys(shares, FAILED)})))
    assert {event.candidate.tactic: event.share for event in only(Tried, events)} == shares


def test_a_proof_that_needed_all_heartbeats_gets_them_at_once_where_it_is_run_again(source: Source) -> None:
    rules: Rules = {"root": {"split": ("same", "same")}, "same": {"fails": FAILED, "dear": Dear(())}}
    events, result = finish(start(source, FakeGateway(rules)))
    assert result.status is Status.PROVED
    assert [event.share for event in only(Tried, events) if event.candidate.tactic == "dear"] == [
        *SHARES,
        1.0,
    ]


def test_a_proof_is_not_made_a_shorter_one_that_takes_more_heartbeats(source: Source) -> None:
    rules: Rules = {"root": {"step": ("left",), "done": Dear(())}, "left": {"done": ()}}
    _, result = finish(start(source, FakeGateway(rules)))
    assert result.proof is not None and result.proof.split() == ["step", "done"]


class Keeping(FakePolicy):
    """All that it proposes are scripts of the library's."""

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        return [
            [replace(candidate, source=f"{KEPT}1") for candidate in candidates]
            for candidates in super().propose(theorem, goals, n)
        ]


def test_a_kept_proof_is_certified_and_neither_tried_nor_edited(source: Source) -> None:
    rules: Rules = {"root": {"grind [a, b]": ()}}
    gateway = FakeGateway(rules)
    events, result = finish(search(source, source.theorems[0], gateway, Keeping(rules), ENOUGH))
    assert (result.status, result.statistics.tactics) == (Status.PROVED, 0)
    assert gateway.judged == [result.proof]
    assert not gateway.sessions[0].ran
    assert [type(event) for event in events[-4:]] == [Tried, ProofFound, Certified, Finished]
    gateway = FakeGateway(rules)
    finish(start(source, gateway))
    assert len(gateway.sessions[0].ran) > 1


def test_a_kept_proof_that_does_not_stand_is_tried_as_any_tactic(source: Source) -> None:
    rules: Rules = {"root": {"step": ("left",)}, "left": {"done": ()}}
    gateway = FakeGateway(rules)
    policy, theorem = Keeping(rules), source.theorems[0]
    events, result = finish(search(source, theorem, gateway, policy, ENOUGH))
    assert result.status is Status.PROVED
    assert result.statistics.tactics == 2
    assert [type(event) for event in events if isinstance(event, Rejected | Tried)] == [
        Rejected,
        Tried,
        Tried,
    ]
    collector = Collector()
    for event in events:
        collector.see(event)
    assert [found.script for found in collector.inner] == ["done"]

    lines = [json.loads(json.dumps(as_json(event))) for event in events]
    silent = FakeGateway({"root": {}})
    again, _ = finish(search(source, theorem, silent, policy, ENOUGH, recording=recording_of(lines)))
    assert again[:-1] == events[:-1]
    assert not silent.sessions and not silent.judged


def test_a_kept_proof_with_assumptions_is_the_best_where_there_is_no_other(source: Source) -> None:
    rules: Rules = {"root": {"exact hole": ()}}
    gateway = FakeGateway(rules, judge=lambda text: CONDITIONAL)
    _, result = finish(search(source, source.theorems[0], gateway, Keeping(rules), ENOUGH))
    assert (result.status, result.verdict) == (Status.CONDITIONAL, CONDITIONAL)
    assert len(gateway.judged) == 1


# The same again


@every_strategy
@given(rules=st.one_of(graphs(), trees()), less=st.integers(0, 12), more=st.integers(0, 12))
def test_a_larger_budget_starts_with_the_same_events(
    source: Source, rules: Rules, less: int, more: int, strategy: str
) -> None:
    def run(tactics: int) -> tuple[list[Event], SearchResult]:
        gateway = FakeGateway(rules, visits=["g0"])
        return finish(start(source, gateway, Budget(tactics=tactics), strategy=strategy))

    events, result = run(less)
    longer, _ = run(less + more)
    again, _ = run(less)
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


class Costly(FakePolicy):
    """100 tokens and 2 cents for each goal."""

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        return [Priced(candidates, 100, 0.02) for candidates in super().propose(theorem, goals, n)]


@pytest.mark.parametrize(
    ("budget", "stop", "expansions"),
    [
        (Budget(tokens=200), Stop.TOKENS, 2),
        (Budget(tokens=201), Stop.TOKENS, 3),
        (Budget(usd=0.03), Stop.USD, 2),
        (Budget(tokens=1000, usd=1.0, expansions=3), Stop.EXPANSIONS, 3),
        (Budget(tokens=400, usd=0.08), Stop.PROVED, 4),
    ],
)
def test_what_proposals_cost_is_counted_and_limited(
    source: Source, budget: Budget, stop: Stop, expansions: int
) -> None:
    running = search(source, source.theorems[0], FakeGateway(PROOF), Costly(PROOF), budget)
    events, result = finish(running)
    assert (result.stop, result.statistics.expansions) == (stop, expansions)
    assert result.statistics.tokens == 100 * expansions
    assert result.statistics.usd == pytest.approx(0.02 * expansions)
    assert {(event.tokens, event.usd) for event in only(Proposed, events)} == {(100, 0.02)}


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


def test_waiting_for_the_policy_is_counted(source: Source) -> None:
    time = [0.0]

    class Ponderous(FakePolicy):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
            time[0] += 2.0
            return super().propose(theorem, goals, n)

    theorem, gateway, policy = source.theorems[0], FakeGateway(PROOF), Ponderous(PROOF)
    _, result = finish(search(source, theorem, gateway, policy, Budget(), clock=lambda: time[0]))
    spent = result.statistics
    assert spent.policy_seconds == spent.seconds == 2.0 * spent.expansions > 0


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


def test_a_proof_that_lacks_but_other_holes_of_its_declaration_is_the_last(source: Source) -> None:
    within = Verdict(Standing.CONDITIONAL, assumes=("example_1",), within=True)
    verdicts = {"weak": CONDITIONAL, "strong": within}
    gateway = FakeGateway({"root": {"weak": (), "strong": (), "x": FAILED}}, judge=verdicts.get)
    _, result = finish(start(source, gateway))
    assert (result.status, result.stop, result.proof) == (Status.CONDITIONAL, Stop.PROVED, "strong")
    assert result.verdict == within and result.statistics.tactics == 2


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
        "root": {"loop": ("root",), "on": ("dull", "dull"), "simp": (), "rfl": ()},
        "dull": {"x": FAILED},
    }
    gateway = FakeGateway(rules, judge=lambda text: verdict if "simp" in text else None)
    one, _ = finish(start(source, gateway))
    two, _ = finish(start(source, FakeGateway({})))
    two.append(Consulted(0, Consultation("model", "proof.v1", ("2 of 3 premises",), "hm", "no")))
    lines = [json.loads(json.dumps(as_json(event))) for event in one + two]
    assert {line["event"] for line in lines} == {kind.__name__ for kind in get_args(Event)}
    assert lines[0] == {
        "event": "Opened",
        "theorem": {"name": "example_1", "file": str(source.theorems[0].file), "line": 2, "column": 3},
        "visit": 1,
        "node": 0,
        "root": {"id": 0, "goals": ["⊢ root"], "groups": [[0]]},
    }
    assert lines[3]["outcome"] == {
        "outcome": "advanced",
        "state": {"id": 1, "goals": ["⊢ root"], "groups": [[0]]},
        "lean_seconds": 0.25,
        "message": "",
        "effect": "",
    }
