"""The store: one class that owns the tables. Reads are values; writes are durable when they return.

One thread writes at a time, in this process and in others; a second one waits. Reading goes on meanwhile.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import platformdirs
from sqlite_utils import Database

from lemmas.opening import connect, refused, translated
from lemmas.records import Context, Draft, Kind, Lemma, Provenance, Standing
from lemmas.schema import index_symbols
from prover.policy.relevance import Said
from prover.types import Hypothesis

_COLUMNS = (
    "l.id, l.name, l.kind, l.statement, l.hypotheses, l.target, l.script, l.context_id, l.definitions,"
    " l.symbols, l.axioms, l.toolchain, l.goal_key, l.goal_shape, l.standing, l.file, l.line, r.name,"
    " r.policy, l.tactics, l.seconds, l.created"
)
_FROM = f"SELECT {_COLUMNS} FROM lemmas l JOIN runs r ON r.id = l.run_id"
_MANY = 500  # ids in one statement


def default_path() -> Path:
    return platformdirs.user_data_path("prover") / "lemmas.sqlite"


class Library:
    """One open library. Threads may share it. All methods raise `LibraryError`."""

    def __init__(self, path: Path, db: Database) -> None:
        self.path = path
        self._db = db
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path) -> Library:
        """The file and its folders are made where they are missing."""
        return cls(path, connect(path))

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def freeze(self) -> None:
        """From now on this connection reads the library as it is now, whoever writes to it."""
        self._rows("BEGIN")
        self._rows("SELECT max(id) FROM lemmas")

    # -- reading -----------------------------------------------------------------------------------------

    def get(self, number: int) -> Lemma | None:
        return next(iter(self.many([number])), None)

    def many(self, numbers: Sequence[int]) -> list[Lemma]:
        """Those of them that there are, in the order asked for."""
        found: dict[int, Lemma] = {}
        for start in range(0, len(numbers), _MANY):
            part = numbers[start : start + _MANY]
            marks = ",".join("?" * len(part))
            found.update((lemma.id, lemma) for lemma in self._lemmas(f"WHERE l.id IN ({marks})", part))
        return [found[number] for number in numbers if number in found]

    def by_key(self, key: str) -> list[Lemma]:
        """The lemmas for a goal, those that stand first, then the oldest first."""
        return self._lemmas("WHERE l.goal_key = ? ORDER BY l.standing != 'certified', l.id LIMIT 8", [key])

    def by_shape(self, shape: str) -> list[Lemma]:
        """The lemmas for goals that read like this one, whatever their definitions are."""
        return self._lemmas("WHERE l.goal_shape = ? ORDER BY l.id DESC LIMIT 8", [shape])

    def by_name(self, name: str) -> list[Lemma]:
        """Those of that full name, or whose full name ends so, the oldest first."""
        pattern = "%." + name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return self._lemmas("WHERE l.name = ? OR l.name LIKE ? ESCAPE '\\' ORDER BY l.id", [name, pattern])

    def named(self, name: str) -> list[Lemma]:
        """Those of exactly that full name, the newest first."""
        return self._lemmas("WHERE l.name = ? ORDER BY l.id DESC", [name])

    def found_in(self, file: str) -> list[Lemma]:
        """Those that stand and were found in the file of that path."""
        return self._lemmas("WHERE l.file = ? AND l.standing = 'certified' ORDER BY l.id", [file])

    def listed(self, limit: int | None = None, kind: Kind | None = None) -> list[Lemma]:
        """In the order in which they came."""
        where = "" if kind is None else "WHERE l.kind = ? "
        given: list[object] = [] if kind is None else [kind.value]
        return self._lemmas(f"{where}ORDER BY l.id LIMIT ?", [*given, -1 if limit is None else limit])

    def search(self, text: str, limit: int) -> list[Lemma]:
        """Those whose name or statement has all words of the text, the best match first."""
        query = " ".join(f'"{word}"' for word in text.replace('"', " ").split())
        if not query:
            return []
        where = (
            "JOIN (SELECT rowid AS number, rank AS place FROM lemmas_fts WHERE lemmas_fts MATCH ?"
            " ORDER BY rank, rowid LIMIT ?) ON number = l.id ORDER BY place, l.id"
        )
        return self._lemmas(where, [query, limit])

    def context(self, number: int) -> Context:
        ((imports, text),) = self._rows("SELECT imports, text FROM contexts WHERE id = ?", [number])
        return Context(tuple(json.loads(imports)), text)

    def uses(self) -> list[tuple[int, int]]:
        """Who uses whom: pairs of a lemma and an older one."""
        return self._rows("SELECT lemma_id, used_id FROM uses ORDER BY lemma_id, used_id")

    def used_by(self, number: int) -> list[int]:
        """What that lemma uses."""
        found = self._rows("SELECT used_id FROM uses WHERE lemma_id = ? ORDER BY used_id", [number])
        return [used for (used,) in found]

    def frequencies(self, symbols: Iterable[str]) -> dict[str, tuple[int, int]]:
        """For each symbol that any lemma mentions, its number and how many do."""
        wanted, found = sorted(symbols), dict[str, tuple[int, int]]()
        for start in range(0, len(wanted), _MANY):
            part = wanted[start : start + _MANY]
            marks = ",".join("?" * len(part))
            rows = self._rows(f"SELECT symbol, id, lemmas FROM symbols WHERE symbol IN ({marks})", part)
            found.update((symbol, (number, count)) for symbol, number, count in rows)
        return found

    def mentioning(self, symbol: int, limit: int) -> list[int]:
        """The lemmas that mention the symbol of that number, the newest first."""
        rows = self._rows(
            "SELECT lemma_id FROM postings WHERE symbol_id = ? ORDER BY lemma_id DESC LIMIT ?",
            [symbol, limit],
        )
        return [number for (number,) in rows]

    def symbols_of(self, numbers: Sequence[int]) -> list[tuple[int, Said]]:
        """What each of these lemmas, at most some hundreds, mentions."""
        marks = ",".join("?" * len(numbers))
        sql = f"SELECT id, symbols, definitions FROM lemmas WHERE id IN ({marks}) ORDER BY id"
        return [(number, _said(symbols, made)) for number, symbols, made in self._rows(sql, numbers)]

    def size(self) -> int:
        """How many lemmas there are or have been: cheap, and enough to weigh rarity by."""
        ((count,),) = self._rows("SELECT coalesce(max(id), 0) FROM lemmas")
        return int(count)

    def statistics(self) -> dict[str, int]:
        counts = {
            f"{kind}, {standing}": count
            for kind, standing, count in self._rows(
                "SELECT kind, standing, count(*) FROM lemmas GROUP BY kind, standing ORDER BY 1, 2"
            )
        }
        for table in ("contexts", "runs", "uses", "symbols"):
            ((counts[table],),) = self._rows(f"SELECT count(*) FROM {table}")
        return {"lemmas": sum(n for what, n in counts.items() if ", " in what), **counts}

    def damage(self) -> list[str]:
        """What is wrong with the file; empty for a sound one. Reads all of it."""
        found = [line for (line,) in self._rows("PRAGMA integrity_check(10)") if line != "ok"]
        dangling = self._rows("PRAGMA foreign_key_check")
        return [*found, *(f"a row of {table} points at nothing" for table, *_ in dangling)]

    # -- writing -----------------------------------------------------------------------------------------

    def add(self, drafts: Sequence[Draft]) -> list[int]:
        """Keep them, all or none, and answer their numbers; that of one that is there already is its old one.

        One that is there but does not stand is replaced. When this returns, they are on disk.
        """
        with self._writing() as db:
            return [_insert(db, draft) for draft in drafts]

    def mark(self, numbers: Iterable[int], standing: Standing, toolchain: str | None = None) -> None:
        """Say how they stand now; `toolchain` is the one that certified them, None to leave that alone."""
        with self._writing() as db:
            for number in numbers:
                db.execute(
                    "UPDATE lemmas SET standing = ?, toolchain = coalesce(?, toolchain) WHERE id = ?",
                    [standing.value, toolchain, number],
                )

    def forget(self, numbers: Sequence[int]) -> int:
        """Delete them, and answer how many there were. Raises `LibraryError` where others use one of them."""
        doomed = set(numbers)
        users = sorted({user for user, used in self.uses() if used in doomed and user not in doomed})
        if users:
            raise refused(self.path, f"lemma {users[0]} uses one of those to forget: forget it as well")
        with self._writing() as db:
            deleted = 0
            for number in sorted(doomed, reverse=True):
                db.execute(
                    "UPDATE symbols SET lemmas = lemmas - 1"
                    " WHERE id IN (SELECT symbol_id FROM postings WHERE lemma_id = ?)",
                    [number],
                )
                db.execute("DELETE FROM postings WHERE lemma_id = ?", [number])
                deleted += db.execute("DELETE FROM lemmas WHERE id = ?", [number]).rowcount
            return deleted

    # -- below -------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with self._lock, translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()

    def _rows(self, sql: str, given: Sequence[object] = ()) -> list[Any]:
        with self._lock, translated(self.path):
            return self._db.conn.execute(sql, given).fetchall()

    def _lemmas(self, rest: str, given: Sequence[object]) -> list[Lemma]:
        return [_lemma(row) for row in self._rows(f"{_FROM} {rest}", given)]


def _insert(db: Database, draft: Draft) -> int:
    there = db.execute(
        "SELECT id, standing FROM lemmas WHERE goal_key = ? AND name = ?", [draft.key, draft.name]
    ).fetchone()
    if there is not None and there[1] == Standing.CERTIFIED.value:
        return int(there[0])
    values = _values(db, draft)
    if there is None:
        marks = ", ".join("?" * len(values))
        added = db.execute(f"INSERT INTO lemmas ({', '.join(values)}) VALUES ({marks})", [*values.values()])
        number = added.lastrowid
        assert number is not None
        index_symbols(db, number, draft.symbols)
    else:
        number = int(there[0])
        changes = ", ".join(f"{column} = ?" for column in values)
        db.execute(
            f"UPDATE lemmas SET {changes}, standing = 'certified' WHERE id = ?", [*values.values(), number]
        )
        db.execute("DELETE FROM uses WHERE lemma_id = ?", [number])
    for used in draft.uses:
        if used < number:
            db.execute("INSERT OR IGNORE INTO uses (lemma_id, used_id) VALUES (?, ?)", [number, used])
    return number


def _values(db: Database, draft: Draft) -> dict[str, Any]:
    told, context = draft.provenance, draft.context
    imports = json.dumps(context.imports)
    return {
        "name": draft.name,
        "kind": draft.kind.value,
        "statement": draft.statement,
        "hypotheses": json.dumps([[h.name, h.type, h.value] for h in draft.hypotheses], ensure_ascii=False),
        "target": draft.target,
        "script": draft.script,
        "context_id": _numbered(
            db, "contexts", {"digest": context.digest}, {"imports": imports, "text": context.text}
        ),
        "definitions": json.dumps(dict(draft.definitions), ensure_ascii=False),
        "symbols": json.dumps(sorted(draft.symbols), ensure_ascii=False),
        "axioms": json.dumps(draft.axioms),
        "toolchain": draft.toolchain,
        "goal_key": draft.key,
        "goal_shape": draft.shape,
        "run_id": _numbered(
            db, "runs", {"name": told.run}, {"policy": told.policy, "toolchain": draft.toolchain}
        ),
        "file": told.file,
        "line": told.line,
        "tactics": told.tactics,
        "seconds": told.seconds,
        "created": told.created,
    }


def _numbered(db: Database, table: str, unique: dict[str, str], others: dict[str, str]) -> int:
    """The number of the row of that table, which is made where there is none."""
    ((column, value),) = unique.items()
    row = db.execute(f"SELECT id FROM {table} WHERE {column} = ?", [value]).fetchone()
    if row is None:
        values = {**unique, **others}
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) RETURNING id"
        row = db.execute(sql, [*values.values()]).fetchone()
    return int(row[0])


def _said(symbols: str, definitions: str) -> Said:
    said = frozenset(json.loads(symbols))
    return Said(said, said & {name.rpartition(".")[2] for name in json.loads(definitions)})


def _lemma(row: Sequence[Any]) -> Lemma:
    (number, name, kind, statement, hypotheses, target, script, context, definitions, symbols) = row[:10]
    (axioms, toolchain, key, shape, standing, file, line, run, policy, tactics, seconds, created) = row[10:]
    return Lemma(
        id=number,
        name=name,
        kind=Kind(kind),
        statement=statement,
        hypotheses=tuple(Hypothesis(*each) for each in json.loads(hypotheses)),
        target=target,
        script=script,
        context_id=context,
        definitions=tuple(json.loads(definitions).items()),
        symbols=frozenset(json.loads(symbols)),
        axioms=tuple(json.loads(axioms)),
        toolchain=toolchain,
        key=key,
        shape=shape,
        standing=Standing(standing),
        provenance=Provenance(file, line, run, policy, tactics, seconds, created),
    )
