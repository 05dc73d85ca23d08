"""Where a number must be, by what is known of it: inequalities with numbers, or that it divides a number,
is a factor of one, or an exponent in one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from prover.policy.terms import sides, split_outer
from prover.policy.view import View

_NUMERAL = re.compile(r"(?<![\w'.])\d+\b")
_NOT = re.compile(r"¬(?P<less>[\w'.]+) (?P<sign>[≤<]) (?P<greater>[\w'.]+)")
_DIVIDED = re.compile(r"(?P<number>\d+)(?: % (?P<by>[^\W\d][\w']*))?")
_LARGEST = 10**6
_LARGEST_GUESS = 400


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Range:
    """`size` values of a number of that type. `steps` show in Lean that it is in the list `values`, as
    `inside`, and `fact` if there is one, which `passing` of these values meet."""

    name: str
    type: str
    size: int
    values: str
    steps: tuple[str, ...]
    inside: str
    passing: int
    fact: Fact | None = None
    is_guess: bool = False


def range_of(view: View, name: str, type_: str, facts: Sequence[Fact]) -> Range | None:
    """That of the number of this name. Where nothing tells, a guess is that it is no larger than the numbers
    in the facts. None where these are too large, too."""
    of = _Of(view, name, type_)
    low, high = limits([fact.says for fact in facts], name)
    if high is not None and (type_ == "Nat" or low is not None):
        return of.between(low or 0, high)
    for fact in facts:
        if (found := of.dividing(fact) or of.modulus(fact)) is not None:
            return found
    numerals = [int(numeral) for fact in facts for numeral in _NUMERAL.findall(fact.says)]
    if type_ == "Nat":
        guess = max((numeral for numeral in numerals if numeral <= _LARGEST_GUESS), default=0)
        powers = re.findall(
            rf"(?<![\w'.]){re.escape(name)} \^ (\d+)\b", "\n".join(fact.says for fact in facts)
        )
        larger = (
            f"have := Nat.le_self_pow (n := {power}) (by decide) {name}" for power in dict.fromkeys(powers)
        )
        return of.between(0, guess, *larger, is_guess=True) if guess else None
    guess = sum(numerals)
    return of.between(-guess, guess, is_guess=True) if 0 < guess <= _LARGEST_GUESS else None


def limits(texts: Sequence[str], name: str) -> tuple[int | None, int | None]:
    """The least and the largest value, as inequalities with numbers say."""
    it = re.escape(name)
    lows: list[int] = []
    highs: list[int] = []
    patterns = (
        (rf"(?<![\w'.])(\d+) (≤|<) {it}(?![\w'])(?! [*+^%/-])", lows, 1),
        (rf"(?<![\w'.] )(?<![\w'.)]){it} (≥|>) (\d+)\b(?! [*+^%/-])", lows, 1),
        (rf"(?<![*+^%/-] )(?<![\w'.]){it} (≤|<) (\d+)\b(?! [*+^%/-])", highs, -1),
    )
    texts = [_NOT.sub(_turned, text) for text in texts]
    for pattern, into, more in patterns:
        for text in texts:
            for one, other in re.findall(pattern, text):
                number, sign = (one, other) if one.isdigit() else (other, one)
                into.append(int(number) + (more if sign in "<>" else 0))
    return max(lows, default=None), min(highs, default=None)


def _turned(denied: re.Match[str]) -> str:
    """`55 ≤ m` of `¬m < 55`."""
    return f"{denied['greater']} {'<' if denied['sign'] == '≤' else '≤'} {denied['less']}"


@dataclass(frozen=True, slots=True)
class _Of:
    view: View
    name: str
    type: str

    def between(self, low: int, high: int, *steps: str, is_guess: bool = False) -> Range | None:
        """Which `omega` can tell after these steps; a natural number is counted from 0 on."""
        size = high + 1 if self.type == "Nat" else high - low + 1
        return self._range(low, size, "by omega", steps, size, is_guess=is_guess) if size > 0 else None

    def dividing(self, fact: Fact) -> Range | None:
        """As a divisor of a number, or an exponent in one, by a fact."""
        divisor, _, number = fact.says.partition(" ∣ ")
        if number.isdigit() and divisor == self.name:
            return self._divisor(int(number), fact)
        equation = sides(fact.says)
        if equation is None or not any(side.isdigit() for side in equation):
            return None
        left, right = equation
        product, number, way = (
            (left, right, f"{fact.name}.symm") if right.isdigit() else (right, left, fact.name)
        )
        if any(len(split_outer(product, sign)) > 1 for sign in "+-/%"):
            return None
        factors = split_outer(product, "*")
        for at, factor in enumerate(factors):
            rest = " * ".join([*factors[:at], *factors[at + 1 :]])
            proof = f"⟨{rest}, {way}.trans (by ac_rfl)⟩" if rest else f"⟨1, {way}.trans (Nat.mul_one _).symm⟩"
            divides = Fact(self.view.fresh("h"), f"{factor} ∣ {number}")
            step = f"have {divides.name} : {divides.says} := {proof}"
            if factor == self.name:
                return self._divisor(int(number), divides, step)
            base, _, exponent = factor.partition(" ^ ")
            if self.type == "Nat" and exponent == self.name and base.isdigit() and int(base) > 1:
                return self._exponent(int(base), int(number), divides, step)
        return None

    def modulus(self, fact: Fact) -> Range | None:
        """Where two numbers leave the same remainder, or one leaves the other."""
        divided = [_DIVIDED.fullmatch(side) for side in split_outer(fact.says, "=")]
        numbers = {int(each["number"]) for each in divided if each}
        by = [int(each["number"]) for each in divided if each and each["by"] == self.name]
        if self.type != "Nat" or len(divided) != 2 or len(numbers) != 2 or not by or max(by) > _LARGEST:
            return None
        steps = [
            f"have : {self.name} < {max(by) + 1} := by",
            f"  refine Nat.lt_of_not_le fun {self.view.fresh('h')} => ?_",
            *(f"  have : {number} % {self.name} = {number} := Nat.mod_eq_of_lt (by omega)" for number in by),
            "  omega",
        ]
        return self._range(0, max(by) + 1, "by assumption", steps, max(by) + 1)

    def _divisor(self, number: int, fact: Fact, *steps: str) -> Range | None:
        if not 0 < number <= _LARGEST:
            return None
        if self.type == "Nat":
            show = f"Nat.lt_succ_of_le (Nat.le_of_dvd (by decide) {fact.name})"
            return self._range(0, number + 1, show, steps, _divisors(number), fact)
        steps += (
            f"have := Int.le_of_dvd (by decide) {fact.name}",
            f"have := Int.le_of_dvd (by decide) (Int.neg_dvd.2 {fact.name})",
        )
        return self._range(-number, 2 * number + 1, "by omega", steps, 2 * _divisors(number), fact)

    def _exponent(self, base: int, number: int, fact: Fact, step: str) -> Range:
        size = 1
        while base**size <= number:
            size += 1
        below = f"Nat.lt_of_le_of_lt (Nat.le_of_dvd (by decide) {fact.name}) (by decide)"
        return self._range(
            0, size, f"(Nat.pow_lt_pow_iff_right (by decide)).1 ({below})", (step,), size, fact
        )

    def _range(
        self,
        low: int,
        size: int,
        below: str,
        steps: Sequence[str],
        passing: int,
        fact: Fact | None = None,
        is_guess: bool = False,
    ) -> Range:
        """`below` proves that it is less than `low + size`."""
        inside = self.view.fresh("inside")
        if self.type == "Nat":
            values, show = f"List.range {size}", f"List.mem_range.2 ({below})"
        else:
            values = f"(List.range {size}).map fun k : Nat => {low} + (k : Int)"
            show = f"List.mem_map.2 ⟨({self.name} - ({low})).toNat, List.mem_range.2 (by omega), by omega⟩"
        steps = (*steps, f"have {inside} : {self.name} ∈ {values} := {show}")
        return Range(self.name, self.type, size, values, steps, inside, passing, fact, is_guess)


def _divisors(number: int) -> int:
    """How many it has."""
    small = [each for each in range(1, isqrt(number) + 1) if number % each == 0]
    return 2 * len(small) - (isqrt(number) ** 2 == number)
