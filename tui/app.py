"""The application: one workbench, what the user prefers, and an end that leaves nothing behind."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from rich.segment import Segment
from textual.app import App, SystemCommand
from textual.color import Color
from textual.filter import LineFilter
from textual.screen import Screen

from prover.policy.protocols import PolicyFactory
from prover.proving import GatewayFactory
from tui.state.marks import narrowed
from tui.view.keys import GROUPS
from tui.view.lines import ASCII
from tui.view.workbench import Workbench
from tui.work.preferences import (
    Preferences,
    load_preferences,
    makes_sense,
    preferences_file,
    save_preferences,
    sessions_folder,
)
from tui.work.workshop import Workshop

_DEEP = 20_000  # frames: a proof as deep as the tree is walked down by functions that call themselves


class ProverApp(App[None]):
    CSS_PATH = "view/style.tcss"
    TITLE = "prover"
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        paths: Sequence[Path],
        make_pools: Callable[[], GatewayFactory],
        make_policies: Callable[[], PolicyFactory],
        defaults: Preferences | None = None,
        folder: Path | None = None,
        library: Callable[[], Path | None] = lambda: None,
    ) -> None:
        super().__init__()
        self._file = preferences_file()
        self._started = False
        preferences = load_preferences(self._file, defaults or Preferences())
        self.workshop = Workshop(
            paths,
            preferences,
            make_pools,
            make_policies,
            folder or sessions_folder(),
            library,
        )
        self._ascii = AsciiFilter(enabled=wants_ascii(preferences.characters))
        self.set_class(self._ascii.enabled, ASCII)
        self._filters.append(self._ascii)

    def get_default_screen(self) -> Screen[None]:
        return Workbench(self.workshop)

    def on_mount(self) -> None:
        theme = self.workshop.preferences.theme
        if theme in self.available_themes:
            self.theme = theme
        self.workshop.open()
        self._started = True
        self._heed_signals()
        self.call_after_refresh(self.workshop.warm_up)

    def on_unmount(self) -> None:
        self.workshop.close()

    def watch_theme(self, theme: str) -> None:
        if self._started and theme != self.workshop.preferences.theme:
            self.prefer(theme=theme)
            bench = self.screen_stack[0]
            if isinstance(bench, Workbench):
                self.call_after_refresh(bench.recolour)

    def prefer(self, **changes: object) -> bool:
        """Change what the user prefers, and keep it. False for a value that makes no sense."""
        if not all(makes_sense(name, value) for name, value in changes.items()):
            return False
        preferences = dataclasses.replace(self.workshop.preferences, **changes)  # type: ignore[arg-type]
        self.workshop.preferences = preferences
        self.workshop.set_jobs(preferences.jobs)
        self._ascii.enabled = wants_ascii(preferences.characters)
        self.set_class(self._ascii.enabled, ASCII)
        self.refresh(layout=True)
        try:
            save_preferences(self._file, preferences)
        except OSError as error:
            self.notify(f"{self._file}: can't be written: {error.strerror}", severity="warning")
        return True

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        if not isinstance(screen, Workbench):
            return
        for title, keys in GROUPS.items():
            for key in keys:
                if key.action and not key.action.startswith("app."):
                    yield SystemCommand(f"{title}: {key.says}", f"key {key.keys}", _doing(screen, key.action))

    def _heed_signals(self) -> None:
        """An end from outside is an end in good order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self.exit)


class AsciiFilter(LineFilter):
    """For terminals without Unicode: each character is replaced by one of ASCII that is as wide."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(narrowed(text), style, control) if text else Segment(text, style, control)
            for text, style, control in segments
        ]


def wants_ascii(characters: str) -> bool:
    """Whether the terminal has to do without Unicode; `auto` goes by the locale and the terminal's name."""
    if characters != "auto":
        return characters == "ascii"
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    named = locale.upper().replace("-", "")
    foreign = "." in named and "UTF8" not in named
    return named in ("C", "POSIX") or foreign or os.environ.get("TERM") in ("dumb", "vt100", "vt220", "linux")


def _doing(screen: Workbench, action: str) -> Callable[[], object]:
    return lambda: screen.app.call_later(screen.run_action, action)


def spare_collections() -> None:
    """A large tree is no garbage: to look all of it through again and again would keep keys waiting."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)


def run(
    paths: Sequence[Path],
    make_pools: Callable[[], GatewayFactory],
    make_policies: Callable[[], PolicyFactory],
    defaults: Preferences,
    library: Callable[[], Path | None],
) -> None:
    """Show it on this terminal until the user quits."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEP))
    sys.setswitchinterval(0.001)  # keys must not wait for threads that compute
    spare_collections()
    ProverApp(paths, make_pools, make_policies, defaults, library=library).run()
