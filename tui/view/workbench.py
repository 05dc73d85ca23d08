"""The main screen: panes over a `Workshop`, and the verbs of the keys."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from prover.cli.amounts import parse_budget
from prover.errors import InputError, ProverError
from prover.types import Budget, Candidate
from tui.state.files import FileState
from tui.state.holes import HoleState, Phase
from tui.state.rows import GoalRow
from tui.view.dialogs import Ask, Help, PreferencesDialog, Preview, Suggestions
from tui.view.files import FilesPane, SourcePane
from tui.view.keys import bindings
from tui.view.panes import GoalPane, ProofPane, ReasoningPane, ThoughtPane
from tui.view.rows import Rows
from tui.view.tree import TreePane
from tui.work import messages as told
from tui.work.workshop import Workshop

FRAME = 1 / 20
"""Seconds between two looks at what the threads told."""

TREE = 1 / 10
"""Seconds between two pictures of a tree that grows."""

SLICE = 0.010
"""Seconds that one look may take; what is left has its turn after the keys that were pressed."""

_BATCH = 20
_IN_TREE = (told.Heard, told.Looked, told.Handed, told.Restored)
VIEWS = ("files", "source", "tree", "goal", "thought", "proof", "reasoning")


class Workbench(Screen[None]):
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
        self._going_to: tuple[Path, int] | None = None
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
        self.set_interval(FRAME, self.look)
        self.set_interval(0.5, self.look_slowly)
        self.set_interval(2.0, self.look_for_changes)
        self.show_all()

    # -- what is told ------------------------------------------------------------------------------------

    def look(self) -> None:
        """Take in what the threads told, as much as there is time for, and show it."""
        until = time.monotonic() + SLICE
        taken: list[told.Message] = []
        while batch := self.workshop.take_in(_BATCH):
            taken += batch
            if time.monotonic() > until:
                break
        self._tree_is_old = self._tree_is_old or any(isinstance(each, _IN_TREE) for each in taken)
        if self._tree_is_old and time.monotonic() > self._tree_shown + TREE:
            self.show_tree()
        if not taken:
            return
        for message in taken:
            self._notice(message)
        if any(not isinstance(message, told.Heard | told.Trying) for message in taken):
            self.show_files()
            self.look_slowly()

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

    def look_for_changes(self) -> None:
        for file in self.workshop.look_for_changes():
            self.notify(
                f"{file.path.name} was changed on disk by somebody else: ctrl+r reads it again",
                severity="warning",
            )
            self.show_files()

    def _notice(self, message: told.Message) -> None:
        """What deserves more than a change in the panes."""
        match message:
            case told.Read(file):
                self._read(file)
            case told.Restored(hole, _) if hole is self.hole:
                self.workshop.look(hole)
                self.workshop.judge_again(hole)
            case told.Suggested(hole, goal, candidates):
                self._suggested(hole, goal, candidates)
            case told.Handed(hole, goal, candidate, _) if hole is self.hole:
                self._handed(goal, candidate.tactic)
            case told.Ended(hole, _, _, trouble) if trouble:
                self.notify(f"{trouble}\ns goes on where it was", title=hole.theorem.name, severity="error")
            case told.LeanIs(word, trouble=True):
                self.notify(word, title="There is no Lean", severity="error", timeout=10)
            case told.Trouble(text, _):
                self.notify(text, severity="error")
            case told.Complaints(path, complaints) if complaints:
                first = complaints[0]
                self.notify(f"{path.name}:{first.position}: {first.message}", severity="warning")
            case told.Judged(hole, _, _) if hole.solved:
                self.notify(f"{hole.theorem.name} is proved: o shows it, w writes it")
            case told.Heard(hole, _, event) if type(event).__name__ == "Certified" and hole.solved:
                self.notify(f"{hole.theorem.name} is proved: o shows it, w writes it")
            case _:
                pass

    def _read(self, file: FileState) -> None:
        self.show_files()
        current = self.hole.key if self.hole is not None else None
        again = next((hole for hole in file.holes if hole.key == current), None)
        if self.file is None or self.file.path == file.path:
            self.file = file
            self.hole = again or (None if self.hole in file.holes else self.hole)
        if self._going_to is not None and self.open_at(*self._going_to):
            self._going_to = None
        if again is not None:
            self.workshop.judge_again(again)
        if again is not None or (self.hole is None and file.holes):
            self.choose(again or file.holes[0])
        self.show_all()

    def _handed(self, goal: GoalRow, tactic: str) -> None:
        """Go to what a tactic by hand leaves, or stay at the goal where it failed."""
        row = next((each for each in goal.tactics if each.candidate.tactic == tactic), None)
        if row is not None:
            self.tree_pane.go_to_row(row.goals[0] if row.goals else row, by_user=True)

    def _suggested(self, hole: HoleState, goal: GoalRow, candidates: tuple[Candidate, ...]) -> None:
        def chosen(tactic: str | None) -> None:
            if tactic:
                self.workshop.hand(hole, goal, tactic)

        if not candidates:
            self.notify("The policy has no suggestion for this goal")
            return
        self.app.push_screen(Suggestions(candidates, goal.title), chosen)

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

    def choose(self, hole: HoleState) -> None:
        """Work on a hole: show it everywhere, and have Lean open it."""
        if hole is not self.hole:
            self.hole, self.file = hole, self.workshop.file_of(hole)
            self.workshop.look(hole)
            self.workshop.judge_again(hole)
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

    # -- verbs: search -----------------------------------------------------------------------------------

    def _targets(self) -> list[HoleState]:
        marked = [hole for hole in self.workshop.holes if hole.marked]
        return marked or ([self.hole] if self.hole is not None else [])

    def _done(self) -> None:
        self.show_files()
        self.look_slowly()

    def action_start(self) -> None:
        for hole in self._targets():
            if hole.solved:
                self.notify(f"{hole.theorem.name} is proved already: m looks for a shorter proof")
            elif not hole.restoring:
                self.workshop.start(hole)
            hole.marked = False
        self._done()

    def action_pause(self) -> None:
        targets = self._targets()
        going = any(hole.phase in (Phase.RUNNING, Phase.QUEUED) for hole in targets)
        for hole in targets:
            if going:
                self.workshop.pause(hole)
            else:
                self.workshop.go_on(hole)
        self._done()

    def action_stop(self) -> None:
        for hole in self._targets():
            self.workshop.stop(hole)
        self._done()

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
                self.workshop.more(hole, budget)
            self._done()

        if targets:
            names = ", ".join(hole.theorem.name for hole in targets)
            self.app.push_screen(Ask(f"More budget for {names}", hint="60s  or  500t  or  500t,60s"), given)

    def action_next(self) -> None:
        hole, goal = self.hole, self.tree_pane.goal
        if hole is None or goal is None:
            self.notify("There is no goal under the cursor")
            return
        why = self.workshop.prefer(hole, goal)
        if why:
            self.notify(why, severity="warning")
        self.show_tree()
        self._done()

    def action_anew(self) -> None:
        hole = self.hole
        if hole is None:
            return
        file, number = self.workshop.file_of(hole), self.workshop.file_of(hole).holes.index(hole)
        self.workshop.forget(hole)
        self.hole = None
        self.choose(file.holes[number])

    # -- verbs: by hand ----------------------------------------------------------------------------------

    def _at_goal(self) -> tuple[HoleState, GoalRow] | None:
        hole, goal = self.hole, self.tree_pane.goal
        if hole is None or goal is None:
            self.notify("Lean has not shown the goal yet" if hole is not None else "Choose a hole first")
            return None
        return hole, goal

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

    # -- verbs: the proof --------------------------------------------------------------------------------

    def action_preview(self) -> None:
        hole = self.hole
        if hole is None or hole.proof is None:
            self.notify("There is no proof yet; the pane Proof shows how far it is")
            return

        def answered(word: str | None) -> None:
            match word:
                case "write":
                    self.action_write()
                case "copy":
                    self.action_copy()
                case "shorter":
                    self.action_shorter()

        self.app.push_screen(Preview(hole), answered)

    def action_write(self) -> None:
        if self.hole is None:
            return
        if self.hole.written is not None:
            self.notify("This proof is in the file")
            return
        try:
            self.workshop.accept(self.hole)
        except ProverError as error:
            self.notify(str(error), severity="error", timeout=10)
        else:
            self.notify(f"Written into {self.hole.theorem.file.name}")
        self.show_all()

    def action_copy(self) -> None:
        if self.hole is not None and self.hole.proof is not None:
            self.app.copy_to_clipboard(self.hole.proof.text)
            self.notify("Copied, where the terminal allows it")
        else:
            self.notify("There is no proof to copy yet")

    def action_shorter(self) -> None:
        if self.hole is None or not self.hole.solved:
            self.notify("A proof comes first: s starts the search")
        elif self.hole.phase is Phase.IDLE:
            self.workshop.shorten(self.hole)
            self._done()

    # -- verbs: the rest ---------------------------------------------------------------------------------

    def action_follow(self) -> None:
        self.following = not self.following
        self.show_tree()
        self.app.prefer(follow=self.following)  # type: ignore[attr-defined]

    def action_failed(self) -> None:
        if self.hole is not None:
            row = self.tree_pane.row
            self.hole.forest.show(not self.hole.forest.show_failed)
            self.show_tree()
            if row is not None:
                self.tree_pane.go_to_row(row)

    def action_statistics(self) -> None:
        from tui.view.statistics import Statistics  # late: plotting takes its time to import

        self.app.push_screen(Statistics(self.workshop.holes))

    def action_library(self) -> None:
        path = self.workshop.books.path
        if path is None:
            self.notify("There is no library: --no-library was given")
            return
        from tui.view.library import LibraryScreen  # late: SQLite's tools take their time to import

        def left(place: tuple[Path, int] | None) -> None:
            if place is not None and not self.open_at(*place):
                self.workshop.add(place[0])
                self._going_to = place

        self.app.push_screen(LibraryScreen(path), left)

    def action_help(self) -> None:
        self.app.push_screen(Help())

    def action_reload(self) -> None:
        self.workshop.reload()
        self.notify("Reading the files again")

    def action_preferences(self) -> None:
        def chosen(name: str | None) -> None:
            if name == "theme":
                self.app.action_change_theme()
            elif name:
                value = str(getattr(self.workshop.preferences, name))
                self.app.push_screen(Ask(name, value), lambda text: self._prefer(name, text))

        self.app.push_screen(PreferencesDialog(self.workshop.preferences), chosen)

    def _prefer(self, name: str, text: str | None) -> None:
        if not text:
            return
        value: object = text
        if name in ("seconds", "jobs"):
            try:
                value = float(text) if name == "seconds" else int(text)
            except ValueError:
                value = None
        if not self.app.prefer(**{name: value}):  # type: ignore[attr-defined]
            self.notify(f"{text} is no value for {name}", severity="error")

    async def action_quit_app(self) -> None:
        self.app.exit()

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


def read_budget(words: str) -> Budget:
    """`60s`, `500t`, or several with commas between. Raises `InputError`."""
    try:
        given: dict[str, Any] = dict(parse_budget([words]))
    except InputError as error:
        raise InputError(str(error).removeprefix("--budget").strip(": ")) from None
    return Budget(**given)


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
