"""The user's defaults, read from TOML: `prover.toml` of the project, else the user's own.

    # prover.toml
    seconds = 300
    jobs = 2

    [models.mine]
    base_url = "http://127.0.0.1:8000/v1"

Language models have tables of their own (see prover/models.py). The project's file is the nearest one from
the working folder upwards. Options of the command line go over either. The two files are not merged: what one
run uses stands in one place.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import platformdirs

from prover.errors import InputError
from prover.models import ModelSettings, is_number, is_whole, read_models

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "prover.toml"
LeanKind = Literal["auto", "native", "embedded"]
LEANS: tuple[LeanKind, ...] = get_args(LeanKind)
STRATEGIES = ("best-first", "puct", "breadth")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run of the prover may spend, and with what. Raises `InputError` for a value out of range.

    `seconds`, `tactics`, `expansions`, `tokens` and `usd` (US dollars) limit the search for one hole,
    whichever is reached first; None is no limit. `strategy` is one of `STRATEGIES`. `policy` names who
    proposes tactics, `lean` is one of `LEANS`, `jobs` counts the Leans that work side by side.
    `background`: in an editor, holes are tried before anyone asks. `models` are language models, by the names
    that `policy` may call them by.
    """

    seconds: float = 60.0
    tactics: int | None = None
    expansions: int | None = None
    tokens: int | None = None
    usd: float | None = None
    strategy: str = "best-first"
    policy: str = "builtin"
    jobs: int = 1
    seed: int = 0
    lean: LeanKind = "auto"
    background: bool = False
    models: Mapping[str, ModelSettings] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not is_number(self.seconds) or not math.isfinite(self.seconds) or self.seconds <= 0:
            raise InputError(f"seconds must be a number above 0, not {self.seconds!r}")
        for name in ("tactics", "expansions", "tokens"):
            limit = getattr(self, name)
            if limit is not None and not (is_whole(limit) and limit >= 1):
                raise InputError(f"{name} must be a whole number from 1, not {limit!r}")
        if self.usd is not None and not (is_number(self.usd) and math.isfinite(self.usd) and self.usd > 0):
            raise InputError(f"usd must be a number above 0, not {self.usd!r}")
        if self.strategy not in STRATEGIES:
            raise InputError(f"strategy must be one of {', '.join(STRATEGIES)}, not {self.strategy!r}")
        if not isinstance(self.policy, str) or not self.policy:
            raise InputError(f"policy must be the name of a policy, not {self.policy!r}")
        if not (is_whole(self.jobs) and self.jobs >= 1):
            raise InputError(f"jobs must be a whole number from 1, not {self.jobs!r}")
        if not is_whole(self.seed):
            raise InputError(f"seed must be a whole number, not {self.seed!r}")
        if self.lean not in LEANS:
            raise InputError(f"lean must be one of {', '.join(LEANS)}, not {self.lean!r}")
        if not isinstance(self.background, bool):
            raise InputError(f"background must be true or false, not {self.background!r}")


def load_settings(folder: Path) -> Settings:
    """The settings for work in `folder`. Raises `InputError`, naming the file, for one that can't be used."""
    path = _settings_file(folder)
    return Settings() if path is None else read_settings(path)


def read_settings(path: Path) -> Settings:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not TOML: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from None
    _refuse_unknown(path, table)
    try:
        models = read_models(table.pop("models", {}))
        return Settings(**table, models=models)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _settings_file(folder: Path) -> Path | None:
    home = folder.resolve()
    users = Path(platformdirs.user_config_dir("prover", appauthor=False)) / FILE_NAME
    for path in [*(place / FILE_NAME for place in (home, *home.parents)), users]:
        if path.is_file():
            return path
    return None


def _refuse_unknown(path: Path, table: Mapping[str, object]) -> None:
    known = [field.name for field in dataclasses.fields(Settings)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"the settings are {', '.join(known)}"
            raise InputError(f"{path}: unknown setting `{key}`; {hint}")
