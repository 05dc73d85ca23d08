"""`prover bench reuse`: what is proved again with a lemma library, and what it helps to prove besides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from prover.cli.bench_run import JOBS, LEAN, OUT, SECONDS, ended, problems_in, watch
from prover.config import LeanKind
from prover.errors import INTERRUPTED

if TYPE_CHECKING:  # late, so that help is fast
    from prover.bench.reused import Reused


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@OUT
@click.option(
    "--budget",
    "tactics",
    type=click.IntRange(min=1),
    default=64,
    show_default=True,
    metavar="N",
    help="Tactics a problem, in each pass.",
)
@SECONDS
@click.option(
    "--policy",
    default="fixed",
    show_default=True,
    metavar="SPEC",
    help="Who proposes tactics, as in `prover prove`.",
)
@JOBS
@LEAN
@click.pass_context
def reuse(
    context: click.Context,
    paths: tuple[str, ...],
    out: str,
    tactics: int,
    seconds: float | None,
    policy: str,
    jobs: int,
    lean: LeanKind,
) -> None:
    """Search every hole of the files four times, and say what the lemma library was worth.

    \b
        first     with an empty library; it is filled, and read by the next passes only
        again     with the library that the first pass has filled
        alone     without a library
        others    each file with what the first pass has proved in the other files

    All with the seed 0 and the same budget. FILE and `index.json` are as in `prover bench run`. Told is, for
    each file: what the first two passes solved and with how many tactics; and what was solved with the other
    files' proofs but not alone, and the reverse, with a sign test.

    DIR gets a folder for each pass, such as `prover bench run` makes, which `prover bench compare` reads;
    lemmas.sqlite, the library; and results.json. The same command goes on where it was stopped.

    \b
        prover bench reuse Theory/ --budget 64 --out reuse

    Exit status: 0 all searches ended, 1 a false statement was proved, 2 bad input or usage, 3 no usable Lean,
    130 interrupted.
    """
    from prover.bench.reuse import Terms, passes
    from prover.bench.reused import as_json, reused
    from prover.bench.store import RESULTS, write_whole
    from prover.cli.signals import stopped_by_signals
    from prover.config import load_settings
    from prover.lean.connect import gateway_factory
    from prover.policy.specs import policy_factory

    models = load_settings(Path.cwd()).models
    policy_factory(policy, 0, models)  # refuses what means nothing, before anything is made
    problems = problems_in(paths)
    terms = Terms(policy, tactics, seconds, lean, jobs)
    for each in passes(Path(out), problems, terms, gateway_factory(lean), models):
        with each.opened() as store:
            click.echo(f"pass `{each.name}`", err=True)
            with stopped_by_signals(each.stop) as signals:
                watch(each, store)
            if signals:
                click.echo(
                    f"stopped in pass `{each.name}`; the same command goes on: {ended(store)}", err=True
                )
                context.exit(INTERRUPTED)
            manifest = store.manifest
    found = reused(Path(out))
    text = json.dumps(as_json(manifest, found), ensure_ascii=False, indent=1)
    write_whole(Path(out) / RESULTS, text + "\n")
    _show(found)
    context.exit(1 if found.alarms else 0)


def _show(found: Reused) -> None:
    console = Console(highlight=False)
    console.print(_twice(found))
    console.print(_across(found))
    for each in found.across[-1:]:
        for what, names in (("gained", each.gained), ("lost", each.lost)):
            click.echo(f"{what} by the other files' proofs: {', '.join(names) or 'nothing'}")
    for lost in found.twice[-1].lost if found.twice else ():
        click.echo(f"not proved again: {lost}")
    for alarm in found.alarms:
        click.echo(f"FALSE PROVED: {alarm}")
    if found.errors:
        click.echo(f"searches that failed, which says nothing of their problems: {found.errors}", err=True)


def _twice(found: Reused) -> Table:
    table = _table("solved, and with how many tactics, with an empty library and with what that proved")
    for column in ("holes", "1st", "2nd", "tactics", "2nd", "proved", "2nd", "÷", "÷ all"):
        table.add_column(column, justify="right")
    for row in found.twice:
        tactics = (row.tactics_first, row.tactics_again, row.proved_first, row.proved_again)
        counts = (f"{number:,}" for number in (row.problems, row.first, row.again, *tactics))
        table.add_row(row.set, *counts, _percent(row.of_proved), _percent(row.of_all))
    table.caption = (
        "tactics: of all searches. proved: of those that the first pass proved; ÷: the second pass's over the"
        " first's; ÷ all: over all tactics of the first"
    )
    return table


def _across(found: Reused) -> Table:
    table = _table("with what was proved in the other files, against no library")
    for column in ("holes", "alone", "others", "gained", "same", "lemma", "lost", "p", "tactics", "others"):
        table.add_column(column, justify="right")
    for row in found.across:
        gained = (len(row.gained), row.same, row.lemmas, len(row.lost))
        counts = (f"{number:,}" for number in (row.problems, row.alone, row.others, *gained))
        tactics = (f"{number:,}" for number in (row.tactics_alone, row.tactics_others))
        table.add_row(row.set, *counts, f"{row.p_value:.2g}", *tactics)
    table.caption = (
        "of those gained, same: by the script of the very same goal; lemma: by a lemma. p: sign test"
    )
    return table


def _table(title: str) -> Table:
    table = Table(title=title, box=SIMPLE, padding=0)
    table.add_column("")
    return table


def _percent(part: float | None) -> str:
    return "" if part is None else f"{part:.1%}"
