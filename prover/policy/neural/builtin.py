"""The policy that ships with the prover: a small model and the fixed rules together.

What the model says and what the rules propose are candidates alike. Their probability is a mixture,
`(1 - share) * model + share * fixed`, where the rules' prices count as a softmax; `share` was fitted to
proofs that the model had not learnt from. So the model orders what the rules propose and adds tactics of its
own, and nothing that the rules know is ever out of reach.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from prover.lean.guard import refusal
from prover.policy.fixed import FixedPolicy, Survey, best_prices
from prover.policy.neural.model import Model, Said
from prover.policy.neural.wording import Reader, Wording
from prover.types import Candidate, Goal, Theorem

SAID = 24
"""How many tactics the model is asked for."""

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
        card = self._model.card
        return [
            ranked(mixture(survey, wording, each, card.share, card.temperature))[:n]
            for (survey, wording), each in zip(read, said, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Mixed:
    """A tactic, and how likely the model and the rules hold it to be."""

    tactic: str
    model: float
    fixed: float
    share: float

    @property
    def probability(self) -> float:
        return (1 - self.share) * self.model + self.share * self.fixed


def mixture(
    survey: Survey, wording: Wording, said: Sequence[Said], share: float, temperature: float
) -> list[Mixed]:
    """In no order."""
    proposals = best_prices(proposal for _, proposals in survey.proposals for proposal in proposals)
    known = {wording.read(tactic): survey.view.spoken(tactic) for tactic, _ in reversed(proposals)}
    fixed = softmax({survey.view.spoken(tactic): price / temperature for tactic, price in proposals})
    model = dict(_of_model(wording, known, said))
    tactics = dict.fromkeys([*fixed, *model])
    return [Mixed(each, model.get(each, 0.0), fixed.get(each, 0.0), share) for each in tactics]


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


_Key = TypeVar("_Key")


def softmax(logs: Mapping[_Key, float]) -> dict[_Key, float]:
    total = sum(math.exp(log) for log in logs.values())
    return {each: math.exp(log) / total for each, log in logs.items()}


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
