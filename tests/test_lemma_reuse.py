"""Lemmas kept and used again, with the real Lean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmas import Library, Standing
from lemmas.contexts import closing, context_of, namespace
from lemmas.matching import covers
from lemmas.statements import adapted
from prover.lean.source import parse_source
from prover.lean.splice import fit, unfit
from prover.types import Hypothesis

ROOT = Path(__file__).parents[1]
FILE = """namespace Demo

inductive N where
  | Z : N
  | S : N → N

def add : N → N → N
  | .Z, y => y
  | .S z, y => .S (add z y)

-- the easy ones
theorem add_zero (x : N) : add x .Z = x := by
  sorry

theorem add_succ (x y : N) : add x (.S y) = .S (add x y) := by
  sorry

end Demo
"""
COMM = """
/-- Needs both, and is out of reach without them. -/
theorem add_comm (a b : N) : add a b = add b a := by
  sorry

end Demo
"""


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(cwd / "data")}
    command = [sys.executable, "-m", "prover", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def prove(path: Path, *words: str) -> list[dict[str, object]]:
    common = ("--lean", "embedded", "--json", "-", "--tactics", "60", "--seconds", "1000")
    answer = run("prove", str(path), *common, *words, cwd=path.parent)
    assert answer.returncode in (0, 1), answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_nothing_is_proved_twice_and_what_is_proved_helps(tmp_path: Path) -> None:
    path, db = tmp_path / "Demo.lean", str(tmp_path / "lemmas.sqlite")
    path.write_text(FILE)
    first = prove(path, "--db", db)
    assert [each["status"] for each in first] == ["proved", "proved"]
    path.write_text(
        FILE.replace("(x y : N) : add x (.S y) = .S (add x y)", "(n m : N) : add n (.S m) = .S (add n m)")
    )
    again = prove(path, "--db", db)
    assert [each["tactics"] for each in again] == [1, 1]

    (tmp_path / "Other.lean").write_text(FILE.partition("-- the easy")[0] + COMM)
    alone = prove(tmp_path / "Other.lean", "--no-library")
    helped = prove(tmp_path / "Other.lean", "--db", db, "--write")
    assert [each["status"] for each in alone + helped] == ["open", "proved"]
    assert "have add_zero_" in (tmp_path / "Other.lean").read_text()
    with Library.open(Path(db)) as library:
        (comm,) = library.by_name("add_comm")
        assert {lemma.name for lemma in library.many(library.used_by(comm.id))} == {
            "Demo.add_zero",
            "Demo.add_succ",
        }
        assert comm.provenance.file == str(tmp_path / "Other.lean")
        inner = [lemma.name for lemma in library.listed() if lemma.kind.value == "goal"]
        assert all(name.startswith("Demo.add_comm_goal") for name in inner)

    changed = FILE.replace("| .Z, y => y", "| .Z, y => .S y")
    path.write_text(changed)
    prove(path, "--db", db, "--theorem", "add_zero", "--tactics", "3")
    with Library.open(Path(db)) as library:
        standings = {lemma.name: lemma.standing for lemma in library.listed()}
    assert standings["Demo.add_zero"] is Standing.STALE
    assert standings["Demo.add_comm"] is Standing.CERTIFIED  # that file's definition is as it was


def test_out_and_in_again_with_nothing_lost(tmp_path: Path) -> None:
    (tmp_path / "Demo.lean").write_text(FILE)
    (tmp_path / "Logic.lean").write_text(
        "variable {p q : Prop}\n\ntheorem both (hp : p) (hq : q) : p ∧ q := by sorry\n\n"
        "theorem level {α : Type u} (xs : List α) (h : xs = []) : xs ++ xs = [] ∧ True := by sorry\n"
    )
    for name in ("Demo.lean", "Logic.lean"):
        prove(tmp_path / name)
    for form in ("lean", "json"):
        assert run("lemmas", "export", f"all.{form}", cwd=tmp_path).returncode == 0
    answer = run(
        "lemmas", "import", "all.lean", "--db", "from_lean.sqlite", "--lean", "embedded", cwd=tmp_path
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    with Library.open(tmp_path / "from_lean.sqlite") as library:
        (lemma,) = library.by_name("add_zero")
        library.mark([lemma.id], Standing.BROKEN)
    verified = run(
        "lemmas", "verify", "--db", "from_lean.sqlite", "--json", "--lean", "embedded", cwd=tmp_path
    )
    assert json.loads(verified.stdout)["verified"] >= 1
    run("lemmas", "export", "again.json", "--db", "from_lean.sqlite", cwd=tmp_path)
    assert (tmp_path / "again.json").read_text() == (tmp_path / "all.json").read_text()

    false = (tmp_path / "all.lean").read_text().replace("add x .Z = x := by", "add x .Z = .Z := by")
    (tmp_path / "false.lean").write_text(false)
    answer = run("lemmas", "import", "false.lean", "--db", "new.sqlite", "--lean", "embedded", cwd=tmp_path)
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == ["refused: Demo.add_zero"]


def test_a_file_of_someone_elses(tmp_path: Path) -> None:
    (tmp_path / "Own.lean").write_text(
        "def f (n : Nat) := n + 1\ntheorem one (n : Nat) : f n = n + 1 := rfl\n"
        "theorem two (n : Nat) : f n = n + 1 := by\n  simp [one]\n"
        "axiom evil : 1 = 2\ntheorem three : 1 = 2 := evil\n"
    )
    answer = run(
        "lemmas", "import", "Own.lean", "--db", "new.sqlite", "--lean", "embedded", "--json", cwd=tmp_path
    )
    assert json.loads(answer.stdout) == {"imported": 2, "known": 0, "refused": 1}
    assert "three" in answer.stderr
    assert "evil" in answer.stderr
    with Library.open(tmp_path / "new.sqlite") as library:
        assert library.uses() == [(2, 1)]


def test_a_library_that_is_of_no_use_costs_the_run_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "Demo.lean"
    path.write_text(FILE)
    (tmp_path / "broken.sqlite").write_text("no database")
    words = ("prove", "Demo.lean", "--lean", "embedded", "--tactics", "20", "--seconds", "1000")
    answer = run(*words, "--db", "broken.sqlite", cwd=tmp_path)
    assert answer.returncode == 0
    assert answer.stderr.count("the lemma library broken.sqlite can't be used") == 1
    assert (tmp_path / "broken.sqlite").read_text() == "no database"
    assert "2 of 2 proved" in answer.stdout


# -- texts -------------------------------------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(["simp", "cases h", "case a =>", "  rfl", "    omega", "exact (by simp)"]),
    min_size=1,
    max_size=4,
)
HOLES = ["by\n  sorry", "by sorry", "sorry", "by\n  intro x\n  sorry", "by\n  (sorry)", "fun x => sorry"]


@pytest.mark.parametrize("body", HOLES)
@given(LINES)
def test_a_script_is_read_out_of_its_place(body: str, script: list[str]) -> None:
    source = parse_source(Path("A.lean"), f"theorem a : p := {body}\n\ntheorem b : q := sorry\n".encode())
    script = ["start", *script]
    hole = source.theorems[0].hole
    assert unfit(source, hole, fit(source, hole, script)) in (script, fit(source, hole, script).split("\n"))


def test_the_context_of_a_theorem() -> None:
    text = FILE.replace("theorem add_succ", "open N in\ntheorem add_succ")
    source = parse_source(Path("A.lean"), text.encode())
    first, second = (context_of(source, theorem) for theorem in source.theorems)
    assert first.text == FILE.partition("\n\n-- the easy")[0]
    assert second.text == f"{first.text}\n\nopen N in"
    assert namespace(first.text) == "Demo"
    assert closing(first.text) == ["end Demo"]
    nested = "namespace A.B\nnoncomputable section\nsection s\nend s\nnamespace C"
    assert closing(nested) == ["end C", "end", "end B", "end A"]
    assert namespace(nested) == "A.B.C"


@pytest.mark.parametrize(
    ("conclusion", "target", "expected"),
    [
        ("f x = x", "f (g y) = g y", True),
        ("f x = x", "f (g y) = g z", False),
        ("x + y = y + x", "a * b + c = c + a * b", True),
        ("f (g x) = x", "f (g (h a)) = h a", True),
        ("x = y", "a = b", True),
        ("p", "anything at all", False),
    ],
)
def test_covering(conclusion: str, target: str, expected: bool) -> None:
    variables = [Hypothesis(name, "T") for name in ("x", "y", "p")]
    assert covers(variables, conclusion, target, lambda name: name) is expected


def test_scripts_take_the_names_of_the_goal() -> None:
    assert adapted("cases xs <;> simp [h, f]", {"xs": "ys", "h": "k"}) == "cases ys <;> simp [k, f]"
    assert adapted("intro k; exact h k", {"h": "k"}) is None  # `k` would be two things
    assert adapted("exact x.symm", {"x": "y", "y": "x"}) == "exact y.symm"
