"""Settings: their defaults, the files they come from, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prover.config import FILE_NAME, Settings, load_settings, read_settings
from prover.errors import InputError


@pytest.fixture(autouse=True)
def users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "config"
    monkeypatch.setattr("platformdirs.user_config_dir", lambda name, appauthor: str(folder / name))
    return folder / "prover"


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings(
        seconds=60, tactics=None, policy="builtin", jobs=1, seed=0, lean="auto"
    )


def test_the_projects_file_is_found_from_a_folder_below(tmp_path: Path) -> None:
    written(tmp_path / "project", 'seconds = 2.5\ntactics = 100\njobs = 3\nseed = -1\nlean = "native"\n')
    below = tmp_path / "project" / "Theory" / "Lists"
    below.mkdir(parents=True)
    assert load_settings(below) == Settings(seconds=2.5, tactics=100, jobs=3, seed=-1, lean="native")


def test_the_users_file_counts_only_without_one_in_the_project(tmp_path: Path, users_folder: Path) -> None:
    written(users_folder, "jobs = 4\nseconds = 9\n")
    project = tmp_path / "project"
    project.mkdir()
    assert load_settings(project) == Settings(jobs=4, seconds=9)
    written(project, "jobs = 2\n")
    assert load_settings(project) == Settings(jobs=2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("secnds = 3\n", ["secnds", "did you mean `seconds`?"]),
        ("zzz = 3\n", ["zzz", "the settings are seconds, tactics, expansions, tokens, usd, strategy"]),
        ("seconds = \n", ["not TOML"]),
        ("seconds = 0\n", ["seconds must be", "not 0"]),
        ("seconds = nan\n", ["seconds must be", "nan"]),
        ("seconds = inf\n", ["seconds must be", "inf"]),
        ("seconds = true\n", ["seconds must be"]),
        ('seconds = "3"\n', ["seconds must be", "'3'"]),
        ("tactics = 0\n", ["tactics must be", "not 0"]),
        ("tactics = 1.5\n", ["tactics must be"]),
        ("jobs = 0\n", ["jobs must be", "not 0"]),
        ("jobs = true\n", ["jobs must be"]),
        ("seed = 0.5\n", ["seed must be"]),
        ('policy = ""\n', ["policy must be"]),
        ("policy = 1\n", ["policy must be"]),
        ('lean = "lean3"\n', ["auto, native, embedded", "lean3"]),
    ],
)
def test_what_cant_be_used_is_refused_by_file_and_key(tmp_path: Path, text: str, words: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_settings(path)
    for word in [str(path), *words]:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_other_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"policy = '\xff'\n")
    with pytest.raises(InputError, match="not TOML"):
        read_settings(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "jobs = 1\n")
    path.chmod(0)
    with pytest.raises(InputError, match="can't be read"):
        read_settings(path)
