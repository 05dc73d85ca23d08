"""`prover models`: which language models are configured, whether they answer, and what they have cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from prover.config import load_settings


@click.command()
@click.option(
    "--check",
    is_flag=True,
    help="Ask each model a small question, to see how fast it is; that costs a little.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object for each model instead of a table."
)
def models(check: bool, as_json: bool) -> None:
    """Show the language models that are configured, whether their servers answer, how fast they have been,
    and what they have cost so far.

    Models stand in `prover.toml`, in the project or in your own configuration folder:

    \b
        [models.qwen]
        model = "Qwen/Qwen3-32B"                 # the server's name for it
        base_url = "http://127.0.0.1:8000/v1"
        price = [0.10, 0.30]                     # US dollars for a million tokens read, and written

    \b
    and are used by
        prover prove Theory/ --policy openai:qwen
        prover prove Theory/ --policy fixed+openai:qwen    # where the rules are stuck

    A key is taken from the environment: from OPENAI_API_KEY, or the variable that `key_variable` names.
    """
    from prover.policy.api.standing import ModelStanding, standings  # late: the client takes its time

    settings = load_settings(Path.cwd())
    found = standings(settings, check)
    if as_json:
        for standing in found:
            click.echo(json.dumps(standing.as_json(), ensure_ascii=False))
        return
    if not found:
        click.echo(
            "no language model is configured; `prover models --help` says how, and"
            " `--policy openai:MODEL@URL` needs no configuration"
        )
        return
    table = Table(box=None, pad_edge=False)
    for name in ("model", "at", "key", "answers", "speed", "asked", "tokens", "cost"):
        table.add_column(name, overflow="fold")

    def rows(standing: ModelStanding) -> Iterator[Text]:
        spent = standing.spent
        yield Text(f"openai:{standing.name}", "bold")
        yield Text(standing.settings.base_url)
        yield Text(standing.key, "" if standing.key != "missing" else "red")
        yield Text(standing.trouble or standing.answers, "red" if standing.trouble else "green")
        yield Text(standing.speed)
        yield Text(f"{spent.requests:,}" + (f", {spent.failures:,} failed" if spent.failures else ""))
        yield Text(f"{spent.read + spent.written:,}")
        yield Text(f"{spent.usd:.4f} USD")

    for standing in found:
        table.add_row(*rows(standing))
    console = Console()
    if not console.is_terminal:
        console.width = 1000
    console.print(table)
