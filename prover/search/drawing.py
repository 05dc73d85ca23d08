"""Pictures of searches: as text for a terminal, as SVG, and as a file for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import count

import networkx

from prover.search.picture import FAILED, GIVEN_UP, OPEN, PROVED, Picture, ShownGoal, ShownTactic

_MARKS = {PROVED: "✓", FAILED: "✗", GIVEN_UP: "↩", OPEN: "…"}
_COLOURS = {PROVED: "#2e8540", FAILED: "#999999", GIVEN_UP: "#b5541a", OPEN: "#205493"}
_WIDTH = 100
_COLUMN, _ROW, _BOX, _LETTERS = 170, 56, 34, 24


def as_text(picture: Picture) -> Iterator[str]:
    """Lines: goals, the tactics on each in the order in which they were tried, and the proof at the end."""
    result = picture.result
    status = f"{result['status']} ({result['stop']})" if result else "cut off"
    tactics = f"{picture.tactics:,} tactic{'' if picture.tactics == 1 else 's'}"
    yield f"{picture.theorem or 'not opened'} · {picture.name} · {status} · {tactics}"
    for root in picture.roots:
        yield from _goal(root, "", "")
    if result and (result["proof"] or result["partial"]):
        yield ""
        yield "the proof:" if result["proof"] else "the part of a proof that came furthest:"
        yield from (f"  {line}" for line in (result["proof"] or result["partial"]).split("\n"))


def as_dot(graph: networkx.DiGraph) -> str:
    lines = ["digraph search {", "  node [fontname=monospace];"]
    for name, node in graph.nodes(data=True):
        shape = "box" if node["kind"] == "goal" else "ellipse"
        colour = _COLOURS[node["standing"]]
        lines.append(
            f"  {_quoted(name)} [label={_quoted(node['label'])}, shape={shape}, color={_quoted(colour)}];"
        )
    lines += [f"  {_quoted(above)} -> {_quoted(below)};" for above, below in graph.edges]
    return "\n".join([*lines, "}\n"])


def as_svg(graph: networkx.DiGraph) -> str:
    """A forest from the top down; leaves stand side by side, others in the middle above theirs."""
    places = _layout(graph)
    width = _COLUMN * (1 + max((x for x, _ in places.values()), default=0))
    height = _ROW * (1 + max((y for _, y in places.values()), default=0))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height}" '
        'font-family="monospace" font-size="10">'
    ]
    for above, below in graph.edges:
        (x1, y1), (x2, y2) = places[above], places[below]
        ends = f'x1="{_COLUMN * (x1 + 0.5):g}" y1="{_ROW * y1 + _BOX}" '
        ends += f'x2="{_COLUMN * (x2 + 0.5):g}" y2="{_ROW * y2}"'
        parts.append(f'<line {ends} stroke="{_COLOURS[graph.nodes[below]["standing"]]}"/>')
    for name, node in graph.nodes(data=True):
        parts += _box(places[name], node["label"], node["kind"], _COLOURS[node["standing"]])
    return "\n".join([*parts, "</svg>\n"])


def _goal(goal: ShownGoal, first: str, rest: str) -> Iterator[str]:
    waits = "" if goal.like is None else f" · reads like goal {goal.like}"
    why = f" · given up: {goal.why}" if goal.why else ""
    yield _short(f"{first}{_MARKS[goal.standing]} goal {goal.id} {goal.targets}", waits + why)
    for tactic in goal.tactics:
        last = tactic is goal.tactics[-1]
        yield from _tactic(tactic, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _tactic(tactic: ShownTactic, first: str, rest: str) -> Iterator[str]:
    said = f" · {' '.join(tactic.said.split())}" if tactic.said else ""
    text = " ".join(tactic.text.split())
    yield _short(f"{first}{_MARKS[tactic.standing]} {tactic.number}. {text}{said}", "")
    for goal in tactic.goals:
        last = goal is tactic.goals[-1]
        yield from _goal(goal, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _short(text: str, end: str) -> str:
    return text + end if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…" + end


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _layout(graph: networkx.DiGraph) -> dict[str, tuple[float, int]]:
    depths: dict[str, int] = {}
    for name in networkx.topological_sort(graph):
        depths[name] = max((depths[above] + 1 for above in graph.predecessors(name)), default=0)
    places: dict[str, tuple[float, int]] = {}
    column = count()
    roots = [name for name in graph if graph.in_degree(name) == 0]
    for root in roots:
        for name in networkx.dfs_postorder_nodes(graph, root):
            below = [places[child][0] for child in graph.successors(name)]
            places[name] = (below[0] + below[-1]) / 2 if below else float(next(column)), depths[name]
    return places


def _box(place: tuple[float, int], label: str, kind: str, colour: str) -> list[str]:
    x, y = _COLUMN * place[0] + 4, _ROW * place[1]
    shown = label if len(label) <= _LETTERS else label[: _LETTERS - 1] + "…"
    corner = 2 if kind == "goal" else 12
    return [
        f'<g><title>{escape(label)}</title><rect x="{x:g}" y="{y}" width="{_COLUMN - 8}" height="{_BOX}"'
        f' rx="{corner}" fill="white" stroke="{colour}"/>',
        f'<text x="{x + 6:g}" y="{y + 20}" fill="{colour}">{escape(shown)}</text></g>',
    ]
