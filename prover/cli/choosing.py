"""The words of the command line that `targets` reads, for every command that works on holes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def chosen_holes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `PATH[:LINE]...` as `paths`, and `--theorem NAME` as `names`."""
    theorem = click.option(
        "--theorem",
        "names",
        multiple=True,
        metavar="NAME",
        help="Only the holes of this theorem: its full name, or the end of it. May be repeated.",
    )
    return click.argument("paths", nargs=-1, required=True, metavar="PATH[:LINE]...")(theorem(command))
