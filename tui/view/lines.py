"""A widget that shows many lines at the cost of those on the screen.

Its number of lines may change many times a second, so a change makes nothing else be laid out anew: the
scroll bar is always there, and is told the new length directly.
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from tui.state.marks import spelled
from tui.view.lean import ROLES, Palette

ASCII = "-ascii"
"""The class of an app on a terminal without Unicode."""


class Lines(ScrollView, can_focus=True):
    """Subclasses say how many lines there are and what is on each, and call `changed` when that changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--cursor",
        "lines--blurred",
        "lines--good",
        "lines--bad",
        "lines--dim",
        "lines--strong",
        *(f"lines--{role}" for role in ROLES),
    }

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._looks: dict[str, Style] = {}
        self._titles = ("", "")

    def line_count(self) -> int:
        raise NotImplementedError

    def line_at(self, line: int) -> Text:
        """May be asked for any line on the screen, from the top down."""
        raise NotImplementedError

    def entitle(self, title: str, subtitle: str = "") -> None:
        if (title, subtitle) != self._titles:
            self._titles = title, subtitle
            self.border_title, self.border_subtitle = Text(title), Text(subtitle)

    @property
    def palette(self) -> Palette:
        return {role: self.look(role) for role in ROLES}

    def look(self, name: str) -> Style:
        """The style of one of the component classes."""
        if name not in self._looks:
            self._looks[name] = self.get_component_rich_style(f"lines--{name}", partial=True)
        return self._looks[name]

    @property
    def _base(self) -> Style:
        """The style of the pane, which is dear to ask for."""
        if "" not in self._looks:
            self._looks[""] = self.rich_style
        return self._looks[""]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._looks.clear()

    def changed(self) -> None:
        """Show the lines anew."""
        region = self.scrollable_content_region
        size = Size(region.width, self.line_count())
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
            self.vertical_scrollbar.window_size = region.height
            if self.scroll_offset.y > self.max_scroll_y:
                self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        line = y + self.scroll_offset.y
        base = self._base
        if line >= self.line_count():
            return Strip.blank(width, base)
        text = self.decorated(line, self.spelled(self.line_at(line)), width)
        segments = list(text.render(self.app.console))
        return Strip(segments).crop_extend(0, width, base).apply_style(base)

    def decorated(self, line: int, text: Text, width: int) -> Text:
        """A line as it is drawn."""
        return text

    def spelled(self, text: Text) -> Text:
        """The text as the terminal can show it: with Lean's symbols in ASCII where there is no Unicode."""
        if not self.app.has_class(ASCII):
            return text
        plain = Text(end="", no_wrap=text.no_wrap)
        for piece, style, _ in text.render(self.app.console):
            plain.append(spelled(piece), style)
        return plain

    def on_resize(self) -> None:
        self.changed()
