"""`prover tui`: the terminal UI."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prover.config import load_settings
from prover.errors import InputError

if TYPE_CHECKING:
    from prover.policy.protocols import PolicyFactory
    from prover.proving import GatewayFactory


@click.command()
@click.argument("paths", nargs=-1, metavar="[FILE|FOLDER]...", type=click.Path(path_type=Path))
@click.option("--db", metavar="PATH", help="The lemma library. [default: the one that `prover doctor` names]")
@click.option("--no-library", is_flag=True, help="Use no lemma of the library, and keep nothing in it.")
def tui(paths: tuple[Path, ...], db: str | None, no_library: bool) -> None:
    """Work on proofs on the terminal, and watch the prover think.

    Shows the files, or those of the folder (default: the working folder), their holes, and for each the
    search as a tree. `?` lists all keys; the first ones: `enter` chooses a hole, `s` starts a search, `t`
    types a tactic, `o` shows the proof, `w` writes it into the file, `q` quits. What was done is there again
    at the next start.

    \b
        prover tui Theory/Lists.lean
        prover tui lean_project
    """
    if no_library and db is not None:
        raise InputError("--db and --no-library exclude each other: give one of them")
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise InputError("the terminal UI needs a terminal; `prover prove` works without one")
    settings = load_settings(Path.cwd())
    from tui.app import run
    from tui.work.preferences import Preferences

    def pools() -> GatewayFactory:
        from prover.lean.connect import gateway_factory  # late: LeanDojo takes its time to import

        return gateway_factory(settings.lean)

    def policies() -> PolicyFactory:
        from prover.policy.specs import policy_factory

        return policy_factory(settings.policy, settings.seed, settings.models)

    defaults = Preferences(seconds=settings.seconds, jobs=max(2, settings.jobs), strategy=settings.strategy)

    def library() -> Path | None:
        from lemmas.store import default_path  # late: SQLite's tools take their time to import

        return None if no_library else default_path() if db is None else Path(db)

    run(paths or [Path()], pools, policies, defaults, library)
