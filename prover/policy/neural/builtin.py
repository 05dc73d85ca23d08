"""The policy that ships with the prover: a small model and the fixed rules together.

What the model says and what the rules propose are candidates alike. Their probability is a mixture,
`(1 - share) * model + share * fixed`, where what the rules propose is as likely as its learnt price says;
`share` was fitted to proofs that neither had learnt from. So what was learnt orders what the rules propose
and adds tactics of its own, and nothing that the rules know is ever out of reach.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prover.lean.guard import refusal
from prover.policy.fixed import FixedPolicy, Survey
from prover.policy.neural.model import Model, Said
from prover.policy.neural.pricing import Prices
from prover.policy.neural.wording import Reader, Wording
from prover.policy.rules.closing import introduce
from prover.types import Candidate, Goal, Theorem

SAID = 24
"""How many tactics the model is asked for."""

INTRODUCED = 0.7
"""How likely it is held that a goal's variables and premises are introduced first, where it has any: whatever
else is a good idea is one thereafter, too."""

NAME = "builtin"


class BuiltinPolicy:
    batch = 8

    def __init__(self, model: Model, open_theorems: frozenset[str] = frozenset()) -> None:
        self._model = model
        self.reader = Reader(open_theorems)
        self.name = NAME

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        read = [self.reader.read(theorem, goal) for goal in goals]
        said = self._model.tactics([wording.source for _, wording in read], SAID)
        prices, share = self._model.prices, self._model.card.share
        return [
            ranked(mixture(survey, wording, each, prices, share))[:n]
            for (survey, wording), each in zip(read, said, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A tactic, and how likely it is by the model and by the rules' learnt prices."""

    tactic: str
    model: float
    fixed: float
    share: float

    @property
    def probability(self) -> float:
        return (1 - self.share) * self.model + self.share * self.fixed


def mixture(
    survey: Survey, wording: Wording, said: Sequence[Said], prices: Prices, share: float
) -> list[Mixed]:
    """In no order."""
    read = [(survey.view.spoken(tactic), wording.read(tactic), price) for tactic, price in survey.ranked()]
    known = {words: tactic for tactic, words, _ in reversed(read)}
    chances = prices.chances(wording.source, [(words, price) for _, words, price in read])
    fixed = dict(zip((tactic for tactic, _, _ in read), chances, strict=True))
    model = dict(_of_model(wording, known, said))
    for introduction, _ in survey.of(introduce):
        fixed, model = (_first(survey.view.spoken(introduction), each) for each in (fixed, model))
    tactics = dict.fromkeys([*fixed, *model])
    return [Mixed(each, model.get(each, 0.0), fixed.get(each, 0.0), share) for each in tactics]


def _first(tactic: str, probabilities: Mapping[str, float]) -> dict[str, float]:
    """With `INTRODUCED` for this one, and what is left for what they were."""
    rest = {each: (1 - INTRODUCED) * probability for each, probability in probabilities.items()}
    return {**rest, tactic: INTRODUCED + rest.get(tactic, 0.0)}


def ranked(mixed: Sequence[Mixed]) -> list[Candidate]:
    """The likeliest first, ties in the order given. The log-probabilities are rounded, so that the last
    digits of a machine's arithmetic make no difference."""
    candidates = [
        Candidate(
            each.tactic,
            round(math.log(max(each.probability, 1e-9)), 2),
            NAME if (1 - each.share) * each.model > each.share * each.fixed else FixedPolicy.name,
        )
        for each in mixed
    ]
    return sorted(candidates, key=lambda candidate: -candidate.logprob)


def _of_model(
    wording: Wording, known: Mapping[tuple[str, ...] | None, str], said: Sequence[Said]
) -> Iterator[tuple[str, float]]:
    """Each tactic that the model says and that can be said here, as the rules write it where they propose
    it."""
    sayable: dict[str, float] = {}
    for words, log in said:
        tactic = known.get(words) or wording.say(words)
        if tactic is not None and refusal(tactic) is None:
            sayable[tactic] = sayable.get(tactic, 0.0) + math.exp(log)
    lost = sum(math.exp(log) for _, log in said) - sum(sayable.values())
    for tactic, probability in sayable.items():
        yield tactic, min(1.0, probability / max(1e-6, 1.0 - lost))
