"""Nights with real processes and a real Lean: the commands, kills, and what workers are made of."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from lemmas.store import Library
from prover.batch.drafts import Gained, packed, unpacked
from prover.batch.items import Item, Kind
from prover.batch.records import HoleStatus, Limits
from prover.batch.replica import learn, replica_of, snapshot
from prover.batch.station import Station
from prover.batch.store import read_night
from prover.batch.tasks import Answer, Assignment, Checked, Equipment, Refused, Refuted, Searched
from prover.bench.night_session import says
from prover.cli.night_run import limits_from, next_time
from prover.errors import InputError
from prover.types import Status

FILE = """\
def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

opaque secret : Nat → Nat

theorem easy (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem double_add (m n : Nat) : double (m + n) = double m + double n := by
  sorry

theorem never (n : Nat) (h : ∀ n, secret (n + 1) = secret n) : secret n = 1 := by
  sorry
"""
PATIENCE = 60.0


def prover(folder: Path, *words: str, check: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "prover", *words], cwd=folder, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == check, done.stderr
    return done


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "A.lean").write_text(FILE)
    return tmp_path


def test_a_night_from_begin_to_report(project: Path) -> None:
    words = ("night", "A.lean", "--budget", "24t", "--workers", "1", "--out", "n", "--write", "--db", "l.db")
    done = prover(project, *words, check=1)
    assert done.stdout.startswith("n: ended after ") and "2 of 3 proved, 1 open · 24 tactics" in done.stdout
    assert "A.lean:8:3 easy: proved" in done.stderr
    assert (project / "A.lean").read_text().count("sorry") == 1
    told = json.loads(prover(project, "night", "status", "n", "--json").stdout)
    assert told["holes"] == {"proved": 2, "open": 1} and not told["at_work"] and told["tactics"] == 24
    assert prover(project, "night", "status", "n", "--follow").stdout == done.stdout
    with Library.open(project / "l.db") as library:
        assert [lemma.name for lemma in library.listed() if lemma.name == "double_add"]
    again = prover(project, "night", "resume", "n", "--budget", "32t", check=1)
    assert "32 tactics" in again.stdout
    night = read_night(project / "n")
    open_ = night.holes[2]
    assert [attempt.round for attempt in night.of(open_)][:2] == [1, 2]
    assert all(attempt.failures and attempt.goals for attempt in night.of(open_))
    assert {lemma.name for lemma in night.lemmas} >= {"easy", "double_add"}
    assert "at work" in prover(project, "night", "stop", "n", check=2).stderr


def test_a_night_in_the_background_survives_the_kill_of_its_driver_and_leaves_nothing(project: Path) -> None:
    prover(project, "night", "A.lean", "--budget", "40t", "--workers", "1", "--out", "n", "--detach")
    driver, family = wait_for_lean(project / "n")
    driver.kill()
    _, alive = psutil.wait_procs([driver, *family], timeout=PATIENCE)
    assert not alive
    assert "`prover night resume n` goes on" in prover(project, "night", "status", "n").stdout
    prover(project, "night", "resume", "n", "--detach")
    wait_for_lean(project / "n")
    assert "ended after" in prover(project, "night", "stop", "n").stdout
    prover(project, "night", "resume", "n", check=1)
    night = read_night(project / "n")
    assert [hole.status for hole in night.holes[:2]] == [HoleStatus.PROVED] * 2
    assert [session.why for session in night.sessions] == ["", "stopped", "the tactics are spent"]
    assert sum(attempt.tactics for attempt in night.attempts) == 40


def wait_for_lean(folder: Path) -> tuple[psutil.Process, list[psutil.Process]]:
    """The driver, and all it has started, once a Lean is among that."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError, psutil.Error):
            beat = json.loads((folder / "heartbeat.json").read_text())
            driver = psutil.Process(beat["pid"])
            family = driver.children(recursive=True)
            if any(says(process, "restore") for process in family):
                return driver, family
        time.sleep(0.05)
    raise AssertionError("no Lean came")


def test_ctrl_c_ends_a_night_in_good_order(project: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "prover", "night", "A.lean", "--hours", "1", "--workers", "1", "--out", "n"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    wait_for_lean(project / "n")
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and "the night has ended: stopped" in said
    assert read_night(project / "n").sessions[-1].why == "stopped"


# -- limits ------------------------------------------------------------------------------------------------


def test_looking_for_a_night_that_is_not_there_makes_nothing(tmp_path: Path) -> None:
    for action in ("status", "resume", "stop"):
        assert "no night" in prover(tmp_path, "night", action, "n", check=2).stderr
    (tmp_path / "A.lean").write_text(FILE)
    gone = prover(tmp_path, "night", "A.lean", "--out", "n", "--ray", "127.0.0.1:1", check=3)
    assert gone.stderr == "prover: --ray 127.0.0.1:1: no such cluster: Connection refused\n"
    assert not (tmp_path / "n").exists()


def test_limits_are_read_as_a_user_writes_them() -> None:
    assert limits_from(None, 2, ["20t"], "20USD") == Limits(seconds=7200, tactics=20, usd=20)
    assert limits_from(None, None, ["3600s,2mtok"], None) == Limits(seconds=3600, tokens=2_000_000)
    for wrong in ((None, 1.0, ["3600s"], None), (None, None, ["5usd"], "3"), (None, None, ["5e"], None)):
        with pytest.raises(InputError, match="--budget"):
            limits_from(*wrong)
    for cost in ("abc", "0", "-3", "inf"):
        with pytest.raises(InputError, match=r"--cost .*like 20usd"):
            limits_from(None, None, [], cost)
    with pytest.raises(InputError, match="like 07:00"):
        limits_from("7 am", None, [], None)


def test_a_time_of_day_is_the_next_one() -> None:
    evening = datetime(2026, 11, 23, 22, 30)
    assert next_time("07:00", evening) == datetime(2026, 11, 24, 7, 0).timestamp()
    assert next_time("23:00", evening) == datetime(2026, 11, 23, 23, 0).timestamp()


# -- what a worker is made of ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("library") / "library.sqlite"
    Library.open(path).close()
    return path


@pytest.fixture(scope="module")
def station(library: Path):  # type: ignore[no-untyped-def]
    with closing(Station(Equipment("embedded", "fixed", "best-first", 0, library, 2**32))) as station:
        yield station


def assigned(item: Item, text: str = FILE, trace: bytes | None = None, **more: object) -> Assignment:
    given = {"known": {}, "settles": {}, "lemmas": (), "forgets": False, "usd": None, "run": "r", **more}
    place = None if item.hole is None else item.hole
    return Assignment(item, Path("A.lean"), text.encode(), place, trace=trace, **given)  # type: ignore[arg-type]


def told(answer: Answer) -> object:
    """What a search found, without how long it took."""
    assert isinstance(answer, Searched)
    return answer.result.status, answer.result.proof, answer.result.partial, answer.failures


def test_a_search_in_two_parts_is_the_search_in_one(station: Station) -> None:
    barred = ("easy", "double_add", "never")
    first = station.do(assigned(Item(0, Kind.TRY, 1, 2, 1, 6, 6, False, barred)))
    assert isinstance(first, Searched) and first.spent.tactics == 6
    second = station.do(assigned(Item(1, Kind.TRY, 1, 2, 2, 14, 8, True, barred), trace=first.trace))
    whole = station.do(assigned(Item(2, Kind.TRY, 1, 2, 1, 14, 14, False, barred)))
    assert isinstance(second, Searched) and second.spent.tactics == 8
    assert told(second) == told(whole)


def test_a_search_that_is_cut_off_goes_on_and_counts_all_of_it_once(station: Station, library: Path) -> None:
    item = Item(0, Kind.TRY, 1, 2, 1, 12, 12, False, ("easy", "double_add", "never"))
    whole = station.do(assigned(item))
    with closing(Station(Equipment("embedded", "fixed", "best-first", 0, library, 2**32))) as other:

        def pulse(tactics: int) -> None:
            if tactics == 5:
                other.stop()

        cut = other.do(assigned(item), pulse)
        assert not isinstance(cut, Searched) and hasattr(cut, "trace")
    again = station.do(assigned(item, trace=cut.trace))
    assert isinstance(again, Searched) and again.spent.tactics == 12
    assert told(again) == told(whole)


def test_what_one_worker_learned_helps_another_and_is_forgotten_when_it_must_not_be_known(
    station: Station,
) -> None:
    barred = ("easy", "double_add", "never")
    item = Item(0, Kind.TRY, 1, 1, 1, 40, 40, False, barred)
    found = station.do(assigned(item))
    assert isinstance(found, Searched) and found.result.status is Status.PROVED
    assert unpacked(packed(found.gained)) == found.gained
    helped = station.do(assigned(item, lemmas=(found.gained.drafts,)))
    assert isinstance(helped, Searched) and helped.spent.tactics < found.spent.tactics
    assert ("double_add" in {name for _, name in helped.lemmas}) and found.lemmas == ()
    alone = station.do(assigned(item, forgets=True))
    assert isinstance(alone, Searched) and alone.spent.tactics == found.spent.tactics


def test_a_check_tells_complaints_and_a_file_without_its_imports_is_refused(station: Station) -> None:
    wrong = station.do(assigned(Item(0, Kind.CHECK, 1), "def a : Nat := true\n" + FILE))
    assert isinstance(wrong, Checked) and wrong.complaints[0].startswith("1:16: ")
    missing = station.do(assigned(Item(0, Kind.CHECK, 1), "import Missing\n" + FILE))
    assert isinstance(missing, Refused) and "Missing" in missing.message


def test_a_false_statement_is_told_with_its_counterexample(station: Station) -> None:
    text = "theorem never (n : Nat) : n + n = n := by\n  sorry\n"
    answer = station.do(assigned(Item(0, Kind.REFUTE, 1, 0), text))
    assert isinstance(answer, Refuted) and answer.counterexample == "n = 1"
    assert station.do(assigned(Item(0, Kind.REFUTE, 1, 0))) == Refuted(None)


def test_a_replica_has_the_lemmas_and_the_numbers_of_the_library(tmp_path: Path) -> None:
    with Library.open(tmp_path / "l.sqlite") as library:
        snapshot(library, tmp_path / "copy.sqlite")
    replica = replica_of(tmp_path / "copy.sqlite")
    learn(replica, [Gained().drafts])
    assert replica.listed() == [] and replica.damage() == []
    replica.close()
