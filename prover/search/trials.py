"""Tactics that Lean runs once more when a proof has been found, to make it one to keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from prover.lean.gateway import LeanSession
from prover.search.tree import GoalNode
from prover.types import Advanced, Failed, Outcome, TacticState


class Trials:
    """At most so many runs, which `runs` says and whoever has another purpose sets anew, with that `share` of
    a tactic's heartbeats. What has been run is known, and so is what led on in the search. States whose goals
    read the same are one: what follows a step need not be run again for another that comes to the same."""

    def __init__(self, session: LeanSession, nodes: Iterable[GoalNode] = (), share: float = 1.0) -> None:
        self.session = session
        self.runs = 0
        self._share = share
        self._alike: dict[tuple[str, ...], TacticState] = {}
        self._known: dict[tuple[int, str, int], Outcome] = {
            (node.state.id, tactic.effect, node.group[0]): self._first(tactic.outcome)
            for node in nodes
            for tactic in node.tactics
            if not isinstance(tactic.outcome, Failed)
        }

    def run(self, state: TacticState, tactic: str, goal: int) -> Outcome | None:
        """None when there were enough runs."""
        asked = (state.id, tactic, goal)
        if asked not in self._known:
            if self.runs <= 0:
                return None
            self.runs -= 1
            self._known[asked] = self._first(self.session.run(state, tactic, goal, share=self._share))
        return self._known[asked]

    def _first(self, outcome: Outcome) -> Outcome:
        """With the first state that reads as its own does, if it has no metavariables."""
        if not isinstance(outcome, Advanced) or any("?" in goal.text for goal in outcome.state.goals):
            return outcome
        said = tuple(goal.text for goal in outcome.state.goals)
        return replace(outcome, state=self._alike.setdefault(said, outcome.state))
