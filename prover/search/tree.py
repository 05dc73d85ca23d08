"""The record of a search: states, the tactics tried on them, and what is known of each.

A state node is an OR: one tactic that gets to the end proves it. States whose goals read alike are one node,
which hangs below the tactic that came to it first; other ways to it are duplicates, and what is known
of a node leaves its duplicates aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from prover.types import Advanced, Candidate, Outcome, Proved, TacticState


class NodeStatus(Enum):
    """PROVED: Lean closed a state below. EXHAUSTED: nothing below is left to try. OPEN: neither."""

    OPEN = "open"
    PROVED = "proved"
    EXHAUSTED = "exhausted"


@dataclass(slots=True, eq=False)
class StateNode:
    """`cost` is the -log probability of the path to it, and `depth` that path's length.

    `parent` is None for the root. `expanded` is whether all candidates for it have been tried.
    """

    id: int
    state: TacticState
    parent: TacticNode | None
    depth: int
    cost: float
    status: NodeStatus = NodeStatus.OPEN
    expanded: bool = False
    tactics: list[TacticNode] = field(default_factory=list)

    @property
    def children(self) -> list[StateNode]:
        """The nodes that hang below this one, without its duplicates."""
        return [t.child for t in self.tactics if t.child is not None and not t.duplicate]


@dataclass(slots=True, eq=False)
class TacticNode:
    """A candidate tried. `child` is where it leads, and None unless the outcome is `Advanced`."""

    parent: StateNode
    candidate: Candidate
    outcome: Outcome
    child: StateNode | None = None

    @property
    def duplicate(self) -> bool:
        return self.child is not None and self.child.parent is not self


class Tree:
    """All states reached from one root. Takes the ids of its nodes from `ids`."""

    def __init__(self, root: TacticState, ids: Iterator[int]) -> None:
        self._ids = ids
        self.root = StateNode(next(ids), root, parent=None, depth=0, cost=0.0)
        self._nodes = {_key(root): self.root}

    @property
    def nodes(self) -> tuple[StateNode, ...]:
        """In the order in which they were reached."""
        return tuple(self._nodes.values())

    def record(self, node: StateNode, candidate: Candidate, outcome: Outcome) -> TacticNode:
        """Note what Lean says of a tactic tried on a node."""
        tactic = TacticNode(node, candidate, outcome)
        node.tactics.append(tactic)
        if isinstance(outcome, Advanced):
            tactic.child = self._reach(tactic, outcome.state)
        elif isinstance(outcome, Proved):
            _mark_proved(node)
        return tactic

    def finish(self, node: StateNode) -> None:
        """Note that all candidates for a node have been tried."""
        node.expanded = True
        _mark_exhausted(node)

    def _reach(self, tactic: TacticNode, state: TacticState) -> StateNode:
        key = _key(state)
        if key not in self._nodes:
            depth, cost = tactic.parent.depth + 1, tactic.parent.cost - tactic.candidate.logprob
            self._nodes[key] = StateNode(next(self._ids), state, tactic, depth, cost)
        return self._nodes[key]


def path_to(tactic: TacticNode) -> list[TacticNode]:
    """The tactics from the root to this one, it included."""
    path = [tactic]
    while (above := path[-1].parent.parent) is not None:
        path.append(above)
    return path[::-1]


def _key(state: TacticState) -> tuple[str, ...]:
    return tuple(goal.text for goal in state.goals)


def _mark_proved(node: StateNode) -> None:
    for above in _upwards(node):
        above.status = NodeStatus.PROVED


def _mark_exhausted(node: StateNode) -> None:
    for above in _upwards(node):
        left = any(child.status is not NodeStatus.EXHAUSTED for child in above.children)
        if left or not above.expanded or above.status is NodeStatus.PROVED:
            return
        above.status = NodeStatus.EXHAUSTED


def _upwards(node: StateNode) -> Iterator[StateNode]:
    """The node and those above it, to the root."""
    yield node
    while node.parent is not None:
        node = node.parent.parent
        yield node
