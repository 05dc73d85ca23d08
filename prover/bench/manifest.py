"""What a run is about to measure, with which code, on which machine."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import psutil

import lemmas
import prover
from prover.bench.problems import Problem, fingerprint
from prover.bench.store import Manifest, Question
from prover.fingerprint import CODE, WEIGHTS, fingerprint_of


def manifest_of(
    problems: Sequence[Problem],
    policies: Sequence[str],
    strategies: Sequence[str],
    seeds: int,
    budgets: Sequence[int],
    seconds: float | None,
    lean: str,
    jobs: int,
    library: str = "",
) -> Manifest:
    return Manifest(
        prover=prover.__version__,
        code=_fingerprint_of_code(),
        files={problem.set: fingerprint(problem.source) for problem in problems},
        questions=tuple(map(_question, problems)),
        policies=tuple(policies),
        strategies=tuple(strategies),
        seeds=seeds,
        budgets=tuple(budgets),
        seconds=seconds,
        lean=lean,
        about={
            "begun": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "paths": {problem.set: str(problem.source.path.resolve()) for problem in problems},
            "jobs": jobs,
            "python": platform.python_version(),
            "system": platform.platform(),
            "processors": os.cpu_count(),
            "memory_bytes": psutil.virtual_memory().total,
            "arguments": sys.argv[1:],
        },
        library=library,
    )


def _question(problem: Problem) -> Question:
    needs = None if problem.needs is None else tuple(sorted(problem.needs))
    return Question(problem.id, problem.set, problem.true, needs, problem.repeats)


def _fingerprint_of_code() -> str:
    """Of what can change a result: both packages but for the commands and what draws and counts."""
    packages = (Path(prover.__file__).parent, Path(lemmas.__file__).parent)
    return fingerprint_of(packages, (*CODE, WEIGHTS), left_out=("cli", "bench"))
