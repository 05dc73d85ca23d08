"""`prover show`: the searches of a trace, as trees."""

from __future__ import annotations

from pathlib import Path

import click

from prover.errors import InputError


@click.command()
@click.argument("trace", metavar="TRACE")
@click.option("--svg", "svg_path", metavar="FILE", help="Draw the tree to this file.")
@click.option("--dot", "dot_path", metavar="FILE", help="Write the tree to this file for Graphviz.")
@click.option("--graphml", "graphml_path", metavar="FILE", help="Write the tree to this file as GraphML.")
def show(trace: str, svg_path: str | None, dot_path: str | None, graphml_path: str | None) -> None:
    """Show the searches of a trace: what was tried, what Lean said, where it turned back, and the proof.

    TRACE is a file that `prover prove --trace` wrote. In the tree a goal or tactic is ✓ proved, ✗ failed,
    ↩ given up, or … open; tactics are numbered in the order in which they were tried. Files get the tree of
    the last search.

    \b
        prover prove Theory/Lists.lean:12 --trace lists.trace
        prover show lists.trace --svg lists.svg
    """
    import networkx

    from prover.search.drawing import as_dot, as_svg, as_text
    from prover.search.picture import as_graph, picture_of
    from prover.search.trace import read_trace

    pictures = [picture_of(lines) for searches in read_trace(Path(trace)).values() for lines in searches]
    if not pictures:
        raise InputError(f"{trace}: no search is in it")
    for picture in pictures:
        for line in as_text(picture):
            click.echo(line)
        click.echo()
    graph = as_graph(pictures[-1])
    graphml = "\n".join(networkx.generate_graphml(graph)) + "\n"
    for path, text in ((svg_path, as_svg(graph)), (dot_path, as_dot(graph)), (graphml_path, graphml)):
        if path is not None:
            _write(Path(path), text)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None
