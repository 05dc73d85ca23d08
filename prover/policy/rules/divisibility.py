"""Divisors, common divisors, and sums of multiples of two numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from math import gcd

from prover.policy.conjectures import induction_calls
from prover.policy.rules.arithmetic import number_type, numbers_in
from prover.policy.rules.common import Proposal, block, bracketed, grind
from prover.policy.symbols import Symbol
from prover.policy.terms import split_outer, variables_in
from prover.policy.view import View

_LINEAR = r"(?:\((?:(\d+) \* )?([^\W\d][\w']*)(?: \+ (\d+))?\)|(?<![\w'.])([^\W\d][\w']*))"
_GCD, _GCD_OF = re.compile(rf"\bNat\.gcd {_LINEAR} {_LINEAR}"), re.compile(rf"{_LINEAR}\.gcd {_LINEAR}")
_PAID = re.compile(r"∃ (?P<wanted>[^,:()]+), (?P<left>[^=∧∨¬∃∀→↔<≤>≥≠]+) = (?P<right>[^=∧∨¬∃∀→↔<≤>≥≠]+)")
_LARGEST_COIN = 24
_DIVIDES = re.compile(r"^[^∀∃¬→∨∧↔]+ ∣ [^∀∃¬→∨∧↔]+$")
_ATOM = r"([^\W\d][\w']*|\d+|\([^()]*\))"
_GCD_CALLS = re.compile(rf"\bNat\.gcd {_ATOM} {_ATOM}"), re.compile(rf"{_ATOM}\.gcd {_ATOM}")
_REMAINING = ("Nat.dvd_mod_iff", "Nat.dvd_refl")
_STEP = {
    "Nat": ("Nat.dvd_add", "Nat.dvd_mul_left_of_dvd", "Nat.dvd_mul_right_of_dvd"),
    "Int": ("Int.dvd_add", "Int.dvd_mul_left", "Int.dvd_mul_right"),
}
_MULTIPLES = {
    type_: tuple(f"{type_}.{law}" for law in ("dvd_add", "dvd_mul_left", "dvd_mul_right", "dvd_trans"))
    for type_ in ("Nat", "Int")
}


def by_coins(view: View) -> Iterator[Proposal]:
    """A number paid in one or two coins, and what else there is: how many of the last coin there are decides
    the remainder by the other."""
    found = _PAID.fullmatch(view.target)
    wanted = found["wanted"].split() if found else []
    for paid, said in (found.group("left", "right"), found.group("right", "left")) if found else ():
        coins, rest = _coins(said, wanted)
        if len(coins) != len(wanted) or variables_in(f"{paid} {' '.join(rest)}") & {*wanted}:
            continue
        left = " - ".join([paid, *map(bracketed, rest)])
        if len(coins) == 1:
            yield f"exact ⟨{left if coins == [1] else f'{bracketed(left)} / {coins[0]}'}, by omega⟩", -0.9
        elif len(coins) == 2 and 1 < coins[0] <= _LARGEST_COIN and gcd(*coins) == 1:
            yield _paid_in_two(view, bracketed(left), *coins), -0.9


def _coins(said: str, wanted: Sequence[str]) -> tuple[list[int], list[str]]:
    """What each of the wanted numbers is worth, where they come in this order, and the other parts."""
    coins, rest = list[int](), list[str]()
    for part in split_outer(said, "+"):
        times, _, name = part.rpartition(" * ")
        if len(coins) < len(wanted) and name == wanted[len(coins)] and (not times or times.isdigit()):
            coins.append(int(times or 1))
        else:
            rest.append(part)
    return [coin for coin in coins if coin], rest


def _paid_in_two(view: View, paid: str, coin: int, other: int) -> str:
    remainder = view.fresh("h")
    values = " ∨ ".join(f"{paid} % {coin} = {value}" for value in range(coin))
    steps = [
        f"have {remainder} : {values} := by omega",
        f"rcases {remainder} with {' | '.join([remainder] * coin)}",
    ]
    for value in range(coin):
        count = value * pow(other, -1, coin) % coin
        steps.append(f"· exact ⟨({paid} - {other} * {count}) / {coin}, {count}, by omega⟩")
    return block(steps)


def by_divisors(view: View) -> Iterator[Proposal]:
    """A common divisor of two numbers that are linear in one variable divides what is left without that."""
    for found in (*_GCD.finditer(view.text), *_GCD_OF.finditer(view.text)):
        times, name, more, bare, by, same, plus, alone = found.groups()
        name = name or bare
        if name != (same or alone) or name not in view.local:
            continue
        one, other = (_linear_in(name, *each) for each in ((times, more), (by, plus)))
        first, second = (int(each or 1) for each in (times, by))
        first, second = first // gcd(first, second), second // gcd(first, second)
        left = second * int(more or 0) - first * int(plus or 0)  # of second * one - first * other
        terms = [("left", second, one), ("right", first, other)]
        (fact, factor, term), (less, of, it) = terms if left > 0 else terms[::-1]
        if left == 0:
            continue
        difference = f"{factor} * ({term}) - {of} * ({it}) = {abs(left)}"
        multiples = f"(Nat.dvd_mul_left_of_dvd {fact} {factor}) (Nat.dvd_mul_left_of_dvd {less} {of})"
        yield (
            block(
                [
                    f"have left := Nat.gcd_dvd_left ({one}) ({other})",
                    f"have right := Nat.gcd_dvd_right ({one}) ({other})",
                    f"have both : Nat.gcd ({one}) ({other}) ∣ {abs(left)} := by",
                    f"  have := Nat.dvd_sub {multiples}",
                    f"  rwa [show {difference} by omega] at this",
                    "have := Nat.le_of_dvd (by decide) both",
                    "have := Nat.pos_of_dvd_of_pos both (by decide)",
                    "omega",
                ]
            ),
            -0.9,
        )


def divide(view: View) -> Iterator[Proposal]:
    """What a number divides, its multiples, and sums of these, it divides; and no smaller one but 0."""
    if "∣" not in view.text:
        return
    type_ = number_type(view)
    given = [proof.name for proof in view.proofs if _DIVIDES.search(proof.type)]
    if "∣" in view.target:
        pairs = [found.groups() for pattern in _GCD_CALLS for found in pattern.finditer(view.text)]
        common = [f"Nat.gcd_dvd_{side} {one} {other}" for one, other in pairs for side in ("left", "right")]
        facts = [f"have := {fact}" for fact in dict.fromkeys(common)]
        bodies = " ".join(symbol.declaration.body for symbol in view.mentioned if symbol.is_definition)
        by_steps = (_STEP[type_], *([_REMAINING] if "%" in view.text or "%" in bodies else []))
        starts: list[tuple[str, Symbol | None]] = [
            (f"fun_induction {call}", function)
            for call, function in islice(induction_calls(view, view.target, view.local).items(), 1)
        ]
        numbers = numbers_in(view, view.target)[:2] if view.definitions else []
        starts += [(f"induction {number.name}", None) for number in numbers if number.type == "Nat"]
        for number, premises in enumerate((*by_steps, _MULTIPLES[type_])):
            closing = grind(view, premises)
            yield block([*facts, closing]) if facts else closing, -0.9 - 0.2 * number
        for number, premises in enumerate(by_steps):
            for start, function in starts:
                yield f"{start} <;> {grind(view, premises, function)}", -1.4 - 0.2 * number
    elif given:
        limits_ = [f"try have := {type_}.le_of_dvd (by omega) {name}" for name in given]
        yield block([*limits_, "first | omega | grind"]), -1.0


def _linear_in(name: str, times: str | None, more: str | None) -> str:
    return (f"{times} * " if times else "") + name + (f" + {more}" if more else "")
