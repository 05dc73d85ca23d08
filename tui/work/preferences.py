"""What the user chose, kept from one start to the next; and the folder for what was done."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from prover.config import STRATEGIES

MARKS = ("auto", "unicode", "ascii")


@dataclass(frozen=True, slots=True)
class Preferences:
    """`seconds` is the budget of a search, `jobs` how many work at a time, `characters` one of `MARKS`."""

    theme: str = "textual-dark"
    seconds: float = 60.0
    jobs: int = 2
    strategy: str = "best-first"
    failed: bool = True
    follow: bool = True
    characters: str = "auto"


def preferences_file() -> Path:
    return Path(platformdirs.user_config_dir("prover", appauthor=False)) / "tui.json"


def sessions_folder() -> Path:
    return Path(platformdirs.user_state_dir("prover", appauthor=False)) / "tui"


def load_preferences(path: Path, defaults: Preferences) -> Preferences:
    """What stands in the file, as far as it makes sense; `defaults` for the rest."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        given = {
            field.name: content[field.name] for field in dataclasses.fields(defaults) if field.name in content
        }
    except (OSError, ValueError, TypeError):
        return defaults
    good = {name: value for name, value in given.items() if makes_sense(name, value)}
    return dataclasses.replace(defaults, **good)


def save_preferences(path: Path, preferences: Preferences) -> None:
    """Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".tui.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(dataclasses.asdict(preferences), file, indent=2)
            file.write("\n")
        Path(name).replace(path)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()


def makes_sense(name: str, value: object) -> bool:
    """Whether the preference of that name may have that value."""
    match name:
        case "seconds":
            return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
        case "jobs":
            return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 16
        case "strategy":
            return value in STRATEGIES
        case "characters":
            return value in MARKS
        case "theme":
            return isinstance(value, str)
        case _:
            return isinstance(value, bool)
