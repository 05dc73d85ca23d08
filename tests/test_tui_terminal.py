"""The terminal UI on a real terminal: a tmux session that proves a theorem and writes it, and sudden ends."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parent.parent
SECONDS = 60.0

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Terminal:
    """A tmux server of its own, with one window."""

    def __init__(self, folder: Path, command: str, size: tuple[int, int] = (100, 30)) -> None:
        self._socket = str(folder / "tmux")
        environment = {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder / "s"), "LC_ALL": "C.UTF-8"}
        environment |= {"XDG_CONFIG_HOME": str(folder / "c"), "XDG_DATA_HOME": str(folder / "d")}
        words = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        width, height = map(str, size)
        self._tmux("new-session", "-d", "-x", width, "-y", height, f"env {words} {command}")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-S", self._socket, *words], capture_output=True, text=True)
        return done.stdout

    def keys(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    @property
    def screen(self) -> str:
        return self._tmux("capture-pane", "-p")

    @property
    def pid(self) -> int:
        """Of the prover, which `env` became."""
        return int(self._tmux("list-panes", "-F", "#{pane_pid}").strip())

    def until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < end, self.screen
            time.sleep(0.1)

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    shutil.copytree(ROOT / "lean_project", tmp_path / "project")
    file = tmp_path / "project" / "Showcase" / "Lists.lean"
    opened = Terminal(tmp_path, f"{shlex.quote(sys.executable)} -m prover tui {shlex.quote(str(file))}")
    yield opened
    opened.close()


def test_a_theorem_is_proved_and_written_by_keys(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "project" / "Showcase" / "Lists.lean"
    before = file.read_text(encoding="utf-8")
    terminal.until(lambda: "map_reverse_map" in terminal.screen)
    terminal.keys("Enter")
    terminal.until(lambda: "⊢ List.map" in terminal.screen)
    terminal.keys("s")
    terminal.until(lambda: "map_reverse_map proved" in terminal.screen)
    terminal.keys("o")
    terminal.until(lambda: "Certified" in terminal.screen)
    terminal.keys("w")
    terminal.until(lambda: file.read_text(encoding="utf-8") != before)
    after = file.read_text(encoding="utf-8")
    assert after.count("sorry") == before.count("sorry") - 1
    head, _, tail = before.partition("sorry")
    assert after.startswith(head) and after.endswith(tail)
    children = processes(terminal.pid)
    terminal.keys("q")
    terminal.until(lambda: not any(_lives(child) for child in children))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_an_end_from_outside_leaves_no_process(terminal: Terminal, number: signal.Signals) -> None:
    terminal.until(lambda: "Lean: ready" in terminal.screen)
    children = processes(terminal.pid)
    assert len(children) >= 2
    os.kill(terminal.pid, number)
    terminal.until(lambda: not any(_lives(child) for child in children))


def processes(pid: int) -> list[psutil.Process]:
    """It and all below it."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
