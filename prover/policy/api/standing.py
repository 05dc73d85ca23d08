"""How the models of the settings stand: whether their servers answer, how fast, and what they have cost."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time
from dataclasses import dataclass

from prover.config import Settings
from prover.errors import InputError, ModelError
from prover.events import Json
from prover.models import ModelSettings
from prover.policy.api.account import Account, Spending, account_path
from prover.policy.api.client import ModelClient, Request, key_of, listed
from prover.policy.api.making import PREFIX, model_settings
from prover.policy.specs import parts_of

_PATIENCE = 10.0  # seconds for a server to say that it is there
_QUESTION = Request("You write proofs in Lean 4.", "Which tactic proves `1 + 1 = 2`? One word.", 1, 0)


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """`key` is `set`, `missing` or `not needed`. `answers` says how its server answers, `trouble` why it does
    not, one of them empty. `seconds` one question took, and so many tokens a second were written for it; over
    all requests so far where none was asked now, None where there were none."""

    name: str
    settings: ModelSettings
    key: str
    answers: str
    trouble: str
    seconds: float | None
    tokens_per_second: float | None
    spent: Spending

    @property
    def speed(self) -> str:
        if self.seconds is None:
            return "not known yet"
        return f"{self.seconds:.1f} s, {self.tokens_per_second or 0.0:.0f} tokens/s"

    def as_json(self) -> dict[str, Json]:
        return {
            "policy": f"{PREFIX}{self.name}",
            "model": self.settings.model,
            "base_url": self.settings.base_url,
            "key": self.key,
            "reachable": not self.trouble,
            "answers": self.answers,
            "trouble": self.trouble,
            "seconds": self.seconds,
            "tokens_per_second": self.tokens_per_second,
            **{
                name: dataclasses.asdict(self.spent)[field]
                for name, field in (
                    ("requests", "requests"),
                    ("failures", "failures"),
                    ("tokens_read", "read"),
                    ("tokens_written", "written"),
                    ("usd", "usd"),
                )
            },
        }


def standings(settings: Settings, check: bool) -> list[ModelStanding]:
    """Of all models that the settings name, also in their `policy`. `check` asks each a question."""
    names = dict.fromkeys(settings.models)
    names |= dict.fromkeys(
        part.strip().removeprefix(PREFIX)
        for part in parts_of(settings.policy)
        if part.strip().startswith(PREFIX)
    )
    account = Account(account_path())
    return [_standing(name, model_settings(name, settings.models), account, check) for name in names]


def _standing(name: str, settings: ModelSettings, account: Account, check: bool) -> ModelStanding:
    answers, trouble, measured = "", "", None
    try:
        key = key_of(settings)
    except InputError as error:
        return _stands(name, settings, "missing", "", str(error), None, account)
    try:
        if check:
            measured = _asked(settings, account)
            answers = "answers questions"
        else:
            answers = asyncio.run(listed(settings, key, _PATIENCE))
    except ModelError as error:
        trouble = str(error)
    known = "set" if os.environ.get(settings.key_variable, "").strip() else "not needed"
    return _stands(name, settings, known, answers, trouble, measured, account)


def _stands(
    name: str,
    settings: ModelSettings,
    key: str,
    answers: str,
    trouble: str,
    measured: tuple[float, float] | None,
    account: Account,
) -> ModelStanding:
    spent = account.spent_on(settings)
    if measured is None and spent.requests:
        measured = spent.seconds / (spent.requests + spent.failures), spent.written / max(spent.seconds, 1e-3)
    seconds, speed = measured or (None, None)
    return ModelStanding(name, settings, key, answers, trouble, seconds, speed, spent)


def _asked(settings: ModelSettings, account: Account) -> tuple[float, float]:
    """Seconds, and tokens a second. Raises `ModelError`."""
    client = ModelClient(dataclasses.replace(settings, retries=0), account)
    begun = time.monotonic()
    (reply,) = client.ask([_QUESTION])
    seconds = time.monotonic() - begun
    if isinstance(reply, ModelError):
        raise reply
    return seconds, reply.written / max(seconds, 1e-3)
