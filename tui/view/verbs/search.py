"""The verbs of a search: start, pause, stop, more budget, what comes next."""

from __future__ import annotations

from typing import Any

from prover.cli.amounts import parse_budget
from prover.errors import InputError
from prover.types import Budget
from tui.state.holes import HoleState, Phase
from tui.view.bench import Bench
from tui.view.dialogs import Ask


class SearchVerbs(Bench):
    def action_start(self) -> None:
        for hole in self._targets():
            if hole.solved:
                self.notify(f"{hole.theorem.name} is proved already: m looks for a shorter proof")
            elif not hole.restoring:
                self.workshop.searches.start(hole)
            hole.marked = False
        self.show_standing()

    def action_pause(self) -> None:
        targets = self._targets()
        going = any(hole.phase in (Phase.RUNNING, Phase.QUEUED) for hole in targets)
        for hole in targets:
            if going:
                self.workshop.searches.pause(hole)
            else:
                self.workshop.searches.go_on(hole)
        self.show_standing()

    def action_stop(self) -> None:
        for hole in self._targets():
            self.workshop.searches.stop(hole)
        self.show_standing()

    def action_budget(self) -> None:
        targets = self._targets()

        def given(words: str | None) -> None:
            if not words:
                return
            try:
                budget = read_budget(words)
            except InputError as error:
                self.notify(str(error), severity="error")
                return
            for hole in targets:
                self.workshop.searches.more(hole, budget)
            self.show_standing()

        if targets:
            names = ", ".join(hole.theorem.name for hole in targets)
            self.app.push_screen(Ask(f"More budget for {names}", hint="60s  or  500t  or  500t,60s"), given)

    def action_next(self) -> None:
        hole, goal = self.hole, self.tree_pane.goal
        if hole is None or goal is None:
            self.notify("There is no goal under the cursor")
            return
        why = self.workshop.searches.prefer(hole, goal)
        if why:
            self.notify(why, severity="warning")
        self.show_tree()
        self.show_standing()

    def action_anew(self) -> None:
        hole = self.hole
        if hole is None:
            return
        file, number = self.workshop.file_of(hole), self.workshop.file_of(hole).holes.index(hole)
        self.workshop.forget(hole)
        self.hole = None
        self.choose(file.holes[number])

    def _targets(self) -> list[HoleState]:
        marked = [hole for hole in self.workshop.holes if hole.marked]
        return marked or ([self.hole] if self.hole is not None else [])


def read_budget(words: str) -> Budget:
    """`60s`, `500t`, or several with commas between. Raises `InputError`."""
    try:
        given: dict[str, Any] = dict(parse_budget([words]))
    except InputError as error:
        raise InputError(str(error).removeprefix("--budget").strip(": ")) from None
    return Budget(**given)
