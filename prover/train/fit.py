"""Fitting the network, and prices of the rules' tactics, to collected searches.

    for seen in fit(Plan(data, (1, 2), out, minutes=10)):
        ...                                              # how far it is; close it to stop
    fitted = read_fitted(out)

What has been put into words is kept in `data`, in `words/`, and serves the next fit, too. The folder `out`
has `checkpoint.pt`, from which the same call goes on; at the end what `prover.train.fitted` reads, which
`prover.train.exporting` makes a model of. A step is given by the seed and the data alone; how many there are
in so many minutes depends on the machine.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import torch
from filelock import FileLock
from torch.nn import functional

from prover.errors import InputError
from prover.policy.neural.vocabulary import Vocabulary
from prover.train.batches import NOTHING, TACTICS, Batch, Batches
from prover.train.exported import read_start
from prover.train.fitted import Fitted, write_fitted
from prover.train.network import SHAPE, Network
from prover.train.prices import fit_prices
from prover.train.samples import Sample, prepared, version_of_words

_BATCH = 32  # goals
_RATE, _WARM_UP, _DECAY = 1.5e-3, 0.05, 0.01
_DROPOUT = 0.1
_VALUE_WEIGHT = 0.25
_CHECKPOINT_SECONDS = 60.0
_LEAST, _MOST = 4, 700  # occurrences of a word that gets a number, and how many words do
_DEVICE_TYPE = "cpu"
_WORDS = "words"


@dataclass(frozen=True, slots=True)
class Plan:
    """`start` is the folder of a fit or of an exported model to begin with, None for chance. `rounds` of the
    folder `data` are learnt from; 0 are the statements of its problems, where the fixed policy is imitated.
    `minutes` or `steps` end it, whichever are over first; without `minutes` no clock has a say in what comes
    of it."""

    data: Path
    rounds: tuple[int, ...]
    out: Path
    minutes: float | None
    threads: int = 1
    seed: int = 0
    start: Path | None = None
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The losses are mean -log probabilities over the last steps: of a tactic, of the right one among those
    that it is compared with, of a value. `done` is between 0 and 1."""

    number: int
    done: float
    tactic_loss: float
    compared_loss: float
    value_loss: float


@dataclass(frozen=True, slots=True)
class Preparing:
    problems: int
    goals: int


def fit(plan: Plan) -> Generator[Preparing | Step, None, None]:
    """Raises `InputError`."""
    samples: list[Sample] = []
    yield from _prepare(plan, samples)
    yield from fit_to(samples, plan)


