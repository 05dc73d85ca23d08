"""A process that answers a JSON line with a JSON line, LeanDojo's protocol: each answer begins with `REPL> `.

Reads as much as there is at a time and hands out whole lines. Everything that the process says beside its
answers (warnings of its runtime, a crash's last words) is kept, the latest of it, for error messages.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prover.errors import LeanDied, LeanTimeout, LeanUnavailable

PROMPT = b"REPL> "
KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
"""The exit statuses of a process that was killed, itself or as the child of `lake env`."""
_CHUNK = 1 << 16
_LAST_WORDS = 4000
_LAST_MOMENT = 1.0


class LineProcess:
    """`send` and `receive` raise `LeanDied` when the process is gone, which then is dead for good.

    They are for one thread; `kill` is for any, and what waits for an answer then gets `LeanDied`.
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path | None = None) -> None:
        try:
            self._process = subprocess.Popen(
                list(command),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,  # Ctrl-C is for us to handle, and `kill` takes all its children along
            )
        except OSError as error:
            raise LeanUnavailable(f"cannot start {command[0]}: {error.strerror}") from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._readable = select.poll()
        self._readable.register(self._stdout, select.POLLIN | select.POLLHUP)
        self._buffer = bytearray()
        self._in_use = threading.Lock()
        self.chatter = ""
        self.alive = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, line: str) -> None:
        data = line.encode() + b"\n"
        with self._in_use:
            try:
                while data:
                    data = data[os.write(self._stdin.fileno(), data) :]
            except (OSError, ValueError) as error:
                raise self._died() from error

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        """The next answer. Past `seconds` the process is killed and `LeanTimeout` raised."""
        deadline = None if seconds is None else time.monotonic() + seconds
        with self._in_use:
            while not (line := self._line(deadline)).startswith(PROMPT):
                self.chatter = (self.chatter + line.decode(errors="replace"))[-_LAST_WORDS:]
            try:
                answer = json.loads(line[len(PROMPT) :])
            except ValueError as error:
                raise self._died(f"it answered {line[:80]!r}") from error
            if not isinstance(answer, dict):
                raise self._died(f"it answered {line[:80]!r}")
            return answer

    def kill(self) -> None:
        """Ends the process and its children; harmless when they are gone."""
        self._end()
        if self._in_use.acquire(blocking=False):  # else whoever waits for an answer cleans up
            self._close_pipes()
            self._in_use.release()

    def _line(self, deadline: float | None) -> bytes:
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            self._buffer += self._chunk(deadline)
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def _chunk(self, deadline: float | None) -> bytes:
        if not self.alive:
            raise self._died()
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if left == 0 or not self._readable.poll(left):  # one that never stops talking does not answer either
            self._end()
            self._close_pipes()
            raise LeanTimeout
        chunk = os.read(self._stdout.fileno(), _CHUNK)
        if not chunk:
            raise self._died()
        return chunk

    def _died(self, why: str = "") -> LeanDied:
        if not why:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LAST_MOMENT)  # its own end says more than ours
        code = self._process.poll()
        self._end()
        self._close_pipes()
        if code is None:
            how = why or "it closed its output"
        else:
            how = why or (signal.Signals(-code).name if code < 0 else f"exit status {code}")
        last = self.chatter.strip().splitlines()
        message = f"Lean died ({how})" + (f": {last[-1]}" if last else "")
        return LeanDied(message, killed=not why and code in KILLED)

    def _end(self) -> None:
        self.alive = False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _close_pipes(self) -> None:
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                pipe.close()
