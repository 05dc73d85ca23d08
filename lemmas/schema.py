"""The tables of the library, as migrations, each of which takes the rows of the one before along.

    contexts   imports and text that lemmas were elaborated after; lemmas of one file share them
    runs       the runs of the prover that found them, with policy and toolchain
    lemmas     one row each; `goal_key` finds the lemmas for a goal, `goal_shape` also those that were proved
               for other definitions of the same names; hypotheses, definitions and axioms are JSON
    uses       `lemma_id` needs `used_id`; a lemma uses older ones only, so there are no cycles
    symbols    the constants and operators that goals mention, and how many lemmas mention each
    postings   which lemma mentions which symbol
    lemmas_fts full text over names and statements (FTS5)

The file says `PRVL` as its application id, and the number of the last migration as its user version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x5052564C
VERSION = 2

migrations = Migrations("lemmas")

_FIRST = f"""
CREATE TABLE contexts (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    imports TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    policy TEXT NOT NULL,
    toolchain TEXT NOT NULL
);
CREATE TABLE lemmas (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('theorem', 'goal')),
    statement TEXT NOT NULL,
    hypotheses TEXT NOT NULL,
    target TEXT NOT NULL,
    script TEXT NOT NULL,
    context_id INTEGER NOT NULL REFERENCES contexts(id),
    definitions TEXT NOT NULL,
    symbols TEXT NOT NULL,
    axioms TEXT NOT NULL,
    toolchain TEXT NOT NULL,
    goal_key TEXT NOT NULL,
    goal_shape TEXT NOT NULL,
    standing TEXT NOT NULL DEFAULT 'certified' CHECK (standing IN ('certified', 'stale', 'broken')),
    run_id INTEGER NOT NULL REFERENCES runs(id),
    file TEXT NOT NULL,
    line INTEGER NOT NULL,
    tactics INTEGER NOT NULL,
    seconds REAL NOT NULL,
    created TEXT NOT NULL
);
CREATE UNIQUE INDEX lemmas_by_key ON lemmas(goal_key, name);
CREATE INDEX lemmas_by_shape ON lemmas(goal_shape);
CREATE INDEX lemmas_by_name ON lemmas(name);
CREATE INDEX lemmas_by_file ON lemmas(file);
CREATE INDEX lemmas_by_context ON lemmas(context_id);
CREATE TABLE uses (
    lemma_id INTEGER NOT NULL REFERENCES lemmas(id) ON DELETE CASCADE,
    used_id INTEGER NOT NULL REFERENCES lemmas(id),
    PRIMARY KEY (lemma_id, used_id),
    CHECK (used_id < lemma_id)
) WITHOUT ROWID;
CREATE INDEX uses_by_used ON uses(used_id);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = 1;
"""

_SECOND = """
CREATE TABLE symbols (
    id INTEGER PRIMARY KEY,
    symbol TEXT NOT NULL UNIQUE,
    lemmas INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE postings (
    symbol_id INTEGER NOT NULL REFERENCES symbols(id),
    lemma_id INTEGER NOT NULL REFERENCES lemmas(id) ON DELETE CASCADE,
    PRIMARY KEY (symbol_id, lemma_id)
) WITHOUT ROWID;
PRAGMA user_version = 2;
"""


@migrations()
def m001_lemmas(db: Database) -> None:
    db.executescript(_FIRST)
    db["lemmas"].enable_fts(["name", "statement"], create_triggers=True, tokenize="unicode61")  # type: ignore[union-attr]


@migrations()
def m002_symbols(db: Database) -> None:
    db.executescript(_SECOND)
    for number, symbols in db.execute("SELECT id, symbols FROM lemmas").fetchall():
        index_symbols(db, number, json.loads(symbols))


def index_symbols(db: Database, lemma: int, symbols: Iterable[str]) -> None:
    """Note that a new lemma mentions these symbols."""
    for symbol in sorted(symbols):
        db.execute(
            "INSERT INTO symbols (symbol, lemmas) VALUES (?, 1)"
            " ON CONFLICT (symbol) DO UPDATE SET lemmas = lemmas + 1",
            [symbol],
        )
        db.execute(
            "INSERT INTO postings (symbol_id, lemma_id) SELECT id, ? FROM symbols WHERE symbol = ?",
            [lemma, symbol],
        )
