"""Batches of goals for the network, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from prover.policy.neural.builtin import softmax
from prover.policy.neural.naming import KINDS
from prover.policy.neural.vocabulary import VALUE, VALUES, Vocabulary
from prover.policy.neural.weights import END, START
from prover.train.samples import Sample, Words

LONGEST = 448  # words of a source
_LONGEST_TACTIC = 48
_TEMPERATURE = 0.7  # of the fixed policy's prices, where it is imitated
_IMITATED = 0.25  # what a tactic of the fixed policy counts, to one of a proof
_RENUMBERED = 0.5  # the part of the goals whose names are numbered at random
_SORTED = 8  # batches that are drawn together and sorted by length, so that there is little padding
NOTHING = -100


@dataclass(frozen=True, slots=True)
class Batch:
    """`target` has two rows for each goal: START and a tactic, START and the question for a value. `answer`
    is the word after each word of these, `NOTHING` where it does not matter; `weight` is of each row."""

    source: Tensor
    padding: Tensor
    target: Tensor
    answer: Tensor
    weight: Tensor


class Batches:
    """Of goals with a finished proof, and of others, where the fixed policy is imitated for what has not
    failed. Both are gone through in a random order, again and again."""

    def __init__(self, samples: Sequence[Sample], vocabulary: Vocabulary, size: int, seed: int) -> None:
        self._proved = [each for each in samples if each.proof]
        self._other = [each for each in samples if not each.proof and _imitable(each)]
        self._vocabulary = vocabulary
        self._size = size
        self._random = random.Random(seed)
        self._named = {
            kind: [vocabulary.numbers[f"${kind}{number}"] for number in range(count)]
            for kind, count in KINDS.items()
            if kind in "vbfc"
        }

    def draw(self) -> Iterator[Batch]:
        """Without end."""
        proved, other = self._endless(self._proved), self._endless(self._other)
        while True:
            count = self._size * _SORTED
            lent = 0 if not self._other else count if not self._proved else count // 3
            chosen = [next(other) for _ in range(lent)] + [next(proved) for _ in range(count - lent)]
            chosen.sort(key=lambda sample: len(sample.source))
            starts = list(range(0, count, self._size))
            for start in self._random.sample(starts, len(starts)):
                yield self.make([(each, self._target(each)) for each in chosen[start : start + self._size]])

    def make(self, chosen: Sequence[tuple[Sample, Words]], renumber: bool = True) -> Batch:
        numbered = [self._numbers(sample, words, renumber) for sample, words in chosen]
        source = _padded([each[0] for each in numbered], 0)
        rows = [row for _, tactic in numbered for row in (tactic, [self._number(VALUE)])]
        target = _padded([[self._number(START), *row] for row in rows], 0)
        answer = np.full(target.shape, NOTHING)
        weight = np.zeros(len(rows), np.float32)
        for place, (sample, _) in enumerate(chosen):
            tactic = numbered[place][1]
            answer[2 * place, : len(tactic) + 1] = [*tactic, self._number(END)]
            weight[2 * place] = 1.0 if sample.proof else _IMITATED
            if sample.value is not None:
                answer[2 * place + 1, 1] = self._number(VALUES[sample.value])
                weight[2 * place + 1] = 1.0
        tensors = (torch.from_numpy(each) for each in (source, source == 0, target, answer, weight))
        return Batch(*tensors)

    def _endless(self, samples: Sequence[Sample]) -> Iterator[Sample]:
        while True:
            yield from self._random.sample(samples, len(samples))

    def _target(self, sample: Sample) -> Words:
        if sample.proof:
            return self._random.choice(sample.proof)
        chances = _imitable(sample)
        return self._random.choices(list(chances), list(chances.values()))[0]

    def _numbers(self, sample: Sample, words: Words, renumber: bool) -> tuple[list[int], list[int]]:
        source = [self._number(word) for word in self._vocabulary.spell(sample.source)][:LONGEST]
        target = [self._number(word) for word in self._vocabulary.spell(words)][:_LONGEST_TACTIC]
        if not renumber or self._random.random() >= _RENUMBERED:
            return source, target
        other = self._other_names({*source, *target})
        return [other.get(each, each) for each in source], [other.get(each, each) for each in target]

    def _other_names(self, used: set[int]) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for names in self._named.values():
            mine = [number for number in names if number in used]
            pool = names[: len(mine) + 4]
            found.update(
                zip(mine, self._random.sample(pool, len(mine)), strict=False)
                if len(pool) >= len(mine)
                else ()
            )
        return found

    def _number(self, word: str) -> int:
        return self._vocabulary.numbers[word]


def _imitable(sample: Sample) -> dict[Words, float]:
    left = {words: price / _TEMPERATURE for words, price in sample.fixed if words not in sample.failed}
    return softmax(left) if left else {}


def _padded(rows: Sequence[Sequence[int]], filler: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    whole = np.full((len(rows), max(map(len, rows))), filler, np.int64)
    for place, row in enumerate(rows):
        whole[place, : len(row)] = row
    return whole
