"""`prover bench reuse`: which library each pass reads, what is counted, going on where it was stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lemma_samples import TOLD, sample

from lemmas import Library
from prover.bench.reuse import forget
from prover.bench.store import read_manifest, read_records

ROOT = Path(__file__).parents[1]
LEAN = [sys.executable, "-m", "prover", "bench", "reuse"]
TOY = [sys.executable, str(ROOT / "tests" / "toy.py"), "bench", "reuse"]
DEFINITIONS = """inductive N where
  | Z : N
  | S : N → N

def add : N → N → N
  | .Z, y => y
  | .S z, y => .S (add z y)
"""
FIRST = f"""{DEFINITIONS}
theorem add_zero (x : N) : add x .Z = x := by
  sorry

theorem add_succ (x y : N) : add x (.S y) = .S (add x y) := by
  sorry
"""
SECOND = f"""{DEFINITIONS}
theorem same (n : N) : add n .Z = n := by
  sorry
"""
EASY = "theorem a : Easy := by\n  sorry\n"
HARD = "\n".join(f"theorem t{n} : Hard := by\n  sorry\n" for n in range(6))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", timeout=240, check=False)


def results() -> Any:
    return json.loads(Path("out", "results.json").read_text(encoding="utf-8"))


def test_four_passes_in_real_lean() -> None:
    Path("one.lean").write_text(FIRST, encoding="utf-8")
    Path("two.lean").write_text(SECOND, encoding="utf-8")
    done = run(*LEAN, "one.lean", "two.lean", "--lean", "embedded", "--budget", "6", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "gained by the other files' proofs: nothing" in done.stdout
    found = results()
    one, two, both = found["twice"]
    assert [(row["set"], row["problems"], row["first"], row["again"]) for row in (one, two, both)] == [
        ("one", 2, 2, 2),
        ("two", 1, 1, 1),
        ("all sets", 3, 3, 3),
    ]
    assert both["tactics_again"] == both["proved_again"] == 0 < both["tactics_first"]
    assert both["of_proved"] == both["of_all"] == 0
    assert found["alarms"] == [] and found["errors"] == 0

    tactics = {
        name: {record.problem: record.tactics for record in read_records(Path("out", name))}
        for name in ("first", "alone", "others")
    }
    assert tactics["others"]["one:add_zero"] == tactics["others"]["two:same"] == 0  # of the other file
    assert tactics["others"]["one:add_succ"] > 1  # not of its own
    assert tactics["alone"]["two:same"] > 1
    (again,) = (each for each in read_records(Path("out", "again")) if each.problem == "two:same")
    assert [source.split()[:2] for source in again.library] == [["library", "script"]]
    assert len({read_manifest(Path("out", name)).library for name in (*tactics, "again")}) == 4
    with Library.open(Path("out", "lemmas.sqlite")) as library:
        assert {"add_zero", "add_succ", "same"} <= {lemma.name for lemma in library.listed()}


def test_it_goes_on_where_it_was_stopped() -> None:
    Path("many.lean").write_text(HARD, encoding="utf-8")
    words = [*TOY, "many.lean", "--policy", "toy", "--budget", "400", "--out", "out"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr is not None
        while "[1 of 6" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert "the same command goes on" in process.stderr.read()
    assert process.returncode == 130
    assert not Path("out", "results.json").exists()
    kept = Path("out", "first", "records.jsonl").read_bytes()
    again = run(*words)
    assert again.returncode == 0, again.stderr
    assert Path("out", "first", "records.jsonl").read_bytes().startswith(kept)
    for name in ("first", "again", "alone", "others"):
        assert len(read_records(Path("out", name))) == 6
    assert "ended] " not in run(*words).stderr
    other = run(*TOY, "many.lean", "--policy", "toy", "--budget", "100", "--out", "out")
    assert other.returncode == 2 and "holds a run of something else" in other.stderr


def test_a_false_statement_that_is_proved_is_an_alarm() -> None:
    Path("a.lean").write_text(EASY, encoding="utf-8")
    Path("index.json").write_text(json.dumps([{"file": "a.lean", "name": "a", "expected": False}]))
    done = run(*TOY, "a.lean", "--policy", "toy", "--budget", "4", "--out", "out")
    assert done.returncode == 1
    assert "FALSE PROVED: a:a" in done.stdout


def test_a_folder_with_other_things_and_one_without_its_library() -> None:
    Path("a.lean").write_text(EASY, encoding="utf-8")
    words = [*TOY, "a.lean", "--policy", "toy", "--budget", "4", "--out"]
    assert "holds other files" in run(*words, ".").stderr
    assert run(*words, "out").returncode == 0
    for path in Path("out").glob("lemmas.sqlite*"):
        path.unlink()
    assert "lemmas.sqlite, is gone" in run(*words, "out").stderr


def test_what_uses_a_files_lemmas_is_forgotten_with_them(tmp_path: Path) -> None:
    here = replace(TOLD, file=str(tmp_path / "here.lean"))
    with Library.open(tmp_path / "l.sqlite") as library:
        library.add([sample("other"), sample("here", provenance=here)])
        library.add([sample("user", uses=(2,)), sample("its_user", uses=(3,)), sample("free", uses=(1,))])
        forget(library, tmp_path / "here.lean")
        assert [lemma.name for lemma in library.listed()] == ["other", "free"]
