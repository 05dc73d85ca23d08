"""Helix on a terminal (tmux), set up as in the README: the code action on a `sorry` is applied and saved."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import read_source

ROOT = Path(__file__).parent.parent
FILE = Path("Showcase/Logic.lean")
HELIX = shutil.which("hx") or shutil.which("helix")
PATIENCE = 120.0

pytestmark = [
    pytest.mark.skipif(HELIX is None, reason="Helix is not installed"),
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


class Terminal:
    def __init__(self, folder: Path) -> None:
        self._socket = str(folder / "tmux")

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def until(self, what: str, shown: Callable[[str], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not shown(screen := self.tmux("capture-pane", "-p")):
            assert time.monotonic() < end, f"waited in vain for {what}:\n{screen}"
            time.sleep(0.1)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """With Helix in it, and `prover` on its path."""
    setup = re.search(
        r"```toml\n(\[language-server.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    assert setup is not None and HELIX is not None
    (tmp_path / "config" / "helix").mkdir(parents=True)
    (tmp_path / "config" / "helix" / "languages.toml").write_text(setup[1], encoding="utf-8")
    command = tmp_path / "bin" / "prover"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m prover "$@"\n')
    command.chmod(0o755)
    shutil.copytree(ROOT / "lean_project", tmp_path / "project")
    env = {
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    words = [*(f"{name}={value}" for name, value in env.items()), HELIX, str(tmp_path / "project" / FILE)]
    terminal = Terminal(tmp_path)
    terminal.tmux("new-session", "-d", "-x", "140", "-y", "40", shlex.join(["env", *words]))
    yield terminal
    terminal.tmux("kill-server")


def test_a_code_action_is_applied_and_saved(
    terminal: Terminal, tmp_path: Path, lean: EmbeddedGateway
) -> None:
    terminal.until("the file", lambda screen: "of_imp_of_not_imp" in screen)
    terminal.type("/sorry", "Enter")

    def offered(screen: str) -> bool:
        if "Prove this" in screen:
            return True
        terminal.type("Escape")  # the server starts yet
        terminal.type(" a")
        time.sleep(1)
        return False

    terminal.until("the code actions", offered)
    terminal.type("Enter")
    file = tmp_path / "project" / FILE
    hole = next(line for line in file.read_text(encoding="utf-8").splitlines() if "sorry" in line)
    terminal.until("the proof", lambda screen: hole not in screen)
    terminal.type(":w", "Enter")
    terminal.until("the file to be saved", lambda screen: hole not in file.read_text(encoding="utf-8"))
    before, after = (read_source(folder / FILE) for folder in (ROOT / "lean_project", tmp_path / "project"))
    assert len(after.theorems) == len(before.theorems) - 1
    assert not lean.check(after)
