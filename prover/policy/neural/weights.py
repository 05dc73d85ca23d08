"""Writes a T5-shaped encoder-decoder as a CTranslate2 folder, straight from arrays.

The arrays are called as `names_of` says; a linear map is (outputs, inputs). There are no biases; positions
are T5's relative ones, shared by the layers of a stack; input and output embeddings are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float32]

BUCKETS = 32
MAX_DISTANCE = 128
START, END, UNKNOWN = "<pad>", "</s>", "<unk>"


@dataclass(frozen=True, slots=True)
class Shape:
    encoder_layers: int
    decoder_layers: int
    heads: int
    width: int
    inner: int

    @property
    def stacks(self) -> tuple[tuple[str, int], ...]:
        return ("encoder", self.encoder_layers), ("decoder", self.decoder_layers)


def names_of(shape: Shape, words: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each array's name and what shape it has."""
    width, inner = shape.width, shape.inner
    yield "embeddings", (words, width)
    for stack, layers in shape.stacks:
        yield f"{stack}.distances", (BUCKETS, shape.heads)
        for layer in range(layers):
            for attention in ("self", "cross") if stack == "decoder" else ("self",):
                yield f"{stack}.{layer}.{attention}.norm", (width,)
                for part in "qkvo":
                    yield f"{stack}.{layer}.{attention}.{part}", (width, width)
            yield f"{stack}.{layer}.inner.norm", (width,)
            yield f"{stack}.{layer}.inner.gate", (inner, width)
            yield f"{stack}.{layer}.inner.in", (inner, width)
            yield f"{stack}.{layer}.inner.out", (width, inner)
        yield f"{stack}.norm", (width,)


def write_model(
    folder: Path, shape: Shape, words: Sequence[str], arrays: Mapping[str, Array], compute: str = "int8"
) -> None:
    """Makes `folder`, which must not exist or be empty. `words` has `START`, `END` and `UNKNOWN`; a word's
    place is its number. The weights are kept in the type `compute`."""
    from ctranslate2.specs import TransformerSpec, common_spec

    spec = TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers),
        shape.heads,
        activation=common_spec.Activation.GELUTanh,
        relative_attention_bias=True,
        ffn_glu=True,
        rms_norm=True,
    )
    embeddings = arrays["embeddings"]
    spec.encoder.embeddings[0].weight = embeddings
    spec.decoder.embeddings.weight = embeddings
    spec.decoder.projection.weight = embeddings
    spec.decoder.scale_outputs = np.float32(shape.width**-0.5)
    for stack, name in ((spec.encoder, "encoder"), (spec.decoder, "decoder")):
        _fill_stack(stack, name, arrays)
    spec.register_source_vocabulary(list(words))
    spec.register_target_vocabulary(list(words))
    spec.config.bos_token = spec.config.decoder_start_token = START
    spec.config.eos_token, spec.config.unk_token = END, UNKNOWN
    spec.config.layer_norm_epsilon = 1e-6
    spec.validate()
    spec.optimize(quantization=compute)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def _fill_stack(spec: Any, name: str, arrays: Mapping[str, Array]) -> None:
    spec.scale_embeddings = False
    spec.layer_norm.gamma = arrays[f"{name}.norm"]
    for number, layer in enumerate(spec.layer):
        at = f"{name}.{number}"
        _fill_attention(layer.self_attention, f"{at}.self", arrays, fused=3)
        layer.self_attention.relative_attention_bias = arrays[f"{name}.distances"]
        layer.self_attention.relative_attention_max_distance = np.int32(MAX_DISTANCE)
        if name == "decoder":
            _fill_attention(layer.attention, f"{at}.cross", arrays, fused=1)
        layer.ffn.layer_norm.gamma = arrays[f"{at}.inner.norm"]
        layer.ffn.linear_0.weight = arrays[f"{at}.inner.gate"]
        layer.ffn.linear_0_noact.weight = arrays[f"{at}.inner.in"]
        layer.ffn.linear_1.weight = arrays[f"{at}.inner.out"]


def _fill_attention(spec: Any, at: str, arrays: Mapping[str, Array], fused: int) -> None:
    """The first `fused` of queries, keys and values are one map."""
    spec.queries_scale = np.float32(1.0)
    spec.layer_norm.gamma = arrays[f"{at}.norm"]
    parts = [arrays[f"{at}.{part}"] for part in "qkv"]
    groups = [parts[:fused], parts[fused:]]
    for linear, group in zip(spec.linear, [group for group in groups if group], strict=False):
        linear.weight = np.concatenate(group)
    spec.linear[-1].weight = arrays[f"{at}.o"]
