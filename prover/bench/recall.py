"""How well premises are ranked: how many of those that kept proofs use are among the first k.

    for ranks in in_library(library): …     # among all lemmas that were there before
    for ranks in in_files(library): …       # among the theorems before it in its file, proved or not

Each proof gives the place in the ranking, from 0, of each premise that it uses; None for one not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from lemmas.ranking import ranked
from lemmas.records import Lemma
from lemmas.store import Library
from prover.errors import SourceError
from prover.lean.source import Source, read_source
from prover.policy import relevance
from prover.policy.symbols import Symbols
from prover.types import Goal

KS = (1, 2, 4, 8, 16, 32)
_RANKED = 200

Ranks: TypeAlias = list[int | None]


def in_library(library: Library) -> Iterator[Ranks]:
    used = _used(library)
    for lemma in library.many(sorted(used)):
        behind = frozenset(name.rpartition(".")[2] for name, _ in lemma.definitions)
        goal = relevance.Wanted(lemma.symbols, behind - lemma.symbols)
        found = [number for number in ranked(library, goal, _RANKED) if number < lemma.id]
        yield _places(used[lemma.id], found)


def in_files(library: Library) -> Iterator[Ranks]:
    """Of the proofs whose files can be read and still have their theorem."""
    used = _used(library)
    for lemma in library.many(sorted(used)):
        source = _source(Path(lemma.provenance.file))
        names = (lemma.name, lemma.name.rpartition("_")[0])  # its own, or that of the theorem it is a goal of
        places = () if source is None else range(len(source.declarations))
        place = next((at for at in places if source and source.declarations[at].name in names), None)
        if source is None or place is None:
            continue
        found = _ranked(source, place, lemma)
        premises = [each.name for each in library.many(used[lemma.id])]
        there = {each.name for each in source.declarations[:place]}
        if any(name in there for name in premises):
            yield _places([name for name in premises if name in there], found)


def recall(ranks: Sequence[Ranks], k: int) -> float:
    """The part of what a proof uses that is among the first `k`, on average over the proofs."""
    parts = [sum(rank is not None and rank < k for rank in each) / len(each) for each in ranks]
    return sum(parts) / len(parts)


def _used(library: Library) -> dict[int, list[int]]:
    used: dict[int, list[int]] = {}
    for user, number in library.uses():
        used.setdefault(user, []).append(number)
    return used


def _ranked(source: Source, place: int, lemma: Lemma) -> list[str]:
    context = (*source.imported, *source.declarations[:place])
    symbols = Symbols(context, "")
    theorems = [symbol for symbol in symbols.all() if symbol.is_theorem]
    goal = relevance.wanted(Goal(lemma.hypotheses, lemma.target, "", ""), symbols)
    return [symbol.name for symbol in relevance.best(theorems, goal, symbols, len(theorems))]


def _places(used: Sequence[object], found: Sequence[object]) -> Ranks:
    return [found.index(each) if each in found else None for each in used]


@lru_cache(maxsize=4)
def _source(path: Path) -> Source | None:
    try:
        return read_source(path)
    except SourceError:
        return None
