"""The signs of life in a night's folder, for whoever looks in from outside.

night.lock       held by the driver while it works
heartbeat.json   rewritten every few seconds: what it is doing
stop             made by whoever wants it to end; the driver takes it away
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from prover.batch.store import now
from prover.errors import NightError

_LOCK, _HEARTBEAT, _STOP = "night.lock", "heartbeat.json", "stop"


@dataclass(frozen=True, slots=True)
class Doing:
    """What a worker is at. `since` is a moment of the night's clock, `tactics` those of this search."""

    worker: str
    what: str
    since: float
    tactics: int


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat. `at` is the night's clock, `when` the wall clock."""

    pid: int
    when: str
    at: float
    round: int
    doing: tuple[Doing, ...]


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the driver of the night. Raises `NightError` where another one is."""
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise NightError(f"{folder}: this night is at work already; `prover night status {folder}`") from None
    except OSError as error:
        raise NightError(f"{folder}: can't be written: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()


def is_at_work(folder: Path) -> bool:
    """Whether a driver holds the night."""
    if not (folder / _LOCK).exists():
        return False
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def beat(folder: Path, at: float, round_: int, doing: tuple[Doing, ...]) -> None:
    """Say that the driver is alive. Without room on the disk nothing is said: the store will tell of that."""
    content = asdict(Beat(os.getpid(), now(), round(at, 1), round_, doing))
    new = folder / f".{_HEARTBEAT}.new"
    with suppress(OSError):
        new.write_text(json.dumps(content) + "\n", encoding="utf-8")
        new.replace(folder / _HEARTBEAT)


def last_beat(folder: Path) -> Beat | None:
    try:
        told: dict[str, Any] = json.loads((folder / _HEARTBEAT).read_text(encoding="utf-8"))
        return Beat(**{**told, "doing": tuple(Doing(**each) for each in told["doing"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def ask_to_stop(folder: Path) -> None:
    try:
        (folder / _STOP).touch()
    except OSError as error:
        raise NightError(f"{folder}: can't be written: {error.strerror}") from None


def is_asked_to_stop(folder: Path) -> bool:
    return (folder / _STOP).exists()


def forget_to_stop(folder: Path) -> None:
    with suppress(OSError):
        (folder / _STOP).unlink(missing_ok=True)
