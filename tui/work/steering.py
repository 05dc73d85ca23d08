"""A frontier that somebody may reach into: the goal wished for comes next.

What was wished is told with the moment at which it was granted, counted in calls of `pop`. A search that goes
on from a recording gets these, and so goes the same way again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prover.search.frontier import Frontier
from prover.search.tree import GoalNode
from prover.types import Candidate


class Steering:
    """`granted` is told each wish when it is, once: the number of the call, and the goal's. Wishes may come
    from any thread."""

    def __init__(self, plan: Mapping[int, int], granted: Callable[[int, int], None]) -> None:
        self._plan = dict(plan)
        self._granted = granted
        self._wish: int | None = None
        self._calls = 0

    def prefer(self, node: int) -> None:
        self._wish = node

    def next(self, queued: Mapping[int, GoalNode]) -> GoalNode | None:
        """The goal that is wanted now, where it is there."""
        self._calls += 1
        planned = self._plan.get(self._calls)
        if planned is not None:
            return queued.get(planned)
        wish = self._wish
        if wish is None or wish not in queued:
            return None
        self._wish = None
        self._granted(self._calls, wish)
        return queued[wish]


class SteeredFrontier:
    """Another frontier, in the order that it gives, but for what `steering` wants."""

    def __init__(self, inner: Frontier, steering: Steering) -> None:
        self._inner = inner
        self._steering = steering
        self._queued: dict[int, GoalNode] = {}

    def push(self, goal: GoalNode) -> None:
        self._queued[goal.id] = goal
        self._inner.push(goal)

    def pop(self) -> GoalNode:
        wanted = self._steering.next(self._queued)
        if wanted is None:
            wanted = self._inner.pop()
        else:
            self._inner.take(wanted)
        del self._queued[wanted.id]
        return wanted

    def take(self, goal: GoalNode) -> None:
        self._inner.take(goal)
        del self._queued[goal.id]

    def nearest(self, count: int) -> list[GoalNode]:
        return self._inner.nearest(count)

    def coming(self, goal: GoalNode, count: int) -> list[tuple[GoalNode, Candidate]]:
        return self._inner.coming(goal, count)

    def __len__(self) -> int:
        return len(self._queued)
