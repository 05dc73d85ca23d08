"""Opening the library's file: nothing is written to one that is not ours, or that something is wrong with."""

from __future__ import annotations

import os
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from lemmas.schema import APPLICATION_ID, VERSION, migrations
from prover.errors import LibraryError

BUSY_SECONDS = 30.0
"""How long a writer waits for another one."""

_CHECKED_WHOLE = 8_000_000  # bytes; larger files are checked by `prover lemmas stats`
_MAGIC = b"SQLite format 3\0"
_ADVICE = "leave it out with --no-library, or use another file with --db"
_SAYINGS = {
    sqlite3.SQLITE_FULL: "there is no room left on its disk",
    sqlite3.SQLITE_IOERR: "it can't be read or written",
    sqlite3.SQLITE_READONLY: "it can't be written",
    sqlite3.SQLITE_BUSY: f"another program has been writing to it for {BUSY_SECONDS:.0f} seconds",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is damaged, or no SQLite database",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened",
}


def connect(path: Path) -> Database:
    """The library in that file, which is made where there is none. Raises `LibraryError`."""
    with translated(path):
        if not path.exists():
            _create(path)
        _inspect(path)
        _require_writable(path)
        db = _database(path)
        try:
            _check(path, db)
            if migrations.pending(db):
                _migrate(path, db)
        except BaseException:
            db.close()
            raise
        return db


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's and the system's errors as a `LibraryError` that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise refused(path, _SAYINGS.get(code, str(error))) from error
    except OSError as error:
        raise refused(path, f"it can't be opened ({error.strerror})") from error


def refused(path: Path, why: str) -> LibraryError:
    return LibraryError(f"the lemma library {path} can't be used: {why}; {_ADVICE}")


def _inspect(path: Path) -> None:
    """Judge the file by its first bytes, before SQLite sees it."""
    if not path.is_file():
        raise refused(path, "it is no file")
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(_MAGIC):
        raise refused(path, "it is no SQLite database")
    version, application = struct.unpack(">I4xI", head[60:72])
    if application != APPLICATION_ID:
        raise refused(path, "it is a database of another program")
    _refuse_newer(path, version)
    page_size, pages = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    log = path.with_name(path.name + "-wal")
    whole = log.exists() and log.stat().st_size > 0  # the rest of it may be there
    if not whole and path.stat().st_size < pages * (65536 if page_size == 1 else page_size):
        raise refused(path, "it is damaged: its end is missing")


def _refuse_newer(path: Path, version: int) -> None:
    if version > VERSION:
        raise refused(path, f"a newer prover made it (its schema is {version}, this prover knows {VERSION})")


def _require_writable(path: Path) -> None:
    """A file that is marked read-only counts as such for every user, root too."""
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise refused(path, "it is read-only")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise refused(path, f"no file can be made in {path.parent}")


def _database(path: Path) -> Database:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return Database(connection, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


def _check(path: Path, db: Database) -> None:
    _refuse_newer(path, db.execute("PRAGMA user_version").fetchone()[0])
    if path.stat().st_size <= _CHECKED_WHOLE:
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise refused(path, f"it is damaged ({' '.join(found.split())})")


def _migrate(path: Path, db: Database) -> None:
    """All or nothing, by one of those who open it at the same time."""
    db.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
    except BaseException:
        db.rollback()
        raise
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # so that the version stands in the file's head


def _create(path: Path) -> None:
    """Make it whole elsewhere and put it there at once; whoever comes second uses the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        with closing(_database(temporary)) as db:
            db.enable_wal()
            migrations.apply(db)
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        for suffix in ("", "-wal", "-shm"):
            temporary.with_name(temporary.name + suffix).unlink(missing_ok=True)
