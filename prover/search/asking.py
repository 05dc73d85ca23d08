"""Asking a slow policy ahead: about the goals that come next, while Lean works.

What is asked, and when, depends on the search alone and not on who is faster, so neither do the answers used
nor what they cost.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, TimeoutError
from typing import TypeAlias

from prover.policy.protocols import RevisingGenerator, TacticGenerator
from prover.types import Attempt, Candidate, Goal, Theorem

_Answers: TypeAlias = "Future[Sequence[Sequence[Candidate]]]"
_Question: TypeAlias = Callable[[], Sequence[Sequence[Candidate]]]


class Asking:
    """Asks `policy` in one thread of its own, about at most `ahead` goals that nobody has needed yet."""

    def __init__(self, policy: TacticGenerator, theorem: Theorem, ahead: int) -> None:
        self._policy = policy
        self._theorem = theorem
        self._ahead = ahead
        self._requests: queue.SimpleQueue[tuple[_Answers, _Question] | None] = queue.SimpleQueue()
        self._asked: dict[tuple[Goal, int], tuple[_Answers, int]] = {}
        self._thread = threading.Thread(target=self._work, name="prover policy", daemon=True)
        self._thread.start()

    def expect(self, goals: Sequence[Goal], n: int) -> None:
        """Ask about those that have not been asked about yet, in one request, as far as there is room."""
        new = [goal for goal in dict.fromkeys(goals) if (goal, n) not in self._asked]
        self._ask(new[: max(0, self._ahead - len(self._asked))], n)

    def propose(self, goal: Goal, n: int, seconds: float | None = None) -> Sequence[Candidate]:
        """Waits for so many seconds at most; None is no limit. Raises `TimeoutError`."""
        if (goal, n) not in self._asked:
            self._ask([goal], n)
        answers, number = self._asked.pop((goal, n))
        return answers.result(seconds)[number]

    def propose_again(
        self, goal: Goal, n: int, tried: Sequence[Attempt], asked: int, seconds: float | None = None
    ) -> Sequence[Candidate]:
        """Of a `RevisingGenerator`. As `propose` else."""
        policy, theorem = self._policy, self._theorem
        assert isinstance(policy, RevisingGenerator)
        return self._put(lambda: [policy.propose_again(theorem, goal, n, tried, asked)]).result(seconds)[0]

    def unused(self, seconds: float | None = None) -> list[Sequence[Candidate]]:
        """The answers that nobody has needed, once they are there; what was not begun is left, and so is what
        has not come in time."""
        left = list(self._asked.values())
        self._asked.clear()
        begun = [(answers, number) for answers, number in left if not answers.cancel()]
        try:
            return [answers.result(seconds)[number] for answers, number in begun]
        except TimeoutError:
            return [answers.result()[number] for answers, number in begun if answers.done()]

    def close(self) -> None:
        """End the thread, after the request that it is at; nobody waits for that."""
        for answers, _ in self._asked.values():
            answers.cancel()
        self._requests.put(None)

    def _ask(self, goals: Sequence[Goal], n: int) -> None:
        if goals:
            answers = self._put(lambda: self._policy.propose(self._theorem, goals, n))
            self._asked.update({(goal, n): (answers, number) for number, goal in enumerate(goals)})

    def _put(self, question: _Question) -> _Answers:
        answers: _Answers = Future()
        self._requests.put((answers, question))
        return answers

    def _work(self) -> None:
        while (request := self._requests.get()) is not None:
            answers, question = request
            if answers.set_running_or_notify_cancel():
                try:
                    answers.set_result(question())
                except Exception as error:  # for whoever needs the answer
                    answers.set_exception(error)
