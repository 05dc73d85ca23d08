"""What is remembered of a search while it goes on: its trace, and what failed where."""

from __future__ import annotations

import io
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from prover.batch.records import Failure
from prover.events import Event, Expanding, Tried
from prover.search.recording import NOTHING, Recording
from prover.search.trace import events_of, recording_of, write_event
from prover.types import Failed, Goal, Statistics, Theorem

_GOALS, _EACH = 3, 5
_WORDS = 300
_FAILURES = 12  # kept for each goal while the search lasts


class Watch:
    """Shown each event of the search for `theorem`."""

    def __init__(self, theorem: Theorem) -> None:
        self._theorem = theorem
        self._lines = io.StringIO()
        self._goals: dict[int, str] = {}
        self._failed: dict[str, list[Failure]] = defaultdict(list)
        self.tactics = 0

    def see(self, event: Event) -> None:
        write_event(self._lines, self._theorem, event)
        match event:
            case Expanding(node=node, goal=goal):
                self._goals[node] = goal
            case Tried(node, candidate, outcome):
                self.tactics += 1
                if isinstance(outcome, Failed):
                    self._note(self._goals.get(node, ""), candidate.tactic, outcome)

    def trace(self, counted: Statistics) -> bytes:
        """All of it, to go on from; `counted` is what has been counted of it."""
        head = json.dumps(asdict(counted))
        return zlib.compress(f"{head}\n{self._lines.getvalue()}".encode("utf-8", "surrogatepass"))

    def failures(self, left: Sequence[Goal]) -> Iterator[Failure]:
        """Some for each of the goals that are left, else for those looked at first."""
        goals = [goal.text for goal in left if goal.text in self._failed] or list(self._failed)
        for goal in goals[:_GOALS]:
            yield from self._failed[goal][:_EACH]

    def _note(self, goal: str, tactic: str, outcome: Failed) -> None:
        if len(self._failed[goal]) < _FAILURES:
            failure = Failure(goal, _short(tactic), outcome.reason.value, _short(outcome.message))
            self._failed[goal].append(failure)


def recalled(trace: bytes | None) -> tuple[Recording, Statistics]:
    """What to go on from, and what has been counted of it."""
    if trace is None:
        return NOTHING, Statistics()
    head, *lines = _lines(trace)
    return recording_of(map(json.loads, lines)), Statistics(**json.loads(head))


def events_in(trace: bytes, theorem: Theorem) -> Iterator[Event]:
    """What the search for `theorem` told."""
    return events_of(map(json.loads, _lines(trace)[1:]), theorem)


def _lines(trace: bytes) -> list[str]:
    return zlib.decompress(trace).decode("utf-8", "surrogatepass").split("\n")[:-1]


def _short(text: str) -> str:
    return text if len(text) <= _WORDS else f"{text[:_WORDS]} …"
