"""Asking a slow policy ahead: about the goals that come next, while Lean works.

What is asked, and when, depends on the search alone and not on who is faster, so neither do the answers used
nor what they cost.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeAlias

from prover.policy.protocols import TacticGenerator
from prover.types import Candidate, Goal, Theorem

_Answers: TypeAlias = "Future[Sequence[Sequence[Candidate]]]"
_Request: TypeAlias = "tuple[_Answers, Sequence[Goal], int]"


class Asking:
    """Asks `policy` in one thread of its own, about at most `ahead` goals that nobody has needed yet."""

    def __init__(self, policy: TacticGenerator, theorem: Theorem, ahead: int) -> None:
        self._policy = policy
        self._theorem = theorem
        self._ahead = ahead
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._asked: dict[tuple[Goal, int], tuple[_Answers, int]] = {}
        self._thread = threading.Thread(target=self._work, name="prover policy", daemon=True)
        self._thread.start()

    def expect(self, goals: Sequence[Goal], n: int) -> None:
        """Ask about those that have not been asked about yet, in one request, as far as there is room."""
        new = [goal for goal in dict.fromkeys(goals) if (goal, n) not in self._asked]
        self._ask(new[: max(0, self._ahead - len(self._asked))], n)

    def propose(self, goal: Goal, n: int) -> Sequence[Candidate]:
        if (goal, n) not in self._asked:
            self._ask([goal], n)
        answers, number = self._asked.pop((goal, n))
        return answers.result()[number]

    def unused(self) -> list[Sequence[Candidate]]:
        """The answers that nobody has needed, once they are there; what was not begun is left."""
        left = list(self._asked.values())
        self._asked.clear()
        return [answers.result()[number] for answers, number in left if not answers.cancel()]

    def close(self) -> None:
        """End the thread, after the request that it is at; nobody waits for that."""
        for answers, _ in self._asked.values():
            answers.cancel()
        self._requests.put(None)

    def _ask(self, goals: Sequence[Goal], n: int) -> None:
        if goals:
            answers: _Answers = Future()
            self._asked.update({(goal, n): (answers, number) for number, goal in enumerate(goals)})
            self._requests.put((answers, goals, n))

    def _work(self) -> None:
        while (request := self._requests.get()) is not None:
            answers, goals, n = request
            if answers.set_running_or_notify_cancel():
                try:
                    answers.set_result(self._policy.propose(self._theorem, goals, n))
                except Exception as error:  # for whoever needs the answer
                    answers.set_exception(error)
