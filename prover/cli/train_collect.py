"""`prover train collect`: search for the proofs of problems, and keep what was tried."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from prover.cli.amounts import parse_budget
from prover.config import STRATEGIES
from prover.errors import INTERRUPTED

if TYPE_CHECKING:  # late, so that help is fast
    from prover.train.collect import Collecting
    from prover.train.data import Search


@click.command()
@click.option("--data", required=True, metavar="DIR", help="A folder that `prover train problems` made.")
@click.option("--round", "round_", type=click.IntRange(min=1), default=1, show_default=True, metavar="R")
@click.option("--policy", default="fixed", show_default=True, metavar="SPEC", help="Who proposes tactics.")
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    default=("64t",),
    show_default=True,
    metavar="AMOUNT",
    help="Of one search: `64t` tactics, `30s` seconds, `20e` expansions.",
)
@click.option("--strategy", type=click.Choice(STRATEGIES), default="best-first", show_default=True)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Draws the order of equally likely tactics."
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Leans side by side.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N problems.")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Stop after so long."
)
@click.option(
    "--heartbeats",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    metavar="N",
    help="Limit of one tactic, in thousands.",
)
@click.option(
    "--forbid",
    multiple=True,
    type=click.Path(exists=True),
    metavar="PATH",
    help="Lean files whose theorems are left out. [default: those that the problems were made without]",
)
@click.pass_context
def collect(
    context: click.Context,
    data: str,
    round_: int,
    policy: str,
    budgets: tuple[str, ...],
    strategy: str,
    seed: int,
    jobs: int,
    limit: int | None,
    seconds: float | None,
    heartbeats: int,
    forbid: tuple[str, ...],
) -> None:
    """Search for the proofs of the problems in DIR, and keep every tactic that was tried.

    DIR/round-R gets examples.jsonl, a line for each tactic tried on a goal: whether the finished proof needs
    it, whether Lean took it, why not; and searches.jsonl, a line a search. A proof counts when Lean's kernel
    has accepted it, with others of its file. The same command goes on where it was stopped.

    \b
        prover train collect --data practice --round 1 --policy fixed --budget 64t
        prover train collect --data practice --round 2 --policy builtin --jobs 2

    Exit status: 0 all were searched for, 2 bad input or usage, 3 no usable Lean, 130 interrupted.
    """
    from prover.cli.signals import stopped_by_signals
    from prover.lean.connect import gateway_factory
    from prover.train.collect import Collecting, Plan
    from prover.train.data import read_made
    from prover.types import Budget

    forbidden = tuple(sorted(forbid)) or read_made(Path(data)).forbidden
    given = parse_budget(budgets)
    plan = Plan(round_, policy, seed, Budget(**given), strategy, heartbeats, forbidden)  # type: ignore[arg-type]
    collecting = Collecting(Path(data), plan, gateway_factory("embedded", heartbeats), limit)
    timer = threading.Timer(seconds, collecting.stop) if seconds is not None else None
    with stopped_by_signals(collecting.stop) as signals, _running(timer):
        _watch(collecting, jobs)
    _conclude(collecting, f"{data}/round-{round_}")
    if signals:
        click.echo("stopped; the same command goes on", err=True)
        context.exit(INTERRUPTED)


def _running(timer: threading.Timer | None) -> closing[_Ended] | nullcontext[None]:
    if timer is None:
        return nullcontext()
    timer.daemon = True
    timer.start()
    return closing(_Ended(timer))


class _Ended:
    def __init__(self, timer: threading.Timer) -> None:
        self.close = timer.cancel


def _watch(collecting: Collecting, jobs: int) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    total = len(collecting.problems)
    told = time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not live) as bar:
        task = bar.add_task("", total=total)
        with closing(collecting.searches(jobs)) as searches:
            for _ in searches:
                said = f"{_solved(collecting.done):,} proved"
                bar.update(task, completed=len(collecting.done), description=said)
                if not live and time.monotonic() - told > 10:
                    told = time.monotonic()
                    console.print(f"[{len(collecting.done):,} of {total:,}] {said}", markup=False)


def _solved(searches: Sequence[Search]) -> int:
    return sum(search.solved for search in searches)


def _conclude(collecting: Collecting, folder: str) -> None:
    done = collecting.done
    solved = [search for search in done if search.solved]
    found = f"{len(solved):,} proved: {folder}"
    click.echo(f"{len(done):,} of {len(collecting.problems):,} problems searched for, {found}")
    if solved:
        tactics = sum(search.tactics for search in done)
        needed = sorted(search.proved_at or 0 for search in solved)
        median = needed[len(needed) // 2]
        click.echo(f"{tactics:,} tactics tried; half of the proofs were found with {median} or fewer")
    unfinished = sum(search.stop == "Lean failed" for search in done)
    if unfinished:
        click.echo(f"{unfinished:,} searches failed, which says nothing of the problem", err=True)
    if collecting.leaked:
        click.echo(f"{collecting.leaked:,} problems were left out, because they are forbidden", err=True)
