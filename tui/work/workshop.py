"""All work on some files: their holes, the searches, the desk. Knows no screen.

    workshop = Workshop([Path("Theory/")], preferences, make_pools, make_policies, folder)
    workshop.open()
    while …:
        for message in workshop.take_in(100): …    # what changed
    workshop.close()

For one thread, which nothing here keeps waiting: Lean is others' work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from prover.events import Finished
from prover.policy.protocols import PolicyFactory
from prover.proving import GatewayFactory
from prover.types import Advanced, TacticState
from tui.state.files import FileState
from tui.state.holes import Found, HoleState, Phase
from tui.state.rows import GoalRow, TacticRow
from tui.work import messages as told
from tui.work.books import Books
from tui.work.desk import Check, Desk, Hand, Look, Suggest
from tui.work.journal import Journal
from tui.work.leans import Leans
from tui.work.loading import Loading
from tui.work.preferences import Preferences
from tui.work.proofs import Proofs
from tui.work.searches import Searches


class Workshop:
    def __init__(
        self,
        paths: Sequence[Path],
        preferences: Preferences,
        make_pools: Callable[[], GatewayFactory],
        make_policies: Callable[[], PolicyFactory],
        folder: Path,
        library: Callable[[], Path | None],
    ) -> None:
        self.paths = list(paths)
        self.preferences = preferences
        self.files: list[FileState] = []
        self.lean = told.LeanIs("not started")
        self.outbox = told.Outbox()
        self._journal = Journal(folder)
        self._leans = Leans(make_pools)
        self.books = Books(library, self.outbox)
        self._desk = Desk(self._leans, make_policies, self.books, self.outbox)
        self.searches = Searches(
            lambda: self.preferences, self._leans, make_policies, self.books, self._journal, self.outbox
        )
        self.proofs = Proofs(self._desk, self._journal)

    def open(self) -> None:
        """Begin to read the files. Lean is not started before `warm_up`."""
        Loading(self.paths, self._journal, self.outbox).start()

    def warm_up(self) -> None:
        self._desk.start()

    def close(self) -> None:
        """End all work. What was told is kept."""
        self.searches.stop_all()
        self._desk.close()
        self.take_in(1_000_000)
        self.outbox.close()
        self._leans.close()
        self.books.close()
        self._journal.close()

    @property
    def holes(self) -> list[HoleState]:
        return [hole for file in self.files for hole in file.holes]

    def file_of(self, hole: HoleState) -> FileState:
        return next(file for file in self.files if hole in file.holes)

    def forget(self, hole: HoleState) -> None:
        """Let a hole be as it was before anything was done on it."""
        self.searches.stop(hole)
        self._journal.forget(hole)
        file = self.file_of(hole)
        file.holes[file.holes.index(hole)] = HoleState(hole.source, hole.theorem)

    # -- by hand -----------------------------------------------------------------------------------------

    def look(self, hole: HoleState) -> None:
        """Open the hole on the desk, so that its goal is shown."""
        if not hole.restoring and not hole.forest.roots:
            self._desk.ask(Look(hole))

    def check(self, file: FileState) -> None:
        if file.source is not None and file.complaints is None:
            self._desk.ask(Check(file.source))

    def hand(self, hole: HoleState, goal: GoalRow, tactic: str, fill: bool = False) -> None:
        self._desk.ask(Hand(hole, goal, tactic, fill))

    def suggest(self, hole: HoleState, goal: GoalRow) -> None:
        self._desk.ask(Suggest(hole, goal))

    # -- files -------------------------------------------------------------------------------------------

    def write(self, hole: HoleState) -> Found:
        """Put its certified proof into its file, as `Proofs.write`."""
        return self.proofs.write(hole, self.file_of(hole))

    def reload(self) -> None:
        """Read the files again. Searches for holes that are as they were go on where they are."""
        known = self.holes
        for hole in known:
            self.searches.stop(hole)
        for file in self.files:
            file.changed = False
        Loading(self.paths, self._journal, self.outbox, known).start()

    def add(self, path: Path) -> None:
        """One more file to work on."""
        self.paths.append(path)
        Loading([path], self._journal, self.outbox).start()

    def look_for_changes(self) -> list[FileState]:
        """The files that were changed by somebody else since the last look."""
        before = [file for file in self.files if not file.changed]
        return [file for file in before if not file.look()]

    # -- what is told ------------------------------------------------------------------------------------

    def take_in(self, most: int) -> list[told.Message]:
        """Apply what the threads told, the oldest first, at most so many messages. Answers them."""
        taken = self.outbox.take(most)
        for message in taken:
            self._apply(message)
        if taken:
            self._journal.flush()
        if self._journal.trouble:
            taken.append(told.Trouble(self._journal.trouble))
            self._journal.trouble = ""
        return taken

    def _apply(self, message: told.Message) -> None:
        match message:
            case told.Heard(hole, number, event):
                self._journal.event(hole, number, event)
                hole.apply(hole.scopes[number], event)
                if isinstance(event, Finished) or hole.forest.proved:
                    self._put_together(hole)
            case told.Trying(hole, tactic):
                hole.trying = tactic
            case told.Began(hole, _):
                if hole.phase is Phase.QUEUED:
                    hole.phase = Phase.RUNNING
            case told.Granted(hole, number, call, node):
                self._journal.granted(hole, number, call, node)
                goal = hole.scopes[number].goals[node]
                goal.wished = False
                hole.thoughts.add(f"As you wish: goal {goal.number} is next")
            case told.Ended():
                self.searches.ended(message)
            case told.LeanIs():
                self.lean = message
            case told.Looked(hole, state):
                self._looked(hole, state)
            case told.Handed():
                self._handed(message)
            case told.Judged():
                self.proofs.judged(message)
            case told.Complaints(path, complaints):
                for file in self.files:
                    if file.path == path:
                        file.complaints = complaints
            case told.Read(file):
                self._read(file)
            case told.Restored(hole, trouble):
                hole.restoring = False
                hole.stale = bool(hole.found)
                hole.trouble = trouble
            case told.Trouble(text, hole) if hole is not None:
                hole.thoughts.add(text)
            case _:
                pass

    def _looked(self, hole: HoleState, state: TacticState) -> None:
        if not hole.forest.roots:
            hole.forest.open(state)
            self._journal.root(hole, state)

    def _handed(self, message: told.Handed) -> None:
        hole, goal = message.hole, message.goal
        tactic = hole.forest.record(goal, message.candidate, message.outcome, by_hand=True)
        self._journal.by_hand(hole, goal, message.candidate, message.outcome)
        assert tactic is not None
        hole.thoughts.add(f"By hand: `{tactic.title}` {tactic.answer}")
        if message.fill and isinstance(message.outcome, Advanced):
            why = self.searches.start_at(hole, _stated(tactic))
            if why:
                hole.thoughts.add(why)
        self._put_together(hole)

    def _put_together(self, hole: HoleState) -> None:
        if not self.searches.is_at(hole):  # which puts it together itself
            self.proofs.put_together(hole)

    def _read(self, file: FileState) -> None:
        for number, other in enumerate(self.files):
            if other.path == file.path:
                self.files[number] = file
                return
        self.files.append(file)


def _stated(tactic: TacticRow) -> GoalRow:
    """The goal of what a `have` states: it does not know the new hypothesis yet, so it has the fewest."""
    return min(tactic.goals, key=lambda goal: len(goal.goals[0].hypotheses))
