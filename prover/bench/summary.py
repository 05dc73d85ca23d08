"""What the records of a run come to: solved counts at each budget, for each set and configuration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from prover.bench.store import Configuration, Manifest, Question, Record

ALL = "all sets"


@dataclass(frozen=True, slots=True)
class Row:
    """The searches of one configuration for the problems of one set. `searched` counts those that have ended;
    the others count as not solved, and so do `errors`. `proved` and `conditional` have, for each budget, a
    count for each seed; a problem that is proved is not conditional too. Seconds are those of all searches,
    as in `Statistics`."""

    set: str
    true: bool
    problems: int
    repeated: int
    configuration: Configuration
    searched: int
    errors: int
    proved: Mapping[int, tuple[int, ...]]
    conditional: Mapping[int, tuple[int, ...]]
    seconds: float
    lean_seconds: float
    policy_seconds: float

    @property
    def waiting(self) -> float | None:
        """The share of wall time for which searches waited for the policy; None where none has ended."""
        return self.policy_seconds / self.seconds if self.seconds else None


def rows_of(manifest: Manifest, records: Sequence[Record]) -> list[Row]:
    """Set by set; true and false statements of a file are sets of their own. All true ones together come last
    where there are several sets."""
    groups: dict[tuple[str, bool], list[Question]] = {}
    for question in manifest.questions:
        groups.setdefault((question.set, question.true), []).append(question)
    true = [question for question in manifest.questions if question.true]
    if len({question.set for question in true}) > 1:
        groups[ALL, True] = true
    by_key = {record.key: record for record in records}
    return [
        _row(manifest, by_key, name, questions, configuration)
        for (name, _), questions in groups.items()
        for configuration in manifest.configurations
    ]


def as_json(manifest: Manifest, records: Sequence[Record], rows: Iterable[Row]) -> dict[str, Any]:
    """The summary for machines. Counts under a budget are one for each seed."""
    return {
        "complete": len(records) == manifest.searches,
        "searches": manifest.searches,
        "ended": len(records),
        "versions": {"prover": manifest.prover, "lean": sorted({r.lean for r in records if r.lean})},
        "budgets": list(manifest.budgets),
        "seconds": manifest.seconds,
        "seeds": manifest.seeds,
        "about": dict(manifest.about),
        "rows": [
            {
                **dataclasses.asdict(row),
                "configuration": str(row.configuration),
                "policy": row.configuration.policy,
                "strategy": row.configuration.strategy,
                "mean_proved": {budget: fmean(counts) for budget, counts in row.proved.items()},
            }
            for row in rows
        ],
    }


def _row(
    manifest: Manifest,
    records: Mapping[tuple[str, str, str, int], Record],
    name: str,
    questions: Sequence[Question],
    configuration: Configuration,
) -> Row:
    by_seed = [
        [
            record
            for question in questions
            if (record := records.get((question.id, configuration.policy, configuration.strategy, seed)))
        ]
        for seed in range(manifest.seeds)
    ]

    ended = [record for found in by_seed for record in found]

    def counts(holds: Callable[[Record, int], bool]) -> dict[int, tuple[int, ...]]:
        return {
            budget: tuple(sum(holds(record, budget) for record in found) for found in by_seed)
            for budget in manifest.budgets
        }

    return Row(
        name,
        questions[0].true,
        len(questions),
        sum(question.repeats for question in questions),
        configuration,
        searched=len(ended),
        errors=sum(record.status == "error" for record in ended),
        proved=counts(proved_within),
        conditional=counts(_conditional_within),
        seconds=round(sum(record.seconds for record in ended), 3),
        lean_seconds=round(sum(record.lean_seconds for record in ended), 3),
        policy_seconds=round(sum(record.policy_seconds for record in ended), 3),
    )


def proved_within(record: Record, budget: int) -> bool:
    return record.proved_at is not None and record.proved_at <= budget


def _conditional_within(record: Record, budget: int) -> bool:
    found = record.conditional_at is not None and record.conditional_at <= budget
    return found and not proved_within(record, budget)
