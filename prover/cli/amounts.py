"""Budgets as a user writes them: `200t`, `30s`, `50e`, or several of them, `200t,30s`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prover.errors import InputError

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([a-z])")
_UNITS = {"t": "tactics", "s": "seconds", "e": "expansions"}


def parse_budget(texts: Iterable[str]) -> dict[str, float]:
    """The settings that they stand for. Raises `InputError`."""
    found: dict[str, float] = {}
    for text in (part.strip() for several in texts for part in several.split(",")):
        amount = _AMOUNT.fullmatch(text)
        if amount is None or amount[2] not in _UNITS:
            raise InputError(
                f"--budget {text}: write tactics as `200t`, seconds as `30s`, expansions as `50e`"
            )
        setting = _UNITS[amount[2]]
        if setting in found:
            raise InputError(f"--budget: {setting} are given twice")
        whole = "." not in amount[1] and setting != "seconds"
        found[setting] = int(amount[1]) if whole else float(amount[1])
    return found
