"""How a night comes to be, and who works on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lemmas.records import Standing
from lemmas.staleness import outdated
from lemmas.store import Library
from prover.batch.branch import Branch
from prover.batch.fleet import Fleet
from prover.batch.local import LocalFleet
from prover.batch.records import Plan
from prover.batch.replica import snapshot
from prover.batch.store import NightStore
from prover.batch.tasks import Equipment
from prover.errors import InputError
from prover.lean.source import Source
from prover.proving.tasks import Job

LIBRARY = "library.sqlite"
FIRST = 16
"""How many tactics a hole gets in the first round."""


def window_for(workers: int) -> int:
    """Wide enough that workers seldom wait for each other, and the same for a few of them."""
    return max(16, 4 * workers)


def begin(folder: Path, plan: Plan, jobs: Sequence[Job]) -> None:
    """Make the folder of a night. Raises `ProverError`, and leaves no night there."""
    sources = [job.source for job in jobs]
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"--out {folder}: holds other things; give a new or empty folder")
    if plan.branch is not None:
        Branch.planned(plan.branch, sources)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {folder}: can't be made: {error.strerror}") from None
    if plan.library is not None:
        _lend(Path(plan.library), sources, folder / LIBRARY)
    with NightStore.create(folder, plan, jobs):
        if plan.branch is not None:
            Branch.create(plan.branch, sources)


def fleet_for(folder: Path, plan: Plan) -> Fleet:
    """Whoever works on the night. Raises `ProverError`."""
    library = None if plan.library is None else folder / LIBRARY
    equipment = Equipment(
        plan.lean, plan.policy, plan.strategy, plan.seed, library, plan.memory, plan.models,
        folder.absolute() if plan.learn else None,
    )  # fmt: skip
    if plan.ray is None:
        return LocalFleet(equipment)
    from prover.batch.cluster import RayFleet  # late: Ray is heavy

    return RayFleet(plan.ray, equipment)


def _lend(path: Path, sources: Sequence[Source], copy: Path) -> None:
    """Keep the library as it is now, for the night to learn from."""
    with Library.open(path) as library:
        for source in sources:
            stale = outdated(library, source)
            if stale:
                library.mark(stale, Standing.STALE)
        snapshot(library, copy)
