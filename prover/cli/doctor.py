"""`prover doctor`: what is here, what is missing, and how to get it."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import click
import psutil
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lemmas.store import default_path
from prover.errors import LeanUnavailable, SetupError
from prover.lean.embedded.install import LEAN_VERSION, embedded_root
from prover.lean.embedded.node import node_binary
from prover.lean.toolchain import GET_ELAN, GET_EMBEDDED, NativeLean, find_native

POLICY = "fixed"
NO_LEAN = LeanUnavailable.exit_status


@dataclass(frozen=True, slots=True)
class Embedded:
    root: Path
    version: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Node:
    path: Path
    version: str


@dataclass(frozen=True, slots=True)
class Library:
    path: Path
    exists: bool


@dataclass(frozen=True, slots=True)
class Report:
    """`usable` are the kinds of Lean that can be used. `missing` says how to get a field that is None."""

    usable: tuple[str, ...]
    native: NativeLean | None
    embedded: Embedded | None
    node: Node | None
    policy: str
    library: Library
    versions: dict[str, str]
    system: str
    memory_available: int
    missing: dict[str, str]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Show which Lean, policy, library and versions are in use, and what is missing.

    The native Lean is the one of the current folder. Exit status 3 when there is no Lean to use.
    """
    report = examine(Path.cwd())
    if as_json:
        click.echo(json.dumps(asdict(report), default=str, ensure_ascii=False, indent=2))
    else:
        _show(report)
    context.exit(0 if report.usable else NO_LEAN)


def examine(folder: Path) -> Report:
    """What proofs of files in `folder` would run on."""
    native = embedded = node = None
    missing = {}
    try:
        native = find_native(folder)
        if not native:
            missing["native"] = GET_ELAN
    except LeanUnavailable as error:
        missing["native"] = str(error)
    root = embedded_root()
    if root:
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        embedded = Embedded(root, LEAN_VERSION, size)
    else:
        missing["embedded"] = GET_EMBEDDED
    try:
        node = _node()
    except SetupError as error:
        missing["node"] = str(error)
    library = default_path()
    return Report(
        usable=(("native",) if native else ()) + (("embedded",) if embedded and node else ()),
        native=native,
        embedded=embedded,
        node=node,
        policy=POLICY,
        library=Library(library, library.exists()),
        versions={
            "prover": version("prover"),
            "Python": platform.python_version(),
            "lean-dojo": version("lean-dojo"),
        },
        system=platform.platform(),
        memory_available=psutil.virtual_memory().available,
        missing=missing,
    )


def _node() -> Node:
    path = node_binary()
    try:
        answer = subprocess.check_output([path, "--version"], encoding="utf-8", timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise SetupError(f"{path} does not run: {error}") from error
    return Node(path, answer.strip())


def _show(report: Report) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in _rows(report):
        table.add_row(*map(Text, row))  # not markup: a path may have brackets
    console = Console()
    if not console.is_terminal:
        console.width = 1000  # nothing is folded in a file
    console.print(table)


def _rows(report: Report) -> Iterator[tuple[str, str, str]]:
    """Name, version or state, and where it is or how to get it."""
    native, embedded, node = report.native, report.embedded, report.node
    if native:
        yield "native Lean", native.version, str(native.lean)
        yield "", "lake", str(native.lake)
        yield "", "elan", str(native.elan or "none")
    else:
        yield "native Lean", "missing", report.missing["native"]
    if embedded:
        yield "embedded Lean", embedded.version, f"{embedded.root} ({embedded.bytes / 1e6:.0f} MB)"
    else:
        yield "embedded Lean", "missing", report.missing["embedded"]
    if node:
        yield "Node", node.version, str(node.path)
    else:
        yield "Node", "missing", report.missing["node"]
    yield "Lean in use", report.usable[0] if report.usable else "none", ""
    yield "policy", report.policy, ""
    yield "library", "there" if report.library.exists else "not yet", str(report.library.path)
    for name, number in report.versions.items():
        yield name, number, ""
    yield "memory", f"{report.memory_available / 1e9:.1f} GB", "available"
    yield "system", "", report.system
