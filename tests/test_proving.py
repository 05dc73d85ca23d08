"""The driver: in which order holes are tried, what becomes of them, and that nothing found is lost."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from toy import ToyPolicy, ToyPool, claim

from prover.config import Settings
from prover.errors import InputError, LeanKeepsDying
from prover.events import Tried
from prover.lean.source import read_source
from prover.policy.protocols import Priced
from prover.proving import (
    Complained,
    FileTrouble,
    Finished,
    HoleResult,
    Job,
    Proving,
    ProvingEvent,
    Searching,
    require_writable,
)
from prover.search.trace import read_trace, recording_of, write_event
from prover.types import Candidate, Goal, Status, Stop, Theorem

FEW = Settings(tactics=20, seconds=1000)


def job(folder: Path, text: str, name: str = "a.lean") -> Job:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    source = read_source(path)
    return Job(source, tuple(source.theorems))


class Pools:
    """A factory that keeps what it made."""

    def __init__(self) -> None:
        self.made: list[ToyPool] = []

    def __call__(self) -> ToyPool:
        self.made.append(ToyPool())
        return self.made[-1]


def proving(*jobs: Job, settings: Settings = FEW, write: bool = False, pools: Pools | None = None) -> Proving:
    return Proving(jobs, pools or Pools(), ToyPolicy, settings, write)


def results(events: Iterable[ProvingEvent]) -> list[HoleResult]:
    return [event.result for event in events if isinstance(event, Finished)]


def untimed(result: HoleResult) -> HoleResult:
    return replace(result, statistics=replace(result.statistics, seconds=0.0, policy_seconds=0.0))


def statuses(events: Iterable[ProvingEvent]) -> dict[str, Status]:
    return {result.theorem.name: result.status for result in results(events)}


def test_a_proved_hole_has_its_proof_its_declaration_and_what_it_took(tmp_path: Path) -> None:
    work = job(tmp_path, "theorem a : Easy := by\n  sorry\n")
    (result,) = results(proving(work).events())
    assert (result.status, result.stop, result.proof) == (Status.PROVED, Stop.PROVED, "easy")
    assert result.declaration == "theorem a : Easy := by\n  easy"
    assert (result.axioms, result.assumes) == (("propext",), ())
    assert (result.statistics.tactics, result.statistics.expansions) == (2, 1)
    assert result.statistics.lean_seconds == 0.25
    assert (result.lean, result.policy) == ("toy 1", "toy")


def test_each_way_for_a_hole_to_end(tmp_path: Path) -> None:
    text = """theorem easy : Easy := by sorry
theorem hard : Hard := by sorry
theorem dead : Dead := by sorry
theorem broken : Broken := by sorry
theorem fault : Fault := by sorry
def data : Data := sorry
theorem last : Easy := by sorry
"""
    found = {result.theorem.name: result for result in results(proving(job(tmp_path, text)).events())}
    assert {name: (result.status, result.stop) for name, result in found.items()} == {
        "easy": (Status.PROVED, Stop.PROVED),
        "hard": (Status.OPEN, Stop.TACTICS),
        "dead": (Status.OPEN, Stop.EXHAUSTED),
        "broken": (Status.ERROR, Stop.LEAN),
        "fault": (Status.ERROR, Stop.LEAN),
        "data": (Status.INVALID, Stop.INVALID),
        "last": (Status.PROVED, Stop.PROVED),
    }
    assert found["broken"].message == "Lean died"
    assert found["fault"].message == "KeyError: 'fault'"
    assert found["data"].message == "it stands for data"
    assert found["hard"].proof is None and found["hard"].declaration == ""


def test_no_try_spends_more_than_the_budget_of_its_hole(tmp_path: Path) -> None:
    text = "theorem a : Hard := by sorry\ntheorem b : Hard := by sorry\n"
    work = proving(job(tmp_path, text), settings=Settings(tactics=10, seconds=1000))
    events = list(work.events())
    assert {event.theorem.name for event in events if isinstance(event, Searching)} == {"a", "b"}
    assert [result.statistics.tactics for result in results(events)] == [10, 10]


def test_both_tries_of_a_hole_together_keep_to_its_tokens(tmp_path: Path) -> None:
    class Costly(ToyPolicy):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
            return [Priced(each, 100, 0.02) for each in super().propose(theorem, goals, n)]

    text = "theorem a : Hard := by sorry\ntheorem b : Hard := by sorry\n"
    settings = Settings(tactics=10_000, tokens=1000, seconds=1000)
    run = Proving([job(tmp_path, text)], Pools(), Costly, settings)
    first, second = results(run.events())
    assert (first.stop, first.statistics.tokens) == (Stop.TOKENS, 1000)
    assert second.stop is Stop.TOKENS and 1000 <= second.statistics.tokens <= 1100
    assert second.statistics.usd == pytest.approx(second.statistics.tokens * 0.0002)


def test_a_proof_from_a_theorem_that_is_proved_is_proved(tmp_path: Path) -> None:
    text = "theorem a : Easy := by sorry\ntheorem b : Uses a := by sorry\n"
    found = results(proving(job(tmp_path, text)).events())
    assert [(result.theorem.name, result.status) for result in found] == [
        ("a", Status.PROVED),
        ("b", Status.PROVED),
    ]
    assert found[1].proof == "use a"


def test_a_proof_from_an_open_theorem_is_conditional_and_told_last(tmp_path: Path) -> None:
    text = "theorem a : Hard := by sorry\ntheorem b : Uses a := by sorry\ntheorem c : Easy := by sorry\n"
    found = results(proving(job(tmp_path, text)).events())
    assert [(result.theorem.name, result.status, result.assumes) for result in found] == [
        ("c", Status.PROVED, ()),
        ("a", Status.OPEN, ()),
        ("b", Status.CONDITIONAL, ("a",)),
    ]
    assert found[2].proof == "use a"


def test_what_leans_on_a_conditional_theorem_assumes_what_that_assumes(tmp_path: Path) -> None:
    text = """theorem a : Hard := by sorry
