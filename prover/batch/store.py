"""The store of a night, `night.sqlite` in its folder. One process writes (the driver), others may read.

    night = read_night(folder)                 # all of it, as values
    with NightStore.open(folder) as store:     # to go on with it
        for item, ended in store.decided(): ...

What a method writes is on the disk, whole, when it returns. All methods raise `NightError`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from prover.batch.drafts import Gained, unpacked
from prover.batch.items import Ended, Item, dumped, ended_from, item_from
from prover.batch.opening import FILE, connect, database, translated
from prover.batch.reading import night_from, plan_from
from prover.batch.records import HoleStatus, Night, Plan
from prover.batch.rows import Told, insert_jobs, insert_outcome, keep_trace
from prover.batch.schema import migrations
from prover.errors import NightError
from prover.proving.tasks import Job


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
    with closing(connect(path, "ro")) as db, translated(path):
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
        with translated(path):
            folder.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".{FILE}.new")
            new.unlink(missing_ok=True)
            with closing(database(new, "rwc")) as db:
                migrations.apply(db)
                db.execute("INSERT INTO night (id, plan) VALUES (1, ?)", [json.dumps(asdict(plan))])
                insert_jobs(db, jobs)
                db.conn.commit()
            new.rename(path)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> NightStore:
        path = folder / FILE
        db = connect(path, "rw")
        with translated(path):
            db.enable_wal()
            return cls(folder, db)

    def __enter__(self) -> NightStore:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    # -- reading -----------------------------------------------------------------------------------------

    @property
    def plan(self) -> Plan:
        with translated(self._path):
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
            keep_trace(db, hole, item, trace)

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
            insert_outcome(db, item, ended, told)

    # -- below -------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with translated(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.conn.commit()
            except BaseException:
                self._db.conn.rollback()
                raise

    def _rows(self, sql: str, given: Sequence[object] = ()) -> list[Any]:
        with translated(self._path):
            return self._db.conn.execute(sql, given).fetchall()


def _names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
