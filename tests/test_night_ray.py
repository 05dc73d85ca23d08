"""A night on a Ray cluster of several nodes, one of which goes away in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from night_help import plan

from lemmas.store import Library
from prover.batch.cluster import RayFleet
from prover.batch.heart import held
from prover.batch.records import HoleStatus, Limits
from prover.batch.replica import snapshot
from prover.batch.shift import Changed, Shift
from prover.batch.store import NightStore, read_night
from prover.batch.tasks import Equipment
from prover.errors import LeanUnavailable
from prover.lean.source import parse_source
from prover.proving.tasks import Job

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default"), pytest.mark.timeout(900)]

FILE = "opaque secret : Nat → Nat\n" + "\n".join(
    f"theorem swap_{n} (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n"
    f"theorem never_{n} (n : Nat) (h : ∀ n, secret (n + 1) = secret n) : secret n = {n + 1} := by\n  sorry"
    for n in range(4)
)


@pytest.fixture
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    made: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    yield made
    made.shutdown()


def test_a_node_that_goes_away_costs_no_proof(cluster: Any, tmp_path: Path) -> None:
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    folder, source = tmp_path / "n", parse_source(tmp_path / "A.lean", FILE.encode())
    with Library.open(tmp_path / "l.sqlite") as library:
        snapshot(library, tmp_path / "library.sqlite")
    equipment = Equipment("embedded", "fixed", "best-first", 0, tmp_path / "library.sqlite", 2**33)
    asked = plan(workers=2, limits=Limits(tactics=160))
    with NightStore.create(folder, asked, [Job(source, source.theorems)]) as store, held(folder):
        shift = Shift(store, RayFleet(cluster.address, equipment))
        for event in shift.events():
            if nodes and isinstance(event, Changed):
                cluster.remove_node(nodes.pop(), allow_graceful=False)
                nodes.clear()
    night = read_night(folder)
    proved = [hole.name for hole in night.holes if hole.status is HoleStatus.PROVED]
    assert proved == [f"swap_{n}" for n in range(4)]
    assert any(event.what == "died" for event in night.events)
    assert sum(attempt.tactics for attempt in night.attempts) == 160


def test_a_cluster_that_is_not_there_is_one_clear_line() -> None:
    equipment = Equipment("embedded", "fixed", "best-first", 0, None, 2**33)
    with pytest.raises(LeanUnavailable, match=r"--ray 127\.0\.0\.1:1: no such cluster"):
        RayFleet("127.0.0.1:1", equipment)
