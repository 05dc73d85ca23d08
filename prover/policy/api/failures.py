"""What a failed request means for whoever wants to use the model: one line that says what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prover.errors import ModelError, ModelUnusable
from prover.models import ModelSettings
from prover.policy.api.replies import said_by

if TYPE_CHECKING:
    import openai

_TOO_LONG = ("context length", "context window", "maximum context", "too many tokens", "prompt is too long")
_NO_MODEL = re.compile(
    r"(invalid|unknown|no such) model|model\b.*\b(not found|not exist|not available)", re.IGNORECASE
)


def failure_of(error: openai.OpenAIError, settings: ModelSettings) -> ModelError:
    """What the library raised, as an error of ours."""
    import httpx2
    import openai

    at = f"at {settings.base_url}"
    if isinstance(error, openai.APITimeoutError):
        return ModelError(f"no answer {at} within {settings.timeout:g} s")
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__ or error
        if isinstance(cause, httpx2.ConnectError):
            return ModelUnusable(
                f"nothing answers {at} ({in_words(cause)}); check the base URL, and that the server runs"
            )
        return ModelError(f"the connection broke before there was an answer {at}: {in_words(cause)}")
    if not isinstance(error, openai.APIStatusError):
        return ModelError(in_words(error))
    status, said = error.status_code, said_by(error.body if error.body else error.message)
    said = f"{status}: {said}"
    if status in (401, 403):
        return ModelUnusable(f"the key in {settings.key_variable} is refused {at} ({said})")
    if status == 402 or "insufficient_quota" in (error.code or "", error.type or ""):
        return ModelUnusable(f"the account {at} has no credit left ({said})")
    if status == 404 or (status == 400 and _NO_MODEL.search(said)):
        return ModelUnusable(f"there is no model `{settings.model}` {at}, or no such API ({said})")
    if status == 429:
        return ModelError(f"too many requests {at} ({said})")
    if status in (400, 413, 422) and any(words in said.lower() for words in _TOO_LONG):
        return ModelError(f"the prompt is longer than the model's context; set `context` lower ({said})")
    if status >= 500:
        return ModelError(f"the server {at} fails ({said})")
    return ModelError(f"the request is refused {at} ({said})")


def in_words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
