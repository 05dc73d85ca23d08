"""The workers of a night, as the driver knows them: who is at what, and what each has been told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from prover.batch.fleet import Fleet, Pulse, Report
from prover.batch.heart import Doing
from prover.batch.items import Item
from prover.batch.store import now
from prover.batch.tasks import Assignment

_CHOICE = 4  # of so many items a worker gets the one of the file that it knows


@dataclass(slots=True)
class Member:
    """`sees`: it has had the lemmas of the items before that one. `file` is the one it was at last."""

    name: str
    sees: int = 0
    file: int | None = None
    item: Item | None = None
    began: str = ""
    since: float = 0.0
    ready: bool = False
    tactics: int = 0
    usd: float = 0.0


class Staff:
    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._members: dict[str, Member] = {}

    @property
    def busy(self) -> int:
        return sum(member.item is not None for member in self._members.values())

    @property
    def promised(self) -> float:
        """How many US dollars the searches under way may cost."""
        return sum(member.usd for member in self._members.values() if member.item is not None)

    def free(self) -> Member | None:
        """One that has nothing to do."""
        for member in self._members.values():
            if member.ready and member.item is None:
                return member
        return None

    def fill(self, most: int) -> None:
        """Have so many, with those that are on their way."""
        while len(self._members) < most:
            name = self._fleet.start()
            self._members[name] = Member(name)

    def ready(self, worker: str) -> None:
        self._members[worker].ready = True

    def suited(self, member: Member, items: Sequence[Item]) -> Item:
        """One of the first of these, of the file that the worker has read."""
        first = sorted(items, key=lambda item: item.number)[:_CHOICE]
        return min(first, key=lambda item: (item.sees < member.sees, item.file != member.file, item.number))

    def assign(self, member: Member, assignment: Assignment, at: float) -> None:
        item = assignment.item
        member.item, member.file, member.sees = item, item.file, item.sees
        member.began, member.since, member.tactics = now(), at, 0
        member.usd = assignment.usd or 0.0
        self._fleet.assign(member.name, assignment)

    def wait(self, seconds: float) -> Sequence[Report]:
        return self._fleet.wait(seconds)

    def note(self, pulse: Pulse) -> None:
        self._members[pulse.worker].tactics = pulse.tactics

    def done(self, worker: str) -> Member:
        """It has nothing to do any more. Answers what it was before."""
        member = self._members[worker]
        before = replace(member)
        member.item = None
        return before

    def dead(self, worker: str) -> Member:
        """It is no more. Answers what it was."""
        return self._members.pop(worker)

    def dismiss(self, member: Member) -> None:
        del self._members[member.name]
        self._fleet.end(member.name)

    def stop(self) -> None:
        self._fleet.stop()

    def close(self) -> None:
        self._fleet.close()

    def doing(self, name: Callable[[Item], str]) -> tuple[Doing, ...]:
        return tuple(
            Doing(member.name, name(member.item), round(member.since, 1), member.tactics)
            for member in self._members.values()
            if member.item is not None
        )
