"""`prover report`: what came of a night, to be read in the morning."""

from __future__ import annotations

from pathlib import Path

import click

from prover.errors import InputError

NAME = "report.html"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--open", "opening", is_flag=True, help="Show the page in the browser.")
@click.option("--json", "as_json", is_flag=True, help="Write the report to standard output as JSON instead.")
@click.option(
    "--markdown", "as_markdown", is_flag=True, help="Write it to standard output as Markdown instead."
)
def report(folder: Path, opening: bool, as_json: bool, as_markdown: bool) -> None:
    """Tell what came of a night: what was proved, what is open and why, what is false, and what it cost.

    DIR is the folder of a night, which may still be at work. The report is one page, DIR/report.html, that
    needs no network; as Markdown it fits in a chat or a pull request.

    \b
        prover report night-2026-01-31 --open
        prover report night-2026-01-31 --markdown | gh pr create --title 'Proofs' --body-file -
    """
    from prover.batch.heart import is_at_work  # late, so that help is fast
    from prover.batch.report import page, plain
    from prover.batch.report.figures import report_of
    from prover.batch.store import read_night

    if as_json and as_markdown:
        raise InputError("--json and --markdown exclude each other: give one of them")
    if opening and (as_json or as_markdown):
        raise InputError("--open shows the page: give it without --json and --markdown")
    night = read_night(folder)
    told = report_of(night, is_at_work(folder))
    if as_json:
        click.echo(plain.as_json(told))
        return
    if as_markdown:
        click.echo(plain.as_markdown(told))
        return
    path = folder / NAME
    _write(path, page.as_html(told))
    click.echo(str(path))
    if opening and click.launch(path.absolute().as_uri()) != 0:
        raise InputError(f"no browser could be started; open {path} in one")


def _write(path: Path, text: str) -> None:
    """Whole, or not at all: someone may be looking at the last one."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8", errors="backslashreplace")
        new.replace(path)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None
