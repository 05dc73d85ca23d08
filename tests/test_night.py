"""The driver of a night and its store: nothing proved is lost or done twice, whatever happens to whom."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from night_help import FakeFleet, answer, made, plan, run

from prover.batch import heart
from prover.batch.branch import Branch
from prover.batch.items import Kind
from prover.batch.local import LocalFleet
from prover.batch.opening import FILE
from prover.batch.publishing import FileWriting, with_proofs
from prover.batch.records import HoleStatus, Limits, Night
from prover.batch.schema import APPLICATION_ID
from prover.batch.shift import Changed, Noted, Over, Shift
from prover.batch.start import fleet_for
from prover.batch.status import read_status
from prover.batch.store import NightStore, read_night
from prover.batch.tasks import Answer, Assignment, Broken, Refused, Searched, Unanswered
from prover.bench.night_session import jumping
from prover.errors import InputError, LeanUnavailable, NightError
from prover.lean.source import read_source
from prover.models import ModelSettings
from prover.types import Statistics, Status, Stop


def essence(night: Night) -> object:
    """What must be the same however the night went: not who did what, and when."""
    attempts = sorted(
        (a.number, a.hole, a.round, a.budget, a.continued, a.outcome, a.tactics) for a in night.attempts
    )
    return attempts, [(hole.name, hole.status, hole.proof) for hole in night.holes]


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night without trouble."""
    folder = tmp_path_factory.mktemp("night") / "peace"
    with made(folder, plan(workers=1)) as store:
        run(store, FakeFleet())
    return read_night(folder)


def test_a_night_solves_what_its_budget_is_enough_for(peace: Night) -> None:
    proved = [hole.name for hole in peace.holes if hole.status is HoleStatus.PROVED]
    assert proved == ["easy_0", "middle_0", "hard_0", "easy_1", "middle_1"]
    assert sum(attempt.tactics for attempt in peace.attempts) == 400
    assert peace.sessions[0].why == "the tactics are spent"
    last = peace.solved[-1]
    assert (last.solved, last.tactics) == (5, 400)
    easy = peace.holes[0]
    assert easy.declaration == "theorem easy_0 : True := by\n  trivial" and easy.line == 2
    assert [attempt.round for attempt in peace.of(peace.holes[3])][:3] == [1, 2, 3]


@pytest.mark.parametrize("workers", [2, 4])
def test_more_workers_find_the_same(workers: int, peace: Night, tmp_path: Path) -> None:
    with made(tmp_path / "n", plan(workers=workers)) as store:
        run(store, FakeFleet(random.Random(workers)))
    assert essence(read_night(tmp_path / "n")) == essence(peace)


def test_a_worker_never_knows_more_than_its_item_may(tmp_path: Path) -> None:
    with made(tmp_path / "n", plan(workers=4)) as store:
        fleet = FakeFleet(random.Random(1))
        run(store, fleet)
    numbers = [assignment.item.number for assignment in fleet.given]
    assert sorted(numbers) == list(range(len(numbers)))
    assert all(assignment.item.sees <= assignment.item.number for assignment in fleet.given)


# -- being cut off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_a_killed_night_goes_on_and_finds_the_same(seed: int, peace: Night, tmp_path: Path) -> None:
    """The folder is copied away at random moments, as a kill or a power cut would leave it."""
    draw = random.Random(seed)
    folder = tmp_path / "0"
    made(folder, plan()).__exit__()
    for number in range(1, 4):
        there = tmp_path / str(number)
        with (
            NightStore.open(folder) as store,
            closing(Shift(store, FakeFleet(draw)).events()) as events,
        ):
            for _, _ in zip(range(draw.randrange(1, 4)), events, strict=False):
                pass
            shutil.copytree(folder, there)
        folder = there
    with NightStore.open(folder) as store:
        fleet = FakeFleet(draw)
        run(store, fleet)
    night = read_night(folder)
    assert essence(night) == essence(peace)
    assert len(night.sessions) > 1
    assert night.solved[-1].solved == 5, "each once"


