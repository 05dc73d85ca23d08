"""The verbs beside the work on a hole: what is shown, other screens, files, preferences, the end."""

from __future__ import annotations

from pathlib import Path

from tui.view.bench import Bench
from tui.view.dialogs import Ask, Help, PreferencesDialog


class OtherVerbs(Bench):
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
                self.going_to = place

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
