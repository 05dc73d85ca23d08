"""The command `prover`, as a process of its own wherever that makes a difference."""

from __future__ import annotations

import errno
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import prover
from prover.cli.targets import find_targets
from prover.errors import InputError, SourceError

ROOT = Path(__file__).parents[1]
TOY = [sys.executable, str(ROOT / "tests" / "toy.py")]
FILE = """theorem Top.easy : Easy := by
  sorry

theorem Top.hard : Hard := by
  sorry

theorem Other.uses : Uses Top.hard := by
  sorry
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no settings of the machine's user."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return work


def toy(*words: str, policy: str = "toy") -> subprocess.CompletedProcess[str]:
    """`prover` with a Lean and a policy for these tests."""
    args = [*TOY, *words]
    if words[:1] == ("prove",):
        args += ["--policy", policy]
    return subprocess.run(args, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


# -- the group ---------------------------------------------------------------------------------------------


def plain(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "prover", *words], capture_output=True, text=True, timeout=120, check=False
    )


def test_version() -> None:
    assert plain("--version").stdout == f"prover {prover.__version__}\n"


def test_help_teaches() -> None:
    helped = plain("--help")
    assert helped.returncode == 0
    for word in ["prove ", "doctor ", "setup ", "prover prove Theory/Lists.lean:12 --seconds 600 --write"]:
        assert word in helped.stdout


def test_help_of_prove_names_every_option_and_status() -> None:
    text = plain("prove", "--help").stdout
    for word in ["theorem", "seconds", "tactics", "policy", "jobs", "seed", "write", "json", "lean"]:
        assert f"--{word}" in text
    for word in ["PATH[:LINE]", "0 all proved", "130 interrupted", "prover prove Theory/ --jobs 2"]:
        assert word in text


@pytest.mark.parametrize("words", [["-c", "import prover"], ["-m", "prover", "--help"]])
def test_nothing_heavy_is_imported_before_it_is_needed(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-X", "importtime", *words], capture_output=True, text=True)
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "prover" in imported
    assert not imported & {"lean_dojo", "ray", "torch", "textual", "ctranslate2", "openai"}


@pytest.mark.parametrize(
    "words", [["nonsense"], ["prove"], ["prove", "--bad"], ["prove", ".", "--jobs", "x"]]
)
def test_bad_usage_is_status_2(words: list[str]) -> None:
    done = plain(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error: " in done.stderr and "Traceback" not in done.stderr


# -- what is asked for -------------------------------------------------------------------------------------


def chosen(words: list[str], names: list[str] | None = None) -> list[str]:
    return [t.name for job in find_targets(words, names or []).jobs for t in job.theorems]


def test_files_and_folders_each_hole_once(folder: Path) -> None:
    (folder / "b.lean").write_text("theorem b : Easy := by sorry\n")
    (folder / "a.lean").write_text(FILE)
    (folder / "link.lean").symlink_to("b.lean")
    everything = ["Top.easy", "Top.hard", "Other.uses", "b"]
    assert sorted(chosen(["."])) == sorted(everything)
    assert chosen(["a.lean:5", "b.lean", ".", str(folder / "a.lean")]) == everything
    assert chosen(["b.lean", "a.lean"]) == ["b", *everything[:3]]


@pytest.mark.parametrize(
    ("line", "names"),
    [(2, ["Top.easy"]), (1, ["Top.easy"]), (4, ["Top.hard"]), (8, ["Other.uses"])],
)
def test_a_line_means_its_holes_or_those_of_the_declaration_around(
    folder: Path, line: int, names: list[str]
) -> None:
    (folder / "a.lean").write_text(FILE)
    assert chosen([f"a.lean:{line}"]) == names


def test_two_holes_on_one_line_and_two_lines_of_one_file(folder: Path) -> None:
    (folder / "a.lean").write_text("theorem a : Easy := ⟨by sorry, by sorry⟩\n" + FILE)
    assert chosen(["a.lean:1"]) == ["a", "a"]
    assert chosen(["a.lean:9", "a.lean:3"]) == ["Top.easy", "Other.uses"]


def test_a_file_with_a_colon_in_its_name(folder: Path) -> None:
    (folder / "a.lean:2").mkdir()
    (folder / "a.lean:2" / "c.lean").write_text("theorem c : Easy := by sorry\n")
    assert chosen(["a.lean:2"]) == ["c"]


@pytest.mark.parametrize(
    ("name", "names"),
    [("Top.easy", ["Top.easy"]), ("easy", ["Top.easy"]), ("uses", ["Other.uses"])],
)
def test_a_theorem_by_its_name_or_the_end_of_it(folder: Path, name: str, names: list[str]) -> None:
    (folder / "a.lean").write_text(FILE)
    assert chosen(["."], [name]) == names


def test_names_may_be_repeated_and_narrow_what_the_paths_mean(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    assert chosen(["."], ["uses", "easy"]) == ["Top.easy", "Other.uses"]
    assert chosen(["a.lean:2"], ["easy"]) == ["Top.easy"]
    with pytest.raises(InputError, match="no theorem `hard` has a hole here"):
        find_targets(["a.lean:2"], ["hard"])


def test_a_full_name_goes_before_the_end_of_another(folder: Path) -> None:
    (folder / "a.lean").write_text("theorem a : Easy := by sorry\ntheorem N.a : Easy := by sorry\n")
    assert chosen(["."], ["a"]) == ["a"]


@pytest.mark.parametrize(
    ("word", "names", "says"),
    [
        ("missing.lean", [], ["missing.lean"]),
        ("missing.lean:3", [], ["missing.lean"]),
        ("empty", [], ["empty"]),
        ("empty:3", [], ["empty is a folder"]),
        ("bytes.lean", [], ["bytes.lean", "UTF-8"]),
        ("a.lean:3", [], ["a.lean:3", "no hole on that line", "line 2, 5, 8"]),
        ("a.lean:99", [], ["line 2, 5, 8"]),
        ("a.lean:0", [], ["no hole on that line"]),
        ("none.lean:1", [], ["nor in the file"]),
        ("a.lean", ["eazy"], ["no theorem `eazy`", "Top.easy"]),
        ("a.lean", ["Top.hrad"], ["the nearest: Top.hard"]),
        ("none.lean", ["x"], ["no theorem `x`", "no holes"]),
        ("two.lean", ["a"], ["M.a, N.a", "say more"]),
    ],
)
def test_what_means_nothing_is_one_line_that_says_so(
    folder: Path, word: str, names: list[str], says: list[str]
) -> None:
    (folder / "a.lean").write_text(FILE)
    (folder / "two.lean").write_text("theorem N.a : Easy := by sorry\ntheorem M.a : Easy := by sorry\n")
    (folder / "none.lean").write_text("theorem a : True := trivial\n")
    (folder / "bytes.lean").write_bytes(b"theorem a : Easy := by sorry -- \xff\n")
    (folder / "empty").mkdir()
    with pytest.raises(InputError) as caught:
        find_targets([word], names)
    for part in says:
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unreadable_file_of_a_folder_is_set_aside(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    (folder / "bytes.lean").write_bytes(b"theorem a : Easy := by sorry -- \xff\n")
    targets = find_targets(["."], [])
    assert [job.source.path.name for job in targets.jobs] == ["a.lean"]
    (error,) = targets.unreadable
    assert isinstance(error, SourceError) and "bytes.lean" in str(error)
    done = toy("prove", ".", "--tactics", "10")
    assert done.returncode == 2
    assert "prover: " in done.stderr and "bytes.lean" in done.stderr and "Top.easy" in done.stdout


# -- what comes out ----------------------------------------------------------------------------------------


def test_proofs_go_to_stdout_ready_to_paste_and_progress_to_stderr(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    done = toy("prove", "a.lean", "--tactics", "10")
    assert done.returncode == 1
    assert "theorem Top.easy : Easy := by\n  easy\n" in done.stdout
    assert "-- a.lean:2:3 · Top.easy · proved · 2 tactics" in done.stdout
    assert "-- a.lean:5:3 · Top.hard · open (tactics budget) · 10 tactics" in done.stdout
    assert "-- a.lean:8:3 · Other.uses · conditional on Top.hard" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1 of 3 proved, 1 conditional, 1 open · ")
    assert "[0 of 3 finished] trying Top.easy at a.lean:2:3" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_all_proved_is_status_0(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    done = toy("prove", "a.lean:2")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("1 of 1 proved · ")


KEYS = (
    "theorem file line column status stop proof partial seconds lean_seconds policy_seconds"
    " tactics expansions tokens usd axioms assumes counterexample lean policy message"
)


def test_json_lines_on_stdout_leave_no_room_for_anything_else(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    done = toy("prove", "a.lean", "--tactics", "10", "--json", "-")
    assert done.returncode == 1
    easy, hard, uses = lines(done.stdout)
    assert list(easy) == list(hard) == list(uses) == KEYS.split()
    assert {key: easy[key] for key in KEYS.split() if "seconds" not in key} == {
        "theorem": "Top.easy",
        "file": "a.lean",
        "line": 2,
        "column": 3,
        "status": "proved",
        "stop": "proved",
        "proof": "easy",
        "partial": None,
        "tactics": 2,
        "expansions": 1,
        "tokens": 0,
        "usd": 0.0,
        "axioms": ["propext"],
        "assumes": [],
        "counterexample": None,
        "lean": "toy 1",
        "policy": "toy",
        "message": "",
    }
    assert easy["lean_seconds"] == 0.25
    assert (hard["status"], hard["stop"], hard["proof"]) == ("open", "tactics budget", None)
    assert (uses["status"], uses["assumes"]) == ("conditional", ["Top.hard"])
    assert "1 of 3 proved, 1 conditional, 1 open" in done.stderr


def test_json_lines_in_a_file_beside_the_proofs(folder: Path) -> None:
    (folder / "a.lean").write_text("theorem «ü» : Easy := by sorry\n", encoding="utf-8")
    done = toy("prove", "a.lean", "--json", "out.jsonl")
    text = (folder / "out.jsonl").read_text(encoding="utf-8")
    assert [line["status"] for line in lines(text)] == ["proved"]
    assert "ü" in text
    assert "by easy" in done.stdout


def test_output_is_utf_8_whatever_the_locale_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (folder / "a.lean").write_text("theorem «ü» : Easy := by sorry\n", encoding="utf-8")
    assert "· «ü» · proved" in toy("prove", "a.lean").stdout


def test_complaints_of_lean_are_shown_once(folder: Path) -> None:
    (folder / "a.lean").write_text("-- Complaint\n" + FILE)
    done = toy("prove", "a.lean", "--tactics", "10")
    assert done.stderr.count("a.lean:1:4: it is wrong\n") == 1
    assert "1 of 3 proved" in done.stdout


def test_a_refused_file_is_one_line_and_status_2(folder: Path) -> None:
    (folder / "a.lean").write_text("import Missing\n" + FILE)
    done = toy("prove", "a.lean", "--json", "-")
    assert done.returncode == 2
    assert done.stderr.count("prover: a.lean: unknown module `Missing`\n") == 1
    assert [line["status"] for line in lines(done.stdout)] == ["error"] * 3


def test_no_lean_is_status_3_with_the_results_so_far(folder: Path) -> None:
    text = "theorem a : Easy := by sorry\ntheorem b : Fatal := by sorry\n"
    (folder / "a.lean").write_text(text)
    done = toy("prove", "a.lean")
    assert done.returncode == 3
    assert "prover: Lean dies at start\n" in done.stderr
    assert "1 of 2 proved, 1 not finished" in done.stdout


def test_nothing_to_prove_is_said_and_well(folder: Path) -> None:
    (folder / "a.lean").write_text("theorem a : True := trivial\n")
    done = toy("prove", "a.lean")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "a.lean: no hole\nnothing to prove\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["prove", "missing.lean"], "missing.lean"),
        (["prove", "a.lean", "--seconds", "0"], "seconds must be"),
        (["prove", "a.lean", "--seconds", "nan"], "seconds must be"),
        (["prove", "a.lean", "--tactics", "0"], "tactics must be"),
        (["prove", "a.lean", "--jobs", "0"], "jobs must be"),
        (["prove", "a.lean", "--json", "no/where.jsonl"], "no/where.jsonl"),
    ],
)
def test_bad_input_is_one_line_and_status_2(folder: Path, words: list[str], says: str) -> None:
    (folder / "a.lean").write_text(FILE)
    done = toy(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("prover: ") and says in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_policy_is_refused_with_those_that_exist(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    done = toy("prove", "a.lean", policy="gpt")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "prover: unknown policy `gpt`; there are: fixed, builtin, toy, only:…, openai:…"
    )
    assert done.stderr.endswith(", and several in a row with `+`\n")


def test_settings_come_from_the_project_and_options_go_over_them(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    (folder / "prover.toml").write_text("tactics = 7\n")
    done = toy("prove", "a.lean:5", "--json", "-")
    assert lines(done.stdout)[0]["tactics"] == 7
    done = toy("prove", "a.lean:5", "--json", "-", "--tactics", "9")
    assert lines(done.stdout)[0]["tactics"] == 9


# -- writing -----------------------------------------------------------------------------------------------


def test_write_puts_certified_proofs_into_the_file_and_nothing_else(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    assert toy("prove", "a.lean", "--tactics", "10", "--write").returncode == 1
    assert (folder / "a.lean").read_text() == FILE.replace("Easy := by\n  sorry", "Easy := by\n  easy")
    assert sorted(path.name for path in folder.iterdir()) == ["a.lean"]


def test_a_read_only_file_is_refused_before_any_search(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    (folder / "a.lean").chmod(0o444)
    done = toy("prove", "a.lean", "--write")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("prover: a.lean: can't be written")
    assert toy("prove", "a.lean:2").returncode == 0


# -- interruption ------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that has proved one theorem and is at one that never ends."""
    (folder / "a.lean").write_text("theorem a : Easy := by sorry\ntheorem w : Wait := by sorry\n")
    command = [*TOY, "prove", "a.lean", "--policy", "toy", "--write", "--json", "out.jsonl"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # nohup ignores it for all below
    ) as process:
        assert process.stderr is not None
        while "trying w" not in process.stderr.readline():
            pass
        yield process
        process.kill()


