"""Lines with a cursor, that keys and the mouse move."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from tui.view.lines import Lines


class Rows(Lines):
    """Lines with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "a page up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "a page down", show=False),
        Binding("home,g", "first", "to the first", show=False),
        Binding("end,G", "last", "to the last", show=False),
        Binding("enter", "choose", "choose", show=False),
    ]

    class Moved(Message):
        """The cursor is on another line; `by_user`, for it may be moved by what happens, too."""

        def __init__(self, rows: Rows, by_user: bool) -> None:
            super().__init__()
            self.rows = rows
            self.by_user = by_user

        @property
        def control(self) -> Rows:
            return self.rows

    class Chosen(Message):
        """Enter, or a second click on the line of the cursor."""

        def __init__(self, rows: Rows) -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> Rows:
            return self.rows

    cursor = 0

    def changed(self) -> None:
        self.cursor = max(0, min(self.cursor, self.line_count() - 1))
        super().changed()

    def decorated(self, line: int, text: Text, width: int) -> Text:
        if line == self.cursor:
            text = text.copy()
            text.stylize(self.look("cursor" if self.has_focus else "blurred"))
            text.pad_right(max(0, width - text.cell_len))
        return text

    def go_to(self, line: int, by_user: bool = False) -> None:
        line = max(0, min(line, self.line_count() - 1))
        moved, self.cursor = line != self.cursor, line
        region = Region(0, line, 1, 1)
        self.scroll_to_region(region, animate=False, force=True, immediate=True)
        if moved or by_user:
            self.post_message(self.Moved(self, by_user))
        self.refresh()

    # -- keys and mouse ----------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        self.go_to(self.cursor + by, by_user=True)

    def action_page(self, by: int) -> None:
        self.go_to(self.cursor + by * max(1, self.size.height - 2), by_user=True)

    def action_first(self) -> None:
        self.go_to(0, by_user=True)

    def action_last(self) -> None:
        self.go_to(self.line_count() - 1, by_user=True)

    def action_choose(self) -> None:
        self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = offset.y + self.scroll_offset.y
        if line >= self.line_count():
            return
        again = line == self.cursor
        self.go_to(line, by_user=True)
        if again:
            self.action_choose()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
