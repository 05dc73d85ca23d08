"""The command `prover`: finds its subcommands, and turns every failure into one line and an exit status.

Each subcommand is imported when it is asked for. Nothing here or in those modules' heads may import
lean_dojo, ray or torch.
"""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

import prover
from prover.cli.lazy import LazyGroup
from prover.errors import INTERRUPTED, ProverError

COMMANDS = {
    "prove": "prover.cli.prove",
    "night": "prover.cli.night",
    "report": "prover.cli.report",
    "refute": "prover.cli.refute",
    "show": "prover.cli.show",
    "lemmas": "prover.cli.lemmas",
    "models": "prover.cli.models",
    "doctor": "prover.cli.doctor",
    "setup": "prover.cli.setup",
    "lsp": "prover.cli.lsp",
    "mcp": "prover.cli.mcp",
    "bench": "prover.cli.bench",
    "train": "prover.cli.train",
    "tui": "prover.cli.tui",
}


@click.group(
    name="prover",
    cls=LazyGroup,
    modules=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(prover.__version__, prog_name="prover", message="%(prog)s %(version)s")
@click.pass_context
def command(context: click.Context) -> None:
    """Prove the open theorems of Lean 4 files, and believe only Lean's kernel.

    \b
    Prove every `sorry` of a file, and print the proofs:
        prover prove Theory/Lists.lean
    Only the one on line 12, for ten minutes, and put its proof into the file:
        prover prove Theory/Lists.lean:12 --seconds 600 --write
    Which Lean there is, what is missing, and how to get it:
        prover doctor
    Work on proofs on the terminal (`prover` alone does the same there):
        prover tui Theory/

    A `sorry` counts as proved when Lean accepts the file with the proof in its place, and the theorem
    rests on no `sorry` and on no axiom but `propext`, `Classical.choice` and `Quot.sound`.

    Defaults stand in `prover.toml`, in the project or in your own configuration folder.
    """
    if context.invoked_subcommand is not None:
        return
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise click.exceptions.NoArgsIsHelpError(context)
    tui = context.command.get_command(context, "tui")  # type: ignore[attr-defined]
    context.invoke(tui, paths=(), db=None, no_library=False)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command line (None: this process's own) and leave with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Lean is written in UTF-8, whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    try:
        status = command.main(arguments, prog_name="prover", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except click.Abort:
        status = INTERRUPTED
    except ProverError as error:
        click.echo(f"prover: {error}", err=True)
        status = error.exit_status
    sys.exit(status)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
