"""Makes a training folder's problems: draws families, drops what should not be there, asks Lean of the rest.

    making = Making(folder, wanted)
    for family in making.work(gateway, jobs=2):
        ...                          # and `making.stop()`, from a signal handler if need be, ends it early

The same seed gives the same problems. What is done is written down family by family, so the work goes on
where it was stopped.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path

from prover.bench.store import write_whole
from prover.errors import InputError
from prover.lean.gateway import LeanGateway
from prover.lean.source import parse_source
from prover.train.data import MANIFEST, PROBLEMS, Made, Problem, read_made, write_problems
from prover.train.leaks import forbidden_keys, keys_of
from prover.train.lines import append, whole_lines
from prover.train.making.arithmetic import arithmetic_family
from prover.train.making.families import recursive_family
from prover.train.making.logic import logic_family
from prover.train.making.relations import relation_family
from prover.train.making.written import Family

GENERATOR = 1
"""The version of what is drawn: another one draws other problems from the same seed."""

FAMILIES = "families.jsonl"
_MOST = 22  # theorems of a family
_AHEAD = 4  # families drawn before they are needed, for each process
_KINDS: Mapping[str, Callable[[random.Random, int], Family]] = {
    "recursion": recursive_family,
    "logic": logic_family,
    "arithmetic": arithmetic_family,
    "relations": relation_family,
}
_SHARES = (0.7, 0.1, 0.1, 0.1)
_AT_ONCE = "first | rfl | trivial | decide | omega | (simp; done)"
_PROBE_HEARTBEATS = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    count: int
    seed: int
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one family. `file` is empty where nothing of it was kept; `names` are the theorems that
    were, and `keys` their keys. The counts are of statements."""

    number: int
    kind: str
    file: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    drawn: int
    refuted: int
    leaked: int
    repeated: int
    trivial: int
    wrong: int


@dataclass(frozen=True, slots=True)
class _Drawn:
    number: int
    family: Family
    keys: Mapping[str, str]


class Making:
    """Raises `InputError` for a folder that holds something else."""

    def __init__(self, folder: Path, wanted: Wanted) -> None:
        self._folder = folder
        self._wanted = wanted
        self._stopping = False
        self.done = _taken_up(folder, wanted)

    @property
    def kept(self) -> int:
        return sum(len(each.names) for each in self.done)

    @property
    def complete(self) -> bool:
        return self.kept >= self._wanted.count

    def stop(self) -> None:
        self._stopping = True

    def work(self, gateway: LeanGateway, jobs: int) -> Generator[Done, None, None]:
        """Draw in so many processes, until there are enough; then write the list of problems and the
        manifest. Raises `LeanUnavailable`, `SourceError`."""
        forbidden = forbidden_keys(map(Path, self._wanted.forbidden))
        seen = {key for each in self.done for key in each.keys}
        (self._folder / "problems").mkdir(exist_ok=True)
        with closing(_drawn(self._wanted.seed, len(self.done), jobs)) as drawing:
            while not self.complete and not self._stopping:
                done = self._judged(next(drawing), forbidden, seen, gateway)
                seen.update(done.keys)
                append(self._folder / FAMILIES, [json.dumps(asdict(done), ensure_ascii=False) + "\n"])
                self.done.append(done)
                yield done
        if self.complete:
            write_problems(self._folder, self._problems(), self._made())

    def _judged(self, drawn: _Drawn, forbidden: frozenset[str], seen: set[str], gateway: LeanGateway) -> Done:
        family = drawn.family
        leaked = [name for name, _ in family.theorems if drawn.keys[name] in forbidden]
        fresh: dict[str, str] = {}
        repeated = 0
        for name, _ in family.theorems:
            key = drawn.keys[name]
            if name in leaked:
                continue
            repeated += key in seen or key in fresh
            if key not in seen:
                fresh.setdefault(key, name)
        asked = [each for each in family.theorems if each[0] in fresh.values()]
        probe = _probed(family, asked, gateway)
        kept = [each for each in asked if probe.get(each[0]) == "open"]
        file = self._write(family, kept) if kept else ""
        return Done(
            drawn.number,
            family.kind,
            file,
            tuple(name for name, _ in kept),
            tuple(drawn.keys[name] for name, _ in kept),
            drawn=family.drawn,
            refuted=family.refuted,
            leaked=len(leaked),
            repeated=repeated,
            trivial=sum(found == "trivial" for found in probe.values()),
            wrong=sum(found == "wrong" for found in probe.values()),
        )

    def _write(self, family: Family, theorems: Sequence[tuple[str, str]]) -> str:
        number = sum(bool(each.file) for each in self.done)
        file = f"problems/{number:04}.lean"
        write_whole(self._folder / file, text_of(family, [text for _, text in theorems]))
        return file

    def _problems(self) -> Iterator[Problem]:
        for each in self.done:
            for name in each.names:
                yield Problem(each.file, name, each.kind, self._wanted.seed)

    def _made(self) -> Made:
        def total(of: str) -> int:
            return sum(getattr(each, of) for each in self.done)

        return Made(
            generator=GENERATOR,
            seed=self._wanted.seed,
            drawn=total("drawn"),
            refuted=total("refuted"),
            trivial=total("trivial"),
            repeated=total("repeated"),
            leaked=total("leaked"),
            kept=self.kept,
            families=len({each.kind for each in self.done if each.file}),
            files=sum(bool(each.file) for each in self.done),
            forbidden=self._wanted.forbidden,
        )


