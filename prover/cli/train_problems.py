"""`prover train problems`: theorems to practise on."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from prover.errors import INTERRUPTED

if TYPE_CHECKING:  # late, so that help is fast
    from prover.lean.gateway import LeanGateway
    from prover.train.problems import Making


@click.command()
@click.option("--out", required=True, metavar="DIR", help="The training folder to make, or to go on with.")
@click.option(
    "--count",
    type=click.IntRange(min=1),
    default=5000,
    show_default=True,
    help="How many theorems, or a few more.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same problems.")
@click.option(
    "--forbid",
    multiple=True,
    type=click.Path(exists=True),
    metavar="PATH",
    help="Lean files or folders whose theorems must not be among them, renamed or not. May be repeated.",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that draw.")
@click.pass_context
def problems(
    context: click.Context, out: str, count: int, seed: int, forbid: tuple[str, ...], jobs: int
) -> None:
    """Make theorems to practise on: Lean files of definitions and open theorems.

    Families of definitions are drawn from schemas and at random: recursive functions on numbers, lists, trees
    and expressions; logic; arithmetic; inductive predicates; under other names and in another style each
    time. What seems to hold of them on small values is stated. Left out is what small values refute, what one
    plain tactic proves at once, what was stated before, and what --forbid has: the same statement on the same
    definitions, whatever they are called.

    DIR gets problems/*.lean, problems.jsonl with a line a theorem, and manifest.json with the counts. The
    same command goes on where it was stopped.

    \b
        prover train problems --out practice --count 5000 --seed 1 --forbid Bench/

    Exit status: 0 made, 2 bad input or usage, 3 no usable Lean, 130 interrupted.
    """
    from prover.cli.signals import stopped_by_signals
    from prover.lean.connect import embedded_gateway
    from prover.train.problems import Making, Wanted

    making = Making(Path(out), Wanted(count, seed, tuple(sorted(forbid))))
    with closing(embedded_gateway()) as gateway, stopped_by_signals(making.stop) as signals:
        _watch(making, gateway, jobs, count)
    if signals:
        click.echo(f"stopped after {making.kept:,} theorems; the same command goes on", err=True)
        context.exit(INTERRUPTED)
    _conclude(making, out)


def _watch(making: Making, gateway: LeanGateway, jobs: int, count: int) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not live) as bar:
        task = bar.add_task("", total=count, completed=making.kept)
        with closing(making.work(gateway, jobs)) as work:
            for done in work:
                bar.update(task, completed=making.kept, description=done.kind)
                if not live and done.number % 20 == 0:
                    console.print(
                        f"[{making.kept:,} of {count:,}] {done.number + 1:,} families", markup=False
                    )


def _conclude(making: Making, out: str) -> None:
    from prover.train.data import read_made

    made = read_made(Path(out))
    click.echo(f"{made.kept:,} theorems of {made.families:,} families in {made.files:,} files: {out}")
    click.echo(
        f"{made.drawn:,} statements were made; left out: {made.refuted:,} refuted by small values, "
        f"{made.trivial:,} proved at once, {made.repeated:,} stated before, {made.leaked:,} forbidden"
    )
