"""The panes of the main screen over a `Workshop`: what they show, and which hole they are about."""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from tui.state.files import FileState
from tui.state.holes import HoleState, Phase
from tui.view.files import FilesPane, SourcePane
from tui.view.keys import bindings
from tui.view.panes import GoalPane, ProofPane, ReasoningPane, ThoughtPane
from tui.view.rows import Rows
from tui.view.tree import TreePane
from tui.work.workshop import Workshop

VIEWS = ("files", "source", "tree", "goal", "thought", "proof", "reasoning")


class Bench(Screen[None]):
    """`hole` and `file` are what it is about. `going_to` is a line to show as soon as its file is read."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 (an instance variable to Textual)
    AUTO_FOCUS = "#files"

    def __init__(self, workshop: Workshop) -> None:
        super().__init__(classes="view-files")
        self.workshop = workshop
        self.hole: HoleState | None = None
        self.file: FileState | None = None
        self.following = workshop.preferences.follow
        self._tree_is_old = False
        self._tree_shown = 0.0
        self._seen: tuple[object, ...] = ()
        self.going_to: tuple[Path, int] | None = None
        self._speed = _Speed()

    def compose(self) -> ComposeResult:
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield FilesPane(id="files", classes="pane")
                yield SourcePane(id="source", classes="pane")
            with Vertical(id="middle"):
                yield TreePane(id="tree", classes="pane")
                yield ThoughtPane(id="thought", classes="pane")
            with Vertical(id="right"):
                yield GoalPane(id="goal", classes="pane")
                yield ProofPane(id="proof", classes="pane")
                yield ReasoningPane(id="reasoning", classes="pane")
        yield Static(id="status", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.files, self.source = self.query_one(FilesPane), self.query_one(SourcePane)
        self.tree_pane, self.goal_pane = self.query_one(TreePane), self.query_one(GoalPane)
        self.thought, self.proof = self.query_one(ThoughtPane), self.query_one(ProofPane)
        self.reasoning, self.status = self.query_one(ReasoningPane), self.query_one("#status", Static)
        self.show_all()

    # -- what is shown -----------------------------------------------------------------------------------

    def show_all(self) -> None:
        self.show_files()
        self.source.show(self.file, self.hole)
        self.show_tree()
        self._seen = ()
        self.look_slowly()

    def recolour(self) -> None:
        """Show all in the colours of another theme."""
        self.source.forget()
        self.show_all()

    def show_standing(self) -> None:
        """How the holes stand."""
        self.show_files()
        self.look_slowly()

    def show_files(self) -> None:
        self.files.show(self.workshop.files)
        if self.hole is not None and self.hole not in self.workshop.holes:
            self.hole = None
        self.source.show(self.file, None)
        self.source.refresh()

    def show_tree(self) -> None:
        self._tree_is_old, self._tree_shown = False, time.monotonic()
        hole = self.hole
        if hole is None or hole.restoring:
            self.goal_pane.show(hole, None)
            return
        self.tree_pane.show(hole.forest)
        running = hole.phase is Phase.RUNNING
        if self.following and running and hole.forest.latest is not None:
            self.tree_pane.go_to_row(hole.forest.latest)
        follow = "following" if self.following else "f follows"
        self.tree_pane.entitle("Tree", f"{hole.forest.tactics:,} tactics · {follow}")
        self.goal_pane.show(hole, self.tree_pane.row)

    def look_slowly(self) -> None:
        """What need not be shown at once."""
        self._speed.see(sum(hole.forest.tactics for hole in self.workshop.holes))
        self.thought.show(self.hole)
        if self.hole is not None:
            news = (
                self.hole,
                self.hole.forest.rows,
                len(self.hole.found),
                self.hole.written,
                self.hole.phase,
            )
            if news != self._seen:
                self._seen = news
                self.proof.show(self.hole)
        self.reasoning.show(self.hole)
        self.status.update(self._status(), layout=False)

    def choose(self, hole: HoleState) -> None:
        """Work on a hole: show it everywhere, and have Lean open it."""
        if hole is not self.hole:
            self.hole, self.file = hole, self.workshop.file_of(hole)
            self.workshop.look(hole)
            self.workshop.proofs.judge_again(hole)
            self.workshop.check(self.file)
        self.files.find(hole)
        self.show_all()

    def _status(self) -> str:
        lean = self.workshop.lean
        parts = [f"Lean: {'not there' if lean.trouble else lean.word}"]
        holes = self.workshop.holes
        running = sum(hole.phase is Phase.RUNNING for hole in holes)
        parts.append(f"{sum(hole.solved for hole in holes)}/{len(holes)} proved")
        if running:
            parts.append(f"{running} searching, {self._speed.per_second:.0f} tactics/s")
        if self.hole is not None:
            trying = f": {' '.join(self.hole.trying.split())}" if self.hole.trying else ""
            parts.append(f"{self.hole.theorem.name} {self.hole.word}{trying}")
        return " · ".join(parts)

    # -- moving ------------------------------------------------------------------------------------------

    @on(Rows.Moved, "#tree")
    def _walked(self, event: Rows.Moved) -> None:
        if event.by_user and self.following and self.hole is not None and self.hole.phase is Phase.RUNNING:
            self.following = False
        self.goal_pane.show(self.hole, self.tree_pane.row)

    @on(Rows.Moved, "#files")
    def _moved(self, event: Rows.Moved) -> None:
        file = self.files.file
        if event.by_user and self.files.hole is not None:
            self.choose(self.files.hole)
        elif event.by_user and file is not None:
            self.file = file
            self.source.show(file, None)

    @on(Rows.Chosen, "#files")
    def _chosen(self) -> None:
        if self.files.hole is not None:
            self.choose(self.files.hole)
            self.action_view("tree")

    @on(Rows.Chosen, "#source")
    def _chosen_in_source(self) -> None:
        if self.source.hole is not None:
            self.choose(self.source.hole)
            self.action_view("tree")

    def action_view(self, name: str) -> None:
        for other in VIEWS:
            self.set_class(other == name, f"view-{other}")
        self.query_one(f"#{name}", Widget).focus()

    def open_at(self, path: Path, line: int) -> bool:
        """Show a line of one of the files."""
        file = next((each for each in self.workshop.files if each.path.resolve() == path.resolve()), None)
        if file is None:
            return False
        self.file = file
        self.action_view("source")
        self.source.show(file, None)
        self.source.go_to(line - 1)
        return True


class _Speed:
    """Tactics a second over the last seconds."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, int]] = []

    def see(self, tactics: int) -> None:
        self._seen = [*self._seen[-10:], (time.monotonic(), tactics)]

    @property
    def per_second(self) -> float:
        (then, before), (now, after) = self._seen[0], self._seen[-1]
        return (after - before) / (now - then) if now > then else 0.0
