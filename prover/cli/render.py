"""Results as text: JSON lines, Lean source to paste, headings, and the closing summary."""

from __future__ import annotations

import json

from prover.proving import HoleResult, Tally
from prover.types import Counterexample, Status
from prover.words import counted, duration

STYLES = {
    Status.PROVED: "green",
    Status.CONDITIONAL: "yellow",
    Status.OPEN: "red",
    Status.FALSE: "magenta",
    Status.INVALID: "magenta",
    Status.ERROR: "bold red",
}


def as_json(result: HoleResult) -> str:
    """One line, without its end."""
    theorem, spent = result.theorem, result.statistics
    record = {
        "theorem": theorem.name,
        "file": str(theorem.file),
        "line": theorem.hole.position.line,
        "column": theorem.hole.position.column,
        "status": result.status.value,
        "stop": result.stop.value,
        "proof": result.proof,
        "partial": result.partial,
        "seconds": round(spent.seconds, 3),
        "lean_seconds": round(spent.lean_seconds, 3),
        "policy_seconds": round(spent.policy_seconds, 3),
        "tactics": spent.tactics,
        "expansions": spent.expansions,
        "tokens": spent.tokens,
        "usd": spent.usd,
        "axioms": list(result.axioms),
        "assumes": list(result.assumes),
        "counterexample": None if result.counterexample is None else refutation(result.counterexample),
        "lean": result.lean,
        "policy": result.policy,
        "message": result.message,
    }
    return json.dumps(record, ensure_ascii=False)


def refutation(found: Counterexample) -> dict[str, object]:
    """A counterexample, for JSON."""
    return {"values": dict(found.values), "proof": found.proof, "axioms": list(found.axioms)}


def heading(result: HoleResult) -> str:
    """One line that is a comment in Lean."""
    theorem, spent = result.theorem, result.statistics
    parts = [f"-- {theorem.file}:{theorem.hole.position}", theorem.name, _standing(result)]
    if spent.tactics:
        parts.append(f"{counted(spent.tactics, 'tactic')}, {duration(spent.seconds)}")
    if spent.tokens:
        parts.append(f"{counted(spent.tokens, 'token')}, {spent.usd:.4f} USD")
    return " · ".join(parts)


def summary(tally: Tally, seconds: float) -> str:
    """`31 of 42 proved, 2 conditional, 9 open · 3 min 2 s`."""
    rest = [status for status in Status if status is not Status.PROVED and tally.by_status[status]]
    counts = [f"{tally.by_status[status]} {status.value}" for status in rest]
    if tally.finished < tally.total:
        counts.append(f"{tally.total - tally.finished} not finished")
    return f"{', '.join([f'{tally.proved} of {tally.total} proved', *counts])} · {duration(seconds)}"


def _standing(result: HoleResult) -> str:
    status = result.status.value
    match result.status:
        case Status.PROVED:
            return status
        case Status.CONDITIONAL:
            return f"{status} on {', '.join(result.assumes)}"
        case Status.OPEN:
            why = f": {' '.join(result.message.split())}" if result.message else ""
            return f"{status} ({result.stop.value}{why})"
        case Status.FALSE:
            values = f": counterexample {result.counterexample}" if str(result.counterexample) else ""
            return f"{status}{values}, checked by Lean"
        case Status.INVALID | Status.ERROR:
            return f"{status}: {' '.join(result.message.split()) or result.stop.value}"
