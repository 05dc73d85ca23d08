"""Reading files, and bringing back what was done on their holes, beside the screen."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from prover.errors import InputError, ProverError
from prover.lean.source import find_sources, read_source
from tui.state.files import FileState
from tui.state.holes import HoleState, holes_of
from tui.work.journal import Journal, restore
from tui.work.messages import Outbox, Read, Restored, Trouble


class Loading(threading.Thread):
    """Tells a `Read` for each file of the paths, and then a `Restored` for each hole that has a journal:
    nobody else touches it before."""

    def __init__(
        self, paths: Sequence[Path], journal: Journal, outbox: Outbox, known: Sequence[HoleState] = ()
    ) -> None:
        super().__init__(name="loading", daemon=True)
        self._paths = paths
        self._journal = journal
        self._outbox = outbox
        self._known = known

    def run(self) -> None:
        waiting: list[HoleState] = []
        for path in self._paths:
            try:
                sources = find_sources(path)
            except InputError as error:
                self._outbox.put(Trouble(str(error)))
                continue
            for each in sources:
                file = read_file(each, self._known)
                for hole in file.holes:
                    if hole not in self._known and self._journal.path(hole).exists():
                        hole.restoring = True
                        waiting.append(hole)
                self._outbox.put(Read(file))
        for hole in waiting:
            self._outbox.put(Restored(hole, self._restored(hole)))

    def _restored(self, hole: HoleState) -> str:
        try:
            restore(hole, self._journal.lines(hole))
        except (ProverError, KeyError, TypeError, ValueError, IndexError) as error:
            return f"what was done on {hole.theorem.name} can't be read any more ({error}); R forgets it"
        return ""


def read_file(path: Path, known: Sequence[HoleState] = ()) -> FileState:
    """The file, and its holes, of which those `known` stay what they are."""
    try:
        source = read_source(path)
    except InputError as error:
        return FileState(path, trouble=str(error))
    return FileState(path, source, holes_of(source, known), bytes=source.raw)
