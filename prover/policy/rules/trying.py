"""Numbers that can be but so large: Lean's kernel tries them all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import product

from prover.policy.ranges import Fact, Range, range_of
from prover.policy.rules.arithmetic import NONLINEAR, numbers_in
from prover.policy.rules.common import Proposal, block, simp_all
from prover.policy.terms import names, split_outer, variables_in
from prover.policy.view import Kind, View

_AT_LEAST = re.compile(r"(?P<least>\d+) (?P<sign>[≤<]) (?P<name>[^\W\d][\w']*)")
_MEMBERS = re.compile(
    r"∀ \((?P<each>[^\W\d][\w']*) : (?P<type>Nat|Int)\), (?P=each) ∈ (?P<list>[^\W\d][\w']*) ↔ (?P<says>.+)"
)
_BINDER = re.compile(r"[∀∃]|\b(fun|if|match)\b")
_FIELDS = ("gcd", "lcm", "succ", "pred", "natAbs", "toNat")
_COMPUTED = {
    "Nat",
    "Int",
    "False",
    *_FIELDS,
    *(f"{type_}.{field}" for type_ in ("Nat", "Int") for field in _FIELDS),
}
_PROPOSITION = re.compile(r"\bProp\s*$")
_KEPT = {"length": "List.Perm.length_eq", "sum": "List.Perm.sum_nat"}
"""What does not depend on the order of a list, and why."""
_MOST_CASES, _MOST_CASES_OF_CALLS = 10000, 200
_MOST_TAKEN, _MOST_VALUES = 2, 7
"""Arguments of a function of truth values, and how many such values may be told apart."""
_INTEGER = 4
"""So many times as long as a natural number takes an integer."""


def by_trying(view: View) -> Iterator[Proposal]:
    """All values of the goal's variables, where what is said of them can be computed."""
    numbers = numbers_in(view, view.text)
    known = [number.name for number in numbers]
    if not known or not _is_computed(view, view.target, known):
        return
    facts = [Fact(each.name, each.type) for each in view.proofs if _is_computed(view, each.type, known)]
    steps, limiting, target = [], facts, view.target
    if lower := _AT_LEAST.fullmatch(target):
        contrary, sign = view.fresh("h"), "<" if lower["sign"] == "≤" else "≤"
        steps.append(f"refine Classical.byContradiction fun {contrary} => ?_")
        limiting = [*facts, Fact(contrary, f"{lower['name']} {sign} {lower['least']}")]
        target = "False"
    said = "\n".join([view.target, *(fact.says for fact in facts)])
    if not NONLINEAR.search(said) and not _called(said, known):
        return  # `omega` knows
    ranges = [
        found for each in numbers if (found := range_of(view, each.name, each.type, limiting)) is not None
    ]
    ranges.sort(key=lambda each: (each.passing, each.size))
    if len(ranges) == len(numbers) and _cases(ranges) <= _most(said, known):
        price = -1.3 if any(each.is_guess for each in ranges) else -0.9
        yield block([*steps, *_tried(view, ranges, facts, target)]), price


def consider_values(view: View) -> Iterator[Proposal]:
    """What functions of truth values are for each of them."""
    told: list[str] = []
    for function in view.of_kind(Kind.FUNCTION):
        taken = function.type.split(" → ")
        if {*taken} == {"Bool"} and len(taken) <= _MOST_TAKEN + 1:
            given = map(" ".join, product(("false", "true"), repeat=len(taken) - 1))
            told += [f"cases {view.fresh('h')} : {function.name} {values}" for values in given]
    others = [f"cases {each.name}" for each in view.of_kind(Kind.DATA) if each.type == "Bool"]
    if told and len(told) + len(others) <= _MOST_VALUES:
        yield " <;> ".join([*told, *others, simp_all(view)]), -1.0


