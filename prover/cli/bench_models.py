"""`prover bench models`: what policies cost."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from prover.config import LEANS, LeanKind


@click.command()
@click.option(
    "--policy",
    "policies",
    multiple=True,
    default=("builtin", "fixed"),
    show_default=True,
    metavar="SPEC",
    help="As in `prover prove`. May be repeated.",
)
@click.option("--lean", type=click.Choice(LEANS), default="auto", show_default=True, help="Which Lean.")
@click.option("--no-lean", is_flag=True, help="Don't search: leave out how long Lean waits.")
@click.option("--json", "json_path", metavar="OUT", help="Write what was measured to this file, too.")
def models(policies: tuple[str, ...], lean: LeanKind, no_lean: bool, json_path: str | None) -> None:
    """How fast policies are, and how long Lean waits for them.

    For each: the time until it has answered for the first time, with the loading; the time for 1, 4, 16 and
    64 goals at once, and proposals a second; memory; and, in four small searches, the part of the wall time
    in which Lean has nothing to do because the policy has not answered. Takes half a minute. Other work on
    the machine shows in the results.

    \b
        prover bench models
        prover bench models --policy ct2:reprover --no-lean
    """
    from prover.bench.models import Loading, Speed, measure
    from prover.bench.store import write_whole
    from prover.lean.connect import gateway_factory

    gateways = None if no_lean else gateway_factory(lean)
    measured: list[dict[str, object]] = []
    console = Console(highlight=False)
    speeds = Table("policy", "goals at once", "seconds", "goals/s", "proposals/s")
    for column in speeds.columns[1:]:
        column.justify = "right"
    said: list[str] = []
    with Console(stderr=True).status("measuring") as status:
        for spec in dict.fromkeys(policies):
            status.update(f"measuring {spec}")
            for seen in measure(spec, gateways):
                measured.append({"what": type(seen).__name__.lower(), **dataclasses.asdict(seen)})
                if isinstance(seen, Speed):
                    row = (f"{seen.goals}", f"{seen.seconds:.3f}", f"{seen.goals_rate:,.0f}")
                    speeds.add_row(spec, *row, f"{seen.proposals_rate:,.0f}")
                elif isinstance(seen, Loading):
                    said.append(f"{spec}: first answer after {seen.seconds:.2f} s, +{seen.megabytes:.0f} MB")
                else:
                    searched = f"{seen.tactics} tactics in {seen.seconds:.1f} s"
                    said.append(f"{spec}: Lean waits {seen.share:.0%} of the time ({searched}; goal: 30%)")
    console.print(speeds)
    for line in said:
        console.print(line, markup=False)
    if json_path is not None:
        write_whole(Path(json_path), json.dumps(measured, indent=1) + "\n")
