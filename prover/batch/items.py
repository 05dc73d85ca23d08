"""The steps of a night, as they are decided and as they end: what the order of the work is made from.

An `Item` is decided from what came of others before it, so the same results always lead to the same items.
Both are kept in the store as JSON.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from prover.batch.records import HoleStatus


class Kind(Enum):
    CHECK = "check"  # whether Lean can work on a file at all
    REFUTE = "refute"  # whether a hole's statement is false
    TRY = "try"  # a search for a proof of a hole
    SETTLE = "settle"  # whether proofs that lean on each other stand side by side
    LEARN = "learn"  # fitting a model to the proofs so far


@dataclass(frozen=True, slots=True)
class Item:
    """One step. `hole` is None for those about a file.

    Of a search: `round` is the number of the budget and `budget` the tactics that it may come to; `fresh` of
    these are new where it goes on with the search before (`continued`). `barred` are theorems not to be
    named. `settles` are the holes whose proofs a settling is about, and `known` those of the same file that
    have proofs to lean on. `model` is the round after which the model was fitted that it asks; 0 is for the
    policy that the night began with. It is decided from what came of the items before `sees`, whose lemmas it
    knows.

    A fitting comes after `round`, and learns from those proofs; `file` is that of the search to come next.
    """

    number: int
    kind: Kind
    file: int
    hole: int | None = None
    round: int = 0
    budget: int = 0
    fresh: int = 0
    continued: bool = False
    barred: tuple[str, ...] = ()
    known: tuple[int, ...] = ()
    settles: tuple[int, ...] = ()
    sees: int = 0
    model: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """How a hole stands now. `needs` are the names of the theorems that its proof leans on."""

    hole: int
    status: HoleStatus
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """What an item came to. `refused`: Lean can't work on the file. `model`: of a fitting, its round, where
    searches are to ask that model from now on.

    Of a search: `tactics`, `tokens` and `usd` are what it added; `exhausted`: there is nothing left to try;
    `goals` are those left after the best partial proof, and `size` is how long they are; `partial`: there is
    one; `meanings` are the names of the definitions that its lemmas speak of.
    """

    changes: tuple[Change, ...] = ()
    refused: bool = False
    tactics: int = 0
    tokens: int = 0
    usd: float = 0.0
    exhausted: bool = False
    partial: bool = False
    goals: int = 0
    size: int = 0
    meanings: tuple[str, ...] = ()
    model: int = 0


def dumped(value: Item | Ended) -> str:
    return json.dumps(asdict(value), default=lambda each: each.value, ensure_ascii=False)


def item_from(text: str) -> Item:
    told = _told(text)
    return Item(**{**told, "kind": Kind(told["kind"])})


def ended_from(text: str) -> Ended:
    told = _told(text)
    changes = tuple(
        Change(each["hole"], HoleStatus(each["status"]), tuple(each["needs"])) for each in told["changes"]
    )
    return Ended(**{**told, "changes": changes})


def _told(text: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
