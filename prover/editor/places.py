"""A place of a file on disk, as an assistant names it: a line and perhaps a column, from 1."""

from __future__ import annotations

from pathlib import Path

from prover.editor.documents import Place, split_lines
from prover.editor.views import Target, View
from prover.errors import InputError
from prover.lean.source import read_source


def view_of(file: str) -> View:
    """The file as it is now. Raises `SourceError`, `InputError`."""
    path = Path(file).absolute()
    if path.suffix != ".lean":
        raise InputError(f"{path} is no .lean file")
    source = read_source(path)
    return View(path, split_lines(source.raw.decode("utf-8")), 0)


def hole_at(file: str, line: int, column: int | None) -> Target:
    """The `sorry` there. Raises `InputError`, which says where the file has some."""
    view = view_of(file)
    target = _sorry(view, line, column)
    if target is None:
        raise InputError(f"{_named(file, line, column)}: no `sorry` here; {_holes(view)}")
    return target


def target_at(file: str, line: int, column: int | None) -> Target:
    """The same, or what is to prove before the tactic that the line starts with."""
    view = view_of(file)
    target = _sorry(view, line, column)
    if target is None and line <= len(view.lines):
        target = view.before_tactic(Place(line - 1, 0))
    if target is None:
        where = _named(file, line, column)
        raise InputError(f"{where}: no `sorry` and no tactic starts here; {_holes(view)}")
    return target


def _sorry(view: View, line: int, column: int | None) -> Target | None:
    if line > len(view.lines):
        return None
    target = view.hole_at(Place(line - 1, 0 if column is None else column - 1))
    if column is None or target is None:
        return target
    start = target.theorem.hole.position
    inside = start.line == line and start.column <= column <= start.column + len("sorry")
    return target if inside else None


def _named(file: str, line: int, column: int | None) -> str:
    return f"{file}:{line}" if column is None else f"{file}:{line}:{column}"


def _holes(view: View) -> str:
    places = [str(hole.theorem.hole.position) for hole in view.holes]
    return f"the holes of the file are at {', '.join(places)}" if places else "the file has no hole"
