"""Proofs in real Lean by a real model server, as a user has them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import Drips, error, say, scripted

from prover.events import ProofFound
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import read_source
from prover.models import ModelSettings
from prover.policy.specs import policy_factory
from prover.search.loop import search
from prover.types import Budget, SearchResult, Status

ROOT = Path(__file__).parents[1]
KEY = "sk-very-secret-1234567890"
FILE = """theorem repaired (aa : Nat) : aa + 0 = 0 + aa := by
  sorry

theorem sketched (bb cc : Nat) (hh : bb = cc) : cc = bb ∧ True := by
  sorry

theorem hopeless (zz : Nat) : zz < zz + 1 := by
  sorry
"""
RULES = """
version: 1
rules:
  - name: after what Lean said
    when: {messages_contain: wrong_name}
    respond:
      content: |
        <think>There is no such lemma.</think>Sorry! This is better:
        ```lean4
        theorem repaired (aa : Nat) : aa = 0 := by
          omega
        ```
  - name: at first
    when: {messages_contain: "⊢ aa + 0 = 0 + aa"}
    respond: {content: "By `wrong_name`:\\n\\n```lean\\nby\\n  exact wrong_name\\n```"}
  - name: with holes
    when: {messages_contain: "⊢ cc = bb ∧ True"}
    respond:
      content: |
        ```lean
        have key : cc = bb := by sorry
        constructor
        · exact key
        · sorry
        ```
  - name: a hole
    when: {messages_contain: "⊢ cc = bb"}
    respond: {content: "1. `exact hh.symm`"}
  - name: another
    when: {messages_contain: "⊢ True"}
    respond: {content: "trivial"}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """fakellm: a server that is somebody else's, with answers of ours."""
    rules = tmp_path_factory.mktemp("server") / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "fakellm.cli", "serve", "--port", str(port), "--config", str(rules)]
    with (rules.parent / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield _answering(f"http://127.0.0.1:{port}", server)
        finally:
            server.terminate()
            server.wait(30)


def _answering(root: str, server: subprocess.Popen[bytes]) -> str:
    for _ in range(600):
        assert server.poll() is None
        try:
            with urllib.request.urlopen(f"{root}/_fakellm/stats"):
                return f"{root}/v1"
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the server does not start")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def prover(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prover", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


def test_theorems_are_proved_and_accounted_for(folder: Path, url: str) -> None:
    (folder / "A.lean").write_text(FILE, encoding="utf-8")
    (folder / "prover.toml").write_text(
        f'[models.mine]\nmodel = "some/model"\nbase_url = "{url}"\nsamples = 2\nprice = [10, 20]\n'
        'ways = ["proof", "tactics"]\nrepairs = 1\n'
    )
    done = prover(
        *("prove", "A.lean", "--policy", "openai:mine", "--no-library", "--lean", "embedded"),
        *("--tactics", "30", "--seconds", "1000", "--json", "out.jsonl", "--trace", "trace", "-v", "--write"),
    )
    assert done.returncode == 1, done.stderr
    repaired, sketched, hopeless = map(json.loads, (folder / "out.jsonl").read_text("utf-8").splitlines())
    assert (repaired["status"], repaired["proof"]) == ("proved", "omega")
    assert repaired["tokens"] > 0 and repaired["usd"] > 0
    assert sketched["status"] == "proved"
    assert (hopeless["status"], hopeless["stop"]) == ("open", "no model to ask")
    assert "no Lean in the model's answer" in hopeless["message"]
    written = (folder / "A.lean").read_text("utf-8")
    assert "  have key : cc = bb := by exact hh.symm\n  constructor\n  · exact key\n  · trivial\n" in written
    assert "There is no such lemma." in done.stderr  # what it thought, with -v
    assert done.stderr.count("no Lean in the model's answer") == 1  # its trouble, once
    events = [json.loads(line) for line in (folder / "trace").read_text("utf-8").splitlines()]
    asked = [event["consultation"] for event in events if event["event"] == "Consulted"]
    assert {each["prompt"] for each in asked} == {"proof.v1", "repair.v1", "tactics.v1"}
    shown = prover("models", "--json")
    (model,) = map(json.loads, shown.stdout.splitlines())
    assert (model["policy"], model["reachable"], model["key"]) == ("openai:mine", True, "set")
    total = sum(each["tokens"] for each in (repaired, sketched, hopeless))
    assert model["tokens_read"] + model["tokens_written"] == total
    assert model["usd"] == pytest.approx(sum(each["usd"] for each in (repaired, sketched, hopeless)))
    for text in (done.stdout, done.stderr, shown.stdout, (folder / "trace").read_text("utf-8")):
        assert KEY not in text


def test_models_are_listed_and_checked(folder: Path, url: str) -> None:
    (folder / "prover.toml").write_text(
        f'policy = "fixed+openai:other@{url}"\n[models.gone]\nbase_url = "http://127.0.0.1:9/v1"\n'
        f'[models.keyless]\nbase_url = "{url}"\nkey_variable = "NO_SUCH_KEY"\n'
    )
    shown = prover("models", "--json", "--check")
    assert shown.returncode == 0, shown.stderr
    models = {model["model"]: model for model in map(json.loads, shown.stdout.splitlines())}
    assert models["other"]["reachable"] and models["other"]["seconds"] > 0
    assert models["other"]["requests"] == 1
    assert not models["gone"]["reachable"] and "nothing answers" in models["gone"]["trouble"]
    assert models["keyless"]["key"] == "missing" and "NO_SUCH_KEY" in models["keyless"]["trouble"]
    table = prover("models")
    assert "openai:gone" in table.stdout and "nothing answers" in table.stdout


def test_nothing_configured_is_said(folder: Path) -> None:
    shown = prover("models")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "no language model is configured" in shown.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[models.m]\nsampels = 2\n", ["models.m.sampels", "did you mean `samples`?"]),
        ("[models.m]\nsamples = 0\n", ["models.m.samples must be a whole number from 1, not 0"]),
        ('[models.m]\nways = ["proofs"]\n', ["models.m.ways", "tactics, proof, sketch"]),
        ('[models.m]\nprice = "free"\n', ["models.m.price", "two numbers"]),
        ('[models.m]\nbase_url = "localhost:1"\n', ["models.m.base_url", "http://127.0.0.1:8000/v1"]),
        (f'[models.m]\nkey_variable = "{KEY}"\n', ["models.m.key_variable", "the name of the environment"]),
        ("[models.m]\nmax_tokens = 20000\n", ["models.m.max_tokens", "less than the context"]),
        ("models = 3\n", ["models must be tables"]),
        ("[models]\nm = 3\n", ["models.m must be a table"]),
    ],
)
def test_bad_settings_are_refused_by_file_and_key(tmp_path: Path, text: str, words: list[str]) -> None:
    from prover.config import read_settings
    from prover.errors import InputError

    path = tmp_path / "prover.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_settings(path)
    for word in [str(path), *words]:
        assert word in str(caught.value)
    assert KEY not in str(caught.value)


