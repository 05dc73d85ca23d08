"""The network in torch: a small T5, whose weights `prover.policy.neural.weights` writes for CTranslate2."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from prover.policy.neural.weights import BUCKETS, MAX_DISTANCE, Array, Shape, names_of

SHAPE = Shape(encoder_layers=4, decoder_layers=2, heads=4, width=256, inner=640)
_EPSILON = 1e-6


class Network(nn.Module):  # type: ignore[misc]  # torch need not be there
    """All numbers are one table of parameters under the names that they are exported by. Dropout is where the
    stacks begin and between them only: to draw more costs a fifth of the time on a CPU.
    """

    def __init__(self, shape: Shape, words: int, dropout: float) -> None:
        super().__init__()
        self.shape, self.dropout = shape, dropout
        made = {name: _start(name, size, shape) for name, size in names_of(shape, words)}
        self.table = nn.ParameterDict({name.replace(".", "/"): nn.Parameter(t) for name, t in made.items()})

    def encode(self, source: Tensor, padding: Tensor) -> Tensor:
        """`source` is (batch, length) of numbers; `padding` is True where there is no word."""
        bias = self._distances("encoder", source.shape[1], both_ways=True)
        mask = bias.masked_fill(padding[:, None, None, :], -math.inf)
        state = self._drop(functional.embedding(source, self._of("embeddings")))
        for layer in range(self.shape.encoder_layers):
            at = f"encoder.{layer}"
            state = state + self._attend(f"{at}.self", state, None, mask)
            state = state + self._inner(at, state)
        return self._drop(self._norm("encoder", state))

    def decode(self, target: Tensor, encoded: Tensor, padding: Tensor) -> Tensor:
        """Logits of the word after each of `target`: (goals, rows, length), several for each goal encoded."""
        goals, rows, length = target.shape
        future = torch.full((length, length), -math.inf).triu(1)
        mask = self._distances("decoder", length, both_ways=False) + future
        seen = torch.zeros(padding.shape).masked_fill(padding, -math.inf)[:, None, None, :]
        state = self._drop(functional.embedding(target, self._of("embeddings"))).flatten(0, 1)
        for layer in range(self.shape.decoder_layers):
            at = f"decoder.{layer}"
            state = state + self._attend(f"{at}.self", state, None, mask)
            together = state.view(goals, rows * length, -1)  # so that the goal's keys are made once
            state = state + self._attend(f"{at}.cross", together, encoded, seen).view(state.shape)
            state = state + self._inner(at, state)
        state = self._norm("decoder", state) * self.shape.width**-0.5
        return functional.linear(state, self._of("embeddings")).unflatten(0, (goals, rows))

    def arrays(self) -> dict[str, Array]:
        return {
            name.replace("/", "."): tensor.detach().numpy().astype(np.float32)
            for name, tensor in self.table.items()
        }

    def load_arrays(self, arrays: Mapping[str, Array]) -> None:
        with torch.no_grad():
            for name, tensor in self.table.items():
                tensor.copy_(torch.from_numpy(arrays[name.replace("/", ".")]))

    def _of(self, name: str) -> Tensor:
        return self.table[name.replace(".", "/")]

    def _drop(self, state: Tensor) -> Tensor:
        return functional.dropout(state, self.dropout, self.training)

    def _norm(self, at: str, state: Tensor) -> Tensor:
        return functional.rms_norm(state, state.shape[-1:], self._of(f"{at}.norm"), _EPSILON)

    def _inner(self, at: str, state: Tensor) -> Tensor:
        at = f"{at}.inner"
        state = self._norm(at, state)
        gate = functional.gelu(functional.linear(state, self._of(f"{at}.gate")), approximate="tanh")
        return functional.linear(gate * functional.linear(state, self._of(f"{at}.in")), self._of(f"{at}.out"))

    def _attend(self, at: str, state: Tensor, memory: Tensor | None, mask: Tensor) -> Tensor:
        normal = self._norm(at, state)
        known = normal if memory is None else memory
        queries = self._heads(functional.linear(normal, self._of(f"{at}.q")))
        keys = self._heads(functional.linear(known, self._of(f"{at}.k")))
        values = self._heads(functional.linear(known, self._of(f"{at}.v")))
        found = functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=mask.to(queries.dtype), scale=1.0
        )
        return functional.linear(found.transpose(1, 2).flatten(2), self._of(f"{at}.o"))

    def _heads(self, state: Tensor) -> Tensor:
        return state.unflatten(-1, (self.shape.heads, -1)).transpose(1, 2)

    def _distances(self, stack: str, length: int, both_ways: bool) -> Tensor:
        """(1, heads, length, length): what each distance adds to the attention."""
        places = torch.arange(length)
        buckets = _buckets(places[None, :] - places[:, None], both_ways)
        return functional.embedding(buckets, self._of(f"{stack}.distances")).permute(2, 0, 1)[None]


def _buckets(distance: Tensor, both_ways: bool) -> Tensor:
    """T5's: small distances have one each, larger ones share them by their logarithms."""
    count, first = BUCKETS, torch.zeros_like(distance)
    if both_ways:
        count //= 2
        first = (distance > 0).long() * count
        distance = distance.abs()
    else:
        distance = (-distance).clamp(min=0)
    exact = count // 2
    scale = (count - exact) / math.log(MAX_DISTANCE / exact)
    large = exact + (torch.log(distance.clamp(min=1).float() / exact) * scale).long()
    return first + torch.where(distance < exact, distance, large.clamp(max=count - 1))


def _start(name: str, size: tuple[int, ...], shape: Shape) -> Tensor:
    if name.endswith("norm"):
        return torch.ones(size)
    head = shape.width // shape.heads
    spread = {"embeddings": 1.0, "distances": 0.1, "q": (shape.width * head) ** -0.5}
    last = name.rpartition(".")[2]
    return torch.randn(size) * spread.get(last, size[-1] ** -0.5)
