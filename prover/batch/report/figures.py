"""What a report says, as values: everything is worked out here, and the pages only lay it out.

report = report_of(read_night(folder), at_work=False)
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.batch.records import (
    Attempt,
    Failure,
    FileRecord,
    HoleRecord,
    HoleStatus,
    LemmaRecord,
    Night,
    Point,
    WorkerEvent,
)
from prover.batch.report.advice import Advice, advice_for
from prover.types import Stop

_FAILURES = 12  # shown for a hole
_GOALS = 6


@dataclass(frozen=True, slots=True)
class Tried:
    """What failed on one goal."""

    goal: str
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class HoleView:
    """A hole and what was done about it. `place` is `file:line:column`, the file as seen from the night's
    folder. `best` is the attempt that came nearest. `goals` are those left there, `more_goals` how many of
    them are not listed. `why` says why it stays open; empty for others."""

    record: HoleRecord
    place: str
    attempts: tuple[Attempt, ...]
    best: Attempt | None
    goals: tuple[str, ...]
    more_goals: int
    tried: tuple[Tried, ...]
    why: str
    lemmas: tuple[str, ...]
    tactics: int
    seconds: float
    usd: float

    @property
    def status(self) -> HoleStatus:
        return self.record.status


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What one policy did: `proved` counts the attempts of its that ended with a proof."""

    policy: str
    attempts: int
    proved: int
    tactics: int
    seconds: float
    tokens: int
    usd: float

    @property
    def usd_each(self) -> float | None:
        """US dollars for a proof; None without one."""
        return self.usd / self.proved if self.proved else None


