"""What the tests of nights share: a project, its plan, workers that answer without a Lean, and orders played
to their end."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prover.batch.drafts import NO_LEMMAS
from prover.batch.facts import Facts
from prover.batch.fleet import Answered, Died, Ready, Report
from prover.batch.items import Change, Ended, Item, Kind
from prover.batch.order import Order
from prover.batch.records import HoleStatus, Limits, Plan
from prover.batch.shift import Event, Shift
from prover.batch.store import NightStore
from prover.batch.tasks import Answer, Assignment, Checked, CutOff, Refuted, Searched, Settled
from prover.lean.source import parse_source
from prover.proving.tasks import Job
from prover.types import SearchResult, Standing, Statistics, Status, Stop, Verdict

HARD = {"easy": 3, "middle": 40, "hard": 100, "never": 10**9}
TEXT = "\n\n".join(f"theorem {name}_{n} : True := by\n  sorry" for n in range(2) for name in HARD) + "\n"
"""Each theorem takes as many tactics as `HARD` says of its name."""


Outcomes = Callable[[Item], Ended]


def plan(workers: int = 2, limits: Limits | None = None, first: int = 16, window: int = 16) -> Plan:
    return Plan(
        paths=("Some.lean",),
        folder="/",
        policy="fixed",
        strategy="best-first",
        seed=0,
        lean="embedded",
        workers=workers,
        ray=None,
        first=first,
        window=window,
        memory=2**30,
        library=None,
        write=False,
        branch=None,
        limits=limits or Limits(tactics=400),
        prover="0",
    )


def made(folder: Path, plan: Plan, text: str = TEXT, path: Path | None = None) -> NightStore:
    source = parse_source(path or folder / "Some.lean", text.encode())
    return NightStore.create(folder, plan, [Job(source, source.theorems)])


def answer(assignment: Assignment) -> Answer:
    """What a search comes to depends on nothing but its hole and its budget."""
    item = assignment.item
    if item.kind is Kind.CHECK:
        return Checked(())
    if item.kind is Kind.REFUTE:
        return Refuted(None)
    if item.kind is Kind.SETTLE:
        return Settled({place: Verdict(Standing.CERTIFIED) for place in assignment.settles})
    source = parse_source(assignment.path, assignment.raw)
    assert assignment.place is not None
    need = HARD[source.theorems[assignment.place].name.partition("_")[0]]
    before = item.budget - item.fresh
    found = need <= item.budget
    spent = Statistics(tactics=max(0, min(need, item.budget) - before))
    result = (
        SearchResult(Status.PROVED, Stop.PROVED, "trivial", Verdict(Standing.CERTIFIED), spent)
        if found
        else SearchResult(Status.OPEN, Stop.TACTICS, statistics=spent)
    )
    trace = None if found else f"{item.budget}".encode()
    return Searched(result, spent, "4", "fake", NO_LEMMAS, (), (), trace)


@dataclass
class FakeFleet:
    """Answers in an order that `draw` makes. `deaths` says whether a worker dies of an assignment."""

    draw: random.Random = field(default_factory=lambda: random.Random(0))
    answers: Callable[[Assignment], Answer] = answer
    deaths: Callable[[Assignment], bool] = lambda assignment: False
    given: list[Assignment] = field(default_factory=list)
    at: dict[str, Assignment | None] = field(default_factory=dict)
    closed: bool = False
    _new: list[Report] = field(default_factory=list)
    _started: int = 0

    def start(self) -> str:
        self._started += 1
        name = f"worker {self._started}"
        self.at[name] = None
        self._new.append(Ready(name))
        return name

    def assign(self, worker: str, assignment: Assignment) -> None:
        assert self.at[worker] is None
        self.at[worker] = assignment
        self.given.append(assignment)

    def wait(self, seconds: float) -> Sequence[Report]:
        if self._new:
            new, self._new = self._new, []
            return new
        busy = [name for name, assignment in self.at.items() if assignment is not None]
        if not busy:
            return []
        name = self.draw.choice(busy)
        assignment = self.at[name]
        assert assignment is not None
        if self.deaths(assignment):
            del self.at[name]
            return [Died(name, "it was killed")]
        self.at[name] = None
        return [Answered(name, self.answers(assignment), 0)]

    def stop(self) -> None:
        self.answers = lambda assignment: CutOff(b"cut off")

    def end(self, worker: str) -> None:
        self.at.pop(worker, None)

    def close(self) -> None:
        self.closed = True


def run(store: NightStore, fleet: FakeFleet) -> list[Event]:
    return list(Shift(store, fleet).events())


# -- the order of a night ----------------------------------------------------------------------------------


def facts(
    number: int,
    file: int = 1,
    name: str = "",
    wanted: int = 0,
    meanings: tuple[str, ...] = (),
    parts: int = 1,
) -> Facts:
    return Facts(number, file, number, name or f"t{number}", parts, (), wanted, frozenset(meanings))


def proved(item: Item, tactics: int, meanings: tuple[str, ...] = ()) -> Ended:
    assert item.hole is not None
    return Ended((Change(item.hole, HoleStatus.PROVED),), tactics=tactics, meanings=meanings)


def needing(needs: dict[int, int]) -> Outcomes:
    """Holes are proved with so many tactics, in one search; the others never."""

    def outcome(item: Item) -> Ended:
        if item.kind is not Kind.TRY or item.hole is None:
            return Ended()
        need = needs.get(item.hole, 10**9)
        before = item.budget - item.fresh
        if need <= item.budget:
            return proved(item, need - before)
        return Ended(tactics=item.fresh, goals=1, size=need % 7, partial=need % 2 == 0)

    return outcome


def played(order: Order, outcomes: Outcomes, workers: int = 1, seed: int = 0, most: int = 300) -> list[Item]:
    """All items, when so many workers take them in turn and end in some order."""
    draw, waiting, out, done = random.Random(seed), list[Item](), list[Item](), list[Item]()
    while True:
        while len(done) < most and (item := order.next()) is not None:
            waiting.append(item)
            done.append(item)
        while waiting and len(out) < workers:
            out.append(waiting.pop(0))
        if not out:
            return done
        item = out.pop(draw.randrange(len(out)))
        order.end(item.number, outcomes(item))


def resumed(new: Callable[[], Order], outcomes: Outcomes, cut: int, seed: int) -> list[Item]:
    """All items of a night that is cut off when so many have ended, in any order, and is taken up by a new
    order."""
    draw, first, decided, ended = random.Random(seed), new(), list[Item](), set[int]()
    for _ in range(cut):
        while (item := first.next()) is not None:
            decided.append(item)
        under_way = [item for item in decided if item.number not in ended]
        if not under_way:
            break
        item = draw.choice(under_way[:4])
        first.end(item.number, outcomes(item))
        ended.add(item.number)
    again = new()
    for item in decided:
        if item.number in ended:
            again.end(item.number, outcomes(item))
    for item in decided:
        again.adopt(item)
    for item in decided:
        if item.number not in ended:
            again.end(item.number, outcomes(item))
    return decided + played(again, outcomes)
