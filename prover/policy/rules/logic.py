"""First-order logic: what is said of all is said of some, until `grind` sees that it can't be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from prover.policy.conjectures import replace_term
from prover.policy.rules.common import UNIVERSAL, Proposal, block, grind
from prover.policy.terms import applications, connective, variables_in
from prover.policy.view import Kind, View

_NONEMPTY = re.compile(r"Nonempty (\S+)")
_CONSTANTS = {"Nat": ("0", "1", "2"), "Bool": ("true", "false")}
_PROPERTY = re.compile(r"\S+ → Prop")
_NONE_IS = re.compile(r"∃ (?P<name>\S+), ∀ \(\S+ : [^()]+\), .* ≠ (?P=name)")
_SOME = re.compile(r"∃ (?P<name>\S+), (?P<says>.+)")
_OTHERS = {"Prop": ("¬{}",), "Bool": ("!{}",), "Nat": ("{} + 1",), "Int": ("{} + 1",)}
"""Something else of a type than that."""
_NUMBERS = ("Nat", "Int")
_OF_NUMBERS = re.compile(r"(Nat|Int) → ")
_NUMERAL = re.compile(r"(?<![\w'.])\d+\b")
_MOST_NUMERALS = 2
_MOST_FUNCTIONS = 8
_MOST_PROPERTIES = 3
_MOST_TERMS, _MOST_INSTANCES = 10, 40
_DEEPEST = 2


def refute(view: View) -> Iterator[Proposal]:
    """That there is none, where what there is has no structure."""
    if connective(view.target) == "∃" and _is_first_order(view):
        contrary = view.fresh("h")
        yield f"(refine Classical.byContradiction fun {contrary} => ?_; simp at {contrary})", -1.2


def name_elements(view: View) -> Iterator[Proposal]:
    """One of a type that is not empty, and for each what there is for it."""
    types = {variable.type for variable in view.of_kind(Kind.ELEMENT)}
    for instance in view.of_kind(Kind.INSTANCE):
        found = _NONEMPTY.fullmatch(instance.type)
        if found and found[1] not in types:
            yield f"obtain ⟨{view.fresh('a')}⟩ := ‹{instance.type}›", -0.8
    for proof in view.proofs:
        said = UNIVERSAL.fullmatch(proof.type)
        if said and connective(said["says"]) == "∃":
            function, fact, choice = view.fresh("f"), view.fresh("h"), proof.name
            for name in said["names"].split()[:0:-1]:
                choice = f"fun {name} => Classical.axiomOfChoice ({choice} {name})"
            yield (
                f"(obtain ⟨{function}, {fact}⟩ := Classical.axiomOfChoice {choice}; clear {proof.name})",
                -0.7,
            )


def give_functions(view: View) -> Iterator[Proposal]:
    """Those at hand, one after another of them, where there is to be one."""
    if connective(view.target) != "∃":
        return
    functions = [variable for variable in view.of_kind(Kind.FUNCTION) if "Prop" not in variable.type]
    found = [each.name for each in functions]
    for first, second in product(functions, functions):
        (taken, *made), (given, *result) = first.type.split(" → "), second.type.split(" → ")
        if made == [given] and len(result) == 1 and taken != result[0]:
            found.append(f"fun x => {second.name} ({first.name} x)")
    if found:
        proof = f"by first | assumption | {grind(view)}"
        yield block([f"try exact ⟨{each}, {proof}⟩" for each in found[:_MOST_FUNCTIONS]]), -0.8


def instantiate(view: View) -> Iterator[Proposal]:
    """All universal hypotheses on all small terms at once; to contradict them, on small numbers, too."""
    if not (_is_first_order(view) or view.target == "False" or _is_about_functions(view)):
        return
    terms = _terms(view)
    for type_, constants in _CONSTANTS.items() if view.target == "False" else ():
        terms.setdefault(type_, []).extend(constants)
    facts = []
    for proof in view.proofs:
        said = UNIVERSAL.fullmatch(proof.type)
        if said is not None:
            values = terms.get(said["type"], [])
            count = len(said["names"].split())
            facts += [" ".join([proof.name, *chosen]) for chosen in product(values, repeat=count)]
    if facts:
        yield block([*(f"have := {fact}" for fact in islice(facts, _MOST_INSTANCES)), grind(view)]), -1.3


def diagonalize(view: View) -> Iterator[Proposal]:
    """Cantor: of a function `f` with two arguments of one type, `fun x => g (f x x)` may be no `f x`. What is
    said of all functions is said of that one, too; or it is the one that is asked for."""
    for diagonal, type_ in _diagonals(view):
        equal, some = view.fresh("h"), view.fresh("a")
        ending = (f"have := congrFun {equal} {some}", grind(view))
        for proof in view.proofs:
            said = UNIVERSAL.fullmatch(proof.type)
            if said and said["type"] == type_ and connective(said["says"]) == "∃":
                yield block([f"obtain ⟨{some}, {equal}⟩ := {proof.name} ({diagonal})", *ending]), -0.9
        if _NONE_IS.fullmatch(view.target):
            yield block([f"refine ⟨{diagonal}, fun {some} {equal} => ?_⟩", *ending]), -0.9


def _diagonals(view: View) -> Iterator[tuple[str, str]]:
    """With their types."""
    functions = view.of_kind(Kind.FUNCTION)
    for function in functions:
        first, *rest = function.type.split(" → ")
        if len(rest) != 2 or rest[0] != first:
            continue
        ways = [f"{other.name} ({{}})" for other in functions if other.type == f"{rest[1]} → {rest[1]}"]
        for way in (*_OTHERS.get(rest[1], ()), *ways):
            bound = view.fresh("x")
            yield f"fun {bound} => {way.format(f'{function.name} {bound} {bound}')}", " → ".join(rest)


def take_least(view: View) -> Iterator[Proposal]:
    """Of the natural numbers that there are the least one."""
    for proof in view.proofs:
        said = _SOME.fullmatch(proof.type)
        if said is None or not _is_of_a_number(view, said["name"], said["says"]):
            continue
        name, says = said["name"], said["says"]
        smaller, none, every, holds, ih = (view.fresh(each) for each in ("m", "none", "every", "h", "ih"))
        least = f"∀ {smaller} : Nat, {smaller} < {name} → ¬({replace_term(says, name, smaller)})"
        yield (
            block(
                [
                    f"obtain ⟨{name}, {holds}, least⟩ : ∃ {name} : Nat, ({says}) ∧ {least} := by",
                    f"  refine Classical.byContradiction fun {none} => ?_",
                    f"  have {every} : ∀ {name} : Nat, ¬({says}) := by",
                    f"    intro {name}",
                    f"    induction {name} using Nat.strongRecOn with",
                    f"    | _ {name} {ih} => exact fun {holds} => {none} ⟨{name}, {holds}, {ih}⟩",
                    f"  obtain ⟨{name}, {holds}⟩ := {proof.name}",
                    f"  exact {every} {name} {holds}",
                    f"clear {proof.name}",
                ]
            ),
            -1.9,
        )


def _is_of_a_number(view: View, name: str, says: str) -> bool:
    """Whether something that takes natural numbers takes that."""
    takes = [v.name for v in view.of_kind(Kind.FUNCTION) if v.type.startswith("Nat → ")]
    calls = applications(says)
    return any(call.head in takes and call.args[0] == name for call in calls)


def consider_extents(view: View) -> Iterator[Proposal]:
    """Whether properties are those of none, of some, of all: then little is left of their quantifiers."""
    spoken = variables_in(view.target)
    properties = [
        variable.name
        for variable in view.of_kind(Kind.FUNCTION)
        if _PROPERTY.fullmatch(variable.type) and variable.name in spoken
    ]
    if not _is_first_order(view) or not 0 < len(properties) <= _MOST_PROPERTIES or "∃" not in view.target:
        return
    steps = []
    for name in properties:
        some, every = view.fresh("h"), view.fresh("h")
        steps += [f"by_cases {some} : ∃ x, {name} x", f"by_cases {every} : ∀ x, {name} x"]
    yield " <;> ".join([*steps, "(try simp_all)", "grind"]), -1.5


def _terms(view: View) -> dict[str, list[str]]:
    """Those of each type, the simple ones first."""
    found: dict[str, list[str]] = {}
    numbers = [variable for variable in view.of_kind(Kind.DATA) if variable.type in _NUMBERS]
    for variable in (*numbers, *view.of_kind(Kind.ELEMENT)):
        found.setdefault(variable.type, []).append(variable.name)
    numerals = dict.fromkeys(_NUMERAL.findall(view.target))
    for type_ in _NUMBERS:
        found.setdefault(type_, []).extend(islice(numerals, _MOST_NUMERALS))
    functions = [variable for variable in view.of_kind(Kind.FUNCTION) if "(" not in variable.type]
    for _ in range(_DEEPEST):
        made: list[tuple[str, str]] = []
        for function in functions:
            *arguments, result = function.type.split(" → ")
            if result != "Prop":
                chosen = product(*(found.get(type_, ())[:_MOST_TERMS] for type_ in arguments))
                made += [(result, f"({' '.join([function.name, *values])})") for values in chosen]
        for type_, value in made:
            if value not in found.setdefault(type_, []):
                found[type_].append(value)
    return {type_: values[:_MOST_TERMS] for type_, values in found.items()}


def _is_about_functions(view: View) -> bool:
    """Of numbers, of which nothing is known but by hypotheses."""
    return not view.definitions and any(_OF_NUMBERS.match(v.type) for v in view.of_kind(Kind.FUNCTION))


def _is_first_order(view: View) -> bool:
    return not view.definitions and not view.of_kind(Kind.DATA)
