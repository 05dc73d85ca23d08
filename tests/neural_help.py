"""Small models with random weights, as the real ones are shaped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from prover.policy.neural.model import CARD, FORMAT
from prover.policy.neural.pricing import NONE, OTHER, Prices, write_prices
from prover.policy.neural.vocabulary import SPECIAL
from prover.policy.neural.weights import Array, Shape, names_of, write_model

TINY = Shape(encoder_layers=1, decoder_layers=1, heads=2, width=16, inner=24)
WORDS = (
    *SPECIAL,
    "induction",
    "grind",
    "simp_all",
    "<;>",
    "(",
    ")",
    "=",
    "Nat",
    "List",
    "[",
    "]",
    "::",
    "++",
)
BYT5 = ("<pad>", "</s>", "<unk>", *map(chr, range(256)), *(f"<extra_id_{n}>" for n in range(125)))


def random_arrays(words: int, seed: int = 0, scale: float = 0.3) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    return {
        name: np.ones(size, np.float32)
        if name.endswith("norm")
        else (rng.standard_normal(size) * (1.0 if name == "embeddings" else scale)).astype(np.float32)
        for name, size in names_of(TINY, words)
    }


def builtin_like(folder: Path, words: Sequence[str] = WORDS, seed: int = 0) -> Path:
    write_model(folder, TINY, words, random_arrays(len(words), seed))
    write_prices(folder, Prices(1.5, {OTHER: {"": -0.5}, NONE: {}, "simp_all": {"": 1.0, "top =": -2.0}}))
    card = {"format": FORMAT, "share": 0.3}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return folder


def byt5_like(folder: Path) -> Path:
    """What `ct2-transformers-converter` makes of a ByT5, but for its size. It speaks in small letters."""
    arrays = random_arrays(len(BYT5))
    spoken = {"</s>", " ", *"abcdefghijklmnopqrstuvwxyz"}
    quiet = [number for number, word in enumerate(BYT5) if word not in spoken]
    arrays["embeddings"][quiet] *= 0.01
    write_model(folder, TINY, BYT5, arrays)
    return folder
