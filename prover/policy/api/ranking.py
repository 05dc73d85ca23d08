"""How likely the candidates of a model are, by its own log-probabilities or by rank."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from prover.policy.api.replies import Sample


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate of one sample. `logprob` is the model's, None where it gives none: the sum over its tokens
    by the root of their number, so that long tactics are not held to be hopeless."""

    tactic: str
    logprob: float | None = None

    @staticmethod
    def of(tactic: str, text: str, sample: Sample) -> Offer:
        """`text` is how the sample has it."""
        start = sample.text.find(text)
        if start < 0 or not sample.logprobs:
            return Offer(tactic)
        total, count, at = 0.0, 0, 0
        for token, logprob in sample.logprobs:
            if at < start + len(text) and start < at + len(token):
                total, count = total + logprob, count + 1
            at += len(token)
        return Offer(tactic, total / math.sqrt(count) if count else None)


def ranked(samples: Sequence[Sequence[Offer]]) -> list[tuple[str, float]]:
    """The candidates of all samples with log-probabilities, the likeliest first, each once.

    Where a sample gives none, a candidate has the share of the votes that it gets: a whole one from each
    sample that has it first, half a one where it is second, and so on.
    """
    votes: dict[str, float] = {}
    known: dict[str, float] = {}
    for offers in samples:
        for rank, offer in enumerate(offers):
            votes[offer.tactic] = votes.get(offer.tactic, 0.0) + 1 / (1 + rank)
            if offer.logprob is not None:
                known[offer.tactic] = max(offer.logprob, known.get(offer.tactic, -math.inf))
    total = sum(votes.values())
    scored = [(tactic, known.get(tactic, math.log(vote / total))) for tactic, vote in votes.items()]
    return sorted(scored, key=lambda pair: -pair[1])
