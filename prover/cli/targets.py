"""Which holes the words of the command line mean: `PATH`, `PATH:LINE`, `--theorem NAME`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError, SourceError
from prover.lean.source import Source, find_sources, read_source
from prover.proving import Job
from prover.types import Theorem

SHOWN = 3
"""How many near misses an error names."""


@dataclass(frozen=True, slots=True)
class Targets:
    """`jobs` have at least one hole each. `without_holes` are files named as such, `unreadable` says what is
    wrong with files found in a folder."""

    jobs: tuple[Job, ...]
    without_holes: tuple[Path, ...]
    unreadable: tuple[SourceError, ...]


def find_targets(words: Iterable[str], names: Sequence[str]) -> Targets:
    """The holes meant, each once, the files in the order in which they are named.

    Raises `InputError` for a path, a line or a name that means nothing. A file that can't be read is an
    error if it is named itself, and is set aside if it was found in a folder.
    """
    sources: dict[Path, Source] = {}
    chosen: dict[Path, set[Theorem]] = {}
    without_holes: dict[Path, None] = {}
    unreadable: list[SourceError] = []
    for word in words:
        path, line = _split(word)
        for file in find_sources(path):
            key = file.resolve()
            try:
                source = sources.setdefault(key, sources.get(key) or read_source(file))
            except SourceError as error:
                if not path.is_dir():
                    raise
                unreadable.append(error)
                continue
            if not source.theorems and line is None and not path.is_dir():
                without_holes[source.path] = None
            theorems = source.theorems if line is None else _at_line(source, line)
            chosen.setdefault(key, set()).update(theorems)
    jobs = [
        Job(source, tuple(theorem for theorem in source.theorems if theorem in chosen[key]))
        for key, source in sources.items()
    ]
    wanted = _named([job for job in jobs if job.theorems], names)
    return Targets(tuple(wanted), tuple(without_holes), tuple(unreadable))


def _split(word: str) -> tuple[Path, int | None]:
    path = Path(word)
    match = re.fullmatch(r"(.+):(\d+)", word)
    if match is None or path.exists():
        return path, None
    path = Path(match[1])
    if path.is_dir():
        raise InputError(f"{word}: {path} is a folder; a line belongs to a file")
    return path, int(match[2])


def _at_line(source: Source, line: int) -> Sequence[Theorem]:
    """The holes on a line, or else those of the declaration that covers it."""
    on_line = [theorem for theorem in source.theorems if theorem.hole.position.line == line]
    around = [theorem for theorem in source.theorems if line in _lines(source, theorem)]
    if on_line or around:
        return on_line or around
    lines = sorted({theorem.hole.position.line for theorem in source.theorems})
    if not lines:
        raise InputError(f"{source.path}:{line}: there is no hole on that line, nor in the file")
    nearest = sorted(sorted(lines, key=lambda other: abs(other - line))[:SHOWN])
    where = ", ".join(map(str, nearest))
    raise InputError(f"{source.path}:{line}: there is no hole on that line; the nearest: line {where}")


def _lines(source: Source, theorem: Theorem) -> range:
    span = theorem.declaration.span
    first = source.text.count("\n", 0, span.start) + 1
    return range(first, first + source.text.count("\n", span.start, span.end) + 1)


def _named(jobs: Sequence[Job], names: Sequence[str]) -> list[Job]:
    if not names:
        return list(jobs)
    known = sorted({theorem.name for job in jobs for theorem in job.theorems})
    wanted = {_full_name(name, known) for name in names}
    narrowed = [Job(job.source, tuple(t for t in job.theorems if t.name in wanted)) for job in jobs]
    return [job for job in narrowed if job.theorems]


def _full_name(name: str, known: Sequence[str]) -> str:
    if name in known:
        return name
    ending = [full for full in known if full.endswith(f".{name}")]
    if len(ending) == 1:
        return ending[0]
    if ending:
        raise InputError(f"--theorem {name} may be any of {', '.join(ending)}: say more of the name")
    near = _nearest(name, known)
    hint = f"the nearest: {', '.join(near)}" if near else "there are no holes to prove here"
    raise InputError(f"no theorem `{name}` has a hole here; {hint}")


def _nearest(name: str, known: Sequence[str]) -> list[str]:
    """By the whole name or its last component, the better of the two."""

    def likeness(full: str) -> float:
        parts = (full, full.rpartition(".")[2])
        return max(difflib.SequenceMatcher(None, name, part).ratio() for part in parts)

    return sorted(known, key=likeness, reverse=True)[:SHOWN]
