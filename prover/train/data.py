"""The files of a training folder, and how they are read and written.

    DIR/manifest.json             how the problems were made: `Made`
    DIR/problems.jsonl            a `Problem` a line
    DIR/problems/0000.lean …      the Lean files they are in
    DIR/round-R/examples.jsonl    an `Example` a line, those of one search together
    DIR/round-R/searches.jsonl    a `Search` a line, written after its examples
    DIR/words/                    what fits have put into words of it (samples.py)

Each line of the last three is whole when it ends; whoever reads leaves out a last one that was cut off.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from prover.errors import InputError
from prover.lean.goals import parse_goal
from prover.lean.source import Source, read_source
from prover.types import Goal, Theorem

MANIFEST = "manifest.json"
PROBLEMS = "problems.jsonl"
EXAMPLES = "examples.jsonl"
SEARCHES = "searches.jsonl"

PROOF = "proof"
ADVANCED = "advanced"
FAILED = "failed:"
"""Before the value of a `FailureReason`."""

Json: TypeAlias = Mapping[str, Any]
_Line = TypeVar("_Line")


@dataclass(frozen=True, slots=True)
class Problem:
    """A theorem to practise on: the hole of `name` in `file`, a path from the training folder on. Problems of
    one `family` speak of the same definitions."""

    file: str
    name: str
    family: str
    seed: int


@dataclass(frozen=True, slots=True)
class Made:
    """How the problems of a folder were made. The counts are of statements: `drawn` in all, and of these
    `refuted` by small values, `trivial`, `repeated`, `leaked` (what `forbidden` files state, renamed), and
    `kept`, in so many `families`."""

    generator: int
    seed: int
    drawn: int
    refuted: int
    trivial: int
    repeated: int
    leaked: int
    kept: int
    families: int
    files: int
    forbidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A tactic that a search tried on a goal.

    `outcome` is `PROOF` for a step of the finished proof that this needs, `ADVANCED` for another one that
    Lean took, `FAILED` and a reason else. `rank` is its place, from 0, among what the policy proposed for the
    goal, None for one that came otherwise: found when the proof was shortened, or from a goal that reads
    alike. `steps_left` counts the tactics of the proof from this one on down, None unless the outcome is
    `PROOF`. `proved` is whether the goal was, in this search; `spent` is how many tactics the search tried on
    it and on all goals below it.
    """

    problem: str
    file: str
    round: int
    goal: Goal
    tactic: str
    source: str
    logprob: float
    outcome: str
    rank: int | None
    steps_left: int | None
    proved: bool
    spent: int


@dataclass(frozen=True, slots=True)
class Search:
    """How the search for one problem ended. `proved_at` counts the tactics up to the proof, and `script` is
    the text that replaces the `sorry`; None where there is none. `examples_end` is where in `EXAMPLES` the
    lines of this search end, in bytes."""

    problem: str
    file: str
    round: int
    policy: str
    solved: bool
    stop: str
    tactics: int
    proved_at: int | None
    seconds: float
    lean_seconds: float
    script: str | None
    examples_end: int = field(default=0)


def read_problems(folder: Path) -> list[Problem]:
    """Raises `InputError`."""
    return list(_lines(folder / PROBLEMS, lambda line: Problem(**line)))


def read_made(folder: Path) -> Made:
    """Raises `InputError`."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Made(**{**content, "forbidden": tuple(content["forbidden"])})
    except OSError as error:
        raise InputError(
            f"{path}: can't be read: {error.strerror}; make it with `prover train problems`"
        ) from None
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{path}: not what `prover train problems` of this version wrote") from None


def read_examples(round_folder: Path) -> Iterator[Example]:
    """Those of searches that have ended or not. Raises `InputError`."""
    return _lines(round_folder / EXAMPLES, _example)


def read_searches(round_folder: Path) -> list[Search]:
    """Raises `InputError`."""
    return list(_lines(round_folder / SEARCHES, lambda line: Search(**line)))


def theorem_of(folder: Path, example: Example | Problem) -> Theorem:
    """The theorem that an example or a problem is about, as a policy is shown it. Raises `InputError`."""
    name = example.problem if isinstance(example, Example) else example.name
    found = _theorems(folder / example.file).get(name)
    if found is None:
        raise InputError(f"{folder / example.file}: no hole is in a theorem `{name}`")
    return found


def as_line(value: Problem | Example | Search) -> str:
    """One line of JSON, with its end."""
    content = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if isinstance(value, Example):
        content["goal"] = _goal_as_json(value.goal)
    return json.dumps(content, ensure_ascii=False) + "\n"


def write_problems(folder: Path, problems: Iterable[Problem], made: Made) -> None:
    """The manifest comes last: a folder that has one is complete."""
    (folder / PROBLEMS).write_text("".join(map(as_line, problems)), encoding="utf-8")
    text = json.dumps(dataclasses.asdict(made), ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


@lru_cache(maxsize=64)
def read_file(path: Path) -> Source:
    return read_source(path)


@lru_cache(maxsize=64)
def _theorems(path: Path) -> dict[str, Theorem]:
    return {theorem.name: theorem for theorem in read_file(path).theorems}


def _goal_as_json(goal: Goal) -> Json:
    """`text` alone would do; the parts are there for whoever reads the file without this."""
    hypotheses = [
        [each.name, each.type] if each.value is None else [each.name, each.type, each.value]
        for each in goal.hypotheses
    ]
    return {"case": goal.case, "hypotheses": hypotheses, "target": goal.target, "text": goal.text}


def _example(line: Json) -> Example:
    return Example(**{**line, "goal": parse_goal(line["goal"]["text"])})


def _lines(path: Path, read: Callable[[dict[str, Any]], _Line]) -> Iterator[_Line]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                if not text.endswith("\n"):
                    return
                try:
                    yield read(json.loads(text))
                except (ValueError, TypeError, KeyError):
                    raise InputError(f"{path}:{number}: not a line that `prover train` wrote") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: can't be read: {error}") from None
