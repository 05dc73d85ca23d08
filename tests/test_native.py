"""The native path, with a stand-in for Lean on PATH (see standin/): all but Lean itself is what ships."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from attack_cases import load_cases
from standin.server import serving

from prover.errors import (
    HoleUnreachable,
    InputError,
    LeanKeepsDying,
    LeanUnavailable,
    NotAProposition,
)
from prover.lean.connect import NativePool
from prover.lean.embedded import gateway as embedded
from prover.lean.embedded.install import embedded_root
from prover.lean.gateway import LeanSession
from prover.lean.native import support
from prover.lean.native.gateway import Limits, NativeGateway
from prover.lean.source import Source, read_source
from prover.types import Advanced, Failed, FailureReason, Outcome, Proved, Standing

STANDIN = Path(__file__).with_name("standin")


@dataclass
class Native:
    """A machine with the stand-in: what it was asked, and what it left behind."""

    log: Path
    scratch: Path

    def asked(self, program: str = "lean") -> list[dict[str, Any]]:
        entries = (
            [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        )
        return [entry for entry in entries if program in entry]

    def left_behind(self) -> list[str]:
        """Temporary folders, and processes that it started and that live."""
        alive = [str(entry["pid"]) for entry in self.asked() if not _gone_soon(entry["pid"])]
        return [*(path.name for path in self.scratch.iterdir()), *alive]


def _gone_soon(pid: int) -> bool:
    """A killed process takes a moment; one that nobody has waited for is gone, too."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with serving(tmp_path_factory.mktemp("standin") / "server") as address:
        yield address


