"""What an OpenAI-compatible server answered, read for what it is: nothing in it is taken for granted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from prover.errors import ModelError, ModelUnusable

LogProb: TypeAlias = "tuple[str, float]"
"""A token of an answer, and its natural log-probability."""

_THINKING = re.compile(r"<(think|thinking|reasoning|thought)>(.*?)(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_LATE = re.compile(r"\A(.*?)</(?:think|thinking|reasoning|thought)>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer. `reasoning` is what the model let see of its thinking. `logprobs` are those of all tokens
    of `text`, or empty. `cut`: it is not all, because there was no more room for it."""

    text: str
    reasoning: str = ""
    logprobs: tuple[LogProb, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """The answers to one request, and how many tokens were `read` and `written` for them."""

    samples: tuple[Sample, ...]
    read: int
    written: int


def read_reply(body: bytes, prompt: str) -> Reply:
    """`prompt` is what was asked, to estimate its tokens by where the server does not count them.

    Raises `ModelError`; `ModelUnusable` where what answered is no such server.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ModelUnusable("what answers is no such API: it sends no JSON; check the base URL") from None
    choices = value.get("choices") if isinstance(value, Mapping) else None
    if not isinstance(choices, list):
        error = value.get("error") if isinstance(value, Mapping) else None
        if error:
            raise ModelError(f"the server reports an error: {said_by(error)}")
        raise ModelUnusable("what answers is no such API: it sends no `choices`; check the base URL")
    samples = tuple(_sample(choice) for choice in choices if isinstance(choice, Mapping))
    usage = value.get("usage")
    written = sum(estimated_tokens(sample.text + sample.reasoning) for sample in samples)
    return Reply(
        samples,
        _count(usage, "prompt_tokens", estimated_tokens(prompt)),
        _count(usage, "completion_tokens", written),
    )


def estimated_tokens(text: str) -> int:
    """Rather more than a model counts: tokenizers take two to four ASCII characters together, and make up to
    one token of each byte of the others."""
    ascii_only = text.encode("ascii", "ignore")
    return (len(ascii_only) + 1) // 2 + len(text.encode("utf-8", "replace")) - len(ascii_only)


def said_by(error: object) -> str:
    """The message in what a server calls an error, on one short line."""
    while isinstance(error, Mapping):
        error = next((error[key] for key in ("message", "error", "detail", "msg") if key in error), "")
    if isinstance(error, list) and error:
        return said_by(error[0])
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else text[:199] + "…"


def parted(text: str) -> tuple[str, str]:
    """The thinking that a text shows between tags, and the text without it. A tag that is not closed takes
    the rest; one that was not opened, all before it."""
    thinking: list[str] = []

    def take(found: re.Match[str]) -> str:
        thinking.append(found[2])
        return ""

    rest = _THINKING.sub(take, text)
    late = _LATE.match(rest)
    if late:
        thinking.insert(0, late[1])
        rest = rest[late.end() :]
    return "\n".join(part.strip() for part in thinking if part.strip()), rest


def _sample(choice: Mapping[str, object]) -> Sample:
    message = choice.get("message")
    message = message if isinstance(message, Mapping) else {}
    thinking, text = _texts(message.get("content") or choice.get("text"))
    shown = [_texts(message.get(key))[1] for key in ("reasoning_content", "reasoning")]
    inline, answer = parted(text)
    reasoning = "\n".join(dict.fromkeys(part for part in (*shown, thinking, inline) if part))
    refused = message.get("refusal")
    if isinstance(refused, str) and refused and not answer.strip():
        answer = refused
    logprobs = _logprobs(choice.get("logprobs"))
    whole = "".join(token for token, _ in logprobs) == answer
    return Sample(answer, reasoning, logprobs if whole else (), choice.get("finish_reason") == "length")


def _texts(content: object) -> tuple[str, str]:
    """What is thinking in a message's content, and what is said."""
    if isinstance(content, str):
        return "", content
    parts = [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    thought = [str(part.get("thinking") or part.get("text") or "") for part in parts if _is_thought(part)]
    spoken = [str(part.get("text") or "") for part in parts if not _is_thought(part)]
    return "\n".join(thought), "".join(spoken)


def _is_thought(part: Mapping[str, object]) -> bool:
    return part.get("type") in ("thinking", "reasoning")


def _logprobs(value: object) -> tuple[LogProb, ...]:
    content = value.get("content") if isinstance(value, Mapping) else None
    found: list[LogProb] = []
    for each in content if isinstance(content, list) else []:
        token, logprob = (
            (each.get("token"), each.get("logprob")) if isinstance(each, Mapping) else (None, None)
        )
        if not isinstance(token, str) or not isinstance(logprob, int | float) or logprob != logprob:
            return ()
        found.append((token, max(-1e4, min(0.0, float(logprob)))))
    return tuple(found)


def _count(usage: object, name: str, otherwise: int) -> int:
    number = usage.get(name) if isinstance(usage, Mapping) else None
    known = isinstance(number, int) and not isinstance(number, bool) and number >= 0
    return number if known and isinstance(number, int) else otherwise