@dataclass(frozen=True, slots=True)
class LemmaView:
    """A lemma gained, from which hole, and which others it helped, by their names."""

    record: LemmaRecord
    source: str
    helped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that befell a worker; `hole` is what it was at, empty if nothing."""

    event: WorkerEvent
    hole: str


@dataclass(frozen=True, slots=True)
class Report:
    """`state` is a sentence without its end. `workers` is the number of the last session. `counts` has every
    status. `deaths` are those of workers, `replaced` counts those that were only replaced in time."""

    night: Night
    state: str
    at_work: bool
    began: str
    ended: str
    workers: int
    counts: dict[HoleStatus, int]
    holes: tuple[HoleView, ...]
    models: tuple[ModelRow, ...]
    lemmas: tuple[LemmaView, ...]
    deaths: tuple[EventView, ...]
    replaced: int
    refused: tuple[FileRecord, ...]
    advice: tuple[Advice, ...]
    curve: tuple[Point, ...]

    @property
    def total(self) -> int:
        return len(self.holes)

    @property
    def tactics(self) -> int:
        return sum(model.tactics for model in self.models)

    @property
    def tokens(self) -> int:
        return sum(model.tokens for model in self.models)

    @property
    def usd(self) -> float:
        return sum(model.usd for model in self.models)

    def of(self, *statuses: HoleStatus) -> list[HoleView]:
        return [hole for hole in self.holes if hole.status in statuses]


def report_of(night: Night, at_work: bool) -> Report:
    """`at_work`: a driver is at it, so all of this is how it stands at the moment."""
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in night.attempts:
        attempts[attempt.hole].append(attempt)
    lemmas = {lemma.number: lemma.name for lemma in night.lemmas}
    holes = tuple(_hole(night, record, attempts[record.number], lemmas) for record in night.holes)
    names = {record.number: record.name for record in night.holes}
    last = night.sessions[-1] if night.sessions else None
    return Report(
        night=night,
        state=_state(night, at_work),
        at_work=at_work,
        began=night.sessions[0].began if night.sessions else "",
        ended=last.ended if last is not None and not at_work else "",
        workers=last.workers if last is not None else night.plan.workers,
        counts={status: sum(hole.status is status for hole in holes) for status in HoleStatus},
        holes=holes,
        models=tuple(_models(night.attempts)),
        lemmas=tuple(_lemmas(night, names)),
        deaths=tuple(
            EventView(event, names.get(event.hole or -1, ""))
            for event in night.events
            if event.what == "died"
        ),
        replaced=sum(event.what == "recycled" for event in night.events),
        refused=tuple(file for file in night.files if file.refused),
        advice=advice_for(night),
        curve=night.solved,
    )


def shown_path(path: Path, folder: str) -> str:
    """As seen from the folder, where it is in there."""
    try:
        return str(path.relative_to(Path(folder).absolute()))
    except ValueError:
        return os.fspath(path)


def _state(night: Night, at_work: bool) -> str:
    if at_work:
        return "still at work: this is how it stands now"
    why = night.sessions[-1].why if night.sessions else "nothing was begun"
    return f"ended: {why}" if why else "cut off in the middle; `prover night resume` goes on"


def _hole(night: Night, record: HoleRecord, attempts: Sequence[Attempt], lemmas: dict[int, str]) -> HoleView:
    best = min(attempts, key=_distance, default=None)
    goals = best.goals if best is not None else ()
    return HoleView(
        record=record,
        place=f"{shown_path(record.file, night.plan.folder)}:{record.line}:{record.column}",
        attempts=tuple(attempts),
        best=best,
        goals=goals[:_GOALS],
        more_goals=max(0, len(goals) - _GOALS),
        tried=tuple(_tried([best, *attempts[-1:]] if best is not None else ())),
        why=_why(record, attempts),
        lemmas=(*(lemmas[number] for number in record.lemmas if number in lemmas), *record.known),
        tactics=sum(attempt.tactics for attempt in attempts),
        seconds=sum(attempt.seconds for attempt in attempts),
        usd=sum(attempt.usd for attempt in attempts),
    )


def _distance(attempt: Attempt) -> tuple[bool, int, int, int]:
    """As `Night.best` has it."""
    return attempt.partial is None, len(attempt.goals), sum(map(len, attempt.goals)), -attempt.number


def _tried(attempts: Iterable[Attempt]) -> list[Tried]:
    """What failed in these attempts, by goals, each tactic once."""
    by_goal: dict[str, dict[str, Failure]] = defaultdict(dict)
    for attempt in attempts:
        for failure in attempt.failures:
            if sum(map(len, by_goal.values())) < _FAILURES:
                by_goal[failure.goal].setdefault(failure.tactic, failure)
    return [Tried(goal, tuple(failures.values())) for goal, failures in by_goal.items() if failures]


def _why(record: HoleRecord, attempts: Sequence[Attempt]) -> str:
    if record.status is HoleStatus.CONDITIONAL:
        return f"its proof uses {', '.join(record.needs)}, which is open" if record.needs else ""
    if record.status is not HoleStatus.OPEN:
        return record.message
    if not attempts:
        return "nothing was tried yet"
    last, tactics = attempts[-1], sum(attempt.tactics for attempt in attempts)
    rounds = f"{tactics:,} tactics in {_counted(len(attempts), 'attempt')}"
    if last.stop == Stop.EXHAUSTED.value:
        return f"after {rounds} there was nothing left to try: another policy is what it needs"
    if last.stop == Stop.TACTICS.value:
        return f"the budget was used up after {rounds}"
    return f"the last attempt ended by: {last.stop}; {rounds} in all"


def _models(attempts: Sequence[Attempt]) -> list[ModelRow]:
    """The dearest first, then those with the most work."""
    groups: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        groups[attempt.policy].append(attempt)
    rows = [
        ModelRow(
            policy=policy,
            attempts=len(group),
            proved=Counter(attempt.outcome for attempt in group)[HoleStatus.PROVED],
            tactics=sum(attempt.tactics for attempt in group),
            seconds=sum(attempt.seconds for attempt in group),
            tokens=sum(attempt.tokens for attempt in group),
            usd=sum(attempt.usd for attempt in group),
        )
        for policy, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.usd, -row.tactics, row.policy))


def _lemmas(night: Night, names: dict[int, str]) -> list[LemmaView]:
    """The most helpful first."""
    found = [
        LemmaView(
            record, names.get(record.hole, ""), tuple(names[hole] for hole in record.helped if hole in names)
        )
        for record in night.lemmas
    ]
    return sorted(found, key=lambda lemma: (-len(lemma.helped), lemma.record.number))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