def family_of(seed: int, number: int) -> Family:
    rng = random.Random(f"{GENERATOR}/{seed}/{number}")
    (kind,) = rng.choices(list(_KINDS.values()), _SHARES)
    return kind(rng, _MOST)


def text_of(family: Family, theorems: Iterable[str]) -> str:
    """The file."""
    parts = [family.text, *theorems, family.end]
    return "\n\n".join(part for part in parts if part).rstrip("\n") + "\n"


def _draw(seed: int, number: int) -> _Drawn:
    family = family_of(seed, number)
    text = text_of(family, [text for _, text in family.theorems])
    return _Drawn(number, family, keys_of(parse_source(Path("Drawn.lean"), text.encode())))


def _drawn(seed: int, first: int, jobs: int) -> Generator[_Drawn, None, None]:
    """One family after the other, for ever."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[_Drawn]] = []
        number = first
        try:
            while True:
                while len(waiting) < _AHEAD * jobs:
                    waiting.append(pool.submit(_draw, seed, number))
                    number += 1
                yield waiting.pop(0).result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _probed(family: Family, theorems: Sequence[tuple[str, str]], gateway: LeanGateway) -> Mapping[str, str]:
    """Of each theorem whether it is `open`, `trivial`, or `wrong`: no statement that Lean understands. None
    where the definitions are not."""
    lines = family.text.count("\n") + 1
    parts, spans = [family.text, f"\nset_option maxHeartbeats {_PROBE_HEARTBEATS}"], []
    lines += 2
    for name, text in theorems:
        stated = text.removesuffix("sorry").rstrip()
        parts.append(f"{stated}\n  {_AT_ONCE}")
        length = stated.count("\n") + 1
        spans.append((name, lines + 1, lines + length))
        lines += length + 1
    source = parse_source(Path("Probe.lean"), "\n".join([*parts, family.end]).encode())
    wrong_lines = [complaint.position.line for complaint in gateway.check(source)]
    if any(line <= family.text.count("\n") + 3 for line in wrong_lines):
        return {name: "wrong" for name, _ in theorems}
    found = {}
    for name, start, end in spans:
        wrong = any(start <= line <= end for line in wrong_lines)
        found[name] = "wrong" if wrong else "open" if end + 1 in wrong_lines else "trivial"
    return found


def _taken_up(folder: Path, wanted: Wanted) -> list[Done]:
    """What was done in the folder before, for the same."""
    if (folder / MANIFEST).exists():
        made = read_made(folder)
        here = (made.generator, made.seed, made.forbidden)
        if here != (GENERATOR, wanted.seed, wanted.forbidden):
            raise InputError(f"{folder}: holds problems made with other arguments; give another --out")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FAMILIES
    start = {"generator": GENERATOR, "seed": wanted.seed, "forbidden": list(wanted.forbidden)}
    if not path.exists():
        if any(folder.iterdir()):
            raise InputError(f"{folder}: holds other files; give a new or empty folder")
        append(path, [json.dumps(start) + "\n"])
        return []
    first, *rest = whole_lines(path)
    if first != start:
        raise InputError(f"{folder}: holds problems made with other arguments; give another --out")
    for name in (PROBLEMS, MANIFEST):
        (folder / name).unlink(missing_ok=True)
    try:
        names = {each.name for each in fields(Done)}
        assert all(line.keys() == names for line in rest)
        return [Done(**{**line, "names": tuple(line["names"]), "keys": tuple(line["keys"])}) for line in rest]
    except (AssertionError, TypeError, KeyError):
        raise InputError(f"{path}: not what `prover train problems` of this version wrote") from None
