"""Inductive predicates on numbers that say what arithmetic says in a word: `Le n m` is `n ≤ m`.

What the rules of a predicate derive of small numbers is computed, and compared with some relations. What is
found is conjecture.
"""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from prover.policy.declared import Case, read_rules
from prover.policy.numbers import Constructor
from prover.policy.symbols import Symbol
from prover.policy.syntax import NotRead, Term

_Row = tuple[int, ...]
_Tuple = Callable[[_Row], _Row]

_OPERATORS: Mapping[str, Callable[[int, int], int]] = {"+": operator.add, "*": operator.mul}
_LARGEST = 7
"""The numbers that variables of a rule stand for; what it derives of twice as large ones is known, too."""
_COMPARED = 4
"""What is derived of numbers up to this one is taken for all that holds of them."""
_MOST_VARIABLES = 4
_ABOUT = re.compile(r"inductive \S+ : ((?:[^\W\d][\w'.]* → )*[^\W\d][\w'.]*) → Prop(?: where| :=)?")

_MEANINGS: Mapping[int, Sequence[tuple[str, Callable[..., bool]]]] = {
    1: (
        ("{0} % 2 = 0", lambda x: x % 2 == 0),
        ("{0} % 2 = 1", lambda x: x % 2 == 1),
        ("{0} = 0", lambda x: x == 0),
        ("{0} ≠ 0", lambda x: x != 0),
        ("True", lambda x: True),
        ("False", lambda x: False),
    ),
    2: (
        ("{0} ≤ {1}", lambda x, y: x <= y),
        ("{0} < {1}", lambda x, y: x < y),
        ("{0} = {1}", lambda x, y: x == y),
        ("{0} ≠ {1}", lambda x, y: x != y),
        ("{1} ≤ {0}", lambda x, y: y <= x),
        ("{1} < {0}", lambda x, y: y < x),
        ("{1} = {0} + 1", lambda x, y: y == x + 1),
        ("{0} = {1} + 1", lambda x, y: x == y + 1),
        ("{1} = 2 * {0}", lambda x, y: y == 2 * x),
        ("{0} = 2 * {1}", lambda x, y: x == 2 * y),
        ("{0} % 2 = {1} % 2", lambda x, y: x % 2 == y % 2),
        ("True", lambda x, y: True),
        ("False", lambda x, y: False),
    ),
    3: (
        ("{0} + {1} = {2}", lambda x, y, z: x + y == z),
        ("{1} + {2} = {0}", lambda x, y, z: y + z == x),
        ("{0} + {2} = {1}", lambda x, y, z: x + z == y),
        ("max {0} {1} = {2}", lambda x, y, z: max(x, y) == z),
        ("min {0} {1} = {2}", lambda x, y, z: min(x, y) == z),
    ),
}


def about(predicate: Symbol) -> tuple[str, ...]:
    """The types of what an inductive predicate is about; empty if it has parameters, or types that are made
    of others."""
    stated = _ABOUT.fullmatch(" ".join(predicate.declaration.statement.split()))
    return tuple(stated[1].split(" → ")) if stated else ()


@lru_cache(maxsize=256)
def meaning(predicate: Symbol, constructors: tuple[Constructor, ...]) -> str | None:
    """What the predicate says of numbers, with `{0}`, `{1}`, … for these; None where it is nothing known.

    `constructors` tell the numbers of values of the file's own types.
    """
    arity = len(about(predicate))
    try:
        reading = _Reading(predicate, {made.name.rpartition(".")[2]: made for made in constructors})
        derived = reading.derived()
    except NotRead:
        return None
    small = [*itertools.product(range(_COMPARED + 1), repeat=arity)]
    for said, holds in _MEANINGS.get(arity, ()):
        if all((row in derived) == holds(*row) for row in small):
            return said
    return None


class _Reading:
    """The rules of a predicate as functions on numbers. Raises `NotRead`."""

    def __init__(self, predicate: Symbol, makes: Mapping[str, Constructor]) -> None:
        self._name = predicate.name.rpartition(".")[2]
        self._types = set(about(predicate))
        self._makes = makes
        self._rules = [self._rule(rule) for rule in read_rules(predicate)]

    def derived(self) -> set[_Row]:
        """What follows for small numbers."""
        found: set[_Row] = set()
        before = -1
        while before < len(found):
            before = len(found)
            for variables, premises, conclusion in self._rules:
                for row in itertools.product(range(_LARGEST + 1), repeat=variables):
                    if all(premise(row) in found for premise in premises):
                        found |= {proved for proved in (conclusion(row),) if max(proved) <= 2 * _LARGEST}
        return found

    def _rule(self, rule: Case) -> tuple[int, list[_Tuple], _Tuple]:
        taken = (*(type_ for _, type_ in rule.named), *rule.premises)
        premises = [each for each in taken if str(each) not in self._types]
        names = sorted(set[str]().union(*map(self._variables, (*premises, rule.proves))))
        if len(names) > _MOST_VARIABLES:
            raise NotRead("variables")
        return len(names), [self._tuple(each, names) for each in premises], self._tuple(rule.proves, names)

    def _variables(self, of: Term) -> set[str]:
        """In the arguments of the predicate; all that is no number."""
        inner = set[str]().union(*map(self._variables, of.args))
        known = of.args or of.head.isdigit() or self._made(of.head) is not None
        return inner if known else {of.head}

    def _made(self, name: str) -> tuple[int, int] | None:
        """What a constructor makes of the sum of its arguments' numbers: times what, and what is added."""
        own = self._makes.get(name.rpartition(".")[2])
        if own is not None:
            return own.factor, own.more
        return {"Nat.succ": (1, 1), "Nat.zero": (1, 0), ".succ": (1, 1), ".zero": (1, 0)}.get(name)

    def _tuple(self, said: Term, names: Sequence[str]) -> _Tuple:
        if said.head.rpartition(".")[2] != self._name:
            raise NotRead(str(said))
        numbers = [self._number(arg, names) for arg in said.args]
        return lambda row: tuple(number(row) for number in numbers)

    def _number(self, term: Term, names: Sequence[str]) -> Callable[[_Row], int]:
        if term.head in names:
            return operator.itemgetter(names.index(term.head))
        if term.head.isdigit():
            constant = int(term.head)
            return lambda row: constant
        args = [self._number(arg, names) for arg in term.args]
        if term.head in _OPERATORS and len(args) == 2:
            apply, (left, right) = _OPERATORS[term.head], args
            return lambda row: apply(left(row), right(row))
        made = self._made(term.head)
        if made is None:
            raise NotRead(term.head)
        factor, more = made
        return lambda row: factor * sum(arg(row) for arg in args) + more
