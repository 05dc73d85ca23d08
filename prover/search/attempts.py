"""What was tried on a goal and what came of it, for a policy that learns from that."""

from __future__ import annotations

from prover.search.tree import GoalNode, NodeStatus, TacticNode
from prover.types import Attempt, Failed


def attempts_on(goal: GoalNode) -> tuple[Attempt, ...]:
    """In the order in which they were first tried. Of several tries of a tactic, what came of the last."""
    last = {tactic.candidate.tactic: tactic for tactic in goal.tactics}
    return tuple(Attempt(text, _said(tactic), tactic.candidate.source) for text, tactic in last.items())


def _said(tactic: TacticNode) -> str:
    if isinstance(tactic.outcome, Failed):
        return tactic.outcome.message
    hopeless = [goal for goal in tactic.subgoals if goal.status is NodeStatus.DEAD]
    left = hopeless or [goal for goal in tactic.subgoals if goal.status is NodeStatus.OPEN]
    texts = "\n\n".join(part.text for goal in left for part in goal.goals)
    return f"leaves {'a goal that nothing closed' if hopeless else 'open'}:\n{texts}"
