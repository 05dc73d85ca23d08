"""How the terminal UI bears a flood: events of several searches at once, keys in between, a large tree.

The events are made up like a search's, with goals and answers of the size that Lean gives, and go through the
same box as those of real searches. Keys are pressed all the while; the time of each is from the moment at
which the terminal hands it over to the moment at which the screen has been drawn anew.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pexpect
import psutil
from textual import events
from textual.pilot import Pilot

from prover.errors import LeanUnavailable
from prover.events import Event, Expanding, GivenUp, Opened, Proposed, Resumed, Tried
from prover.lean.goals import parse_goal
from prover.policy.fixed import FixedPolicy
from prover.proving import GatewayFactory
from prover.types import Advanced, Candidate, Failed, FailureReason, TacticState, Theorem
from tui.app import ProverApp, spare_collections
from tui.state.forest import Scope
from tui.state.holes import HoleState, Phase
from tui.view.workbench import Workbench
from tui.work.messages import Heard, Outbox, Trying

KEYS = ("j", "k", "pagedown", "pageup", "G", "g", "left", "right")
_WIDTH = 32


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds for a key: `median`, `worst` in a hundred (`p99`) and of all; `late` took over 50, and
    `busy` is the most that the screen's own thread computed for one. `megabytes` is what the process took
    more than before, `rows` how many there were."""

    what: str
    keys: int
    median: float
    busy: float
    p99: float
    worst: float
    late: int
    per_second: float
    rows: int
    megabytes: float


def flood(seconds: float, searches: int, per_second: float, nodes: int) -> Iterator[Measured]:
    """Keys while so many searches try so many tactics a second each; then keys in a tree of `nodes` rows."""
    yield asyncio.run(_measure("searching", seconds, searches, per_second, 0))
    yield asyncio.run(_measure("large tree", seconds, 0, 0.0, nodes))


def start_up() -> float:
    """Seconds from the command to its first screen, on a terminal of its own. The least of three."""
    return min(_start_once() for _ in range(3))


def _start_once() -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "One.lean").write_text("theorem one : True := by\n  sorry\n", encoding="utf-8")
        env = {**os.environ, "XDG_STATE_HOME": name, "XDG_CONFIG_HOME": name, "TERM": "xterm-256color"}
        begun = time.monotonic()
        child = pexpect.spawn(
            sys.executable, ["-m", "prover", "tui", name], env=env, dimensions=(24, 80), timeout=60
        )
        child.expect("Files")
        taken = time.monotonic() - begun
        child.send("q")
        child.expect(pexpect.EOF)
        child.close()
        return taken


def made_up(theorem: Theorem, seed: int) -> Iterator[Event]:
    """A search that never ends: each goal gets candidates, one in six leaves goals, the others fail."""
    draw = random.Random(seed)
    node, states = 0, 0
    root = _state(0, 1)
    yield Opened(theorem, 1, 0, root)
    waiting = [(0, root.goals[0], 0)]
    while waiting:
        number, goal, depth = waiting.pop(draw.randrange(max(0, len(waiting) - 8), len(waiting)))
        yield Resumed(number)
        yield Expanding(number, depth, goal.text, draw.random() * 9, _WIDTH)
        candidates = tuple(
            Candidate(f"simp_all [lemma_{number}_{n}, step, run]", -draw.random() * 4) for n in range(_WIDTH)
        )
        yield Proposed(number, candidates)
        for candidate in candidates:
            if draw.random() > 1 / 6:
                yield Tried(number, candidate, Failed(FailureReason.TACTIC, _ANSWER, 0.01), ())
                continue
            states += 1
            state = _state(states, draw.randrange(1, 3))
            children = tuple(range(node + 1, node + 1 + len(state.goals)))
            node += len(children)
            yield Tried(number, candidate, Advanced(state, 0.01), children)
            waiting += [(child, goal, depth + 1) for child, goal in zip(children, state.goals, strict=True)]
        if draw.random() < 0.1:
            yield GivenUp(number, "every tactic failed")


