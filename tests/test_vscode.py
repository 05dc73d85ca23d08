"""VS Code itself, with our extension in it: `code-server` runs it, headless Chromium is its window.

Needs `code-server` (from npm) and `chromium` on PATH, and `make vscode`; skipped where one is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import read_source

ROOT = Path(__file__).parent.parent
VSIX = ROOT / "prover" / "editor" / "vscode" / "prover.vsix"
DRIVER = ROOT / "tests" / "editors" / "vscode"
FILE = Path("Showcase/Logic.lean")
PATIENCE = 240.0

pytestmark = [
    pytest.mark.skipif(shutil.which("code-server") is None, reason="code-server is not installed"),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not VSIX.exists(), reason="`make vscode` was not run"),
]


@contextmanager
def running(command: list[str], env: dict[str, str], log: Path) -> Iterator[None]:
    """A process, which is gone afterwards, with all that it started."""
    with log.open("w") as output:
        process = psutil.Popen(command, env=env, stdout=output, stderr=output)
    try:
        yield
    finally:
        started = [process, *process.children(recursive=True)]
        for each in started:
            each.terminate()
        for each in psutil.wait_procs(started, timeout=10)[1]:
            each.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def installed(folder: Path, env: dict[str, str]) -> list[str]:
    """`code-server` with our extension and the driver, as a command."""
    driver = folder / "driver.vsix"
    with zipfile.ZipFile(driver, "w") as package:
        for file in DRIVER.iterdir():
            package.write(file, f"extension/{file.name}")
    settings = folder / "data" / "User" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        json.dumps({"prover.command": [sys.executable, "-m", "prover", "lsp", "--no-library"]})
    )
    command = [
        "code-server",
        f"--user-data-dir={folder / 'data'}",
        f"--extensions-dir={folder / 'extensions'}",
    ]
    for vsix in (VSIX, driver):
        subprocess.run([*command, "--install-extension", str(vsix)], env=env, check=True, timeout=PATIENCE)
    return command


def test_suggestions_and_a_proof(tmp_path: Path, lean: EmbeddedGateway) -> None:
    project, answer = tmp_path / "project", tmp_path / "answer.json"
    shutil.copytree(ROOT / "lean_project", project)
    env = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "PYTHONPATH": str(ROOT),
        "DRIVER_FILE": str(project / FILE),
        "DRIVER_ANSWER": str(answer),
    }
    server = installed(tmp_path, env)
    port = free_port()
    address = f"http://127.0.0.1:{port}/?{urllib.parse.urlencode({'folder': project})}"
    serving = [*server, "--auth=none", f"--bind-addr=127.0.0.1:{port}", "--disable-workspace-trust"]
    window = [
        "chromium",
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}/window",
    ]
    with running(serving, env, tmp_path / "server.log"):
        await_port(port)
        with running([*window, address], env, tmp_path / "window.log"):
            seen = awaited(answer)
    assert "error" not in seen, seen["error"]
    before, after = (read_source(folder / FILE) for folder in (ROOT / "lean_project", project))
    assert seen["suggested"] != before.text and "sorry" in seen["suggested"]
    assert len(after.theorems) == len(before.theorems) - 1 == seen["lenses"]
    assert not lean.check(after)


def await_port(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < end, "code-server does not start"
            time.sleep(0.1)


def awaited(answer: Path) -> dict[str, Any]:
    end = time.monotonic() + PATIENCE
    while not answer.exists():
        assert time.monotonic() < end, "the driver says nothing"
        time.sleep(0.1)
    found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return found
