"""Nights that fit models between rounds. What needs torch is left out where there is none."""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from neural_help import WORDS, builtin_like
from night_help import FakeFleet, answer, facts, made, needing, plan, played, resumed, run

from prover.batch.items import Ended, Item, Kind, dumped, ended_from, item_from
from prover.batch.models import model_of, workshop_of
from prover.batch.opening import FILE
from prover.batch.order import Order
from prover.batch.records import Fit, Night
from prover.batch.report.figures import report_of
from prover.batch.report.page import as_html
from prover.batch.report.plain import as_json, as_markdown
from prover.batch.shift import Noted, Shift
from prover.batch.station import Station
from prover.batch.status import read_status
from prover.batch.store import NightStore, read_night, solved_by
from prover.batch.tasks import Answer, Assignment, CutOff, Equipment, Learned, Searched
from prover.batch.watching import events_in
from prover.cli.main import command
from prover.cli.night_show import line
from prover.errors import InputError, NightError
from prover.lean.source import parse_source
from prover.policy.neural.weights import write_model
from prover.train.data import PROOF
from prover.train.exported import read_exported, read_start
from prover.train.watching import Watch, run_again

FIT = Fit(1, 20, 90, 23, 8, (0.25, 0.5), (0.5, 0.75), (-3.0, -2.5), True)
needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")


@pytest.fixture(autouse=True)
def two_proofs_are_enough() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("prover.batch.order.ENOUGH", 2)
        yield


# -- when --------------------------------------------------------------------------------------------------


def learning(needs: dict[int, int]) -> Callable[[Item], Ended]:
    others = needing(needs)
    return lambda item: Ended(model=item.round) if item.kind is Kind.LEARN else others(item)


def test_a_model_is_fitted_after_a_round_with_enough_proofs() -> None:
    outcomes = learning({0: 3, 1: 5, 2: 20, 3: 50, 4: 60})
    items = played(Order([facts(number) for number in range(6)], 16, 16, 900, learns=True), outcomes)
    fits = [item for item in items if item.kind is Kind.LEARN]
    assert [item.round for item in fits] == [1, 3], "the second round brought one proof, the third two"
    for fit in fits:
        assert fit.sees == fit.number, "it waits for all of the round"
        before = [item for item in items[: fit.number] if item.kind is Kind.TRY]
        assert max(item.round for item in before) == fit.round
        later = [item for item in items if item.kind is Kind.TRY and item.sees > fit.number]
        assert later and all(item.model >= fit.round for item in later)
    assert all(item.model == 0 for item in items if item.sees <= fits[0].number)
    asked = played(Order([facts(number) for number in range(6)], 16, 16, 900), outcomes)
    assert all(item.kind is not Kind.LEARN and not item.model for item in asked), "nobody wanted that"


def test_no_model_for_few_proofs_or_for_nobody() -> None:
    def fits(needs: dict[int, int]) -> list[Item]:
        holes = [facts(number) for number in range(len(needs))]
        items = played(Order(holes, 16, 16, 900, learns=True), learning(needs))
        return [item for item in items if item.kind is Kind.LEARN]

    assert not fits({0: 3, 1: 10**9})
    assert not fits({0: 3, 1: 5}), "nothing is left to prove"


def test_a_hole_with_nothing_left_to_try_is_tried_again_with_another_model() -> None:
    others = learning({0: 3, 1: 5})

    def outcomes(item: Item) -> Ended:
        return Ended(tactics=4, exhausted=True) if item.kind is Kind.TRY and item.hole == 2 else others(item)

    items = played(Order([facts(number) for number in range(4)], 16, 16, 900, learns=True), outcomes)
    assert [(item.round, item.model) for item in items if item.kind is Kind.TRY and item.hole == 2] == [
        (1, 0), (2, 1)
    ]  # fmt: skip


