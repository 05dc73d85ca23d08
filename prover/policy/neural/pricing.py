"""What tactics of the rules cost where: their fixed prices, corrected by what came of such tactics on such
goals.

A tactic is known by its form: its words without numbers, or the rule whose tactics are too long for words. A
goal is known by what can be seen in its words. Every form has a weight for each thing that is seen, and for
being the first of the form that is proposed, the second and so on. These and the fixed price add up to the
tactic's log-odds among all that is proposed for the goal, and that none of this leads to a proof, which has
weights of its own. `prover.train.prices` fits them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.policy.neural.wording import OFFERS, SECTIONS

PRICES = "prices.json"
OTHER, NONE = "", "<none>"
_MOST = 4  # hypotheses, definitions, places and so on that are told apart by their number
PLACES = tuple(f"#{number}" for number in range(_MOST + 1))
_DOUBT = 1.6
"""What log-odds are divided by. A search that relies on them as they were fitted follows what looked well too
far before it tries the rest."""
_UNLEARNT, _TEMPERATURE = 0.15, 0.7
"""The part of the probability that is the fixed prices', and what these are divided by there: a goal may be
like none that was learnt from."""
_OFFERS = frozenset(OFFERS.values())
_OPEN, _CLOSED = frozenset("([{⟨"), frozenset(")]}⟩")
_LOOSE = ("∀", "∃", "→", "↔", "∨", "∧", "¬", "=", "≠", "≤", "<", "≥", ">", "∣", "∈", "+", "*", "++", "::")
"""Those first that hold the least together."""

Words = Sequence[str]
Weights = Mapping[str, float]
"""Of what is seen in a goal."""


@dataclass(frozen=True, slots=True)
class Prices:
    """`scale` is what a fixed price counts, `forms` has the weights of each form. `OTHER` are all others, and
    `NONE` is that no tactic is right."""

    scale: float
    forms: Mapping[str, Weights]

    def chances(self, source: Words, tactics: Sequence[tuple[Words | None, float]]) -> list[float]:
        """How likely each tactic is to be part of a proof; together at most 1. `tactics` are their words,
        None for one that has none, and fixed prices; `source` is what the model reads of the goal."""
        seen = features(source)
        forms = [form if (form := form_of(words)) in self.forms else OTHER for words, _ in tactics]
        forms.append(NONE)
        prices = [price for _, price in tactics]
        scores = [
            self.scale * price + self._weight(seen, form) + self.forms[form].get(place, 0.0)
            for price, form, place in zip([*prices, 0.0], forms, places(forms), strict=True)
        ]
        learnt = softmax([score / _DOUBT for score in scores])[:-1]
        fixed = softmax([price / _TEMPERATURE for price in prices])
        return [(1 - _UNLEARNT) * one + _UNLEARNT * other for one, other in zip(learnt, fixed, strict=True)]

    def _weight(self, seen: Sequence[str], form: str) -> float:
        weights = self.forms[form]
        return math.fsum(weights[each] for each in seen if each in weights)


def softmax(logs: Sequence[float]) -> list[float]:
    most = max(logs, default=0.0)
    parts = [math.exp(log - most) for log in logs]
    total = math.fsum(parts)
    return [part / total for part in parts]


def form_of(words: Words | None) -> str:
    if not words:
        return OTHER
    return words[0] if words[0] in _OFFERS else " ".join(map(_kind, words))


def places(forms: Iterable[str]) -> Iterator[str]:
    """For each form, whether it is there for the first time, the second, …"""
    counts = Counter[str]()
    for form in forms:
        yield PLACES[min(counts[form], _MOST)]
        counts[form] += 1


def features(source: Words) -> tuple[str, ...]:
    """What is seen in a goal, given what the model reads of it. The first is seen in all."""
    return tuple(dict.fromkeys(_features(source)))


def read_prices(folder: Path) -> Prices:
    """Raises `OSError`, `ValueError`, `LookupError` and `TypeError` for what `write_prices` did not write."""
    content = json.loads((folder / PRICES).read_text(encoding="utf-8"))
    seen = content["seen"]
    forms = {
        form: {seen[number]: weight for number, weight in zip(numbers, weights, strict=True)}
        for form, (numbers, weights) in content["forms"].items()
    }
    return Prices(content["scale"], forms)


def write_prices(folder: Path, prices: Prices) -> None:
    seen = sorted({each for weights in prices.forms.values() for each in weights})
    numbers = {each: number for number, each in enumerate(seen)}
    forms = {
        form: [[numbers[each] for each in weights], list(weights.values())]
        for form, weights in prices.forms.items()
    }
    content = {"scale": prices.scale, "seen": seen, "forms": forms}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (folder / PRICES).write_text(text, encoding="utf-8")


def _features(source: Words) -> Iterator[str]:
    yield ""
    counts: dict[str, int] = {}
    for section, words in _sections(source):
        counts[section] = counts.get(section, 0) + 1
        if section == "<goal>":
            yield f"top {_top(words)}"
            yield f"length {len(words).bit_length()}"
        if section not in ("<type>", "<premise>"):
            part = section if section in ("<goal>", "<def>") else "known"
            yield from (f"{part} {word}" for word in map(_kind, words) if part == "<goal>" or word[0] != "$")
    yield from (f"{section} {min(count, _MOST)}" for section, count in counts.items())


def _sections(source: Words) -> Iterator[tuple[str, list[str]]]:
    section, words = "", list[str]()
    for word in source:
        if word in SECTIONS:
            if section:
                yield section, words
            section, words = word, []
        else:
            words.append(word)
    if section:
        yield section, words


def _top(words: Words) -> str:
    """What holds the target together, in no brackets."""
    depth, found = 0, set[str]()
    for word in words:
        depth += (word in _OPEN) - (word in _CLOSED)
        if depth == 0:
            found.add(word)
    return next((each for each in _LOOSE if each in found), "")


def _kind(word: str) -> str:
    return word[:2] if word[0] == "$" else word
