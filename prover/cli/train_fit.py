"""`prover train fit` and `prover train export`: from collected searches to a model."""

from __future__ import annotations

import dataclasses
import json
import threading
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from prover.errors import INTERRUPTED, InputError


class Rounds(click.ParamType[tuple[int, ...]]):
    name = "rounds"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        try:
            numbers = tuple(sorted({int(part) for part in str(value).split(",")}))
        except ValueError:
            self.fail("write numbers of rounds, like 1,2", param, ctx)
        return numbers


@click.command()
@click.option("--data", required=True, metavar="DIR", help="What `prover train collect` filled.")
@click.option("--rounds", type=Rounds(), required=True, metavar="R,R,…", help="Which rounds to learn from.")
@click.option("--out", required=True, metavar="FIT", help="Where the network is kept, and gone on with.")
@click.option(
    "--start",
    metavar="DIR",
    help="Begin with the network of another fit or of an exported model, not with chance.",
)
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True), default=15.0, show_default=True, metavar="M"
)
@click.option(
    "--steps", type=click.IntRange(min=1), metavar="N", help="End after so many batches, if sooner."
)
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True, metavar="T")
@click.option("--seed", type=int, default=0, show_default=True, metavar="S")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.pass_context
def fit(
    context: click.Context,
    data: str,
    rounds: tuple[int, ...],
    out: str,
    start: str | None,
    minutes: float,
    steps: int | None,
    threads: int,
    seed: int,
    as_json: bool,
) -> None:
    """Fit the network of the built-in kind to collected searches.

    It learns which tactics the finished proofs are made of, to imitate the fixed policy where there is no
    proof yet, and how many tactics a goal took. Round 0 are the statements alone, before any search. Every
    tenth file of problems is left out, to measure with: the report says how often a tactic that is part of
    the proof comes first, or among the first eight.

    Ctrl-C leaves a checkpoint, from which the same command goes on. Needs torch: `pip install prover[train]`.

    \b
        prover train fit --data DIR --rounds 1,2 --out FIT --minutes 15 --threads 2
    """
    if find_spec("torch") is None:
        raise InputError("`prover train fit` needs torch: pip install 'prover[train]'")
    from prover.cli.signals import stopped_by_signals
    from prover.train.exporting import tried_out
    from prover.train.fit import Plan, Preparing, held_out
    from prover.train.fit import fit as fitting

    plan = Plan(
        Path(data), rounds, Path(out), minutes, threads, seed, None if start is None else Path(start), steps
    )
    columns = (BarColumn(), TextColumn("{task.description}"))
    console = Console(stderr=True)
    stopped = threading.Event()
    with (
        Progress(*columns, console=console, transient=True) as bar,
        closing(fitting(plan)) as running,
        stopped_by_signals(stopped.set) as signals,
    ):
        task = bar.add_task("reading", total=1.0)
        for seen in running:
            if isinstance(seen, Preparing):
                said = f"{seen.goals:,} goals of {seen.problems:,} problems put into words"
                bar.update(task, description=said)
            else:
                losses = (seen.tactic_loss, seen.compared_loss, seen.value_loss)
                said = f"batch {seen.number:,}, losses {', '.join(f'{loss:.2f}' for loss in losses)}"
                bar.update(task, completed=seen.done, description=said)
            if stopped.is_set():
                break
    if signals:
        click.echo("stopped; the same command goes on", err=True)
        context.exit(INTERRUPTED)
    report = tried_out(plan.out, held_out(plan))
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report)))
        return
    click.echo(f"{out}: fitted. Of {report.goals:,} goals that were left out and have a proof:")
    for name, top1, top8 in (
        ("model", report.model_top1, report.model_top8),
        ("fixed", report.fixed_top1, report.fixed_top8),
        ("fixed with learnt prices", report.priced_top1, report.priced_top8),
        ("mixed", report.mixed_top1, report.mixed_top8),
    ):
        click.echo(f"  {name}: a tactic of the proof first {top1:.0%}, among the first eight {top8:.0%}")
    click.echo(f"  log-probability {report.log_probability:.2f}, calibration error {report.calibration:.2f}")


@click.command()
@click.argument("fitted", metavar="FIT")
@click.option(
    "--out", required=True, metavar="MODEL", help="The folder to make; one that is there is replaced."
)
def export(fitted: str, out: str) -> None:
    """Make a model of a finished fit: weights of 8 bits, vocabulary, and a card that says what it was made
    of.

    \b
        prover train export FIT --out MODEL
        prover prove Theory/ --policy builtin:MODEL
    """
    from prover.train.exporting import export as exporting

    size = exporting(Path(fitted), Path(out))
    click.echo(f"{out}: {size / 1e6:.1f} MB; use it by `--policy builtin:{out}`")
