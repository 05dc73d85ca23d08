"""The library's file: what goes in comes out, whoever writes, dies or meddles meanwhile."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from lemma_samples import CONTEXT, SAMPLE, TOLD, sample
from sqlite_utils import Database

from lemmas import Kind, Library, Standing
from lemmas.ranking import ranked
from lemmas.schema import VERSION, migrations
from prover.bench.recall import in_files, in_library, recall
from prover.errors import LibraryError
from prover.policy.relevance import Wanted

WRITER = [sys.executable, str(Path(__file__).with_name("lemma_samples.py"))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "lemmas.sqlite"


def writer(path: Path, prefix: str, count: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [*WRITER, str(path), prefix, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


# -- what goes in comes out --------------------------------------------------------------------------------


def test_a_lemma_comes_back_whole(path: Path) -> None:
    with Library.open(path) as library:
        (number,) = library.add([SAMPLE])
    with Library.open(path) as library:
        lemma = library.get(number)
        assert lemma is not None
        for name in ("name", "kind", "statement", "hypotheses", "target", "script", "definitions", "symbols"):
            assert getattr(lemma, name) == getattr(SAMPLE, name)
        assert (lemma.axioms, lemma.toolchain, lemma.provenance) == (("propext",), "4.28.0", TOLD)
        assert lemma.standing is Standing.CERTIFIED
        assert library.context(lemma.context_id) == CONTEXT
        assert [each.id for each in library.by_key(SAMPLE.key)] == [number]
        assert library.by_key("other") == []


def test_the_same_lemma_is_kept_once(path: Path) -> None:
    with Library.open(path) as library:
        assert library.add([SAMPLE, SAMPLE]) == library.add([sample("A.t", script="other")])[:1] * 2
        assert library.statistics()["lemmas"] == 1
        library.mark([1], Standing.BROKEN)
        library.add([sample("A.t", script="mended")])
        (lemma,) = library.listed()
        assert (lemma.id, lemma.script, lemma.standing) == (1, "mended", Standing.CERTIFIED)


def test_words_are_found_in_names_and_statements(path: Path) -> None:
    with Library.open(path) as library:
        library.add([sample("Lists.rev_append"), sample("B.u", statement=" : rev (rev xs) = xs")])
        assert [lemma.name for lemma in library.search("append", 5)] == ["Lists.rev_append"]
        assert {lemma.name for lemma in library.search("rev", 5)} == {"Lists.rev_append", "B.u"}
        assert library.search('rev" OR (', 5) == library.search("", 5) == []
        assert [lemma.name for lemma in library.by_name("rev_append")] == ["Lists.rev_append"]


def test_lemmas_that_others_use_stay(path: Path) -> None:
    with Library.open(path) as library:
        one, two = library.add([sample("one"), sample("two", uses=(1,))])
        assert library.uses() == [(two, one)]
        with pytest.raises(LibraryError, match="lemma 2 uses one of those"):
            library.forget([one])
        assert library.forget([one, two]) == 2
        assert library.statistics() == {"lemmas": 0, "contexts": 1, "runs": 1, "uses": 0, "symbols": 3}
        assert library.search("one", 5) == []
        assert library.damage() == []


def test_uses_never_go_in_a_circle(path: Path) -> None:
    with Library.open(path) as library:
        library.add([sample("one", uses=(1, 2)), sample("two", uses=(1, 2))])
        assert library.uses() == [(2, 1)]
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO uses VALUES (1, 2)")


def test_all_or_none_of_what_is_added_together(path: Path) -> None:
    with Library.open(path) as library:
        with pytest.raises(LibraryError):
            library.add([sample("one"), sample("two", uses=(1,), statement=None)])
        assert library.statistics()["lemmas"] == 0


def wanted(*symbols: str) -> Wanted:
    return Wanted(frozenset(symbols), frozenset())


def test_rare_symbols_weigh_more(path: Path) -> None:
    with Library.open(path) as library:
        common = [sample(f"c{n}", symbols=frozenset(("f", "="))) for n in range(20)]
        library.add([*common, sample("rare", symbols=frozenset(("g", "=")))])
        assert ranked(library, wanted("f", "g", "="), 3) == [21, 1, 2]  # ties: the older first
        assert ranked(library, Wanted(frozenset("h"), frozenset("g")), 3) == [21]  # behind a definition


def test_recall_counts_what_proofs_used(path: Path) -> None:
    with Library.open(path) as library:
        for name, symbols in (("near", {"g", "h"}), ("far", {"f"}), ("unseen", {"z"})):
            library.add([sample(name, symbols=frozenset(symbols), definitions=())])
        library.add([sample("user", symbols=frozenset(("g", "h", "f")), uses=(1, 2, 3))])
        ranks = list(in_library(library))
    assert ranks == [[0, 1, None]]
    assert [recall(ranks, k) for k in (1, 2, 9)] == [1 / 3, 2 / 3, 2 / 3]


def test_recall_among_the_theorems_of_a_file(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "A.lean"
    file.write_text(
        "def f (n : Nat) := n\ndef g (n : Nat) := n\n"
        "theorem far (n : Nat) : f n = n := rfl\ntheorem near (n : Nat) : g n = n := rfl\n"
        "theorem user (n : Nat) : g (g n) = n := by simp [near]\n"
    )
    told = replace(TOLD, file=str(file))
    with Library.open(path) as library:
        library.add([sample("far", provenance=told), sample("near", provenance=told)])
        user = sample("user", provenance=told, uses=(1, 2), target="g (g n) = n")
        library.add([user, sample("elsewhere", uses=(1,))])
        assert list(in_files(library)) == [[None, 0]]  # what shares types alone is not ranked


# -- many at once ------------------------------------------------------------------------------------------


def test_a_frozen_reader_sees_no_news(path: Path) -> None:
    with Library.open(path) as written, Library.open(path) as read:
        written.add([sample("before")])
        read.freeze()
        written.add([sample("after")])
        assert [lemma.name for lemma in read.listed()] == ["before"]
        assert len(written.listed()) == 2


def test_two_processes_write_and_one_reads(path: Path) -> None:
    with writer(path, "one", 40) as first, writer(path, "two", 40) as second:
        seen = 0
        while first.poll() is None or second.poll() is None:
            with Library.open(path) as library:
                count = library.statistics()["lemmas"]
            assert count >= seen
            seen = count
        assert first.returncode == second.returncode == 0
    with Library.open(path) as library:
        assert library.statistics()["lemmas"] == 160
        assert library.damage() == []


def test_threads_share_a_library(path: Path) -> None:
    with Library.open(path) as library:

        def add(prefix: str) -> None:
            for number in range(20):
                library.add([sample(f"{prefix}{number}")])
                library.by_key(SAMPLE.key)

        threads = [threading.Thread(target=add, args=(prefix,)) for prefix in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert library.statistics()["lemmas"] == 60


def killed_at_random_moments(path: Path, moments: int) -> None:
    draw = random.Random(moments)
    acknowledged: list[str] = []
    for round_ in range(moments):
        with writer(path, f"r{round_}", 1000) as process:
            assert process.stdout is not None
            acknowledged += [process.stdout.readline().strip() for _ in range(draw.randint(1, 6))]
            if draw.random() < 0.5:
                threading.Event().wait(draw.random() * 0.02)
            process.send_signal(signal.SIGKILL)
            acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    with Library.open(path) as library:
        assert library.damage() == []
        there = {lemma.name for lemma in library.listed()}
    assert "" not in acknowledged
    assert len(acknowledged) >= moments
    assert set(acknowledged) <= there
    assert {name.replace(".t", ".goal") for name in acknowledged} <= there  # all or none of each


def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(path: Path) -> None:
    killed_at_random_moments(path, 8)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_in_200_kills(path: Path) -> None:
    killed_at_random_moments(path, 200)


def test_a_writer_killed_while_it_makes_the_file(path: Path) -> None:
    for _ in range(4):
        with writer(path, "a", 1) as process:
            threading.Event().wait(random.Random(0).random() * 0.3)
            process.kill()
    with Library.open(path) as library:
        library.add([SAMPLE])
        assert library.damage() == []


# -- files that are not right ------------------------------------------------------------------------------


def refused(path: Path, match: str) -> None:
    """Opening it says so, and changes nothing."""
    before = {each.name: each.read_bytes() for each in path.parent.iterdir() if each.is_file()}
    with pytest.raises(LibraryError, match=match) as error:
        Library.open(path)
    assert "\n" not in str(error.value)
    assert "--no-library" in str(error.value)
    assert {each.name: each.read_bytes() for each in path.parent.iterdir() if each.is_file()} == before


def filled(path: Path, count: int = 50) -> Path:
    with Library.open(path) as library:
        library.add([sample(f"t{number}") for number in range(count)])
    return path


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0", bytes(4096)])
def test_a_file_that_is_no_database(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    refused(path, "no SQLite database")


def test_a_database_of_another_program(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE lemmas (id INTEGER PRIMARY KEY)")
    refused(path, "another program")


def test_a_library_of_a_newer_prover(path: Path) -> None:
    with closing(sqlite3.connect(filled(path))) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    refused(path, f"its schema is {VERSION + 1}, this prover knows {VERSION}")


def test_a_library_whose_end_is_missing(path: Path) -> None:
    content = filled(path).read_bytes()
    path.write_bytes(content[: len(content) - 5000])
    refused(path, "damaged")


def test_a_library_with_damaged_pages(path: Path) -> None:
    content = bytearray(filled(path).read_bytes())
    for page in range(2, len(content) // 4096, 2):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)
    refused(path, "damaged")


def test_a_read_only_library(path: Path) -> None:
    filled(path).chmod(0o444)
    refused(path, "read-only")


def test_a_folder_in_the_place_of_the_library(path: Path) -> None:
    path.mkdir(parents=True)
    refused(path, "no file")


def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="can't be opened"):
        Library.open(tmp_path / "file" / "lemmas.sqlite")


FULL = """
import resource, sys
from pathlib import Path
from lemma_samples import sample
from lemmas import Library
from prover.errors import LibraryError
library = Library.open(Path(sys.argv[1]))
library.add([sample("kept")])
limit = Path(sys.argv[1] + "-wal").stat().st_size + 20_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    for n in range(1000):
        library.add([sample(f"more{n}")])
        print(f"more{n}")
