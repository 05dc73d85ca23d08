"""What a policy costs: to load, to ask about one goal and about many at once, and how long Lean waits for it.

    for seen in measure("builtin", gateways):
        ...

Wall time; other work on the machine shows in the results. Each batch is of goals that were not asked about
before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

from prover.bench.kills import PROBLEMS
from prover.events import Expanding, Proposed
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.protocols import TacticGenerator
from prover.policy.specs import policy_factory
from prover.proving.workers import GatewayPool
from prover.search.loop import WIDTH, search
from prover.types import Budget, Goal

BATCHES = (1, 4, 16, 64)
_LEAST_SECONDS = 2.0  # for each size of a batch
_TACTICS = 64  # of each search


@dataclass(frozen=True, slots=True)
class Loading:
    """Until the policy can be asked, with what must be imported for it; and what it takes of memory, in
    MB."""

    policy: str
    seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Speed:
    """`goals` are asked about at once. The seconds are until the answer is there, the rates are a
    second's."""

    policy: str
    goals: int
    seconds: float
    goals_rate: float
    proposals_rate: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """The part of the wall time of some searches in which there was nothing to run for Lean, because the
    policy had not answered yet."""

    policy: str
    share: float
    seconds: float
    tactics: int


Measured = Loading | Speed | Waiting


def measure(spec: str, gateways: Callable[[], GatewayPool] | None) -> Iterator[Measured]:
    """Without gateways, nothing is searched. Raises `InputError`."""
    process = psutil.Process()
    memory, begun = process.memory_info().rss, time.monotonic()
    policy = policy_factory(spec, 0)(frozenset())
    goals = map(_goal, count())
    _ask(policy, [next(goals)])
    seconds = time.monotonic() - begun
    yield Loading(spec, round(seconds, 3), round((process.memory_info().rss - memory) / 1e6, 1))
    for size in BATCHES:
        yield _speed(spec, policy, size, goals)
    if gateways is not None:
        yield _waiting(spec, gateways)


def _speed(spec: str, policy: TacticGenerator, size: int, goals: Iterator[Goal]) -> Speed:
    rounds = proposals = 0
    begun = time.monotonic()
    while time.monotonic() - begun < _LEAST_SECONDS:
        proposals += _ask(policy, [next(goals) for _ in range(size)])
        rounds += 1
    seconds = time.monotonic() - begun
    return Speed(
        spec,
        size,
        round(seconds / rounds, 4),
        round(rounds * size / seconds, 1),
        round(proposals / seconds, 1),
    )


def _waiting(spec: str, gateways: Callable[[], GatewayPool]) -> Waiting:
    source = parse_source(Path("Waiting.lean"), PROBLEMS.encode())
    policies = policy_factory(spec, 0)
    waited, whole, tactics = 0.0, 0.0, 0
    with closing(gateways()) as pool:
        gateway = pool.for_source(source)
        barred = frozenset(theorem.name for theorem in source.theorems)
        for theorem in source.theorems:
            asked = time.monotonic()
            steps = search(source, theorem, gateway, policies(barred), Budget(tactics=_TACTICS))
            while True:
                try:
                    event = next(steps)
                except StopIteration as end:
                    whole += end.value.statistics.seconds
                    tactics += end.value.statistics.tactics
                    break
                if isinstance(event, Proposed):
                    waited += time.monotonic() - asked
                if isinstance(event, Expanding):
                    asked = time.monotonic()
    return Waiting(spec, round(waited / whole, 3), round(whole, 1), tactics)


def _ask(policy: TacticGenerator, goals: Sequence[Goal]) -> int:
    """How many candidates came."""
    theorem = parse_source(Path("Models.lean"), PROBLEMS.encode()).theorems[2]
    return sum(map(len, policy.propose(theorem, goals, WIDTH)))


def _goal(number: int) -> Goal:
    return parse_goal(
        f"xs ys zs{number} : List Nat\nih : turn (xs ++ ys) = turn ys ++ turn xs\n"
        f"⊢ turn ({number} :: xs ++ zs{number}) = turn zs{number} ++ turn ({number} :: xs)"
    )