@pytest.mark.parametrize("seed", range(5))
def test_a_full_disk_ends_it_in_good_order(seed: int, peace: Night, tmp_path: Path) -> None:
    draw, folder = random.Random(seed), tmp_path / "n"
    with made(folder, plan()) as store:
        (pages,) = store._db.execute("PRAGMA page_count").fetchone()
        store._db.execute(f"PRAGMA max_page_count = {pages + draw.randrange(3)}")
        fleet = FakeFleet(draw)
        with pytest.raises(NightError, match="no room left on its disk"):
            run(store, fleet)
        assert fleet.closed
    with NightStore.open(folder) as store:
        run(store, FakeFleet(draw))
    assert essence(read_night(folder)) == essence(peace)


def test_a_clock_that_jumps_harms_nothing(peace: Night, tmp_path: Path) -> None:
    folder, sessions = tmp_path / "n", 0
    made(folder, plan(limits=Limits(until=2e9, tactics=400))).__exit__()
    while not (folder.exists() and read_night(folder).sessions[-1:] and "tactics" in why(folder)):
        with NightStore.open(folder) as store:
            list(Shift(store, FakeFleet(), wall=jumping(sessions)).events())
        sessions += 1
        assert sessions < 200
    assert essence(read_night(folder)) == essence(peace)


def why(folder: Path) -> str:
    return read_night(folder).sessions[-1].why


def test_searches_that_are_stopped_leave_their_traces(tmp_path: Path) -> None:
    with made(tmp_path / "n", plan()) as store:
        night = Shift(store, FakeFleet())
        events = night.events()
        for _ in range(3):
            next(events)
        night.stop()
        rest = list(events)
        assert rest[-1] == Over("stopped")
        waiting = [item for item, ended in store.decided() if ended is None and item.kind is Kind.TRY]
        kept = [store.trace(item.hole) for item in waiting if item.hole]
        assert any(trace and trace[1] == b"cut off" for trace in kept)
        fleet = FakeFleet()
        run(store, fleet)
        assert any(assignment.trace == b"cut off" for assignment in fleet.given)


# -- workers that die --------------------------------------------------------------------------------------


def test_workers_that_die_are_replaced_and_their_work_is_done(peace: Night, tmp_path: Path) -> None:
    killed: set[int] = set()

    def deaths(assignment: Assignment) -> bool:
        number = assignment.item.number
        dies = number % 3 == 0 and number not in killed
        killed.update([number] if dies else [])
        return dies

    with made(tmp_path / "n", plan()) as store:
        run(store, FakeFleet(deaths=deaths))
    night = read_night(tmp_path / "n")
    assert essence(night) == essence(peace)
    assert {event.what for event in night.events} == {"died"} and len(night.events) == len(killed)


def test_a_theorem_that_kills_its_worker_three_times_is_set_aside(tmp_path: Path) -> None:
    with made(tmp_path / "n", plan()) as store:
        fleet = FakeFleet(deaths=lambda assignment: assignment.item.hole == 2)
        events = run(store, fleet)
    hole = read_night(tmp_path / "n").holes[1]
    assert hole.status is HoleStatus.ASIDE and "3 workers failed" in hole.message
    assert sum(assignment.item.hole == 2 for assignment in fleet.given) == 3
    assert any(isinstance(event, Changed) and event.status is HoleStatus.ASIDE for event in events)


def test_strikes_count_through_kills_of_the_driver(tmp_path: Path) -> None:
    """A theorem that takes the driver's workers with it each night is not tried for ever."""
    with made(tmp_path / "n", plan()) as store:
        store.decide([])
        assert [store.strike(7) for _ in range(3)] == [1, 2, 3]


