"""From the rows of a night's store to its values."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prover.batch.records import (
    Attempt,
    Failure,
    FileRecord,
    Fit,
    HoleRecord,
    HoleStatus,
    LemmaRecord,
    Limits,
    Night,
    Plan,
    Point,
    Session,
    WorkerEvent,
)
from prover.models import read_models


def night_from(folder: Path, db: sqlite3.Connection) -> Night:
    used, helped = _uses(db)
    return Night(
        folder=folder,
        plan=plan_from(db),
        sessions=tuple(
            Session(*row)
            for row in db.execute(
                "SELECT number, workers, began, ended, seconds, why FROM sessions ORDER BY 1"
            )
        ),
        files=tuple(
            FileRecord(number, Path(path), bytes(raw), refused)
            for number, path, raw, refused in db.execute(
                "SELECT number, path, raw, refused FROM files ORDER BY 1"
            )
        ),
        holes=tuple(_hole(row, used) for row in db.execute(_HOLES)),
        attempts=tuple(map(_attempt, db.execute(_ATTEMPTS))),
        lemmas=tuple(
            LemmaRecord(number, hole, name, kind, statement, helped.get(number, ()))
            for number, hole, name, kind, statement in db.execute(
                "SELECT number, hole, name, kind, statement FROM lemmas ORDER BY 1"
            )
        ),
        events=tuple(
            WorkerEvent(*row)
            for row in db.execute("SELECT at, moment, worker, what, why, hole FROM events ORDER BY number")
        ),
        solved=tuple(_points(db)),
        fits=tuple(fit_from(content) for (content,) in db.execute("SELECT content FROM fits ORDER BY item")),
    )


_HOLES = (
    "SELECT h.number, f.path, h.place, h.name, h.line, h.column, h.statement, h.status, h.proof,"
    " h.declaration, h.axioms, h.needs, h.known, h.counterexample, h.message"
    " FROM holes h JOIN files f ON f.number = h.file ORDER BY h.number"
)
_ATTEMPTS = (
    "SELECT a.item, i.hole, a.round, i.worker, i.began, i.at, a.budget, a.continued, a.outcome, a.stop,"
    " a.seconds, a.lean, a.tactics, a.expansions, a.tokens, a.usd, a.policy, a.message, a.partial, a.goals,"
    " a.failures, a.lemmas FROM attempts a JOIN items i ON i.number = a.item ORDER BY i.at, a.item"
)


def plan_from(db: sqlite3.Connection) -> Plan:
    told = json.loads(db.execute("SELECT plan FROM night").fetchone()[0])
    told |= {"paths": tuple(told["paths"]), "limits": Limits(**told["limits"])}
    return Plan(**{**told, "models": read_models(told.get("models", {}))})


def fit_from(content: str) -> Fit:
    told: dict[str, Any] = json.loads(content)
    pairs = {name: tuple(told[name]) for name in ("first", "among", "log_probability")}
    return Fit(**{**told, **pairs})


def _uses(db: sqlite3.Connection) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """The lemmas that each hole's proof uses, and the holes that each lemma helped."""
    lemmas: dict[int, tuple[int, ...]] = defaultdict(tuple)
    holes: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for hole, lemma in db.execute("SELECT hole, lemma FROM uses ORDER BY hole, lemma"):
        lemmas[hole] += (lemma,)
        holes[lemma] += (hole,)
    return lemmas, holes


def _hole(row: tuple[Any, ...], used: dict[int, tuple[int, ...]]) -> HoleRecord:
    (number, path, place, name, line, column, statement, status, proof, declaration) = row[:10]
    (axioms, needs, known, counterexample, message) = row[10:]
    return HoleRecord(
        number=number,
        file=Path(path),
        place=place,
        name=name,
        line=line,
        column=column,
        statement=statement,
        status=HoleStatus(status),
        proof=proof,
        declaration=declaration,
        axioms=tuple(json.loads(axioms)),
        needs=tuple(json.loads(needs)),
        lemmas=used.get(number, ()),
        known=tuple(json.loads(known)),
        counterexample=counterexample,
        message=message,
    )


def _attempt(row: tuple[Any, ...]) -> Attempt:
    (number, hole, round_, worker, began, at, budget, continued, outcome, stop, seconds) = row[:11]
    (lean, tactics, expansions, tokens, usd, policy, message, partial, goals, failures, lemmas) = row[11:]
    return Attempt(
        number=number,
        hole=hole,
        round=round_,
        worker=worker,
        began=began,
        at=at,
        budget=budget,
        continued=bool(continued),
        outcome=HoleStatus(outcome),
        stop=stop,
        seconds=seconds,
        lean=lean,
        tactics=tactics,
        expansions=expansions,
        tokens=tokens,
        usd=usd,
        policy=policy,
        message=message,
        partial=partial,
        goals=tuple(json.loads(goals)),
        failures=tuple(Failure(**each) for each in json.loads(failures)),
        lemmas=lemmas,
    )


def _points(db: sqlite3.Connection) -> Iterator[Point]:
    rows = db.execute(
        "SELECT i.at, i.solved, i.refuted, coalesce(a.tactics, 0), coalesce(a.tokens, 0), coalesce(a.usd, 0)"
        " FROM items i LEFT JOIN attempts a ON a.item = i.number WHERE i.at IS NOT NULL"
        " ORDER BY i.at, i.number"
    )
    point = Point(0.0, 0, 0, 0.0, 0, 0)
    for at, solved, refuted, tactics, tokens, usd in rows:
        point = Point(
            at,
            point.tactics + tactics,
            point.tokens + tokens,
            point.usd + usd,
            point.solved + solved,
            point.false + refuted,
        )
        yield point
