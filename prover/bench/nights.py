"""Disturb whole nights: kill workers, Leans and drivers at random moments, fill the disk, let the clock jump.
What is found must be what is found undisturbed.

    for seen in endure(runs=100, workers=2, seed=0):
        ...

A night is limited by tactics, so its steps are the same however often it is cut off. Each is resumed until it
ends by itself.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

import prover
from prover.batch.records import HoleStatus, Limits, Night, Plan
from prover.batch.start import FIRST, begin, window_for
from prover.batch.store import read_night
from prover.bench.kills import PROBLEMS
from prover.bench.night_session import Session
from prover.lean.connect import gateway_factory
from prover.lean.source import parse_source, read_source
from prover.proving.tasks import Job
from prover.types import Hole, Standing

TACTICS = 120
KINDS = ("worker", "lean", "driver", "disk", "clock")
_MORE = """
theorem turn_turn (xs : List Nat) : turn (turn xs) = xs := by
  sorry

theorem both (n : Nat) : double n = n + n ∧ 0 ≤ n := by
  constructor
  · sorry
  · sorry
"""
_FALSE = "false"
_GRACE = 10.0  # seconds that processes have to disappear
_LONGEST = 600.0  # seconds of one night
_MOST = 4  # disturbances of one night


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one night.

    `done` counts what was done to it. `lost` and `other` name holes that are proved when undisturbed, and
    here are not, or otherwise; `aside` those that were set aside because their workers were killed too often.
    `wrong` name holes whose proof Lean does not certify, or that are false. `twice` counts those that were
    proved more than once, `left` processes that outlived the night; `written` says whether the user's file
    holds the proofs. `ended`: it came to its end.
    """

    done: Counter[str]
    sessions: int
    seconds: float
    tactics: int
    proved: int
    lost: tuple[str, ...]
    other: tuple[str, ...]
    aside: tuple[str, ...]
    wrong: tuple[str, ...]
    twice: int
    left: int
    written: bool
    ended: bool

    @property
    def is_sound(self) -> bool:
        whole = self.written and self.ended
        return whole and not (self.lost or self.wrong or self.twice or self.left)


def endure(runs: int, workers: int, seed: int) -> Generator[Seen, None, None]:
    """A night in peace, and then so many that are disturbed. Raises `ProverError`."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as root:
        peace = _prepare(Path(root) / "peace", workers)
        yield _run(peace, None, random.Random(0), [])
        expected = read_night(peace)
        for number in range(runs):
            folder = _prepare(Path(root) / f"night-{number}", workers)
            wishes = [draw.choice(KINDS) for _ in range(draw.randint(1, _MOST))]
            yield _run(folder, expected, random.Random(draw.random()), wishes)


def _prepare(folder: Path, workers: int) -> Path:
    project = folder / "Problems.lean"
    folder.mkdir(parents=True)
    project.write_text(PROBLEMS + _MORE, encoding="utf-8")
    source = parse_source(project, project.read_bytes())
    plan = Plan(
        paths=(str(project),),
        folder=str(folder),
        policy="fixed",
        strategy="best-first",
        seed=0,
        lean="embedded",
        workers=workers,
        ray=None,
        first=FIRST,
        window=window_for(workers),
        memory=3 * 2**30,
        library=str(folder / "lemmas.sqlite"),
        write=True,
        branch=None,
        limits=Limits(until=time.time() + 86400, tactics=TACTICS),
        prover=prover.__version__,
    )
    begin(folder / "night", plan, [Job(source, source.theorems)])
    return folder / "night"


def _run(folder: Path, expected: Night | None, draw: random.Random, wishes: list[str]) -> Seen:
    done: Counter[str] = Counter()
    family: set[psutil.Process] = set()
    begun = time.monotonic()
    sessions, over = 0, False
    while not over and time.monotonic() - begun < _LONGEST:
        sessions += 1
        session = Session(folder, draw.randrange(2**30) if "clock" in wishes else None)
        while session.works and time.monotonic() - begun < _LONGEST:
            session.wait(draw.uniform(0.2, 6.0) if wishes else 1.0)
            if wishes and session.works:
                done[_disturb(wishes.pop(), session, draw)] += 1
        session.end()
        family |= session.family
        over = session.is_over()
    left = _left(family)
    return _seen(read_night(folder), expected, done, sessions, time.monotonic() - begun, left, over)


def _disturb(kind: str, session: Session, draw: random.Random) -> str:
    """Do it, and say what was done: where there is no Lean or worker yet, the driver is killed."""
    if kind == "disk":
        session.fill_disk()
    elif kind != "clock":
        found = {"worker": session.workers(), "lean": session.leans()}.get(kind, [])
        kind = kind if found else "driver"
        with suppress(psutil.Error):
            draw.choice(found or [session.process]).kill()
    return kind


def _left(family: set[psutil.Process]) -> int:
    _, alive = psutil.wait_procs(family, timeout=_GRACE)
    return len(alive)


def _seen(
    night: Night,
    expected: Night | None,
    done: Counter[str],
    sessions: int,
    seconds: float,
    left: int,
    ended: bool,
) -> Seen:
    here, there = _proofs(night), _proofs(expected or night)
    aside = {hole.name for hole in night.holes if hole.status is HoleStatus.ASIDE}
    return Seen(
        done=done,
        sessions=sessions,
        seconds=seconds,
        tactics=sum(attempt.tactics for attempt in night.attempts),
        proved=len(here),
        lost=tuple(f"{name}" for (name, _) in there.keys() - here.keys() if name not in aside),
        other=tuple(name for name, place in here if there.get((name, place)) != here[name, place]),
        aside=tuple(sorted(aside)),
        wrong=tuple(_wrong(night)),
        twice=(night.solved[-1].solved if night.solved else 0) - len(here),
        left=left,
        written=_is_written(night),
        ended=ended,
    )


def _proofs(night: Night) -> dict[tuple[str, int], str]:
    """By name and place."""
    return {
        (hole.name, hole.place): hole.proof or "" for hole in night.holes if hole.status is HoleStatus.PROVED
    }


def _wrong(night: Night) -> Iterator[str]:
    """The proved holes that are false, and those whose proof does not stand beside the others."""
    (file,) = night.files
    source = parse_source(file.path, file.raw)
    proofs: dict[Hole, str] = {
        source.theorems[place].hole: proof for (_, place), proof in _proofs(night).items()
    }
    with closing(gateway_factory("embedded")()) as pool:
        verdicts = pool.for_source(source).certify(source, proofs) if proofs else {}
    for name, place in _proofs(night):
        standing = verdicts[source.theorems[place].hole].standing
        if name.startswith(_FALSE) or standing is not Standing.CERTIFIED:
            yield name


def _is_written(night: Night) -> bool:
    """Whether the user's file has exactly the proved holes filled."""
    (file,) = night.files
    open_ = [hole.name for hole in night.holes if hole.status is not HoleStatus.PROVED]
    return [theorem.name for theorem in read_source(file.path).theorems] == open_