def test_where_nothing_works_the_night_ends(tmp_path: Path) -> None:
    with made(tmp_path / "n", plan()) as store:
        fleet = FakeFleet(answers=lambda assignment: Broken("no Lean here", fatal=True))
        with pytest.raises(LeanUnavailable, match="no Lean here"):
            run(store, fleet)
    assert "no Lean here" in why(tmp_path / "n")


def test_a_worker_that_has_grown_too_big_is_recycled(tmp_path: Path) -> None:
    class Growing(FakeFleet):
        def wait(self, seconds: float):  # type: ignore[no-untyped-def]
            from dataclasses import replace

            from prover.batch.fleet import Answered

            return [
                replace(each, memory=2**30) if isinstance(each, Answered) else each
                for each in super().wait(seconds)
            ]

    with made(tmp_path / "n", plan()) as store:
        run(store, Growing())
    events = read_night(tmp_path / "n").events
    assert events and {event.what for event in events} == {"recycled"}


def test_a_refused_file_costs_its_holes_and_no_others(tmp_path: Path) -> None:
    def answers(assignment: Assignment) -> Answer:
        return Refused("no module Missing")

    with made(tmp_path / "n", plan()) as store:
        run(store, FakeFleet(answers=answers))
    night = read_night(tmp_path / "n")
    assert {hole.status for hole in night.holes} == {HoleStatus.ERROR}
    assert night.files[0].refused == "no module Missing" and why(tmp_path / "n") == "all holes are done"


# -- limits ------------------------------------------------------------------------------------------------


def priced(assignment: Assignment) -> Answer:
    from dataclasses import replace

    told = answer(assignment)
    if isinstance(told, Searched):
        cost = min(0.4, assignment.usd if assignment.usd is not None else 0.4)
        return replace(told, spent=replace(told.spent, usd=cost, tokens=1000))
    return told


def test_the_cost_of_a_night_is_limited(tmp_path: Path) -> None:
    with made(tmp_path / "n", plan(limits=Limits(usd=2.0))) as store:
        run(store, FakeFleet(answers=priced))
    assert why(tmp_path / "n") == "the money is spent"
    spent = sum(attempt.usd for attempt in read_night(tmp_path / "n").attempts)
    assert spent == pytest.approx(2.0)


def test_seconds_are_those_of_all_sessions(tmp_path: Path) -> None:
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1.0
        return now

    folder = tmp_path / "n"
    made(folder, plan(limits=Limits(seconds=200.0))).__exit__()
    with NightStore.open(folder) as store:
        night = Shift(store, FakeFleet(), clock=clock)
        events = night.events()
        next(events)
        night.stop()
        list(events)
        before = store.seconds()
        assert 0 < before < 200
        list(Shift(store, FakeFleet(), clock=clock).events())
        assert why(folder) == "the time is spent" and 200 <= store.seconds() < 220


# -- the folder --------------------------------------------------------------------------------------------