async def _measure(what: str, seconds: float, searches: int, per_second: float, nodes: int) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = "".join(f"theorem t{n} (xs : List Nat) : xs = xs ++ [] := by\n  sorry\n\n" for n in range(4))
        (folder / "Flood.lean").write_text(text, encoding="utf-8")
        app = ProverApp([folder / "Flood.lean"], _no_pools, lambda: FixedPolicy, folder=folder / "state")
        before = psutil.Process().memory_info().rss
        async with app.run_test(size=(160, 48)) as pilot:
            while not app.workshop.files:
                await pilot.pause(0.01)
            holes = app.workshop.holes
            if nodes:
                _grow(holes[0], nodes)
            stop = threading.Event()
            for hole in holes[:searches]:
                hole.scopes[0], hole.phase = Scope(), Phase.RUNNING
                _thread(app.workshop.outbox, hole, per_second, stop).start()
            bench = app.screen
            assert isinstance(bench, Workbench)
            bench.choose(holes[0])
            bench.action_view("tree")
            await pilot.pause(0.5)
            spare_collections()
            try:
                times, busy, tactics = await _press(pilot, holes, seconds)
            finally:
                stop.set()
        grown = (psutil.Process().memory_info().rss - before) / 1e6
    times.sort()
    return Measured(
        what,
        len(times),
        statistics.median(times),
        busy,
        times[int(len(times) * 0.99)],
        times[-1],
        sum(each > 50 for each in times),
        tactics,
        sum(hole.forest.rows for hole in holes),
        grown,
    )


async def _press(
    pilot: Pilot[None], holes: Sequence[HoleState], seconds: float
) -> tuple[list[float], float, float]:
    """Press keys for so long. Milliseconds for each, the most that one was computed for, and the tactics a
    second that were shown meanwhile."""
    times: list[float] = []
    busy = 0.0
    begun, before = time.monotonic(), sum(hole.forest.tactics for hole in holes)
    keys = 0
    while time.monotonic() < begun + seconds:
        await asyncio.sleep(random.Random(keys).uniform(0.02, 0.06))
        pressed, computed = time.perf_counter(), time.thread_time()
        drawn = asyncio.Event()
        _send(pilot, KEYS[keys % len(KEYS)], drawn)
        await drawn.wait()
        times.append((time.perf_counter() - pressed) * 1000)
        busy = max(busy, (time.thread_time() - computed) * 1000)
        keys += 1
    tactics = sum(hole.forest.tactics for hole in holes) - before
    return times, busy, tactics / (time.monotonic() - begun)


def _send(pilot: Pilot[None], key: str, drawn: asyncio.Event) -> None:
    """As the terminal hands it over; `drawn` is set when whoever has the focus has done with it."""
    app = pilot.app
    assert app._driver is not None
    app._driver.send_message(events.Key(key, key if len(key) == 1 else None))

    def handed_on() -> None:
        (app.focused or app.screen).call_after_refresh(drawn.set)

    app.call_later(handed_on)


def _thread(outbox: Outbox, hole: HoleState, per_second: float, stop: threading.Event) -> threading.Thread:
    """Tells what a search would, so many tactics a second."""

    def tell() -> None:
        begun, tactics = time.monotonic(), 0
        for event in made_up(hole.theorem, hash(hole.key)):
            if isinstance(event, Tried):
                tactics += 1
                outbox.put(Trying(hole, event.candidate.tactic))
                ahead = tactics / per_second - (time.monotonic() - begun)
                if ahead > 0:
                    time.sleep(ahead)
            if stop.is_set():
                return
            outbox.put(Heard(hole, 0, event))

    return threading.Thread(target=tell, daemon=True)


def _grow(hole: HoleState, nodes: int) -> None:
    scope = hole.scopes[0] = Scope()
    for event in made_up(hole.theorem, 0):
        hole.apply(scope, event)
        if hole.forest.rows >= nodes:
            return


def _state(number: int, goals: int) -> TacticState:
    texts = [_GOAL.format(number=number, goal=goal) for goal in range(goals)]
    return TacticState(number, tuple(map(parse_goal, texts)), tuple((n,) for n in range(goals)))


def _no_pools() -> GatewayFactory:
    raise LeanUnavailable("no Lean is used here")


_GOAL = """\
case cons.{goal}
α : Type
x : α
xs ys : List α
ih : ∀ (zs : List α), (xs ++ ys).map f ++ zs = xs.map f ++ (ys.map f ++ zs)
n : Nat := {number}
⊢ ((x :: xs) ++ ys).map f ++ step {number} = (x :: xs).map f ++ (ys.map f ++ step {number})"""
_ANSWER = "simp_all made no progress\n" + _GOAL.format(number=0, goal=0)