_NEEDS = st.lists(st.integers(1, 300), min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(_NEEDS, st.integers(0, 10**6))
def test_which_search_asks_which_model_does_not_depend_on_workers(needs: list[int], seed: int) -> None:
    holes, outcomes = [facts(number) for number in range(len(needs))], learning(dict(enumerate(needs)))
    alone = played(Order(holes, 16, 16, 900, learns=True), outcomes)
    for workers in (2, 16):
        assert played(Order(holes, 16, 16, 900, learns=True), outcomes, workers, seed) == alone


@settings(max_examples=60, deadline=None)
@given(_NEEDS, st.integers(0, 100), st.integers(0, 10**6))
def test_it_goes_on_as_it_would_have(needs: list[int], cut: int, seed: int) -> None:
    holes, outcomes = [facts(number) for number in range(len(needs))], learning(dict(enumerate(needs)))
    whole = played(Order(holes, 16, 16, 900, learns=True), outcomes)
    assert resumed(lambda: Order(holes, 16, 16, 900, learns=True), outcomes, cut, seed) == whole


def test_items_with_models_survive_their_way_through_the_store() -> None:
    item, ended = Item(3, Kind.LEARN, 1, round=2, sees=3, model=1), Ended(model=2)
    assert item_from(dumped(item)) == item and ended_from(dumped(ended)) == ended


# -- the driver --------------------------------------------------------------------------------------------


def fitting(folder: Path, fit: Fit) -> Callable[[Assignment], Answer]:
    """Workers that fit a model without Lean and torch."""

    def answered(assignment: Assignment) -> Answer:
        item = assignment.item
        if item.kind is not Kind.LEARN:
            return answer(assignment)
        workshop_of(folder, item.round).mkdir(parents=True, exist_ok=True)
        if fit.used:
            model_of(folder, item.round).mkdir(parents=True, exist_ok=True)
            (model_of(folder, item.round) / "card.json").touch()
        return Learned(replace(fit, round=item.round))

    return answered


def night(folder: Path, fit: Fit, workers: int = 1, seed: int = 0) -> tuple[Night, FakeFleet, list[str]]:
    fleet = FakeFleet(random.Random(seed), answers=fitting(folder, fit))
    with made(folder, replace(plan(workers=workers), learn=True)) as store:
        events = run(store, fleet)
    return read_night(folder), fleet, [event.text for event in events if isinstance(event, Noted)]


def essence(night: Night) -> object:
    attempts = sorted((a.number, a.hole, a.round, a.outcome, a.tactics) for a in night.attempts)
    return attempts, night.fits, [(hole.name, hole.status) for hole in night.holes]


@pytest.mark.parametrize("workers", [2, 4])
def test_a_night_that_learns_is_the_same_with_more_workers(workers: int, tmp_path: Path) -> None:
    alone, fleet, told = night(tmp_path / "1", FIT)
    assert [fit.round for fit in alone.fits] == [1, 3] and alone.fits[0].used
    assert told[0] == (
        "after round 1 a model was fitted to 90 goals of 20 proofs in 23 steps; on 8 goals left out, a tactic"
        " of the proof came first for 50% (25% before), among the first eight for 75% (50% before); used from"
        " then on"
    )
    assert {given.item.model for given in fleet.given} == {0, 1, 3}
    assert not workshop_of(tmp_path / "1", 1).exists() and model_of(tmp_path / "1", 1).exists()
    together, _, _ = night(tmp_path / "n", FIT, workers, seed=workers)
    assert essence(together) == essence(alone)


def test_a_fit_that_fails_leaves_the_night_as_it_is_and_is_told(tmp_path: Path) -> None:
    failed, fleet, told = night(tmp_path / "n", Fit(1, message="InputError: it did not work"))
    assert told[0] == "after round 1 no model could be fitted: InputError: it did not work"
    assert {given.item.model for given in fleet.given} == {0}
    assert failed.fits[0].message and sum(a.tactics for a in failed.attempts) == 400
    for text in (as_html(report_of(failed, False)), as_markdown(report_of(failed, False))):
        assert "no model could be fitted" in text
    assert "it did not work" in as_json(report_of(failed, False))


def test_a_fit_that_kills_its_workers_is_given_up(tmp_path: Path) -> None:
    folder = tmp_path / "n"
    fleet = FakeFleet(answers=answer, deaths=lambda given: given.item.kind is Kind.LEARN)
    with made(folder, replace(plan(), learn=True)) as store:
        run(store, fleet)
    fit, _ = read_night(folder).fits
    assert not fit.used and "3 workers failed at it" in fit.message
    assert sum(a.tactics for a in read_night(folder).attempts) == 400


def test_a_night_that_is_stopped_while_it_fits_goes_on_with_that(tmp_path: Path) -> None:
    whole, _, _ = night(tmp_path / "whole", FIT)
    folder = tmp_path / "n"

    def stopped(assignment: Assignment) -> Answer:
        if assignment.item.kind is Kind.LEARN:
            status = read_status(folder)
            assert status.models == 0
            shift.stop()
            return CutOff(None)
        return answer(assignment)

    with made(folder, replace(plan(workers=1), learn=True)) as store:
        shift = Shift(store, FakeFleet(answers=stopped))
        list(shift.events())
    assert not read_night(folder).fits
    with NightStore.open(folder) as store:
        run(store, FakeFleet(answers=fitting(folder, FIT)))
    assert essence(read_night(folder)) == essence(whole)
    status = read_status(folder)
    assert status.models == 2 and not status.fitting and "2 models fitted" in line(status)
    assert "fitting a model" in line(replace(status, fitting=True))


def test_a_night_whose_model_is_gone_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "n"
    fleet = FakeFleet(answers=fitting(folder, FIT))
    with (
        made(folder, replace(plan(workers=1), learn=True)) as store,
        closing(Shift(store, fleet).events()) as events,
    ):
        assert any(isinstance(event, Noted) for event in events)
    shutil.rmtree(folder / "models")
    with NightStore.open(folder) as store, pytest.raises(NightError, match="put it back"):
        run(store, fleet)


def test_the_report_tells_of_models(tmp_path: Path) -> None:
    report = report_of(night(tmp_path / "n", FIT)[0], False)
    said = "fter round 1 a model was fitted to 90 goals of 20 proofs in 23 steps"
    assert said in as_html(report) and said in as_markdown(report) and '"fits"' in as_json(report)


def test_a_night_of_an_older_prover_can_be_read_and_gone_on_with(tmp_path: Path) -> None:
    folder = tmp_path / "n"
    made(folder, plan(workers=1)).__exit__()
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.executescript(
            "DROP TABLE fits; PRAGMA user_version = 1; DELETE FROM _sqlite_migrations WHERE name LIKE 'm002%'"
        )
    before = (folder / FILE).read_bytes()
    assert read_night(folder).fits == () and read_status(folder).models == 0
    assert (folder / FILE).read_bytes() == before, "to look at it changes nothing"
    with NightStore.open(folder) as store:
        run(store, FakeFleet())
    assert read_night(folder).holes[0].proof


# -- what is asked for -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "torch", "said"),
    [
        (["--policy", "builtin"], False, "pip install 'prover\\[train\\]'"),
        (["--policy", "fixed"], True, "give --policy builtin"),
        (["--policy", "builtin+fixed"], True, "give --policy builtin"),
        (["--policy", "builtin", "--ray", "auto"], True, "exclude each other"),
    ],
)
def test_what_can_not_be_learned_is_refused_before_the_night(
    words: list[str], torch: bool, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("prover.batch.models.find_spec", lambda name: object() if torch else None)
    Path("A.lean").write_text("theorem a : True := by sorry\n")
    with pytest.raises(InputError, match=said) as refused:
        CliRunner().invoke(
            command, ["night", "A.lean", "--learn", "--out", "n", *words], catch_exceptions=False
        )
    assert "\n" not in str(refused.value) and not Path("n").exists()


# -- what is learnt ----------------------------------------------------------------------------------------


def test_an_exported_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = builtin_like(tmp_path / "model")
    read = read_exported(folder)
    write_model(tmp_path / "again", read.shape, read.vocabulary.words, read.arrays)
    assert (tmp_path / "again" / "model.bin").read_bytes() == (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:1000])
    with pytest.raises(InputError, match="not a model"):
        read_exported(folder)


