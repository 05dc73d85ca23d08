"""`prover lemmas` and the library's options, as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from lemma_samples import sample

from lemmas import Kind, Library

ROOT = Path(__file__).parents[1]
FILE = "theorem Top.easy : Easy := by\n  sorry\n\ntheorem Top.hard : Hard := by\n  sorry\n"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three lemmas, the second of which uses the first, where the commands look for them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = tmp_path / "data" / "prover" / "lemmas.sqlite"
    with Library.open(path) as library:
        library.add([sample("A.one"), sample("A.two", uses=(1,)), sample("A.two_goal1", kind=Kind.GOAL)])
    return path


def prover(*words: str, answer: str = "", script: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, script] if script else [sys.executable, "-m", "prover"]
    return subprocess.run(
        [*command, *words], input=answer, capture_output=True, text=True, check=False, env=os.environ
    )


def test_looking_into_it(library: Path) -> None:
    listed = prover("lemmas", "list").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [["1", "A.one"], ["2", "A.two"], ["3", "A.two_goal1"]]
    only = json.loads(prover("lemmas", "list", "--kind", "goal", "--json").stdout)
    assert [each["name"] for each in only] == ["A.two_goal1"]
    assert "A.one" in prover("lemmas", "search", "one").stdout
    shown = prover("lemmas", "show", "two").stdout
    assert "-- uses 1 A.one" in shown
    assert shown.endswith("theorem A.two (x : Nat) : f x = x := by\n  simp [f]\n")
    assert json.loads(prover("lemmas", "show", "2", "--json").stdout)["uses"] == [1]
    counts = json.loads(prover("lemmas", "stats", "--json").stdout)
    assert (counts["lemmas"], counts["uses"], counts["damage"]) == (3, 1, [])
    assert str(library) in prover("doctor").stdout


def test_who_uses_whom(library: Path) -> None:
    names = ("g.svg", "g.dot", "g.graphml")
    answer = prover("lemmas", "graph", "--svg", names[0], "--dot", names[1], "--graphml", names[2])
    assert answer.stdout.splitlines() == ["3 lemmas, 1 uses, 1 alone, cycles: none", "     1 use 1 A.one"]
    for name in ("g.svg", "g.graphml"):
        assert "A.two" in ET.tostring(ET.parse(name).getroot(), encoding="unicode")
    assert '"2" -> "1"' in Path("g.dot").read_text()


def test_forgetting_asks_first(library: Path) -> None:
    assert prover("lemmas", "forget", "two_goal1", answer="n\n").stdout.endswith("0 forgotten\n")
    assert prover("lemmas", "forget", "two_goal1", answer="y\n").stdout.endswith("1 forgotten\n")
    refused = prover("lemmas", "forget", "one", "--yes")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert prover("lemmas", "forget", "one", "two", "--yes").returncode == 0
    assert prover("lemmas", "forget").returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lemmas", "show", "nothing"), "no lemma `nothing`"),
        (("lemmas", "list", "--db", "absent.sqlite"), "there is no lemma library absent.sqlite"),
        (("lemmas", "export", "all.txt"), "must end in .lean or .json"),
        (("lemmas", "export", "no/folder/all.json"), "can't be written"),
        (("lemmas", "import", "absent.json"), "no such file"),
        (("prove", "A.lean", "--no-library", "--db", "x.sqlite"), "exclude each other"),
    ],
)
def test_one_line_says_what_is_wrong(library: Path, words: tuple[str, ...], said: str) -> None:
    answer = prover(*words)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "text", ["{}", "nonsense", '{"format": "prover lemmas 1", "contexts": [], "lemmas": [{}]}']
)
def test_importing_something_else(library: Path, text: str) -> None:
    Path("other.json").write_text(text)
    answer = prover("lemmas", "import", "other.json", "--lean", "embedded")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "other.json: not a file of lemmas" in answer.stderr


def test_a_run_keeps_what_it_proves_unless_told_otherwise(library: Path) -> None:
    library.unlink()
    Path("A.lean").write_text(FILE)
    toy = str(ROOT / "tests" / "toy.py")
    common = ("prove", "A.lean", "--policy", "toy", "--tactics", "5")
    without = prover(*common, "--no-library", script=toy)
    assert not library.exists()
    with_it = prover(*common, script=toy)
    assert without.stdout.split("·")[:4] == with_it.stdout.split("·")[:4]
    with Library.open(library) as kept:
        assert [(lemma.name, lemma.script) for lemma in kept.listed()] == [("Top.easy", "easy")]
    prover(*common, "--db", "other.sqlite", script=toy)
    assert Path("other.sqlite").exists()