def know_members(view: View) -> Iterator[Proposal]:
    """A list without repetitions is, but for their order, the list of its members."""
    for proof in view.proofs:
        known = _MEMBERS.fullmatch(proof.type)
        if known is None or not _is_computed(view, known["says"], (known["each"],)):
            continue
        each, members, says = known["each"], known["list"], known["says"]
        stated = (f"{members}.Nodup", f"List.Nodup {members}")
        distinct = next((other.name for other in view.proofs if other.type in stated), None)
        kept = [law for part, law in _KEPT.items() if f"{members}.{part}" in view.target]
        facts = [Fact(view.fresh("h"), part) for part in split_outer(says, "∧")]
        found = range_of(view, each, known["type"], facts)
        if distinct is None or not kept or found is None or _cases([found]) > _most(says, (each,)):
            continue
        member, inside, once, same = (view.fresh(name) for name in ("member", "inside", "once", "same"))
        pattern = f"⟨{', '.join(fact.name for fact in facts)}⟩" if len(facts) > 1 else facts[0].name
        listed = f"({found.values}).filter fun {each} => decide ({says})"
        natural = "List.Pairwise.filter _ List.nodup_range"
        yield (
            block(
                [
                    f"have {inside} : ∀ {each}, {each} ∈ {members} → {each} ∈ {found.values} := by",
                    *_set_in(
                        f"intro {each} {member}",
                        f"obtain {pattern} := ({proof.name} {each}).1 {member}",
                        *found.steps,
                        f"exact {found.inside}",
                    ),
                    f"have {once} : List.Nodup ({listed}) := "
                    + (natural if known["type"] == "Nat" else "by decide +kernel"),
                    f"have {same} : List.Perm {members} ({listed}) := by",
                    *_set_in(
                        "rw [List.perm_iff_count]",
                        f"intro {each}",
                        f"rw [List.Nodup.count {distinct}, List.Nodup.count {once}]",
                        f"have := {inside} {each}",
                        "grind [List.mem_filter]",
                    ),
                    *(f"rw [{law} {same}]" for law in kept),
                    "decide +kernel",
                ]
            ),
            -0.9,
        )


def _tried(view: View, ranges: Sequence[Range], facts: Sequence[Fact], target: str) -> list[str]:
    """One list of values inside the other, each tested by what is known of the numbers so far."""
    left = [*facts, *(each.fact for each in ranges if each.fact is not None and each.fact not in facts)]
    known: set[str] = set()
    tests: list[list[Fact]] = []
    for each in ranges:
        known.add(each.name)
        tests.append([fact for fact in left if _numbers_of(fact.says, ranges) <= known])
        left = [fact for fact in left if fact not in tests[-1]]
    levels = list(zip(ranges, tests, strict=True))
    stated, proof = target, view.fresh("all")
    for each, given in reversed(levels):
        whole = " → ".join([*(f"({fact.says})" for fact in given), stated])
        stated = f"(({each.values}).all fun {each.name} => decide ({whole})) = true"
    steps = [
        *(step for each in ranges for step in each.steps),
        f"have {proof} : {stated} := by decide +kernel",
    ]
    for each, given in levels:
        holds = f"of_decide_eq_true (List.all_eq_true.1 {proof} {each.name} {each.inside})"
        proof = f"({' '.join([holds, *(fact.name for fact in given)])})"
    return [*steps, f"exact {proof[1:-1]}"]


def _cases(ranges: Sequence[Range]) -> int:
    cases, ways = 0, 1
    for each in ranges:
        cases += ways * each.size * (_INTEGER if each.type == "Int" else 1)
        ways *= each.passing
    return cases


def _numbers_of(text: str, ranges: Sequence[Range]) -> set[str]:
    return {each.name for each in ranges} & variables_in(text)


def _is_computed(view: View, text: str, numbers: Collection[str]) -> bool:
    """Whether it speaks of these numbers alone, by what Lean's kernel can compute."""
    called = _called(text, numbers)
    return not _BINDER.search(text) and all(name in _COMPUTED or _computes(view, name) for name in called)


def _most(text: str, numbers: Collection[str]) -> int:
    return _MOST_CASES if _called(text, numbers) <= _COMPUTED else _MOST_CASES_OF_CALLS


def _called(text: str, numbers: Collection[str]) -> set[str]:
    """What stands in a text beside these numbers, their fields without them."""
    found = (name.partition(".") for name in names(text) if name not in numbers)
    return {rest if first in ("", *numbers) else first + dot + rest for first, dot, rest in found}


def _computes(view: View, name: str) -> bool:
    """Whether it is a function of the file that comes to a value by the equations it has."""
    full = view.symbols.resolve(name)
    if full is None:
        return False
    symbol = view.symbols[full]
    is_value = symbol.is_definition and not _PROPOSITION.search(symbol.declaration.statement)
    return is_value and not symbol.says_why_it_ends


def _set_in(*lines: str) -> list[str]:
    return [f"  {line}" for line in lines]
