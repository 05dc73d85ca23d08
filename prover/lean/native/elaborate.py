"""A file through a fresh native Lean, from beginning to end: what Lean says of it, and what it compiles."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError, LeanDied
from prover.lean.certificate import Message
from prover.lean.native.workshop import Ended, Workshop

FILE_SECONDS = 600.0
"""The wall limit for one file; Lean's own heartbeats end a command long before."""

_MISSING = re.compile(
    r"unknown (?:module prefix|package) ['`]([^'`]+)['`]|object file .* of module (\S+) does not exist"
)


@dataclass(frozen=True, slots=True)
class Elaborated:
    """`compiled` is the .olean file, which there is of a file without errors."""

    messages: tuple[Message, ...]
    compiled: Path | None

    @property
    def errors(self) -> list[Message]:
        return [message for message in self.messages if message.is_error]


def elaborate(workshop: Workshop, text: str, library: Path | None = None) -> Elaborated:
    """Raises `InputError` when Lean or Lake does not come to the file, `LeanDied` and `LeanTimeout`."""
    file = workshop.copy(text)
    olean = file.with_suffix(".olean")
    arguments: list[str | Path] = ["--json", "-R", file.parent, "-o", olean, file]
    ended = workshop.run(arguments, FILE_SECONDS, library)
    elaborated = Elaborated(tuple(_messages(ended.output)), olean if olean.is_file() else None)
    if not elaborated.errors and elaborated.compiled is None:
        raise _failure(workshop, ended)
    for message in elaborated.errors:
        if missing := _MISSING.search(message.text):
            raise _unknown_import(workshop, missing[1] or missing[2], message.text)
    return elaborated


def _messages(output: str) -> Iterator[Message]:
    """What Lean printed under `--json`: a message a line. Other lines are what the file's code printed."""
    for line in output.splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            entry = json.loads(line)
            where = entry["pos"]
            yield Message(entry["severity"], where["line"], where["column"], entry["data"].rstrip("\n"))


def _failure(workshop: Workshop, ended: Ended) -> InputError | LeanDied:
    place = workshop.place
    said = [line.strip() for line in (ended.errors + ended.output).splitlines() if line.strip()]
    why = next((line for line in said if "error" in line.lower()), said[-1] if said else "it says nothing")
    command = "lake env lean" if place.in_package else "lean"
    message = f"`{command}` fails in {place.folder} (exit status {ended.status}): {why}"
    return InputError(message) if ended.status else LeanDied(message)


def _unknown_import(workshop: Workshop, module: str, said: str) -> InputError:
    place = workshop.place
    first = said.splitlines()[0]
    cure = f"`lake build {module}` compiles one of the package" if place.in_package else "it has no package"
    return InputError(f"unknown import {module}: Lean does not find it from {place.folder} ({first}); {cure}")
