"""How well premises are ranked: how many of the lemmas that kept proofs use are among the first k."""

from __future__ import annotations

from collections.abc import Iterator

from lemmas.ranking import ranked
from lemmas.store import Library

KS = (1, 2, 4, 8, 16, 32)
_RANKED = 200


def ranks_of_used(library: Library) -> Iterator[list[int | None]]:
    """For each lemma that uses others, their places in its ranking, from 0; None for one that is not in it.

    What is ranked are the lemmas that there were before it.
    """
    used: dict[int, list[int]] = {}
    for user, number in library.uses():
        used.setdefault(user, []).append(number)
    for lemma in library.many(sorted(used)):
        found = [number for number, _ in ranked(library, lemma.symbols, _RANKED) if number < lemma.id]
        yield [found.index(number) if number in found else None for number in used[lemma.id]]


def recall(ranks: list[list[int | None]], k: int) -> float:
    """The part of what a proof uses that is among the first `k`, on average over the proofs."""
    parts = [sum(rank is not None and rank < k for rank in each) / len(each) for each in ranks]
    return sum(parts) / len(parts)
