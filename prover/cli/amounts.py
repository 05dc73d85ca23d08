"""Budgets as a user writes them: `200t`, `30s`, `50e`, `100ktok`, `0.5usd`, or several, `200t,30s`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from prover.errors import InputError

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")
_UNITS = {
    "t": ("tactics", 1),
    "s": ("seconds", 1),
    "e": ("expansions", 1),
    "tok": ("tokens", 1),
    "ktok": ("tokens", 1_000),
    "mtok": ("tokens", 1_000_000),
    "usd": ("usd", 1),
}
_FRACTIONS = ("seconds", "usd")


def parse_budget(texts: Iterable[str]) -> dict[str, float]:
    """The settings that they stand for. Raises `InputError`."""
    found: dict[str, float] = {}
    for text in (part.strip() for several in texts for part in several.split(",")):
        amount = _AMOUNT.fullmatch(text.lower())
        if amount is None or amount[2] not in _UNITS:
            raise InputError(
                f"--budget {text}: write tactics as `200t`, seconds as `30s`, expansions as `50e`, tokens as"
                " `800tok`, `100ktok` or `2mtok`, and US dollars as `0.5usd`"
            )
        setting, factor = _UNITS[amount[2]]
        if setting in found:
            raise InputError(f"--budget: {setting} are given twice")
        number = Decimal(amount[1]) * factor
        whole = setting not in _FRACTIONS and number == int(number)
        found[setting] = int(number) if whole else float(number)
    return found
