"""What was done on a hole, a line each in the order in which the screen showed it, so that it comes back.

    {"search": "Lists.lean:12:3", "event": "Tried", "scope": 0, …}        as in a trace
    {"search": …, "event": "Began", "scope": 1, "base": {…}}  another search, from a goal below
    {"search": …, "event": "ByHand", "way": […], …}

A journal of one search is a trace, too: `prover show` shows it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from filelock import FileLock, Timeout

from prover.errors import InputError
from prover.events import Certified, Event, Opened, Tried, as_json
from prover.search.trace import Line, events_of, name_of, recording_of
from prover.types import Candidate, Outcome, TacticState, Verdict
from tui.state.forest import Scope
from tui.state.holes import HoleState
from tui.state.rows import GoalRow
from tui.work.searching import Past


class Journal:
    """The journals of a folder, one for each hole. For one thread, but for `past` and `lines`.

    Where the folder is another prover's already, or can't be written, a temporary one serves until `close`,
    and `trouble` says so.
    """

    def __init__(self, folder: Path) -> None:
        self.trouble = ""
        self._folder = folder
        self._open: dict[str, TextIO] = {}
        self._failed = False
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._lock = FileLock(folder / "lock")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout:
            self._fall_back("another prover is at work with them")
        except OSError as error:
            self._fall_back(f"{folder} can't be written: {error.strerror}")

    def path(self, hole: HoleState) -> Path:
        return self._folder / f"{hole.key}.trace"

    def event(self, hole: HoleState, scope: int, event: Event) -> None:
        self._write(hole, {**as_json(event), "scope": scope})

    def began(self, hole: HoleState, scope: int, base: GoalRow | None) -> None:
        self._write(hole, {"event": "Began", "scope": scope, "base": None if base is None else _place(base)})

    def root(self, hole: HoleState, state: TacticState) -> None:
        self._write(hole, {**as_json(Opened(hole.theorem, 1, 0, state)), "event": "Root"})

    def granted(self, hole: HoleState, scope: int, call: int, node: int) -> None:
        self._write(hole, {"event": "Granted", "scope": scope, "call": call, "goal": node})

    def by_hand(self, hole: HoleState, goal: GoalRow, candidate: Candidate, outcome: Outcome) -> None:
        tried = as_json(Tried(0, candidate, outcome, ()))
        self._write(hole, {**tried, "event": "ByHand", **_place(goal)})

    def kept(self, hole: HoleState, text: str, verdict: Verdict, written: bool) -> None:
        told = as_json(Certified(verdict))
        self._write(hole, {**told, "event": "Written" if written else "Kept", "text": text})

    def flush(self) -> None:
        for file in self._open.values():
            try:
                file.flush()
            except OSError as error:
                self._fail(error)
                return

    def close(self) -> None:
        for file in self._open.values():
            with suppress(OSError):
                file.close()
        self._open.clear()
        self._lock.release()
        if self._temporary is not None:
            self._temporary.cleanup()

    def forget(self, hole: HoleState) -> None:
        """What was done on it is gone."""
        file = self._open.pop(hole.key, None)
        if file is not None:
            file.close()
        self.path(hole).unlink(missing_ok=True)

    def lines(self, hole: HoleState) -> Iterator[Line]:
        """Those of its journal, in order. A last one that was cut off is left out, and so is all after one
        that is damaged."""
        try:
            with self.path(hole).open(encoding="utf-8") as file:
                for text in file:
                    line = json.loads(text)
                    line["event"]
                    yield line
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError):
            return

    def past(self, hole: HoleState, scope: int) -> Past:
        """What was heard of a search. Its end is not: it goes on."""
        lines = [line for line in self.lines(hole) if line.get("scope") == scope]
        told = [line for line in lines if line["event"] not in ("Finished", "Began", "Granted")]
        spent = [line["result"]["statistics"]["seconds"] for line in lines if line["event"] == "Finished"]
        recording = recording_of(told)
        recording.seconds = spent[-1] if spent else 0.0
        plan = {line["call"]: line["goal"] for line in lines if line["event"] == "Granted"}
        return Past(len(told), recording, plan)

    def _write(self, hole: HoleState, line: dict[str, Any]) -> None:
        if self._failed:
            return
        file = self._open.get(hole.key)
        try:
            if file is None:
                file = self._open[hole.key] = self._opened(self.path(hole))
            file.write(json.dumps({"search": name_of(hole.theorem), **line}, ensure_ascii=False) + "\n")
        except OSError as error:
            self._fail(error)

    def _fall_back(self, why: str) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="prover-tui-")
        self._folder = Path(self._temporary.name)
        self.trouble = f"What is done now will not be there at the next start: {why}"

    def _fail(self, error: OSError) -> None:
        """Write no more: a journal with a gap could not be read again."""
        if not self._failed:
            self._failed = True
            self.trouble = (
                f"What is done from now on is not kept: {self._folder} can't be written: {error.strerror}"
            )

    def _opened(self, path: Path) -> TextIO:
        """For more lines, after the last whole one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            content = path.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                path.write_bytes(content[:whole])
        return path.open("a", encoding="utf-8", errors="backslashreplace")


def restore(hole: HoleState, lines: Iterable[Line]) -> None:
    """Let a hole be as it was when these lines were written."""
    for line in lines:
        _take_in(hole, line)


def _take_in(hole: HoleState, line: Line) -> None:
    match line["event"]:
        case "Root":
            for event in events_of([{**line, "event": "Opened"}], hole.theorem):
                assert isinstance(event, Opened)
                hole.forest.open(event.root)
        case "Began":
            base = line["base"]
            goal = None if base is None else goal_at(hole, base["way"], base["group"])
            hole.scopes[line["scope"]] = Scope(goal)
        case "Granted":
            pass
        case "ByHand":
            goal = goal_at(hole, line["way"], line["group"])
            for event in events_of([{**line, "event": "Tried"}], hole.theorem):
                assert isinstance(event, Tried)
                hole.forest.record(goal, event.candidate, event.outcome, by_hand=True)
        case "Kept" | "Written":
            for event in events_of([{**line, "event": "Certified"}], hole.theorem):
                assert isinstance(event, Certified)
                hole.keep(line["text"], event.verdict)
        case _:
            for event in events_of([line], hole.theorem):
                hole.apply(hole.scopes[line["scope"]], event)


def goal_at(hole: HoleState, way: Sequence[tuple[str, int]], group: Sequence[int]) -> GoalRow:
    """The goal that a way leads to. Raises `InputError` where it leads nowhere."""
    goals: Sequence[GoalRow] = hole.forest.roots[:1]
    for tactic, number in way:
        goal = next((each for each in goals if each.group[0] == number), None)
        taken = goal and next((t for t in goal.tactics if t.effect == tactic and t.goals), None)
        if not taken:
            raise InputError(f"no `{tactic}` in the tree")
        goals = taken.goals
    for goal in goals:
        if goal.group[0] == group[0]:
            return goal
    raise InputError("no such goal in the tree")


def _place(goal: GoalRow) -> dict[str, Any]:
    return {"way": goal.way, "group": goal.group}