except LibraryError as error:
    print(error)
"""


def test_a_full_disk(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, Path(__file__).parents[:2]))}
    command = [sys.executable, "-c", FULL, str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    *added, said = answer.stdout.splitlines()
    assert "can't be used: " in said
    assert "disk" in said or "written" in said
    with Library.open(path) as library:
        assert {lemma.name for lemma in library.listed()} == {"kept", *added}
        assert library.damage() == []


def test_a_writer_that_waits_too_long(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lemmas.opening.BUSY_SECONDS", 0.05)
    with Library.open(path) as library, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LibraryError, match="another program"):
            library.add([SAMPLE])
        other.rollback()
        library.add([SAMPLE])


# -- older files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_older_library_is_brought_up_with_its_rows(path: Path, version: int) -> None:
    path.parent.mkdir()
    with closing(Database(sqlite3.connect(path))) as db:
        db.enable_wal()
        names = [each.name for each in migrations.pending(db)]
        migrations.apply(db, stop_before=names[version])
        db.executescript(OLD_ROWS)
    with Library.open(path) as library:
        (lemma,) = library.listed()
        assert (lemma.name, lemma.kind, lemma.symbols) == ("A.t", Kind.THEOREM, frozenset(("f", "=")))
        assert ranked(library, wanted("f"), 3) == [lemma.id]
        assert library.search("t", 3) == [lemma]
        assert library.damage() == []
        library.add([sample("new")])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


OLD_ROWS = """
INSERT INTO contexts VALUES (1, 'd', '[]', 'def f (x : Nat) := x');
INSERT INTO runs VALUES (1, 'run', 'fixed', '4.28.0');
INSERT INTO lemmas VALUES (1, 'A.t', 'theorem', ' : f 1 = 1', '[]', 'f 1 = 1', 'rfl', 1, '{"f": "01"}',
    '["f", "="]', '[]', '4.28.0', 'key', 'shape', 'certified', 1, '/A.lean', 3, 12, 0.5, '2026');
"""


def test_plain_sqlite_reads_it(path: Path) -> None:
    with closing(sqlite3.connect(filled(path, 3))) as connection:
        assert connection.execute("SELECT count(*) FROM lemmas").fetchone() == (3,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
