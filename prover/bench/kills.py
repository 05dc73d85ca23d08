"""Kill Lean at random moments of searches: what is found must be what is found without.

    for seen in endure(root, searches=50, seed=0):
        ...

Searches are limited by tactics, so with the same Lean they find the same proofs on every machine.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.source import Source, parse_source
from prover.policy.fixed import FixedPolicy
from prover.search.loop import search
from prover.types import Budget, SearchResult, Status, Theorem

BUDGET = Budget(tactics=30)
PROBLEMS = """\
def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

def turn : List Nat → List Nat
  | [] => []
  | x :: xs => turn xs ++ [x]

theorem or_swap (p q r s : Prop) (h : p ∨ q ∨ r) (k : q → s) : r ∨ s ∨ p := by
  sorry

theorem double_add (m n : Nat) : double (m + n) = double m + double n := by
  sorry

theorem turn_append (xs ys : List Nat) : turn (xs ++ ys) = turn ys ++ turn xs := by
  sorry

theorem false_turn (xs : List Nat) : turn xs = xs := by
  sorry
"""
_FALSE = "false"


@dataclass(frozen=True, slots=True)
class Found:
    """The end of one search. `expected` is what it finds undisturbed, None for that very search.

    `killed`: Lean was, while the search was under way.
    """

    theorem: str
    result: SearchResult
    expected: SearchResult | None
    killed: bool

    @property
    def sound(self) -> bool:
        return not (self.theorem.startswith(_FALSE) and self.result.status is not Status.OPEN)

    @property
    def same(self) -> bool:
        if self.expected is None:
            return True
        return (self.result.status, self.result.proof) == (self.expected.status, self.expected.proof)


def endure(root: Path, searches: int, seed: int) -> Generator[Found, None, None]:
    """Each problem in peace, and then so many searches with a kill in each. Raises `ProverError`."""
    draw = random.Random(seed)
    others = processes()
    source = parse_source(Path("Problems.lean"), PROBLEMS.encode())
    with closing(EmbeddedGateway(root, (), Limits())) as gateway:
        gateway.check(source)
        peaceful: dict[str, SearchResult] = {}
        seconds: dict[str, float] = {}
        for theorem in source.theorems:
            peaceful[theorem.name] = _search(gateway, source, theorem)
            begun = time.monotonic()  # of a search in a Lean that has done this before
            _search(gateway, source, theorem)
            seconds[theorem.name] = time.monotonic() - begun
            yield Found(theorem.name, peaceful[theorem.name], None, killed=False)
        for n in range(searches):
            theorem = source.theorems[n % len(source.theorems)]
            killer = _Killer(draw.uniform(0, seconds[theorem.name]), others)
            result = _search(gateway, source, theorem)
            yield Found(theorem.name, result, peaceful[theorem.name], killed=killer.stop())


def processes() -> set[psutil.Process]:
    """Those that this one has started, directly or not, and that still run."""
    children = psutil.Process().children(recursive=True)
    return {child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE}


def _search(gateway: EmbeddedGateway, source: Source, theorem: Theorem) -> SearchResult:
    def steps() -> Generator[object, None, None]:
        results.append((yield from search(source, theorem, gateway, FixedPolicy(frozenset()), BUDGET)))

    results: list[SearchResult] = []
    for _ in steps():
        pass
    return results[0]


class _Killer(threading.Thread):
    """Kills what this process has started, but for `others`, so many seconds from now."""

    def __init__(self, seconds: float, others: set[psutil.Process]) -> None:
        super().__init__(daemon=True)
        self._seconds = seconds
        self._others = others
        self._cancelled = threading.Event()
        self._killed = False
        self.start()

    def run(self) -> None:
        if not self._cancelled.wait(self._seconds):
            for process in processes() - self._others:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
                    self._killed = True

    def stop(self) -> bool:
        """Has it killed anything?"""
        self._cancelled.set()
        self.join()
        return self._killed
