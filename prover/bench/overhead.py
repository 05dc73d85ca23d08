"""What the search itself costs, with a session that answers at once.

    for seen in measure(100_000):
        ...

The session's goals look like real ones; most tactics fail, some leave goals, some of which read like others,
and the theorem is never proved. The time of the session is not counted; processor time is, so that other work
on the machine shows little.
"""

from __future__ import annotations

import time
import tracemalloc
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from prover.config import STRATEGIES
from prover.events import Tried
from prover.lean.gateway import Complaint
from prover.lean.goals import parse_goal
from prover.lean.source import Source, parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.protocols import TacticGenerator
from prover.search.loop import Search, search
from prover.types import (
    Advanced,
    Budget,
    Candidate,
    Failed,
    FailureReason,
    Goal,
    Hole,
    Outcome,
    Proved,
    TacticState,
    Theorem,
    Verdict,
)

FIRST_MARK = 100
_MEMORY_TO = 10_000  # tactics; to watch memory is slow
_FAILS, _PROVES, _REPEATS = 60, 12, 15  # per cent of tactics, of goals that can be, of new goals
_TEXT = """\
def turn : List Nat → List Nat
  | [] => []
  | x :: xs => turn xs ++ [x]

theorem turn_append (xs ys : List Nat) : turn (xs ++ ys) = turn ys ++ turn xs := by
  sorry
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Mean processor time of one tactic, in microseconds, over the later half of the first `tactics`: that of
    the search, without that of the policy."""

    strategy: str
    tactics: int
    nodes: int
    search: float
    policy: float

    @property
    def total(self) -> float:
        return self.search + self.policy


@dataclass(frozen=True, slots=True)
class Memory:
    """What a search keeps of 1,000 tactics and the goals that they leave, in KiB."""

    strategy: str
    kib: float
    nodes: int


def measure(tactics: int, strategies: Sequence[str] = STRATEGIES) -> Generator[Cost | Memory, None, None]:
    """Costs at the 100th, 1,000th, … of so many tactics, and memory, strategy by strategy."""
    for _ in _search("best-first", 2 * FIRST_MARK, Watch()):
        pass  # so that what is made once is made before
    for strategy in strategies:
        yield from _costs(strategy, tactics)
        yield _memory(strategy, min(tactics, _MEMORY_TO))


class Watch:
    """Adds up processor time, in seconds, of what it wraps."""

    def __init__(self) -> None:
        self.session = 0.0
        self.policy = 0.0


def marks_of(tactics: int) -> list[int]:
    marks = [FIRST_MARK]
    while marks[-1] * 10 <= tactics:
        marks.append(marks[-1] * 10)
    return marks


def _costs(strategy: str, tactics: int) -> Iterator[Cost]:
    watch = Watch()
    marks = marks_of(tactics)
    halves = {mark // 2: mark for mark in marks}
    count, nodes = 0, 1
    before = (0.0, 0.0)
    with closing(_search(strategy, marks[-1] + 1, watch)) as events:
        for event in events:
            if not isinstance(event, Tried):
                continue
            count, nodes = count + 1, nodes + len(event.children)
            if count in halves:
                before = _spent(watch)
            elif count in marks:
                search, policy = (
                    (now - then) * 1e6 / (count - count // 2)
                    for now, then in zip(_spent(watch), before, strict=True)
                )
                yield Cost(strategy, count, nodes, search, policy)


def _spent(watch: Watch) -> tuple[float, float]:
    """Of the search, and of the policy, up to now."""
    return time.process_time() - watch.session - watch.policy, watch.policy


def _memory(strategy: str, tactics: int) -> Memory:
    """Of the last nine tenths of so many tactics."""
    first = tactics // 10
    count, nodes, kept = 0, 0, 0
    tracemalloc.start()
    try:
        with closing(_search(strategy, tactics, Watch())) as events:
            for event in events:
                if not isinstance(event, Tried):
                    continue
                count += 1
                if count > first:
                    nodes += len(event.children)
                if count == first:
                    kept = tracemalloc.get_traced_memory()[0]
                if count == tactics:
                    kept = tracemalloc.get_traced_memory()[0] - kept
    finally:
        tracemalloc.stop()
    thousands = (tactics - first) / 1_000
    return Memory(strategy, kept / 1024 / thousands, round(nodes / thousands))


def _search(strategy: str, tactics: int, watch: Watch) -> Search:
    source = parse_source(Path("Synthetic.lean"), _TEXT.encode())
    policy = _TimedPolicy(FixedPolicy(), watch)
    return search(
        source, source.theorems[0], InstantGateway(watch), policy, Budget(tactics=tactics), strategy
    )


class _TimedPolicy:
    def __init__(self, policy: TacticGenerator, watch: Watch) -> None:
        self.name = policy.name
        self._policy = policy
        self._watch = watch

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        begun = time.process_time()
        proposed = self._policy.propose(theorem, goals, n)
        self._watch.policy += time.process_time() - begun
        return proposed


class InstantGateway:
    """A Lean without Lean: no proof is ever complete in it, so it is never asked to certify one."""

    version = "none"

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def check(self, source: Source) -> Sequence[Complaint]:
        return ()

    @contextmanager
    def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[InstantSession]:
        yield InstantSession(self._watch)

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        raise AssertionError("no proof can be complete")

    def close(self) -> None:
        pass


class InstantSession:
    """Answers by a fingerprint of the goal and the tactic: the same to the same question."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._states = 0
        self.root = self._state([_goal(0, provable=False)])

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        begun = time.process_time()
        outcome = self._answer(state.goals[goal], tactic)
        self._watch.session += time.process_time() - begun
        return outcome

    def _answer(self, goal: Goal, tactic: str) -> Outcome:
        chance = zlib.crc32(f"{goal.text}\0{tactic}".encode())
        provable = goal.hypotheses[-1].name == "easy"
        if chance % 100 < _FAILS:
            return Failed(FailureReason.TACTIC, "no")
        if provable and chance // 100 % 100 < _PROVES:
            return Proved(0.0)
        count = chance // 10_000 % 3
        goals = [self._new(chance + number, provable=provable or number > 0) for number in range(1 + count)]
        return Advanced(self._state(goals), 0.0)

    def _new(self, chance: int, provable: bool) -> Goal:
        repeats = chance // 7 % 100 < _REPEATS
        fresh = 4 * self._states + chance % 4
        return _goal(chance // 700 % (fresh + 1) if repeats else fresh, provable)

    def _state(self, goals: Sequence[Goal]) -> TacticState:
        self._states += 1
        groups = tuple((number,) for number in range(len(goals)))
        return TacticState(self._states - 1, tuple(goals), groups)


def _goal(number: int, provable: bool) -> Goal:
    word = "easy" if provable else "hard"
    text = (
        f"xs ys : List Nat\nih : turn (xs ++ ys) = turn ys ++ turn xs\n{word} : {number} < xs.length\n"
        f"⊢ turn ({number} :: xs ++ ys) = turn ys ++ turn ({number} :: xs)"
    )
    return parse_goal(text)
