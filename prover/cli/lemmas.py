"""`prover lemmas`: look into the lemma library, take lemmas out and in, verify them, forget them."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from prover.config import LEANS, LeanKind
from prover.errors import InputError, LibraryError

if TYPE_CHECKING:  # late, so that help is fast
    from lemmas import Lemma, Library
    from prover.proving import GatewayPool

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MARKS = {"certified": "", "stale": "stale", "broken": "broken"}


def _common(command: _Command) -> _Command:
    """The options of every command here."""
    options = (
        click.option(
            "--db", metavar="PATH", help="The library. [default: the one that `prover doctor` names]"
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs."),
    )
    return functools.reduce(lambda made, option: option(made), options, command)


def _lean_option(command: _Command) -> _Command:
    return click.option("--lean", type=click.Choice(LEANS), default="auto", help="Which Lean certifies.")(
        command
    )


@click.group()
def lemmas() -> None:
    """The lemma library: what was proved, kept for later.

    `prover prove` keeps each certified proof in one SQLite file, and the goals inside it, and uses them when
    it comes by the same goal, by an instance of it, or by something that speaks of the same things.

    \b
        prover lemmas search append
        prover lemmas export shared.lean --kind theorem
        prover lemmas import shared.lean --db other.sqlite
    """


@lemmas.command("list")
@click.option(
    "--kind", type=click.Choice(["theorem", "goal"]), help="Only theorems, or only goals in proofs."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many. [default: all]")
@_common
def list_(kind: str | None, limit: int | None, db: str | None, as_json: bool) -> None:
    """List the lemmas in the order in which they came.

    In a pipe or a file, a line each: id, mark, name, statement and place, with tabs between.
    """
    from lemmas import Kind

    with _library(db) as library:
        _tell(library.listed(limit, Kind(kind) if kind else None), as_json)


@lemmas.command()
@click.argument("words", nargs=-1, required=True, metavar="TEXT...")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N")
@_common
def search(words: tuple[str, ...], limit: int, db: str | None, as_json: bool) -> None:
    """Find lemmas by words of their names and statements, the best match first."""
    with _library(db) as library:
        _tell(library.search(" ".join(words), limit), as_json)


@lemmas.command()
@click.argument("which", metavar="ID|NAME")
@_common
def show(which: str, db: str | None, as_json: bool) -> None:
    """Show one lemma: statement, proof, what it needs, and where it is from."""
    from lemmas.parcels import described

    with _library(db) as library:
        lemma = _chosen(library, [which])[0]
        uses = library.used_by(lemma.id)
        if as_json:
            context = library.context(lemma.context_id)
            record = {**described(lemma), "uses": uses, "imports": context.imports, "context": context.text}
            click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        else:
            _show(library, lemma, uses)


@lemmas.command()
@_common
def stats(db: str | None, as_json: bool) -> None:
    """Count what is in the library, and check that the file is sound. Exit status 2 when it is damaged."""
    with _library(db) as library:
        damage = library.damage()
        counts = {"file": str(library.path), "bytes": library.path.stat().st_size, **library.statistics()}
        if as_json:
            click.echo(json.dumps({**counts, "damage": damage}, ensure_ascii=False, indent=2))
        else:
            for what, value in counts.items():
                click.echo(f"{what:24} {value if isinstance(value, str) else format(value, ',')}")
        if damage:
            raise LibraryError(f"the lemma library {library.path} is damaged: {damage[0]}")


@lemmas.command()
@click.argument("file", metavar="FILE.lean|FILE.json")
@click.argument("which", nargs=-1, metavar="[ID|NAME]...")
@click.option(
    "--kind", type=click.Choice(["theorem", "goal"]), help="Only theorems, or only goals in proofs."
)
@_common
def export(file: str, which: tuple[str, ...], kind: str | None, db: str | None, as_json: bool) -> None:
    """Write lemmas, all or those named, and what they use, to a file.

    A Lean file has them as theorems that compile; JSON is for other tools. Both can be imported again. Broken
    lemmas are left out.
    """
    from lemmas import Kind
    from lemmas.parcels import as_json as in_json
    from lemmas.parcels import as_lean, packed

    form = _form(file)
    with _library(db) as library:
        chosen = _chosen(library, which) if which else library.listed(None, Kind(kind) if kind else None)
        sound = [lemma for lemma in chosen if lemma.standing.value != "broken"]
        parcels = packed(library, sound)
    text = as_lean(parcels) if form == "lean" else in_json(parcels)
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: can't be written: {error.strerror}") from None
    _count(as_json, f"to {file}", exported=len(parcels), broken=len(chosen) - len(sound))


@lemmas.command("import")
@click.argument("file", metavar="FILE.lean|FILE.json")
@_lean_option
@_common
@click.pass_context
def import_(context: click.Context, file: str, lean: LeanKind, db: str | None, as_json: bool) -> None:
    """Take in the lemmas of a file that Lean certifies, and refuse the others.

    FILE is what `prover lemmas export` wrote, or any Lean file with proved theorems. Exit status 1 when some
    were refused.
    """
    from prover.cli.certify import taken_in

    _form(file)
    with _library(db, new=True) as library, _pool(lean) as pool:
        done = taken_in(library, pool, Path(file), _progress)
    for name in done.refused:
        click.echo(f"refused: {name}", err=True)
    _count(as_json, f"from {file}", imported=done.imported, known=done.known, refused=len(done.refused))
    context.exit(1 if done.refused else 0)


@lemmas.command()
@click.argument("which", nargs=-1, metavar="[ID|NAME]...")
@click.option("--all", "every", is_flag=True, help="All of them.")
@_lean_option
@_common
@click.pass_context
def verify(
    context: click.Context, which: tuple[str, ...], every: bool, lean: LeanKind, db: str | None, as_json: bool
) -> None:
    """Certify lemmas again: those named, or those that are stale, broken or of another Lean than today's.

    Marks each as certified or broken; deletes none. A stale one keeps its mark: it stands, but for
    definitions that its file no longer has. Exit status 1 when some are broken.
    """
    from prover.cli.certify import verified

    with _library(db) as library, _pool(lean) as pool:
        chosen = _chosen(library, which) if which else library.listed()
        done = verified(library, pool, chosen, bool(which) or every, _progress)
    for name in done.broken:
        click.echo(f"broken: {name}", err=True)
    _count(as_json, "", verified=done.good, broken=len(done.broken), left=done.left)
    context.exit(1 if done.broken else 0)


@lemmas.command()
@click.option("--svg", metavar="FILE", help="Draw the graph to this file.")
@click.option("--dot", metavar="FILE", help="Write it to this file for Graphviz.")
@click.option("--graphml", metavar="FILE", help="Write it to this file as GraphML.")
@_common
def graph(svg: str | None, dot: str | None, graphml: str | None, db: str | None, as_json: bool) -> None:
    """Show who uses whom: how many do, the most used lemmas, and those that stand alone."""
    import networkx

    from lemmas.graph import drawable, graph_of, most_used, orphans
    from prover.search.drawing import as_dot, as_svg

    with _library(db) as library:
        made = graph_of(library)
    shown = drawable(made)
    graphml_text = "\n".join(networkx.generate_graphml(shown)) + "\n"
    for path, text in ((svg, as_svg(shown)), (dot, as_dot(shown)), (graphml, graphml_text)):
        if path is not None:
            try:
                Path(path).write_text(text, encoding="utf-8")
            except OSError as error:
                raise InputError(f"{path}: can't be written: {error.strerror}") from None
    used, alone = most_used(made, 10), orphans(made)
    names = {number: made.nodes[number]["label"] for number in made}
    if as_json:
        edges = [list(edge) for edge in made.edges]
        record = {"lemmas": len(made), "edges": edges, "most_used": used, "orphans": alone}
        click.echo(json.dumps(record, ensure_ascii=False, indent=2))
        return
    cycles = "none" if networkx.is_directed_acyclic_graph(made) else "some"
    click.echo(
        f"{len(made):,} lemmas, {made.number_of_edges():,} uses, {len(alone):,} alone, cycles: {cycles}"
    )
    for number, count in used:
        click.echo(f"{count:6,} use {number} {names[number]}")


@lemmas.command()
@click.argument("which", nargs=-1, metavar="[ID|NAME]...")
@click.option("--stale", is_flag=True, help="Those whose definitions have changed.")
@click.option("--broken", is_flag=True, help="Those that Lean no longer accepts.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@_common
def forget(
    which: tuple[str, ...], stale: bool, broken: bool, yes: bool, db: str | None, as_json: bool
) -> None:
    """Delete lemmas for good, after asking. One that others use goes only together with them."""
    standings = {name for name, wanted in (("stale", stale), ("broken", broken)) if wanted}
    if not which and not standings:
        raise click.UsageError("say which: an ID, a name, --stale or --broken")
    with _library(db) as library:
        chosen = _chosen(library, which) if which else []
        chosen += [lemma for lemma in library.listed() if lemma.standing.value in standings]
        numbers = sorted({lemma.id for lemma in chosen})
        if numbers and not yes:
            names = ", ".join(lemma.name for lemma in chosen[:5]) + (", …" if len(chosen) > 5 else "")
            if not click.confirm(f"Forget {len(numbers):,} of the library's lemmas ({names})?", err=True):
                numbers = []
        _count(as_json, "", forgotten=library.forget(numbers))


# -- what the commands share -------------------------------------------------------------------------------


@contextmanager
def _library(db: str | None, new: bool = False) -> Iterator[Library]:
    from lemmas import Library, default_path

    path = default_path() if db is None else Path(db)
    if not new and not path.exists():
        raise LibraryError(
            f"there is no lemma library {path} yet: `prover prove` makes it with its first proof"
        )
    with Library.open(path) as library:
        yield library


@contextmanager
def _pool(lean: LeanKind) -> Iterator[GatewayPool]:
    from prover.lean.connect import gateway_factory

    with closing(gateway_factory(lean)()) as pool:
        yield pool


def _chosen(library: Library, words: Sequence[str]) -> list[Lemma]:
    """Each word is a number, or a name that at least one lemma has."""
    found: dict[int, Lemma] = {}
    for word in words:
        lemma = library.get(int(word)) if word.isdigit() else None
        named = [lemma] if lemma is not None else library.by_name(word)
        if not named:
            raise InputError(f"no lemma `{word}` in {library.path}; `prover lemmas search` finds names")
        found.update((each.id, each) for each in named)
    return list(found.values())


def _form(file: str) -> str:
    suffix = Path(file).suffix
    if suffix not in (".lean", ".json"):
        raise InputError(f"{file}: the name must end in .lean or .json")
    return suffix.removeprefix(".")


def _tell(found: Sequence[Lemma], as_json: bool) -> None:
    from lemmas.parcels import described

    if as_json:
        click.echo(json.dumps([described(lemma) for lemma in found], ensure_ascii=False, indent=2))
        return
    rows = [
        (
            str(lemma.id),
            _MARKS[lemma.standing.value],
            lemma.name,
            " ".join(lemma.statement.split()),
            lemma.place,
        )
        for lemma in found
    ]
    console = Console()
    if not found:
        click.echo("none", err=True)
    elif console.is_terminal:
        console.print(_table(rows))
    else:
        click.echo("\n".join("\t".join(row) for row in rows))


def _table(rows: Sequence[Sequence[str]]) -> Table:
    """As wide as the terminal; what is too long goes on below."""
    table = Table(box=None, pad_edge=False)
    table.add_column("id", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("name", overflow="fold", ratio=2)
    table.add_column("statement", overflow="fold", ratio=4)
    table.add_column("from", overflow="fold", ratio=1)
    for *row, place in rows:
        table.add_row(*map(Text, (*row, Path(place).name)))  # not markup: statements have brackets
    return table


def _show(library: Library, lemma: Lemma, uses: Sequence[int]) -> None:
    from lemmas.statements import declared

    told = lemma.provenance
    click.echo(f"-- {lemma.id} · {lemma.kind.value} · {lemma.standing.value} · Lean {lemma.toolchain}")
    click.echo(f"-- from {lemma.place}, {told.created}, {told.run}, policy {told.policy},")
    click.echo(
        f"-- {told.tactics:,} tactics, {told.seconds:g} s; axioms: {', '.join(lemma.axioms) or 'none'}"
    )
    for name, made in lemma.definitions:
        click.echo(f"-- needs {name} ({made})")
    for used in library.many(uses):
        click.echo(f"-- uses {used.id} {used.name}")
    click.echo(declared(lemma, lemma.name))


def _count(as_json: bool, rest: str, **counts: int) -> None:
    if as_json:
        click.echo(json.dumps(counts))
    else:
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        click.echo(f"{said} ({rest})" if rest else said)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {total:,} ", nl=done == total, err=True)
