"""In which order a night's work is done: pure decisions, no Lean, no clock, no workers.

    order = Order(facts, first=16, window=16, tactics=None)
    while (item := order.next()) is not None: ...     # to be done, by whomever
    order.end(number, ended)                          # whenever it is done; then ask again

An item is decided from what came of the items before it, but for the latest `window` of them, and from no
more than it needs where there is less to choose from. So the order is the same for any number of workers up
to `window`, however fast each of them is, and for a night that was killed and resumed.

Of a hole that stays open after the first round it is asked whether it is false. If not, it is tried again,
with twice the budget each time, after those whose next budget is smaller. What speaks for a hole (`_promise`)
counts in doublings: a point more lets a hole have its 64 tactics when others get their 32.

A night that learns fits a model between rounds: when no hole is left in a round, and all that was begun has
ended, and there are `ENOUGH` new proofs. Searches that are decided after that has ended ask the model.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prover.batch.facts import Facts
from prover.batch.items import Change, Ended, Item, Kind
from prover.batch.records import HoleStatus

ENOUGH = 20
"""So many new proofs are worth a model."""


@dataclass(slots=True)
class _Hole:
    """`asked`: whether it is false. `round` is that of its last search, which came as far as `came` tactics.
    `news`: something that may help was learned since that was decided."""

    facts: Facts
    status: HoleStatus = HoleStatus.OPEN
    needs: tuple[str, ...] = ()
    busy: bool = False
    asked: bool = False
    round: int = 0
    came: int = 0
    news: bool = False
    exhausted: bool = False
    goals: int = 0
    size: int = 0
    partial: bool = False
    nearer: bool = False

    @property
    def is_open(self) -> bool:
        return self.status in (HoleStatus.OPEN, HoleStatus.CONDITIONAL)


@dataclass(slots=True)
class _File:
    checked: bool = False
    holes: list[_Hole] = field(default_factory=list)
    settled: set[tuple[int, ...]] = field(default_factory=set)

    def proved(self) -> set[str]:
        """The theorems all of whose holes are proved."""
        return self.with_proofs(frozenset())

    def with_proofs(self, assumed: frozenset[int]) -> set[str]:
        """Those that are proved once these holes are, too."""
        named: dict[str, list[_Hole]] = defaultdict(list)
        for hole in self.holes:
            named[hole.facts.name].append(hole)
        return {
            name
            for name, holes in named.items()
            if len(holes) == holes[0].facts.parts
            and all(h.status is HoleStatus.PROVED or h.facts.number in assumed for h in holes)
        }


class Order:
    """`first` is the budget of the first round; `tactics` limits the sum of all searches, None does not."""

    def __init__(
        self, facts: Sequence[Facts], first: int, window: int, tactics: int | None, learns: bool = False
    ) -> None:
        self._holes = {each.number: _Hole(each) for each in facts}
        self._files: dict[int, _File] = {}
        for hole in self._holes.values():
            self._files.setdefault(hole.facts.file, _File()).holes.append(hole)
        self._first = first
        self._window = window
        self._tactics = tactics
        self._learns = learns
        self._items: list[Item] = []
        self._ended: dict[int, Ended] = {}
        self._horizon = 0
        self._spent = 0
        self._short = False
        self._reached = 0  # the highest that `round` was at the beginning of a search
        self._proofs = 0  # since the last model
        self._model = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way. Together with no next item, that is the end."""
        return self._horizon == len(self._items)

    @property
    def why_over(self) -> str:
        """Why there is no next item."""
        if self._short:
            return "the tactics are spent"
        if any(hole.is_open for hole in self._holes.values()):
            return "there is nothing left to try"
        return "all holes are done"

    @property
    def round(self) -> int:
        """The lowest round of the holes that may still be tried; 0 before the first, and after the last."""
        return min((hole.round for hole in self._holes.values() if _may_be_tried(hole)), default=0)

    def next(self) -> Item | None:
        """What is to be done. None where that depends on items that have not ended, or there is nothing."""
        while True:
            late = len(self._items) - self._horizon >= self._window
            item = None if late else self._choose()
            if item is not None:
                self._begin(item)
                return item
            if not self._apply():
                return None

    def adopt(self, item: Item) -> None:
        """Take up one that was decided before, in their order, when all that it sees has been told."""
        while self._horizon < item.sees:
            applied = self._apply()
            assert applied
        self._begin(item)

    def end(self, number: int, ended: Ended) -> None:
        self._ended[number] = ended

    # -- what comes of items -----------------------------------------------------------------------------

    def _begin(self, item: Item) -> None:
        self._items.append(item)
        if item.kind is Kind.LEARN:
            self._proofs = 0
        if item.kind is Kind.TRY and self._learns:
            self._reached = max(self._reached, self.round)
        file = self._files[item.file]
        if item.kind is Kind.CHECK:
            file.checked = True
        for number in (*item.settles, *([] if item.hole is None else [item.hole])):
            self._holes[number].busy = True
        if item.kind is Kind.SETTLE:
            file.settled.add(item.settles)
        if item.hole is None:
            return
        hole = self._holes[item.hole]
        if item.kind is Kind.REFUTE:
            hole.asked = True
        else:
            hole.round, hole.news = item.round, False

    def _apply(self) -> bool:
        """Take in what came of the earliest item that is not known yet. False where it has not ended."""
        ended = self._ended.pop(self._horizon, None)
        if ended is None:
            return False
        item = self._items[self._horizon]
        self._horizon += 1
        self._spent += ended.tactics
        for number in (*item.settles, *([] if item.hole is None else [item.hole])):
            self._holes[number].busy = False
        if ended.refused:
            self._refuse(item.file)
        if item.kind is Kind.TRY and item.hole is not None:
            _tell(self._holes[item.hole], item, ended)
            self._proofs += any(change.status is HoleStatus.PROVED for change in ended.changes)
        if ended.model:
            self._ask(ended.model)
        for change in ended.changes:
            self._change(change, ended)
        return True

    def _refuse(self, file: int) -> None:
        for hole in self._files[file].holes:
            if hole.is_open:
                hole.status = HoleStatus.ERROR

    def _ask(self, model: int) -> None:
        """It may say more where there was nothing left to try."""
        self._model = model
        for hole in self._holes.values():
            hole.news = hole.news or hole.exhausted

    def _change(self, change: Change, ended: Ended) -> None:
        hole = self._holes[change.hole]
        if not hole.is_open:
            return
        hole.status, hole.needs = change.status, change.needs
        if change.status is HoleStatus.PROVED:
            meanings = {*ended.meanings, *hole.facts.meanings}
            for other in self._holes.values():
                other.news = other.news or not meanings.isdisjoint(other.facts.meanings)

    # -- what is next ------------------------------------------------------------------------------------

    def _choose(self) -> Item | None:
        self._short = False
        for hole in self._holes.values():
            if hole.round and not (hole.asked or hole.busy) and hole.status is HoleStatus.OPEN:
                return self._item(Kind.REFUTE, hole.facts.file, hole.facts.number)
        for number, file in self._files.items():
            settles = _settleable(file)
            if settles and settles not in file.settled:
                known = _needed(file, [hole for hole in file.holes if hole.facts.number in settles])
                return self._item(Kind.SETTLE, number, settles=settles, known=known)
        best = min(filter(_may_be_tried, self._holes.values()), key=self._key, default=None)
        if best is not None and not self._files[best.facts.file].checked:
            return self._item(Kind.CHECK, best.facts.file)
        item = None if best is None else self._search(best)
        return item if item is None or not self._may_learn() else self._fitting(item)

    def _may_learn(self) -> bool:
        """Whether a round is over that may have brought enough proofs, with those under way."""
        under_way = len(self._items) - self._horizon
        return self._learns and self._proofs + under_way >= ENOUGH and self.round > self._reached

    def _fitting(self, search: Item) -> Item | None:
        """In the place of this search. None until all of the round has ended."""
        return self._item(Kind.LEARN, search.file, round=self.round) if self.is_over else None

    def _key(self, hole: _Hole) -> tuple[float, int, int]:
        return hole.round - self._promise(hole), -hole.facts.wanted, hole.facts.number

    def _promise(self, hole: _Hole) -> float:
        """What speaks for it, in doublings of the budget."""
        others = self._files[hole.facts.file].holes
        solved = sum(other.status is HoleStatus.PROVED for other in others) / len(others)
        leaning = any(hole.facts.name in other.needs for other in others if other is not hole)
        return (
            0.5 * hole.partial
            + 0.5 * hole.nearer
            + 0.5 * hole.news
            + 0.5 * solved
            + 0.5 * min(2, hole.facts.wanted)
            + 1.0 * leaning
            - 2.0 * (hole.status is HoleStatus.CONDITIONAL)
        )

    def _search(self, hole: _Hole) -> Item | None:
        """The next search for a hole; None where the limit of tactics does not let it be."""
        budget = self._first * 2**hole.round
        continued = hole.came > 0 and not hole.news
        came = hole.came if continued else 0
        fresh = min(budget - came, self._left())
        self._short = fresh < budget - came
        if self._short and not self.is_over:
            return None  # what is under way may leave some of its budget
        if fresh <= 0:
            return None
        file = self._files[hole.facts.file]
        proved = file.proved()
        return self._item(
            Kind.TRY,
            hole.facts.file,
            hole.facts.number,
            round=hole.round + 1,
            budget=came + fresh,
            fresh=fresh,
            continued=continued,
            model=self._model,
            barred=tuple(name for name in hole.facts.rivals if name not in proved),
            known=tuple(
                other.facts.number
                for other in file.holes
                if other.facts.name in proved and other.facts.place < hole.facts.place
            ),
        )

    def _left(self) -> int:
        if self._tactics is None:
            return 2**62
        reserved = sum(item.fresh for item in self._items[self._horizon :])
        return max(0, self._tactics - self._spent - reserved)

    def _item(
        self,
        kind: Kind,
        file: int,
        hole: int | None = None,
        *,
        round: int = 0,
        budget: int = 0,
        fresh: int = 0,
        continued: bool = False,
        barred: tuple[str, ...] = (),
        known: tuple[int, ...] = (),
        settles: tuple[int, ...] = (),
        model: int = 0,
    ) -> Item:
        number, sees = len(self._items), self._horizon
        return Item(
            number, kind, file, hole, round, budget, fresh, continued, barred, known, settles, sees, model
        )


