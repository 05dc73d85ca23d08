"""What a benchmark asks: the holes of files, and what an `index.json` beside a file says of them.

The index is a list of objects. Of a file that none of them names, all holes are problems; else those of the
theorems that it names, `file` and `name` (`ns` is the namespace, where there is one). What else it may say:

    expected       false, "false" or "refutable" where the statement is false
    needs          the theorems of the file that a proof may use though they are open: only these
    duplicate_of   what it repeats
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from prover.errors import InputError
from prover.lean.source import Source
from prover.proving import Job
from prover.types import Theorem

INDEX = "index.json"
_Entry: TypeAlias = Mapping[str, Any]
_TRUTH = {True: True, "true": True, False: False, "false": False, "refutable": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """One hole to prove. `true` is whether it should be possible. `needs` are the open theorems that a proof
    may rest on, None where nobody says. `repeats`: another problem asks the same."""

    id: str
    set: str
    source: Source = field(repr=False)
    theorem: Theorem = field(repr=False)
    true: bool = True
    needs: frozenset[str] | None = None
    repeats: bool = False

    @property
    def barred(self) -> frozenset[str]:
        """The open theorems that no policy is to offer."""
        return frozenset(other.name for other in self.source.theorems) - (self.needs or frozenset())

    def allows(self, assumes: Sequence[str]) -> bool:
        """Whether a proof that rests on these open theorems is what was asked for."""
        return self.needs is None or set(assumes) <= self.needs | {self.theorem.name}


def problems_of(jobs: Sequence[Job]) -> list[Problem]:
    """In order. A set is a file, called by its name. Raises `InputError` for an index that can't be used."""
    stems = Counter(job.source.path.stem for job in jobs)
    found: list[Problem] = []
    for job in jobs:
        path = job.source.path
        name = path.stem if stems[path.stem] == 1 else str(path)
        found.extend(_of_file(job, name, path.parent / INDEX))
    return found


def fingerprint(source: Source) -> str:
    return hashlib.sha256(source.raw).hexdigest()


def _of_file(job: Job, name: str, index: Path) -> Iterator[Problem]:
    entries = _entries(index, job.source) if index.is_file() else {}
    for theorem in job.theorems:
        entry = entries.get(theorem.name)
        id = f"{name}:{theorem.name}{f'#{theorem.ordinal}' if theorem.ordinal else ''}"
        if entry is not None:
            yield _described(Problem(id, name, job.source, theorem), entry, index)
        elif not entries:
            yield Problem(id, name, job.source, theorem)


def _described(problem: Problem, entry: _Entry, index: Path) -> Problem:
    expected, needs = entry.get("expected", True), entry.get("needs", [])
    if not isinstance(expected, bool | str) or expected not in _TRUTH:
        raise InputError(f"{index}: `expected` of {entry['name']} is true or false, not {expected!r}")
    if not isinstance(needs, list) or not all(isinstance(name, str) for name in needs):
        raise InputError(f"{index}: `needs` of {entry['name']} is a list of names, not {needs!r}")
    return Problem(
        problem.id,
        problem.set,
        problem.source,
        problem.theorem,
        true=_TRUTH[expected],
        needs=frozenset(_qualified(entry, name) for name in needs),
        repeats=bool(entry.get("duplicate_of")),
    )


def _entries(index: Path, source: Source) -> dict[str, _Entry]:
    """What the index says of the file, by the theorems' full names."""
    holes = {theorem.name for theorem in source.theorems}
    found = {
        _qualified(entry, entry["name"]): entry for entry in _read(index) if entry["file"] == source.path.name
    }
    missing = sorted(set(found) - holes)
    if missing:
        raise InputError(f"{index}: no hole of {source.path.name} is in a theorem `{missing[0]}`")
    return found


def _read(index: Path) -> list[_Entry]:
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{index}: can't be read: {error}") from None
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("file"), str) and isinstance(entry.get("name"), str)
        for entry in entries
    ):
        raise InputError(f"{index}: not a list of objects with `file` and `name`")
    return entries


def _qualified(entry: _Entry, name: str) -> str:
    return f"{entry['ns']}.{name}" if entry.get("ns") else name
