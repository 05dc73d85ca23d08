"""What a model is asked: the texts of `prover/policy/prompts/`, filled in as far as its context has room.

A file's version is in its name (`proof.v1.md`): a text that is changed gets a new one, and traces name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from lemmas.statements import unblocked
from prover.policy.api.replies import estimated_tokens
from prover.types import Attempt

VERSIONS = {"tactics": "v1", "proof": "v1", "repair": "v1", "sketch": "v1", "system": "v1"}

_NOTHING = "(none)"
_OVERHEAD = 64  # tokens for what a server puts around what is said
_MOST_TRIED = 16  # more cost much and say little
_MESSAGE = 500  # characters of what Lean said of one attempt


@dataclass(frozen=True, slots=True)
class Matter:
    """What there is to say about a goal, each kind in the order of its worth. `definitions` and `premises`
    are Lean source; `tried` is in the order in which it was tried."""

    goal: str
    definitions: tuple[str, ...] = ()
    premises: tuple[str, ...] = ()
    tried: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """`name` is that of the file, with its version. `left_out` says what there was no room for."""

    name: str
    system: str
    user: str
    left_out: tuple[str, ...]


def written(name: str, matter: Matter, room: int) -> Prompt | None:
    """In at most `room` tokens, by an estimate that is on the safe side. None where not even the goal fits.

    Of definitions, attempts (the last first) and premises the best of each are taken in turn.
    """
    kinds: Mapping[str, Sequence[str]] = {
        "definitions": [_code([text]) for text in matter.definitions],
        "tried": [_attempt(attempt) for attempt in reversed(matter.tried[-_MOST_TRIED:])],
        "premises": [_code([text]) for text in matter.premises],
    }
    system, template = _text("system"), Template(_text(name))
    blank = dict.fromkeys(kinds, _NOTHING)
    room -= estimated_tokens(system + template.substitute(blank, goal=matter.goal)) + _OVERHEAD
    if room < 0:
        return None
    taken: dict[str, list[str]] = {kind: [] for kind in kinds}
    for kind, text in _in_turn(kinds):
        cost = estimated_tokens(text) + 1
        if cost <= room:
            taken[kind].append(text)
            room -= cost
    parts = {kind: "\n".join(texts) or _NOTHING for kind, texts in taken.items()}
    there = {**{kind: len(texts) for kind, texts in kinds.items()}, "tried": len(matter.tried)}
    left_out = tuple(
        f"{count - len(taken[kind])} of {count} {_CALLED[kind]}"
        for kind, count in there.items()
        if len(taken[kind]) < count
    )
    user = template.substitute(parts, goal=matter.goal)
    return Prompt(f"{name}.{VERSIONS[name]}", system, user, left_out)


_CALLED = {"definitions": "definitions", "tried": "attempts", "premises": "premises"}


def _in_turn(kinds: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
    longest = max(map(len, kinds.values()))
    return [
        (kind, texts[rank]) for rank in range(longest) for kind, texts in kinds.items() if rank < len(texts)
    ]


def _code(lines: Sequence[str]) -> str:
    return "\n".join(["```lean", *lines, "```"])


def _attempt(attempt: Attempt) -> str:
    said = attempt.said if len(attempt.said) <= _MESSAGE else attempt.said[: _MESSAGE - 1] + "…"
    return f"{_code([unblocked(attempt.tactic)])}\n{said}"


@cache
def _text(name: str) -> str:
    folder = files("prover.policy") / "prompts"
    return (folder / f"{name}.{VERSIONS[name]}.md").read_text(encoding="utf-8")
