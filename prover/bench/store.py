"""The folder of one run: what was to be measured (`manifest.json`), and each search as it ends
(`records.jsonl`, a line each, on the disk before the next begins).

    with opened(folder, manifest) as store:
        done = {record.key for record in store.records}
        store.add(record)
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from prover.errors import InputError

MANIFEST = "manifest.json"
RECORDS = "records.jsonl"
RESULTS = "results.json"
CURVE = "curve.png"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True, order=True)
class Configuration:
    policy: str
    strategy: str

    def __str__(self) -> str:
        return f"{self.policy}/{self.strategy}"


@dataclass(frozen=True, slots=True)
class Question:
    """A problem as a folder knows it: see `Problem`."""

    id: str
    set: str
    true: bool
    needs: tuple[str, ...] | None
    repeats: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was to be measured. `files` are fingerprints, by set; `code` is that of the prover itself;
    `library` says which lemmas searches were lent, empty for none. Two runs are the same when all but `about`
    (machine, moment, paths) is."""

    prover: str
    code: str
    files: Mapping[str, str]
    questions: tuple[Question, ...]
    policies: tuple[str, ...]
    strategies: tuple[str, ...]
    seeds: int
    budgets: tuple[int, ...]
    seconds: float | None
    lean: str
    about: Mapping[str, object] = field(compare=False)
    library: str = ""

    @property
    def configurations(self) -> list[Configuration]:
        return [Configuration(policy, strategy) for policy in self.policies for strategy in self.strategies]

    @property
    def searches(self) -> int:
        return len(self.questions) * len(self.configurations) * self.seeds


@dataclass(frozen=True, slots=True)
class Record:
    """How one search ended. `proved_at` and `conditional_at` count the tactics up to that proof, None where
    there is none; the conditional one is one that the problem allows, and rests on `assumes`. `library` has
    the sources of those tactics of the proof that the lemma library offered."""

    problem: str
    policy: str
    strategy: str
    seed: int
    status: str
    stop: str
    proved_at: int | None
    conditional_at: int | None
    assumes: tuple[str, ...]
    tactics: int
    expansions: int
    seconds: float
    lean_seconds: float
    proof: str | None
    message: str
    lean: str
    library: tuple[str, ...] = ()
    policy_seconds: float = 0.0

    @property
    def key(self) -> tuple[str, str, str, int]:
        return self.problem, self.policy, self.strategy, self.seed

    @property
    def configuration(self) -> Configuration:
        return Configuration(self.policy, self.strategy)


class Store:
    """`records` are those of earlier runs and of this one, in order."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.records = read_records(folder)

    def add(self, record: Record) -> None:
        line = json.dumps(dataclasses.asdict(record), ensure_ascii=False) + "\n"
        with _writing(self.folder / RECORDS), (self.folder / RECORDS).open("ab") as file:
            file.write(line.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        self.records.append(record)


@contextmanager
def opened(folder: Path, manifest: Manifest) -> Iterator[Store]:
    """The folder, made or taken up again. Raises `InputError` when it holds a run of something else, or
    another process is at work in it."""
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(f"{folder}: another `prover bench run` is at work here") from None
    try:
        if (folder / MANIFEST).exists():
            kept = read_manifest(folder)
            _require_same(folder, kept, manifest)
            _cut_torn_line(folder / RECORDS)
        elif any(path.name != _LOCK for path in folder.iterdir()):
            raise InputError(f"{folder}: holds other files; give a new or empty folder")
        else:
            write_whole(folder / MANIFEST, _json(dataclasses.asdict(manifest)))
        yield Store(folder, manifest)
    finally:
        lock.release()


def read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content["questions"] = tuple(
            Question(**{**each, "needs": _tuple(each["needs"])}) for each in content["questions"]
        )
        for name in ("policies", "strategies", "budgets"):
            content[name] = tuple(content[name])
        return Manifest(**content)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}; give a folder of `bench run`") from None
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{path}: not what `prover bench run` of this version wrote") from None


def read_records(folder: Path) -> list[Record]:
    """All that are whole; a last line that was cut off is left out."""
    path = folder / RECORDS
    if not path.exists():
        return []
    records: list[Record] = []
    try:
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]:
            content: dict[str, Any] = json.loads(line)
            lists = {"assumes": tuple(content["assumes"]), "library": tuple(content.get("library", ()))}
            records.append(Record(**{**content, **lists}))
    except (OSError, ValueError, TypeError, KeyError):
        raise InputError(f"{path}:{len(records) + 1}: not what `prover bench run` wrote") from None
    return records


def write_whole(path: Path, text: str) -> None:
    """The whole text or, when something goes wrong, what was there before."""
    with _writing(path):
        other = path.with_name(f".{path.name}.new")
        other.write_text(text, encoding="utf-8", errors="backslashreplace")
        other.replace(path)


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _tuple(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _cut_torn_line(path: Path) -> None:
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with _writing(path):
                os.truncate(path, whole)


def _require_same(folder: Path, kept: Manifest, asked: Manifest) -> None:
    if kept == asked:
        return
    said = []
    for each in dataclasses.fields(Manifest):
        there, here = getattr(kept, each.name), getattr(asked, each.name)
        if each.compare and there != here:
            short = each.name not in ("questions", "files", "code")
            said.append(f"{each.name} ({_said(there)} there, {_said(here)} now)" if short else each.name)
    raise InputError(f"{folder}: holds a run of something else: {', '.join(said)} differ; give another --out")


def _said(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None
