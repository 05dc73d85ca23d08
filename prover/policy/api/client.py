"""Asking an OpenAI-compatible server: many requests in flight, each with its time limit.

    client = ModelClient(settings)
    replies = client.ask([Request(messages, 4, seed=0)])     # a `Reply` or a `ModelError` for each

The library tries again after broken connections, 408, 409, 429 and 5xx, as long as the server's `Retry-After`
says or longer each time. What a server does not take (`seed`, `n`, `logprobs`, …) is left out from then on.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from prover.errors import InputError, ModelError, ModelUnusable
from prover.models import DEFAULT_KEY, DEFAULT_URL, ModelSettings
from prover.policy.api.account import Account, Spending
from prover.policy.api.failures import failure_of, in_words
from prover.policy.api.replies import Reply, Sample, read_reply

if TYPE_CHECKING:
    import openai

MOST_BYTES = 4_000_000
"""A longer answer is cut off: nobody asked for one."""

_FAILURES = 3
"""After so many requests in a row that failed, a model is left alone."""

_OPTIONAL = ("n", "seed", "logprobs", "temperature", "reasoning_effort", "max_tokens")
_OTHER_NAME = {"max_tokens": "max_completion_tokens"}
_SECRET = "…"
_LEAST_SECRET = 8  # characters


@dataclass(frozen=True, slots=True)
class Request:
    """`system` and `user` are what is said to the model, of which `samples` answers are wanted."""

    system: str
    user: str
    samples: int
    seed: int
    logprobs: bool = False


@dataclass
class ModelClient:
    """One model, for all threads of a run. `trouble` is why it is of no use any more, empty while it is."""

    settings: ModelSettings
    account: Account
    trouble: str = ""
    _left_out: set[str] = field(default_factory=set)
    _failures: int = 0

    def __post_init__(self) -> None:
        self._key = key_of(self.settings)

    def ask(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        """All of them at the same time, as far as the settings allow."""
        if self.trouble:
            return [ModelUnusable(self.trouble) for _ in requests]
        return asyncio.run(self._ask(requests))

    def usd(self, reply: Reply) -> float:
        read, written = self.settings.price
        return (reply.read * read + reply.written * written) / 1_000_000

    # -- in the loop ---------------------------------------------------------------------------------------

    async def _ask(self, requests: Sequence[Request]) -> list[Reply | ModelError]:
        room = asyncio.Semaphore(self.settings.parallel)
        async with opened(self.settings, self._key) as client:
            return list(await asyncio.gather(*(self._answer(client, room, each) for each in requests)))

    async def _answer(
        self, client: openai.AsyncOpenAI, room: asyncio.Semaphore, request: Request
    ) -> Reply | ModelError:
        try:
            reply = await self._all_samples(client, room, request)
        except ModelError as error:
            self._failures += 1
            if isinstance(error, ModelUnusable):
                self.trouble = str(error)
            elif self._failures >= _FAILURES:
                self.trouble = f"{error}; after {_FAILURES} failures in a row it is not asked any more"
            return error
        self._failures = 0
        return reply

    async def _all_samples(
        self, client: openai.AsyncOpenAI, room: asyncio.Semaphore, request: Request
    ) -> Reply:
        """In one request where the server can, else in several, each with a seed of its own."""
        at_once = 1 if "n" in self._left_out else request.samples
        reply = await self._timed(client, room, replace(request, samples=at_once))
        missing = request.samples - len(reply.samples)
        if not reply.samples or missing <= 0:
            return replace(reply, samples=reply.samples[: request.samples])
        self._left_out.add("n")
        more = await asyncio.gather(
            *(
                self._timed(client, room, replace(request, samples=1, seed=request.seed + number))
                for number in range(len(reply.samples), request.samples)
            ),
            return_exceptions=True,
        )
        for other in more:
            if isinstance(other, Reply):
                reply = Reply(
                    reply.samples + other.samples, reply.read + other.read, reply.written + other.written
                )
            elif not isinstance(other, ModelError):
                raise other
        return reply

    async def _timed(self, client: openai.AsyncOpenAI, room: asyncio.Semaphore, request: Request) -> Reply:
        async with room:
            begun = time.monotonic()
            spent = Spending(failures=1)
            try:
                reply = await asyncio.wait_for(self._adapted(client, request), self.settings.timeout)
                spent = Spending(1, 0, reply.read, reply.written, self.usd(reply))
                return replace(reply, samples=tuple(map(self._clean, reply.samples)))
            except asyncio.TimeoutError:
                raise ModelError(f"no answer within {self.settings.timeout:g} s") from None
            except ModelError as error:
                raise type(error)(self._without_key(str(error))) from None
            finally:
                seconds = time.monotonic() - begun
                self.account.add(self.settings, replace(spent, seconds=seconds))

    async def _adapted(self, client: openai.AsyncOpenAI, request: Request) -> Reply:
        """Leave out, one after the other, what the server says it does not take."""
        import openai

        while True:
            options = self._options(request)
            try:
                return await _post(client, options, request)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                refused = self._refused(error, options)
                if refused is None:
                    raise failure_of(error, self.settings) from None
                self._left_out.add(refused)
            except openai.OpenAIError as error:
                raise failure_of(error, self.settings) from None

    def _options(self, request: Request) -> dict[str, Any]:
        settings = self.settings
        wanted = {
            "n": request.samples if request.samples > 1 else None,
            "seed": request.seed,
            "logprobs": True if request.logprobs else None,
            "temperature": settings.temperature,
            "reasoning_effort": settings.reasoning or None,
            "max_tokens": settings.max_tokens,
        }
        options: dict[str, Any] = {
            _OTHER_NAME.get(name, name) if name in self._left_out else name: value
            for name, value in wanted.items()
            if value is not None and (name not in self._left_out or name in _OTHER_NAME)
        }
        messages = [{"role": "system", "content": request.system}, {"role": "user", "content": request.user}]
        return {"model": settings.model, "messages": messages, **options}

    def _refused(self, error: openai.APIStatusError, options: Mapping[str, Any]) -> str | None:
        """Which of the options the server complains of."""
        said = f"{error.param or ''} {error.message} {error.body}"
        candidates = [name for name in _OPTIONAL if name in options and name not in self._left_out]
        quoted = [
            name for name in candidates if name == error.param or f"'{name}'" in said or f"`{name}`" in said
        ]
        words = said.replace("'", " ").replace("`", " ").replace('"', " ").replace(":", " ").split()
        return next(iter([*quoted, *(name for name in candidates if name in words)]), None)

    def _clean(self, sample: Sample) -> Sample:
        text, reasoning = self._without_key(sample.text), self._without_key(sample.reasoning)
        return replace(sample, text=text, reasoning=reasoning)

    def _without_key(self, text: str) -> str:
        return _hidden(text, self._key)


def _hidden(text: str, key: str) -> str:
    """What is short is no secret, but what people write where none is needed: `none`, `x`."""
    return text.replace(key, _SECRET) if len(key) >= _LEAST_SECRET else text


def key_of(settings: ModelSettings) -> str:
    """From the environment; empty where there is none, and none is needed. Raises `InputError`."""
    key = os.environ.get(settings.key_variable, "").strip()
    if not key and (settings.base_url == DEFAULT_URL or settings.key_variable != DEFAULT_KEY):
        raise InputError(
            f"the model `{settings.model}` needs a key: put it into the environment variable"
            f" {settings.key_variable}"
        )
    return key


def opened(settings: ModelSettings, key: str) -> openai.AsyncOpenAI:
    import openai  # late, because that takes most of a second

    return openai.AsyncOpenAI(
        api_key=key or "none",
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=settings.retries,
    )


async def listed(settings: ModelSettings, key: str, seconds: float) -> str:
    """What the server says when it is asked which models it has, which costs nothing. Raises `ModelError`."""
    import openai

    async with opened(dataclasses.replace(settings, timeout=seconds, retries=0), key) as client:
        try:
            page = await asyncio.wait_for(client.models.list(), seconds)
            names = [each.id for each in page.data]
        except openai.NotFoundError:
            return "yes, without a list of models"
        except openai.OpenAIError as error:
            known = failure_of(error, settings)
            raise type(known)(_hidden(str(known), key)) from None
        except (asyncio.TimeoutError, TypeError, AttributeError, ValueError):
            raise ModelError(f"no list of models at {settings.base_url}; check the base URL") from None
    if settings.model in names:
        return "yes"
    return f"yes, but it does not list the model `{settings.model}`"


async def _post(client: openai.AsyncOpenAI, options: Mapping[str, Any], request: Request) -> Reply:
    import httpx2

    create = client.chat.completions.with_streaming_response.create
    try:
        async with create(**options) as response:
            body = bytearray()
            async for piece in response.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise ModelError(f"the answer is longer than {MOST_BYTES:,} bytes")
    except httpx2.HTTPError as error:
        raise ModelError(f"the connection broke in the middle of the answer: {in_words(error)}") from None
    return read_reply(bytes(body), request.system + request.user)
