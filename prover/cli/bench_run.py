"""`prover bench run` and `prover bench compare`: how many problems are solved with how much work."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Protocol

import click
from rich.console import Console
from rich.table import Table

from prover.config import LEANS, STRATEGIES, LeanKind
from prover.errors import INTERRUPTED, InputError
from prover.words import counted

if TYPE_CHECKING:  # late, so that help is fast
    from prover.bench.compare import Comparison
    from prover.bench.problems import Problem
    from prover.bench.store import Record, Store
    from prover.bench.summary import Row

BUDGETS = "16,32,64,128,256"
_SHOWN = 5


class Work(Protocol):
    """Searches to make: a `Run`, or several."""

    def records(self) -> Generator[Record, None, None]: ...


class Budgets(click.ParamType[tuple[int, ...]]):
    name = "budgets"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(sorted({int(part) for part in str(value).split(",")}))
        except ValueError:
            self.fail(f"write numbers of tactics, like {BUDGETS}", param, ctx)
        if numbers[0] < 1:
            self.fail("a budget is 1 tactic or more", param, ctx)
        return numbers


OUT = click.option(
    "--out", required=True, metavar="DIR", help="Where the results are kept, and gone on with."
)
SECONDS = click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="S",
    help="A limit of time a problem, too.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Leans side by side.",
)
LEAN = click.option("--lean", type=click.Choice(LEANS), default="auto", show_default=True, help="Which Lean.")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@OUT
@click.option(
    "--budgets",
    type=Budgets(),
    default=BUDGETS,
    show_default=True,
    metavar="N,N,…",
    help="Tactics a problem.",
)
@SECONDS
@click.option(
    "--policy",
    "policies",
    multiple=True,
    default=("fixed",),
    show_default=True,
    metavar="SPEC",
    help="Who proposes tactics, as in `prover prove`. May be repeated.",
)
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    type=click.Choice(STRATEGIES),
    default=("best-first",),
    show_default=True,
    help="Which goal comes next. May be repeated.",
)
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="Search everything with the seeds 0 to N-1.",
)
@JOBS
@LEAN
@click.pass_context
def run(
    context: click.Context,
    paths: tuple[str, ...],
    out: str,
    budgets: tuple[int, ...],
    seconds: float | None,
    policies: tuple[str, ...],
    strategies: tuple[str, ...],
    seeds: int,
    jobs: int,
    lean: LeanKind,
) -> None:
    """Search every hole of the files, and count how many are solved with how many tactics.

    FILE is a file or a folder. Each hole is searched once for each policy, strategy and seed, with the
    largest budget; a search with a larger budget begins as one with a smaller does, so the others follow.
    Solved means proved without leaning on anything open; proofs that do are counted beside it as conditional.
    The column `policy` is the share of the time that searches waited for proposals.

    An `index.json` beside a file may say which of its theorems are problems, which open theorems each may use
    (`needs`), and which are false (`expected`): of these, what is proved is counted as an alarm.

    DIR gets records.jsonl, a line a search as it ends; results.json, curve.png and manifest.json. The same
    command goes on where it was stopped, by Ctrl-C or otherwise.

    \b
        prover bench run Theory/ --budgets 16,32,64,128 --out before
        prover bench run Theory/ --policy fixed --policy only:grind --policy 'only:exact?' --out alone

    Exit status: 0 all searches ended, 1 a false statement was proved, 2 bad input or usage, 3 no usable Lean,
    130 interrupted.
    """
    from prover.bench.manifest import manifest_of
    from prover.bench.run import Run, units_of
    from prover.bench.store import opened
    from prover.bench.summary import rows_of
    from prover.cli.signals import stopped_by_signals
    from prover.config import load_settings
    from prover.lean.connect import gateway_factory
    from prover.policy.specs import policy_factory
    from prover.types import Budget

    models = load_settings(Path.cwd()).models
    policies, strategies = tuple(dict.fromkeys(policies)), tuple(dict.fromkeys(strategies))
    for policy in policies:
        policy_factory(policy, 0, models)  # refuses what means nothing, before anything is made
    problems = problems_in(paths)
    manifest = manifest_of(problems, policies, strategies, seeds, budgets, seconds, lean, jobs)
    pools = gateway_factory(lean)
    with opened(Path(out), manifest) as store:
        done = {record.key for record in store.records}
        units = [u for u in units_of(problems, policies, strategies, seeds) if u.key not in done]
        work = Run(units, pools, Budget(tactics=budgets[-1], seconds=seconds), jobs, models)
        with stopped_by_signals(work.stop) as signals:
            watch(work, store)
        if signals:
            click.echo(f"stopped; the same command goes on: {ended(store)}", err=True)
            context.exit(INTERRUPTED)
        rows = rows_of(manifest, store.records)
        _conclude(store, rows)
        context.exit(1 if any(not row.true and any(map(any, row.proved.values())) for row in rows) else 0)


def problems_in(paths: Sequence[str]) -> list[Problem]:
    """Those of files and folders; what can't be read is told. Raises `InputError` where there are none."""
    from prover.bench.problems import problems_of
    from prover.cli.targets import find_targets

    targets = find_targets(tuple(paths), ())
    for error in targets.unreadable:
        click.echo(f"prover: {error}", err=True)
    problems = problems_of(targets.jobs)
    if not problems:
        raise InputError("there is no hole in these files, so there is nothing to measure")
    return problems


