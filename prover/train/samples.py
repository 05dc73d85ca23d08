"""What the network learns from: the goals of collected searches in the model's words.

To put a goal into words takes the fixed policy's look at it, which is slow where there are many definitions.
So what is in words is kept, a problem a line, and only new problems are worked on, until the policy changes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

from prover import policy
from prover.errors import InputError
from prover.fingerprint import CODE, fingerprint_of
from prover.lean.source import Source
from prover.policy.neural.model import LIMITS
from prover.policy.neural.wording import Reader, Wording
from prover.train.data import (
    ADVANCED,
    FAILED,
    PROOF,
    Example,
    Problem,
    read_examples,
    read_file,
    read_problems,
    theorem_of,
)
from prover.train.roots import root_goal
from prover.types import Goal, Theorem

Words = tuple[str, ...]

_ENOUGH = 12
"""Tactics tried on a goal and below it that make it count as not proved; fewer say nothing."""

_HELD_OUT = 10  # one file of so many is not learnt from


@dataclass(frozen=True, slots=True)
class Sample:
    """One goal. `fixed` are the proposals of the fixed policy with their prices, `proof` the tactics of
    finished proofs, `worse` others that were tried: that Lean refused or, where there is a proof, that this
    does not need. `value` is a place in `prover.policy.neural.vocabulary.VALUES`, None where not enough was
    tried to say. `held_out`: for measuring only."""

    file: str
    source: Words
    fixed: tuple[tuple[Words, float], ...]
    proof: tuple[Words, ...]
    worse: tuple[Words, ...]
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
        for problem, work in _problems(data, round_):
            if problem in done:
                continue
            samples = work()
            content = {"problem": problem, "samples": [dataclasses.asdict(each) for each in samples]}
            file.write(json.dumps(content, ensure_ascii=False) + "\n")
            file.flush()
            yield samples


def _problems(data: Path, round_: int) -> Iterator[tuple[str, Callable[[], list[Sample]]]]:
    """What each problem is called, and how its samples are made. Round 0 is the statements as they stand."""
    if round_ == 0:
        for problem in read_problems(data):
            name = f"{problem.file}:{problem.name}"
            yield name, partial(_of_statement, data, problem)
        return
    examples = read_examples(data / f"round-{round_}")
    for (file, name), group in groupby(examples, lambda each: (each.file, each.problem)):
        yield f"{file}:{name}", partial(_of_problem, data, list(group))


@cache
def version_of_words() -> str:
    """Another one for each policy that may put goals into other words."""
    return fingerprint_of([Path(policy.__file__).parent], CODE)[:8]


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


def _of_statement(data: Path, problem: Problem) -> list[Sample]:
    theorem = theorem_of(data, problem)
    goal = root_goal(theorem)
    return [] if goal is None else _samples(data, problem.file, theorem, {goal: []})


def _of_problem(data: Path, examples: Sequence[Example]) -> list[Sample]:
    return _samples(data, examples[0].file, theorem_of(data, examples[0]), by_goal(examples))


def _samples(
    data: Path, file: str, theorem: Theorem, tried: Mapping[Goal, Sequence[Example]]
) -> list[Sample]:
    return samples_of(file, read_file(data / file), theorem, tried, is_held_out(file))


def by_goal(examples: Iterable[Example]) -> dict[Goal, list[Example]]:
    tried: dict[Goal, list[Example]] = {}
    for example in examples:
        tried.setdefault(example.goal, []).append(example)
    return tried


def samples_of(
    file: str, source: Source, theorem: Theorem, tried: Mapping[Goal, Sequence[Example]], held_out: bool
) -> list[Sample]:
    """The goals of one search. No theorem of the source with a hole counts as known."""
    reader = Reader(frozenset(other.name for other in source.theorems))
    samples = []
    for goal, examples in tried.items():
        proved = any(each.outcome == PROOF for each in examples)
        survey, wording = reader.read(theorem, goal)
        fixed = {
            words: price for tactic, price in reversed(survey.ranked()) if (words := wording.read(tactic))
        }
        samples.append(
            Sample(
                file,
                wording.source,
                tuple(reversed(fixed.items())),
                _read(wording, [each.tactic for each in examples if each.outcome == PROOF]),
                _read(wording, [each.tactic for each in examples if _was_no_help(each, proved)]),
                _value(examples),
                held_out,
            )
        )
    return samples


def _was_no_help(example: Example, proved: bool) -> bool:
    return example.outcome.startswith(FAILED) or (proved and example.outcome == ADVANCED)


def _read(wording: Wording, tactics: Sequence[str]) -> tuple[Words, ...]:
    words = (wording.read(tactic) for tactic in dict.fromkeys(tactics))
    return tuple(each for each in words if each is not None)


def _value(tried: Sequence[Example]) -> int | None:
    if not tried:
        return None
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
        tuple(map(tuple, line["worse"])),
        line["value"],
        line["held_out"],
    )
