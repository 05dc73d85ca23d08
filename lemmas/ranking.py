"""Which lemmas are likely to help with a goal: BM25 over the constants and operators that both mention.

Each symbol counts once, and the more the fewer lemmas mention it. Of symbols that very many lemmas mention
only the newest of these are looked at; the others reach the ranking through a rarer symbol of the goal.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from lemmas.store import Library

_K1, _B = 1.2, 0.75
_TYPICAL = 5.0
"""How many symbols an average lemma mentions; only the scale of lengths depends on it."""

_READ = 3000  # postings looked at for one goal
_EACH = 1000  # of one symbol at most
_RESCORED = 200


def ranked(library: Library, symbols: frozenset[str], limit: int) -> list[tuple[int, float]]:
    """The best lemmas for a goal that mentions these symbols, with their scores; ties the older first."""
    known = library.frequencies(symbols)
    total = library.size()
    weights = {symbol: rarity(count, total) for symbol, (_, count) in known.items()}
    found: dict[int, float] = {}
    left = _READ
    for symbol, (number, _) in sorted(known.items(), key=lambda item: (item[1][1], item[0])):
        if left <= 0:
            break
        mentioning = library.mentioning(number, min(left, _EACH))
        left -= len(mentioning)
        for lemma in mentioning:
            found[lemma] = found.get(lemma, 0.0) + weights[symbol]
    best = sorted(found, key=lambda lemma: (-found[lemma], lemma))[:_RESCORED]
    scored = [(lemma, score(weights, said)) for lemma, said in library.symbols_of(best)]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:limit]


def ranked_texts(texts: Mapping[str, frozenset[str]], symbols: frozenset[str], limit: int) -> list[str]:
    """The same for a few texts, given by what they mention, that are weighed against each other."""
    counts = Counter(symbol for said in texts.values() for symbol in said)
    weights = {symbol: rarity(counts[symbol], len(texts)) for symbol in symbols if symbol in counts}
    scored = [(name, score(weights, said)) for name, said in texts.items()]
    best = sorted((pair for pair in scored if pair[1] > 0), key=lambda pair: -pair[1])
    return [name for name, _ in best[:limit]]


def rarity(count: int, total: int) -> float:
    """BM25's inverse document frequency."""
    return math.log(1 + (max(total, count) - count + 0.5) / (count + 0.5))


def score(weights: Mapping[str, float], said: Iterable[str]) -> float:
    """BM25 where each symbol occurs once or not at all."""
    mentioned = frozenset(said)
    length = 1 - _B + _B * len(mentioned) / _TYPICAL
    shared = math.fsum(weight for symbol, weight in weights.items() if symbol in mentioned)
    return shared * (_K1 + 1) / (1 + _K1 * length)