def test_a_folder_that_is_no_night_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NightError, match="no night"):
        read_night(tmp_path)
    (tmp_path / FILE).write_bytes(b"")
    with pytest.raises(NightError, match="another program"):
        read_night(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(NightError, match="newer"):
        read_night(tmp_path)


def test_two_drivers_of_one_night_are_refused(tmp_path: Path) -> None:
    made(tmp_path / "n", plan()).__exit__()
    with heart.held(tmp_path / "n"):
        assert heart.is_at_work(tmp_path / "n")
        with pytest.raises(NightError, match="at work already"), heart.held(tmp_path / "n"):
            pass
    assert not heart.is_at_work(tmp_path / "n")


def test_the_status_counts_and_the_heartbeat_tells_who_does_what(tmp_path: Path) -> None:
    folder = tmp_path / "n"
    with made(folder, plan()) as store, heart.held(folder):
        events = Shift(store, FakeFleet()).events()
        next(events)
        status = read_status(folder)
        assert status.at_work and status.total == 8 and status.count(HoleStatus.PROVED) == 1
        list(events)
    status = read_status(folder)
    assert not status.at_work and status.why == "the tactics are spent" and status.tactics == 400
    beat = heart.last_beat(folder)
    assert beat is not None and beat.doing == ()


# -- where proofs go ---------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "Some.lean"
    file.write_bytes(b"theorem a : True := by\r\n  sorry\r\ntheorem b : True := by\r\n  sorry\r\n")
    yield file


def test_proofs_are_written_once_also_after_a_kill(project: Path) -> None:
    source = read_source(project)
    a, b = ((theorem.hole, "trivial") for theorem in source.theorems)
    FileWriting(source, []).add(*a)
    one = project.read_bytes()
    assert one == with_proofs(source, [a]) and one.count(b"sorry") == 1 and b"\r\n  trivial\r\n" in one
    FileWriting(source, [a])
    assert project.read_bytes() == one
    FileWriting(source, [a, b])
    assert project.read_bytes().count(b"trivial") == 2


def test_a_file_that_someone_else_changed_is_left_alone(project: Path) -> None:
    source = read_source(project)
    project.write_bytes(project.read_bytes() + b"-- mine\n")
    with pytest.raises(InputError, match="changed since the night began"):
        FileWriting(source, [])


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A. Turing")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@b.c")
    git(project.parent, "init", "-q", "-b", "main")
    git(project.parent, "add", project.name)
    git(project.parent, "commit", "-qm", "begin")
    return project


def test_a_branch_gets_a_commit_for_each_theorem_and_nothing_else_moves(repository: Path) -> None:
    folder, source = repository.parent, read_source(repository)
    (folder / "staged.txt").write_text("mine")
    git(folder, "add", "staged.txt")
    before = git(folder, "status", "--porcelain"), git(folder, "rev-parse", "HEAD"), repository.read_bytes()
    branch = Branch.create("night/proofs", [source])
    a, b = ((theorem.hole, "trivial") for theorem in source.theorems)
    branch.commit(repository, with_proofs(source, [a]), "Prove a", "Some.lean:0 a")
    branch.commit(repository, with_proofs(source, [a, b]), "Prove b", "Some.lean:40 b")
    assert git(folder, "log", "--format=%s", "night/proofs").split("\n") == ["Prove b", "Prove a", "begin"]
    assert git(folder, "show", "--stat", "--format=", "night/proofs").startswith("Some.lean | 2 +-")
    content = subprocess.run(
        ["git", "-C", str(folder), "show", "night/proofs:Some.lean"], capture_output=True
    )
    assert content.stdout == with_proofs(source, [a, b])
    assert Branch.existing("night/proofs", [source]).committed() == {"Some.lean:0 a", "Some.lean:40 b"}
    after = git(folder, "status", "--porcelain"), git(folder, "rev-parse", "HEAD"), repository.read_bytes()
    assert after == before and git(folder, "symbolic-ref", "HEAD") == "refs/heads/main"


def test_a_branch_is_refused_with_a_clear_word(repository: Path, tmp_path: Path) -> None:
    source = read_source(repository)
    with pytest.raises(InputError, match="such a branch already"):
        Branch.create("main", [source])
    with pytest.raises(InputError, match="not a name for a branch"):
        Branch.create("a..b", [source])
    repository.write_bytes(repository.read_bytes() + b"-- mine\n")
    with pytest.raises(InputError, match=r"Some\.lean has changes that are not committed"):
        Branch.create("night", [read_source(repository)])


def test_no_branch_without_a_repository(project: Path) -> None:
    with pytest.raises(InputError, match="in no git repository"):
        Branch.create("night", [read_source(project)])


