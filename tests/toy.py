"""A toy Lean for the driver and the command line: what a theorem says is how it can be proved.

    theorem a : Easy       `easy` proves it
    theorem b : Uses a     `use a` proves it, and rests on `a`
    theorem v : Via a      the same, and `dull` goes on for ever
    theorem c : Hard       nothing proves it; `dull` goes on for ever
    theorem l : Long       the same, and more is tried on each goal
    theorem d : Dead       nothing proves it, and there is nothing to try
    theorem e : Wait       its tactic lasts until the Lean is taken away
    theorem f : Broken     opening it, Lean dies
    theorem g : Fatal      opening it, Lean dies for good
    theorem h : Fault      opening it, the prover itself fails
    theorem i : Data       it is no proposition

A file that imports `Missing` is refused; one that says `Complaint` has an error on line 1.

As a script it is `prover`, with this Lean and a policy that knows it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from prover.errors import InputError, LeanDied, LeanKeepsDying, LeanUnavailable, NotAProposition
from prover.lean.gateway import Complaint
from prover.lean.source import Source
from prover.types import (
    Advanced,
    Candidate,
    Failed,
    FailureReason,
    Goal,
    Hole,
    Outcome,
    Position,
    Proved,
    Standing,
    TacticState,
    Theorem,
    Verdict,
)


def claim(theorem: Theorem) -> tuple[str, str]:
    """`Uses a` as `("Uses", "a")`, `Easy` as `("Easy", "")`."""
    found = re.search(r": (\w+) ?([\w.]*)", theorem.declaration.statement)
    assert found, theorem.declaration.statement
    return found[1], found[2]


class ToyPolicy:
    name = "toy"

    def __init__(self, barred: frozenset[str]) -> None:
        self._barred = barred

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        tactics = {
            "Hard": ["dull"],
            "Via": ["dull"],
            "Long": ["fail", "fall", "dull"],
            "Wait": ["wait"],
            "Easy": ["fail", "easy"],
        }.get(claim(theorem)[0], [])
        uses = [f"use {d.name}" for d in theorem.context if d.name and d.name not in self._barred]
        return [[Candidate(tactic) for tactic in (*tactics, *uses)] for _ in goals]


@dataclass
class ToyPool:
    """`waiting` is set while a tactic waits for the Lean to be taken away."""

    opened: list[str] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)

    def for_source(self, source: Source) -> ToyGateway:
        if self.closed.is_set():
            raise LeanUnavailable("the pool is closed")
        return ToyGateway(self)

    def close(self) -> None:
        self.closed.set()


class ToyGateway:
    version = "toy 1"

    def __init__(self, pool: ToyPool) -> None:
        self._pool = pool

    def check(self, source: Source) -> Sequence[Complaint]:
        if "import Missing" in source.text:
            raise InputError("unknown module `Missing`")
        return [Complaint(Position(1, 4), "it is wrong")] if "Complaint" in source.text else []

    @contextmanager
    def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[ToySession]:
        self._pool.opened.append(theorem.name)
        match claim(theorem)[0]:
            case "Broken":
                raise LeanDied("Lean died")
            case "Fatal":
                raise LeanKeepsDying("Lean dies at start")
            case "Fault":
                raise KeyError("fault")
            case "Data":
                raise NotAProposition("it stands for data")
        yield ToySession(self._pool, theorem)

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        theorems = {theorem.hole: theorem for theorem in source.theorems}
        return {hole: _verdict(source, proofs, theorems[hole]) for hole in proofs}

    def close(self) -> None:
        self._pool.close()


def _verdict(source: Source, proofs: Mapping[Hole, str], theorem: Theorem) -> Verdict:
    reached, names = set(), [theorem.name]
    while names:
        name = names.pop()
        if name not in reached:
            reached.add(name)
            for other in source.theorems:
                if other.name == name:
                    names += re.findall(r"use ([\w.]+)", proofs.get(other.hole, ""))
    without = {other.name for other in source.theorems if other.hole not in proofs}
    assumes = tuple(sorted(reached & without))
    standing = Standing.CONDITIONAL if assumes else Standing.CERTIFIED
    return Verdict(standing, ("propext",), assumes, within=assumes == (theorem.name,))


class ToySession:
    def __init__(self, pool: ToyPool, theorem: Theorem) -> None:
        self._pool = pool
        self._claim = claim(theorem)
        self._count = 0
        self.root = self._state(0)

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        kind, used = self._claim
        match tactic.split():
            case ["easy"] if kind == "Easy":
                return Proved(lean_seconds=0.25)
            case ["use", name] if kind in ("Uses", "Via") and name == used:
                return Proved(lean_seconds=0.25)
            case ["dull"]:
                self._count += 1
                depth = int(state.goals[goal].target.removeprefix("⊢ "))
                return Advanced(self._state(depth + 1), lean_seconds=0.25)
            case ["wait"]:
                self._pool.waiting.set()
                self._pool.closed.wait()
                raise LeanDied("Lean was taken away")
        return Failed(FailureReason.TACTIC, "no")

    def _state(self, depth: int) -> TacticState:
        text = f"⊢ {depth}"
        return TacticState(self._count, (Goal((), text, "", text),), ((0,),))


def _main() -> None:
    import sys
    from types import ModuleType

    connect = ModuleType("prover.lean.connect")
    vars(connect)["gateway_factory"] = lambda kind: ToyPool
    sys.modules["prover.lean.connect"] = connect

    from prover.cli.main import main
    from prover.policy import specs

    specs.POLICIES["toy"] = ToyPolicy
    main()


if __name__ == "__main__":
    _main()
