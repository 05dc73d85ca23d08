"""How fast the lemma library is when it is big: generated lemmas on disk, looked up and ranked.

    for seen in measure(folder, 1_000_000):      # `Step`s while it works, then what was found
        ...

The library is made in `folder` and deleted at the end. Lemmas are spread over symbols as words are over a
language: a few stand in most of them, most in a few.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

import psutil
from sqlite_utils import Database

from lemmas.opening import connect
from lemmas.ranking import ranked
from lemmas.records import digest
from lemmas.store import Library
from prover.bench.gateway import Measured, Step
from prover.policy.relevance import Wanted

LOOK_UPS = 2000
RANKINGS = 200
OPENINGS = 20
_BATCH = 20_000
_SYMBOLS = 20_000
_MENTIONED = (3, 9)


def measure(folder: Path, count: int, seed: int = 0) -> Generator[Step | Measured, None, None]:
    """Raises `LibraryError`, such as for a full disk."""
    path = folder / "bench.sqlite"
    draw = random.Random(seed)
    try:
        yield from _fill(path, count, draw)
        size = path.stat().st_size
        yield Measured("lemmas", count, "")
        yield Measured("file", size / 1e6, "MB")
        yield Measured("file, for each lemma", size / count, "bytes")
        yield Step("reading", 0, 1)
        with get_context("spawn").Pool(1) as fresh:  # whose memory is that of reading alone
            yield from fresh.apply(_read, (path, count, seed))
    finally:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _fill(path: Path, count: int, draw: random.Random) -> Iterator[Step]:
    """Rows as the store writes them, many in a transaction."""
    with closing(connect(path)) as db:
        db.execute("INSERT INTO contexts VALUES (1, 'bench', '[]', '')")
        db.execute("INSERT INTO runs VALUES (1, 'bench', 'fixed', 'none')")
        frequencies = [0] * _SYMBOLS
        postings: list[tuple[int, int]] = []
        for start in range(1, count + 1, _BATCH):
            yield Step("making lemmas", start - 1, count)
            with db.atomic():
                for number in range(start, min(start + _BATCH, count + 1)):
                    symbols = drawn_symbols(draw)
                    postings += [(symbol + 1, number) for symbol in symbols]
                    for symbol in symbols:
                        frequencies[symbol] += 1
                    db.conn.execute(_INSERT, _row(number, symbols))
        yield Step("indexing symbols", 0, 1)
        _index(db, frequencies, postings)


_INSERT = (
    "INSERT INTO lemmas VALUES (?, ?, 'goal', ?, ?, ?, 'induction x <;> simp_all', 1, '{}', ?, '[]',"
    " '4.28.0', ?, ?, 'certified', 1, 'Bench.lean', ?, 12, 0.5, '2026-01-01T00:00:00+00:00')"
)


def _row(number: int, symbols: list[int]) -> tuple[object, ...]:
    names = [f"c{symbol}" for symbol in symbols]
    target = " (".join(names) + " x" + ")" * (len(names) - 1)
    hypotheses = json.dumps([["x", "Nat", None]])
    key = key_of(number)
    statement = f" : ∀ (x : Nat), {target}"
    return (number, f"Bench.t{number}", statement, hypotheses, target, json.dumps(names), key, key, number)


def _index(db: Database, frequencies: list[int], postings: list[tuple[int, int]]) -> None:
    with db.atomic():
        rows = [(n + 1, f"c{n}", count) for n, count in enumerate(frequencies)]
        db.conn.executemany("INSERT INTO symbols VALUES (?, ?, ?)", rows)
        postings.sort()
        db.conn.executemany("INSERT INTO postings VALUES (?, ?)", postings)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def drawn_symbols(draw: random.Random) -> list[int]:
    """Different ones, the n-th about n times as rare as the first."""
    wanted = draw.randint(*_MENTIONED)
    return list({min(int(_SYMBOLS ** draw.random()) - 1, _SYMBOLS - 1) for _ in range(wanted)})


def _drawn_names(draw: random.Random) -> frozenset[str]:
    return frozenset(f"c{symbol}" for symbol in drawn_symbols(draw))


def key_of(number: int) -> str:
    return digest(f"bench {number}")


def _read(path: Path, count: int, seed: int) -> list[Measured]:
    draw = random.Random(seed)
    found = list(_openings(path))
    before = _memory()
    with Library.open(path) as library:
        for part in (_look_ups(library, count, draw), _rankings(library, draw), _searches(library, draw)):
            found += part
    return [*found, Measured("memory that reading took", _memory() - before, "MB")]


def _openings(path: Path) -> Iterator[Measured]:
    seconds = []
    for _ in range(OPENINGS):
        begun = time.perf_counter()
        Library.open(path).close()
        seconds.append(time.perf_counter() - begun)
    yield Measured("opening and closing", 1000 * median(seconds), "ms", 50.0)
    yield Measured("  the slowest of them", 1000 * max(seconds), "ms")


def _look_ups(library: Library, count: int, draw: random.Random) -> Iterator[Measured]:
    there = [key_of(draw.randint(1, count)) for _ in range(LOOK_UPS)]
    absent = [digest(f"absent {n}") for n in range(LOOK_UPS)]
    for what, keys in (("look-up by key", there), ("look-up of a key that is not there", absent)):
        yield from _timed(what, [partial(library.by_key, key) for key in keys], 0.2)


def _rankings(library: Library, draw: random.Random) -> Iterator[Measured]:
    goals = [Wanted(_drawn_names(draw), _drawn_names(draw)) for _ in range(RANKINGS)]
    yield from _timed("ranked premises", [partial(ranked, library, goal, 60) for goal in goals], 20.0)


def _timed(what: str, tasks: list[Callable[[], object]], goal: float | None) -> Iterator[Measured]:
    milliseconds = []
    for task in tasks:
        begun = time.perf_counter()
        task()
        milliseconds.append(1000 * (time.perf_counter() - begun))
    yield Measured(what, median(milliseconds), "ms", goal)
    yield Measured("  95 of 100 are below", quantiles(milliseconds, n=20)[-1], "ms")


def _searches(library: Library, draw: random.Random) -> Iterator[Measured]:
    texts = [f"c{draw.randint(50, _SYMBOLS - 1)}" for _ in range(50)]
    yield from _timed("text search", [partial(library.search, text, 20) for text in texts], None)


def _memory() -> float:
    """MB resident."""
    return float(psutil.Process().memory_info().rss) / 1e6
