"""What the network learns from: the goals of collected searches in the model's words.

To put a goal into words takes the fixed policy's look at it, which is slow where there are many definitions.
So what is in words is kept, a problem a line, and only new problems are worked on.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from prover.errors import InputError
from prover.policy.fixed import FixedPolicy, best_prices
from prover.policy.neural.model import LIMITS
from prover.policy.neural.wording import Wording
from prover.train.data import FAILED, PROOF, Example, read_examples, read_file, theorem_of

Words = tuple[str, ...]

_ENOUGH = 12
"""Tactics tried on a goal and below it that make it count as not proved; fewer say nothing."""

_HELD_OUT = 10  # one file of so many is not learnt from


@dataclass(frozen=True, slots=True)
class Sample:
    """One goal. `fixed` are the proposals of the fixed policy with their prices, `proof` the tactics of
    finished proofs, `failed` others that Lean refused. `value` is a place in
    `prover.policy.neural.vocabulary.VALUES`, None where not enough was tried to say. `held_out`: for
    measuring only."""

    file: str
    source: Words
    fixed: tuple[tuple[Words, float], ...]
    proof: tuple[Words, ...]
    failed: tuple[Words, ...]
    value: int | None
    held_out: bool


def prepared(data: Path, round_: int, kept: Path) -> Iterator[list[Sample]]:
    """The samples of each problem of a round, those first that the file `kept` has; it gets the others.
    Raises `InputError`."""
    done = set()
    for line in _kept(kept):
        done.add(line["problem"])
        yield [_sample(each) for each in line["samples"]]
    with kept.open("a", encoding="utf-8") as file:
        for problem, examples in groupby(read_examples(data / f"round-{round_}"), lambda each: each.problem):
            if problem in done:
                continue
            samples = _of_problem(data, list(examples))
            content = {"problem": problem, "samples": [dataclasses.asdict(each) for each in samples]}
            file.write(json.dumps(content, ensure_ascii=False) + "\n")
            file.flush()
            yield samples


def is_held_out(file: str) -> bool:
    """The same for all problems of a file, which share definitions, and in every round."""
    return int.from_bytes(hashlib.sha256(file.encode()).digest()[:4], "big") % _HELD_OUT == 0


def _kept(path: Path) -> Iterator[dict[str, Any]]:
    """Cuts off a last line that is not whole."""
    if not path.exists():
        return
    whole = path.read_bytes()
    end = whole.rfind(b"\n") + 1
    if end < len(whole):
        path.write_bytes(whole[:end])
    try:
        yield from map(json.loads, whole[:end].decode().splitlines())
    except ValueError as error:
        raise InputError(f"{path}: can't be read: {error}; delete it, and it is made again") from None


def _of_problem(data: Path, examples: Sequence[Example]) -> list[Sample]:
    theorem = theorem_of(data, examples[0])
    opened = frozenset(other.name for other in read_file(data / examples[0].file).theorems)
    policy = FixedPolicy(opened)
    goals = {example.goal.text: example.goal for example in examples}
    samples = []
    for text, goal in goals.items():
        survey = policy.survey(theorem, goal)
        wording = Wording(survey)
        tried = [example for example in examples if example.goal.text == text]
        prices = best_prices(proposal for _, proposals in survey.proposals for proposal in proposals)
        fixed = {words: price for tactic, price in reversed(prices) if (words := wording.read(tactic))}
        samples.append(
            Sample(
                examples[0].file,
                wording.source,
                tuple(reversed(fixed.items())),
                _read(wording, [each.tactic for each in tried if each.outcome == PROOF]),
                _read(wording, [each.tactic for each in tried if each.outcome.startswith(FAILED)]),
                _value(tried),
                is_held_out(examples[0].file),
            )
        )
    return samples


def _read(wording: Wording, tactics: Sequence[str]) -> tuple[Words, ...]:
    words = (wording.read(tactic) for tactic in dict.fromkeys(tactics))
    return tuple(each for each in words if each is not None)


def _value(tried: Sequence[Example]) -> int | None:
    proved, spent = any(each.proved for each in tried), max(each.spent for each in tried)
    if proved:
        return next((place for place, limit in enumerate(LIMITS) if spent <= limit), len(LIMITS))
    return len(LIMITS) if spent >= _ENOUGH else None


def _sample(line: Mapping[str, Any]) -> Sample:
    return Sample(
        line["file"],
        tuple(line["source"]),
        tuple((tuple(words), price) for words, price in line["fixed"]),
        tuple(map(tuple, line["proof"])),
        tuple(map(tuple, line["failed"])),
        line["value"],
        line["held_out"],
    )
