"""From collected searches to a model. What needs torch is left out where there is none."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from neural_help import TINY, WORDS, random_arrays
from test_neural import GOALS, TEXT, the_theorem

from prover.cli.main import command
from prover.errors import InputError
from prover.lean.goals import parse_goal
from prover.policy.fixed import Survey
from prover.policy.neural.model import load_model
from prover.policy.neural.pricing import NONE, OTHER, Prices
from prover.policy.neural.vocabulary import Vocabulary
from prover.policy.neural.wording import Wording
from prover.policy.specs import policy_factory
from prover.train.data import Example, Problem, as_line
from prover.train.exporting import Report, export, measure
from prover.train.fitted import Fitted, write_fitted
from prover.train.roots import root_goal
from prover.train.samples import Sample, prepared

if TYPE_CHECKING:
    from prover.train.fit import Plan

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
TACTICS = ("induction x <;> grind [plus]", "induction y <;> try simp_all [plus]")


def example(number: int, goal: str, tactic: str, outcome: str, spent: int = 20) -> Example:
    proved = outcome == "proof"
    return Example(
        f"t{number}", f"problems/{number:04}.lean", 1, parse_goal(goal), tactic, "fixed", -1.0, outcome, 0,
        1 if proved else None, proved, spent,
    )  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twelve files with a theorem each; of every second one there is a proof."""
    folder = tmp_path / "data"
    (folder / "problems").mkdir(parents=True)
    (folder / "round-1").mkdir()
    lines = []
    for number in range(12):
        (folder / f"problems/{number:04}.lean").write_text(
            TEXT.replace("goal : True", f"t{number} (x y : N) : plus x y = plus y x")
        )
        lines.append(as_line(example(number, GOALS[0], TACTICS[1], "failed:tactic")))
        outcome = "proof" if number % 2 else "failed:tactic"
        lines.append(as_line(example(number, GOALS[0], TACTICS[0], outcome)))
    (folder / "round-1/examples.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def all_samples(data: Path, kept: Path) -> list[Sample]:
    return [sample for samples in prepared(data, 1, kept) for sample in samples]


def test_samples_say_what_proved_and_what_failed(data: Path, tmp_path: Path) -> None:
    samples = all_samples(data, tmp_path / "kept.jsonl")
    words = ("induction", "$v0", "<;>", "grind", "<defs>")
    assert len(samples) == 12
    for number, sample in enumerate(samples):
        assert sample.proof == ((words,) if number % 2 else ())
        assert (words in sample.worse) == (number % 2 == 0)
        assert words in dict(sample.fixed)
        assert sample.value == (5 if number % 2 else 7)
        assert sample.source[0] in ("<laws>", "<conj>", "<goal>")
    assert any(sample.held_out for sample in samples) and not all(sample.held_out for sample in samples)


def test_what_is_in_words_is_not_put_into_words_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.jsonl"
    samples = all_samples(data, kept)
    whole = kept.read_text()
    kept.write_text(whole[:-30])  # cut off
    made: list[Survey] = []

    def counted(survey: Survey) -> Wording:
        made.append(survey)
        return Wording(survey)

    monkeypatch.setattr("prover.policy.neural.wording.Wording", counted)
    assert all_samples(data, kept) == samples
    assert len(made) == 1 and kept.read_text() == whole


def a_fit(folder: Path) -> Path:
    folder.mkdir()
    arrays, prices = random_arrays(len(WORDS)), Prices(0.7, {OTHER: {}, NONE: {"": 0.25}})
    write_fitted(folder, Fitted(TINY, Vocabulary(WORDS), arrays, prices, {"rounds": [1]}))
    (folder / "report.json").write_text(json.dumps({"goals": 0, "share": 0.25}))
    return folder


def test_an_exported_model_is_a_policy(tmp_path: Path) -> None:
    out = tmp_path / "model"
    for _ in range(2):  # one that is there is replaced
        result = CliRunner().invoke(
            command, ["train", "export", str(a_fit_once(tmp_path)), "--out", str(out)]
        )
        assert result.exit_code == 0, result.output
    policy = policy_factory(f"builtin:{out}", 0)(frozenset())
    assert policy.propose(the_theorem(), [parse_goal(GOALS[0])], 8)[0]
    card = json.loads((out / "card.json").read_text())
    assert card["share"] == 0.25 and card["fit"] == {"rounds": [1]}


def a_fit_once(folder: Path) -> Path:
    return folder / "fit" if (folder / "fit").exists() else a_fit(folder / "fit")


def test_an_export_replaces_nothing_but_models(tmp_path: Path) -> None:
    fitted = a_fit(tmp_path / "fit")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("one")
    with pytest.raises(InputError, match="something else"):
        export(fitted, tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter").read_text() == "one"
    (fitted / "weights.npz").unlink()
    with pytest.raises(InputError, match="no finished fit"):
        export(fitted, tmp_path / "model")


def test_a_report_counts_tactics_of_proofs(data: Path, tmp_path: Path) -> None:
    export(a_fit(tmp_path / "fit"), tmp_path / "model")
    samples = [each for each in all_samples(data, tmp_path / "kept.jsonl") if each.proof]
    report = measure(load_model(tmp_path / "model"), samples)
    assert report.goals == len(samples) == 6
    assert 0 <= report.fixed_top1 <= report.fixed_top8 == report.priced_top8 == 1.0
    assert report.mixed_top8 >= report.model_top8
    assert report.log_probability < 0 and 0 <= report.calibration <= 1
    assert measure(load_model(tmp_path / "model"), []) == Report(0, 0.5)


def test_fitting_without_torch_says_what_is_missing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.cli.train_fit.find_spec", lambda name: None)
    arguments = ["train", "fit", "--data", str(data), "--rounds", "1", "--out", str(data / "fit")]
    result = CliRunner().invoke(command, arguments)
    assert isinstance(result.exception, InputError) and "prover[train]" in str(result.exception)


@pytest.fixture
def small_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.train.fit.SHAPE", TINY)
    monkeypatch.setattr("prover.train.fit._BATCH", 4)


def plan_of(data: Path, out: Path, steps: int) -> Plan:
    from prover.train.fit import Plan

    return Plan(data, (1,), out, minutes=1000, seed=3, steps=steps)


@needs_torch
@pytest.mark.usefixtures("small_network")
def test_a_fit_that_was_stopped_goes_on_as_if_nothing_had_been(data: Path, tmp_path: Path) -> None:
    from prover.train.fit import Step, fit
    from prover.train.fitted import read_fitted

    list(fit(plan_of(data, tmp_path / "whole", 12)))
    plan = plan_of(data, tmp_path / "parts", 12)
    running = fit(plan)
    while not (isinstance(seen := next(running), Step) and seen.number == 5):
        pass
    running.close()
    assert [seen.number for seen in fit(plan) if isinstance(seen, Step)] == list(range(6, 13))
    whole, parts = read_fitted(tmp_path / "whole"), read_fitted(tmp_path / "parts")
    assert whole.vocabulary.words == parts.vocabulary.words
    for name, array in whole.arrays.items():
        np.testing.assert_allclose(parts.arrays[name], array, rtol=1e-5, atol=1e-6)


@needs_torch
@pytest.mark.usefixtures("small_network")
def test_a_fit_learns_the_tactic_of_the_proofs_and_runs_as_it_was_fitted(data: Path, tmp_path: Path) -> None:
    import torch

    from prover.train.fit import Step, fit
    from prover.train.fitted import read_fitted
    from prover.train.network import Network

    seen = [step for step in fit(plan_of(data, tmp_path / "fit", 200)) if isinstance(step, Step)]
    assert seen[-1].tactic_loss < 0.6 * seen[0].tactic_loss
    (tmp_path / "fit" / "report.json").write_text(json.dumps({"goals": 0, "share": 0.2}))
    export(tmp_path / "fit", tmp_path / "model")
    fitted = read_fitted(tmp_path / "fit")
    source = next(each.source for each in all_samples(data, tmp_path / "k.jsonl") if each.proof)
    words, log = load_model(tmp_path / "model").tactics([source], 4)[0][0]
    network = Network(TINY, len(fitted.vocabulary.words), 0.0)
    network.load_arrays(fitted.arrays)
    numbers = fitted.vocabulary.numbers
    target = [numbers["<pad>"], *(numbers[word] for word in words)]
    row = torch.tensor([[numbers[word] for word in fitted.vocabulary.spell(source)]])
    padding = torch.zeros_like(row, dtype=torch.bool)
    with torch.no_grad():
        logits = network.decode(torch.tensor([[target]]), network.encode(row, padding), padding)
    logs = logits.log_softmax(-1)[0, 0]
    expected = sum(logs[at, number] for at, number in enumerate([*target[1:], numbers["</s>"]]))
    assert float(expected) == pytest.approx(log, rel=0.1, abs=0.3)  # 8 bits


@needs_torch
@pytest.mark.usefixtures("small_network")
def test_what_one_fit_has_put_into_words_serves_the_next(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prover.train.fit import fit

    list(fit(plan_of(data, tmp_path / "one", 2)))
    monkeypatch.setattr("prover.policy.neural.wording.Wording", None)
    list(fit(plan_of(data, tmp_path / "two", 2)))
    monkeypatch.setattr("prover.train.fit.version_of_words", lambda: "of another policy")
    with pytest.raises(TypeError):
        list(fit(plan_of(data, tmp_path / "three", 2)))


@needs_torch
def test_where_there_is_no_data_there_is_nothing_to_fit(tmp_path: Path) -> None:
    from prover.train.fit import fit

    with pytest.raises(InputError, match="no such folder"):
        list(fit(plan_of(tmp_path / "none", tmp_path / "fit", 2)))


@needs_torch
@pytest.mark.usefixtures("small_network")
def test_a_fit_with_other_data_does_not_go_on(data: Path, tmp_path: Path) -> None:
    from prover.train.fit import fit

    list(fit(plan_of(data, tmp_path / "fit", 2)))
    with (data / "round-1/examples.jsonl").open("a", encoding="utf-8") as file:
        (data / "problems/0012.lean").write_text(
            TEXT.replace("goal : True", "t12 (x y : N) : plus x y = plus y x")
        )
        file.write(as_line(example(12, GOALS[0], TACTICS[0], "proof")))
    with pytest.raises(InputError, match="other data"):
        list(fit(plan_of(data, tmp_path / "fit", 2)))


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("(x y : N) : plus x y = plus y x", "x y : N\n⊢ plus x y = plus y x"),
        (
            "{α : Type} [DecidableEq α] (xs : List α)\n    (h : xs ≠ []) :\n    turn xs ≠ []",
            "α : Type\ninst✝ : DecidableEq α\nxs : List α\nh : xs ≠ []\n⊢ turn xs ≠ []",
        ),
        (
            "(xs : List Nat) : (xs.map id).length = xs.length",
            "xs : List Nat\n⊢ (xs.map id).length = xs.length",
        ),
        (": ∀ (x : N), plus x x = x", "⊢ ∀ (x : N), plus x x = x"),
        ("(p : Prop) (h : (q : Prop) → q) : p", "p : Prop\nh : (q : Prop) → q\n⊢ p"),
    ],
)
def test_a_statement_is_the_goal_that_its_proof_starts_with(statement: str, text: str) -> None:
    goal = root_goal(the_theorem(TEXT.replace(": True", statement)))
    assert goal is not None
    assert [(h.name, h.type) for h in goal.hypotheses] == [
        (h.name, h.type) for h in parse_goal(text).hypotheses
    ]
    assert goal.target == parse_goal(text).target


def test_round_0_is_the_statements_alone(data: Path, tmp_path: Path) -> None:
    problems = [Problem(f"problems/{number:04}.lean", f"t{number}", "plus", 0) for number in range(12)]
    (data / "problems.jsonl").write_text("".join(map(as_line, problems)), encoding="utf-8")
    samples = [sample for samples in prepared(data, 0, tmp_path / "kept.jsonl") for sample in samples]
    assert len(samples) == 12
    assert all(not sample.proof and sample.value is None and sample.fixed for sample in samples)
    searched = all_samples(data, tmp_path / "searched.jsonl")
    assert [sample.source for sample in samples] == [sample.source for sample in searched]
