"""A worker's own copy of the lemma library, in memory: as it was when the night began, and what was proved
since, as far as the item at hand may know. So an item finds the same library, whoever works on it, whenever.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from lemmas.opening import translated
from lemmas.records import Draft
from lemmas.store import Library


def replica_of(path: Path) -> Library:
    """Raises `LibraryError`."""
    with translated(path):
        memory = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(path)) as kept:
            kept.backup(memory)
        memory.execute("PRAGMA foreign_keys = ON")
        return Library(path, Database(memory, execute_plugins=False))


def replica_from(content: bytes) -> Library:
    """Of a library's file on another machine. Raises `LibraryError`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.sqlite"
        path.write_bytes(content)
        return replica_of(path)


def learn(library: Library, lemmas: Iterable[Sequence[Draft]]) -> None:
    for drafts in lemmas:
        library.add(drafts)


def snapshot(library: Library, path: Path) -> None:
    """Write a copy of the library, as it is now, to a new file. Raises `LibraryError`."""
    with (
        translated(path),
        closing(sqlite3.connect(library.path)) as kept,
        closing(sqlite3.connect(path)) as copy,
    ):
        kept.backup(copy)
