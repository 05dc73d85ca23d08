"""Fitting a model to what a night has proved so far. To import this loads torch.

What is learnt from are the traces of the searches that found proofs; of these, each `_LEFT_OUT`th is kept
apart, to see whether the new model would have proposed its steps sooner than the one that it began with.
Where it would not, the night stays with what it has.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from prover.batch.items import Item
from prover.batch.models import BUILTIN, model_of, workshop_of
from prover.batch.records import Fit
from prover.batch.store import solved_by
from prover.batch.watching import events_in
from prover.lean.source import parse_source
from prover.policy.neural.making import BUILTIN as SHIPPED
from prover.policy.neural.model import load_model
from prover.train.data import PROOF, Example
from prover.train.exporting import Report, export, measure, tried_out
from prover.train.fit import Plan, fit_to
from prover.train.samples import Sample, by_goal, samples_of
from prover.train.watching import Watch, run_again
from prover.types import Goal

_LEFT_OUT = 5
_STEPS, _GOALS = 200, 4
"""The most steps, and for how many goals there is one: each step sees 32."""
_PROOFS, _EACH = 200, 8
"""The latest proofs, and how many goals of the search for each: to put one into words may take a second."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """For `item` of the night in `folder`; `policy` is what that began with."""

    folder: Path
    policy: str
    seed: int
    item: Item


def fitted(lessons: Lessons, stopped: Callable[[], bool]) -> Fit | None:
    """Makes the folder of the model. None where it was stopped: the same call goes on. Raises
    `ProverError`."""
    samples: list[Sample] = []
    proofs = 0
    for found in _samples(lessons):
        if stopped():
            return None
        samples += found
        proofs += not any(sample.held_out for sample in found)
    goals = sum(not sample.held_out for sample in samples)
    steps = min(_STEPS, -(-goals // _GOALS))
    start = Path(lessons.policy.removeprefix(BUILTIN).removeprefix(":") or SHIPPED).expanduser()
    out = workshop_of(lessons.folder, lessons.item.round)
    out.mkdir(parents=True, exist_ok=True)
    plan = Plan(lessons.folder, (), out, None, seed=lessons.seed, start=start, steps=steps)
    with closing(fit_to(samples, plan)) as running:
        for _ in running:
            if stopped():
                return None
    return _judged(lessons, plan, samples, Fit(lessons.item.round, proofs, goals, steps))


def _judged(lessons: Lessons, plan: Plan, samples: list[Sample], fit: Fit) -> Fit:
    """Measured, and exported where it is to be used."""
    assert plan.start is not None
    begun = load_model(plan.start)
    apart = [sample for sample in samples if sample.held_out]
    share = begun.card.share
    before, after = measure(begun, apart, share), tried_out(plan.out, apart, share)
    fit = replace(
        fit,
        measured=after.goals,
        first=(before.mixed_top1, after.mixed_top1),
        among=(before.mixed_top8, after.mixed_top8),
        log_probability=(before.log_probability, after.log_probability),
    )
    if not _is_better(before, after):
        return replace(fit, message="on these it is no better than the model that it began with")
    made = model_of(lessons.folder, fit.round)
    export(plan.out, made)
    _sync(made)
    return replace(fit, used=True)


def _is_better(before: Report, after: Report) -> bool:
    return after.goals > 0 and after.log_probability > before.log_probability


def _samples(lessons: Lessons) -> Iterator[list[Sample]]:
    """Of each search that found a proof, in the order of the night."""
    solved = solved_by(lessons.folder, lessons.item.sees)
    for number, (path, raw, place, trace) in list(enumerate(solved))[-_PROOFS:]:
        source = parse_source(path, raw)
        theorem = source.theorems[place]
        watch = Watch(theorem.name, str(path), lessons.item.round)
        runs = run_again(watch, events_in(trace, theorem))
        tried = _first(by_goal(watch.examples(runs, stands=runs.way(watch.root) is not None)))
        yield samples_of(str(path), source, theorem, tried, held_out=number % _LEFT_OUT == 0)


def _first(tried: Mapping[Goal, list[Example]]) -> dict[Goal, list[Example]]:
    """Those of the proof, then the others."""
    goals = sorted(tried, key=lambda goal: all(each.outcome != PROOF for each in tried[goal]))
    return {goal: tried[goal] for goal in goals[:_EACH]}


def _sync(folder: Path) -> None:
    """Have it on the disk before the store says that it is there."""
    for path in (*folder.iterdir(), folder, folder.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
