"""A search's line of thought in plain words, from its events."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from prover.events import (
    Certified,
    Consulted,
    Duplicate,
    Event,
    Expanding,
    Finished,
    GivenUp,
    Opened,
    ProofFound,
    Rejected,
    Resumed,
    Tried,
)
from prover.types import Advanced, Proved, SearchResult, Standing, Status, Stop
from tui.state.forest import Scope
from tui.state.rows import GoalRow

KEPT = 1_000
_WAYS = {
    "tactics": "next tactics",
    "proof": "a whole proof",
    "repair": "a proof repaired by what Lean said",
    "sketch": "a proof with holes",
}
_SHORT = 60


@dataclass(slots=True)
class Thoughts:
    """The newest last. `stuck` is the goal that was given up last, until the search goes on elsewhere."""

    lines: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    count: int = 0
    stuck: GoalRow | None = None

    def add(self, line: str) -> None:
        self.lines.append(line)
        self.count += 1

    def follow(self, scope: Scope, event: Event) -> None:
        """Put an event into words, after the tree has taken it in."""
        for line in self._said(scope, event):
            self.add(line)

    def _said(self, scope: Scope, event: Event) -> Iterator[str]:
        match event:
            case Opened(visit=visit, node=node):
                again = f" (visit {visit} of Lean to this hole)" if visit > 1 else ""
                yield f"Starting{again}: {short(scope.goals[node].title)}"
            case Expanding(node=node) if scope.goals[node].tactics:
                yield f"Asking for more ideas for goal {scope.goals[node].number}"
            case Consulted(node, consultation):
                number = scope.goals[node].number
                if consultation.prompt:
                    way = consultation.prompt.partition(".")[0]
                    yield f"Asked {consultation.model} about goal {number}: {_WAYS.get(way, way)}"
                if consultation.left_out:
                    yield f"Its prompt had no room for {', '.join(consultation.left_out)}"
                if consultation.trouble:
                    yield f"{consultation.model}: {short(consultation.trouble)}"
            case Tried(node=node, candidate=candidate, outcome=Advanced(), children=children):
                goals = "1 goal" if len(children) == 1 else f"{len(children)} goals"
                number = scope.goals[node].number
                yield f"{short(candidate.tactic)} on goal {number} leaves {goals}"
            case Tried(node=node, candidate=candidate, outcome=Proved()):
                yield f"{short(candidate.tactic)} closes goal {scope.goals[node].number}"
            case Duplicate(node=node, like=like):
                one, other = scope.goals[node].number, scope.goals[like].number
                yield f"Goal {one} reads like goal {other}: waiting for what becomes of that"
            case GivenUp(node=node):
                self.stuck = scope.goals[node]
            case Resumed(node=node):
                yield going_back(self.stuck, scope.goals[node])
                self.stuck = None
            case ProofFound():
                yield "A proof, it seems: having Lean check the file with it"
            case Certified() if scope.base is not None:
                yield f"Goal {scope.base.number} is proved"
            case Certified(verdict):
                certified = verdict.standing is Standing.CERTIFIED
                yield (
                    "Lean's kernel accepts the proof"
                    if certified
                    else (f"The proof stands, but leans on {', '.join(verdict.assumes)}")
                )
            case Rejected(reason):
                yield f"The proof does not stand in the file: {short(reason)}"
            case Finished(result) if scope.base is None or result.proof is None:
                yield ending(result)


def going_back(stuck: GoalRow | None, goal: GoalRow) -> str:
    """`Stuck on goal 7 after 14 tactics, going back to the induction xs`."""
    where = "the start" if goal.parent is None else f"what `{short(goal.parent.candidate.tactic)}` left"
    if stuck is None:
        return f"Going on at {where}"
    if stuck.like is not None or (not stuck.tactics and stuck.why):
        return f"Goal {stuck.number} leads nowhere ({stuck.why}); going back to {where} (goal {goal.number})"
    tried = len(stuck.tactics) + stuck.dropped
    tactics = "1 tactic" if tried == 1 else f"{tried} tactics"
    return f"Stuck on goal {stuck.number} after {tactics}, going back to {where} (goal {goal.number})"


def ending(result: SearchResult) -> str:
    match result.status:
        case Status.PROVED:
            return "Proved"
        case Status.CONDITIONAL:
            return "Proved, if the open theorems that it leans on are"
        case Status.OPEN if result.stop is Stop.EXHAUSTED:
            return "Nothing is left to try: this policy has no more ideas here"
        case Status.OPEN if result.stop is Stop.MODEL:
            return f"There is no model to ask: {result.message}"
        case Status.OPEN:
            return f"Stopped by the {result.stop.value}; b gives more"
        case _:
            return result.message


def short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
