"""A trained model, run by CTranslate2: what it would say of goals, and how far they seem from a proof.

It answers the same for the same goal, on any machine, as far as numbers go: one thread, integers of 8 bits,
and log-probabilities rounded to hundredths.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prover.errors import InputError
from prover.policy.neural.pricing import Prices, read_prices
from prover.policy.neural.vocabulary import VALUE, VALUES, Vocabulary

if TYPE_CHECKING:
    from ctranslate2 import StorageView, Translator

CARD = "card.json"
FORMAT = 2
_VOCABULARY = "shared_vocabulary.json"
_LONGEST = 48  # words of a tactic
_AT_ONCE = 16  # goals in one batch

Said = tuple[tuple[str, ...], float]
"""The words of a tactic and the log-probability of all of them."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a model's folder says of it. `share` is the part of the probability that is the rules', fitted to
    held-out proofs."""

    share: float
    about: dict[str, Any]


class Model:
    def __init__(self, translator: Translator, vocabulary: Vocabulary, prices: Prices, card: Card) -> None:
        self._translator = translator
        self._vocabulary = vocabulary
        self.prices = prices
        self.card = card

    def tactics(self, sources: Sequence[Sequence[str]], count: int) -> list[list[Said]]:
        """About `count` tactics for each goal, the likeliest first."""
        results = self._translator.translate_batch(
            [self._vocabulary.spell(source) for source in sources],
            beam_size=count,
            num_hypotheses=count,
            length_penalty=0,
            return_scores=True,
            max_decoding_length=_LONGEST,
            max_batch_size=_AT_ONCE,
        )
        return [self._said(result.hypotheses, result.scores) for result in results]

    def values(self, sources: Sequence[Sequence[str]]) -> list[list[float]]:
        """For each goal the probabilities that a proof takes so many tactics as `LIMITS` says, the last for
        that there is none within the largest."""
        results = self._translator.translate_batch(
            [self._vocabulary.spell(source) for source in sources],
            target_prefix=[[VALUE] for _ in sources],
            beam_size=1,
            max_decoding_length=2,
            return_logits_vocab=True,
            max_batch_size=_AT_ONCE,
        )
        return [self._distribution(result.logits[0][-1]) for result in results]

    def _distribution(self, logits: StorageView) -> list[float]:
        """Over the values alone, whatever else might be said."""
        logs = np.array(logits)
        values = np.exp(logs[[self._vocabulary.numbers[value] for value in VALUES]] - logs.max())
        return [float(value) for value in values / values.sum()]

    def _said(self, hypotheses: Sequence[Sequence[str]], scores: Sequence[float]) -> list[Said]:
        said: list[Said] = []
        for spelled, score in zip(hypotheses, scores, strict=True):
            words = self._vocabulary.join(spelled)
            if words and words[0] != VALUE:
                said.append((words, score))
        return said


LIMITS = (1, 2, 4, 8, 16, 32, 64)
"""Tactics tried on a goal and below it until it was proved: the first limit that is not passed is its
value."""


@lru_cache(maxsize=4)
def load_model(folder: Path) -> Model:
    """One for a process: threads share it. Raises `InputError`."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        words = json.loads((folder / _VOCABULARY).read_text(encoding="utf-8"))
        if card["format"] != FORMAT:
            raise InputError(f"{folder}: a model of format {card['format']}, and this prover reads {FORMAT}")
        from ctranslate2 import Translator

        translator = Translator(str(folder), device="cpu", compute_type="int8", intra_threads=1)
        return Model(translator, Vocabulary(words), read_prices(folder), Card(card["share"], card))
    except OSError as error:
        raise InputError(
            f"{folder}: no model that `prover train export` made: {error.filename}: {error.strerror}"
        ) from None
    except (ValueError, LookupError, TypeError, RuntimeError) as error:
        raise InputError(f"{folder}: not a model that `prover train export` made: {error}") from None
