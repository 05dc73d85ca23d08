"""Inequalities between products: what `grind` makes an end of, once it is told the products that it needs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.rules.arithmetic import NONLINEAR, number_type, numbers_in
from prover.policy.rules.common import Proposal, block, bracketed, grind
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.terms import applications, connective, split_outer
from prover.policy.view import View

_MOST_FACTS = 8
_MOST_SQUARES = 3
_SIGNS = ("≤", "<")
_PART = r"([\w'.]+|\([^()]*\))"
_POWER_OF_MAX = re.compile(rf"{_PART} \^ \(max {_PART} {_PART}")


@dataclass(frozen=True, slots=True)
class _Less:
    """`left ≤ right`, its proof, and whether a hypothesis is that."""

    left: str
    right: str
    proof: str
    is_given: bool


def compare_parts(view: View) -> Iterator[Proposal]:
    """Of two powers, or products, by their parts."""
    found = _inequality(view.target)
    if found is None or number_type(view) != "Nat" or not all(map(NONLINEAR.search, found)):
        return
    ways = (
        "(apply Nat.pow_le_pow_right <;> omega)",
        "(apply Nat.pow_le_pow_left; omega)",
        "(apply Nat.mul_le_mul <;> omega)",
    )
    yield f"first | {' | '.join(ways)}", -1.2


def multiply(view: View) -> Iterator[Proposal]:
    """What is known to be less, times each factor that it stands beside."""
    if not _compares(view):
        return
    integers = number_type(view) == "Int"
    known, factors = list(_known_to_be_less(view)), _factors(view)
    facts: dict[str, None] = {}
    for less in known:
        for one in (one for one, other in factors if other in (less.left, less.right)):
            if integers:
                facts[f"Int.mul_le_mul_of_nonneg_left {less.proof} (show 0 ≤ {one} by omega)"] = None
            else:
                facts[f"Nat.mul_le_mul_left {bracketed(one)} {less.proof}"] = None
    for base, one, other in _POWER_OF_MAX.findall(view.text) if not integers else ():
        for side in ("left", "right"):
            exponents = f"(Nat.le_max_{side} {one} {other})"
            facts[f"Nat.pow_le_pow_right (show 0 < {base} by omega) {exponents}"] = None
    positive = [f"(Int.sub_nonneg_of_le {less.proof})" for less in known if less.is_given] if integers else []
    both = [f"Int.mul_nonneg {one} {other}" for one, other in itertools.combinations(positive, 2)]
    for found in (facts, both):
        if found:
            taken = itertools.islice(found, _MOST_FACTS)
            yield block([*(f"have := {fact}" for fact in taken), grind(view)]), -1.2


def know_squares(view: View) -> Iterator[Proposal]:
    """The square of a difference is not negative."""
    integers = [each.name for each in numbers_in(view, view.text) if each.type == "Int"]
    if not _compares(view) or not 1 < len(integers) <= _MOST_SQUARES:
        return
    fact, number = view.fresh("square"), view.fresh("z")
    yield (
        block(
            [
                f"have {fact} ({number} : Int) : 0 ≤ {number} * {number} := by",
                f"  rcases Int.le_total 0 {number} with h | h",
                "  · exact Int.mul_nonneg h h",
                "  · exact Int.mul_nonneg_of_nonpos_of_nonpos h h",
                *(f"have := {fact} ({one} - {other})" for one, other in itertools.combinations(integers, 2)),
                *(f"have := {fact} {one}" for one in integers),
                grind(view),
            ]
        ),
        -1.3,
    )


def _compares(view: View) -> bool:
    return NONLINEAR.search(view.target) is not None and _inequality(view.target) is not None


def _inequality(proposition: str) -> tuple[str, str] | None:
    if connective(proposition):
        return None
    for sign in (*_SIGNS, "≥", ">"):
        parts = split_outer(proposition, sign)
        if len(parts) == 2:
            return (parts[0], parts[1]) if sign in _SIGNS else (parts[1], parts[0])
    return None


def _known_to_be_less(view: View) -> Iterator[_Less]:
    type_ = number_type(view)
    for proof in view.proofs:
        found = _inequality(proof.type)
        if found is not None:
            left, right = map(_plain, found)
            if "≤" in proof.type or "≥" in proof.type:
                yield _Less(left, right, proof.name, True)
            else:
                one_more = "Int.add_one_le_of_lt" if type_ == "Int" else "Nat.succ_le_of_lt"
                yield _Less(left, right, f"({one_more} {proof.name})", True)
    for call in applications(view.text):
        if call.head == "max" and len(call.args) == 2:
            one, other = (bracketed(_plain(arg)) for arg in call.args)
            whole = _plain(f"max {one} {other}")
            yield _Less(_plain(one), whole, f"({type_}.le_max_left {one} {other})", False)
            yield _Less(_plain(other), whole, f"({type_}.le_max_right {one} {other})", False)


def _factors(view: View) -> list[tuple[str, str]]:
    """Of each product in the goal: what a factor stands beside, and that factor."""
    found: dict[tuple[str, str], None] = {}
    for proposition in (view.target, *(proof.type for proof in view.proofs)):
        for side in _inequality(proposition) or ():
            try:
                term = read_term(side)
            except NotRead:
                continue
            for product in _products(term):
                for one, other in (product.args, product.args[::-1]):
                    for part, factor in itertools.product(_summands(one), _summands(other)):
                        if not part.head.isdigit() and not factor.head.isdigit():
                            found[str(part), str(factor)] = None
    return list(found)


def _products(term: Term) -> Iterator[Term]:
    if term.head == "*":
        yield term
    for arg in term.args:
        yield from _products(arg)


def _summands(term: Term) -> Iterator[Term]:
    if term.head in ("+", "-") and len(term.args) == 2:
        for arg in term.args:
            yield from _summands(arg)
    else:
        yield term


def _plain(text: str) -> str:
    """As terms are written."""
    try:
        return str(read_term(text))
    except NotRead:
        return text
