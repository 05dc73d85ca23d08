"""The store of a night, `night.sqlite` in its folder. One process writes (the driver), others may read.

    night = read_night(folder)                 # all of it, as values
    with NightStore.open(folder) as store:     # to go on with it
        for item, ended in store.decided(): ...

What a method writes is on the disk, whole, when it returns. All methods raise `NightError`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from prover.batch.drafts import NO_LEMMAS, Gained, packed, unpacked
from prover.batch.items import Ended, Item, dumped, ended_from, item_from
from prover.batch.reading import night_from, plan_from
from prover.batch.records import Attempt, Fit, HoleStatus, Night, Plan
from prover.batch.schema import APPLICATION_ID, VERSION, migrations
from prover.errors import NightError
from prover.proving.tasks import Job

FILE = "night.sqlite"
BUSY_SECONDS = 30.0
_SAYINGS = {
    sqlite3.SQLITE_FULL: "there is no room left on its disk; make some, then `prover night resume`",
    sqlite3.SQLITE_IOERR: "it can't be read or written; see to its disk, then `prover night resume`",
    sqlite3.SQLITE_READONLY: "it can't be written",
    sqlite3.SQLITE_BUSY: f"another program has been writing to it for {BUSY_SECONDS:.0f} seconds",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is no SQLite database",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened",
}


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


@dataclass(frozen=True, slots=True)
class Kept:
    """The proof that a hole has."""

    hole: int
    status: HoleStatus
    text: str
    needs: tuple[str, ...]


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def read_night(folder: Path) -> Night:
    """A night as it stands, also while a driver is at work. Raises `NightError`."""
    with reading(folder) as (_, db):
        return night_from(folder, db)


@contextmanager
def reading(folder: Path) -> Iterator[tuple[Plan, sqlite3.Connection]]:
    """The plan and the tables as they stand at this moment, to look at. Raises `NightError`."""
    path = folder / FILE
    with closing(_opened(path, "ro")) as db, _translated(path):
        db.execute("BEGIN")  # one picture, whoever writes meanwhile
        yield plan_from(db.conn), db.conn


def solved_by(folder: Path, sees: int) -> list[tuple[Path, bytes, int, bytes]]:
    """Of each search before the item `sees` that found a proof: the file, as it was when the night began, the
    place of the hole, and the trace. Raises `NightError`."""
    with reading(folder) as (_, db):
        rows = db.execute(_SOLVED, [sees]).fetchall()
    return [(Path(path), bytes(raw), place, bytes(trace)) for path, raw, place, trace in rows]


_SOLVED = (
    "SELECT f.path, f.raw, h.place, t.content FROM items i JOIN traces t ON t.hole = i.hole AND"
    " t.item = i.number JOIN holes h ON h.number = i.hole JOIN files f ON f.number = h.file"
    " WHERE i.solved > 0 AND i.number < ? ORDER BY i.number"
)


class NightStore:
    def __init__(self, folder: Path, db: Database) -> None:
        self.folder = folder
        self._path = folder / FILE
        self._db = db

    @classmethod
    def create(cls, folder: Path, plan: Plan, jobs: Sequence[Job]) -> NightStore:
        """A night to begin with the holes of these jobs, in their order."""
        path = folder / FILE
        if path.exists():
            raise NightError(f"{folder}: there is a night already; `prover night resume {folder}` goes on")
        with _translated(path):
            folder.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{FILE}.new")
            new.unlink(missing_ok=True)
            with closing(_connection(new, "rwc")) as db:
                migrations.apply(db)
                db.execute("INSERT INTO night (id, plan) VALUES (1, ?)", [json.dumps(asdict(plan))])
                _insert_jobs(db, jobs)
                db.conn.commit()
            new.rename(path)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> NightStore:
        path = folder / FILE
        db = _opened(path, "rw")
        with _translated(path):
            db.enable_wal()
            return cls(folder, db)

    def __enter__(self) -> NightStore:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    # -- reading -----------------------------------------------------------------------------------------

    @property
    def plan(self) -> Plan:
        with _translated(self._path):
            return plan_from(self._db.conn)

    def files(self) -> list[tuple[int, Path, bytes]]:
        return [
            (number, Path(path), bytes(raw))
            for number, path, raw in self._rows("SELECT number, path, raw FROM files ORDER BY number")
        ]

    def holes(self) -> list[tuple[int, int, int]]:
        """Number, file and place of each."""
        return self._rows("SELECT number, file, place FROM holes ORDER BY number")

    def decided(self) -> list[tuple[Item, Ended | None]]:
        """What was decided, in the order of the night; None for what has not ended."""
        rows = self._rows("SELECT task, ended FROM items ORDER BY number")
        return [(item_from(task), ended_from(ended) if ended else None) for task, ended in rows]

    def proofs(self) -> list[Kept]:
        """Of each hole that has one, in the order in which they came."""
        rows = self._rows(
            "SELECT number, status, proof, needs FROM holes WHERE proof IS NOT NULL"
            " ORDER BY proved_at, number"
        )
        return [Kept(hole, HoleStatus(status), text, _names(needs)) for hole, status, text, needs in rows]

    def gained(self) -> list[tuple[int, Gained]]:
        """The lemmas that items gave, by the numbers of these."""
        rows = self._rows("SELECT number, drafts FROM items WHERE drafts IS NOT NULL ORDER BY number")
        return [(number, unpacked(content)) for number, content in rows]

    def trace(self, hole: int) -> tuple[int, bytes] | None:
        """Of the hole's last search, with the item that it was."""
        rows = self._rows("SELECT item, content FROM traces WHERE hole = ?", [hole])
        return (rows[0][0], bytes(rows[0][1])) if rows else None

    def seconds(self) -> float:
        """How long it has worked so far."""
        ((total,),) = self._rows("SELECT coalesce(sum(seconds), 0) FROM sessions")
        return float(total)

    # -- writing -----------------------------------------------------------------------------------------

    def change(self, plan: Plan) -> None:
        """Go on by another plan. What was decided stays."""
        with self._writing() as db:
            db.execute("UPDATE night SET plan = ?", [json.dumps(asdict(plan))])

    def begin_session(self, workers: int) -> int:
        with self._writing() as db:
            added = db.execute("INSERT INTO sessions (workers, began) VALUES (?, ?)", [workers, now()])
            assert added.lastrowid is not None
            return added.lastrowid

    def beat(self, session: int, seconds: float) -> None:
        with self._writing() as db:
            db.execute("UPDATE sessions SET seconds = ? WHERE number = ?", [round(seconds, 3), session])

    def end_session(self, session: int, seconds: float, why: str) -> None:
        with self._writing() as db:
            db.execute(
                "UPDATE sessions SET seconds = ?, ended = ?, why = ? WHERE number = ?",
                [round(seconds, 3), now(), why, session],
            )

    def event(self, at: float, worker: str, what: str, why: str, hole: int | None) -> None:
        with self._writing() as db:
            db.execute(
                "INSERT INTO events (at, moment, worker, what, why, hole) VALUES (?, ?, ?, ?, ?, ?)",
                [round(at, 3), now(), worker, what, why, hole],
            )

    def strike(self, item: int) -> int:
        """A worker died of it: how often by now."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO strikes (item, count) VALUES (?, 1)"
                " ON CONFLICT (item) DO UPDATE SET count = count + 1",
                [item],
            )
            return int(db.execute("SELECT count FROM strikes WHERE item = ?", [item]).fetchone()[0])

    def keep_trace(self, hole: int, item: int, trace: bytes) -> None:
        """How far an item came that was cut off in good order."""
        with self._writing() as db:
            _keep_trace(db, hole, item, trace)

    def decide(self, items: Sequence[Item]) -> None:
        """Keep what is to be done, before it is."""
        with self._writing() as db:
            db.conn.executemany(
                "INSERT INTO items (number, kind, file, hole, task) VALUES (?, ?, ?, ?, ?)",
                [(each.number, each.kind.value, each.file, each.hole, dumped(each)) for each in items],
            )

    def record(self, item: Item, ended: Ended, told: Told) -> None:
        """Keep what came of an item that was decided, all of it or nothing. One that has been recorded stays
        as it is."""
        with self._writing() as db:
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
                    _keep_trace(db, item.hole, item.number, told.trace)

    # -- below -------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with _translated(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.conn.commit()
            except BaseException:
                self._db.conn.rollback()
                raise

    def _rows(self, sql: str, given: Sequence[object] = ()) -> list[Any]:
        with _translated(self._path):
            return self._db.conn.execute(sql, given).fetchall()


def _names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _insert_jobs(db: Database, jobs: Sequence[Job]) -> None:
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


def _keep_trace(db: Database, hole: int, item: int, trace: bytes) -> None:
    db.execute(
        "INSERT INTO traces (hole, item, content) VALUES (?, ?, ?)"
        " ON CONFLICT (hole) DO UPDATE SET item = excluded.item, content = excluded.content",
        [hole, item, trace],
    )


# -- the file ----------------------------------------------------------------------------------------------


def _opened(path: Path, mode: str) -> Database:
    if not path.is_file():
        raise NightError(f"{path.parent}: no night; give the folder of one, which `prover night` has named")
    with _translated(path):
        db = _connection(path, mode)
        try:
            (application,) = db.execute("PRAGMA application_id").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if application != APPLICATION_ID:
                raise NightError(f"{path}: a database of another program")
            if version > VERSION:
                raise NightError(f"{path}: a newer prover made it")
            if version < VERSION:
                db = _in_memory(db) if mode == "ro" else db
                migrations.apply(db)
        except BaseException:
            db.close()
            raise
        return db


def _in_memory(db: Database) -> Database:
    """A copy, for one that must stay as an older prover made it."""
    copy = sqlite3.connect(":memory:")
    with closing(db):
        db.conn.backup(copy)
    return Database(copy, execute_plugins=False)


def _connection(path: Path, mode: str) -> Database:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return Database(connection, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise NightError(f"the night {path} can't go on: {_SAYINGS.get(code, str(error))}") from error
    except OSError as error:
        raise NightError(f"the night {path} can't go on: {error.strerror}") from error
