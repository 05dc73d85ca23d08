"""`prover bench run` and `compare`: what is counted, that nothing is lost or done twice, what is refused."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeGateway, FakePolicy, Rules
from hypothesis import given
from hypothesis import strategies as st

from prover.bench.compare import sign_test
from prover.bench.overhead import Cost, InstantGateway, Memory, Watch, measure
from prover.bench.problems import problems_of
from prover.bench.store import read_manifest, read_records
from prover.bench.summary import rows_of
from prover.cli.targets import find_targets
from prover.config import STRATEGIES
from prover.errors import InputError
from prover.events import Event, Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import Source, parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.protocols import TacticGenerator
from prover.policy.seeded import SeededPolicy
from prover.policy.specs import policy_factory
from prover.search.loop import search
from prover.types import Budget, Candidate, Goal, Status, Theorem

ROOT = Path(__file__).parents[1]
TOY = [sys.executable, str(ROOT / "tests" / "toy.py"), "bench"]
FILE = """theorem T.easy : Easy := by
  sorry

theorem T.hard : Hard := by
  sorry

theorem T.uses : Uses T.hard := by
  sorry
"""
LEAN = """\
def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

theorem zero (n : Nat) : 0 + n = n := by
  sorry

theorem double_eq (n : Nat) : double n = n + n := by
  sorry

theorem wrong (n : Nat) : n * 3 = 7 := by
  sorry
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def toy(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TOY, *words], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


def run(*words: str, out: str = "out") -> subprocess.CompletedProcess[str]:
    return toy("run", *words, "--policy", "toy", "--out", out)


def results(out: str = "out") -> Any:
    return json.loads(Path(out, "results.json").read_text(encoding="utf-8"))


def write_index(*entries: Mapping[str, object]) -> None:
    Path("index.json").write_text(json.dumps(entries), encoding="utf-8")


def problems(text: str) -> list[Any]:
    Path("a.lean").write_text(text, encoding="utf-8")
    return problems_of(find_targets(["a.lean"], ()).jobs)


# -- a larger budget begins as a smaller one does ----------------------------------------------------------


def events_of(
    source: Source, gateway: Any, policy: TacticGenerator, tactics: int, strategy: str
) -> list[Event]:
    running = search(
        source, source.theorems[0], gateway, policy, Budget(tactics=tactics), strategy, clock=lambda: 0.0
    )
    return [event for event in running if not isinstance(event, Finished)]


NAMES = ("root", "a", "b", "c", "d")
TABLES = st.dictionaries(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(("p", "q", "r", "s")), st.lists(st.sampled_from(NAMES), max_size=2)),
)


@given(table=TABLES, strategy=st.sampled_from(STRATEGIES), small=st.integers(1, 20), more=st.integers(1, 20))
def test_a_larger_budget_begins_as_a_smaller_one(
    table: dict[str, dict[str, list[str]]], strategy: str, small: int, more: int
) -> None:
    source = parse_source(Path("A.lean"), b"theorem t (p : Prop) : p := by\n  sorry\n")
    rules: Rules = {goal: {t: tuple(left) for t, left in does.items()} for goal, does in table.items()}
    less = events_of(source, FakeGateway(rules), FakePolicy(rules), small, strategy)
    full = events_of(source, FakeGateway(rules), FakePolicy(rules), small + more, strategy)
    assert full[: len(less)] == less


def test_a_larger_budget_begins_as_a_smaller_one_in_lean(lean: EmbeddedGateway) -> None:
    source = parse_source(
        Path("A.lean"), LEAN.replace("zero (n : Nat) : 0 +", "zero (n : Nat) : 1 +").encode()
    )

    def said(tactics: int) -> list[tuple[str, str]]:
        policy = FixedPolicy(frozenset({"double_eq", "wrong"}))
        found = events_of(source, lean, policy, tactics, "best-first")
        return [(type(event).__name__, str(getattr(event, "candidate", ""))) for event in found]

    less = said(8)
    assert len(less) > 8
    assert said(16)[: len(less)] == less


