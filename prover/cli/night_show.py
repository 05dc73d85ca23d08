"""How a night looks from outside: one line, and a display that can be left and joined again."""

from __future__ import annotations

import time
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from prover.batch.records import HoleStatus, Limits
from prover.batch.status import NightStatus, read_status
from prover.words import counted, duration

_REST = (
    HoleStatus.FALSE,
    HoleStatus.CONDITIONAL,
    HoleStatus.OPEN,
    HoleStatus.INVALID,
    HoleStatus.ERROR,
    HoleStatus.ASIDE,
)
_SECONDS = 1.0


def line(status: NightStatus) -> str:
    """`night-2026-01-31: at work for 1 h 12 min · 31 of 120 proved, 4 false, 85 open · round 4 · …`."""
    proved = f"{status.count(HoleStatus.PROVED)} of {status.total} proved"
    rest = [f"{status.count(each)} {each.value}" for each in _REST if status.count(each)]
    parts = [f"{status.folder}: {_state(status)}", ", ".join([proved, *rest])]
    if status.at_work and status.round:
        parts.append(f"round {status.round + 1}")
    parts.append(counted(status.tactics, "tactic"))
    if status.usd:
        parts.append(f"{status.usd:.2f} USD")
    if status.lemmas:
        parts.append(f"{counted(status.lemmas, 'lemma')} gained")
    if status.models:
        parts.append(f"{counted(status.models, 'model')} fitted")
    if status.fitting:
        parts.append("fitting a model")
    if status.at_work:
        parts.append(_end(status.limits))
    return " · ".join(part for part in parts if part)


def _state(status: NightStatus) -> str:
    worked = duration(status.seconds)
    if status.at_work:
        return f"at work for {worked}"
    if status.why:
        return f"ended after {worked}: {status.why}"
    return f"not at work, after {worked}; `prover night resume {status.folder}` goes on"


def _end(limits: Limits) -> str:
    if limits.until is not None:
        return f"until {time.strftime('%H:%M', time.localtime(limits.until))}"
    if limits.seconds is not None:
        return f"for {duration(limits.seconds)} in all"
    if limits.tactics is not None:
        return f"for {counted(limits.tactics, 'tactic')} in all"
    return ""


def table(status: NightStatus) -> Table:
    """The line, and below it what each worker is at."""
    shown = Table.grid(padding=(0, 2))
    shown.add_column(overflow="fold")
    shown.add_row(Text(line(status), "green" if status.at_work else ""))
    for doing in status.doing:
        spent = f"{counted(doing.tactics, 'tactic')}, " if doing.tactics else ""
        seconds = duration(max(0.0, status.seconds - doing.since))
        shown.add_row(Text(f"  {doing.worker}: {doing.what} ({spent}{seconds})", "dim"))
    return shown


def follow_night(folder: Path) -> None:
    """Show it until it ends. On no terminal, a line whenever something has changed."""
    console = Console(highlight=False)
    if not console.is_terminal or console.is_dumb_terminal:
        _follow_in_lines(folder)
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while (status := read_status(folder)).at_work:
            live.update(table(status), refresh=True)
            time.sleep(_SECONDS)
    click.echo(line(status))


def _follow_in_lines(folder: Path) -> None:
    said: dict[str, int] = {}
    while True:
        status = read_status(folder)
        if status.holes != said or not status.at_work:
            said = status.holes
            click.echo(line(status))
        if not status.at_work:
            return
        time.sleep(_SECONDS)
