"""What a search says while it thinks, in the order in which it happens.

    for event in search(...):
        line = json.dumps(as_json(event))

Nodes are named by numbers that are unique within one search.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TypeAlias

from prover.types import (
    Advanced,
    Candidate,
    Consultation,
    Failed,
    Goal,
    Outcome,
    Proved,
    SearchResult,
    TacticState,
    Theorem,
    Verdict,
)

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Opened:
    """A session is open on a hole. `visit` counts, from 1, how often Lean came by it."""

    theorem: Theorem
    visit: int
    node: int
    root: TacticState


@dataclass(frozen=True, slots=True)
class Expanding:
    """The policy is asked for `width` candidates for the first goal of a node, `goal`. `cost` is the path's
    -log probability."""

    node: int
    depth: int
    goal: str
    cost: float
    width: int


@dataclass(frozen=True, slots=True)
class Consulted:
    """A language model was asked about a node; told before `Proposed`."""

    node: int
    consultation: Consultation


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the policy answered, what was tried before included, and what that cost. `again` is at what price
    it is asked again (-log probability), None where it has no more."""

    node: int
    candidates: tuple[Candidate, ...]
    tokens: int = 0
    usd: float = 0.0
    again: float | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """Lean answered. `children` are the nodes of the goals that the tactic leaves, one for each group of
    them; none unless the outcome is `Advanced`. `share` is the part of a tactic's heartbeats that it had: one
    that used up less than all of them may be tried again. It is 0 for a kept proof of the whole that has been
    certified instead, which counts as no tactic."""

    node: int
    candidate: Candidate
    outcome: Outcome
    children: tuple[int, ...]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The new `node` reads like the goal of node `like`, and waits for what becomes of that."""

    node: int
    like: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Nothing comes of `node`, so nothing comes of the tactic that led to it."""

    node: int
    why: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """After something was given up, the search goes on at `node`."""

    node: int


@dataclass(frozen=True, slots=True)
class ProofFound:
    """A candidate for a proof: the text to replace the `sorry`, about to be certified."""

    text: str


@dataclass(frozen=True, slots=True)
class Certified:
    """The proof just found stands; perhaps conditionally, as the verdict says."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Rejected:
    """The proof just found does not stand in the file."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of a search that was not stopped from outside."""

    result: SearchResult


Event = (
    Opened
    | Expanding
    | Consulted
    | Proposed
    | Tried
    | Duplicate
    | GivenUp
    | Resumed
    | ProofFound
    | Certified
    | Rejected
    | Finished
)


def as_json(event: Event) -> dict[str, Json]:
    """The event's fields, and its class's name as `event`. Goals are their text, theorems where they are."""
    return {"event": type(event).__name__, **_fields(event)}


def _fields(value: object) -> dict[str, Json]:
    assert is_dataclass(value)
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: object) -> Json:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return [_plain(item) for item in value]
        case Enum():
            return _plain(value.value)
        case Goal():
            return value.text
        case Theorem():
            line, column = value.hole.position.line, value.hole.position.column
            return {"name": value.name, "file": str(value.file), "line": line, "column": column}
        case Advanced() | Proved() | Failed():
            return {"outcome": type(value).__name__.lower(), **_fields(value)}
        case _:
            return _fields(value)
