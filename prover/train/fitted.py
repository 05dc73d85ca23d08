"""What a fit leaves behind: `weights.npz`, `prices.json` and `fit.json`. Needs no torch."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from prover.errors import InputError
from prover.policy.neural.pricing import Prices, read_prices, write_prices
from prover.policy.neural.vocabulary import Vocabulary
from prover.policy.neural.weights import Array, Shape

_WEIGHTS, _ABOUT = "weights.npz", "fit.json"


@dataclass(frozen=True, slots=True)
class Fitted:
    """`about` says how it was made."""

    shape: Shape
    vocabulary: Vocabulary
    arrays: Mapping[str, Array]
    prices: Prices
    about: dict[str, Any]


def read_fitted(folder: Path) -> Fitted:
    """Raises `InputError`."""
    try:
        content = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        with np.load(folder / _WEIGHTS) as stored:
            arrays = {name: stored[name] for name in stored.files}
        shape, vocabulary = Shape(**content["shape"]), Vocabulary(content["words"])
        return Fitted(shape, vocabulary, arrays, read_prices(folder), content["about"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{folder}: no finished fit of `prover train fit`: {error}") from None


def write_fitted(folder: Path, fitted: Fitted) -> None:
    part = folder / f"{_WEIGHTS}.part"
    with part.open("wb") as file:
        np.savez(file, **fitted.arrays)  # type: ignore[arg-type]
    part.replace(folder / _WEIGHTS)
    write_prices(folder, fitted.prices)
    content = {
        "shape": dataclasses.asdict(fitted.shape), "words": fitted.vocabulary.words, "about": fitted.about
    }  # fmt: skip
    (folder / _ABOUT).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
