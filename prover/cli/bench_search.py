"""`prover bench search`: what the search costs beside Lean."""

from __future__ import annotations

import dataclasses
import json
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from prover.bench.store import write_whole
from prover.config import STRATEGIES


@click.command()
@click.option(
    "--tactics",
    type=click.IntRange(min=100),
    default=100_000,
    show_default=True,
    metavar="N",
    help="How far each search goes.",
)
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    type=click.Choice(STRATEGIES),
    default=STRATEGIES,
    help="May be repeated. [default: all]",
)
@click.option("--json", "json_path", metavar="OUT", help="Write what was measured to this file, too.")
def search(tactics: int, strategies: tuple[str, ...], json_path: str | None) -> None:
    """What search and policy cost, with a stand-in for Lean that answers at once.

    Processor time of a tactic at the 100th, 1,000th, 10,000th, … of one search, of the search itself and of
    the fixed policy, and the memory that 1,000 tactics take. With 100,000 tactics it takes some minutes.
    """
    from prover.bench.overhead import Cost, Memory, marks_of, measure

    costs: list[Cost] = []
    memories: list[Memory] = []
    with closing(measure(tactics, strategies)) as work, Console(stderr=True).status("searching") as status:
        for seen in work:
            if isinstance(seen, Cost):
                costs.append(seen)
                status.update(f"searching: {seen.strategy}, {seen.tactics:,} tactics")
            else:
                memories.append(seen)
    marks = marks_of(tactics)
    figures = [*(f"{mark:,}th" for mark in marks), "÷ first", "KiB/1,000"]
    table = Table("µs a tactic", "of", *figures)
    for column in table.columns[2:]:
        column.justify = "right"
    for memory in memories:
        found = [cost for cost in costs if cost.strategy == memory.strategy]
        for what, values in (
            ("search", [cost.search for cost in found]),
            ("policy", [cost.policy for cost in found]),
            ("both", [cost.total for cost in found]),
        ):
            kib = f"{memory.kib:,.0f}" if what == "both" else ""
            numbers = [f"{value:,.0f}" for value in values]
            name = memory.strategy if what == "search" else ""
            table.add_row(name, what, *numbers, f"{values[-1] / values[0]:.2f}", kib)
    Console(highlight=False).print(table)
    if json_path is not None:
        content = {
            "costs": [{**dataclasses.asdict(cost), "total": cost.total} for cost in costs],
            "memory": [dataclasses.asdict(memory) for memory in memories],
        }
        write_whole(Path(json_path), json.dumps(content, indent=1) + "\n")
