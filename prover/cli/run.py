"""A run of `prover prove`: from the words of the command line to its exit status."""

from __future__ import annotations

import re
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console

from prover.cli import render
from prover.cli.library import Lending
from prover.cli.progress import Progress, make_progress
from prover.cli.signals import stopped_by_signals
from prover.cli.targets import Targets, find_targets
from prover.config import Settings
from prover.errors import INTERRUPTED, InputError
from prover.events import Consulted
from prover.lean.connect import gateway_factory
from prover.policy.specs import policy_factory
from prover.proving import (
    Complained,
    FileTrouble,
    Finished,
    HoleResult,
    Proving,
    ProvingEvent,
    Searching,
    Tally,
    require_writable,
)
from prover.search.recording import Recording
from prover.search.trace import read_trace, recording_of, write_event
from prover.types import Consultation

STDOUT = "-"

ALL_PROVED = 0
SOME_OPEN = 1
REFUSED = 2


def run(
    words: Sequence[str],
    names: Sequence[str],
    settings: Settings,
    write: bool,
    json_path: str | None,
    trace_path: str | None,
    resume_path: str | None,
    library_path: Path | None,
    as_theorems: bool,
    verbose: bool,
) -> int:
    """Answers the exit status. `library_path` is None for a run without the lemma library; `as_theorems`:
    lemmas that written proofs bring become theorems before them; `verbose`: what models are asked, and what
    they let see of their thinking, is shown. Raises `ProverError`."""
    policies = policy_factory(settings.policy, settings.seed, settings.models)
    targets = find_targets(words, names)
    _say_what_is_left_out(targets)
    if not targets.jobs:
        click.echo("nothing to prove", err=True)
        return REFUSED if targets.unreadable else ALL_PROVED
    if write:
        for job in targets.jobs:
            require_writable(job.source.path)
    total = sum(len(job.theorems) for job in targets.jobs)
    tally = Tally(total, refused=bool(targets.unreadable))
    pools = gateway_factory(settings.lean)
    recordings = _recordings(resume_path)  # before the trace, which may be the same file
    sources = [job.source for job in targets.jobs]
    with (
        _output("--json", json_path) as lines,
        _output("--trace", trace_path) as trace,
        Lending(library_path, sources) as lending,
    ):
        proving = Proving(targets.jobs, pools, lending.policies(policies), settings, write, recordings)
        status = _watch(proving, lending, tally, lines, trace, verbose)
        if as_theorems and status != INTERRUPTED:
            for trouble in lending.lift(pools):
                click.echo(f"prover: {trouble}", err=True)
        return status


def _watch(
    proving: Proving,
    lending: Lending,
    tally: Tally,
    lines: TextIO | None,
    trace: TextIO | None,
    verbose: bool,
) -> int:
    begun = time.monotonic()
    summary_to_stderr = lines is sys.stdout
    text = None if summary_to_stderr else Console()
    report = Report(tally, make_progress(tally), lines, trace, text, verbose)
    try:
        with (
            stopped_by_signals(proving.stop) as signals,
            report.progress,
            closing(proving.events()) as events,
        ):
            for event in events:
                for trouble in lending.see(event):
                    report.progress.note(f"prover: {trouble}", "red")
                report.tell(event)
    finally:
        click.echo(render.summary(tally, time.monotonic() - begun), err=summary_to_stderr)
    if signals:
        return INTERRUPTED
    if tally.refused:
        return REFUSED
    return ALL_PROVED if tally.proved == tally.total else SOME_OPEN


class Report:
    """Says what happens: results as JSON lines and as text, events as a trace, each where it is wanted, and
    the rest as progress."""

    def __init__(
        self,
        tally: Tally,
        progress: Progress,
        lines: TextIO | None,
        trace: TextIO | None,
        text: Console | None,
        verbose: bool,
    ) -> None:
        self._verbose = verbose
        self._told: set[tuple[str, str]] = set()
        self.progress = progress
        self._tally = tally
        self._lines = lines
        self._trace = trace
        self._text = text

    def tell(self, event: ProvingEvent) -> None:
        self._tally.count(event)
        self.progress.see(event)
        if isinstance(event, Searching) and self._trace is not None:
            write_event(self._trace, event.theorem, event.event)
        match event:
            case Searching(_, Consulted(_, consultation)):
                self._consulted(consultation)
            case Complained(file, complaint):
                self.progress.note(f"{file}:{complaint.position}: {complaint.message}", "red")
            case FileTrouble(file, message):
                where = "" if str(file) in message else f"{file}: "
                self.progress.note(f"prover: {where}{message}", "red")
            case Finished(result):
                with self.progress.aside():
                    self._result(result)

    def _consulted(self, consultation: Consultation) -> None:
        """A model's trouble, each kind once; with `verbose` all that there is to say."""
        kind = consultation.model, re.split(r"[:(]", consultation.trouble, maxsplit=1)[0]
        if consultation.trouble and kind not in self._told:
            self._told.add(kind)
            self.progress.note(f"prover: {consultation.model}: {consultation.trouble}", "red")
        if self._verbose and consultation.prompt:
            room = "".join(f"; no room for {what}" for what in consultation.left_out)
            self.progress.note(f"{consultation.model} · {consultation.prompt}{room}", "bold")
            if consultation.reasoning:
                self.progress.note(consultation.reasoning, "dim")

    def _result(self, result: HoleResult) -> None:
        if self._lines is not None:
            self._lines.write(render.as_json(result) + "\n")
            self._lines.flush()
        if self._text is None:
            return
        self._text.out(render.heading(result), style=render.STYLES[result.status], highlight=False)
        if result.declaration:
            self._text.out(result.declaration, highlight=False)
        self._text.out("")


def _say_what_is_left_out(targets: Targets) -> None:
    for error in targets.unreadable:
        click.echo(f"prover: {error}", err=True)
    for path in targets.without_holes:
        click.echo(f"{path}: no hole", err=True)


def _recordings(path: str | None) -> Mapping[str, deque[Recording]]:
    traced = {} if path is None else read_trace(Path(path))
    return {name: deque(map(recording_of, searches)) for name, searches in traced.items()}


def _output(option: str, path: str | None) -> AbstractContextManager[TextIO | None]:
    if path is None:
        return nullcontext()
    if path == STDOUT:
        return nullcontext(sys.stdout)
    try:
        return Path(path).open("w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError(f"{option} {path}: can't be written: {error.strerror}") from None
