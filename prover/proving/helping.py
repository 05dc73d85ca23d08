"""Which searches the idle workers help with."""

from __future__ import annotations

from dataclasses import dataclass

from prover.events import Event
from prover.events import Tried as TacticTried
from prover.proving.tasks import Answer, Help, Helped, Task, Try
from prover.types import Theorem

WORTH_HELP = 20
"""After how many tactics a search is taken for a long one."""


@dataclass(slots=True)
class _Search:
    task: Try
    tactics: int = 0
    helpers: int = 0
    hopeless: bool = False


class Helping:
    """The searches under way, and how many workers help with each."""

    def __init__(self) -> None:
        self._searches: dict[Theorem, _Search] = {}

    def begin(self, task: Try) -> None:
        self._searches[task.theorem] = _Search(task)

    def note(self, theorem: Theorem, event: Event) -> None:
        if theorem in self._searches and isinstance(event, TacticTried):
            self._searches[theorem].tactics += 1

    def end(self, task: Task, answer: Answer) -> None:
        """Take note that a worker is done with a task."""
        if isinstance(task, Try):
            self._searches.pop(task.theorem, None)
        elif isinstance(task, Help):
            search = self._searches.get(task.search.theorem)
            if search is not None and search.task is task.search:
                search.helpers -= 1
                search.hopeless = not (isinstance(answer, Helped) and answer.willing)

    def choose(self) -> Try | None:
        """A long search to help with, the one with the fewest helpers, who then are one more."""
        long = [s for s in self._searches.values() if s.tactics >= WORTH_HELP and not s.hopeless]
        search = min(long, key=lambda search: search.helpers, default=None)
        if search is None:
            return None
        search.helpers += 1
        return search.task

    def send_away(self) -> None:
        """Have the helpers back, for work of their own."""
        for search in self._searches.values():
            if search.helpers:
                search.task.crew.send_away()

    def close(self) -> None:
        for search in self._searches.values():
            search.task.crew.close()
