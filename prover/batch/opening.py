"""Opening the file of a night: one that a newer prover made, or another program, is refused; one of an older
prover is brought up to date, in memory alone where it is only looked at.

Errors of SQLite and of the system are told as `NightError`s.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from prover.batch.schema import APPLICATION_ID, VERSION, migrations
from prover.errors import NightError

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


def connect(path: Path, mode: str) -> Database:
    """`mode` is SQLite's: `ro` or `rw`."""
    if not path.is_file():
        raise NightError(f"{path.parent}: no night; give the folder of one, which `prover night` has named")
    with translated(path):
        db = database(path, mode)
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


def database(path: Path, mode: str) -> Database:
    """As it is; `rwc` makes one where there is none."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return Database(connection, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise NightError(f"the night {path} can't go on: {_SAYINGS.get(code, str(error))}") from error
    except OSError as error:
        raise NightError(f"the night {path} can't go on: {error.strerror}") from error


def _in_memory(db: Database) -> Database:
    """A copy, for one that must stay as an older prover made it."""
    copy = sqlite3.connect(":memory:")
    with closing(db):
        db.conn.backup(copy)
    return Database(copy, execute_plugins=False)
