"""Several Leans on one hole: nothing is found differently, and nothing stays behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from fakes import Effect, FakeGateway, FakePolicy, FakeSession, Rules
from hypothesis import given
from hypothesis import strategies as st
from test_search import FAILED, graphs, source, trees

from prover.errors import LeanDied, ProverError
from prover.events import Event
from prover.lean.source import Source
from prover.search.crew import Crew
from prover.search.frontier import STRATEGIES
from prover.search.led import LedSession
from prover.search.loop import search
from prover.search.ways import Request
from prover.types import Budget, Failed, FailureReason, Outcome, Standing, TacticState, Verdict

__all__ = ["source"]


class Slow(FakeSession):
    """Lets others run in the middle of a tactic."""

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        time.sleep(0.0001)
        return super().run(state, tactic, goal, seconds, share)


@dataclass
class SlowGateway(FakeGateway):
    kind: type[FakeSession] = Slow


@contextmanager
def helped(crew: Crew, source: Source, gateways: Sequence[FakeGateway]) -> Iterator[None]:
    """Helpers that are at it from the beginning, and have ended at the end."""

    def help_out(gateway: FakeGateway) -> None:
        with suppress(ProverError):
            crew.help(gateway, source, source.theorems[0])

    threads = [threading.Thread(target=help_out, args=(gateway,)) for gateway in gateways]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        crew.close()
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)
        assert all(session.closed for gateway in gateways for session in gateway.sessions)


def run(source: Source, gateways: Sequence[FakeGateway], tactics: int, strategy: str) -> list[Event]:
    """The search of the first, helped by the others."""
    crew = Crew()
    policy = FakePolicy(gateways[0].rules)
    running = search(
        source,
        source.theorems[0],
        gateways[0],
        policy,
        Budget(tactics=tactics),
        strategy,
        clock=lambda: 0.0,
        crew=crew,
    )
    with helped(crew, source, gateways[1:]):
        while len(gateways) > 1 and not crew.foresight:
            pass
        return list(running)


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(
    rules=st.one_of(graphs(), trees()),
    tactics=st.integers(0, 30),
    verdict=st.sampled_from([None, Verdict(Standing.REJECTED, reason="no"), Verdict(Standing.CONDITIONAL)]),
)
def test_help_changes_nothing(
    source: Source, strategy: str, rules: Rules, tactics: int, verdict: Verdict | None
) -> None:
    def leans(count: int) -> list[FakeGateway]:
        return [
            SlowGateway(rules, visits=["g0", "g1", "g0"], judge=lambda text: verdict) for _ in range(count)
        ]

    alone = run(source, leans(1), tactics, strategy)
    assert run(source, leans(2), tactics, strategy) == alone
    assert run(source, leans(4), tactics, strategy) == alone


WIDE: Rules = {
    "root": {"a": FAILED, "b": FAILED, "c": ("left", "right"), "d": FAILED},
    "left": {"x": FAILED, "y": ()},
    "right": {"x": FAILED, "y": FAILED, "z": ()},
}


def test_helpers_run_what_is_next_meanwhile(source: Source) -> None:
    """The search's own Lean ends its first tactic when the helper has ended three."""
    enough = threading.Event()

    class Waits(FakeSession):
        def run(
            self,
            state: TacticState,
            tactic: str,
            goal: int = 0,
            seconds: float | None = None,
            share: float = 1.0,
        ) -> Outcome:
            assert enough.wait(10)
            return super().run(state, tactic, goal, seconds, share)

    class Tells(FakeSession):
        def run(
            self,
            state: TacticState,
            tactic: str,
            goal: int = 0,
            seconds: float | None = None,
            share: float = 1.0,
        ) -> Outcome:
            outcome = super().run(state, tactic, goal, seconds, share)
            if len(self.ran) == 3:
                enough.set()
            return outcome

    own, other = FakeGateway(WIDE, kind=Waits), FakeGateway(WIDE, kind=Tells)
    events = run(source, [own, other], 100, "best-first")
    assert events == run(source, [FakeGateway(WIDE)], 100, "best-first")
    assert [tactic for _, _, tactic in other.sessions[0].ran[:3]] == ["b", "c", "d"]
    assert own.sessions[0].ran[0][2] == "a"
    assert {"b", "d"}.isdisjoint(tactic for _, _, tactic in own.sessions[0].ran)


@pytest.mark.parametrize(
    "trouble",
    [
        Failed(FailureReason.TIMEOUT, "Lean did not answer within its time limit"),
        Failed(FailureReason.CRASH, "Lean died"),
        LeanDied("Lean died"),
    ],
)
def test_the_trouble_of_a_helper_is_its_own(source: Source, trouble: Effect) -> None:
    bad: Rules = {goal: dict.fromkeys(effects, trouble) for goal, effects in WIDE.items()}
    gateways = [SlowGateway(WIDE), SlowGateway(bad)]
    events = run(source, gateways, 100, "best-first")
    assert events == run(source, [FakeGateway(WIDE)], 100, "best-first")


def test_a_lean_that_sees_another_goal_is_no_help(source: Source) -> None:
    crew = Crew()
    with crew.lead(FakeSession(WIDE, "root"), ()) as led:
        assert isinstance(led, LedSession)
        led.expect([Request(0, "a", 0)])
        assert crew.help(FakeGateway(WIDE, visits=["left"]), source, source.theorems[0]) is False


def test_whoever_is_sent_away_may_come_again(source: Source) -> None:
    crew, gateway = Crew(), FakeGateway(WIDE)
    said: list[bool] = []
    with crew.lead(FakeSession(WIDE, "root"), ()):
        for end in (crew.send_away, crew.close):
            helper = threading.Thread(
                target=lambda: said.append(crew.help(gateway, source, source.theorems[0]))
            )
            helper.start()
            while not crew.foresight:
                pass
            end()
            helper.join(10)
    assert said == [True, False]
    assert not crew.foresight
