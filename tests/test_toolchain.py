from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import prover.cli.doctor
import prover.lean.toolchain
from prover.cli.doctor import doctor
from prover.config import LeanKind
from prover.errors import LeanUnavailable
from prover.lean.embedded.node import node_binary
from prover.lean.toolchain import EmbeddedLean, choose, find_native, lake_package

# What elan's proxy does: the version is the one that the folder asks for.
PROXY = """#!/bin/sh
version=4.20.0
if [ -f lean-toolchain ]; then read version < lean-toolchain; fi
echo "Lean (version $version, x86_64-unknown-linux-gnu, commit 77cfc4d1a4f6, Release)"
"""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any Lean."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PROVER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("ELAN_HOME", raising=False)


def program(path: Path, script: str = PROXY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path


@pytest.fixture
def native(tmp_path: Path) -> Path:
    for name in ("lean", "lake", "elan"):
        program(tmp_path / "bin" / name)
    return tmp_path / "bin"


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    root = tmp_path / "embedded"
    root.mkdir()
    monkeypatch.setattr(prover.lean.toolchain, "embedded_root", lambda: root)
    monkeypatch.setattr(prover.cli.doctor, "embedded_root", lambda: root)
    return root


def test_no_native_lean(tmp_path: Path) -> None:
    assert find_native(tmp_path) is None


def test_native_lean_on_path(native: Path, tmp_path: Path) -> None:
    found = find_native(tmp_path)
    assert found is not None
    assert (found.lean, found.lake, found.elan) == (native / "lean", native / "lake", native / "elan")
    assert found.version == "4.20.0"


def test_the_version_is_the_one_of_the_folder(native: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "lean-toolchain").write_text("4.9.0-rc1\n")
    found = find_native(project)
    assert found is not None and found.version == "4.9.0-rc1"


@pytest.mark.parametrize("variable", [None, "ELAN_HOME"])
def test_elan_that_is_not_on_path_yet(
    variable: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home" / ".elan"
    if variable:
        home = tmp_path / "elsewhere"
        monkeypatch.setenv(variable, str(home))
    for name in ("lean", "lake"):
        program(home / "bin" / name)
    found = find_native(tmp_path)
    assert found is not None
    assert (found.lean, found.elan) == (home / "bin" / "lean", None)


@pytest.mark.parametrize("only", ["lean", "lake"])
def test_lean_without_lake_is_no_native_lean(only: str, tmp_path: Path) -> None:
    program(tmp_path / "bin" / only)
    assert find_native(tmp_path) is None


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        (
            "#!/bin/sh\necho 'error: no default toolchain configured' >&2; exit 1\n",
            "no default toolchain configured",
        ),
        ("#!/bin/sh\necho 'hello'\n", "hello"),
        ("#!/nowhere/sh\n", "does not start"),
        ("#!/bin/sh\nexec /bin/sleep 60\n", "no answer"),
    ],
)
def test_a_native_lean_that_does_not_run_is_not_passed_over(
    script: str, complaint: str, native: Path, embedded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean = program(native / "lean", script)
    if "sleep" in script:
        monkeypatch.setattr(prover.lean.toolchain, "VERSION_SECONDS", 0.2)
    with pytest.raises(LeanUnavailable, match=complaint) as caught:
        choose("auto", tmp_path)
    assert str(lean) in str(caught.value) and "\n" not in str(caught.value)


def test_native_comes_before_embedded(native: Path, embedded: Path, tmp_path: Path) -> None:
    assert choose("auto", tmp_path) == choose("native", tmp_path) == find_native(tmp_path)
    assert choose("embedded", tmp_path) == EmbeddedLean(embedded, node_binary())


def test_embedded_where_there_is_no_native(embedded: Path, tmp_path: Path) -> None:
    assert choose("auto", tmp_path) == EmbeddedLean(embedded, node_binary())


@pytest.mark.parametrize(
    ("kind", "remedy"), [("auto", "`prover setup`.*elan"), ("native", "elan"), ("embedded", "`prover setup`")]
)
def test_no_lean_at_all_says_how_to_get_one(kind: LeanKind, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(LeanUnavailable, match=remedy):
        choose(kind, tmp_path)


@pytest.mark.parametrize("lakefile", ["lakefile.toml", "lakefile.lean"])
def test_the_nearest_lake_package(lakefile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "outer" / "inner"
    (inner / "Sub").mkdir(parents=True)
    (tmp_path / "outer" / "lakefile.toml").touch()
    (inner / lakefile).touch()
    assert lake_package(inner / "Sub" / "File.lean") == inner
    assert lake_package(inner) == inner
    assert lake_package(inner.parent / "File.lean") == tmp_path / "outer"
    assert lake_package(tmp_path / "File.lean") is None
    monkeypatch.chdir(inner / "Sub")
    assert lake_package(Path("File.lean")) == inner


def test_doctor_without_a_lean() -> None:
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 3
    assert re.search(r"^native Lean +missing +install elan", result.output, re.MULTILINE)
    assert re.search(r"^embedded Lean +missing +run `prover setup`", result.output, re.MULTILINE)
    assert re.search(r"^Lean in use +none", result.output, re.MULTILINE)
    assert "\x1b" not in result.output


def test_doctor_with_both(native: Path, embedded: Path) -> None:
    (embedded / "lean.js").write_bytes(b"x" * 3_000_000)
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 0
    assert re.search(rf"^native Lean +4\.20\.0 +{native}/lean *$", result.output, re.MULTILINE)
    assert re.search(rf"^embedded Lean +4\.28\.0-pre +{embedded} \(3 MB\) *$", result.output, re.MULTILINE)
    assert re.search(r"^Lean in use +native", result.output, re.MULTILINE)


def test_doctor_shows_a_native_lean_that_does_not_run(native: Path) -> None:
    program(native / "lean", "#!/bin/sh\nexit 1\n")
    result = CliRunner().invoke(doctor)
    assert result.exit_code == 3
    assert re.search(rf"^native Lean +missing +{native}/lean --version failed", result.output, re.MULTILINE)


def test_doctor_in_json(embedded: Path) -> None:
    result = CliRunner().invoke(doctor, ["--json"])
    report = json.loads(result.output)
    assert result.exit_code == 0
    assert report["usable"] == ["embedded"]
    assert report["native"] is None and "elan" in report["missing"]["native"]
    assert report["embedded"]["root"] == str(embedded)
    assert report["node"]["version"].startswith("v24.")
    assert report["versions"]["lean-dojo"] == "4.20.0"
