"""Who uses whom, as a graph of networkx: an edge from a lemma to each that it uses."""

from __future__ import annotations

from typing import Any

import networkx

from lemmas.store import Library
from prover.search.picture import FAILED, GIVEN_UP, PROVED


def graph_of(library: Library) -> Any:
    """A directed graph without cycles: a lemma uses older ones only. Nodes are the lemmas' numbers."""
    graph = networkx.DiGraph()
    for lemma in library.listed():
        graph.add_node(
            lemma.id,
            label=lemma.name,
            kind=lemma.kind.value,
            standing=lemma.standing.value,
            place=lemma.place,
        )
    graph.add_edges_from(library.uses())
    return graph


def most_used(graph: Any, limit: int) -> list[tuple[int, int]]:
    """Lemmas and how many use them, the most used first."""
    used = sorted(
        ((number, count) for number, count in graph.in_degree() if count), key=lambda x: (-x[1], x[0])
    )
    return used[:limit]


def orphans(graph: Any) -> list[int]:
    """Those that use none and are used by none."""
    return sorted(number for number, degree in graph.degree() if degree == 0)


def drawable(graph: Any) -> Any:
    """The same with the names and colours that `prover.search.drawing` knows."""
    shown = networkx.relabel_nodes(graph, str)
    colours = {"certified": PROVED, "stale": GIVEN_UP, "broken": FAILED}
    for _, node in shown.nodes(data=True):
        node["standing"] = colours[node["standing"]]
    return shown