def test_a_night_writes_and_commits_as_it_goes_and_makes_up_for_what_it_missed(repository: Path) -> None:
    from dataclasses import replace

    text = "".join(f"theorem easy_{n} : True := by\n  sorry\n" for n in range(3))
    repository.write_text(text)
    git(repository.parent, "commit", "-qam", "three")
    folder = repository.parent / "n"
    asked = replace(plan(), write=True, branch="proofs")
    with made(folder, asked, text, repository) as store:
        Branch.create("proofs", [read_source(repository)])
        with closing(Shift(store, FakeFleet()).events()) as events:
            next(events)  # one is proved, and the driver is killed
        git(repository.parent, "branch", "-qf", "proofs", "main")
        repository.write_text(text)  # before it got to write
        assert not [event for event in run(store, FakeFleet()) if isinstance(event, Noted)]
    assert repository.read_text().count("trivial") == 3
    log = git(repository.parent, "log", "--format=%s", "proofs").split("\n")
    assert sorted(log[:3]) == ["Prove easy_0", "Prove easy_1", "Prove easy_2"] and len(log) == 5


# -- language models that do not answer ------------------------------------------------------------------


@dataclass
class Clock:
    """Each look at it is a second later."""

    now: float = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def test_a_night_waits_for_a_model_and_finds_the_same(tmp_path: Path, peace: Night) -> None:
    """Nothing is spent, and no round is used up, while no model answers."""
    clock, searches = Clock(), 0

    def answers(assignment: Assignment) -> Answer:
        nonlocal searches
        searches += assignment.item.kind is Kind.TRY
        down = assignment.item.kind is Kind.TRY and (5 < searches < 12 or 20 < searches < 23)
        return Unanswered("nothing answers at http://127.0.0.1:1") if down else answer(assignment)

    with made(tmp_path, plan(workers=1)) as store:
        events = list(Shift(store, FakeFleet(answers=answers), clock).events())
    assert essence(read_night(tmp_path)) == essence(peace)
    notes = [event.text for event in events if isinstance(event, Noted)]
    waits = "no language model answers, so the night waits: nothing answers at http://127.0.0.1:1"
    assert notes == [waits, "language models answer again"] * 2
    assert clock.now > 5 + 10 + 20 + 40


def test_a_model_that_never_answers_ends_the_night_and_it_can_be_resumed(
    tmp_path: Path, peace: Night
) -> None:
    def answers(assignment: Assignment) -> Answer:
        return Unanswered("no key") if assignment.item.kind is Kind.TRY else answer(assignment)

    with made(tmp_path, plan(workers=2)) as store:
        fleet = FakeFleet(answers=answers)
        with pytest.raises(NightError, match=r"no language model has answered for 3\d minutes: no key; once"):
            list(Shift(store, fleet, Clock()).events())
        assert len(fleet.given) < 40 and fleet.closed
        run(store, FakeFleet())
    assert essence(read_night(tmp_path)) == essence(peace)


def test_the_models_of_the_settings_are_part_of_a_night(tmp_path: Path) -> None:
    mine = ModelSettings("some/model", "http://127.0.0.1:1/v1", price=(1.0, 2.0), ways=("proof",))
    with made(tmp_path, replace(plan(), policy="openai:mine", models={"mine": mine})):
        pass
    with NightStore.open(tmp_path) as store:
        assert store.plan.models == {"mine": mine}
        fleet = fleet_for(tmp_path, store.plan)
        assert isinstance(fleet, LocalFleet) and fleet._equipment.models == {"mine": mine}


def test_a_model_that_says_nothing_of_use_is_not_asked_for_ever(tmp_path: Path) -> None:
    def answers(assignment: Assignment) -> Answer:
        given = answer(assignment)
        if not isinstance(given, Searched):
            return given
        spent = Statistics(tokens=100)
        result = replace(given.result, status=Status.OPEN, stop=Stop.MODEL, proof=None, statistics=spent)
        return replace(given, result=result, spent=spent)

    with made(tmp_path, plan()) as store:
        run(store, FakeFleet(answers=answers))
    night = read_night(tmp_path)
    assert [attempt.round for attempt in night.attempts] == [1] * len(night.holes)
    assert night.sessions[0].why == "there is nothing left to try"
