"""Two runs side by side, problem by problem."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.bench.store import Configuration, Manifest, Record, read_manifest, read_records
from prover.bench.summary import proved_within
from prover.errors import InputError


@dataclass(frozen=True, slots=True)
class Side:
    """A run of `folder`; of one configuration alone where `only` is not None."""

    folder: Path
    manifest: Manifest
    records: Sequence[Record]
    only: str | None

    @property
    def configurations(self) -> list[Configuration]:
        there = self.manifest.configurations
        chosen = [each for each in there if self.only in (None, str(each))]
        if not chosen:
            raise InputError(f"{self.folder}: no `{self.only}` there, but {', '.join(map(str, there))}")
        return chosen


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the problems that both sides have searched, each with the same seed on both. `p_value`
    is that of the sign test: how likely so uneven a split of `only_a` and `only_b` is if neither is better.
    """

    a: str
    b: str
    budget: int
    both: tuple[str, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    neither: tuple[str, ...]

    @property
    def p_value(self) -> float:
        return sign_test(len(self.only_a), len(self.only_b))


def read_side(word: str) -> Side:
    """`DIR`, or `DIR@POLICY/STRATEGY`. Raises `InputError`."""
    folder, at, only = word.partition("@")
    if Path(word).is_dir():
        folder, at = word, ""
    path = Path(folder)
    return Side(path, read_manifest(path), read_records(path), only if at else None)


def compare(a: Side, b: Side, budget: int | None) -> list[Comparison]:
    """The one configuration of each side, or those that both have. False statements and repeated problems
    don't count. `budget` None is the largest that both have. Raises `InputError`."""
    largest = min(max(side.manifest.budgets) for side in (a, b))
    if budget is not None and budget > largest:
        raise InputError(f"--budget {budget}: not both runs searched so far; at most {largest}")
    _require_same_files(a, b)
    return [_compared(a, one, b, other, budget or largest) for one, other in _pairs(a, b)]


def sign_test(a: int, b: int) -> float:
    """Two-sided and exact: of `a + b` fair coins, as uneven a split or more."""
    tail = sum(math.comb(a + b, k) for k in range(min(a, b) + 1))
    return min(1.0, 2 * tail / (1 << (a + b)))


def _pairs(a: Side, b: Side) -> list[tuple[Configuration, Configuration]]:
    ones, others = a.configurations, b.configurations
    if len(ones) == len(others) == 1:
        return [(ones[0], others[0])]
    common = [(one, one) for one in ones if one in others]
    if not common:
        raise InputError(
            f"no configuration is in both: {a.folder} has {', '.join(map(str, ones))};"
            f" {b.folder} has {', '.join(map(str, others))}; choose by DIR@POLICY/STRATEGY"
        )
    return common


def _require_same_files(a: Side, b: Side) -> None:
    for name in sorted(a.manifest.files.keys() & b.manifest.files.keys()):
        if a.manifest.files[name] != b.manifest.files[name]:
            raise InputError(f"{name} is not the same file in {a.folder} and {b.folder}")


def _compared(a: Side, one: Configuration, b: Side, other: Configuration, budget: int) -> Comparison:
    there, here = _solved(a, one, budget), _solved(b, other, budget)
    names: dict[tuple[bool, bool], list[str]] = {}
    for pair, solved in there.items():
        if pair in here:
            problem, seed = pair
            many = min(a.manifest.seeds, b.manifest.seeds) > 1
            names.setdefault((solved, here[pair]), []).append(f"{problem} seed {seed}" if many else problem)
    both, only_a, only_b, neither = (
        tuple(names.get(key, ())) for key in ((True, True), (True, False), (False, True), (False, False))
    )
    if not names:
        raise InputError(f"no problem was searched in both {a.folder} and {b.folder}")
    return Comparison(f"{a.folder} {one}", f"{b.folder} {other}", budget, both, only_a, only_b, neither)


def _solved(side: Side, configuration: Configuration, budget: int) -> dict[tuple[str, int], bool]:
    asked = {question.id for question in side.manifest.questions if question.true and not question.repeats}
    return {
        (record.problem, record.seed): proved_within(record, budget)
        for record in side.records
        if record.configuration == configuration and record.problem in asked
    }
