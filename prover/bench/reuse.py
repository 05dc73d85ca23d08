"""What a lemma library is worth: the same problems searched four times, with the same policy and budget.

    first     with an empty library; its proofs fill DIR/lemmas.sqlite, which nobody reads yet, as in a run
              of `prover prove`
    again     with what the first pass has proved
    alone     without a library
    others    each file with what the first pass has proved in the other files

Each pass is a folder in DIR like that of `prover bench run`, and goes on like one.

    for each in passes(folder, problems, terms, pools, models):
        with each.opened() as store:
            for record in each.records(): store.add(record)
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from lemmas.store import Library
from prover.batch.replica import replica_of
from prover.bench.manifest import manifest_of
from prover.bench.problems import Problem
from prover.bench.run import Lent, Run, units_of
from prover.bench.store import RECORDS, RESULTS, Manifest, Record, Store, opened
from prover.errors import InputError
from prover.models import ModelSettings
from prover.policy.library import Shelf
from prover.proving import GatewayFactory
from prover.proving.keeping import Keeper
from prover.types import Budget

FIRST, AGAIN, ALONE, OTHERS = "first", "again", "alone", "others"
LEMMAS = "lemmas.sqlite"
_STRATEGY = "best-first"
_LIBRARIES = {
    FIRST: "an empty one, which is filled",
    AGAIN: "that of the first pass",
    ALONE: "",
    OTHERS: "that of the first pass, without what was proved in the same file",
}

Lending: TypeAlias = Callable[[], AbstractContextManager[Lent | None]]


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which all passes search."""

    policy: str
    tactics: int
    seconds: float | None
    lean: str
    jobs: int

    def manifest(self, problems: Sequence[Problem], library: str) -> Manifest:
        policies, strategies, budgets = (self.policy,), (_STRATEGY,), (self.tactics,)
        return manifest_of(
            problems, policies, strategies, 1, budgets, self.seconds, self.lean, self.jobs, library
        )


class Pass:
    """One pass: some groups of problems, each with a library of its own or none."""

    def __init__(
        self,
        folder: Path,
        groups: Sequence[tuple[Sequence[Problem], Lending]],
        terms: Terms,
        pools: GatewayFactory,
        models: Mapping[str, ModelSettings],
    ) -> None:
        self.name = folder.name
        self._folder = folder
        self._groups = groups
        self._terms = terms
        self._pools = pools
        self._models = models
        self._done = frozenset[tuple[str, str, str, int]]()
        self._run: Run | None = None
        self._stopping = False

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """Its folder, for this process alone. Raises `InputError`."""
        problems = [problem for group, _ in self._groups for problem in group]
        with opened(self._folder, self._terms.manifest(problems, _LIBRARIES[self.name])) as store:
            self._done = frozenset(record.key for record in store.records)
            yield store

    def stop(self) -> None:
        """End soon; from another thread, or a signal handler."""
        self._stopping = True
        if self._run is not None:
            self._run.stop()

    def records(self) -> Generator[Record, None, None]:
        """The searches that are not there yet, as `Run.records`."""
        terms = self._terms
        budget = Budget(tactics=terms.tactics, seconds=terms.seconds)
        for problems, lending in self._groups:
            every = units_of(problems, (terms.policy,), (_STRATEGY,), 1)
            units = [unit for unit in every if unit.key not in self._done]
            if not units:
                continue
            with lending() as lent:
                self._run = Run(units, self._pools, budget, terms.jobs, self._models, lent)
                if self._stopping:
                    return
                yield from self._run.records()


def passes(
    folder: Path,
    problems: Sequence[Problem],
    terms: Terms,
    pools: GatewayFactory,
    models: Mapping[str, ModelSettings],
) -> list[Pass]:
    """In the order in which they must be made. Raises `InputError` for a folder with other things in it."""
    _require_ours(folder)
    db = folder / LEMMAS
    by_file: dict[Path, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.source.path, []).append(problem)
    groups: dict[str, list[tuple[Sequence[Problem], Lending]]] = {
        FIRST: [(problems, lambda: _filling(db, problems))],
        AGAIN: [(problems, lambda: _reading(db))],
        ALONE: [(problems, _nothing)],
        OTHERS: [(found, _without(db, path, by_file)) for path, found in by_file.items()],
    }
    return [Pass(folder / name, found, terms, pools, models) for name, found in groups.items()]


def _require_ours(folder: Path) -> None:
    ours = {FIRST, AGAIN, ALONE, OTHERS, RESULTS, *(f"{LEMMAS}{suffix}" for suffix in ("", "-wal", "-shm"))}
    if folder.is_dir() and any(path.name not in ours for path in folder.iterdir()):
        raise InputError(f"{folder}: holds other files; give a new or empty folder")
    if (folder / FIRST / RECORDS).exists() and not (folder / LEMMAS).exists():
        raise InputError(f"{folder}: what its first pass has proved, {LEMMAS}, is gone; give a new folder")


@contextmanager
def _filling(db: Path, problems: Sequence[Problem]) -> Iterator[Lent]:
    sources = {problem.source.path: problem.source for problem in problems}
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder) / LEMMAS) as empty,
        Library.open(db) as library,
    ):
        yield Lent(Shelf(empty), Keeper(library, sources.values(), "the first pass"))


@contextmanager
def _reading(db: Path) -> Iterator[Lent]:
    with replica_of(db) as library:
        yield Lent(Shelf(library))


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _without(db: Path, file: Path, files: Iterable[Path]) -> Lending:
    places = {str(each.resolve()) for each in files}

    @contextmanager
    def lending() -> Iterator[Lent]:
        with replica_of(db) as library:
            if not {lemma.provenance.file for lemma in library.listed()} <= places:
                raise InputError(f"{db}: was filled from files at other places; give another --out")
            forget(library, file)
            yield Lent(Shelf(library))

    return lending


def forget(library: Library, file: Path) -> None:
    """Delete what was proved in the file, and what uses that."""
    doomed = {lemma.id for lemma in library.listed() if lemma.provenance.file == str(file.resolve())}
    for user, used in library.uses():  # in the order of the users, each newer than what it uses
        if used in doomed:
            doomed.add(user)
    library.forget(sorted(doomed))
