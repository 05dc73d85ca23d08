"""Laws with premises, from what terms are on samples: `le x y = false → le y x = true`, and the like."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prover.policy.laws import TRUE as SAID_TRUE
from prover.policy.laws import Law, Valued
from prover.policy.rewriting import heads, matched
from prover.policy.syntax import Term
from prover.policy.values import FALSE, TRUE

_MAX_TESTS = 60
_MAX_TERMS = 30
_MAX_BINARY = 24
_MAX_TERM_SIZE = 4
MIN_SUPPORT = 6  # samples on which the premises hold
_MAX_LAWS = 24
_TRUTHS = ((TRUE, SAID_TRUE), (FALSE, Term("false")))


@dataclass(frozen=True)
class _Fact:
    """`left = right`, and the samples on which it holds, as the bits of a number."""

    left: Term
    right: Term
    where: int

    @property
    def size(self) -> int:
        return self.left.size + self.right.size


def implications(terms: Sequence[Valued], types: Mapping[str, Term]) -> list[Law]:
    """Conjectures: transitivity, then those with one premise, a test of the terms' values, the small ones
    first; none that is an instance of another."""
    found = (each for each in terms if each.type.head == "Bool" and each.term.args and _known(each))
    tests = list(itertools.islice(found, _MAX_TESTS))
    facts = [
        _Fact(test.term, word, _bits(value == truth for value in test.values))
        for test, (truth, word) in itertools.product(tests, _TRUTHS)
    ]
    everywhere = (1 << len(terms[0].values)) - 1 if terms else 0
    premises = [fact for fact in facts if fact.where.bit_count() >= MIN_SUPPORT and fact.where != everywhere]
    conclusions = [*premises, *_equations(terms)]
    pairs = [
        ((one,), other)
        for one, other in itertools.product(premises, conclusions)
        if one.left != other.left and not one.where & ~other.where and _speaks_of(one, other, types)
    ]
    pairs.sort(key=lambda law: law[0][0].size + law[1].size)
    return list(_general([*_transitive(premises, types), *pairs], types))


def _known(made: Valued) -> bool:
    """On all samples."""
    return None not in made.values


def _bits(held: Iterator[bool]) -> int:
    return sum(1 << at for at, holds in enumerate(held) if holds)


def _equations(terms: Sequence[Valued]) -> Iterator[_Fact]:
    """Between terms that are not tests."""
    found = (
        e
        for e in terms
        if e.type.head not in ("Bool", "Prop") and e.term.size <= _MAX_TERM_SIZE and _known(e)
    )
    small = list(itertools.islice(found, _MAX_TERMS))
    for one, other in itertools.combinations(small, 2):
        if one.type == other.type and one.term.head != other.term.head:
            where = _bits(a == b for a, b in zip(one.values, other.values, strict=True))
            yield _Fact(other.term, one.term, where)


def _speaks_of(premise: _Fact, conclusion: _Fact, types: Mapping[str, Term]) -> bool:
    """Whether the premise says something of the conclusion, and only of that."""
    stated = (heads(conclusion.left) | heads(conclusion.right)) & types.keys()
    return bool(stated) and stated >= heads(premise.left) & types.keys()


def _transitive(
    facts: Sequence[_Fact], types: Mapping[str, Term]
) -> Iterator[tuple[tuple[_Fact, ...], _Fact]]:
    binary = [fact for fact in facts if fact.left.size == 3][:_MAX_BINARY]
    for first, second, third in itertools.permutations(binary, 3):
        (x, y), (y_, z), ends = (_ends(fact) for fact in (first, second, third))
        alike = first.right == second.right == third.right
        distinct = {x, y, z} <= types.keys() and len({x, y, z}) == 3
        same = first.left.head == second.left.head == third.left.head
        held = first.where & second.where
        if alike and distinct and same and y == y_ and ends == (x, z) and held and not held & ~third.where:
            yield (first, second), third


def _ends(fact: _Fact) -> tuple[str, str]:
    args = fact.left.args
    return (args[0].head, args[1].head) if len(args) == 2 else ("", "")


def _general(found: Sequence[tuple[tuple[_Fact, ...], _Fact]], types: Mapping[str, Term]) -> Iterator[Law]:
    kept: list[Term] = []
    for premises, conclusion in found:
        stated = [Term("=", (fact.left, fact.right)) for fact in (*premises, conclusion)]
        forms = [Term("→", tuple(stated)), Term("→", tuple(_negated(each) for each in reversed(stated)))]
        if any(matched(law, form, types, {}) for law in kept for form in forms):
            continue
        kept.append(forms[0])
        used = frozenset().union(*map(heads, stated))
        of = tuple((name, type_) for name, type_ in types.items() if name in used)
        yield Law(conclusion.left, conclusion.right, of, tuple((p.left, p.right) for p in premises))
        if len(kept) == _MAX_LAWS:
            return


def _negated(stated: Term) -> Term:
    """Of a test; others stay what they are, and match nothing then."""
    left, right = stated.args
    words = {"true": "false", "false": "true"}
    return Term("=", (left, Term(words.get(right.head, right.head))))
