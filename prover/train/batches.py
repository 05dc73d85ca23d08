"""Batches of goals for the network, drawn by a seed.

Each goal comes with `TACTICS` tactics and a question for its value. The first tactic is one to say: of a
finished proof, or, where there is none yet, one that the fixed policy holds to be likely and that has not
failed. The others are ones to hold for less likely: that have failed, or that the fixed policy proposes and
the proof does not need. Where nothing is known of them, all are to be said.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from prover.policy.neural.naming import KINDS
from prover.policy.neural.pricing import softmax
from prover.policy.neural.vocabulary import VALUE, VALUES, Vocabulary
from prover.policy.neural.weights import END, START
from prover.train.samples import Sample, Words

TACTICS = 4
NOTHING = -100
_LONGEST = 448  # words of a source
_LONGEST_TACTIC = 48
_TEMPERATURE = 0.7  # of the fixed policy's prices, where it is imitated
_IMITATED = 0.25  # what a tactic of the fixed policy counts, to one of a proof
_RENUMBERED = 0.5  # the part of the goals whose names are numbered at random
_SORTED = 8  # batches that are drawn together and sorted by length, so that there is little padding


@dataclass(frozen=True, slots=True)
class Batch:
    """`source` is (goals, words), and `padding` True where there is no word. `target` is (goals, TACTICS + 1,
    words), the last row the question for a value; `answer` is the word after each word, `NOTHING` where it
    does not matter. `said` is what it counts that a row is said, `compared` whether the first tactic is to be
    likelier than this one."""

    source: Tensor
    padding: Tensor
    target: Tensor
    answer: Tensor
    said: Tensor
    compared: Tensor


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a goal is to teach."""

    sample: Sample
    tactics: tuple[Words, ...]
    compared: bool


class Batches:
    """Goals with a finished proof, and others, are gone through in a random order, again and again."""

    def __init__(self, samples: Sequence[Sample], vocabulary: Vocabulary, size: int, seed: int) -> None:
        self._proved = [each for each in samples if each.proof]
        self._other = [each for each in samples if not each.proof and _imitable(each)]
        self._vocabulary = vocabulary
        self._size = size
        self._random = random.Random(seed)
        self._named = {
            kind: [vocabulary.numbers[f"${kind}{n}"] for n in range(KINDS[kind])] for kind in "vbfc"
        }

    def draw(self) -> Iterator[Batch]:
        """Without end."""
        proved, other = self._endless(self._proved), self._endless(self._other)
        count = self._size * _SORTED
        lent = 0 if not self._other else count if not self._proved else count // 3
        while True:
            chosen = [next(other) for _ in range(lent)] + [next(proved) for _ in range(count - lent)]
            chosen.sort(key=lambda sample: len(sample.source))
            starts = list(range(0, count, self._size))
            for start in self._random.sample(starts, len(starts)):
                yield self._batch([self._lesson(each) for each in chosen[start : start + self._size]])

    def _endless(self, samples: Sequence[Sample]) -> Iterator[Sample]:
        while True:
            yield from self._random.sample(samples, len(samples))

    def _lesson(self, sample: Sample) -> Lesson:
        likely = _imitable(sample)
        worse = [words for words in dict.fromkeys([*sample.worse, *likely]) if words not in sample.proof]
        if sample.proof and worse:
            return Lesson(sample, (self._random.choice(sample.proof), *self._others(worse)), True)
        if sample.proof:
            return Lesson(sample, (self._random.choice(sample.proof),) * TACTICS, False)
        drawn = self._random.choices(list(likely), list(likely.values()), k=TACTICS)
        if sample.worse:
            return Lesson(sample, (drawn[0], *self._others(sample.worse)), True)
        return Lesson(sample, tuple(drawn), False)

    def _others(self, worse: Sequence[Words]) -> list[Words]:
        return self._random.choices(worse, k=TACTICS - 1)

    def _batch(self, lessons: Sequence[Lesson]) -> Batch:
        numbered = [self._numbers(lesson) for lesson in lessons]
        source = _padded([source for source, _ in numbered])
        rows = [row for _, tactics in numbered for row in (*tactics, [self._number(VALUE)])]
        target = _padded([[self._number(START), *row] for row in rows])
        answer = np.full(target.shape, NOTHING)
        said = np.zeros((len(lessons), TACTICS + 1), np.float32)
        for place, lesson in enumerate(lessons):
            first = place * (TACTICS + 1)
            for row, tactic in enumerate(numbered[place][1], first):
                answer[row, : len(tactic) + 1] = [*tactic, self._number(END)]
            weight = 1.0 if lesson.sample.proof else _IMITATED
            said[place, : 1 if lesson.compared else TACTICS] = weight if lesson.compared else weight / TACTICS
            if lesson.sample.value is not None:
                answer[first + TACTICS, 1] = self._number(VALUES[lesson.sample.value])
                said[place, TACTICS] = 1.0
        shape = (len(lessons), TACTICS + 1, -1)
        compared = np.array([lesson.compared for lesson in lessons])
        return Batch(
            torch.from_numpy(source),
            torch.from_numpy(source == 0),
            torch.from_numpy(target.reshape(shape)),
            torch.from_numpy(answer.reshape(shape)),
            torch.from_numpy(said),
            torch.from_numpy(compared),
        )

    def _numbers(self, lesson: Lesson) -> tuple[list[int], list[list[int]]]:
        spell = self._vocabulary.spell
        source = [self._number(word) for word in spell(lesson.sample.source)][:_LONGEST]
        tactics = [[self._number(word) for word in spell(each)][:_LONGEST_TACTIC] for each in lesson.tactics]
        if self._random.random() >= _RENUMBERED:
            return source, tactics
        other = self._other_names({*source, *(number for tactic in tactics for number in tactic)})
        changed = [[other.get(number, number) for number in row] for row in (source, *tactics)]
        return changed[0], changed[1:]

    def _other_names(self, used: set[int]) -> Mapping[int, int]:
        found: dict[int, int] = {}
        for names in self._named.values():
            mine = [number for number in names if number in used]
            pool = names[: max(len(mine) + 4, names.index(mine[-1]) + 1 if mine else 0)]
            found.update(zip(mine, self._random.sample(pool, len(mine)), strict=True))
        return found

    def _number(self, word: str) -> int:
        return self._vocabulary.numbers[word]


def _imitable(sample: Sample) -> dict[Words, float]:
    left = {words: price / _TEMPERATURE for words, price in sample.fixed if words not in sample.worse}
    return dict(zip(left, softmax(list(left.values())), strict=True))


def _padded(rows: Sequence[Sequence[int]]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    whole = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for place, row in enumerate(rows):
        whole[place, : len(row)] = row
    return whole
