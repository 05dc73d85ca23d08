"""The tables of a night's store, as migrations, each of which takes the rows of the one before along.

    night      one row: the plan, as JSON
    sessions   each stretch of work; `ended` and `why` are empty for one that is under way or was killed
    files      the files, as they were when the night began; `refused` says why Lean can't work on one
    holes      one row each, with how it stands now; `axioms`, `needs` and `known` are JSON
    items      what was decided, by its place in the order of the night: `task` says what, and `ended` what
               the next decisions need to know of how it came out (both JSON); `solved` and `refuted` count
               the holes that are settled by it; `drafts` are the lemmas that it gave (JSON, deflated). All
               but the task is NULL or 0 until it has ended
    attempts   more of those items that were searches, for the report; `goals` and `failures` are JSON
    lemmas     those gained this night; of two that are alike, the one that was there first
    fits       of those items that fitted a model, what came of it (JSON)
    uses       whose proof uses which of them
    traces     of each hole, how far its last search came, to go on from (JSON lines, deflated); `item` is the
               search that was cut off, or the last that ended. Of proved holes a night keeps it that learns
    strikes    how often a worker died of an item
    events     what befell workers

Everything that comes of an item is written in one transaction. The file says `PRVN` as its application id,
and the number of the last migration as its user version.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x5052564E
VERSION = 2

migrations = Migrations("night")

_FIRST = f"""
CREATE TABLE night (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    plan TEXT NOT NULL
);
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY,
    workers INTEGER NOT NULL,
    began TEXT NOT NULL,
    ended TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0,
    why TEXT NOT NULL DEFAULT ''
);
CREATE TABLE files (
    number INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    raw BLOB NOT NULL,
    refused TEXT NOT NULL DEFAULT ''
);
CREATE TABLE holes (
    number INTEGER PRIMARY KEY,
    file INTEGER NOT NULL REFERENCES files(number),
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    line INTEGER NOT NULL,
    column INTEGER NOT NULL,
    statement TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open',
    proof TEXT,
    declaration TEXT NOT NULL DEFAULT '',
    axioms TEXT NOT NULL DEFAULT '[]',
    needs TEXT NOT NULL DEFAULT '[]',
    known TEXT NOT NULL DEFAULT '[]',
    proved_at REAL,
    counterexample TEXT,
    message TEXT NOT NULL DEFAULT '',
    UNIQUE (file, place)
);
CREATE TABLE items (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES files(number),
    hole INTEGER REFERENCES holes(number),
    worker TEXT,
    began TEXT,
    at REAL,
    solved INTEGER NOT NULL DEFAULT 0,
    refuted INTEGER NOT NULL DEFAULT 0,
    task TEXT NOT NULL,
    ended TEXT,
    drafts BLOB
);
CREATE TABLE attempts (
    item INTEGER PRIMARY KEY REFERENCES items(number),
    round INTEGER NOT NULL,
    budget INTEGER NOT NULL,
    continued INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    stop TEXT NOT NULL,
    seconds REAL NOT NULL,
    lean REAL NOT NULL,
    tactics INTEGER NOT NULL,
    expansions INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    usd REAL NOT NULL,
    policy TEXT NOT NULL,
    message TEXT NOT NULL,
    partial TEXT,
    goals TEXT NOT NULL,
    failures TEXT NOT NULL,
    lemmas INTEGER NOT NULL
);
CREATE TABLE lemmas (
    number INTEGER PRIMARY KEY,
    item INTEGER NOT NULL REFERENCES items(number),
    hole INTEGER NOT NULL REFERENCES holes(number),
    goal_key TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    statement TEXT NOT NULL,
    UNIQUE (goal_key, name)
);
CREATE TABLE uses (
    hole INTEGER NOT NULL REFERENCES holes(number),
    lemma INTEGER NOT NULL REFERENCES lemmas(number),
    PRIMARY KEY (hole, lemma)
) WITHOUT ROWID;
CREATE TABLE traces (
    hole INTEGER PRIMARY KEY REFERENCES holes(number),
    item INTEGER NOT NULL,
    content BLOB NOT NULL
);
CREATE TABLE strikes (
    item INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
);
CREATE TABLE events (
    number INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    moment TEXT NOT NULL,
    worker TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    hole INTEGER REFERENCES holes(number)
);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = 1;
"""


@migrations()
def m001_night(db: Database) -> None:
    db.executescript(_FIRST)


@migrations()
def m002_fits(db: Database) -> None:
    db.execute("CREATE TABLE fits (item INTEGER PRIMARY KEY REFERENCES items(number), content TEXT NOT NULL)")
    db.execute("PRAGMA user_version = 2")