def test_what_a_fit_begins_with_has_the_words_that_came_later(tmp_path: Path) -> None:
    words = [word for word in WORDS if word != "<exhibit>"]
    before = read_exported(builtin_like(tmp_path / "model", words))
    begun = read_start(tmp_path / "model")
    assert begun.vocabulary.words == (*words, "<exhibit>")
    assert begun.arrays["embeddings"].shape == (len(WORDS), before.shape.width)
    assert (begun.arrays["embeddings"][:-1] == before.arrays["embeddings"]).all()


THEOREMS = "\n".join(
    f"theorem t{number} (p q r : Prop) (h : p ∧ q) : q ∧ (p ∨ {right}) := by\n  sorry\n"
    for number, right in enumerate("pqr" * 2)
)


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A night that learns, with some proofs that a real Lean has found."""
    folder = tmp_path_factory.mktemp("learning") / "n"
    equipment = Equipment("embedded", "builtin", "best-first", 0, None, 2**32, learns=folder)
    with closing(Station(equipment)) as station:

        def real(assignment: Assignment) -> Answer:
            return station.do(assignment) if assignment.item.kind is Kind.TRY else answer(assignment)

        with made(folder, replace(plan(workers=1), learn=True), THEOREMS) as store:
            run(store, FakeFleet(answers=real))
    return folder


def test_the_steps_of_proofs_are_in_the_traces_that_are_kept(proved: Path) -> None:
    solved = solved_by(proved, 10**6)
    assert len(solved) == 6 and solved_by(proved, 0) == []
    for path, raw, place, trace in solved:
        theorem = parse_source(path, raw).theorems[place]
        watch = Watch(theorem.name, str(path), 1)
        runs = run_again(watch, events_in(trace, theorem))
        examples = watch.examples(runs, stands=True)
        steps = [example for example in examples if example.outcome == PROOF]
        assert sum(example.rank is not None for example in examples) == watch.tactics
        assert steps and max(step.steps_left or 0 for step in steps) == len(steps)


@needs_torch
def test_a_model_is_fitted_to_them_and_asked(
    proved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prover.batch import learning as room

    monkeypatch.setattr("prover.train.fit._BATCH", 4)
    monkeypatch.setattr(room, "_GOALS", 1)
    start = builtin_like(tmp_path / "start")
    item = Item(50, Kind.LEARN, 1, round=1, sees=50)
    lessons = room.Lessons(proved, f"builtin:{start}", 0, item)
    checks = iter([False] * 8 + [True])
    assert room.fitted(lessons, lambda: next(checks)) is None, "it was stopped"
    fit = room.fitted(lessons, lambda: False)
    assert fit is not None and fit.proofs == 4 and fit.goals and fit.steps and fit.measured
    shutil.rmtree(workshop_of(proved, 1))
    assert room.fitted(lessons, lambda: False) == fit, "the same without the stop"
    monkeypatch.setattr(room, "_is_better", lambda before, after: True)
    assert (used := room.fitted(lessons, lambda: False)) is not None and used.used
    equipment = Equipment("embedded", "builtin", "best-first", 0, None, 2**32, learns=proved)
    with closing(Station(equipment)) as station:
        path, raw, place, _ = solved_by(proved, 10**6)[0]
        search = Item(60, Kind.TRY, 1, place + 1, 2, 32, 32, model=1)
        found = station.do(Assignment(search, path, raw, place, {}, {}, None, (), False, None, "run"))
    assert isinstance(found, Searched) and found.policy == "builtin, fitted after round 1"


def test_a_fit_that_can_not_be_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    equipment = Equipment("embedded", "builtin", "best-first", 0, None, 2**32, learns=tmp_path / "nowhere")
    monkeypatch.setitem(sys.modules, "torch", None)
    with closing(Station(equipment)) as station:
        item = Item(1, Kind.LEARN, 1, round=1)
        said = station.do(Assignment(item, Path("A.lean"), b"", None, {}, {}, None, (), False, None, "r"))
    assert isinstance(said, Learned) and not said.fit.used and said.fit.message
