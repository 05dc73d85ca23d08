"""Which lemmas of the library are likely to help with a goal: candidates by the symbols that they
share with it, in the order of `prover.policy.relevance`.

Of symbols that very many lemmas mention only the newest of these are looked at; the others reach the ranking
through a rarer symbol of the goal.
"""

from __future__ import annotations

from lemmas.store import Library
from prover.policy.relevance import Wanted, rarity, score

_READ = 3000  # postings looked at for one goal
_EACH = 1000  # of one symbol at most
_RESCORED = 200


def ranked(library: Library, goal: Wanted, limit: int) -> list[int]:
    """The numbers of the best lemmas for a goal; ties the older first."""
    total = library.size()
    known = library.frequencies(goal.said | goal.behind)
    rarities = {symbol: rarity(count, total) for symbol, (_, count) in known.items()}
    found: dict[int, float] = {}
    left = _READ
    for symbol in sorted(known, key=lambda symbol: (symbol not in goal.said, -rarities[symbol], symbol)):
        if left <= 0:
            break
        mentioning = library.mentioning(known[symbol][0], min(left, _EACH))
        left -= len(mentioning)
        for lemma in mentioning:
            found[lemma] = found.get(lemma, 0.0) + rarities[symbol]
    likely = library.symbols_of(sorted(found, key=lambda lemma: (-found[lemma], lemma))[:_RESCORED])
    counts = library.frequencies({symbol for _, said in likely for symbol in said.all})
    rarities = {symbol: rarity(count, total) for symbol, (_, count) in counts.items()}
    scored = sorted((-score(goal, said, rarities), lemma) for lemma, said in likely)
    return [lemma for points, lemma in scored[:limit] if points < 0]