# -- problems ----------------------------------------------------------------------------------------------


def test_without_an_index_every_hole_is_a_problem() -> None:
    found = problems(FILE)
    assert [problem.id for problem in found] == ["a:T.easy", "a:T.hard", "a:T.uses"]
    assert all(problem.true and not problem.repeats for problem in found)
    assert found[2].barred == {"T.easy", "T.hard", "T.uses"}
    assert found[2].allows(["T.hard"])


def test_an_index_says_what_is_asked() -> None:
    write_index(
        {"file": "a.lean", "name": "uses", "ns": "T", "needs": ["hard"], "expected": "true"},
        {"file": "a.lean", "name": "T.easy", "expected": "refutable", "duplicate_of": "b:x"},
        {"file": "other.lean", "name": "nothing"},
    )
    easy, uses = problems(FILE)
    assert (easy.true, easy.repeats) == (False, True)
    assert uses.barred == {"T.easy", "T.uses"}
    assert uses.allows(["T.hard"]) and not uses.allows(["T.easy"])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"name": "T.gone"}, "no hole of a.lean is in a theorem `T.gone`"),
        ({"name": "T.easy", "expected": "perhaps"}, "true or false, not 'perhaps'"),
        ({"name": "T.easy", "needs": "T.hard"}, "list of names"),
        ({"name": 3}, "not a list of objects"),
    ],
)
def test_an_index_that_cannot_be_used(entry: dict[str, object], said: str) -> None:
    write_index({"file": "a.lean", **entry})
    with pytest.raises(InputError, match=said):
        problems(FILE)


# -- what is counted ---------------------------------------------------------------------------------------


def test_solved_at_each_budget() -> None:
    Path("a.lean").write_text(FILE, encoding="utf-8")
    done = run("a.lean", "--budgets", "1,2,8", "--strategy", "breadth", "--strategy", "puct", "--seeds", "2")
    assert done.returncode == 0, done.stderr
    assert "a: 3 problems · solved" in done.stdout
    first, second = results()["rows"]
    assert (first["configuration"], second["configuration"]) == ("toy/breadth", "toy/puct")
    assert first["proved"] == {"1": [0, 1], "2": [1, 1], "8": [1, 1]}
    assert results()["complete"]
    assert Path("out", "curve.png").read_bytes().startswith(b"\x89PNG")
    by_problem = {record.problem: record for record in read_records(Path("out")) if record.seed == 0}
    assert by_problem["a:T.hard"].tactics == 8
    assert by_problem["a:T.easy"].proved_at == 2
    assert by_problem["a:T.uses"].status == "open"


def test_a_proof_from_what_is_open_is_counted_apart() -> None:
    Path("a.lean").write_text(FILE, encoding="utf-8")
    write_index({"file": "a.lean", "name": "T.uses", "needs": ["T.hard"]})
    assert run("a.lean", "--budgets", "1,8").returncode == 0
    (row,) = results()["rows"]
    assert row["problems"] == 1
    assert row["proved"] == {"1": [0], "8": [0]}
    assert row["conditional"] == {"1": [1], "8": [1]}
    assert read_records(Path("out"))[0].assumes == ("T.hard",)


def test_a_false_statement_that_is_proved_is_an_alarm() -> None:
    Path("a.lean").write_text(FILE, encoding="utf-8")
    write_index({"file": "a.lean", "name": "T.easy", "expected": False}, {"file": "a.lean", "name": "T.hard"})
    done = run("a.lean", "--budgets", "8")
    assert done.returncode == 1
    assert "FALSE PROVED" in done.stdout
    assert [(row["true"], row["proved"]["8"]) for row in results()["rows"]] == [(False, [1]), (True, [0])]