theorem b : Uses a := by sorry
theorem c : Uses b := by sorry
"""
    found = {result.theorem.name: result for result in results(proving(job(tmp_path, text)).events())}
    assert found["c"].status is Status.CONDITIONAL
    assert found["c"].assumes == ("a",)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_proof_from_what_is_proved_by_then_ends_its_search(tmp_path: Path, jobs: int) -> None:
    """A quarter of the budget goes to the first try, which may not use it; the second one does so at once."""
    text = "theorem a : Easy := by sorry\ntheorem b : Via a := by sorry\n"
    settings = Settings(tactics=64, seconds=1000, jobs=jobs)
    first, second = results(proving(job(tmp_path, text), settings=settings).events())
    assert (first.status, second.status, second.stop) == (Status.PROVED, Status.PROVED, Stop.PROVED)
    assert (second.proof, second.assumes, second.axioms) == ("use a", (), ("propext",))
    assert second.statistics.tactics == 64 / 4 + 2


def test_a_proof_from_an_open_theorem_does_not_end_its_search(tmp_path: Path) -> None:
    text = "theorem a : Hard := by sorry\ntheorem b : Via a := by sorry\n"
    _, second = results(proving(job(tmp_path, text)).events())
    assert (second.status, second.assumes, second.statistics.tactics) == (Status.CONDITIONAL, ("a",), 20)


HALVES = "theorem a : Easy := by sorry\ntheorem b : Via a := by\n  constructor\n  · sorry\n  · sorry\n"


def test_holes_of_one_theorem_that_lean_on_what_is_proved_end_their_searches(tmp_path: Path) -> None:
    _, *halves = results(proving(job(tmp_path, HALVES)).events())
    assert [(half.status, half.assumes) for half in halves] == [(Status.PROVED, ())] * 2
    assert [half.statistics.tactics for half in halves] == [5 + 2] * 2
    assert halves[1].declaration.count("use a") == 2


def test_one_of_them_alone_is_conditional_on_its_own_theorem(tmp_path: Path) -> None:
    whole = job(tmp_path, HALVES)
    _, half = results(proving(Job(whole.source, whole.theorems[:2])).events())
    assert (half.status, half.assumes, half.statistics.tactics) == (Status.CONDITIONAL, ("b",), 5 + 2)


def test_half_a_theorem_is_nothing_to_lean_on(tmp_path: Path) -> None:
    whole = job(
        tmp_path,
        "theorem a : Easy := by\n  constructor\n  · sorry\n  · sorry\ntheorem b : Via a := by sorry\n",
    )
    half, leaning = results(proving(Job(whole.source, whole.theorems[::2])).events())
    assert half.theorem.name == "a" and half.status is Status.CONDITIONAL
    assert (leaning.status, leaning.assumes, leaning.statistics.tactics) == (Status.CONDITIONAL, ("a",), 20)


def test_holes_of_one_theorem_are_proved_when_all_are(tmp_path: Path) -> None:
    text = "theorem a : Easy := by\n  constructor\n  · sorry\n  · sorry\n"
    first, second = results(proving(job(tmp_path, text)).events())
    assert first.status is second.status is Status.PROVED
    assert first.stop is second.stop is Stop.PROVED
    assert first.declaration == second.declaration == text.replace("sorry", "easy").rstrip("\n")


def test_one_hole_of_a_theorem_alone_is_conditional_on_the_theorem(tmp_path: Path) -> None:
    whole = job(tmp_path, "theorem a : Easy := by\n  constructor\n  · sorry\n  · sorry\n")
    (result,) = results(proving(Job(whole.source, whole.theorems[:1])).events())
    assert (result.status, result.assumes) == (Status.CONDITIONAL, ("a",))


def test_complaints_come_before_the_first_search(tmp_path: Path) -> None:
    text = "theorem a : Complaint := by sorry\n"
    events = list(proving(job(tmp_path, text)).events())
    assert isinstance(events[0], Complained)
    assert str(events[0].complaint.position) == "1:4"
    assert isinstance(events[1], Searching)


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_refused_file_is_told_of_once_and_the_others_go_on(tmp_path: Path, jobs: int) -> None:
    bad = job(tmp_path, "import Missing\ntheorem a : Easy := by sorry\ntheorem b : Easy := by sorry\n")
    good = job(tmp_path, "theorem c : Easy := by sorry\n", "b.lean")
    events = list(proving(bad, good, settings=Settings(jobs=jobs)).events())
    (trouble,) = [event for event in events if isinstance(event, FileTrouble)]
    assert trouble == FileTrouble(bad.source.path, "unknown module `Missing`", refused=True)
    assert statuses(events) == {"a": Status.ERROR, "b": Status.ERROR, "c": Status.PROVED}


def mixed(folder: Path) -> list[Job]:
    claims = ["Easy", "Hard", "Uses {0}", "Uses {1}", "Dead", "Uses {2}", "Uses {5}", "Easy", "Broken"]
    files = []
    for file in range(3):
        names = [f"t{file}_{i}" for i in range(len(claims))]
        lines = [f"theorem {name} : {claims[i]} := by sorry" for i, name in enumerate(names)]
        text = "\n".join(lines).format(*names) + "\n"
        files.append(job(folder, text, f"file{file}.lean"))
    return files


@pytest.mark.parametrize("jobs", [2, 4, 50])
def test_the_number_of_workers_changes_no_result(tmp_path: Path, jobs: int) -> None:
    def outcome(count: int) -> dict[str, tuple[object, ...]]:
        settings = Settings(tactics=30, seconds=1000, jobs=count)
        return {
            result.theorem.name: (
                result.status,
                result.stop,
                result.proof,
                result.assumes,
                result.statistics.tactics,
            )
            for result in results(proving(*mixed(tmp_path), settings=settings).events())
        }

    alone = outcome(1)
    assert {status for status, *_ in alone.values()} == {
        Status.PROVED,
        Status.OPEN,
        Status.CONDITIONAL,
        Status.ERROR,
    }
    assert outcome(jobs) == alone


def test_no_lean_is_opened_for_nothing_and_every_pool_is_closed(tmp_path: Path) -> None:
    pools = Pools()
    work = job(tmp_path, "theorem a : Easy := by sorry\ntheorem b : Easy := by sorry\n")
    list(proving(work, settings=Settings(jobs=8), pools=pools).events())
    assert len([pool for pool in pools.made if pool.opened]) <= 2
    assert all(pool.closed.is_set() for pool in pools.made)
    assert sorted(name for pool in pools.made for name in pool.opened) == ["a", "b"]


def test_a_worker_keeps_to_its_file(tmp_path: Path) -> None:
    pools = Pools()
    list(proving(*mixed(tmp_path), pools=pools).events())
    files = [name[:2] for name in pools.made[0].opened if name.startswith("t")]
    assert files == sorted(files)


def test_no_lean_ends_the_run_after_all_is_told(tmp_path: Path) -> None:
    text = "theorem a : Easy := by sorry\ntheorem b : Fatal := by sorry\ntheorem c : Easy := by sorry\n"
    pools = Pools()
    told: deque[ProvingEvent] = deque()
    with pytest.raises(LeanKeepsDying, match="dies at start"):
        told.extend(proving(job(tmp_path, text), pools=pools).events())
    assert statuses(told) == {"a": Status.PROVED}
    assert all(pool.closed.is_set() for pool in pools.made)


# -- an end before the end ---------------------------------------------------------------------------------


def stop_when_waiting(run: Proving, pools: Pools) -> threading.Thread:
    def stop() -> None:
        pools.made[0].waiting.wait()
        run.stop()

    thread = threading.Thread(target=stop)
    thread.start()
    return thread


def test_stopping_takes_a_busy_lean_away_and_keeps_what_was_found(tmp_path: Path) -> None:
    text = """theorem a : Dead := by sorry
