"""A search as it stands in a trace, put together again for people to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx

from prover.search.trace import Line

PROVED, FAILED, OPEN, GIVEN_UP = "proved", "failed", "open", "given up"


@dataclass(slots=True)
class ShownTactic:
    """`number` counts the tactics of the search from 1; `said` is what Lean said to one that failed."""

    number: int
    text: str
    said: str
    goals: list[ShownGoal]
    standing: str = OPEN


@dataclass(slots=True)
class ShownGoal:
    """`text` is all goals of the node, in Lean's words. `why` it was given up, empty where it was not."""

    id: int
    text: str
    why: str = ""
    like: int | None = None
    tactics: list[ShownTactic] = field(default_factory=list)
    standing: str = OPEN

    @property
    def targets(self) -> str:
        """What is to be shown, in one line."""
        targets = [" ".join(goal.rpartition("⊢")[2].split()) for goal in self.text.split("\n\n")]
        return "⊢ " + " and ⊢ ".join(targets)


@dataclass(slots=True)
class Picture:
    """One search: its trees, one for each visit of the hole. `result` is None where it was cut off."""

    name: str
    theorem: str
    roots: list[ShownGoal]
    tactics: int
    result: dict[str, Any] | None


def picture_of(lines: Sequence[Line]) -> Picture:
    picture = Picture(lines[0]["search"], "", [], 0, None)
    goals: dict[int, ShownGoal] = {}
    for line in lines:
        match line["event"]:
            case "Opened":
                picture.theorem = line["theorem"]["name"]
                goals[line["node"]] = root = ShownGoal(line["node"], "\n\n".join(line["root"]["goals"]))
                picture.roots.append(root)
            case "Tried":
                picture.tactics += line.get("share", 1.0) > 0
                tactic = _tactic(line, picture.tactics)
                goals.update((goal.id, goal) for goal in tactic.goals)
                goals[line["node"]].tactics.append(tactic)
            case "Duplicate":
                goals[line["node"]].like = line["like"]
            case "GivenUp":
                goals[line["node"]].why = line["why"]
            case "Finished":
                picture.result = line["result"]
    for number in sorted(goals, reverse=True):  # what is below a goal has a greater number
        _judge(goals[number])
    return picture


def _judge(goal: ShownGoal) -> None:
    for tactic in goal.tactics:
        below = [each.standing for each in tactic.goals]
        if tactic.said:
            tactic.standing = FAILED
        elif all(standing == PROVED for standing in below):
            tactic.standing = PROVED
        elif GIVEN_UP in below:
            tactic.standing = GIVEN_UP
    proved = any(tactic.standing == PROVED for tactic in goal.tactics)
    goal.standing = PROVED if proved else GIVEN_UP if goal.why else OPEN


def as_graph(picture: Picture) -> networkx.DiGraph:
    """Goals and tactics as nodes, from the roots down; each has `kind`, `label` and `standing`."""
    graph = networkx.DiGraph(name=picture.theorem)
    for root in picture.roots:
        _add(graph, root)
    return graph


def walk(goal: ShownGoal) -> Iterator[ShownGoal]:
    """It and all goals below, the nearest first in each line."""
    waiting = [goal]
    while waiting:
        goal = waiting.pop()
        yield goal
        waiting += [below for tactic in reversed(goal.tactics) for below in reversed(tactic.goals)]


def _add(graph: networkx.DiGraph, root: ShownGoal) -> None:
    for goal in walk(root):
        graph.add_node(f"goal {goal.id}", kind="goal", label=goal.targets, standing=goal.standing)
    for goal in walk(root):
        for tactic in goal.tactics:
            name = f"tactic {tactic.number}"
            graph.add_node(name, kind="tactic", label=tactic.text, standing=tactic.standing)
            graph.add_edge(f"goal {goal.id}", name)
            graph.add_edges_from((name, f"goal {below.id}") for below in tactic.goals)


def _tactic(line: Line, number: int) -> ShownTactic:
    outcome = line["outcome"]
    goals: list[ShownGoal] = []
    if outcome["outcome"] == "advanced":
        state = outcome["state"]
        for child, group in zip(line["children"], state["groups"], strict=True):
            goals.append(ShownGoal(child, "\n\n".join(state["goals"][member] for member in group)))
    said = f"{outcome['reason']}: {outcome['message']}" if outcome["outcome"] == "failed" else ""
    return ShownTactic(number, line["candidate"]["tactic"], said, goals)
