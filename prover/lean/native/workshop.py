"""A private folder for temporary copies, and the processes that work on them: one to talk with, one that runs
to its end.

Nothing is written into the user's folders. `close` ends the processes and removes the folder; it may come
from another thread, and whatever waits then gets a `ProverError`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import LeanDied, LeanKeepsDying, LeanTimeout, LeanUnavailable
from prover.lean.native.place import Place
from prover.lean.transport import KILLED, LineProcess

MODULE = "ProverFile"
"""What a temporary copy is called; Lean makes the names of private declarations from it."""


@dataclass(frozen=True, slots=True)
class Ended:
    status: int
    output: str
    errors: str


class Workshop:
    def __init__(self, place: Place, memory_megabytes: int) -> None:
        self.place = place
        self._limits = [f"--memory={memory_megabytes}", "--threads=1"]
        self._folder = tempfile.TemporaryDirectory(prefix="prover-")  # for us alone: mode 0700
        self._copies = 0
        self._lock = threading.Lock()
        self._talking: LineProcess | None = None
        self._running: _Batch | None = None
        self._closed = False

    def copy(self, text: str) -> Path:
        """A new file with this text, in a new folder."""
        with self._lock:
            self._require_open()
            self._copies += 1
            file = Path(self._folder.name) / str(self._copies) / f"{MODULE}.lean"
            file.parent.mkdir()
            file.write_text(text, encoding="utf-8", newline="\n")
            return file

    def sweep(self, kept: Path | None) -> None:
        """Remove the copies but the one in whose folder `kept` is. A Lean that talks has read its own."""
        with self._lock:
            self._require_open()
            for folder in Path(self._folder.name).iterdir():
                if kept is None or folder != kept.parent:
                    shutil.rmtree(folder)

    def run(
        self, arguments: Sequence[str | Path], seconds: float, library: Path | None = None, lake: bool = True
    ) -> Ended:
        """Run Lean to its end; `lake=False` without the package. Raises `LeanDied`, `LeanTimeout`."""
        place = self.place if lake else Place(self.place.lean, self.place.folder, in_package=False)
        command = place.command([*self._limits, *arguments])
        with self._lock:
            self._require_open()
            self._running = process = _Batch(command, place.environment(library), place.folder)
        try:
            return process.wait(seconds)
        except LeanDied:
            self._require_open()
            raise
        finally:
            self._running = None

    def talk(self, arguments: Sequence[str | Path], library: Path) -> LineProcess:
        """Start a Lean to talk with; the last one ends."""
        command = self.place.command([*self._limits, *arguments])
        with self._lock:
            self._require_open()
            self._hang_up()
            self._talking = LineProcess(command, self.place.environment(library), self.place.folder)
            return self._talking

    def hang_up(self) -> None:
        """End the Lean that was talked with."""
        with self._lock:
            self._hang_up()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._hang_up()
            if self._running is not None:
                self._running.kill()
            self._folder.cleanup()

    def _hang_up(self) -> None:
        if self._talking is not None:
            self._talking.kill()
            self._talking = None

    def _require_open(self) -> None:
        if self._closed:
            raise LeanKeepsDying("Lean was closed")


class _Batch:
    """A process that is waited for. `kill` takes its children along, and may come from any thread."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], folder: Path) -> None:
        try:
            self._process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise LeanUnavailable(f"cannot start {command[0]}: {error.strerror}") from error

    def wait(self, seconds: float) -> Ended:
        try:
            output, errors = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise LeanTimeout(f"Lean did not finish in {seconds:g} s") from error
        finally:
            self.kill()
            self._process.communicate()
        status = self._process.returncode
        if status < 0 or status in KILLED:
            last = errors.strip().splitlines()[-1:]
            name = signal.Signals(-status if status < 0 else status - 128).name
            raise LeanDied(": ".join([f"Lean died ({name})", *last]), killed=status in KILLED)
        return Ended(status, output, errors)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