theorem b : Easy := by sorry
theorem two : Easy := by
  constructor
  · sorry
  · sorry
theorem w : Wait := by sorry
theorem z : Easy := by sorry
"""
    pools = Pools()
    run = proving(job(tmp_path, text), pools=pools)
    stopper = stop_when_waiting(run, pools)
    found = results(run.events())
    stopper.join()
    assert [(result.theorem.name, result.status, result.stop) for result in found] == [
        ("b", Status.PROVED, Stop.PROVED),
        ("a", Status.OPEN, Stop.EXHAUSTED),
        ("two", Status.CONDITIONAL, Stop.PROVED),
        ("two", Status.CONDITIONAL, Stop.PROVED),
    ]
    assert pools.made[0].closed.is_set()


def test_an_open_hole_whose_second_try_is_cut_off_was_interrupted(tmp_path: Path) -> None:
    text = "theorem a : Easy := by sorry\ntheorem b : Dead := by sorry\ntheorem w : Wait := by sorry\n"
    pools = Pools()
    run = proving(job(tmp_path, text), pools=pools)
    stopper = stop_when_waiting(run, pools)
    found = {result.theorem.name: result for result in results(run.events())}
    stopper.join()
    assert set(found) == {"a", "b"}
    assert (found["b"].status, found["b"].stop) == (Status.OPEN, Stop.INTERRUPTED)


def test_closing_the_events_ends_the_workers(tmp_path: Path) -> None:
    pools = Pools()
    work = job(tmp_path, "theorem a : Easy := by sorry\ntheorem w : Wait := by sorry\n")
    events = proving(work, settings=Settings(jobs=2), pools=pools).events()
    assert isinstance(next(events), Searching)
    events.close()
    assert all(pool.closed.is_set() for pool in pools.made)
    assert not [thread for thread in threading.enumerate() if thread.name == "prover worker"]


def test_idle_workers_help_with_a_long_search(tmp_path: Path) -> None:
    pools = Pools()
    long = job(tmp_path, "theorem a : Long := by sorry\n")
    settings = Settings(jobs=3, tactics=1_000_000, seconds=1000)
    events = proving(long, settings=settings, pools=pools).events()
    while [pool.opened for pool in pools.made] != [["a"], ["a"], ["a"]]:
        assert isinstance(next(events), Searching)
    events.close()
    assert all(pool.closed.is_set() for pool in pools.made)
    assert not [thread for thread in threading.enumerate() if thread.name == "prover worker"]


def test_what_is_told_of_a_search_does_not_depend_on_help(tmp_path: Path) -> None:
    def told(jobs: int) -> list[tuple[Candidate, tuple[int, ...]]]:
        work = job(tmp_path, "theorem a : Long := by sorry\n")
        settings = Settings(jobs=jobs, tactics=500, seconds=1000)
        steps = [e.event for e in proving(work, settings=settings).events() if isinstance(e, Searching)]
        return [(step.candidate, step.children) for step in steps if isinstance(step, Tried)]

    alone = told(1)
    assert len(alone) == 500
    assert told(2) == told(4) == alone


# -- going on from earlier searches -----------------------------------------------------------------------


class Slow(ToyPolicy):
    """Takes ten tactics to see that a theorem is easy."""

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        pause = [Candidate(f"fail {number}") for number in range(10 if claim(theorem)[0] == "Easy" else 0)]
        return [[*pause, *each] for each in super().propose(theorem, goals, n)]


def going_on(work: Job, tactics: int, past: Path | None, trace: Path) -> list[HoleResult]:
    searches = {} if past is None else read_trace(past)
    recordings = {name: deque(map(recording_of, lines)) for name, lines in searches.items()}
    settings = Settings(tactics=tactics, seconds=1000)
    events = list(Proving([work], Pools(), Slow, settings, recordings=recordings).events())
    with trace.open("w", encoding="utf-8") as lines:
        for event in events:
            if isinstance(event, Searching):
                write_event(lines, event.theorem, event.event)
    return [untimed(result) for result in results(events)]


LEANING = "theorem a : Easy := by sorry\ntheorem b : Via a := by sorry\n"


def test_a_run_that_goes_on_finds_what_was_found(tmp_path: Path) -> None:
    work = job(tmp_path, LEANING)
    found = going_on(work, 20, None, tmp_path / "first")
    assert [result.status for result in found] == [Status.PROVED, Status.PROVED]
    assert going_on(work, 20, tmp_path / "first", tmp_path / "second") == found


def test_a_proof_that_was_conditional_is_proved_when_the_run_goes_on(tmp_path: Path) -> None:
    work = job(tmp_path, LEANING)
    before = going_on(work, 8, None, tmp_path / "first")
    assert [result.status for result in before] == [Status.OPEN, Status.CONDITIONAL]
    assert going_on(work, 20, tmp_path / "first", tmp_path / "second") == going_on(
        work, 20, None, tmp_path / "third"
    )


def test_a_proof_that_leans_on_another_does_not_stand_without_it_when_the_run_goes_on(tmp_path: Path) -> None:
    whole = job(tmp_path, LEANING)
    assert going_on(whole, 20, None, tmp_path / "first")[1].status is Status.PROVED
    half = Job(whole.source, whole.theorems[1:])
    (found,) = going_on(half, 20, tmp_path / "first", tmp_path / "second")
    assert (found.status, found.assumes) == (Status.CONDITIONAL, ("a",))


# -- writing -----------------------------------------------------------------------------------------------


def test_a_proof_is_in_the_file_before_it_is_told(tmp_path: Path) -> None:
    text = "theorem a : Easy := by sorry\r\ntheorem b : Hard := by sorry\r\ntheorem c : Easy := by sorry"
    path = tmp_path / "a.lean"
    path.write_bytes(text.encode())
    source = read_source(path)
    seen = {}
    for event in proving(Job(source, tuple(source.theorems)), write=True).events():
        if isinstance(event, Finished):
            seen[event.result.theorem.name] = path.read_bytes().decode()
    first = text.replace("Easy := by sorry", "Easy := by easy", 1)
    both = text.replace("Easy := by sorry", "Easy := by easy")
    assert seen == {"a": first, "c": both, "b": both}


def test_only_what_is_proved_is_written(tmp_path: Path) -> None:
    text = "theorem a : Hard := by sorry\ntheorem b : Uses a := by sorry\n"
    work = job(tmp_path, text)
    assert statuses(proving(work, write=True).events())["b"] is Status.CONDITIONAL
    assert work.source.path.read_text() == text


def test_proofs_that_settle_together_are_written_together(tmp_path: Path) -> None:
    work = job(tmp_path, "theorem a : Easy := by\n  constructor\n  · sorry\n  · sorry\n")
    list(proving(work, write=True).events())
    assert work.source.path.read_text() == "theorem a : Easy := by\n  constructor\n  · easy\n  · easy\n"


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_file_that_changed_is_left_alone_and_its_proofs_are_still_told(tmp_path: Path, when: str) -> None:
    work = job(tmp_path, "theorem a : Easy := by sorry\ntheorem b : Easy := by sorry\n")
    other = job(tmp_path, "theorem c : Easy := by sorry\n", "b.lean")
    path = work.source.path
    if when == "before":
        path.write_text("-- mine\n")
    told = []
    for event in proving(work, other, write=True).events():
        told.append(event)
        if isinstance(event, Finished) and event.result.theorem.name == "a":
            path.write_text("-- mine\n")
    assert path.read_text() == "-- mine\n"
    assert other.source.path.read_text() == "theorem c : Easy := by easy\n"
    assert set(statuses(told).values()) == {Status.PROVED}
    (trouble,) = [event for event in told if isinstance(event, FileTrouble)]
    assert trouble.refused and trouble.file == path and str(path) in trouble.message


def test_a_stopped_run_has_written_what_it_told(tmp_path: Path) -> None:
    pools = Pools()
    work = job(tmp_path, "theorem a : Easy := by sorry\ntheorem w : Wait := by sorry\n")
    run = proving(work, write=True, pools=pools)
    stopper = stop_when_waiting(run, pools)
    assert statuses(run.events()) == {"a": Status.PROVED}
    stopper.join()
    assert work.source.path.read_text() == "theorem a : Easy := by easy\ntheorem w : Wait := by sorry\n"


def test_a_read_only_file_is_not_writable_for_anyone(tmp_path: Path) -> None:
    path = tmp_path / "a.lean"
    path.touch()
    require_writable(path)
    path.chmod(0o444)
    with pytest.raises(InputError, match=r"a\.lean: can't be written"):
        require_writable(path)
