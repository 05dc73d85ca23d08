"""Closures of a relation, and what holds of them on all small relations."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.train.making.naming import Names
from prover.train.making.written import Family

_RULES: Sequence[tuple[str, str]] = (
    ("refl", "{x} : {S} r {x} {x}"),
    ("one", "{x} {y} : r {x} {y} → {S} r {x} {y}"),
    ("head", "{x} {y} {z} : r {x} {y} → {S} r {y} {z} → {S} r {x} {z}"),
    ("tail", "{x} {y} {z} : {S} r {x} {y} → r {y} {z} → {S} r {x} {z}"),
    ("trans", "{x} {y} {z} : {S} r {x} {y} → {S} r {y} {z} → {S} r {x} {z}"),
    ("symm", "{x} {y} : {S} r {x} {y} → {S} r {y} {x}"),
    ("two", "{x} {y} {z} {w} : r {x} {y} → r {y} {w} → {S} r {w} {z} → {S} r {x} {z}"),
)
_SETS = (
    ("refl", "head"), ("refl", "tail"), ("one", "head"), ("one", "tail"), ("refl", "one", "trans"),
    ("one", "trans"), ("one", "symm"), ("refl", "one", "symm", "trans"), ("refl", "two"),
    ("one", "symm", "trans"), ("refl", "one", "symm"), ("refl", "head", "tail"), ("one", "two"),
)  # fmt: skip
_CLOSED: Sequence[tuple[str, tuple[str, ...], str]] = (
    ("a", (), "{S} {r} {a} {a}"),
    ("a b", ("{r} {a} {b}",), "{S} {r} {a} {b}"),
    ("a b", ("{S} {r} {a} {b}",), "{S} {r} {b} {a}"),
    ("a b c", ("{S} {r} {a} {b}", "{S} {r} {b} {c}"), "{S} {r} {a} {c}"),
    ("a b c", ("{r} {a} {b}", "{S} {r} {b} {c}"), "{S} {r} {a} {c}"),
    ("a b c", ("{S} {r} {a} {b}", "{r} {b} {c}"), "{S} {r} {a} {c}"),
    ("a b c", ("{r} {a} {b}", "{r} {b} {c}"), "{S} {r} {a} {c}"),
    ("a b c d", ("{S} {r} {a} {b}", "{r} {b} {c}", "{S} {r} {c} {d}"), "{S} {r} {a} {d}"),
    ("a b", ("{S} {r} {a} {b}",), "{a} = {b} ∨ ∃ c, {r} {a} c"),
    ("a b", ("{S} {r} {a} {b}",), "{a} = {b} ∨ ∃ c, {r} c {b}"),
    ("a b", ("∀ x y, {r} x y → {r} y x", "{S} {r} {a} {b}"), "{S} {r} {b} {a}"),
    ("a b", ("∀ x y, {r} x y → x = y", "{S} {r} {a} {b}"), "{a} = {b}"),
    ("a b", ("∀ x y z, {r} x y → {r} y z → {r} x z", "∀ x, {r} x x", "{S} {r} {a} {b}"), "{r} {a} {b}"),
    ("a b", ("∀ x y, {r} x y → {q} x y", "{S} {r} {a} {b}"), "{S} {q} {a} {b}"),
    ("a b", ("{S} ({S} {r}) {a} {b}",), "{S} {r} {a} {b}"),
    ("a b", ("{S} {r} {a} {b}", "∀ x y, {r} x y → {p} x → {p} y", "{p} {a}"), "{p} {b}"),
    ("a b", ("{S} {r} {a} {b}", "∀ x y, {r} x y → ({p} x ↔ {p} y)"), "{p} {a} ↔ {p} {b}"),
    ("a b", ("∀ x, ¬ {r} x {b}", "{S} {r} {a} {b}"), "{a} = {b}"),
    ("a b", ("∀ y, ¬ {r} {a} y", "{S} {r} {a} {b}"), "{a} = {b}"),
    ("a b", ("{S} (fun x y => {r} y x) {a} {b}",), "{S} {r} {b} {a}"),
    ("a b", ("{S} {r} {a} {b}",), "{S} (fun x y => {r} x y ∨ {q} x y) {a} {b}"),
    ("a b c", ("{S} {r} {a} {b}", "{S} {r} {a} {c}", "∀ x y z, {r} x y → {r} x z → y = z"),
     "{S} {r} {b} {c} ∨ {S} {r} {c} {b}"),
)  # fmt: skip


def closure_family(rng: random.Random, names: Names, most: int) -> Family:
    """A closure of a relation, and what holds of it on all small relations."""
    chosen = rng.choice(_SETS)
    s = names.type("")
    alpha = names.variables(["type"])[0]
    given = dict(zip(("x", "y", "z", "w"), names.variables(["element"] * 4), strict=True))
    labels = names.constructors([""] * len(chosen))
    rules = dict(_RULES)
    arms = []
    for label, rule in zip(labels, chosen, strict=True):
        bound, _, body = rules[rule].partition(" : ")
        arms.append(f"{label} ({bound.format(**given)} : {alpha}) : {body.format(S=s, **given)}")
    head = f"inductive {s} {{{alpha} : Type}} (r : {alpha} → {alpha} → Prop) : {alpha} → {alpha} → Prop where"
    text = head + "".join(f"\n  | {arm}" for arm in arms)
    closes = _closing(chosen)
    claims = [each for each in _CLOSED if _survives(each, closes, rng)]
    p, q, r = names.argument("test"), names.argument("test"), names.argument("function")
    theorems = []
    for variables, premises, conclusion in rng.sample(claims, min(most, len(claims))):
        own = {"S": s, "r": r, "q": q, "p": p, **{v: f"{{{v}}}" for v in variables.split()}}
        said = [each.format(**own) for each in (*premises, conclusion)]
        needed = "".join(
            f" ({own[name]} : {type_})"
            for name, type_ in (
                ("r", f"{alpha} → {alpha} → Prop"),
                ("q", f"{alpha} → {alpha} → Prop"),
                ("p", f"{alpha} → Prop"),
            )
            if any(f"{{{name}}}" in each for each in (*premises, conclusion))
        )
        before = f"{{{alpha} : Type}}{needed}"
        theorems.append(stated(rng, names, variables, said[:-1], said[-1], before))
    drawn = len(_CLOSED)
    return Family(f"closure/{'-'.join(chosen)}", text, tuple(theorems), "", drawn, drawn - len(claims))


_Pairs = frozenset[tuple[int, int]]
_POINTS = range(3)


def _closing(rules: Sequence[str]) -> Callable[[_Pairs], _Pairs]:
    def closed(r: _Pairs) -> _Pairs:
        found: set[tuple[int, int]] = {(x, x) for x in _POINTS} if "refl" in rules else set()
        found |= r if "one" in rules else set()
        while True:
            more = set(found)
            if "head" in rules:
                more |= {(x, z) for x, y in r for v, z in found if y == v}
            if "tail" in rules:
                more |= {(x, z) for x, y in found for v, z in r if y == v}
            if "trans" in rules:
                more |= {(x, z) for x, y in found for v, z in found if y == v}
            if "symm" in rules:
                more |= {(y, x) for x, y in found}
            if "two" in rules:
                more |= {(x, z) for x, y in r for v, w in r if y == v for u, z in found if u == w}
            if more == found:
                return frozenset(found)
            found = more

    return closed


def _survives(
    said: tuple[str, tuple[str, ...], str], closes: Callable[[_Pairs], _Pairs], rng: random.Random
) -> bool:
    """Whether no small relation refutes it."""
    variables, premises, conclusion = said
    pairs = [(one, other) for one in _POINTS for other in _POINTS]
    for _ in range(150):
        density = rng.choice((0.15, 0.3, 0.5))
        r: _Pairs = frozenset(pair for pair in pairs if rng.random() < density)
        q = frozenset(pair for pair in pairs if rng.random() < density) | (
            r if rng.random() < 0.6 else frozenset()
        )
        p = frozenset(point for point in _POINTS if rng.random() < 0.5)
        for values in itertools.product(_POINTS, repeat=len(variables.split())):
            given = dict(zip(variables.split(), values, strict=True))
            world = _World(r, q, p, closes, given)
            if all(world.true(premise) for premise in premises) and not world.true(conclusion):
                return False
    return True


@dataclass(frozen=True)
class _World:
    r: _Pairs
    q: _Pairs
    p: frozenset[int]
    closes: Callable[[_Pairs], _Pairs]
    given: dict[str, int]

    def true(self, text: str) -> bool:
        """Of the statements of `_CLOSED`, read from left to right."""
        for quantifier, decide in (("∀", all), ("∃", any)):
            if text.startswith(quantifier):
                names, _, body = text[1:].partition(", ")
                worlds = itertools.product(_POINTS, repeat=len(names.split()))
                return decide(
                    _World(
                        self.r,
                        self.q,
                        self.p,
                        self.closes,
                        {**self.given, **dict(zip(names.split(), values, strict=True))},
                    ).true(body)
                    for values in worlds
                )
        if text.startswith("(") and text.endswith(")") and "↔" in text:
            text = text[1:-1]
        if " ∨ ∃" in text:
            one, _, other = text.partition(" ∨ ")
            return self.true(one) or self.true(other)
        if " → " in text:
            one, _, other = text.partition(" → ")
            return not self.true(one) or self.true(other)
        if " ∨ " in text and "fun" not in text:
            one, _, other = text.partition(" ∨ ")
            return self.true(one) or self.true(other)
        if " ↔ " in text:
            one, _, other = text.partition(" ↔ ")
            return self.true(one) == self.true(other)
        if text.startswith("¬ "):
            return not self.true(text[2:])
        return self._atom(text)

    def _atom(self, text: str) -> bool:
        if " = " in text:
            one, _, other = text.partition(" = ")
            return self._point(one) == self._point(other)
        if text.startswith("{p}"):
            return self._point(text.split()[1]) in self.p
        relation, one, other = text.rsplit(" ", 2)
        return (self._point(one), self._point(other)) in self._relation(relation)

    def _point(self, name: str) -> int:
        return self.given[name.strip("{}")]

    def _relation(self, text: str) -> _Pairs:
        text = text.strip()
        if text.startswith("{S} "):
            return self.closes(self._relation(text.removeprefix("{S} ")))
        if text.startswith("(fun") and "∨" in text:
            return self.r | self.q
        if text.startswith("(fun"):
            return frozenset((y, x) for x, y in self.r)
        if text.startswith("("):
            return self._relation(text[1:-1])
        return {"{r}": self.r, "{q}": self.q}[text]


def stated(
    rng: random.Random,
    names: Names,
    variables: str,
    premises: Sequence[str],
    conclusion: str,
    before: str = "",
) -> tuple[str, str]:
    drawn = names.variables(["number"] * len(variables.split()))
    given = dict(zip(variables.split(), drawn, strict=True))
    premises = [premise.format(**given) for premise in premises]
    conclusion = conclusion.format(**given)
    type_ = _type_in(before)
    binders = [before] if before else []
    if drawn:
        binders.append(f"({' '.join(drawn)} : {type_})")
    if rng.random() < 0.5:
        labels = names.premises(len(premises), drawn)
        binders += [f"({label} : {premise})" for label, premise in zip(labels, premises, strict=False)]
    else:
        conclusion = " → ".join(
            [*(f"({p})" if any(c in p for c in "∀∃→↔") else p for p in premises), conclusion]
        )
    name = names.theorem(())
    line = " ".join([f"theorem {name}", *binders]) + " :"
    text = f"{line} {conclusion}" if len(line + conclusion) < 100 else f"{line}\n    {conclusion}"
    return name, f"{text} := by sorry"


def _type_in(before: str) -> str:
    """The type of the variables: numbers, unless a type variable was declared."""
    return before[1 : before.index(" ")] if before.startswith("{") else "Nat"
