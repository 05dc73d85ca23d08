"""From `openai:MODEL[@URL]` to policies that share one client."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from prover.errors import InputError
from prover.models import ModelSettings
from prover.policy.api.account import Account, account_path
from prover.policy.api.client import ModelClient
from prover.policy.api.policy import ApiPolicy
from prover.policy.protocols import PolicyFactory

PREFIX = "openai:"

_WITH_URL = re.compile(r"(?P<model>.+?)@(?P<url>\w+://.*)")
_HOST = re.compile(r"localhost\b|[\w.-]+:\d")  # what somebody wrote who forgot `http://`


def api_policies(name: str, seed: int, models: Mapping[str, ModelSettings]) -> PolicyFactory:
    """`name` is what stands behind the prefix. Raises `InputError`."""
    client = ModelClient(model_settings(name, models), Account(account_path()))
    return lambda barred: ApiPolicy(f"{PREFIX}{name}", client, seed, barred)


def model_settings(name: str, models: Mapping[str, ModelSettings]) -> ModelSettings:
    """Of a model of the settings, or of any other by its name; an `@URL` goes over the settings' one."""
    model, url = _parted(name)
    if not model:
        raise InputError(f"policy `{PREFIX}{name}`: say which model, `{PREFIX}MODEL` or `{PREFIX}MODEL@URL`")
    settings = models.get(model) or ModelSettings(model)
    try:
        return settings if url is None else dataclasses.replace(settings, base_url=url.rstrip("/"))
    except InputError as error:
        raise InputError(f"policy `{PREFIX}{model}@…`: {error}") from None


def _parted(name: str) -> tuple[str, str | None]:
    """A model's name may have an `@` itself: `@cf/meta/llama-3`."""
    whole = _WITH_URL.fullmatch(name)
    if whole:
        return whole["model"], whole["url"]
    model, at, host = name.rpartition("@")
    return (model, host) if model and at and _HOST.match(host) else (name, None)
