"""The verbs of work by hand: a tactic, a `have`, suggestions, a step back."""

from __future__ import annotations

from prover.types import Candidate
from tui.state.holes import HoleState
from tui.state.rows import GoalRow
from tui.view.bench import Bench
from tui.view.dialogs import Ask, Suggestions


class HandVerbs(Bench):
    def action_tactic(self) -> None:
        at = self._at_goal()
        if at is None:
            return
        hole, goal = at

        def typed(tactic: str | None) -> None:
            if tactic:
                self.workshop.hand(hole, goal, tactic)

        self.app.push_screen(
            Ask(f"Tactic for goal {goal.number}", hint="induction xs", goal=goal.title), typed
        )

    def action_have(self) -> None:
        at = self._at_goal()
        if at is None:
            return
        hole, goal = at

        def typed(text: str | None) -> None:
            if text:
                stated = text.removeprefix("have ").strip()
                self.workshop.hand(hole, goal, f"have {stated} := ?_", fill=True)

        label = f"have, at goal {goal.number}; the prover fills it"
        self.app.push_screen(Ask(label, hint="h : a + b = b + a", goal=goal.title), typed)

    def action_suggest(self) -> None:
        at = self._at_goal()
        if at is not None:
            self.workshop.suggest(*at)

    def action_undo(self) -> None:
        self.tree_pane.action_above()

    def _at_goal(self) -> tuple[HoleState, GoalRow] | None:
        hole, goal = self.hole, self.tree_pane.goal
        if hole is None or goal is None:
            self.notify("Lean has not shown the goal yet" if hole is not None else "Choose a hole first")
            return None
        return hole, goal

    def show_answer(self, goal: GoalRow, tactic: str) -> None:
        """Go to what a tactic by hand leaves, or stay at the goal where it failed."""
        row = next((each for each in goal.tactics if each.candidate.tactic == tactic), None)
        if row is not None:
            self.tree_pane.go_to_row(row.goals[0] if row.goals else row, by_user=True)

    def show_suggestions(self, hole: HoleState, goal: GoalRow, candidates: tuple[Candidate, ...]) -> None:
        def chosen(tactic: str | None) -> None:
            if tactic:
                self.workshop.hand(hole, goal, tactic)

        if not candidates:
            self.notify("The policy has no suggestion for this goal")
            return
        self.app.push_screen(Suggestions(candidates, goal.title), chosen)
