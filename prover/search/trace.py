"""Traces: the events of searches as JSON lines, enough to go on where they stopped or to look at them again.

    {"search": "Lists.lean:12:3", "event": "Tried", "node": 4, "candidate": {…}, "outcome": {…}, …}

A hole that is tried twice has two searches, one after the other; each ends with `Finished`, unless it was
cut off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from prover.errors import InputError
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
    Proposed,
    Rejected,
    Resumed,
    Tried,
    as_json,
)
from prover.lean.goals import parse_goal
from prover.policy.protocols import Answered, again_of
from prover.search.recording import Recording
from prover.types import (
    Advanced,
    Candidate,
    Consultation,
    Failed,
    FailureReason,
    Outcome,
    Proved,
    SearchResult,
    Standing,
    Statistics,
    Status,
    Stop,
    TacticState,
    Theorem,
    Verdict,
)

Line: TypeAlias = Mapping[str, Any]


def name_of(theorem: Theorem) -> str:
    """What its searches are called in a trace."""
    return f"{theorem.file}:{theorem.hole.position.line}:{theorem.hole.position.column}"


def write_event(trace: TextIO, theorem: Theorem, event: Event) -> None:
    trace.write(json.dumps({"search": name_of(theorem), **as_json(event)}, ensure_ascii=False) + "\n")


def read_trace(path: Path) -> dict[str, list[list[Line]]]:
    """The lines of each search, by its name, in order. A last line that was cut off is left out.

    Raises `InputError`.
    """
    searches: dict[str, list[list[Line]]] = {}
    over: set[str] = set()
    for line in _lines(path):
        name = line["search"]
        if name not in searches or name in over:
            searches.setdefault(name, []).append([])
        over.discard(name)
        searches[name][-1].append(line)
        if line["event"] == "Finished":
            over.add(name)
    return searches


def recording_of(lines: Iterable[Line]) -> Recording:
    recording = Recording()
    consulted: list[Consultation] = []
    width = 0
    for line in lines:
        match line["event"]:
            case "Opened":
                recording.opened.append(_state(line["root"]))
            case "Expanding":
                width = line["width"]
            case "Consulted":
                consulted.append(_consultation(line["consultation"]))
            case "Proposed":
                candidates = [Candidate(**each) for each in line["candidates"]]
                again = line["again"] if "again" in line else again_of(candidates, width)
                answered = Answered(candidates, line["tokens"], line["usd"], again, consulted)
                recording.proposed.append(answered)
                consulted = []
            case "Tried":
                outcome = _outcome(line["outcome"])
                recording.tried.append((line["candidate"]["tactic"], _share(line), outcome))
            case "Certified":
                recording.verdicts.append(_verdict(line["verdict"]))
            case "Rejected":
                recording.verdicts.append(Verdict(Standing.REJECTED, reason=line["reason"]))
            case "Finished":
                recording.seconds = line["result"]["statistics"]["seconds"]
    return recording


def events_of(lines: Iterable[Line], theorem: Theorem) -> Iterator[Event]:
    """What the search for `theorem` told, as far as it went. Lines that others added are left out."""
    for line in lines:
        match line["event"]:
            case "Opened":
                yield Opened(theorem, line["visit"], line["node"], _state(line["root"]))
            case "Expanding":
                yield Expanding(line["node"], line["depth"], line["goal"], line["cost"], line["width"])
            case "Proposed":
                candidates = tuple(Candidate(**each) for each in line["candidates"])
                yield Proposed(line["node"], candidates, line["tokens"], line["usd"], line.get("again"))
            case "Consulted":
                yield Consulted(line["node"], _consultation(line["consultation"]))
            case "Tried":
                candidate, children = Candidate(**line["candidate"]), tuple(line["children"])
                yield Tried(line["node"], candidate, _outcome(line["outcome"]), children, _share(line))
            case "Duplicate":
                yield Duplicate(line["node"], line["like"])
            case "GivenUp":
                yield GivenUp(line["node"], line["why"])
            case "Resumed":
                yield Resumed(line["node"])
            case "ProofFound":
                yield ProofFound(line["text"])
            case "Certified":
                yield Certified(_verdict(line["verdict"]))
            case "Rejected":
                yield Rejected(line["reason"])
            case "Finished":
                yield Finished(_result(line["result"]))


def _lines(path: Path) -> Sequence[Line]:
    try:
        texts = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: can't be read: {error}") from None
    lines: list[Line] = []
    for number, text in enumerate(texts[:-1], 1):
        try:
            line = json.loads(text)
            line["search"], line["event"]
        except (ValueError, KeyError, TypeError):
            raise InputError(
                f"{path}:{number}: not a line of a trace; give a file that --trace wrote"
            ) from None
        lines.append(line)
    return lines


def _share(tried: Line) -> float:
    """Traces from before there was a choice do not say it."""
    return float(tried.get("share", 1.0))


def _state(state: Line) -> TacticState:
    groups = tuple(tuple(group) for group in state["groups"])
    return TacticState(state["id"], tuple(map(parse_goal, state["goals"])), groups)


def _outcome(outcome: Line) -> Outcome:
    seconds = outcome["lean_seconds"]
    if outcome["outcome"] == "advanced":
        return Advanced(_state(outcome["state"]), seconds, outcome["message"], outcome.get("effect", ""))
    if outcome["outcome"] == "proved":
        return Proved(seconds, outcome["message"], outcome.get("effect", ""))
    return Failed(FailureReason(outcome["reason"]), outcome["message"], seconds)


def _result(result: Line) -> SearchResult:
    return SearchResult(
        status=Status(result["status"]),
        stop=Stop(result["stop"]),
        proof=result["proof"],
        verdict=None if result["verdict"] is None else _verdict(result["verdict"]),
        statistics=Statistics(**result["statistics"]),
        message=result["message"],
        partial=result["partial"],
        open_goals=tuple(map(parse_goal, result["open_goals"])),
    )


def _consultation(consultation: Line) -> Consultation:
    return Consultation(**{**consultation, "left_out": tuple(consultation["left_out"])})


def _verdict(verdict: Line) -> Verdict:
    return Verdict(
        standing=Standing(verdict["standing"]),
        axioms=tuple(verdict["axioms"]),
        assumes=tuple(verdict["assumes"]),
        within=verdict["within"],
        reason=verdict["reason"],
        leans=tuple(verdict.get("leans", ())),
    )
