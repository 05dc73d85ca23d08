"""Which goal comes next: the strategies."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Protocol

from prover.search.tree import GoalNode, NodeStatus, TacticNode
from prover.types import Candidate

# What a goal, a character of its target and one of its hypotheses are taken to cost still, as -log
# probability. Any positive cost of text keeps the search fair: only finitely many goals cost less than a
# given one. Hypotheses cost little: a lemma that was proved on the way is no burden.
_COST_OF_GOAL = 0.5
_COST_OF_CHARACTER = 0.002
_COST_OF_HYPOTHESES = 0.0002

_EXPLORATION = 1.0


class Frontier(Protocol):
    """The goals that something can be tried on. One tactic is, or the policy is asked, between two calls of
    `pop`; the goal then comes back by `push` if there is more to try."""

    def push(self, goal: GoalNode) -> None: ...

    def pop(self) -> GoalNode:
        """Take out the next goal. Raises `IndexError` when there is none."""
        ...

    def take(self, goal: GoalNode) -> None:
        """Take out this goal, which is in here, as if it were the next."""
        ...

    def __len__(self) -> int: ...

    def nearest(self, count: int) -> list[GoalNode]:
        """About so many goals that may be next, in order."""
        ...

    def coming(self, goal: GoalNode, count: int) -> list[tuple[GoalNode, Candidate]]:
        """About so many candidates that may be next, in order, if nothing comes of those before them: of
        `goal`, which is not in here, and of others."""
        ...


def estimate(goal: GoalNode) -> float:
    """What a proof of it may cost, as -log probability."""
    if goal.left is not None:
        return goal.left
    return sum(
        _COST_OF_GOAL
        + _COST_OF_CHARACTER * len(part.target)
        + _COST_OF_HYPOTHESES * (len(part.text) - len(part.target))
        for part in goal.goals
    )


def price(goal: GoalNode) -> float:
    """What the next thing to try on a goal costs: a candidate, or to ask the policy."""
    waiting = [-goal.untried[0].logprob] if goal.untried else []
    return min([*waiting, *([] if goal.again is None else [goal.again])], default=0.0)


class _Heap:
    """The least first, by a rank that is taken when a goal is pushed; the older one on a tie."""

    def __init__(self, rank: Callable[[GoalNode], float]) -> None:
        self._rank = rank
        self._heap: list[tuple[float, int, GoalNode]] = []

    def push(self, goal: GoalNode) -> None:
        heapq.heappush(self._heap, (self._rank(goal), goal.id, goal))

    def pop(self) -> GoalNode:
        return heapq.heappop(self._heap)[2]

    def take(self, goal: GoalNode) -> None:
        self._heap = [entry for entry in self._heap if entry[2] is not goal]
        heapq.heapify(self._heap)

    def __len__(self) -> int:
        return len(self._heap)

    def nearest(self, count: int) -> list[GoalNode]:
        return [goal for _, _, goal in sorted(self._heap[:count])]  # a heap's top holds most of the least

    def coming(self, goal: GoalNode, count: int) -> list[tuple[GoalNode, Candidate]]:
        return _candidates([goal, *self.nearest(count)], count)


class BestFirst(_Heap):
    """The cheapest first: what the tactics above cost, what the next one does, and what all goals that would
    be left on this line may cost still."""

    def __init__(self) -> None:
        super().__init__(lambda goal: goal.cost + price(goal) + _left(goal))

    def coming(self, goal: GoalNode, count: int) -> list[tuple[GoalNode, Candidate]]:
        goals = [goal, *self.nearest(count)]
        base = {each.id: each.cost + _left(each) for each in goals}
        pairs = [pair for each in goals for pair in _candidates([each], count)]
        return sorted(pairs, key=lambda pair: (base[pair[0].id] - pair[1].logprob, pair[0].id))[:count]


class BreadthFirst(_Heap):
    """By depth. Asking the policy again counts as going one deeper, so everything has its turn."""

    def __init__(self) -> None:
        super().__init__(lambda goal: goal.depth + max(0, goal.asked - (1 if goal.untried else 0)))


class Puct:
    """The tree is walked down from its root, each step to the best sum of mean value so far and a bonus for
    what is likely and little visited, as AlphaZero has it. A tactic is worth the product of its goals, as
    HyperTree Proof Search has it."""

    def __init__(self) -> None:
        self._ready: dict[int, GoalNode] = {}
        self._below: dict[int, int] = {}  # how many ready goals there are at a goal and below it
        self._root: GoalNode | None = None
        self._last: tuple[GoalNode, int] | None = None

    def push(self, goal: GoalNode) -> None:
        self._root = self._root or goal
        self._ready[goal.id] = goal
        self._count(goal, 1)

    def pop(self) -> GoalNode:
        if self._root is None or not self._ready:
            raise IndexError("no goal is left")
        self._learn()
        goal = self._walk(self._root) or next(iter(self._ready.values()))
        self._hand_out(goal)
        return goal

    def take(self, goal: GoalNode) -> None:
        self._learn()
        self._hand_out(goal)

    def __len__(self) -> int:
        return len(self._ready)

    def nearest(self, count: int) -> list[GoalNode]:
        goal = self._walk(self._root) if self._root is not None and self._ready else None
        return [] if goal is None else [goal]

    def coming(self, goal: GoalNode, count: int) -> list[tuple[GoalNode, Candidate]]:
        return _candidates([goal, *self.nearest(count)], count)

    def _learn(self) -> None:
        """What came of the goal that was handed out last."""
        if self._last is not None:
            _back_up(*self._last)

    def _hand_out(self, goal: GoalNode) -> None:
        del self._ready[goal.id]
        self._count(goal, -1)
        self._last = goal, len(goal.tactics)

    def _walk(self, goal: GoalNode) -> GoalNode | None:
        """None where what is left hangs below something settled, and is there for goals elsewhere."""
        while True:
            options = [tactic for tactic in goal.tactics if self._is_open(tactic)]
            best = max(options, key=lambda tactic: _score(goal, tactic), default=None)
            if goal.id in self._ready and (best is None or _score_of_new(goal) >= _score(goal, best)):
                return goal
            if best is None:
                return None
            goal = min(
                (g for g in best.subgoals if g.searched and self._below.get(g.id)), key=lambda g: g.visits
            )

    def _is_open(self, tactic: TacticNode) -> bool:
        if tactic.status is NodeStatus.DEAD:
            return False
        return any(goal.searched and self._below.get(goal.id) for goal in tactic.subgoals)

    def _count(self, goal: GoalNode, difference: int) -> None:
        at: GoalNode | None = goal
        while at is not None:
            self._below[at.id] = self._below.get(at.id, 0) + difference
            at = None if at.parent is None else at.parent.parent


STRATEGIES: Mapping[str, Callable[[], Frontier]] = {
    "best-first": BestFirst,
    "puct": Puct,
    "breadth": BreadthFirst,
}
"""By the names that `prover.config` has for them."""


def _candidates(goals: Iterable[GoalNode], count: int) -> list[tuple[GoalNode, Candidate]]:
    """The first ones that are there to be tried, one goal after the other."""
    return list(islice(((goal, candidate) for goal in goals for candidate in goal.untried), count))


def _left(goal: GoalNode) -> float:
    """What the open goals may cost that are left on the line of a goal: it, and those beside it and above."""
    cost, at = estimate(goal), goal.parent
    below = goal
    while at is not None:
        cost += sum(
            estimate(other) for other in at.subgoals if other is not below and other.status is NodeStatus.OPEN
        )
        below, at = at.parent, at.parent.parent
    return cost


def _score(goal: GoalNode, tactic: TacticNode) -> float:
    prior = math.exp(tactic.candidate.logprob)
    mean = tactic.total / tactic.visits if tactic.visits else _guess(tactic)
    return mean + _EXPLORATION * prior * math.sqrt(goal.visits + 1) / (1 + tactic.visits)


def _score_of_new(goal: GoalNode) -> float:
    """Of what has not been tried on it yet, taken to be worth what the rest was on average."""
    return _value(goal) + _EXPLORATION * math.exp(-price(goal)) * math.sqrt(goal.visits + 1)


def _value(goal: GoalNode) -> float:
    if goal.status is not NodeStatus.OPEN:
        return 1.0 if goal.status is NodeStatus.PROVED else 0.0
    return goal.total / goal.visits if goal.visits else math.exp(-estimate(goal))


def _guess(tactic: TacticNode) -> float:
    return 0.0 if tactic.status is NodeStatus.DEAD else math.prod(map(_value, tactic.subgoals))


def _back_up(goal: GoalNode, tactics_before: int) -> None:
    """Carry upwards what the last tactic on a goal is worth, or the goal where there was none."""
    fresh = goal.tactics[tactics_before:]
    value = _guess(fresh[-1]) if fresh else _value(goal)
    for tactic in fresh:
        tactic.visits, tactic.total = tactic.visits + 1, tactic.total + value
    while True:
        goal.visits, goal.total = goal.visits + 1, goal.total + value
        if goal.parent is None:
            return
        tactic = goal.parent
        value *= math.prod(_value(other) for other in tactic.subgoals if other is not goal)
        tactic.visits, tactic.total = tactic.visits + 1, tactic.total + value
        goal = tactic.parent
