"""What the commands that serve an editor or an assistant have in common: which lemma library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from prover.errors import InputError

F = TypeVar("F", bound=Callable[..., Any])


def library_options(command: F) -> F:
    text = "The lemma library to use. [default: the one that `prover doctor` names]"
    without = "Use no lemma of the library, and keep nothing in it."
    with_path = click.option("--db", metavar="PATH", help=text)(command)
    return click.option("--no-library", is_flag=True, help=without)(with_path)


def library_path(db: str | None, no_library: bool) -> Path | None:
    """The library's file, None for none. Raises `InputError` where both are given."""
    from lemmas.store import default_path  # late, so that help is fast

    if no_library and db is not None:
        raise InputError("--db and --no-library exclude each other: give one of them")
    if no_library:
        return None
    return default_path() if db is None else Path(db)