@click.command()
@click.argument("first", metavar="DIR[@POLICY/STRATEGY]")
@click.argument("second", metavar="DIR[@POLICY/STRATEGY]")
@click.option(
    "--budget", type=click.IntRange(min=1), metavar="N", help="Compare at this budget. [default: the largest]"
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each comparison instead.")
def compare(first: str, second: str, budget: int | None, as_json: bool) -> None:
    """Which problems one run of `bench run` solved and another did not.

    Problems are paired, and seeds; those that both have searched count, but for false statements and repeated
    problems. p is that of an exact two-sided sign test: how likely so uneven a split is by chance alone.

    A folder with several configurations is compared with the same ones of the other, or by the one named.

    \b
        prover bench compare before after --budget 64
        prover bench compare run@fixed/best-first run@fixed/breadth
    """
    from prover.bench.compare import compare as compared
    from prover.bench.compare import read_side

    for each in compared(read_side(first), read_side(second), budget):
        if as_json:
            click.echo(json.dumps({**dataclasses.asdict(each), "p_value": each.p_value}, ensure_ascii=False))
        else:
            _show_comparison(each)


def watch(work: Work, store: Store) -> None:
    """Keep each record as it comes, and tell how far it is."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    if store.records:
        console.print(f"going on: {ended(store)}", markup=False)
    with Progress(*columns, console=console, transient=True, disable=not live) as bar:
        task = bar.add_task("", total=store.manifest.searches, completed=len(store.records))
        with closing(work.records()) as records:
            for record in records:
                store.add(record)
                found = f"{record.status}, {counted(record.tactics, 'tactic')}"
                said = f"{record.problem} · {record.configuration} seed {record.seed} · {found}"
                bar.update(task, completed=len(store.records), description=said.replace("[", r"\["))
                if not live:
                    console.print(f"[{ended(store)}] {said}", markup=False, soft_wrap=True)


def ended(store: Store) -> str:
    return f"{len(store.records):,} of {store.manifest.searches:,} searches have ended"


def _conclude(store: Store, rows: Sequence[Row]) -> None:
    """The table, results.json and, where there is matplotlib, the curve."""
    from prover.bench.store import CURVE, RESULTS, write_whole
    from prover.bench.summary import as_json

    console = Console(highlight=False)
    for name, true in dict.fromkeys((row.set, row.true) for row in rows):
        console.print(_table([row for row in rows if (row.set, row.true) == (name, true)]))
    summary = as_json(store.manifest, store.records, rows)
    write_whole(store.folder / RESULTS, json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    errors = sum(record.status == "error" for record in store.records)
    if errors:
        searches = "1 search" if errors == 1 else f"{errors} searches"
        click.echo(f"{searches} failed, which says nothing of the problem: see records.jsonl", err=True)
    if find_spec("matplotlib") is None:
        click.echo("no curve.png: matplotlib is missing; `pip install 'prover[bench]'`", err=True)
        return
    from prover.bench.curve import draw

    draw(rows, store.folder / CURVE)


def _table(rows: Sequence[Row]) -> Table:
    first = rows[0]
    repeated = f", {first.repeated} of them repeated" if first.repeated else ""
    what = "solved" if first.true else "FALSE PROVED"
    table = Table(title=f"{first.set}: {first.problems} problems{repeated} · {what} with so many tactics")
    table.add_column("")
    for budget in first.proved:
        table.add_column(f"{budget:,}", justify="right")
    table.add_column("conditional", justify="right")
    table.add_column("policy", justify="right")
    if any(row.errors for row in rows):
        table.add_column("failed", justify="right")
    for row in rows:
        alarm = "bold red" if not first.true and any(map(any, row.proved.values())) else ""
        cells = [*map(_counts, row.proved.values()), _counts(list(row.conditional.values())[-1])]
        cells.append("" if row.waiting is None else f"{row.waiting:.0%}")
        if any(other.errors for other in rows):
            cells.append(str(row.errors))
        table.add_row(str(row.configuration), *cells, style=alarm)
    return table


def _counts(counts: Sequence[int]) -> str:
    """The mean of the seeds, and its spread where there is one."""
    if min(counts) == max(counts):
        return str(counts[0])
    return f"{fmean(counts):.1f} ({min(counts)}–{max(counts)})"


def _show_comparison(found: Comparison) -> None:
    click.echo(f"A: {found.a}\nB: {found.b}\nwith {found.budget:,} tactics")
    parts = {
        "both solved": found.both,
        "only A solved": found.only_a,
        "only B solved": found.only_b,
        "neither": found.neither,
    }
    for what, names in parts.items():
        named = names if what.startswith("only") else names[:_SHOWN]
        rest = ", …" if len(named) < len(names) else ""
        click.echo(f"  {what + ':':15} {len(names):5}  {', '.join(named)}{rest}".rstrip())
    click.echo(f"  sign test, two-sided: p = {found.p_value:.3g}\n")