def proved_by(
    lean: EmbeddedGateway, file: Path, spec: str, *answers: Any, **settings: Any
) -> tuple[SearchResult, list[str]]:
    """The result, and the proofs on the way to it."""
    source = read_source(file)
    with scripted(*answers) as server:
        models = {"m": ModelSettings("m", base_url=server.url, **{"samples": 1, "retries": 0, **settings})}
        policy = policy_factory(spec, 0, models)(frozenset())
        running = search(source, source.theorems[0], lean, policy, Budget(tactics=60))
        found: list[str] = []
        while True:
            try:
                event = next(running)
            except StopIteration as end:
                assert isinstance(end.value, SearchResult)
                return end.value, found
            if isinstance(event, ProofFound):
                found.append(event.text)


def test_nested_holes_become_goals_and_are_put_back(lean: EmbeddedGateway, tmp_path: Path) -> None:
    os.environ.setdefault("OPENAI_API_KEY", KEY)
    file = tmp_path / "S.lean"
    file.write_text(
        "theorem s (n m : Nat) (h : n = m) : n + 0 = m ∧ m * 1 = n := by\n  sorry\n", encoding="utf-8"
    )
    plan = """```lean
    have first : n + 0 = m := by
      have zero : n + 0 = n := by sorry
      rw [zero]
      sorry
    cases m with
    | zero => sorry
    | succ k =>
      constructor
      · exact first
      · sorry
    ```"""

    def answer(said: dict[str, Any]) -> Any:
        goal = said["messages"][-1]["content"].split("⊢ ")[1].split("\n")[0]
        return say(plan if "∧" in goal and "case" not in said["messages"][-1]["content"] else "omega")

    result, proofs = proved_by(lean, file, "openai:m", answer, ways=("sketch", "tactics"))
    assert result.status is Status.PROVED, result
    assert proofs[0] == "\n  ".join(
        [
            "have first : n + 0 = m := by",
            "  have zero : n + 0 = n := by omega",
            "  rw [zero]",
            "  omega",
            "cases m with",
            "| zero => omega",
            "| succ k =>",
            "  constructor",
            "  · exact first",
            "  · omega",
        ]
    )


