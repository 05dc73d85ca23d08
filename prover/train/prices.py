"""Fitting prices to collected searches: `prover.policy.neural.pricing` says what of.

A goal that has a proof teaches that the tactics of that are likelier than what else was tried, and, less
firmly, than what nobody tried; one on which enough was tried in vain, that none is the right one. One goal
after the other, by AdaGrad (Duchi, Hazan and Singer, 2011).
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prover.policy.neural.model import LIMITS
from prover.policy.neural.pricing import NONE, OTHER, PLACES, Prices, features, form_of, places
from prover.train.samples import Sample

_TIMES = 4  # that each goal is gone through
_RATE = 0.05
_UNTRIED = 0.3  # what a tactic counts that nobody tried, to one that was no help
_OFTEN = 4  # goals that a form, or what is seen, must be in
_LEAST = 0.01  # a weight that is kept
_NEW, _LEARNT = 1e-10, 1.0
"""Squares of slopes that weights begin with: those that were learnt before are moved by many goals only."""

_Numbers = NDArray[np.intp]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """`forms`, `places` and `prices` of a goal's tactics, `NONE` the last, which of them are right, and the
    logarithm of what each counts; `seen` in the goal. Numbers are rows and columns of the table."""

    seen: _Numbers
    forms: _Numbers
    places: _Numbers
    prices: _Floats
    right: NDArray[np.bool_]
    counts: _Floats


def fit_prices(samples: Sequence[Sample], begun: Prices | None, seed: int) -> Prices:
    """`begun` are prices to begin with, None for the fixed ones as they are. Goals with a proof by what the
    rules do not propose teach nothing."""
    usable = [
        each for each in samples if _is_vain(each) or {words for words, _ in each.fixed} & set(each.proof)
    ]
    table = _Table(usable, begun)
    lessons = [table.lesson(sample) for sample in usable]
    drawing = random.Random(seed)
    for _ in range(_TIMES):
        for lesson in drawing.sample(lessons, len(lessons)):
            table.learn(lesson)
    return table.prices()


class _Table:
    def __init__(self, samples: Sequence[Sample], begun: Prices | None) -> None:
        seen, forms = Counter[str](), Counter[str]()
        for sample in samples:
            seen.update(features(sample.source))
            forms.update({form_of(words) for words, _ in sample.fixed})
        before = {OTHER: {}, NONE: {}} if begun is None else begun.forms
        self._seen = _numbered(seen, {*PLACES, *(each for weights in before.values() for each in weights)})
        self._forms = _numbered(forms, set(before))
        self._weights = np.zeros((len(self._forms), len(self._seen)))
        for form, weights in before.items():
            for each, weight in weights.items():
                self._weights[self._forms[form], self._seen[each]] = weight
        self._scale = 1.0 if begun is None else begun.scale
        self._squares = np.full(self._weights.shape, _NEW if begun is None else _LEARNT)
        self._scale_squares = self._squares[0, 0]

    def lesson(self, sample: Sample) -> _Lesson:
        proof, worse = set(sample.proof), set(sample.worse)
        tried = [words in proof or words in worse for words, _ in sample.fixed]
        known = [form if (form := form_of(words)) in self._forms else OTHER for words, _ in sample.fixed]
        known.append(NONE)
        return _Lesson(
            np.array([self._seen[each] for each in features(sample.source) if each in self._seen], np.intp),
            np.array([self._forms[form] for form in known]),
            np.array([self._seen[place] for place in places(known)]),
            np.array([*(price for _, price in sample.fixed), 0.0]),
            np.array([*(words in proof for words, _ in sample.fixed), _is_vain(sample)]),
            np.array([*(0.0 if each else math.log(_UNTRIED) for each in tried), 0.0]),
        )

    def learn(self, lesson: _Lesson) -> None:
        """A step down the -log probability of what is right."""
        forms, rows = np.unique(lesson.forms, return_inverse=True)
        by_form = np.ix_(forms, lesson.seen)
        scores = self._weights[by_form].sum(1)[rows] + self._scale * lesson.prices
        scores += self._weights[lesson.forms, lesson.places]
        slope = _softmax(scores + lesson.counts) - _softmax(np.where(lesson.right, scores, -np.inf))
        self._descend(by_form, _summed(rows, slope, len(forms))[:, None])
        pairs, rows = np.unique((lesson.forms, lesson.places), axis=1, return_inverse=True)
        self._descend((pairs[0], pairs[1]), _summed(rows.ravel(), slope, pairs.shape[1]))
        by_scale = float(slope @ lesson.prices)
        self._scale_squares += by_scale**2
        self._scale -= _RATE * by_scale / math.sqrt(self._scale_squares)

    def _descend(self, part: tuple[_Numbers, ...], slopes: _Floats) -> None:
        """A step for a part of the table where nothing is twice."""
        self._squares[part] += slopes**2
        self._weights[part] -= _RATE * slopes / np.sqrt(self._squares[part])

    def prices(self) -> Prices:
        forms = {
            form: {
                each: round(float(self._weights[number, place]), 2)
                for each, place in self._seen.items()
                if abs(self._weights[number, place]) >= _LEAST
            }
            for form, number in self._forms.items()
        }
        return Prices(round(self._scale, 3), forms)


def _is_vain(sample: Sample) -> bool:
    return not sample.proof and sample.value == len(LIMITS)


def _numbered(counts: Counter[str], known: set[str]) -> dict[str, int]:
    often = {each for each, count in counts.items() if count >= _OFTEN}
    return {each: number for number, each in enumerate(sorted(often | known))}


def _summed(places: _Numbers, values: _Floats, count: int) -> _Floats:
    return np.asarray(np.bincount(places, values, count), np.float64)


def _softmax(scores: _Floats) -> _Floats:
    chances = np.exp(scores - scores.max())
    return np.asarray(chances / chances.sum())
