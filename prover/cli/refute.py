"""`prover refute`: which of the theorems with holes are false."""

from __future__ import annotations

import json
from pathlib import Path

import click

from prover.cli.choosing import chosen_holes
from prover.cli.render import refutation
from prover.config import LEANS, LeanKind, load_settings
from prover.types import Counterexample, Theorem


@click.command()
@chosen_holes
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object a line for each theorem.")
@click.option("--lean", type=click.Choice(LEANS), help="Which Lean. [default: auto]")
@click.pass_context
def refute(
    context: click.Context,
    paths: tuple[str, ...],
    names: tuple[str, ...],
    as_json: bool,
    lean: LeanKind | None,
) -> None:
    """Look for counterexamples to the theorems that have holes (`sorry`).

    PATH is a file or a folder. With :LINE, only the holes on that line, or those of the declaration around
    it. Small values are tried; a counterexample is told when Lean has certified a proof that the statement
    does not hold of it. Of a theorem without one nothing is known.

    \b
        prover refute Theory/Lists.lean
        prover refute Theory/ --theorem append_comm --json

    `prover prove` does the same for what it leaves open.

    Exit status: 0 none is false, 1 some are, 2 bad input or usage, 3 no usable Lean, 130 interrupted.
    """
    from prover.cli.run import say_what_is_left_out  # late, so that help is fast
    from prover.cli.targets import find_targets
    from prover.lean.connect import gateway_factory
    from prover.refute import refute as refuted

    targets = find_targets(paths, names)
    say_what_is_left_out(targets)
    pool = gateway_factory(lean or load_settings(Path.cwd()).lean)()
    false = total = 0
    try:
        for job in targets.jobs:
            gateway = pool.for_source(job.source)
            first = {theorem.declaration: theorem for theorem in reversed(job.theorems)}
            for theorem in reversed(first.values()):
                found = refuted(job.source, theorem, gateway)
                total, false = total + 1, false + (found is not None)
                if as_json:
                    click.echo(_json(theorem, found))
                elif found is not None:
                    click.echo(_text(theorem, found))
    finally:
        pool.close()
    click.echo(f"{false} of {total} false", err=as_json)
    context.exit(1 if false else 2 if targets.unreadable else 0)


def _text(theorem: Theorem, found: Counterexample) -> str:
    values = f": counterexample {found}" if found.values else ""
    proof = "\n".join(f"--     {line}" for line in found.proof.split("\n"))
    place = f"-- {theorem.file}:{theorem.hole.position} · {theorem.name}"
    return f"{place} · false{values}, checked by Lean\n{proof}\n"


def _json(theorem: Theorem, found: Counterexample | None) -> str:
    record = {
        "theorem": theorem.name,
        "file": str(theorem.file),
        "line": theorem.hole.position.line,
        "column": theorem.hole.position.column,
        "false": found is not None,
        "counterexample": None if found is None else refutation(found),
    }
    return json.dumps(record, ensure_ascii=False)
