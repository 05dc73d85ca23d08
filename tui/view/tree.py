"""The search as a tree: goals, the tactics on each, and what Lean answered."""

from __future__ import annotations

from itertools import islice
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from tui.state.forest import Forest
from tui.state.marks import mark_of
from tui.state.rows import GoalRow, Row, Standing, TacticRow, fold, line_of, rows_from
from tui.view.rows import Rows

_DEEP = 24
"""Levels that are set in; below, the level is said in a number."""

_AHEAD = 8


class TreePane(Rows):
    BORDER_TITLE = "Tree"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "fold", "fold, or go to the row above in the tree", show=False),
        Binding("right,l", "unfold", "unfold, or go to the row below in the tree", show=False),
        Binding("u", "above", "undo: back to the goal above", show=False),
        Binding("tab", "app.focus_next", show=False),
    ]

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.forest = Forest()
        self._lines: dict[int, tuple[Row, int]] = {}

    def show(self, forest: Forest) -> None:
        if forest is not self.forest:
            self.forest = forest
            self.cursor = 0
            self.scroll_home(animate=False)
        self.changed()

    @property
    def row(self) -> Row | None:
        """The row that the cursor is on."""
        return next((row for row, _ in rows_from(self.forest.roots, self.cursor)), None)

    @property
    def goal(self) -> GoalRow | None:
        """The goal that the cursor is on, or whose tactic it is on."""
        row = self.row
        return row.parent if isinstance(row, TacticRow) else row if isinstance(row, GoalRow) else None

    def go_to_row(self, row: Row, by_user: bool = False) -> None:
        self.go_to(line_of(self.forest.roots, row), by_user)

    def line_count(self) -> int:
        return self.forest.lines

    def changed(self) -> None:
        self._lines.clear()
        super().changed()

    def line_at(self, line: int) -> Text:
        known = self._lines.get(line)
        if known is None:
            ahead = islice(rows_from(self.forest.roots, line), self.size.height + _AHEAD)
            self._lines.update(enumerate(ahead, line))
            known = self._lines[line]
        row, level = known
        text = Text(end="", no_wrap=True)
        text.append("  " * min(level, _DEEP) + (f"{level}: " if level > _DEEP else ""))
        if isinstance(row, GoalRow):
            self._goal(text, row)
        elif isinstance(row, TacticRow):
            self._tactic(text, row)
        return text

    def _goal(self, text: Text, goal: GoalRow) -> None:
        text.append(_folded(goal) + mark_of(goal) + f" {goal.number} ", self._style(goal))
        text.append(goal.title, self._style(goal))
        if goal.wished:
            text.append("  ★ next", self.look("strong"))
        if goal.like is not None:
            text.append(f"  reads like goal {goal.like.number}", self.look("dim"))
        if goal.why:
            text.append(f"  given up: {goal.why}", self.look("dim"))
        if goal.dropped:
            text.append(f"  and {goal.dropped:,} more that failed", self.look("dim"))

    def _tactic(self, text: Text, tactic: TacticRow) -> None:
        hand = "✎ " if tactic.by_hand else ""
        text.append(_folded(tactic) + mark_of(tactic) + f" {hand}{tactic.title}", self._style(tactic))
        if tactic.standing is Standing.FAILED:
            text.append("  " + " ".join(tactic.answer[:200].split()), self.look("dim"))

    def _style(self, row: Row) -> str:
        names = {Standing.PROVED: "good", Standing.OPEN: "", Standing.WAITING: ""}
        name = names.get(row.standing, "dim")
        if name == "":
            return "bold" if isinstance(row, TacticRow) else ""
        return str(self.look(name))

    # -- keys --------------------------------------------------------------------------------------------

    def action_fold(self) -> None:
        row = self.row
        if row is None:
            return
        if row.below and row.unfolded:
            fold(row, False)
            self.changed()
        elif row.above is not None:
            self.go_to_row(row.above, by_user=True)

    def action_unfold(self) -> None:
        row = self.row
        if row is None or not row.below:
            return
        if not row.unfolded:
            fold(row, True)
            self.changed()
        else:
            self.action_move(1)

    def action_choose(self) -> None:
        row = self.row
        if row is not None and row.below:
            fold(row, not row.unfolded)
            self.changed()

    def action_above(self) -> None:
        goal = self.goal
        if goal is not None and goal.parent is not None:
            self.go_to_row(goal.parent.parent, by_user=True)


def _folded(row: Row) -> str:
    return "▸" if row.below and not row.unfolded else " "
