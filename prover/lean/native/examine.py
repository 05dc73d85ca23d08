"""What lean/ProverExamine.lean reports of two compiled files, in a Lean that runs no code of either."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.errors import LeanDied
from prover.lean.certificate import Foundation, user_name
from prover.lean.native.elaborate import FILE_SECONDS
from prover.lean.native.support import OWN
from prover.lean.native.texts import Mark
from prover.lean.native.workshop import Workshop

Range = tuple[Mark, Mark]


@dataclass(frozen=True, slots=True)
class Report:
    """`flaws` are what the proofs changed and the kernel's complaint. `foundations` has one for each
    declaration asked for. `before` and `after` tell where in the two texts declarations are."""

    flaws: tuple[str, ...]
    foundations: tuple[Foundation, ...]
    before: dict[str, Range]
    after: dict[str, Range]


def examine(workshop: Workshop, holes: Path, proofs: Path, declarations: Sequence[Range]) -> Report:
    """`declarations` are places in the file with proofs. Raises `LeanDied` and `LeanTimeout`."""
    file = proofs.with_name("report.json")
    places = [str(number) for start, end in declarations for number in (*start, *end)]
    arguments: list[str | Path] = ["--run", OWN / "ProverExamine.lean", holes, proofs, file, *places]
    ended = workshop.run(arguments, FILE_SECONDS)
    if ended.status != 0 or not file.is_file():
        said = " ".join((ended.errors + ended.output).split())[:400]
        raise LeanDied(f"Lean can't examine the compiled file (exit status {ended.status}): {said}")
    report = json.loads(file.read_text(encoding="utf-8"))
    kernel = [f"the kernel refuses it: {report['kernel']}"] if report["kernel"] else []
    return Report(
        flaws=(*report["differences"], *kernel),
        foundations=tuple(_foundation(entry) for entry in report["foundations"]),
        before=_ranges(report["before"]),
        after=_ranges(report["after"]),
    )


def _foundation(entry: dict[str, list[str]]) -> Foundation:
    """The constants that Lean made for a declaration are told by their names."""
    own = set(map(user_name, entry["declared"]))
    return Foundation(
        declared=tuple(entry["declared"]),
        flaws=(),
        axioms=tuple(entry["axioms"]),
        open=tuple(name for name in entry["open"] if user_name(name) not in own),
        unfinished=tuple(name for name in entry["open"] if user_name(name) in own),
    )


def _ranges(entries: dict[str, Any]) -> dict[str, Range]:
    return {name: ((range_[0], range_[1]), (range_[2], range_[3])) for name, range_ in entries.items()}
