"""`prover bench`: what the prover promises of speed and of endurance, measured here and now."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table

from prover.cli.bench_editor import editor
from prover.cli.bench_models import models
from prover.cli.bench_reuse import reuse
from prover.cli.bench_run import compare, run
from prover.cli.bench_search import search
from prover.errors import InputError

if TYPE_CHECKING:  # late, so that help is fast
    from prover.bench.gateway import Grown, Measured
    from prover.bench.tui import Measured as Flood


@click.group()
def bench() -> None:
    """Measure the prover on this machine."""


for _command in (run, compare, reuse, search, models, editor):
    bench.add_command(_command)


@bench.command()
@click.option("--json", "json_path", metavar="OUT", help="Write what was measured to this file, too.")
def gateway(json_path: str | None) -> None:
    """How much the way to the embedded Lean costs.

    Wall time over time inside Lean for three tactics, through our transport and through LeanDojo's; the
    start; opening a theorem; memory; and how these change while Lean saves 10,000 states. Takes a minute or
    two. Other work on the machine shows in the results.
    """
    from prover.bench.gateway import Grown, Measured, measure

    measured: list[Measured] = []
    grown: list[Grown] = []
    with _bar() as bar, closing(measure(_root())) as work:
        task = bar.add_task("")
        for seen in work:
            match seen:
                case Measured():
                    measured.append(seen)
                case Grown():
                    grown.append(seen)
                case _:
                    bar.update(task, description=seen.what, completed=seen.done, total=seen.total)
    console = Console(highlight=False)
    console.print(_measured_table(measured))
    console.print(_grown_table(grown))
    if json_path is not None:
        _write_json(Path(json_path), measured, grown)


@bench.command()
@click.option("--searches", default=50, show_default=True, metavar="N", type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, metavar="N", help="Of the moments of the kills.")
def kills(searches: int, seed: int) -> None:
    """Kill Lean at a random moment of each of some searches, and compare what they find.

    Exit status: 0 when they find what they find undisturbed, nothing false, and leave no process behind;
    else 1.
    """
    from prover.bench.kills import endure, processes

    count: Counter[str] = Counter()
    console = Console(highlight=False)
    with _bar() as bar, closing(endure(_root(), searches, seed)) as work:
        task = bar.add_task("searching in peace")
        for found in work:
            if found.expected is not None:
                count.update(searches=1, killed=found.killed, same=found.same)
                bar.update(task, description="searching", completed=count["searches"], total=searches)
            count.update(unsound=not found.sound)
            if not (found.same and found.sound):
                console.print(f"{found.theorem}: {found.result}, expected {found.expected}", markup=False)
    left = processes()
    console.print(
        f"{count['searches']} searches, Lean killed in {count['killed']}: {count['same']} found the same as"
        f" undisturbed, {count['unsound']} found something false, {len(left)} processes left"
    )
    if count["same"] < searches or count["unsound"] or left:
        raise click.exceptions.Exit(1)


@bench.command()
@click.option("--runs", default=20, show_default=True, metavar="N", type=click.IntRange(min=1))
@click.option("--workers", default=2, show_default=True, metavar="N", type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, metavar="N", help="Of what is done, and when.")
def night(runs: int, workers: int, seed: int) -> None:
    """Disturb small nights, and compare what they find.

    Workers, Leans and drivers are killed at random moments, the disk is full, the clock jumps. Exit status: 0
    when every night, resumed as often as it takes, proves what it proves undisturbed, each hole once and
    certified, writes it, and leaves no process behind; else 1.
    """
    from prover.bench.nights import endure

    done: Counter[str] = Counter()
    count: Counter[str] = Counter()
    console = Console(highlight=False)
    with _bar() as bar, closing(endure(runs, workers, seed)) as work:
        task = bar.add_task("in peace", total=runs)
        for number, seen in enumerate(work):
            if number:
                done += seen.done
                same = not (seen.lost or seen.other or seen.aside)
                count.update(nights=1, sessions=seen.sessions, sound=seen.is_sound, same=same)
                count.update(aside=len(seen.aside), left=seen.left, twice=seen.twice, wrong=len(seen.wrong))
            bar.update(task, description="disturbed", completed=number)
            if not seen.is_sound:
                console.print(f"night {number}: {seen}", markup=False)
    what = ", ".join(f"{number} {kind}" for kind, number in sorted(done.items()))
    console.print(
        f"{count['nights']} nights in {count['sessions']} sessions ({what}): {count['same']} found the same"
        f" as undisturbed, {count['aside']} holes set aside, {count['wrong']} proofs wrong, {count['twice']}"
        f" found twice, {count['left']} processes left"
    )
    if count["sound"] < runs:
        raise click.exceptions.Exit(1)


@bench.command()
@click.option("--count", default=1_000_000, show_default=True, metavar="N", type=click.IntRange(min=100))
@click.option("--json", "json_path", metavar="OUT", help="Write what was measured to this file, too.")
def lemmas(count: int, json_path: str | None) -> None:
    """How fast a big lemma library is, and how big.

    Makes so many lemmas in a temporary folder (a million take some minutes and 1 GB), looks lemmas up by the
    key of a goal, ranks premises for goals, opens the file, and deletes it.
    """
    import tempfile

    from prover.bench.gateway import Measured
    from prover.bench.lemmas import measure

    measured: list[Measured] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _bar() as bar,
        closing(measure(Path(folder), count)) as work,
    ):
        task = bar.add_task("")
        for seen in work:
            if isinstance(seen, Measured):
                measured.append(seen)
            else:
                bar.update(task, description=seen.what, completed=seen.done, total=seen.total)
    Console(highlight=False).print(_measured_table(measured))
    if json_path is not None:
        _write_json(Path(json_path), measured, [])


@bench.command()
@click.option("--db", metavar="PATH", help="The library. [default: the one that `prover doctor` names]")
def recall(db: str | None) -> None:
    """How well premises are ranked for a goal.

    For each kept proof that uses other lemmas: how many of these are among the first k of the ranking for its
    goal, of all lemmas that were there before it, and of the theorems before it in its file, proved or not,
    where the file is still there. A proof can use no more than it was offered, by the same ranking, so the
    figures are too good, unless the proofs are by others (`prover lemmas import`).
    """
    from lemmas import Library, default_path
    from prover.bench.recall import KS, in_files, in_library
    from prover.bench.recall import recall as recall_at

    path = default_path() if db is None else Path(db)
    if not path.exists():
        raise InputError(f"there is no lemma library {path}")
    with Library.open(path) as library:
        measured = {"library": list(in_library(library)), "file": list(in_files(library))}
    if not measured["library"]:
        raise InputError(f"no lemma of {path} uses another one: there is nothing to measure")
    for where, ranks in measured.items():
        click.echo(f"in the {where}: {len(ranks):,} proofs that use {sum(map(len, ranks)):,} lemmas")
        for k in KS if ranks else ():
            click.echo(f"  recall@{k:<3} {recall_at(ranks, k):.2f}")


@bench.command()
@click.option("--seconds", default=10.0, show_default=True, help="For each of the two measurements.")
@click.option("--searches", default=4, show_default=True, help="Searches that run side by side.")
@click.option("--tactics", default=50.0, show_default=True, help="Tactics a second that each of them tries.")
@click.option("--nodes", default=50_000, show_default=True, help="Rows of the large tree.")
@click.option("--json", "json_path", metavar="OUT", help="Write what was measured to this file, too.")
def tui(seconds: float, searches: int, tactics: float, nodes: int, json_path: str | None) -> None:
    """How long a key waits in the terminal UI, while searches flood it and in a large tree.

    Needs no Lean: the events are made up. Other work on the machine shows in the results.
    """
    from prover.bench.tui import flood, start_up

    measured = list(flood(seconds, searches, tactics, nodes))
    console = Console(highlight=False)
    console.print(_flood_table(measured))
    first = start_up()
    console.print(f"to the first screen: {first:.2f} s of wall time (goal: 0.5)")
    if json_path is not None:
        content = {"first_screen": first, "measured": [dataclasses.asdict(each) for each in measured]}
        _write(Path(json_path), content)


def _root() -> Path:
    from prover.lean.toolchain import EmbeddedLean, choose

    lean = choose("embedded", Path.cwd())
    assert isinstance(lean, EmbeddedLean)
    return lean.root


def _bar() -> Bar:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Bar(*columns, console=Console(stderr=True), transient=True)


def _measured_table(measured: Sequence[Measured]) -> Table:
    compared = any(each.stock for each in measured)
    table = Table("", "measured", "goal", "met", *(["stock"] if compared else []))
    table.caption = "stock: through LeanDojo's own transport" if compared else None
    table.columns[0].no_wrap = True
    for column in (1, 2, *([4] if compared else [])):
        table.columns[column].justify = "right"
    stock = {each.what: f"{_number(each.value)} {each.unit}" for each in measured if each.stock}
    for each in measured:
        if each.stock:
            continue
        least = "≥" if each.more_is_better else "≤"
        goal = "" if each.goal is None else f"{least} {each.goal:,g} {each.unit}"
        met = {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[each.met]
        row = [each.what, f"{_number(each.value)} {each.unit}", goal, met]
        table.add_row(*row, *([stock.get(each.what, "")] if compared else []))
    return table


def _grown_table(grown: Sequence[Grown]) -> Table:
    table = Table("saved states", *(f"{each.states:,}" for each in grown))
    for column in table.columns[1:]:
        column.justify = "right"
    rows = {
        "skip, ms": [each.wall_milliseconds for each in grown],
        "skip inside Lean, ms": [each.lean_milliseconds for each in grown],
        "WebAssembly memory, MB": [each.wasm for each in grown],
        "resident memory, MB": [each.resident for each in grown],
    }
    for what, values in rows.items():
        table.add_row(what, *map(_number, values))
    return table


def _flood_table(measured: Sequence[Flood]) -> Table:
    table = Table("", *(each.what for each in measured))
    for column in table.columns[1:]:
        column.justify = "right"
    rows = {
        "keys": [str(each.keys) for each in measured],
        "a key waits, median": [f"{each.median:.1f} ms" for each in measured],
        "99 of 100 wait less than": [f"{each.p99:.1f} ms" for each in measured],
        "the slowest waits (goal: 50)": [f"{each.worst:.1f} ms" for each in measured],
        "of that, computing": [f"{each.busy:.1f} ms" for each in measured],
        "keys that wait over 50 ms": [str(each.late) for each in measured],
        "tactics a second": [f"{each.per_second:.0f}" for each in measured],
        "rows": [f"{each.rows:,}" for each in measured],
        "memory": [f"+{each.megabytes:.0f} MB" for each in measured],
    }
    for what, values in rows.items():
        table.add_row(what, *values)
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _write_json(path: Path, measured: Sequence[Measured], grown: Sequence[Grown]) -> None:
    content = {
        "measured": [{**dataclasses.asdict(each), "met": each.met} for each in measured],
        "grown": [dataclasses.asdict(each) for each in grown],
    }
    _write(path, content)


def _write(path: Path, content: object) -> None:
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"--json {path}: can't be written: {error.strerror}") from error