def test_an_altered_statement_proves_nothing(lean: EmbeddedGateway, tmp_path: Path) -> None:
    file = tmp_path / "F.lean"
    file.write_text("theorem f (n : Nat) : n = n + 1 := by\n  sorry\n", encoding="utf-8")
    lies = [
        say("```lean\ntheorem f (n : Nat) : n = n := by\n  rfl\n```"),
        say("```lean\naxiom magic : ∀ n : Nat, n = n + 1\ntheorem f (n : Nat) : n = n + 1 := magic n\n```"),
        say("```lean\nexact f n\n```"),
        say("```lean\nsorry\n```"),
    ]
    result, _ = proved_by(lean, file, "openai:m", *lies, repairs=3)
    assert result.status is Status.OPEN and result.proof is None


def test_the_rules_go_on_where_the_model_fails(lean: EmbeddedGateway, tmp_path: Path) -> None:
    file = tmp_path / "R.lean"
    file.write_text("theorem r (p q : Prop) : p ∧ q → q ∧ p := by\n  sorry\n", encoding="utf-8")
    result, _ = proved_by(lean, file, "openai:m+fixed", error(401, "no"))
    assert result.status is Status.PROVED


def test_ctrl_c_does_not_wait_for_a_model(folder: Path) -> None:
    """The model never answers, and would be waited for as long as it likes."""
    (folder / "A.lean").write_text("theorem a (p : Prop) : p := by\n  sorry\n", encoding="utf-8")
    asked = threading.Event()

    def never(said: dict[str, Any]) -> Any:
        asked.set()
        return Drips()

    with scripted(never) as server:
        (folder / "prover.toml").write_text(
            f'[models.m]\nbase_url = "{server.url}"\ntimeout = 1000000\n', encoding="utf-8"
        )
        command = [sys.executable, "-m", "prover", "prove", "A.lean", "--policy", "openai:m", "--no-library"]
        with subprocess.Popen(
            [*command, "--seconds", "100000", "--lean", "embedded"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            assert asked.wait(120)
            running.send_signal(signal.SIGINT)
            told, trouble = running.communicate(timeout=100)
    assert running.returncode == 130
    assert "0 of 1 proved" in told and "Traceback" not in trouble


def test_a_night_asks_the_models_of_the_settings(folder: Path, url: str) -> None:
    (folder / "A.lean").write_text(FILE, encoding="utf-8")
    (folder / "prover.toml").write_text(
        f'[models.mine]\nmodel = "some/model"\nbase_url = "{url}"\nsamples = 1\nprice = [10, 20]\n'
    )
    night = ("night", "A.lean", "--theorem", "repaired", "--policy", "openai:mine", "--no-library")
    done = prover(*night, "--lean", "embedded", "--budget", "20t", "--workers", "1", "--out", "night")
    assert done.returncode == 0, done.stderr
    assert "1 of 1 proved" in done.stdout and "USD" in done.stdout
    assert not any(KEY.encode() in path.read_bytes() for path in (folder / "night").iterdir())
