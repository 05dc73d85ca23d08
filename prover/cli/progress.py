"""What a run is doing, on standard error: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from prover.events import Finished as SearchFinished
from prover.events import Opened, ProofFound, Tried
from prover.proving import ProvingEvent, Searching, Tally
from prover.types import Theorem
from prover.words import counted, duration


class Progress(Protocol):
    """A context manager: shown from its beginning to its end."""

    def __enter__(self) -> Progress: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def see(self, event: ProvingEvent) -> None: ...

    def note(self, text: str, style: str = "") -> None:
        """A line that stays."""
        ...

    def aside(self) -> AbstractContextManager[None]:
        """Out of the way while someone else writes on the terminal."""
        ...


def make_progress(tally: Tally) -> Progress:
    console = Console(stderr=True, highlight=False)
    live = sys.stderr.isatty() and not console.is_dumb_terminal
    return LiveProgress(console, tally) if live else PlainProgress(console, tally)


class PlainProgress:
    """A line for each search that begins."""

    def __init__(self, console: Console, tally: Tally) -> None:
        self._console = console
        self._tally = tally

    def __enter__(self) -> PlainProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def see(self, event: ProvingEvent) -> None:
        if isinstance(event, Searching) and isinstance(event.event, Opened) and event.event.visit == 1:
            theorem, tally = event.theorem, self._tally
            place = f"{theorem.file}:{theorem.hole.position}"
            self.note(f"[{tally.finished} of {tally.total} finished] trying {theorem.name} at {place}")

    def note(self, text: str, style: str = "") -> None:
        self._console.out(text, style=style, highlight=False)

    def aside(self) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass(slots=True)
class _Row:
    tactics: int = 0
    doing: str = ""


class LiveProgress:
    """The counts, and for each search under way its theorem, its number of tactics, and the last of them."""

    def __init__(self, console: Console, tally: Tally) -> None:
        self._console = console
        self._tally = tally
        self._begun = time.monotonic()
        self._searches: dict[Theorem, _Row] = {}
        self._live = Live(
            console=console,
            get_renderable=self._table,
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> LiveProgress:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def see(self, event: ProvingEvent) -> None:
        if not isinstance(event, Searching):
            return
        row = self._searches.setdefault(event.theorem, _Row())
        match event.event:
            case Tried(candidate=candidate):
                row.tactics += 1
                row.doing = candidate.tactic
            case ProofFound(text):
                row.doing = f"certifying {text}"
            case SearchFinished():
                del self._searches[event.theorem]

    def note(self, text: str, style: str = "") -> None:
        self._console.out(text, style=style, highlight=False)

    @contextmanager
    def aside(self) -> Iterator[None]:
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True, overflow="ellipsis", style="dim")
        tally, elapsed = self._tally, duration(time.monotonic() - self._begun)
        finished = f"{tally.finished} finished"
        table.add_row(Text(f"{tally.proved} of {tally.total} proved", "green"), finished, Text(elapsed))
        for theorem, row in list(self._searches.items()):
            doing = " ".join(row.doing.split())
            table.add_row(Text(theorem.name, "bold"), counted(row.tactics, "tactic"), Text(doing))
        if not self._searches:
            table.add_row(Text("waiting for Lean", "dim"))
        return table