def _tell(hole: _Hole, item: Item, ended: Ended) -> None:
    """What a search says of its hole, apart from whether it is proved."""
    was = (hole.goals, hole.size) if hole.partial else (math.inf, math.inf)
    hole.nearer = ended.partial and item.round > 1 and (ended.goals, ended.size) < was
    hole.partial, hole.goals, hole.size = ended.partial, ended.goals, ended.size
    hole.exhausted = ended.exhausted
    hole.came = item.budget - item.fresh + ended.tactics


def _may_be_tried(hole: _Hole) -> bool:
    filled = hole.status is HoleStatus.CONDITIONAL and set(hole.needs) <= {hole.facts.name}
    return hole.is_open and not hole.busy and not filled and (hole.news or not hole.exhausted)


def _settleable(file: _File) -> tuple[int, ...]:
    """The holes whose proofs lean on nothing but theorems that are proved, or would be with these."""
    found = {h.facts.number: h for h in file.holes if h.status is HoleStatus.CONDITIONAL and not h.busy}
    while found:
        proved = file.with_proofs(frozenset(found))
        lacking = [number for number, hole in found.items() if not proved.issuperset(hole.needs)]
        if not lacking:
            break
        for number in lacking:
            del found[number]
    return tuple(sorted(found))


def _needed(file: _File, leaning: Iterable[_Hole]) -> tuple[int, ...]:
    """The proved holes that the proofs of these lean on, directly or not."""
    found: set[int] = set()
    pending = list(leaning)
    while pending:
        needs = pending.pop().needs
        for other in file.holes:
            proved = other.status is HoleStatus.PROVED and other.facts.name in needs
            if proved and other.facts.number not in found:
                found.add(other.facts.number)
                pending.append(other)
    return tuple(sorted(found))