@pytest.fixture
def native(server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Native:
    machine = Native(tmp_path / "log", tmp_path / "scratch")
    machine.scratch.mkdir()
    _use_standin(server, tmp_path, monkeypatch)
    monkeypatch.setenv("LEAN_STANDIN_LOG", str(machine.log))
    monkeypatch.setenv("TMPDIR", str(machine.scratch))
    monkeypatch.setattr(tempfile, "tempdir", str(machine.scratch))
    return machine


def _use_standin(server: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PATH, and with a new cache for what is compiled; the embedded Lean behind it stays where it is."""
    root = embedded_root()
    assert root is not None, "run `prover setup` first"
    monkeypatch.setenv("LEAN_STANDIN_ROOT", str(root))
    monkeypatch.setattr(support, "_cache", lambda: cache / "cache")
    path = [str(STANDIN), str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    monkeypatch.setenv("LEAN_STANDIN_SERVER", str(server))


@pytest.fixture
def pool(native: Native) -> Iterator[NativePool]:
    pool = NativePool(Limits())
    yield pool
    pool.close()
    assert native.left_behind() == []


@pytest.fixture(scope="module")
def shared(server: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativePool]:
    """One that keeps what it knows of a file from test to test."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("shared")
        _use_standin(server, folder, patch)
        patch.setenv("LEAN_STANDIN_LOG", str(folder / "log"))
        pool = NativePool(Limits())
        yield pool
        pool.close()


TEXT = """/-! Some theorems. -/

theorem first (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  sorry

theorem second (n : Nat) : n + 0 = n := by sorry
"""


def package(folder: Path, text: str = TEXT, lakefile: str = 'name = "demo"\n') -> Source:
    folder.mkdir()
    (folder / "lakefile.toml").write_text(lakefile)
    (folder / "lean-toolchain").write_text("leanprover/lean4:stable\n")
    (folder / "Demo").mkdir()
    return single(folder / "Demo" / "Basic.lean", text)


def single(path: Path, text: str = TEXT) -> Source:
    path.write_text(text, encoding="utf-8")
    return read_source(path)


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


def gateway(pool: NativePool, source: Source) -> NativeGateway:
    found = pool.for_source(source)
    assert isinstance(found, NativeGateway)
    return found


def limited(pool: NativePool, source: Source, **limits: float) -> NativeGateway:
    pool._limits = Limits(**limits)  # type: ignore[arg-type]
    return gateway(pool, source)


def certified(pool: NativePool, source: Source, *proofs: str) -> list[Standing]:
    holes = [theorem.hole for theorem in source.theorems]
    verdicts = gateway(pool, source).certify(source, dict(zip(holes, proofs, strict=False)))
    return [verdict.standing for verdict in verdicts.values()]


def run(session: LeanSession, *tactics: str) -> Outcome:
    state = session.root
    for tactic in tactics:
        outcome = session.run(state, tactic)
        if isinstance(outcome, Advanced):
            state = outcome.state
    return outcome


# -- proving -----------------------------------------------------------------------------------------------


def test_a_hole_in_a_package(pool: NativePool, native: Native, tmp_path: Path) -> None:
    source = package(tmp_path / "demo")
    before = listing(tmp_path / "demo")
    lean = gateway(pool, source)
    assert lean.version == "4.28.0-pre"
    assert lean.check(source) == []
    with lean.open(source, source.theorems[0]) as session:
        assert session.root.goals[0].target == "p ∧ q"
        both = session.run(session.root, "constructor")
        assert isinstance(both, Advanced)
        assert [goal.case for goal in both.state.goals] == ["left", "right"]
        assert isinstance(session.run(both.state, "exact hq", 1), Proved)
        assert isinstance(session.run(both.state, "exact hp"), Proved)
        assert isinstance(session.run(both.state, "exact hp", 1), Failed)
    assert certified(pool, source, "exact ⟨hp, hq⟩", "rfl") == [Standing.CERTIFIED] * 2
    assert listing(tmp_path / "demo") == before
    folder = str(tmp_path / "demo")
    of_lake = native.asked("lake")
    assert of_lake and all(entry["lake"][:2] == ["env", "lean"] for entry in of_lake)
    assert {entry["cwd"] for entry in of_lake + native.asked()} == {folder}


def test_a_single_file(pool: NativePool, native: Native, tmp_path: Path) -> None:
    source = single(tmp_path / "file.lean")
    with gateway(pool, source).open(source, source.theorems[1]) as session:
        assert isinstance(session.run(session.root, "rfl"), Proved)
    assert native.asked("lake") == []
    assert {entry["cwd"] for entry in native.asked()} == {str(tmp_path)}


def test_what_lean_is_told(
    pool: NativePool, native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "secret")
    monkeypatch.setenv("LEAN_PATH", "/somewhere/else")
    source = package(tmp_path / "demo")
    monkeypatch.setenv("LEAN_STANDIN_HANGS", "1")
    with (
        pytest.raises(HoleUnreachable),
        limited(pool, source, opening_seconds=2).open(source, source.theorems[0]),
    ):
        pass
    talk = native.asked()[-1]
    assert "SOME_API_KEY" not in talk["names"]
    assert {"--memory=8000", "--threads=1"} <= set(talk["lean"])
    own, ours, users = talk["library"]
    assert own == str(tmp_path / "demo" / ".lake" / "build" / "lib" / "lean")
    assert (Path(ours) / "Lean4Repl.olean").is_file()
    assert users == "/somewhere/else"
    copy = Path(talk["lean"][-1])
    assert not copy.is_relative_to(tmp_path / "demo")
    assert copy.parent.parent.stat().st_mode & 0o777 == 0o700


def test_the_repl_is_compiled_once(pool: NativePool, native: Native, tmp_path: Path) -> None:
    lean = gateway(pool, single(tmp_path / "file.lean"))
    assert support.library(lean._workshop) == support.library(lean._workshop)
    compiled = [Path(entry["lean"][-1]).stem for entry in native.asked() if "-o" in entry["lean"]]
    assert [name for name in compiled if "Repl" in name] == ["Lean4Repl", "ProverRepl"]
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.name.startswith(".")] == []


def test_failures_have_reasons(pool: NativePool, tmp_path: Path) -> None:
    header = "-- a comment\nimport Init -- another\n"
    source = single(
        tmp_path / "file.lean", f"{header}theorem t (p q : Prop) (hp : p) (hq : q) : p := by sorry\n"
    )
    slow = "set_option maxRecDepth 100000 in have : (List.range 2000).length = 2000 := by decide"
    with limited(pool, source, heartbeats=1000).open(source, source.theorems[0]) as session:
        for tactic, reason in [
            ("exact hq", FailureReason.TACTIC),
            ("exact hp hp,", FailureReason.PARSE),
            ("show (sorry : p)", FailureReason.FORBIDDEN),
            (slow, FailureReason.TIMEOUT),
        ]:
            outcome = session.run(session.root, tactic)
            assert isinstance(outcome, Failed), (tactic, outcome)
            assert outcome.reason is reason, (tactic, outcome)
        several_lines = "have h : p ∧ q := by\n  constructor\n  · exact hp\n  · exact hq"
        assert isinstance(run(session, several_lines, "exact h.1"), Proved)


def test_a_lean_that_is_killed_is_replaced(pool: NativePool, native: Native, tmp_path: Path) -> None:
    source = package(tmp_path / "demo")
    with gateway(pool, source).open(source, source.theorems[0]) as session:
        both = session.run(session.root, "constructor")
        assert isinstance(both, Advanced)
        os.kill(native.asked()[-1]["pid"], signal.SIGKILL)
        skipped = session.run(both.state, "all_goals\n  skip", 1)
        assert isinstance(skipped, Advanced)
        assert [goal.case for goal in skipped.state.goals] == ["right"]
        os.kill(native.asked()[-1]["pid"], signal.SIGKILL)
        assert isinstance(session.run(skipped.state, "exact hq"), Proved)


def test_goals_that_share_metavariables_stay_together(pool: NativePool, tmp_path: Path) -> None:
    source = single(tmp_path / "file.lean", "theorem t (p : Prop) (hp : p) : p ∧ ∃ n, n = 3 := by\n  sorry\n")
    with gateway(pool, source).open(source, source.theorems[0]) as session:
        both = session.run(session.root, "constructor")
        assert isinstance(both, Advanced) and both.state.groups == ((0,), (1,))
        tied = session.run(both.state, "apply Exists.intro", 1)
        assert isinstance(tied, Advanced) and tied.state.groups == ((0, 1),)
        assert isinstance(session.run(tied.state, "rfl"), Proved)


# -- what can't be proved ----------------------------------------------------------------------------------


def test_a_hole_of_data(pool: NativePool, tmp_path: Path) -> None:
    source = single(tmp_path / "file.lean", "def n : Nat := sorry\n")
    with pytest.raises(NotAProposition), gateway(pool, source).open(source, source.theorems[0]):
        pass


def test_a_hole_that_lean_does_not_reach(pool: NativePool, tmp_path: Path) -> None:
    before = "theorem a : 1 = 1 := by nonsense\n\ntheorem b : True := trivial\n\n"
    source = single(tmp_path / "file.lean", before + "theorem c : True := b (by sorry)\n")
    lean = gateway(pool, source)
    assert {complaint.position.line for complaint in lean.check(source)} == {1, 5}
    with pytest.raises(HoleUnreachable, match="Function expected"), lean.open(source, source.theorems[0]):
        pass


def test_a_file_with_errors_gets_no_certificate(pool: NativePool, tmp_path: Path) -> None:
    source = single(tmp_path / "file.lean", f"#check nonsense\n{TEXT}")
    (verdict, _) = (
        gateway(pool, source)
        .certify(source, {theorem.hole: "simp_all" for theorem in source.theorems})
        .values()
    )
    assert verdict.standing is Standing.REJECTED
    assert "nonsense" in verdict.reason


def test_an_unknown_import_is_named(pool: NativePool, tmp_path: Path) -> None:
    source = package(tmp_path / "demo", f"import Mathlib.Tactic\n{TEXT}")
    with pytest.raises(InputError, match=r"unknown import Mathlib\.Tactic: .*lake build"):
        gateway(pool, source).check(source)


@pytest.mark.parametrize("word", ["module", "prelude"])
def test_a_file_that_takes_no_repl(pool: NativePool, tmp_path: Path, word: str) -> None:
    source = single(tmp_path / "file.lean", f"{word}\n{TEXT}")
    with pytest.raises(InputError, match="--lean embedded"):
        gateway(pool, source).check(source)


def test_a_lake_that_fails(pool: NativePool, tmp_path: Path) -> None:
    source = package(tmp_path / "demo", lakefile="BROKEN")
    with pytest.raises(InputError) as caught:
        gateway(pool, source).check(source)
    message = str(caught.value)
    assert message.startswith("`lake env lean` fails in ") and "\n" not in message
    assert message.endswith("error: ./lakefile.toml:1:0: unexpected identifier; expected key")


def test_a_lean_that_hangs_at_start(
    pool: NativePool, native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAN_STANDIN_HANGS", "1")
    source = single(tmp_path / "file.lean")
    short = limited(pool, source, opening_seconds=1)
    with pytest.raises(HoleUnreachable, match="in 1 s"), short.open(source, source.theorems[0]):
        pass


def test_a_repl_that_does_not_compile(
    pool: NativePool, native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAN_STANDIN_TOO_OLD", "1")
    source = single(tmp_path / "file.lean")
    with (
        pytest.raises(LeanUnavailable, match=r"Lean4Repl\.lean does not compile with Lean 4\.28"),
        gateway(pool, source).open(source, source.theorems[0]),
    ):
        pass
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".lock"]


def test_the_examiner_is_lean_without_errors() -> None:
    """No native Lean runs here, but the embedded one can read the file and check its types."""
    root = embedded_root()
    assert root is not None
    source = read_source(support.OWN / "ProverExamine.lean")
    with closing(embedded.EmbeddedGateway(root, source.imports, embedded.Limits())) as lean:
        assert lean.check(source) == []


def test_close_ends_what_runs(native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAN_STANDIN_HANGS", "1")
    pool = NativePool(Limits())
    source = single(tmp_path / "file.lean")
    lean = gateway(pool, source)
    caught: list[Exception] = []

    def open_it() -> None:
        try:
            with lean.open(source, source.theorems[0]):
                pass
        except Exception as error:
            caught.append(error)

    thread = threading.Thread(target=open_it)
    thread.start()
    while len(native.asked()) < 3:  # two are for the REPL
        time.sleep(0.02)
    pool.close()
    thread.join()
    assert [type(error) for error in caught] == [LeanKeepsDying]
    assert native.left_behind() == []


# -- certificates ------------------------------------------------------------------------------------------

SELECTION = [
    "sorry_in_aux_lemma",
    "exact_search_finds_nothing",
    "axiom_name_forges_report",
    "native_decide",
    "skip_kernel",
    "second_theorem_true",
    "notation_before",
    "instance_after",
    "option_for_the_rest",
    "let_rec_captures_silently",
    "data_changed",
    "mutual_cycle",
    "very_deep",
    "open_chain",
    "open_data",
    "open_later",
    "comment_after",
    "where_helper",
    "let_rec_helper",
]
CASES = {case.name: case for case in load_cases()}


def test_a_proof_from_an_open_theorem_is_conditional(pool: NativePool, tmp_path: Path) -> None:
    text = "theorem a : 2 + 2 = 4 := by sorry\n\nexample : 4 = 2 + 2 := by sorry\n"
    source = single(tmp_path / "file.lean", text)
    first, second = (theorem.hole for theorem in source.theorems)
    lean = gateway(pool, source)
    alone = lean.certify(source, {second: "exact a.symm"})[second]
    assert (alone.standing, alone.assumes) == (Standing.CONDITIONAL, ("a",))
    both = lean.certify(source, {first: "rfl", second: "exact a.symm"})
    assert [verdict.standing for verdict in both.values()] == [Standing.CERTIFIED] * 2


def test_one_bad_proof_does_not_spoil_the_others(pool: NativePool, native: Native, tmp_path: Path) -> None:
    source = single(tmp_path / "file.lean")
    assert certified(pool, source, "exact hp", "rfl") == [Standing.REJECTED, Standing.CERTIFIED]
    assert certified(pool, source, "exact ⟨hp, hq⟩ -- so", "omega") == [Standing.CERTIFIED] * 2
    (scratch,) = native.scratch.iterdir()
    assert len(list(scratch.iterdir())) == 2  # the file, and the last one with proofs


@pytest.mark.parametrize("name", SELECTION)
def test_attacks(name: str, shared: NativePool) -> None:
    case = CASES[name]
    source = read_source(case.path)
    hole = source.theorems[case.hole].hole
    verdict = gateway(shared, source).certify(source, {hole: case.proof})[hole]
    assert (verdict.standing, verdict.assumes) == (case.expected, case.assumes), verdict.reason


# -- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def command(native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """`prover prove --lean native`, as a process of its own."""
    monkeypatch.setenv("PROVER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return [sys.executable, "-m", "prover", "prove", "--lean", "native"]


def test_prove_and_write(command: list[str], native: Native, tmp_path: Path) -> None:
    source = package(tmp_path / "demo")
    folder = tmp_path / "demo"
    before = listing(folder)
    done = subprocess.run(
        [*command, "--write", "--json", "-", str(folder)], capture_output=True, text=True, timeout=200
    )
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["theorem"], r["status"], r["lean"]) for r in results] == [
        ("first", "proved", "4.28.0-pre"),
        ("second", "proved", "4.28.0-pre"),
    ], done.stderr
    assert done.returncode == 0
    after = listing(folder)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name][1] != after[name][1]] == ["Demo/Basic.lean"]
    assert read_source(source.path).theorems == ()
    assert native.left_behind() == []


def test_interrupt(
    command: list[str], native: Native, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAN_STANDIN_HANGS", "1")
    package(tmp_path / "demo")
    before = listing(tmp_path / "demo")
    process = subprocess.Popen([*command, str(tmp_path / "demo")], stderr=subprocess.PIPE, text=True)
    while all("-o" in entry["lean"] for entry in native.asked()):  # none is there to talk with
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert native.left_behind() == []
    assert listing(tmp_path / "demo") == before


def test_a_failing_lake_is_one_line(command: list[str], native: Native, tmp_path: Path) -> None:
    package(tmp_path / "demo", lakefile="BROKEN")
    done = subprocess.run([*command, str(tmp_path / "demo")], capture_output=True, text=True, timeout=100)
    assert done.returncode == 2
    assert done.stderr.count("lakefile.toml:1:0: unexpected identifier") == 1
    assert "Traceback" not in done.stderr
