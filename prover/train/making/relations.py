"""Inductive predicates: on numbers by rules drawn at random, tried on all that the rules derive for small
numbers."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

from prover.train.making.closures import closure_family, stated
from prover.train.making.naming import Names
from prover.train.making.written import Family

_SMALL, _LARGE = 24, 72


@dataclass(frozen=True, slots=True)
class _Predicate:
    """`{n}` for each number of `bases`, and from a number to that number times a factor plus a summand."""

    name: str
    bases: tuple[int, ...]
    steps: tuple[tuple[int, int], ...]

    def members(self) -> frozenset[int]:
        found, waiting = set[int](), list(self.bases)
        while waiting:
            number = waiting.pop()
            if number <= _LARGE and number not in found:
                found.add(number)
                waiting += [factor * number + more for factor, more in self.steps]
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Relation:
    """`bases` are what holds without premises, with `None` for any number; `same`: all are related to
    themselves. A step adds to both."""

    name: str
    bases: tuple[tuple[int | None, int | None], ...]
    same: bool
    steps: tuple[tuple[int, int], ...]

    def members(self) -> frozenset[tuple[int, int]]:
        numbers = range(_SMALL * 2)
        start = {(n, n) for n in numbers if self.same}
        for one, other in self.bases:
            start |= {
                (a, b)
                for a in (numbers if one is None else (one,))
                for b in (numbers if other is None else (other,))
            }
        found, waiting = set[tuple[int, int]](), list(start)
        while waiting:
            pair = waiting.pop()
            if pair not in found and max(pair) < _SMALL * 2:
                found.add(pair)
                waiting += [(pair[0] + a, pair[1] + b) for a, b in self.steps]
        return frozenset(found)


def relation_family(rng: random.Random, most: int) -> Family:
    names = Names(rng)
    if rng.random() < 0.25:
        return closure_family(rng, names, most)
    one = rng.random() < 0.5
    text, claims, kind = _predicates(rng, names) if one else _relations(rng, names)
    rng.shuffle(claims)
    found = [said for said, holds in claims if holds][:most]
    theorems = tuple(stated(rng, names, *said) for said in found)
    refuted = sum(not holds for _, holds in claims)
    return Family(f"relation/{kind}", text, theorems, "", len(claims), refuted)


_Said = tuple[str, tuple[str, ...], str]
"""The variables, the premises and the conclusion."""
_Claims = list[tuple[_Said, bool]]


def _drawn_predicate(rng: random.Random, name: str) -> _Predicate:
    bases = tuple(sorted(rng.sample(range(4), rng.choice((1, 1, 2)))))
    steps = [(1, rng.randint(2, 5)) for _ in range(rng.choice((1, 1, 2)))]
    if rng.random() < 0.25:
        steps.append((rng.choice((2, 3)), rng.randint(0, 2)))
    return _Predicate(name, bases, tuple(dict.fromkeys(steps)))


def _affine(factor: int, number: str, more: int) -> str:
    text = number if factor == 1 else f"{factor} * {number}"
    return f"{text} + {more}" if more else text


def _predicate_text(rng: random.Random, names: Names, of: _Predicate) -> str:
    labels = names.constructors([""] * (len(of.bases) + len(of.steps)))
    arms = [f"{label} : {of.name} {base}" for label, base in zip(labels, of.bases, strict=False)]
    (n,) = names.variables(["number"])
    for label, (factor, more) in zip(labels[len(of.bases) :], of.steps, strict=True):
        result = f"{of.name} ({_affine(factor, n, more)})"
        short = rng.random() < 0.5
        arms.append(
            f"{label} ({n} : Nat) (h : {of.name} {n}) : {result}"
            if short
            else f"{label} : ∀ {n}, {of.name} {n} → {result}"
        )
    return f"inductive {of.name} : Nat → Prop where" + "".join(f"\n  | {arm}" for arm in arms)


def _predicates(rng: random.Random, names: Names) -> tuple[str, _Claims, str]:
    predicates = [_drawn_predicate(rng, names.type("")) for _ in range(rng.choice((1, 2, 2)))]
    text = "\n\n".join(_predicate_text(rng, names, each) for each in predicates)
    claims: _Claims = []
    for each in predicates:
        claims += _on_predicate(rng, each)
    for one, other in itertools.permutations(predicates, 2):
        claims += _on_two(one, other)
    return text, claims, f"predicates-{len(predicates)}"


def _on_predicate(rng: random.Random, of: _Predicate) -> _Claims:
    p, members = of.name, of.members()
    small = sorted(number for number in members if number < _SMALL)
    claims: _Claims = []
    for number in rng.sample(range(4, 16), 4):
        claims.append((("", (), f"{p} {number}"), number in members))
        claims.append((("", (), f"¬ {p} {number}"), number not in members))
    for factor, more in itertools.product((1, 2, 3), range(8)):
        if (factor, more) != (1, 0) and (factor, more) not in of.steps:
            holds = all(
                factor * number + more in members for number in small if factor * number + more <= _LARGE
            )
            claims.append((("n", (f"{p} {{n}}",), f"{p} ({_affine(factor, '{n}', more)})"), holds))
            every = all(factor * number + more in members for number in range(16))
            claims.append((("n", (), f"{p} ({_affine(factor, '{n}', more)})"), every and factor > 1))
    for more in range(4):
        shown = "{m} + {n}" + (f" + {more}" if more else "")
        holds = all(a + b + more in members for a in small for b in small)
        claims.append((("m n", (f"{p} {{m}}", f"{p} {{n}}"), f"{p} ({shown})"), holds))
    for back in range(1, 6):
        holds = all(number - back in members for number in small if number >= back)
        claims.append((("n", (f"{p} ({{n}} + {back})",), f"{p} {{n}}"), holds))
    for modulus in (2, 3, 4, 5):
        rests = {number % modulus for number in small}
        least = min(rests)
        holds = len(rests) == 1
        claims.append((("n", (f"{p} {{n}}",), f"{{n}} % {modulus} = {least}"), holds))
        form = f"∃ k, {{n}} = {modulus} * k" + (f" + {least}" if least else "")
        claims.append((("n", (f"{p} {{n}}",), form), holds))
        for rest in range(modulus):
            all_of = all(number in members for number in range(_SMALL) if number % modulus == rest)
            claims.append((("n", (f"{{n}} % {modulus} = {rest}",), f"{p} {{n}}"), all_of and holds))
            claims.append(
                (("n", (), f"{p} {{n}} ↔ {{n}} % {modulus} = {rest}"), all_of and holds and rest == least)
            )
    least = min(small)
    claims.append((("n", (f"{p} {{n}}",), f"{least} ≤ {{n}}"), least > 0))
    claims.append((("n", (), f"¬ ({p} {{n}} ∧ {p} ({{n}} + 1))"), all(n + 1 not in members for n in small)))
    either = all(n in members or n + 1 in members for n in range(_SMALL))
    claims.append((("n", (), f"{p} {{n}} ∨ {p} ({{n}} + 1)"), either))
    return claims


def _on_two(one: _Predicate, other: _Predicate) -> _Claims:
    p, q = one.name, other.name
    first, second = one.members(), other.members()
    small = sorted(number for number in first if number < _SMALL)
    claims: _Claims = []
    for factor, more in itertools.product((1, 2), range(5)):
        holds = all(factor * n + more in second for n in small)
        claims.append((("n", (f"{p} {{n}}",), f"{q} ({_affine(factor, '{n}', more)})"), holds))
    apart = not any(n in second for n in small)
    claims.append((("n", (f"{p} {{n}}",), f"¬ {q} {{n}}"), apart))
    claims.append(
        (("n", (), f"{p} {{n}} ∨ {q} {{n}}"), all(n in first or n in second for n in range(_SMALL)))
    )
    others = [n for n in second if n < _SMALL]
    for result, name in ((first, p), (second, q)):
        holds = all(a + b in result for a in small for b in others)
        claims.append((("m n", (f"{p} {{m}}", f"{q} {{n}}"), f"{name} ({{m}} + {{n}})"), holds))
    return claims


def _relations(rng: random.Random, names: Names) -> tuple[str, _Claims, str]:
    bases = rng.sample([(0, None), (None, 0), (0, 0), (0, 1), (1, 0), (0, 2)], rng.choice((0, 1, 1)))
    same = not bases or rng.random() < 0.3
    steps = tuple(rng.sample([(1, 1), (0, 1), (1, 2), (2, 1), (0, 2), (1, 0), (2, 2)], rng.choice((1, 1, 2))))
    of = _Relation(names.type(""), tuple(bases), same, steps)
    n, m = names.variables(["number"] * 2)
    arms = []
    labels = iter(names.constructors([""] * (len(bases) + same + len(steps))))
    if same:
        arms.append(f"{next(labels)} ({n} : Nat) : {of.name} {n} {n}")
    for one, other in bases:
        free = f" ({n} : Nat)" if None in (one, other) else ""
        arms.append(
            f"{next(labels)}{free} : {of.name} {n if one is None else one} {n if other is None else other}"
        )
    for a, b in steps:
        shown = [f"({x} + {k})" if k else x for x, k in ((n, a), (m, b))]
        arms.append(f"{next(labels)} ({n} {m} : Nat) : {of.name} {n} {m} → {of.name} {' '.join(shown)}")
    text = f"inductive {of.name} : Nat → Nat → Prop where" + "".join(f"\n  | {arm}" for arm in arms)
    return text, _on_relation(of), "pairs"


def _on_relation(of: _Relation) -> _Claims:
    r, members = of.name, of.members()
    numbers = range(_SMALL // 2)
    small = [(a, b) for a, b in members if a in numbers and b in numbers]
    pairs = list(itertools.product(numbers, repeat=2))
    chains = [(a, b, c) for a, b in small for c in numbers if (b, c) in members]
    forks = [(a, b, c) for a, b in small for c in numbers if (a, c) in members]
    one, turned, next_ = f"{r} {{m}} {{n}}", f"{r} {{n}} {{m}}", f"{r} {{n}} {{k}}"
    claims: _Claims = [
        (("n", (), f"{r} {{n}} {{n}}"), all((n, n) in members for n in numbers) and not of.same),
        (("m n", (one,), turned), all((b, a) in members for a, b in small)),
        (("m n", (one, turned), "{m} = {n}"), all(a == b or (b, a) not in members for a, b in small)),
        (("m n", (), f"{one} ∨ {turned}"), all((a, b) in members or (b, a) in members for a, b in pairs)),
        (("m n k", (one, next_), f"{r} {{m}} {{k}}"), all((a, c) in members for a, _, c in chains)),
        (("m n k", (one, f"{r} {{m}} {{k}}"), "{n} = {k}"), all(b == c for _, b, c in forks)),
        (("m n", (one,), "{m} ≤ {n}"), all(a <= b for a, b in small)),
        (("m n", ("{m} ≤ {n}",), one), all((a, b) in members for a, b in pairs if a <= b)),
        (("n", (), f"¬ {r} ({{n}} + 1) {{n}}"), all((n + 1, n) not in members for n in numbers)),
        (("n", (), f"∃ k, {r} {{n}} k"), all(any((n, k) in members for k in range(_SMALL)) for n in numbers)),
    ]
    for a, b in itertools.product(range(4), repeat=2):
        shown = [f"({x} + {k})" if k else x for x, k in (("{m}", a), ("{n}", b))]
        moved = f"{r} {' '.join(shown)}"
        if a + b and (a, b) not in of.steps:
            forth = all((x + a, y + b) in members for x, y in small)
            claims.append((("m n", (f"{r} {{m}} {{n}}",), moved), forth))
        back = all((x - a, y - b) in members for x, y in small if x >= a and y >= b)
        claims.append((("m n", (moved,), f"{r} {{m}} {{n}}"), back and a + b > 0))
        if a:
            line = all((n, a * n + b) in members for n in numbers)
            claims.append(
                (
                    ("n", (), f"{r} {{n}} ({_affine(a, '{n}', b)})"),
                    line and not (a == 1 and of.same and not b),
                )
            )
            only = all(y == a * x + b for x, y in small)
            claims.append((("m n", (f"{r} {{m}} {{n}}",), f"{{n}} = {_affine(a, '{m}', b)}"), only))
            below = all(y <= a * x + b for x, y in small) and any(y == a * x + b for x, y in small)
            claims.append(
                (("m n", (f"{r} {{m}} {{n}}",), f"{{n}} ≤ {_affine(a, '{m}', b)}"), below and not only)
            )
    for modulus in (2, 3):
        rests = {(x + y) % modulus for x, y in small}
        said = f"({{m}} + {{n}}) % {modulus} = {min(rests, default=0)}"
        claims.append((("m n", (f"{r} {{m}} {{n}}",), said), len(rests) == 1))
    return claims