def fit_to(samples: Sequence[Sample], plan: Plan) -> Generator[Step, None, None]:
    """The same with what is in words already. Raises `InputError`."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    learnt = [sample for sample in samples if not sample.held_out]
    if not learnt:
        raise InputError(f"{plan.data}: there is nothing to learn from in these rounds")
    begun = None if plan.start is None else read_start(plan.start)
    shape = begun.shape if begun else SHAPE
    vocabulary = begun.vocabulary if begun else _vocabulary(learnt)
    network = Network(shape, len(vocabulary.words), _DROPOUT)
    if begun is not None:
        network.load_arrays(begun.arrays)
    training = _Training(
        plan, network, Batches(learnt, vocabulary, _BATCH, plan.seed), _fingerprint(plan, samples)
    )
    yield from training.run()
    about = {
        "rounds": list(plan.rounds), "seed": plan.seed, "steps": training.step, "minutes": plan.minutes,
        "goals": len(learnt), "proved_goals": sum(bool(each.proof) for each in learnt),
        "held_out_goals": len(samples) - len(learnt), "parameters": sum(p.numel() for p in
        network.parameters()), "loss": training.mean(), "started_from": begun.about if begun else None,
    }  # fmt: skip
    prices = fit_prices(learnt, begun.prices if begun else None, plan.seed)
    write_fitted(plan.out, Fitted(shape, vocabulary, network.arrays(), prices, about))


def held_out(plan: Plan) -> list[Sample]:
    """The samples that were not learnt from, once `fit` has prepared them."""
    kept = [prepared(plan.data, number, _kept(plan, number)) for number in plan.rounds]
    return [sample for samples in chain(*kept) for sample in samples if sample.held_out]


def _prepare(plan: Plan, samples: list[Sample]) -> Iterator[Preparing]:
    if not plan.data.is_dir():
        raise InputError(f"{plan.data}: there is no such folder; make it with `prover train problems`")
    plan.out.mkdir(parents=True, exist_ok=True)
    words = plan.data / _WORDS
    words.mkdir(exist_ok=True)
    problems = 0
    with FileLock(words / ".lock"):
        for number in plan.rounds:
            for found in prepared(plan.data, number, _kept(plan, number)):
                samples += found
                problems += 1
                yield Preparing(problems, len(samples))


def _kept(plan: Plan, round_: int) -> Path:
    return plan.data / _WORDS / f"round-{round_}-{version_of_words()}.jsonl"


def _vocabulary(samples: Sequence[Sample]) -> Vocabulary:
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update(sample.source)
        counts.update(chain(*sample.proof, *(words for words, _ in sample.fixed)))
    return Vocabulary.of(counts, _LEAST, _MOST)


def _fingerprint(plan: Plan, samples: Sequence[Sample]) -> str:
    said = (
        f"{plan.rounds} {plan.seed} {plan.start} {len(samples)} {sum(len(each.source) for each in samples)}"
    )
    return hashlib.sha256(said.encode()).hexdigest()


class _Training:
    def __init__(self, plan: Plan, network: Network, batches: Batches, fingerprint: str) -> None:
        self._plan = plan
        self._network = network
        self._batches = batches
        self._fingerprint = fingerprint
        self._path = plan.out / "checkpoint.pt"
        self._optimizer = torch.optim.AdamW(
            network.parameters(), lr=_RATE, weight_decay=_DECAY, betas=(0.9, 0.98)
        )
        self._losses: list[tuple[float, float, float]] = []
        self.step = 0
        self._seconds = 0.0

    def run(self) -> Generator[Step, None, None]:
        self._resume()
        drawn = self._batches.draw()
        for _ in range(self.step):  # so that it goes on with the batches that would have come
            next(drawn)
        saved = time.monotonic()
        self._network.train()
        while (done := self._done()) < 1.0:
            begun = time.monotonic()
            self._learn(next(drawn), done)
            self.step += 1
            self._seconds += time.monotonic() - begun
            if time.monotonic() - saved > _CHECKPOINT_SECONDS:
                self._save()
                saved = time.monotonic()
            try:
                yield Step(self.step, self._done(), *self.mean())
            except GeneratorExit:  # whoever stops closes
                self._save()
                raise
        self._save()
        self._network.eval()

    def mean(self) -> tuple[float, float, float]:
        recent = self._losses[-50:] or [(0.0, 0.0, 0.0)]
        tactic, compared, value = (round(sum(each) / len(recent), 4) for each in zip(*recent, strict=True))
        return tactic, compared, value

    def _done(self) -> float:
        by_steps = self.step / self._plan.steps if self._plan.steps else 0.0
        by_time = self._seconds / (60 * self._plan.minutes) if self._plan.minutes else 0.0
        return min(1.0, max(by_time, by_steps))

    def _learn(self, batch: Batch, done: float) -> None:
        rate = _RATE * min(1.0, done / _WARM_UP + 0.01) * (0.5 + 0.5 * math.cos(math.pi * done))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(_DEVICE_TYPE, torch.bfloat16):
            encoded = self._network.encode(batch.source, batch.padding)
            logits = self._network.decode(batch.target, encoded, batch.padding)
        tactic, compared, value = losses(logits.float(), batch)
        self._optimizer.zero_grad()
        (tactic + compared + _VALUE_WEIGHT * value).backward()
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        self._losses.append((tactic.item(), compared.item(), value.item()))

    def _save(self) -> None:
        part = self._path.with_suffix(".part")
        state = {
            "network": self._network.state_dict(), "optimizer": self._optimizer.state_dict(), "step":
            self.step, "seconds": self._seconds, "random": torch.get_rng_state(), "fingerprint":
            self._fingerprint,
        }  # fmt: skip
        torch.save(state, part)
        part.replace(self._path)

    def _resume(self) -> None:
        if not self._path.exists():
            return
        state = torch.load(self._path, weights_only=True)
        if state["fingerprint"] != self._fingerprint:
            raise InputError(f"{self._path} is of a fit with other data or options; choose another --out")
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"])
        self.step, self._seconds = state["step"], state["seconds"]


def losses(logits: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The mean -log probabilities: of the tactics to say; of the first among those that it is compared with;
    and of the values."""
    words = functional.cross_entropy(
        logits.flatten(0, 2), batch.answer.flatten(), ignore_index=NOTHING, reduction="none"
    )
    logs = -words.view(batch.answer.shape).sum(2)
    tactics, values = logs[:, :TACTICS], logs[:, TACTICS]
    weights, valued = batch.said[:, :TACTICS], batch.said[:, TACTICS]
    chances = tactics.log_softmax(1)[:, 0] * batch.compared
    return (
        -(tactics * weights).sum() / weights.sum().clamp(min=1e-6),
        -chances.sum() / batch.compared.sum().clamp(min=1),
        -(values * valued).sum() / valued.sum().clamp(min=1e-6),
    )
