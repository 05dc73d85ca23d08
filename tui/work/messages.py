"""What the threads tell the screen, and the box that they put it into."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from prover.events import Event
from prover.lean.gateway import Complaint
from prover.types import Candidate, Outcome, TacticState, Verdict
from tui.state.files import FileState
from tui.state.holes import HoleState
from tui.state.rows import GoalRow


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of the search of that number for a hole."""

    hole: HoleState
    scope: int
    event: Event


@dataclass(frozen=True, slots=True)
class Began:
    """A search got its Lean."""

    hole: HoleState
    scope: int


@dataclass(frozen=True, slots=True)
class Trying:
    """Lean is running this tactic."""

    hole: HoleState
    tactic: str


@dataclass(frozen=True, slots=True)
class Granted:
    """The goal wished for was searched next, at that call of `pop`."""

    hole: HoleState
    scope: int
    call: int
    node: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A search's thread is done: after `seconds` of work, and with `trouble` where something failed."""

    hole: HoleState
    scope: int
    seconds: float
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class LeanIs:
    """How the Lean for work by hand stands: `ready` or not yet, or not at all with `trouble`."""

    word: str
    ready: bool = False
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """The goal of a hole, without any search."""

    hole: HoleState
    state: TacticState


@dataclass(frozen=True, slots=True)
class Handed:
    """Lean's answer to a tactic by hand. `fill`: the first goal that it leaves is for the prover."""

    hole: HoleState
    goal: GoalRow
    candidate: Candidate
    outcome: Outcome
    fill: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    hole: HoleState
    goal: GoalRow
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the certificate says of a proof that was put together on the screen."""

    hole: HoleState
    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Complaints:
    file: Path
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A file was read, or can't be."""

    file: FileState


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done on a hole before is there again."""

    hole: HoleState
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something could not be done, for the user to read."""

    message: str
    hole: HoleState | None = None


Message = (
    Heard
    | Began
    | Trying
    | Granted
    | Ended
    | LeanIs
    | Looked
    | Handed
    | Suggested
    | Judged
    | Complaints
    | Read
    | Restored
    | Trouble
)


class Outbox:
    """Filled by many threads and emptied by one. Who fills it waits while it is full."""

    def __init__(self, room: int = 2_000) -> None:
        self._room = room
        self._messages: deque[Message] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, message: Message) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._messages) < self._room)
            if not self._closed:
                self._messages.append(message)

    def take(self, most: int) -> list[Message]:
        """The oldest messages, at most so many, without waiting."""
        with self._changed:
            taken = [self._messages.popleft() for _ in range(min(most, len(self._messages)))]
            self._changed.notify_all()
        return taken

    def close(self) -> None:
        """Nobody waits any more, and what is put is lost."""
        with self._changed:
            self._closed = True
            self._messages.clear()
            self._changed.notify_all()

    def __len__(self) -> int:
        return len(self._messages)
