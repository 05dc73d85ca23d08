"""`prover bench editor`: how long an editor waits for the language server."""

from __future__ import annotations

import asyncio

import click
from rich.console import Console
from rich.table import Table


@click.command()
def editor() -> None:
    """How long an editor waits for `prover lsp`.

    Keystrokes in a document of 20,000 lines, also while it is being read; suggestions for a goal, warm; an
    easy proof; memory; the end. Takes half a minute. Other work on the machine shows in the results.
    """
    asyncio.run(_measure())


async def _measure() -> None:
    from prover.bench.editor import measure  # late, so that help is fast
    from prover.bench.gateway import Measured

    table = Table("", "measured", "goal", "met")
    table.columns[1].justify = "right"
    with Console(stderr=True).status("") as status:
        async for seen in measure():
            if isinstance(seen, Measured):
                goal = "" if seen.goal is None else f"≤ {seen.goal:g} {seen.unit}"
                met = {None: "", True: "[green]yes[/]", False: "[red]no[/]"}[seen.met]
                table.add_row(seen.what, f"{seen.value:,.3g} {seen.unit}", goal, met)
            else:
                status.update(f"{seen.what} {seen.done}/{seen.total}")
    Console(highlight=False).print(table)
