"""Neovim, headless, set up as the README says: the code action on a `sorry` is applied and saved."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import read_source

ROOT = Path(__file__).parent.parent
FILE = Path("Showcase/Logic.lean")


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_a_code_action_is_applied_and_saved(tmp_path: Path, lean: EmbeddedGateway) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    setup = re.search(r"```lua\n(.*?)```", readme, re.DOTALL)
    assert setup is not None
    (tmp_path / "init.lua").write_text(setup[1], encoding="utf-8")
    command = tmp_path / "bin" / "prover"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m prover "$@"\n')
    command.chmod(0o755)
    shutil.copytree(ROOT / "lean_project", tmp_path / "project")
    subprocess.run(
        [
            *("nvim", "--headless", "-u", str(tmp_path / "init.lua"), str(FILE)),
            *("-c", f"luafile {ROOT / 'tests' / 'editors' / 'neovim.lua'}"),
        ],
        cwd=tmp_path / "project",
        env={
            **os.environ,
            "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "XDG_DATA_HOME": str(tmp_path / "data"),
        },
        check=True,
        timeout=200,
    )
    before, after = (read_source(folder / FILE) for folder in (ROOT / "lean_project", tmp_path / "project"))
    assert len(after.theorems) == len(before.theorems) - 1
    assert not lean.check(after)
