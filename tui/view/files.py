"""The files and their holes, and the source with its holes marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message

from prover.types import Hole
from tui.state.files import FileState
from tui.state.holes import HoleState
from tui.state.marks import mark_of_hole
from tui.view.lean import code
from tui.view.rows import Rows


class FilesPane(Rows):
    """Space marks a hole, so that what is done next is done with all that are marked."""

    BORDER_TITLE = "Files"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark a hole, or all of a file", show=False),
    ]

    class Marked(Message):
        pass

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._entries: list[tuple[FileState, HoleState | None]] = []

    def show(self, files: Sequence[FileState]) -> None:
        current = self.hole
        self._entries = [
            entry for file in files for entry in ((file, None), *((file, hole) for hole in file.holes))
        ]
        if current is not None:
            self.find(current)
        self.changed()

    def find(self, hole: HoleState) -> None:
        """Put the cursor on a hole."""
        for line, (_, each) in enumerate(self._entries):
            if each is hole:
                self.cursor = line

    @property
    def hole(self) -> HoleState | None:
        return self._entries[self.cursor][1] if self.cursor < len(self._entries) else None

    @property
    def file(self) -> FileState | None:
        return self._entries[self.cursor][0] if self.cursor < len(self._entries) else None

    def line_count(self) -> int:
        return len(self._entries)

    def line_at(self, line: int) -> Text:
        file, hole = self._entries[line]
        return self._file(file) if hole is None else self._hole(hole)

    def _file(self, file: FileState) -> Text:
        text = Text(file.path.name, "bold", end="", no_wrap=True)
        solved = sum(hole.solved for hole in file.holes)
        text.append(f"  {solved}/{len(file.holes)}", self.look("dim"))
        if file.trouble:
            text.append("  ! can't be read", self.look("bad"))
        elif file.changed:
            text.append("  ! changed", self.look("bad"))
        elif file.complaints:
            text.append(f"  ! {len(file.complaints)} errors", self.look("bad"))
        return text

    def _hole(self, hole: HoleState) -> Text:
        styles = {"proved": "good", "written": "good", "error": "bad", "unsolved": "dim"}
        mark = "*" if hole.marked else " "
        style = styles.get(hole.word)
        text = Text(f"{mark}{mark_of_hole(hole)} ", self.look(style) if style else "", end="", no_wrap=True)
        name = hole.theorem.name.rpartition(".")[2] or hole.theorem.name
        more = f" #{hole.theorem.ordinal + 1}" if hole.theorem.ordinal else ""
        text.append(f"{name}{more}")
        text.append(f"  {hole.word}" if hole.word != "open" else "", self.look("dim"))
        return text

    def action_mark(self) -> None:
        file, hole = self.file, self.hole
        if file is None:
            return
        holes = [hole] if hole is not None else file.holes
        marked = not all(each.marked for each in holes)
        for each in holes:
            each.marked = marked
        self.post_message(self.Marked())
        self.changed()


class SourcePane(Rows):
    """The source as it is in the file, each hole marked in the margin. Enter chooses the hole of a line."""

    BORDER_TITLE = "Source"

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._file: FileState | None = None
        self._shown = ""
        self._text: list[Text] = []
        self._holes: dict[int, list[HoleState]] = {}

    def show(self, file: FileState | None, hole: HoleState | None) -> None:
        text = "" if file is None else file.text or file.trouble
        fresh = file is not self._file or text != self._shown
        if fresh:
            self._file, self._shown = file, text
            self._text = list(code(text, self.palette).split("\n", allow_blank=True))
        self._holes = {}
        for each in [] if file is None else file.holes:
            self._holes.setdefault(self._line(each.theorem.hole), []).append(each)
        if fresh or hole is not None:
            self.changed()
        if hole is not None:
            self.go_to(self._line(hole.theorem.hole))

    def forget(self) -> None:
        """Colour the text anew when it is shown next."""
        self._file = None

    @property
    def hole(self) -> HoleState | None:
        """The one of the line that the cursor is on."""
        return next(iter(self._holes.get(self.cursor, ())), None)

    def _line(self, hole: Hole) -> int:
        """The line, from 0, that a hole is on by now: proofs above it were written."""
        assert self._file is not None and self._file.source is not None
        added = sum(
            proof.count("\n")
            for other, proof in self._file.proofs.items()
            if other.span.start < hole.span.start
        )
        return hole.position.line - 1 + added

    def line_count(self) -> int:
        return len(self._text)

    def line_at(self, line: int) -> Text:
        text = Text(end="", no_wrap=True)
        holes = self._holes.get(line, [])
        marks = "".join(map(mark_of_hole, holes[:2]))
        text.append(f"{marks:2}", self.look("strong"))
        text.append(f"{line + 1:4} ", self.look("dim"))
        text.append_text(self._text[line])
        return text
