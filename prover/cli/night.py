"""`prover night`: leave a project in the evening, and read what came of it in the morning."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from prover.cli.choosing import chosen_holes
from prover.config import LEANS, STRATEGIES
from prover.errors import INTERRUPTED

_ACTIONS = ("resume", "status", "stop")
_DIR = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


class NightGroup(click.Group):
    """Words that are no subcommand are paths: they begin a night."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in (*_ACTIONS, *ctx.help_option_names):
            args = ["begin", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Those of the beginning of a night; the other commands have help of their own."""
        begin.format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(f"{name} DIR", _help(self.commands[name])) for name in _ACTIONS])


def _help(command: click.Command) -> str:
    return command.get_short_help_str(limit=80)


def _limits(command: Any) -> Any:
    for option in reversed(
        [
            click.option("--until", metavar="HH:MM", help="End at that time of day."),
            click.option(
                "--hours",
                type=click.FloatRange(min=0, min_open=True),
                metavar="H",
                help="End after so many hours. [default: 8, where no other limit is given]",
            ),
            click.option(
                "--budget",
                "budgets",
                multiple=True,
                metavar="N[t|s|tok]",
                help="End after so much for all holes together: 20000t, 3600s, 2mtok are tactics, seconds and"
                " tokens. With tactics, what is found depends on no machine's speed, and not on --workers.",
            ),
            click.option("--cost", metavar="N", help="End before models have cost more: 20usd, or 20."),
        ]
    ):
        command = option(command)
    return command


@click.group(cls=NightGroup, subcommand_metavar="PATH... | COMMAND DIR", no_args_is_help=True)
def night() -> None:
    """Work on all holes of a project, for as long as there is time.

    Every hole gets a small budget first, and those that stay open twice as much each time; those where
    progress is likely come first. What is proved helps with the rest. Each proof is certified, and kept in
    the folder of the night as it comes: a night that is killed goes on with `resume`, and loses nothing.

    \b
    Until seven in the morning, on two Leans, and read the report then:
        prover night Theory/ --until 07:00 --workers 2
        prover report night-2026-01-31
    In the background, with a look at it now and then:
        prover night Theory/ --hours 10 --detach
        prover night status night-2026-01-31 --follow
    The proofs as commits of a branch, one for each theorem:
        prover night Theory/ --branch proofs
    With a model that learns from what the night proves:
        prover night Theory/ --policy builtin --learn

    Ctrl-C ends it in good order. Exit status: 0 all holes are done, 1 some stay open, 2 bad input or a folder
    that can't be used, 3 no usable Lean, 130 interrupted.
    """


@night.command(hidden=True)
@chosen_holes
@_limits
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that work side by side, each with a Lean. [default: as many as cores and memory allow]",
)
@click.option("--ray", metavar="ADDRESS", help="Work on this Ray cluster (`auto`: the one of this machine).")
@click.option(
    "--memory",
    type=click.FloatRange(min=0.5),
    default=3.0,
    show_default=True,
    metavar="GB",
    help="A worker that takes up more, its Lean included, is replaced.",
)
@click.option("--out", metavar="DIR", help="Where the night is kept. [default: night-, and the date]")
@click.option("--write", is_flag=True, help="Put each certified proof into its file.")
@click.option(
    "--branch", metavar="NAME", help="Commit the proofs to this new git branch, one for each theorem."
)
@click.option("--detach", is_flag=True, help="Work in the background, and return at once.")
@click.option("--policy", metavar="SPEC", help="Who proposes tactics, as in `prover prove`.")
@click.option(
    "--learn",
    is_flag=True,
    help="After a round with many new proofs, fit the built-in model to them, and ask it from then on."
    " Needs --policy builtin, or builtin:DIR, and torch: pip install 'prover[train]'.",
)
@click.option(
    "--strategy", type=click.Choice(STRATEGIES), help="Which goal comes next. [default: best-first]"
)
@click.option("--seed", type=int, metavar="N", help="Draws the order of equally likely tactics.")
@click.option("--lean", type=click.Choice(LEANS), help="Which Lean. [default: auto]")
@click.option("--db", metavar="PATH", help="The lemma library to use. [default: as in `prover prove`]")
@click.option("--no-library", is_flag=True, help="Use no lemma of the library, and keep nothing in it.")
@click.pass_context
def begin(context: click.Context, /, **options: Any) -> None:
    """Begin a night."""
    from prover.cli.night_run import begin_night

    context.exit(begin_night(**options))


@night.command()
@_DIR
@_limits
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="As many from now on.")
@click.option("--ray", metavar="ADDRESS", help="On this Ray cluster from now on.")
@click.option("--detach", is_flag=True, help="Work in the background, and return at once.")
@click.pass_context
def resume(context: click.Context, /, **options: Any) -> None:
    """Go on with a night that was stopped or killed, or has come to its limit.

    Limits that are given replace those it had; --hours count from now, --budget and --cost all of the night.
    """
    from prover.cli.night_run import resume_night

    context.exit(resume_night(**options))


@night.command()
@_DIR
@click.option("--follow", is_flag=True, help="Go on showing it until it ends; Ctrl-C leaves the night alone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")
def status(folder: Path, follow: bool, as_json: bool) -> None:
    """Say in one line how a night stands."""
    from prover.batch.status import as_json as json_of
    from prover.batch.status import read_status
    from prover.cli.night_show import follow_night, line

    if follow:
        try:
            follow_night(folder)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None
    elif as_json:
        click.echo(json.dumps(json_of(read_status(folder)), ensure_ascii=False))
    else:
        click.echo(line(read_status(folder)))


@night.command()
@_DIR
def stop(folder: Path) -> None:
    """End a night in good order; `resume` goes on with it."""
    from prover.batch.status import read_status
    from prover.cli.night_run import stop_night
    from prover.cli.night_show import line

    stop_night(folder)
    click.echo(line(read_status(folder)))


def default_workers(memory: int) -> int:
    """As many as have a core and memory each."""
    import psutil

    return max(1, min(os.cpu_count() or 1, psutil.virtual_memory().total // memory))
