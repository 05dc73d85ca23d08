"""What the next hour would best be spent on: open holes, those that promise most for their price first.

An hour is what a resumed night would do in one: a hole that stays open costs twice its last budget. What
speaks for a hole are goals that became fewer, proofs that wait for it, and neighbours that were proved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from prover.batch.records import Attempt, HoleRecord, HoleStatus, Night
from prover.types import Stop

_MOST = 12
_HOUR = 3600.0
_NO_MORE = 0.1
"""What is left of the promise of a hole on which its policy has nothing more to propose."""
_FIRST_TACTICS_A_SECOND = 5.0
"""Where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Advice:
    """`hole` is the number of one, `reasons` what speaks for it. `seconds` are those of one worker that the
    next attempt will take, 0 where more of the same is of no use; `in_time`: it fits in the next hour, after
    those before it."""

    hole: int
    name: str
    todo: str
    reasons: tuple[str, ...]
    tactics: int
    seconds: float
    in_time: bool


@dataclass(frozen=True, slots=True)
class _Ranked:
    record: HoleRecord
    worth: float
    reasons: tuple[str, ...]
    tactics: int
    exhausted: bool


def advice_for(night: Night) -> tuple[Advice, ...]:
    """The best first, at most a dozen; empty when nothing is open."""
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in night.attempts:
        attempts[attempt.hole].append(attempt)
    waiting = _waiting(night)
    shares = _shares(night)
    ranked = [
        _ranked(
            record, attempts[record.number], waiting.get(record.name, ()), shares[record], night.plan.first
        )
        for record in night.holes
        if record.status in (HoleStatus.OPEN, HoleStatus.ASIDE)
    ]
    ranked.sort(key=lambda each: (-each.worth, each.record.number))
    return tuple(_within_an_hour(ranked[:_MOST], night))


def _within_an_hour(ranked: Sequence[_Ranked], night: Night) -> list[Advice]:
    worked = sum(attempt.seconds for attempt in night.attempts)
    rate = (
        sum(attempt.tactics for attempt in night.attempts) / worked if worked > 0 else _FIRST_TACTICS_A_SECOND
    )
    workers = night.sessions[-1].workers if night.sessions else night.plan.workers
    left, found = _HOUR * workers, []
    for each in ranked:
        useful = not each.exhausted and each.record.status is HoleStatus.OPEN
        seconds = each.tactics / rate if useful and rate > 0 else 0.0
        left -= seconds
        found.append(
            Advice(
                hole=each.record.number,
                name=each.record.name,
                todo=_todo(each),
                reasons=each.reasons,
                tactics=each.tactics if useful else 0,
                seconds=seconds,
                in_time=useful and left >= 0,
            )
        )
    return found


def _todo(each: _Ranked) -> str:
    if each.record.status is HoleStatus.ASIDE:
        return "look at what kills its worker; more memory for a worker may help"
    if each.exhausted:
        return "another policy, or a lemma by hand: this one has nothing more to propose"
    return f"{each.tactics:,} more tactics"


def _ranked(
    record: HoleRecord,
    attempts: Sequence[Attempt],
    waiting: Sequence[str],
    share: tuple[int, int],
    first: int,
) -> _Ranked:
    last = attempts[-1] if attempts else None
    best = min((len(attempt.goals) for attempt in attempts if attempt.partial is not None), default=0)
    exhausted = last is not None and last.stop == Stop.EXHAUSTED.value
    tactics = first if last is None else 2 * last.budget
    reasons: list[str] = []
    chance = 0.15
    if best:
        chance = 0.5 / best
        reasons.append("one goal is left" if best == 1 else f"{best} goals are left of a partial proof")
    if _came_nearer(attempts):
        chance *= 1.5
        reasons.append("each larger budget came nearer")
    if last is None:
        reasons.append("nothing was tried yet")
    solved, others = share
    if others >= 3 and 2 * solved >= others:
        chance *= 1 + solved / others
        reasons.append(f"{solved} of {others} others of its file are proved")
    if waiting:
        reasons.append(
            f"the proof of {', '.join(waiting[:3])}{' and others' * (len(waiting) > 3)} waits for it"
        )
    if exhausted:
        chance *= _NO_MORE
        reasons.append("its policy had nothing more to propose")
    if record.status is HoleStatus.ASIDE:
        chance *= _NO_MORE
        reasons.append("it kept killing its worker")
    worth = chance * (1 + len(waiting)) / max(1, tactics)
    return _Ranked(record, worth, tuple(reasons) or ("no attempt came any further",), tactics, exhausted)


def _came_nearer(attempts: Sequence[Attempt]) -> bool:
    """Whether the goals left became fewer with every attempt that had a partial proof, of two at least."""
    left = [len(attempt.goals) for attempt in attempts if attempt.partial is not None]
    return len(left) > 1 and all(later < earlier for earlier, later in pairwise(left))


def _waiting(night: Night) -> dict[str, list[str]]:
    """The theorems whose proofs use an open one, by the name of that."""
    found: dict[str, list[str]] = defaultdict(list)
    for record in night.holes:
        if record.status is HoleStatus.CONDITIONAL:
            for name in record.needs:
                if record.name not in found[name]:
                    found[name].append(record.name)
    return found


def _shares(night: Night) -> dict[HoleRecord, tuple[int, int]]:
    """For each hole, how many others of its file are proved, and how many there are."""
    files: dict[object, list[HoleRecord]] = defaultdict(list)
    for record in night.holes:
        files[record.file].append(record)
    proved = {file: sum(r.status is HoleStatus.PROVED for r in records) for file, records in files.items()}
    return {
        record: (proved[record.file] - (record.status is HoleStatus.PROVED), len(files[record.file]) - 1)
        for record in night.holes
    }
