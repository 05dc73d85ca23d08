"""What an assistant is answered: values whose fields become the structured results of the tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from lemmas.records import Lemma
from prover.editor.attempts import Attempt, closes
from prover.editor.views import Target
from prover.lean.gateway import Complaint
from prover.lean.source import Source
from prover.types import Failed, Goal, Proved, SearchResult, Verdict


@dataclass(frozen=True)
class GoalAnswer:
    """One goal; `text` is all of it, in Lean's words."""

    text: str
    target: str
    hypotheses: list[str]


@dataclass(frozen=True)
class GoalsAnswer:
    theorem: str
    goals: list[GoalAnswer]


@dataclass(frozen=True)
class TacticAnswer:
    """`status`: `proves` (Lean's kernel accepts it in the file), `closes` (the goal, but it does not stand in
    the file: `message` says why), `advances` (to `goals`), `fails` (`message` says why, `reason` how)."""

    tactic: str
    status: Literal["proves", "closes", "advances", "fails"]
    goals: list[GoalAnswer] = field(default_factory=list)
    reason: str = ""
    message: str = ""


@dataclass(frozen=True)
class TacticsAnswer:
    theorem: str
    tried: list[TacticAnswer]


@dataclass(frozen=True)
class ProofAnswer:
    """`status`: `proved`; `conditional`: it leans on the open theorems in `assumes`; `open`: no proof was
    found, `stop` says why the search ended; `invalid`: nothing to prove here, `message` says why; `error`.
    `proof` is the text that replaces the `sorry`, `declaration` the whole declaration with it. `partial` is
    how far an open one came, with a `sorry` for each of `open_goals`. `written`: the proof is in the file."""

    theorem: str
    status: Literal["proved", "conditional", "open", "false", "invalid", "error"]
    stop: str
    proof: str | None
    declaration: str | None
    axioms: list[str]
    assumes: list[str]
    message: str
    tactics: int
    seconds: float
    partial: str | None
    open_goals: list[GoalAnswer]
    written: bool = False


@dataclass(frozen=True)
class ComplaintAnswer:
    line: int
    column: int
    message: str


@dataclass(frozen=True)
class HoleAnswer:
    theorem: str
    line: int
    column: int
    statement: str


@dataclass(frozen=True)
class CheckAnswer:
    """`ok`: no errors, and no `sorry` either."""

    ok: bool
    errors: list[ComplaintAnswer]
    holes: list[HoleAnswer]


@dataclass(frozen=True)
class LemmaAnswer:
    """`standing`: `certified`, or `stale` or `broken` since. `place` is the file and line it is from."""

    name: str
    statement: str
    proof: str
    standing: str
    place: str


@dataclass(frozen=True)
class LemmasAnswer:
    lemmas: list[LemmaAnswer]


def lemma_answer(lemma: Lemma) -> LemmaAnswer:
    return LemmaAnswer(lemma.name, lemma.statement, lemma.script, lemma.standing.value, lemma.place)


def goal_answer(goal: Goal) -> GoalAnswer:
    hypotheses = [
        f"{each.name} : {each.type}" + (f" := {each.value}" if each.value is not None else "")
        for each in goal.hypotheses
    ]
    return GoalAnswer(goal.text, goal.target, hypotheses)


def tactic_answer(attempt: Attempt) -> TacticAnswer:
    tactic = attempt.tactic
    match attempt.outcome:
        case Failed(reason, message):
            return TacticAnswer(tactic, "fails", reason=reason.value, message=message)
        case Proved() if attempt.verdict is not None and not closes(attempt.verdict):
            message = attempt.verdict.reason or _leaning(attempt.verdict)
            return TacticAnswer(tactic, "closes", message=message)
        case Proved():
            return TacticAnswer(tactic, "proves")
    return TacticAnswer(tactic, "advances", [goal_answer(goal) for goal in attempt.goals])


def proof_answer(target: Target, result: SearchResult, written: bool = False) -> ProofAnswer:
    verdict = result.verdict
    return ProofAnswer(
        theorem=target.theorem.name,
        status=result.status.value,
        stop=result.stop.value,
        proof=result.proof,
        declaration=None if result.proof is None else _declaration(target, result.proof),
        axioms=list(verdict.axioms) if verdict else [],
        assumes=list(verdict.assumes) if verdict else [],
        message=result.message or _leaning(verdict),
        tactics=result.statistics.tactics,
        seconds=round(result.statistics.seconds, 3),
        partial=result.partial,
        open_goals=[goal_answer(goal) for goal in result.open_goals],
        written=written,
    )


def _leaning(verdict: Verdict | None) -> str:
    assumes = verdict.assumes if verdict is not None else ()
    return f"leans on {', '.join(assumes)}, which is open" if assumes else ""


def _declaration(target: Target, proof: str) -> str:
    source, span = target.source, target.theorem.declaration.span
    text = source.replaced({target.theorem.hole: proof})
    return text[span.start : len(text) - (len(source.text) - span.end)]


def check_answer(source: Source, complaints: Sequence[Complaint]) -> CheckAnswer:
    errors = [ComplaintAnswer(c.position.line, c.position.column, c.message) for c in complaints]
    holes = [
        HoleAnswer(
            theorem.name,
            theorem.hole.position.line,
            theorem.hole.position.column,
            theorem.declaration.statement,
        )
        for theorem in source.theorems
    ]
    return CheckAnswer(not errors and not holes, errors, holes)
