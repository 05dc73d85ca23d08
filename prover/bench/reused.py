"""What the four passes of `prover bench reuse` come to, for each file and for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lemmas.collecting import USES
from prover.bench.compare import sign_test
from prover.bench.reuse import AGAIN, ALONE, FIRST, OTHERS
from prover.bench.store import Manifest, Record, read_manifest, read_records
from prover.bench.summary import ALL, proved_within
from prover.policy.protocols import KEPT


@dataclass(frozen=True, slots=True)
class Twice:
    """A set's true problems, searched twice. `first` and `again` are the problems solved in each pass,
    `tactics_first` and `tactics_again` what all their searches took, `proved_first` and `proved_again` what
    those searches took whose theorems the first pass had proved; `lost` are those that the second has not."""

    set: str
    problems: int
    first: int
    again: int
    tactics_first: int
    tactics_again: int
    proved_first: int
    proved_again: int
    lost: tuple[str, ...]

    @property
    def of_proved(self) -> float | None:
        """Tactics of the second pass over those of the first, for what the first has proved."""
        return self.proved_again / self.proved_first if self.proved_first else None

    @property
    def of_all(self) -> float | None:
        """Tactics that the second pass took for what the first had proved, over all tactics of the first."""
        return self.proved_again / self.tactics_first if self.tactics_first else None


@dataclass(frozen=True, slots=True)
class Across:
    """A set's true problems that repeat no other, with a library of the other files' proofs and without one.
    Of those `gained`, `same` had the script of a lemma for the very same goal in their proofs, and `lemmas`
    another lemma of the library."""

    set: str
    problems: int
    alone: int
    others: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    same: int
    lemmas: int
    tactics_alone: int
    tactics_others: int

    @property
    def p_value(self) -> float:
        return sign_test(len(self.gained), len(self.lost))


@dataclass(frozen=True, slots=True)
class Reused:
    """`alarms` are false statements that a pass has proved; `errors` searches that failed, in any pass."""

    twice: Sequence[Twice]
    across: Sequence[Across]
    alarms: tuple[str, ...]
    errors: int


def reused(folder: Path) -> Reused:
    """Of whole passes. Raises `InputError`."""
    manifest = read_manifest(folder / FIRST)
    found = {name: _by_problem(read_records(folder / name)) for name in (FIRST, AGAIN, ALONE, OTHERS)}
    (budget,) = manifest.budgets
    solved = {
        name: {problem for problem, record in records.items() if proved_within(record, budget)}
        for name, records in found.items()
    }
    sets = _sets(manifest)
    false = {question.id for question in manifest.questions if not question.true}
    repeated = {question.id for question in manifest.questions if question.repeats}
    return Reused(
        [_twice(name, problems, found, solved) for name, problems in sets.items()],
        [
            _across(name, [each for each in problems if each not in repeated], found, solved)
            for name, problems in sets.items()
        ],
        alarms=tuple(sorted(false & set[str]().union(*solved.values()))),
        errors=sum(record.status == "error" for records in found.values() for record in records.values()),
    )


def as_json(manifest: Manifest, found: Reused) -> dict[str, Any]:
    return {
        "versions": {"prover": manifest.prover},
        "budget": manifest.budgets[0],
        "seconds": manifest.seconds,
        "policy": manifest.policies[0],
        "about": dict(manifest.about),
        "alarms": found.alarms,
        "errors": found.errors,
        "twice": [
            {
                **dataclasses.asdict(each),
                "of_proved": each.of_proved,
                "of_all": each.of_all,
            }
            for each in found.twice
        ],
        "across": [{**dataclasses.asdict(each), "p_value": each.p_value} for each in found.across],
    }


_Records = Mapping[str, Mapping[str, Record]]


def _by_problem(records: Sequence[Record]) -> dict[str, Record]:
    return {record.problem: record for record in records}


def _sets(manifest: Manifest) -> dict[str, list[str]]:
    sets: dict[str, list[str]] = {}
    for question in manifest.questions:
        if question.true:
            sets.setdefault(question.set, []).append(question.id)
    if len(sets) > 1:
        sets[ALL] = [problem for problems in list(sets.values()) for problem in problems]
    return sets


def _twice(
    name: str, problems: Sequence[str], found: _Records, solved: Mapping[str, Collection[str]]
) -> Twice:
    proved = [problem for problem in problems if problem in solved[FIRST]]
    return Twice(
        name,
        len(problems),
        first=len(proved),
        again=sum(problem in solved[AGAIN] for problem in problems),
        tactics_first=_tactics(found[FIRST], problems),
        tactics_again=_tactics(found[AGAIN], problems),
        proved_first=_tactics(found[FIRST], proved),
        proved_again=_tactics(found[AGAIN], proved),
        lost=tuple(problem for problem in proved if problem not in solved[AGAIN]),
    )


def _across(
    name: str, problems: Sequence[str], found: _Records, solved: Mapping[str, Collection[str]]
) -> Across:
    alone, others = ({each for each in problems if each in solved[which]} for which in (ALONE, OTHERS))
    gained = [problem for problem in problems if problem in others - alone]
    owed = [found[OTHERS][problem].library for problem in gained]
    return Across(
        name,
        len(problems),
        alone=len(alone),
        others=len(others),
        gained=tuple(gained),
        lost=tuple(problem for problem in problems if problem in alone - others),
        same=sum(any(source.startswith(KEPT) for source in sources) for sources in owed),
        lemmas=sum(any(source.startswith(USES) for source in sources) for sources in owed),
        tactics_alone=_tactics(found[ALONE], problems),
        tactics_others=_tactics(found[OTHERS], problems),
    )


def _tactics(records: Mapping[str, Record], problems: Sequence[str]) -> int:
    return sum(records[problem].tactics for problem in problems if problem in records)
