"""One session of a night in a process of its own, to be disturbed.

python -m prover.bench.night_session DIR [SEED]     # with a seed, its wall clock jumps
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from prover.batch.heart import held
from prover.batch.shift import Shift
from prover.batch.start import fleet_for
from prover.batch.store import NightStore, read_night
from prover.errors import ProverError

_DAY = 86400.0
_OFTEN = 0.02  # how probable a jump is each time the clock is looked at


class Session:
    """`family` are all processes that it has started so far, as far as they were seen."""

    def __init__(self, folder: Path, clock: int | None) -> None:
        self._folder = folder
        words = [sys.executable, "-m", "prover.bench.night_session", str(folder)]
        with (folder / "session.log").open("ab") as log:
            self._popen = subprocess.Popen(
                words if clock is None else [*words, str(clock)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.process = psutil.Process(self._popen.pid)
        self.family = {self.process}

    @property
    def works(self) -> bool:
        return self._popen.poll() is None

    def wait(self, seconds: float) -> None:
        """So long, or until it has ended."""
        deadline = time.monotonic() + seconds
        while self.works and time.monotonic() < deadline:
            self.family |= set(self.children())
            time.sleep(0.05)

    def children(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            return self.process.children(recursive=True)
        return []

    def workers(self) -> list[psutil.Process]:
        return [each for each in self.children() if says(each, "multiprocessing.spawn")]

    def leans(self) -> list[psutil.Process]:
        return [each for each in self.children() if says(each, "restore")]

    def fill_disk(self) -> None:
        """From now on no file of the driver can grow."""
        with suppress(psutil.Error):
            self.process.rlimit(psutil.RLIMIT_FSIZE, (0, 0))

    def end(self) -> None:
        if self.works:
            self._popen.kill()
        self._popen.wait()

    def is_over(self) -> bool:
        """Whether the night has come to its own end."""
        last = read_night(self._folder).sessions[-1:]
        return bool(last) and last[0].why in ("the tactics are spent", "all holes are done")


def jumping(seed: int) -> Callable[[], float]:
    """A wall clock that is set to another time now and then."""
    draw = random.Random(seed)
    shift = 0.0

    def clock() -> float:
        nonlocal shift
        if draw.random() < _OFTEN:
            shift = draw.uniform(-2 * _DAY, 2 * _DAY)
        return time.time() + shift

    return clock


def work(folder: Path, wall: Callable[[], float]) -> None:
    with held(folder), NightStore.open(folder) as store:
        for event in Shift(store, fleet_for(folder, store.plan), wall=wall).events():
            print(event, flush=True)


def says(process: psutil.Process, word: str) -> bool:
    """Whether its command line does."""
    with suppress(psutil.Error):
        return any(word in part for part in process.cmdline())
    return False


if __name__ == "__main__":
    try:
        work(Path(sys.argv[1]), jumping(int(sys.argv[2])) if len(sys.argv) > 2 else time.time)
    except ProverError as error:
        sys.exit(f"prover: {error}")
