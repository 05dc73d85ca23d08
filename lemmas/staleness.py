"""Which lemmas of a file speak of definitions that read otherwise there by now."""

from __future__ import annotations

from lemmas.fingerprints import Surroundings
from lemmas.records import Lemma
from lemmas.store import Library
from prover.lean.source import Source
from prover.policy.symbols import Symbols


def outdated(library: Library, source: Source) -> list[int]:
    """The numbers of the lemmas found in this file that stand, but should not."""
    suspects = library.found_in(str(source.path.resolve()))
    now = _at(source, len(source.declarations)).all() if suspects else {}
    suspects = [lemma for lemma in suspects if _differs(lemma, now)]
    places = {declaration.name: number for number, declaration in enumerate(source.declarations)}
    stale = []
    for lemma in suspects:  # a definition further down may have changed what a name means there, not here
        theorem = next((name for name in _owners(lemma) if name in places), None)
        if theorem is None or _differs(lemma, _at(source, places[theorem]).all()):
            stale.append(lemma.id)
    return stale


def _at(source: Source, place: int) -> Surroundings:
    """What holds before the declaration of that number."""
    context = (*source.imported, *source.declarations[:place])
    return Surroundings(Symbols(context, ""), context)


def _differs(lemma: Lemma, now: dict[str, str]) -> bool:
    return any(now.get(name) != made for name, made in lemma.definitions)


def _owners(lemma: Lemma) -> tuple[str, str]:
    """The names of the theorem that the lemma may belong to: its own, or that of the one it is a goal of."""
    return lemma.name, lemma.name.rpartition("_")[0]