def test_ctrl_c_while_it_starts(folder: Path) -> None:
    """A module that the command line needs is in the way, and the user loses patience."""
    (folder / "click.py").write_text(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "prover", "--help"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_in_good_order(
    waiting: subprocess.Popen[str], folder: Path, number: signal.Signals
) -> None:
    waiting.send_signal(number)
    out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert "Traceback" not in err
    assert "theorem a : Easy := by easy" in out
    assert out.splitlines()[-1].startswith("1 of 2 proved, 1 not finished · ")
    assert [line["theorem"] for line in lines((folder / "out.jsonl").read_text())] == ["a"]
    assert (folder / "a.lean").read_text().startswith("theorem a : Easy := by easy\n")
    assert sorted(path.name for path in folder.iterdir()) == ["a.lean", "out.jsonl"]


@pytest.mark.parametrize("words", [[], ["--json", "-"]])
def test_a_reader_that_goes_away_ends_it_without_a_word(folder: Path, words: list[str]) -> None:
    names = [f"theorem t{i} : Easy := by sorry" for i in range(2000)]
    (folder / "a.lean").write_text("\n".join(names) + "\n")
    command = [*TOY, "prove", "a.lean", "--policy", "toy", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in err and "BrokenPipe" not in err


# -- terminals ---------------------------------------------------------------------------------------------


def on_a_terminal(command: list[str], env: dict[str, str]) -> str:
    """What the command writes on a terminal that is its stdout and its stderr."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, **env}) as process:
        os.close(theirs)
        chunks = []
        try:
            while chunk := os.read(ours, 65536):
                chunks.append(chunk)
        except OSError as error:  # how Linux says that the other side is closed
            assert error.errno == errno.EIO
        process.wait(timeout=60)
    os.close(ours)
    return b"".join(chunks).decode()


@pytest.mark.parametrize(("env", "colours"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_a_live_display_and_colours_unless_unwanted(
    folder: Path, env: dict[str, str], colours: bool
) -> None:
    (folder / "a.lean").write_text(FILE)
    command = [*TOY, "prove", "a.lean", "--policy", "toy", "--tactics", "10"]
    text = on_a_terminal(command, {"TERM": "xterm-256color", **env})
    assert "\x1b[?25l" in text and text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert "waiting for Lean" in text
    assert "theorem Top.easy : Easy := by\r\n  easy\r\n" in text
    assert ("\x1b[32m" in text) is colours


def test_a_dumb_terminal_gets_plain_lines(folder: Path) -> None:
    (folder / "a.lean").write_text(FILE)
    text = on_a_terminal([*TOY, "prove", "a.lean:2", "--policy", "toy"], {"TERM": "dumb"})
    assert "[0 of 1 finished] trying Top.easy at a.lean:2:3" in text
    assert "\x1b" not in text
