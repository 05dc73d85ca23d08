"""The driver of a night, for one session: the only writer of its store.

    with held(folder), NightStore.open(folder) as store:
        shift = Shift(store, fleet)
        for event in shift.events():
            ...                      # and `shift.stop()`, from a signal handler if need be, ends it soon

What a worker answers is in the store before anyone is told of it, and before it leads to anything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from prover.batch import heart, outcomes
from prover.batch.drafts import NO_LEMMAS
from prover.batch.fleet import Answered, Died, Fleet, Pulse, Ready, Report
from prover.batch.items import Ended, Item, Kind
from prover.batch.ledger import Ledger
from prover.batch.models import clear_workshop, require_model, said_of
from prover.batch.order import Order
from prover.batch.outlets import Outlets
from prover.batch.patience import Patience
from prover.batch.records import HoleStatus
from prover.batch.rows import Told
from prover.batch.spending import Spending
from prover.batch.staff import Member, Staff
from prover.batch.store import NightStore
from prover.batch.tasks import (
    Answer,
    Broken,
    Checked,
    CutOff,
    Learned,
    Refused,
    Refuted,
    Searched,
    Settled,
    Unanswered,
)
from prover.errors import LeanUnavailable, ProverError
from prover.types import Theorem

STRIKES = 3
"""How many workers may die of an item before it is set aside."""

PATIENCE = 3.0
"""How many seconds workers have to end by themselves when the night ends."""

_HOPELESS = 12
_TICK = 1.0
_BEAT = 2.0


@dataclass(frozen=True, slots=True)
class Changed:
    """A hole has another status, for good or until it is proved. `at` is the night's clock."""

    theorem: Theorem
    status: HoleStatus
    at: float
    said: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that whoever looks on should know."""

    text: str


@dataclass(frozen=True, slots=True)
class Over:
    """The night has ended, and why."""

    why: str


Event: TypeAlias = Changed | Noted | Over


class Shift:
    """One session of a night. `clock` gives seconds, and never runs backwards; `wall` is the time of day, and
    says nothing but when to end."""

    def __init__(
        self,
        store: NightStore,
        fleet: Fleet,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._plan = plan = store.plan
        self._ledger = Ledger(store)
        self._outlets = Outlets(plan, self._ledger)
        self._staff = Staff(fleet)
        self._spending = Spending(plan.limits, store, clock, wall)
        self._order = Order(self._ledger.facts(), plan.first, plan.window, plan.limits.tactics, plan.learn)
        self._ready: list[Item] = []
        self._run = f"night {store.folder.resolve().name}"
        self._patience = Patience()
        self._why = ""
        self._failures = 0
        self._beaten = -_BEAT

    def stop(self) -> None:
        """End soon, in good order."""
        self._why = self._why or "stopped"

    def events(self) -> Generator[Event, None, None]:
        """Work, once. Raises `NightError` and `LeanUnavailable`, after all that could be kept was."""
        heart.forget_to_stop(self._store.folder)
        self._take_up()
        session = self._store.begin_session(self._plan.workers)
        try:
            yield from map(Noted, self._outlets.begin(self._store))
            yield from self._work(session)
            yield from self._wind_up()
        except ProverError as error:
            self._why = str(error)
            raise
        finally:
            self._staff.close()
            self._outlets.close()
            self._store.end_session(session, self._spending.session, self._why)
            self._beat()
        yield Over(self._why)

    def _take_up(self) -> None:
        """Decide again what was decided, and see what has not been done of it."""
        items = self._store.decided()
        for item, ended in items:
            if ended is not None:
                self._order.end(item.number, ended)
                if ended.model:
                    require_model(self._store.folder, ended.model)
        for item, ended in items:
            self._order.adopt(item)
            if ended is None:
                self._ready.append(item)

    # -- work --------------------------------------------------------------------------------------------

    def _work(self, session: int) -> Iterator[Event]:
        while not self._why:
            self._decide()
            if not self._ready and not self._staff.busy:
                self._why = self._order.why_over
                return
            self._assign()
            for report in self._staff.wait(_TICK):
                yield from self._hear(report)
            self._tick(session)

    def _decide(self) -> None:
        new = []
        while (item := self._order.next()) is not None:
            new.append(item)
        if new:
            self._store.decide(new)
            self._ready += new

    def _assign(self) -> None:
        if not self._patience.is_over(self._spending.at):
            return
        self._staff.fill(min(self._plan.workers, len(self._ready) + self._staff.busy))
        while self._ready and (member := self._staff.free()) is not None:
            item = self._staff.suited(member, self._ready)
            waiting = self._plan.workers - self._staff.busy
            usd = self._spending.share(self._staff.promised, waiting)
            if usd == 0:
                return  # until those who are at work have left something of theirs
            self._ready.remove(item)
            assignment = self._ledger.assignment(item, member.sees, usd, self._run)
            self._staff.assign(member, assignment, self._spending.at)

    def _hear(self, report: Report) -> Iterator[Event]:
        if isinstance(report, Pulse):
            self._staff.note(report)
            return
        if isinstance(report, Ready):
            self._staff.ready(report.worker)
            return
        if isinstance(report, Died):
            member = self._staff.dead(report.worker)
            self._event(member, "died", report.why)
            if member.item is not None:
                yield from self._fail(member, member.item, report.why)
            return
        member = self._staff.done(report.worker)
        assert member.item is not None
        yield from self._take_in(member, member.item, report)

    def _take_in(self, member: Member, item: Item, report: Answered) -> Iterator[Event]:
        answer = report.answer
        if isinstance(answer, Broken):
            if answer.fatal:
                self._staff.dismiss(member)
                self._event(member, "died", answer.message)
            yield from self._fail(member, item, answer.message)
            return
        self._failures = 0
        if isinstance(answer, Unanswered):
            self._ready.insert(0, item)
            yield from _noted(self._patience.wait(self._spending.at, answer.message))
            return
        if isinstance(answer, CutOff):
            if answer.trace is not None and item.hole is not None:
                self._store.keep_trace(item.hole, item.number, answer.trace)
            return
        if isinstance(answer, Searched):
            yield from _noted(self._patience.end())
        yield from self._keep(member, item, *self._read(member, item, answer))
        if isinstance(answer, Checked):
            path = self._ledger.sources[item.file].path
            yield from (Noted(f"{path}:{complaint}") for complaint in answer.complaints)
        if report.memory > self._plan.memory * 3 // 4:
            self._staff.dismiss(member)
            self._event(member, "recycled", f"it took up {report.memory / 2**20:.0f} MiB")

    def _fail(self, member: Member, item: Item, why: str) -> Iterator[Event]:
        """An item was not done, and its worker may be to blame, or it."""
        self._failures += 1
        if self._failures >= _HOPELESS:
            raise LeanUnavailable(f"nothing works any more; the last that was heard: {why}")
        if self._store.strike(item.number) < STRIKES:
            self._ready.insert(0, item)
            return
        work = self._ledger.work(item, self._told(member))
        said = f"set aside: {STRIKES} workers failed at it; the last: {why}"
        yield from self._keep(member, item, *outcomes.set_aside(work, said))

    def _read(self, member: Member, item: Item, answer: Answer) -> tuple[Ended, Told]:
        told = self._told(member)
        work = self._ledger.work(item, told)
        match answer:
            case Searched():
                assert item.hole is not None
                return outcomes.searched(work, self._ledger.theorem(item.hole), answer)
            case Settled():
                return outcomes.settled(work, answer)
            case Refuted():
                return outcomes.refuted(work, answer)
            case Learned():
                return outcomes.learned(work, answer)
            case Refused(message):
                return outcomes.refused(work, message)
            case _:
                return Ended(), told

    def _told(self, member: Member) -> Told:
        return Told(member.name, member.began, self._spending.at)

    def _keep(self, member: Member, item: Item, ended: Ended, told: Told) -> Iterator[Event]:
        self._store.record(item, ended, told)
        self._ledger.note(item, ended, told)
        self._order.end(item.number, ended)
        self._spending.count(ended)
        proved = {
            change.hole: told.proofs[change.hole].text
            for change in ended.changes
            if change.status is HoleStatus.PROVED
        }
        if proved or told.gained is not NO_LEMMAS:
            yield from map(Noted, self._outlets.tell(proved, told.gained))
        if told.fit is not None:
            clear_workshop(self._store.folder, told.fit.round)
            yield Noted(said_of(told.fit))
        for change in ended.changes:
            said = told.counterexamples.get(change.hole) or told.messages.get(change.hole, "")
            yield Changed(self._ledger.theorem(change.hole), change.status, told.at, said)

    # -- the end -----------------------------------------------------------------------------------------

    def _tick(self, session: int) -> None:
        if self._spending.at - self._beaten >= _BEAT:
            self._store.beat(session, self._spending.session)
            self._beat()
        if heart.is_asked_to_stop(self._store.folder):
            heart.forget_to_stop(self._store.folder)
            self.stop()
        self._why = self._why or self._spending.over()

    def _wind_up(self) -> Iterator[Event]:
        """Have searches end where they are, and keep what comes of that."""
        self._staff.stop()
        deadline = time.monotonic() + PATIENCE
        while self._staff.busy and time.monotonic() < deadline:
            for report in self._staff.wait(max(0.0, deadline - time.monotonic())):
                if isinstance(report, Died):
                    self._staff.dead(report.worker)
                elif isinstance(report, Answered) and isinstance(report.answer, (Broken, Unanswered)):
                    self._staff.done(report.worker)
                else:
                    yield from self._hear(report)

    def _beat(self) -> None:
        self._beaten = self._spending.at
        heart.beat(self._store.folder, self._spending.at, self._order.round, self._staff.doing(self._name))

    def _name(self, item: Item) -> str:
        if item.hole is not None:
            return self._ledger.theorem(item.hole).name
        if item.kind is Kind.LEARN:
            return f"fitting a model after round {item.round}"
        return f"{item.kind.value} {Path(self._ledger.sources[item.file].path).name}"

    def _event(self, member: Member, what: str, why: str) -> None:
        hole = None if member.item is None else member.item.hole
        self._store.event(self._spending.at, member.name, what, why, hole)


def _noted(text: str) -> Iterator[Noted]:
    if text:
        yield Noted(text)
