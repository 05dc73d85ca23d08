"""How far a search came that found no proof."""

from __future__ import annotations

import math
from dataclasses import dataclass

from prover.search.frontier import estimate
from prover.search.script import Step, partial
from prover.search.tree import GoalNode, NodeStatus, TacticNode, Tree
from prover.types import Advanced, Goal, Proved


@dataclass(frozen=True, slots=True)
class PartialProof:
    """`script` is None where nothing is better than the goal as it stands."""

    script: Step | None
    open_goals: tuple[Goal, ...]


def furthest(tree: Tree) -> PartialProof:
    """The tactics after which the least is left to prove, of those not given up unless all is."""
    over = tree.root.status is NodeStatus.DEAD
    left: dict[int, float] = {}
    choice: dict[int, TacticNode] = {}
    for node in reversed(tree.nodes):  # what is below a goal is younger
        circular = node.status is NodeStatus.DEAD and not node.width and node.like is None
        left[node.id] = math.inf if circular else estimate(node)
        for tactic in node.tactics:
            failed = not isinstance(tactic.outcome, Advanced | Proved)
            if failed or (tactic.status is NodeStatus.DEAD and not over):
                continue
            after = sum(left[goal.id] for goal in tactic.subgoals)
            if after < left[node.id] and (node.id not in choice or not _proved(choice[node.id])):
                left[node.id], choice[node.id] = after, tactic
    goals: list[Goal] = []

    def best(node: GoalNode) -> TacticNode | None:
        tactic = choice.get(node.id)
        if tactic is None:
            goals.extend(node.goals)
        return tactic

    script = partial(tree.root, best)
    return PartialProof(script, tuple(goals))


def _proved(tactic: TacticNode) -> bool:
    return tactic.status is NodeStatus.PROVED
