"""What a night knows while it goes on, as its store has it: files, holes, proofs, lemmas; and from that, all
that a worker needs for an item."""

from __future__ import annotations

from collections.abc import Sequence

from lemmas.records import Draft
from prover.batch.facts import Facts, facts_of
from prover.batch.items import Ended, Item, Kind
from prover.batch.outcomes import Work
from prover.batch.rows import Told
from prover.batch.store import NightStore
from prover.batch.tasks import Assignment
from prover.lean.source import Source, parse_source
from prover.proving.leaning import Support
from prover.types import Theorem


class Ledger:
    def __init__(self, store: NightStore) -> None:
        self._store = store
        self.sources: dict[int, Source] = {
            number: parse_source(path, raw) for number, path, raw in store.files()
        }
        self._holes = {number: (file, place) for number, file, place in store.holes()}
        self._support: dict[int, Support] = {}
        self._gained: dict[int, tuple[Draft, ...]] = {}
        for number, gained in store.gained():
            self._gained[number] = gained.drafts
        for proof in store.proofs():
            self._support[proof.hole] = Support(self.theorem(proof.hole).name, proof.text, proof.needs)

    @property
    def holes(self) -> Sequence[int]:
        return list(self._holes)

    def facts(self) -> list[Facts]:
        return facts_of(self.sources, [(number, *where) for number, where in self._holes.items()])

    def theorem(self, hole: int) -> Theorem:
        file, place = self._holes[hole]
        return self.sources[file].theorems[place]

    def source_of(self, hole: int) -> Source:
        return self.sources[self._holes[hole][0]]

    def note(self, item: Item, ended: Ended, told: Told) -> None:
        """What has been recorded."""
        if told.gained.drafts:
            self._gained[item.number] = told.gained.drafts
        for hole, proof in told.proofs.items():
            self._support[hole] = Support(self.theorem(hole).name, proof.text, proof.needs)

    def assignment(self, item: Item, knows: int, usd: float | None, run: str) -> Assignment:
        """For a worker that has had the lemmas of the items before `knows`."""
        source = self.sources[item.file]
        forgets = knows > item.sees
        lacking = range(0 if forgets else knows, item.sees)
        return Assignment(
            item=item,
            path=source.path,
            raw=source.raw,
            place=None if item.hole is None else self._holes[item.hole][1],
            known={self._holes[hole][1]: self._support[hole] for hole in item.known},
            settles={self._holes[hole][1]: self._support[hole] for hole in item.settles},
            trace=self._trace(item),
            lemmas=tuple(self._gained[number] for number in lacking if number in self._gained),
            forgets=forgets,
            usd=usd,
            run=run,
        )

    def work(self, item: Item, told: Told) -> Work:
        """What an answer to the item is to be read with."""
        places = {place: hole for hole, (file, place) in self._holes.items() if file == item.file}
        return Work(
            item=item,
            source=self.sources[item.file],
            places=places,
            proofs={hole: self._support[hole] for hole in places.values() if hole in self._support},
            told=told,
            lemmas=sum(len(drafts) for number, drafts in self._gained.items() if number < item.sees),
        )

    def _trace(self, item: Item) -> bytes | None:
        """Of the search itself, where it was cut off, or of the one that it goes on with."""
        if item.kind is not Kind.TRY or item.hole is None:
            return None
        kept = self._store.trace(item.hole)
        if kept is None or (kept[0] != item.number and not item.continued):
            return None
        return kept[1]
