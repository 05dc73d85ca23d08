"""What `prover.toml` says of language models that are asked over the network.

    [models.qwen]
    model = "Qwen/Qwen3-32B"              # as the server calls it; else the table's own name
    base_url = "http://127.0.0.1:8000/v1"
    price = [0.10, 0.30]                  # US dollars for a million tokens read, and written

and then `--policy openai:qwen`.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from prover.errors import InputError

DEFAULT_URL = "https://api.openai.com/v1"
DEFAULT_KEY = "OPENAI_API_KEY"

Way = Literal["tactics", "proof", "sketch"]
WAYS: tuple[Way, ...] = get_args(Way)
"""What a model may be asked for: next tactics for a goal, a whole proof, a proof with holes."""

_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One model, and how it is asked. Raises `InputError` for a value out of range.

    `key_variable` names the environment variable with the key; a server of one's own needs none. `context`
    and `max_tokens` count tokens, of prompt and answer together and of the answer. `price` is what a million
    tokens read and written cost, in US dollars. `samples` answers are had of each request, and `ways` are
    asked for one after the other for each goal, a proof that Lean refuses being sent back `repairs` times.
    `reasoning` is how hard a reasoning model is to think, in the server's words, empty for its own choice.
    `timeout` are seconds for one request, tries again included, of which there are `retries`; `parallel`
    requests are under way at once.
    """

    model: str
    base_url: str = DEFAULT_URL
    key_variable: str = DEFAULT_KEY
    context: int = 16_384
    max_tokens: int = 4_096
    price: tuple[float, float] = (0.0, 0.0)
    temperature: float = 0.7
    samples: int = 4
    ways: tuple[Way, ...] = ("proof", "sketch", "tactics")
    repairs: int = 2
    reasoning: str = ""
    timeout: float = 120.0
    retries: int = 3
    parallel: int = 8

    def __post_init__(self) -> None:
        for name in ("model", "base_url"):
            value = getattr(self, name)
            _require(isinstance(value, str) and value.strip() != "", name, "a word", value)
        if not isinstance(self.key_variable, str) or not _VARIABLE.fullmatch(self.key_variable):
            raise InputError("key_variable must be the name of the environment variable that holds the key")
        _require(isinstance(self.reasoning, str), "reasoning", "a word", self.reasoning)
        _require(
            _URL.fullmatch(self.base_url) is not None,
            "base_url",
            "a URL like `http://127.0.0.1:8000/v1`, without a key or password in it",
            re.sub(r"//[^/]*@", "//…@", self.base_url),
        )
        for name, least in (("context", 512), ("max_tokens", 16), ("samples", 1), ("parallel", 1)):
            value = getattr(self, name)
            _require(is_whole(value) and value >= least, name, f"a whole number from {least}", value)
        for name in ("repairs", "retries"):
            value = getattr(self, name)
            _require(is_whole(value) and value >= 0, name, "a whole number from 0", value)
        _require(
            self.max_tokens < self.context,
            "max_tokens",
            f"less than the context, {self.context}",
            self.max_tokens,
        )
        _require(_is_amount(self.timeout) and self.timeout > 0, "timeout", "a number above 0", self.timeout)
        _require(_is_amount(self.temperature), "temperature", "a number from 0", self.temperature)
        self._refuse_lists()

    def _refuse_lists(self) -> None:
        price, ways = self.price, self.ways
        is_price = isinstance(price, tuple) and len(price) == 2 and all(map(_is_amount, price))
        _require(is_price, "price", "two numbers from 0, for tokens read and written", price)
        known = isinstance(ways, tuple) and ways != () and all(way in WAYS for way in ways)
        distinct = known and len(set(ways)) == len(ways)
        _require(distinct, "ways", f"some of {', '.join(WAYS)}, each once", ways)


def read_models(value: object) -> dict[str, ModelSettings]:
    """From the table `models` of a settings file. Raises `InputError`."""
    if not isinstance(value, Mapping):
        raise InputError("models must be tables, such as [models.mine]")
    return {str(name): _read(str(name), table) for name, table in value.items()}


def _read(name: str, table: object) -> ModelSettings:
    if not isinstance(table, Mapping):
        raise InputError(f"models.{name} must be a table, [models.{name}]")
    known = [field.name for field in dataclasses.fields(ModelSettings)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
            raise InputError(f"unknown setting `models.{name}.{key}`; {hint}")
    values: dict[str, Any] = {"model": name}
    values |= {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    try:
        return ModelSettings(**values)
    except InputError as error:
        raise InputError(f"models.{name}.{error}") from None


def is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    return is_whole(value) or isinstance(value, float)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and is_number(value) and math.isfinite(value) and value >= 0


def _require(holds: bool, name: str, wanted: str, value: object) -> None:
    if not holds:
        raise InputError(f"{name} must be {wanted}, not {_plain(value)!r}")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
