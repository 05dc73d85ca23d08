"""What is written into the tables of a night, row by row; the transactions around it are the store's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlite_utils import Database

from prover.batch.drafts import NO_LEMMAS, Gained, packed
from prover.batch.items import Ended, Item, dumped
from prover.batch.records import Attempt, Fit, HoleStatus
from prover.proving.tasks import Job


@dataclass(frozen=True, slots=True)
class Proof:
    """A certified proof of a hole. `lemmas` are keys and names of those that it uses, of whatever night."""

    text: str
    declaration: str
    axioms: tuple[str, ...]
    needs: tuple[str, ...]
    lemmas: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """All that there is to keep of an item, beside what the next decisions need. `at` is when it ended.

    Proofs, counterexamples and messages are by the numbers of holes; `trace` is deflated, None to forget it.
    """

    worker: str
    began: str
    at: float
    attempt: Attempt | None = None
    proofs: Mapping[int, Proof] = field(default_factory=dict)
    counterexamples: Mapping[int, str] = field(default_factory=dict)
    messages: Mapping[int, str] = field(default_factory=dict)
    refusal: str = ""
    gained: Gained = NO_LEMMAS
    trace: bytes | None = None
    fit: Fit | None = None


def insert_jobs(db: Database, jobs: Sequence[Job]) -> None:
    number = 0
    for file, job in enumerate(jobs, 1):
        path = str(job.source.path.absolute())
        db.execute("INSERT INTO files (number, path, raw) VALUES (?, ?, ?)", [file, path, job.source.raw])
        wanted = set(job.theorems)
        for place, theorem in enumerate(job.source.theorems):
            if theorem not in wanted:
                continue
            number += 1
            position = theorem.hole.position
            db.execute(
                "INSERT INTO holes (number, file, place, name, line, column, statement)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    number,
                    file,
                    place,
                    theorem.name,
                    position.line,
                    position.column,
                    theorem.declaration.statement,
                ],
            )


def insert_outcome(db: Database, item: Item, ended: Ended, told: Told) -> None:
    """Of an item that was decided; nothing changes for one that has an outcome already."""
    if not _end_item(db, item, ended, told):
        return
    _update_holes(db, item, ended, told)
    if told.attempt is not None:
        _insert_attempt(db, told.attempt)
    _insert_lemmas(db, item, told)
    if told.fit is not None:
        content = json.dumps(asdict(told.fit), ensure_ascii=False)
        db.execute("INSERT INTO fits (item, content) VALUES (?, ?)", [item.number, content])
    if item.hole is not None and told.attempt is not None:
        if told.trace is None:
            db.execute("DELETE FROM traces WHERE hole = ?", [item.hole])
        else:
            keep_trace(db, item.hole, item.number, told.trace)


def _end_item(db: Database, item: Item, ended: Ended, told: Told) -> bool:
    """False for one that has ended before."""
    statuses = [change.status for change in ended.changes]
    changed = db.execute(
        "UPDATE items SET worker = ?, began = ?, at = ?, solved = ?, refuted = ?, ended = ?, drafts = ?"
        " WHERE number = ? AND ended IS NULL",
        [
            told.worker,
            told.began,
            round(told.at, 3),
            statuses.count(HoleStatus.PROVED),
            statuses.count(HoleStatus.FALSE),
            dumped(ended),
            packed(told.gained) if told.gained.drafts else None,
            item.number,
        ],
    )
    return changed.rowcount == 1


def _update_holes(db: Database, item: Item, ended: Ended, told: Told) -> None:
    for change in ended.changes:
        db.execute(
            "UPDATE holes SET status = ? WHERE number = ? AND status != 'proved'",
            [change.status.value, change.hole],
        )
    for hole, proof in told.proofs.items():
        db.execute(
            "UPDATE holes SET proof = ?, declaration = ?, axioms = ?, needs = ?, proved_at = ?"
            " WHERE number = ?",
            [
                proof.text,
                proof.declaration,
                json.dumps(proof.axioms),
                json.dumps(proof.needs),
                round(told.at, 3),
                hole,
            ],
        )
        _note_uses(db, hole, proof)
    for hole, example in told.counterexamples.items():
        db.execute("UPDATE holes SET counterexample = ? WHERE number = ?", [example, hole])
    for hole, message in told.messages.items():
        db.execute("UPDATE holes SET message = ? WHERE number = ?", [message, hole])
    if told.refusal:
        db.execute("UPDATE files SET refused = ? WHERE number = ?", [told.refusal, item.file])


def _note_uses(db: Database, hole: int, proof: Proof) -> None:
    """Those of this night as such, the others by their names."""
    if not proof.lemmas:
        return
    known: list[str] = []
    for key, name in proof.lemmas:
        row = db.execute("SELECT number FROM lemmas WHERE goal_key = ? AND name = ?", [key, name]).fetchone()
        if row is None:
            known.append(name)
        else:
            db.execute("INSERT OR IGNORE INTO uses (hole, lemma) VALUES (?, ?)", [hole, row[0]])
    db.execute("UPDATE holes SET known = ? WHERE number = ?", [json.dumps(known), hole])


def _insert_attempt(db: Database, attempt: Attempt) -> None:
    db.execute(
        "INSERT INTO attempts (item, round, budget, continued, outcome, stop, seconds, lean, tactics,"
        " expansions, tokens, usd, policy, message, partial, goals, failures, lemmas)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            attempt.number,
            attempt.round,
            attempt.budget,
            attempt.continued,
            attempt.outcome.value,
            attempt.stop,
            round(attempt.seconds, 3),
            round(attempt.lean, 3),
            attempt.tactics,
            attempt.expansions,
            attempt.tokens,
            attempt.usd,
            attempt.policy,
            attempt.message,
            attempt.partial,
            json.dumps(attempt.goals, ensure_ascii=False),
            json.dumps([asdict(each) for each in attempt.failures], ensure_ascii=False),
            attempt.lemmas,
        ],
    )


def _insert_lemmas(db: Database, item: Item, told: Told) -> None:
    for draft in told.gained.drafts:
        db.execute(
            "INSERT OR IGNORE INTO lemmas (item, hole, goal_key, name, kind, statement)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [item.number, item.hole, draft.key, draft.name, draft.kind.value, draft.statement],
        )


def keep_trace(db: Database, hole: int, item: int, trace: bytes) -> None:
    db.execute(
        "INSERT INTO traces (hole, item, content) VALUES (?, ?, ?)"
        " ON CONFLICT (hole) DO UPDATE SET item = excluded.item, content = excluded.content",
        [hole, item, trace],
    )
