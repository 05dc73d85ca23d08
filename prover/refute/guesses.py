"""Values that seem to make a statement false, found without Lean. Guesses: what is told to anyone is for Lean
to confirm.

    found = guess(goal_of(declaration), context)
    for values in found.refuting:
        ...                     # {"x": "0", "xs": "[1]"}
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead
from prover.policy.values import TooLong, Value, data
from prover.refute.reading import ELEMENTS, Claim, claim_of
from prover.refute.small import Small
from prover.types import Declaration, Goal

_DEFINING = frozenset(("def", "abbrev", "inductive", "structure", "class", "instance"))
# So many valuations are tried in order, then drawn, while they take no more than so many terms computed.
_SMALLEST, _SMALLEST_WORK = 3000, 80_000
_DRAWN, _DRAWN_WORK = 1000, 50_000
_ENOUGH = 3
_UNDECIDED = 12
_MOST_LITERALS = 12
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}(?![\w.])")

Values = Mapping[str, str]
"""Lean's words for the value of each variable, type variables first."""


@dataclass(frozen=True)
class Guesses:
    """`refuting` values seem to make the statement false, the smallest first. Of the `undecided` nothing
    could be computed. `levels` counts the universes of the statement, None where it could not be read at all.
    """

    refuting: tuple[Values, ...] = ()
    undecided: tuple[Values, ...] = ()
    levels: int | None = None


def guess(goal: Goal, context: Sequence[Declaration], hints: Sequence[int] = ()) -> Guesses:
    """Try the small values of the variables of a goal, all of them among its hypotheses. Deterministic; takes
    some 0.3 s at most. `context` are the declarations that it may speak of, `hints` numbers worth a try.
    """
    symbols = _symbols(tuple(each for each in context if each.kind in _DEFINING))
    try:
        claim = claim_of(goal, symbols)
    except NotRead:
        return Guesses()
    literals = [int(number) for number in _NUMBER.findall(claim.text)]
    return _tried(claim, Small(symbols, claim.integers, _worth_a_try((*hints, *literals))))


def _worth_a_try(literals: Sequence[int]) -> tuple[int, ...]:
    """The numbers of a statement, their quotients, and those next to them."""
    quotients = [one // other for one in literals for other in literals if 1 < other < one]
    near = [number + step for step in (0, 1, -1) for number in (*literals, *quotients)]
    return tuple(dict.fromkeys(number for number in near if number > 0))[:_MOST_LITERALS]


@lru_cache(maxsize=8)
def _symbols(context: tuple[Declaration, ...]) -> Symbols:
    return Symbols(context, "")


def _tried(claim: Claim, small: Small) -> Guesses:
    refuting: list[Values] = []
    undecided: list[Values] = []
    truth_of = _predicate(claim, small)
    in_order = itertools.islice(small.valuations(claim.types), _SMALLEST)
    drawn = itertools.islice(small.draws(claim.types), _DRAWN)
    for values in itertools.chain(_up_to(_SMALLEST_WORK, small, in_order), _up_to(_DRAWN_WORK, small, drawn)):
        if len(refuting) == _ENOUGH:
            break
        try:
            truth = truth_of(values)
        except TooLong:
            continue
        if truth is False:
            refuting.append(_written(claim, small, values))
        elif truth is None and len(undecided) < _UNDECIDED:
            undecided.append(_written(claim, small, values))
    return Guesses(tuple(refuting), tuple(undecided), claim.levels)


def _up_to(work: int, small: Small, valuations: Iterator[dict[str, Value]]) -> Iterator[dict[str, Value]]:
    """Those that can be tried with so many terms computed."""
    before = small.evaluator.work
    yield from itertools.takewhile(lambda _: small.evaluator.work - before <= work, valuations)


def _predicate(claim: Claim, small: Small) -> Callable[[Mapping[str, Value]], bool | None]:
    """Tells whether the implication holds of values; None where that can't be computed. What it gives raises
    `TooLong`."""
    unknown: Mapping[str, Value] = {name: data(f"?{name}") for name in claim.types}
    *premises, conclusion = (
        None if each is None else small.evaluator.proposition(each, claim.types)
        for each in (*claim.premises, claim.conclusion)
    )

    def truth(values: Mapping[str, Value]) -> bool | None:
        values = {**unknown, **values}
        told = True
        for premise in premises:
            holds = None if premise is None else premise(values)
            if holds is False:
                return True
            told = told and holds is not None
        holds = None if conclusion is None else conclusion(values)
        return holds if holds or told else None

    return truth


def _written(claim: Claim, small: Small, values: Mapping[str, Value]) -> Values:
    elements = dict.fromkeys(claim.elements, ELEMENTS)
    return elements | {name: small.written(value, claim.types[name]) for name, value in values.items()}
