"""`prover prove`: search for the proofs of the holes of Lean files, show them, and write them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import click

from prover.cli.amounts import parse_budget
from prover.cli.choosing import chosen_holes
from prover.config import LEANS, STRATEGIES, load_settings
from prover.errors import InputError


@click.command()
@chosen_holes
@click.option("--seconds", type=float, metavar="S", help="Time for each hole. [default: 60]")
@click.option(
    "--tactics",
    type=int,
    metavar="N",
    help="Tactics to try for each hole; with enough --seconds,"
    " results do not depend on the machine's speed. [default: no limit]",
)
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="N[t|s|e|tok|usd]",
    help="The same in short, and more: 200t,30s,50e,100ktok,0.5usd are tactics, seconds, expansions, and what"
    " a model costs in tokens and US dollars; the first one reached ends the search.",
)
@click.option(
    "--strategy",
    type=click.Choice(STRATEGIES),
    help="Which goal comes next. [default: best-first]",
)
@click.option(
    "--trace", metavar="FILE", help="Write all that happens in the searches to this file, a JSON line each."
)
@click.option("--resume", metavar="FILE", help="Go on where the searches of this trace were stopped.")
@click.option(
    "--policy",
    metavar="SPEC",
    help="Who proposes tactics: `builtin`, rules that read the goal and a small model; `fixed`, the"
    " rules alone; `only:TACTIC`, that tactic alone; `ct2:DIR`, a model in a folder;"
    " `openai:MODEL[@BASE_URL]`, a language model; or several in a row, `fixed+openai:MODEL`, the next"
    " one where those before are stuck."
    " [default: builtin]",
)
@click.option(
    "--jobs",
    type=int,
    metavar="N",
    help="Leans that work side by side, several on one hole where there are fewer. [default: 1]",
)
@click.option(
    "--seed",
    type=int,
    metavar="N",
    help="Draws the order of equally likely tactics; 0 draws nothing. [default: 0]",
)
@click.option(
    "--db", metavar="PATH", help="The lemma library to use. [default: the one that `prover doctor` names]"
)
@click.option("--no-library", is_flag=True, help="Use no lemma of the library, and keep nothing in it.")
@click.option(
    "--lemmas",
    "form",
    type=click.Choice(["inline", "theorem"]),
    default="inline",
    show_default=True,
    help="How a written proof brings lemmas of the library: inside it, or as theorems before it.",
)
@click.option("--write", is_flag=True, help="Put each certified proof into its file.")
@click.option(
    "--json",
    "json_path",
    metavar="OUT",
    help="Write one JSON object a line for each hole to this"
    " file, `-` for standard output in the place of the proofs.",
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Show what language models are asked, and their reasoning."
)
@click.option(
    "--lean",
    type=click.Choice(LEANS),
    help="Which Lean: `auto` is the native one where there is one, else the embedded one. [default: auto]",
)
@click.pass_context
def prove(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    names: tuple[str, ...],
    write: bool,
    json_path: str | None,
    budgets: tuple[str, ...],
    trace: str | None,
    resume: str | None,
    db: str | None,
    no_library: bool,
    form: str,
    verbose: bool,
    **options: Any,
) -> None:
    """Prove the holes (`sorry`) of Lean files.

    PATH is a file or a folder. With :LINE, only the holes on that line, or those of the declaration around
    it. Proofs go to standard output as Lean source ready to paste, progress to standard error.

    \b
    All holes of a folder, two at a time, ten minutes each:
        prover prove Theory/ --jobs 2 --seconds 600
    One hole, its proof put into the file:
        prover prove Theory/Lists.lean:12 --write
    Go on with a search that its budget ended:
        prover prove Theory/Lists.lean:12 --budget 200t --trace lists.trace
        prover prove Theory/Lists.lean:12 --budget 2000t --resume lists.trace
    One theorem, by the end of its name:
        prover prove Theory/ --theorem append_nil
    A language model of one's own, where the rules are stuck, for at most half a dollar each:
        prover prove Theory/ --policy fixed+openai:qwen@http://127.0.0.1:8000/v1 --budget 0.5usd
    Records for another program; the same on every machine:
        prover prove Theory/ --json - --tactics 2000 --seconds 100000

    What stays open is tried for a counterexample; a theorem with one is told as false.

    What is proved is kept in the lemma library and helps later runs; see `prover lemmas --help`.

    Exit status: 0 all proved, 1 some stay open, 2 bad input or usage, 3 no usable Lean, 130 interrupted.
    Options not given are taken from `prover.toml`.
    """
    from lemmas.store import default_path  # late, so that help is fast
    from prover.cli.run import run

    if no_library and db is not None:
        raise InputError("--db and --no-library exclude each other: give one of them")
    if form == "theorem" and not write:
        raise InputError("--lemmas theorem is about what is written: give --write as well")
    library = None if no_library else default_path() if db is None else Path(db)
    given = {name: value for name, value in options.items() if value is not None}
    for setting, amount in parse_budget(budgets).items():
        if setting in given:
            raise InputError(f"--budget and --{setting} both limit the {setting}: give one of them")
        given[setting] = amount
    settings = dataclasses.replace(load_settings(Path.cwd()), **given)
    as_theorems = form == "theorem"
    status = run(paths, names, settings, write, json_path, trace, resume, library, as_theorems, verbose)
    context.exit(status)
