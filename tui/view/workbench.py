"""The main screen: a `Bench` that takes in what the threads tell, with the verbs of the keys."""

from __future__ import annotations

import time

from prover.events import Certified
from tui.state.files import FileState
from tui.view.verbs.hand import HandVerbs
from tui.view.verbs.others import OtherVerbs
from tui.view.verbs.proof import ProofVerbs
from tui.view.verbs.search import SearchVerbs
from tui.work import messages as told

FRAME = 1 / 20
"""Seconds between two looks at what the threads told."""

TREE = 1 / 10
"""Seconds between two pictures of a tree that grows."""

SLICE = 0.010
"""Seconds that one look may take; what is left has its turn after the keys that were pressed."""

_BATCH = 20
_IN_TREE = (told.Heard, told.Looked, told.Handed, told.Restored)


class Workbench(SearchVerbs, HandVerbs, ProofVerbs, OtherVerbs):
    def on_mount(self) -> None:
        self.set_interval(FRAME, self.look)
        self.set_interval(0.5, self.look_slowly)
        self.set_interval(2.0, self.look_for_changes)

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
            self.show_standing()

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
                self.workshop.proofs.judge_again(hole)
            case told.Suggested(hole, goal, candidates):
                self.show_suggestions(hole, goal, candidates)
            case told.Handed(hole, goal, candidate, _) if hole is self.hole:
                self.show_answer(goal, candidate.tactic)
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
            case told.Heard(hole, number, Certified(verdict)) if verdict is hole.scopes[number].first:
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
        if self.going_to is not None and self.open_at(*self.going_to):
            self.going_to = None
        if again is not None:
            self.workshop.proofs.judge_again(again)
        if again is not None or (self.hole is None and file.holes):
            self.choose(again or file.holes[0])
        self.show_all()
