"""From an exported model back to the arrays that a fit can begin with, as near as 8 bits say them."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prover.errors import InputError
from prover.policy.neural.model import CARD
from prover.policy.neural.pricing import read_prices
from prover.policy.neural.vocabulary import SPECIAL, Vocabulary
from prover.policy.neural.weights import Array, Shape, names_of
from prover.train.fitted import Fitted, read_fitted

_WEIGHTS, _WORDS = "model.bin", "shared_vocabulary.json"
_TYPES = (np.dtype("<f4"), np.dtype("i1"), np.dtype("<i2"), np.dtype("<i4"), np.dtype("<f2"))
"""Of CTranslate2's numbers for them, from 0."""
_BLOCKS = {"self": "self_attention", "cross": "attention", "inner": "ffn"}
_SELF = {"q": (0, 0), "k": (0, 1), "v": (0, 2), "o": (1, 0)}
_CROSS = {"q": (0, 0), "k": (1, 0), "v": (1, 1), "o": (2, 0)}
"""In which linear map of CTranslate2's each of ours is, and at what place in it."""
_INNER = {"gate": "linear_0", "in": "linear_0_noact", "out": "linear_1"}


def read_start(folder: Path) -> Fitted:
    """What a fit can begin with: another fit, or an exported model; with all words of its own that there are
    by now, the new ones to be learnt. Raises `InputError`."""
    begun = read_exported(folder) if (folder / CARD).is_file() else read_fitted(folder)
    new = [word for word in SPECIAL if word not in begun.vocabulary.numbers]
    rows = np.random.default_rng(0).standard_normal((len(new), begun.shape.width)).astype(np.float32)
    arrays = {**begun.arrays, "embeddings": np.concatenate([begun.arrays["embeddings"], rows])}
    vocabulary = Vocabulary((*begun.vocabulary.words, *new))
    return Fitted(begun.shape, vocabulary, arrays, begun.prices, begun.about)


def read_exported(folder: Path) -> Fitted:
    """Raises `InputError`."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        stored = dict(_variables((folder / _WEIGHTS).read_bytes()))
        shape = _shape(stored)
        arrays = {name: _array(stored, name, shape) for name, _ in names_of(shape, len(words))}
        return Fitted(shape, Vocabulary(words), arrays, read_prices(folder), card.get("fit", {}))
    except (OSError, ValueError, LookupError, TypeError, struct.error) as error:
        raise InputError(f"{folder}: not a model that `prover train export` made: {error}") from None


def _variables(content: bytes) -> Iterator[tuple[str, Array]]:
    """Those of CTranslate2's file, by their names there; what is kept in 8 bits as numbers again."""
    found = _stored(content)
    for name, array in found.items():
        scale = found.get(f"{name}_scale")
        yield name, (array if scale is None else array / scale[:, None]).astype(np.float32)


def _stored(content: bytes) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    at = 0

    def number(format_: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from(f"<{format_}", content, at)
        at += struct.calcsize(f"<{format_}")
        return int(value)

    def text() -> str:
        nonlocal at
        length = number("H")
        at += length
        return content[at - length : at - 1].decode()  # it ends in a zero

    number("I"), text(), number("I")  # of the format, the kind of model, and of that kind
    for _ in range(number("I")):
        name = text()
        size = [number("I") for _ in range(number("B"))]
        kind, length = _TYPES[number("B")], number("I")
        found[name] = np.frombuffer(content[at : at + length], kind).reshape(size)
        at += length
    for _ in range(number("I")):  # those that are like one above
        alias = text()
        found[alias] = found[text()]
    return found


def _shape(stored: Mapping[str, Array]) -> Shape:
    encoder, decoder = (
        sum(name.startswith(f"{stack}/layer_") and name.endswith("ffn/layer_norm/gamma") for name in stored)
        for stack in ("encoder", "decoder")
    )
    inner, width = stored["encoder/layer_0/ffn/linear_0/weight"].shape
    heads = stored["encoder/layer_0/self_attention/relative_attention_bias"].shape[1]
    return Shape(encoder, decoder, heads, width, inner)


def _array(stored: Mapping[str, Array], name: str, shape: Shape) -> Array:
    """One of ours. The decoder's embeddings are the encoder's, and it has them."""
    if name == "embeddings":
        return stored["decoder/embeddings/weight"]
    stack, *rest = name.split(".")
    if rest == ["distances"]:
        return stored[f"{stack}/layer_0/self_attention/relative_attention_bias"]
    if rest == ["norm"]:
        return stored[f"{stack}/layer_norm/gamma"]
    layer, block, part = rest
    at = f"{stack}/layer_{layer}/{_BLOCKS[block]}"
    if part == "norm":
        return stored[f"{at}/layer_norm/gamma"]
    if block == "inner":
        return stored[f"{at}/{_INNER[part]}/weight"]
    linear, place = (_SELF if block == "self" else _CROSS)[part]
    rows = slice(place * shape.width, (place + 1) * shape.width)
    return stored[f"{at}/linear_{linear}/weight"][rows]
