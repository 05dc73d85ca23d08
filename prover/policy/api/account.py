"""What models have cost so far: a small SQLite file in the user's data folder."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from prover.models import ModelSettings

_TABLE = """
create table if not exists spending (
  model text, base_url text, requests integer, failures integer,
  tokens_read integer, tokens_written integer, usd real, seconds real,
  primary key (model, base_url)
)
"""
_ADD = """
insert into spending values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict do update set
  requests = requests + excluded.requests, failures = failures + excluded.failures,
  tokens_read = tokens_read + excluded.tokens_read,
  tokens_written = tokens_written + excluded.tokens_written,
  usd = usd + excluded.usd, seconds = seconds + excluded.seconds
"""
_PATIENCE = 10.0  # seconds that another process may write


@dataclass(frozen=True, slots=True)
class Spending:
    """`requests` that were answered and `failures` that were not, tokens, US dollars, and how long all of
    them took."""

    requests: int = 0
    failures: int = 0
    read: int = 0
    written: int = 0
    usd: float = 0.0
    seconds: float = 0.0


def account_path() -> Path:
    return Path(platformdirs.user_data_dir("prover", appauthor=False)) / "models.sqlite"


class Account:
    """For all threads and processes. Where the file can't be used, `trouble` says why, and nothing is kept
    there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.trouble = ""

    def add(self, settings: ModelSettings, spent: Spending) -> None:
        row = (settings.model, settings.base_url, spent.requests, spent.failures)
        try:
            with self._lock, self._open() as connection, connection:
                connection.execute(_ADD, (*row, spent.read, spent.written, spent.usd, spent.seconds))
        except (sqlite3.Error, OSError) as error:
            self.trouble = f"{self._path}: what models cost can't be kept: {error}"

    def spent_on(self, settings: ModelSettings) -> Spending:
        """Nothing where nothing was ever asked, or the file can't be read."""
        if not self._path.exists():
            return Spending()
        try:
            with self._lock, self._open() as connection:
                row = connection.execute(
                    "select requests, failures, tokens_read, tokens_written, usd, seconds from spending"
                    " where model = ? and base_url = ?",
                    (settings.model, settings.base_url),
                ).fetchone()
        except (sqlite3.Error, OSError) as error:
            self.trouble = f"{self._path}: what models cost can't be read: {error}"
            return Spending()
        return Spending(*row) if row else Spending()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE)) as connection:
            connection.execute(_TABLE)
            yield connection
