"""Which node comes next."""

from __future__ import annotations

import heapq
from typing import Protocol

from prover.search.tree import StateNode

# What a goal and a character of a goal's text are taken to cost still, as -log probability. Any positive cost
# of text keeps the search fair: only finitely many states cost less than a given one.
_COST_OF_GOAL = 0.5
_COST_OF_CHARACTER = 0.002


class Frontier(Protocol):
    """The nodes that wait for their expansion."""

    def push(self, node: StateNode) -> None: ...

    def pop(self) -> StateNode:
        """Take out the next node. Raises `IndexError` when there is none."""
        ...

    def __len__(self) -> int: ...


class BestFirst:
    """The cheapest first: what the path cost and what the goals may cost still. The older one on a tie."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, StateNode]] = []

    def push(self, node: StateNode) -> None:
        heapq.heappush(self._heap, (node.cost + _estimate(node), node.id, node))

    def pop(self) -> StateNode:
        return heapq.heappop(self._heap)[2]

    def __len__(self) -> int:
        return len(self._heap)


def _estimate(node: StateNode) -> float:
    goals = node.state.goals
    return _COST_OF_GOAL * len(goals) + _COST_OF_CHARACTER * sum(len(goal.text) for goal in goals)