def test_several_sets_are_also_counted_together() -> None:
    for name in ("a", "b"):
        Path(f"{name}.lean").write_text(FILE, encoding="utf-8")
    assert run(".", "--budgets", "8").returncode == 0
    assert [(row["set"], row["proved"]["8"]) for row in results()["rows"]] == [
        ("a", [1]),
        ("b", [1]),
        ("all sets", [2]),
    ]


def test_lean_that_fails_is_no_answer_and_is_told() -> None:
    Path("a.lean").write_text("theorem x : Broken := by\n  sorry\n", encoding="utf-8")
    done = run("a.lean", "--budgets", "8")
    assert done.returncode == 0
    assert "1 search failed" in done.stderr
    assert results()["rows"][0]["errors"] == 1
    assert read_records(Path("out"))[0].message == "Lean died"


def test_without_matplotlib_there_is_no_curve_but_the_rest() -> None:
    Path("a.lean").write_text(FILE, encoding="utf-8")
    Path("sitecustomize.py").write_text(
        "import importlib.util as u\nf = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'matplotlib' else f(name, *more)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{Path.cwd()}:{ROOT}"}
    words = [*TOY, "run", "a.lean", "--policy", "toy", "--budgets", "4", "--out", "out"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert done.stderr.count("matplotlib") == 1 and "pip install 'prover[bench]'" in done.stderr
    assert results()["complete"] and not Path("out", "curve.png").exists()


# -- going on ----------------------------------------------------------------------------------------------

MANY = "\n".join(f"theorem t{n} : Hard := by\n  sorry\n" for n in range(40))
LONG = ("many.lean", "--budgets", "50,400", "--strategy", "breadth")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_it_goes_on_where_it_was_stopped(number: signal.Signals) -> None:
    Path("many.lean").write_text(MANY, encoding="utf-8")
    words = [*TOY, "run", *LONG, "--policy", "toy", "--out", "out"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr is not None
        assert "[1 of 40" in process.stderr.readline()
        process.send_signal(number)
        rest = process.stderr.read()
    assert process.returncode == (130 if number == signal.SIGINT else -number), rest
    kept = Path("out", "records.jsonl").read_bytes()
    whole = kept[: kept.rfind(b"\n") + 1]
    assert 1 <= whole.count(b"\n") < 40
    with Path("out", "records.jsonl").open("ab") as file:
        file.write(b'{"problem": "many:t')  # a line that was cut off
    again = run(*LONG)
    assert again.returncode == 0, again.stderr
    assert "going on" in again.stderr
    assert Path("out", "records.jsonl").read_bytes().startswith(whole)
    records = read_records(Path("out"))
    assert sorted(record.problem for record in records) == sorted(f"many:t{n}" for n in range(40))
    assert again.stderr.count("searches have ended] ") == 40 - whole.count(b"\n")
    assert "ended] " not in run(*LONG).stderr


def test_another_run_in_the_same_folder_is_refused() -> None:
    Path("a.lean").write_text(FILE, encoding="utf-8")
    assert run("a.lean", "--budgets", "2,4").returncode == 0
    before = Path("out", "records.jsonl").read_bytes()
    other = run("a.lean", "--budgets", "2,8")
    assert other.returncode == 2
    assert other.stderr == (
        "prover: out: holds a run of something else: budgets (2,4 there, 2,8 now) differ;"
        " give another --out\n"
    )
    Path("a.lean").write_text(FILE + "\n", encoding="utf-8")
    assert "something else: files differ" in run("a.lean", "--budgets", "2,4").stderr
    assert Path("out", "records.jsonl").read_bytes() == before


def test_a_folder_with_other_things_is_left_alone() -> None:
    Path("a.lean").write_text(FILE, encoding="utf-8")
    done = run("a.lean", out=".")
    assert done.returncode == 2 and "holds other files" in done.stderr
    assert not Path("manifest.json").exists()


def test_what_means_nothing_is_refused_before_anything_is_made() -> None:
    Path("a.lean").write_text(FILE, encoding="utf-8")
    for words, said in (
        (["--policy", "only:native_decide"], "trusts compiled code"),
        (["--policy", "gpt"], "unknown policy `gpt`"),
        (["--budgets", "8,x"], "numbers of tactics"),
        (["--budgets", "0"], "1 tactic or more"),
    ):
        done = toy("run", "a.lean", "--out", "out", *words)
        assert done.returncode == 2 and said in done.stderr
    assert not Path("out").exists()


# -- comparing ---------------------------------------------------------------------------------------------


@given(st.integers(0, 7), st.integers(0, 7))
def test_the_sign_test_is_exact(a: int, b: int) -> None:
    splits = [abs(2 * sum(coins) - a - b) for coins in product((0, 1), repeat=a + b)]
    expected = sum(split >= abs(a - b) for split in splits) / len(splits)
    assert math.isclose(sign_test(a, b), expected)


def compared(*words: str) -> list[dict[str, Any]]:
    done = toy("compare", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def solved(out: str, found: Mapping[str, int | None], **options: Sequence[str]) -> None:
    """Make a run, and put these moments of proofs in the place of its own."""
    Path("a.lean").write_text(FILE + "\ntheorem T.more : Easy := by\n  sorry\n", encoding="utf-8")
    assert run("a.lean", "--budgets", "4,8", *options.get("words", ()), out=out).returncode == 0
    path = Path(out, "records.jsonl")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["proved_at"] = found.get(line["problem"].removeprefix("a:T."))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def test_two_runs_problem_by_problem() -> None:
    solved("one", {"easy": 2, "hard": 7, "uses": 3})
    solved("two", {"easy": 8})
    (found,) = compared("one", "two")
    assert found["both"] == ["a:T.easy"]
    assert found["only_a"] == ["a:T.hard", "a:T.uses"] and found["only_b"] == []
    assert found["neither"] == ["a:T.more"]
    assert (found["budget"], found["p_value"]) == (8, 0.5)
    (fewer,) = compared("one", "two", "--budget", "4")
    assert fewer["only_a"] == ["a:T.easy", "a:T.uses"] and fewer["both"] == []
    text = toy("compare", "one", "two").stdout
    assert "only A solved:      2  a:T.hard, a:T.uses" in text and "p = 0.5" in text


def test_configurations_of_one_run_are_compared_by_name() -> None:
    solved("one", {"easy": 2}, words=("--strategy", "breadth", "--strategy", "puct", "--seeds", "2"))
    assert [found["a"] for found in compared("one", "one")] == ["one toy/breadth", "one toy/puct"]
    (found,) = compared("one@toy/breadth", "one@toy/puct")
    assert found["both"] == ["a:T.easy seed 0", "a:T.easy seed 1"]
    assert "no `toy/x` there" in toy("compare", "one@toy/x", "one").stderr


def test_false_and_repeated_problems_are_not_compared() -> None:
    write_index(
        {"file": "a.lean", "name": "T.easy", "expected": False},
        {"file": "a.lean", "name": "T.hard", "duplicate_of": "T.uses"},
        {"file": "a.lean", "name": "T.uses"},
    )
    Path("a.lean").write_text(FILE, encoding="utf-8")
    run("a.lean", "--budgets", "4", out="one")
    (found,) = compared("one", "one")
    assert found["neither"] == ["a:T.uses"]


def test_runs_that_cannot_be_compared() -> None:
    solved("one", {})
    assert "give a folder of `bench run`" in toy("compare", "one", "nowhere").stderr
    assert "at most 8" in toy("compare", "one", "one", "--budget", "9").stderr


# -- policies to measure against, and seeds ----------------------------------------------------------------


def test_one_tactic_alone_in_real_lean(lean: EmbeddedGateway) -> None:
    source = parse_source(Path("A.lean"), LEAN.encode())

    def statuses(spec: str) -> list[bool]:
        policy = policy_factory(spec, 0)(frozenset())
        found = []
        for theorem in source.theorems:
            *_, last = search(source, theorem, lean, policy, Budget(tactics=4))
            assert isinstance(last, Finished)
            found.append(last.result.status is Status.PROVED)
        return found

    assert statuses("only:grind") == [True, False, False]
    assert statuses("only:try?") == [True, True, False]
    assert statuses("only:grind?") == [True, False, False]
    assert statuses("only:exact?") == [True, False, False]


class Ties:
    name = "ties"

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        ranked = [
            Candidate("first", -0.5),
            *(Candidate(f"t{i}", -1.0) for i in range(9)),
            Candidate("last", -2),
        ]
        return [ranked[:n] for _ in goals]


def test_a_seed_draws_the_order_of_ties() -> None:
    source = parse_source(Path("A.lean"), LEAN.encode())
    goals = [Goal((), text, "", text) for text in ("⊢ a", "⊢ b")]

    def order(seed: int) -> list[list[str]]:
        proposed = SeededPolicy(Ties(), seed).propose(source.theorems[0], goals, 11)
        return [[candidate.tactic for candidate in candidates] for candidates in proposed]

    plain = [candidate.tactic for candidate in Ties().propose(source.theorems[0], goals, 11)[0]]
    assert order(1) == order(1) != order(2)
    assert order(1)[0] != order(1)[1]
    for tactics in (*order(1), *order(2)):
        assert (tactics[0], tactics[-1], sorted(tactics)) == ("first", "last", sorted(plain))


# -- with real Lean, and without any -----------------------------------------------------------------------


def test_a_run_in_real_lean() -> None:
    Path("a.lean").write_text(LEAN, encoding="utf-8")
    write_index(
        {"file": "a.lean", "name": "zero"},
        {"file": "a.lean", "name": "double_eq"},
        {"file": "a.lean", "name": "wrong", "expected": "refutable"},
    )
    words = [sys.executable, "-m", "prover", "bench", "run", "a.lean", "--lean", "embedded"]
    words += ["--budgets", "1,2,8", "--policy", "fixed", "--policy", "only:grind", "--out", "out"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    manifest, records = read_manifest(Path("out")), read_records(Path("out"))
    rows = {(row.true, row.configuration.policy): row for row in rows_of(manifest, records)}
    assert rows[True, "fixed"].proved[8] == (2,)
    assert rows[True, "only:grind"].proved[8] == (1,)
    assert rows[False, "fixed"].proved == {1: (0,), 2: (0,), 8: (0,)}
    assert {record.lean for record in records} == {"4.28.0-pre"}
    assert 0 < rows[True, "fixed"].policy_seconds < rows[True, "fixed"].seconds


def test_the_session_that_answers_at_once_answers_the_same() -> None:
    source = parse_source(Path("A.lean"), LEAN.encode())
    first, second = (events_of(source, InstantGateway(Watch()), FixedPolicy(), 300, "puct") for _ in range(2))
    assert first == second


def test_costs_of_the_search() -> None:
    *costs, memory = measure(1_000, ["breadth"])
    assert isinstance(memory, Memory) and memory.kib > 0
    assert [cost.tactics for cost in costs if isinstance(cost, Cost)] == [100, 1_000]
    assert all(cost.search > 0 and cost.policy > 0 for cost in costs if isinstance(cost, Cost))


def test_the_command_that_measures_the_search() -> None:
    done = toy("search", "--tactics", "100", "--strategy", "puct", "--json", "costs.json")
    assert done.returncode == 0, done.stderr
    assert {"puct", "search", "policy", "both"} <= set(done.stdout.split())
    found = json.loads(Path("costs.json").read_text(encoding="utf-8"))
    assert [cost["tactics"] for cost in found["costs"]] == [100]
    assert found["memory"][0]["strategy"] == "puct"
