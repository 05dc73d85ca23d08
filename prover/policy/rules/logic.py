"""First-order logic: what is said of all is said of some, until `grind` sees that it can't be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from prover.policy.rules.common import UNIVERSAL, Proposal, block, grind
from prover.policy.terms import connective, variables_in
from prover.policy.view import Kind, View

_NONEMPTY = re.compile(r"Nonempty (\S+)")
_CONSTANTS = {"Nat": ("0", "1", "2"), "Bool": ("true", "false")}
_PROPERTY = re.compile(r"\S+ → Prop")
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


def instantiate(view: View) -> Iterator[Proposal]:
    """All universal hypotheses on all small terms at once; to contradict them, on small numbers, too."""
    if not _is_first_order(view) and view.target != "False":
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
    for variable in view.of_kind(Kind.ELEMENT):
        found.setdefault(variable.type, []).append(variable.name)
    functions: dict[str, list[tuple[str, int]]] = {}
    for variable in view.of_kind(Kind.FUNCTION):
        *arguments, result = variable.type.split(" → ")
        if {*arguments} == {result}:
            functions.setdefault(result, []).append((variable.name, len(arguments)))
    for type_, values in found.items():
        for _ in range(_DEEPEST):
            made = [
                f"({' '.join([function, *chosen])})"
                for function, places in functions.get(type_, ())
                for chosen in product(values[:_MOST_TERMS], repeat=places)
            ]
            values += [value for value in made if value not in values]
        found[type_] = values[:_MOST_TERMS]
    return found


def _is_first_order(view: View) -> bool:
    return not view.definitions and not view.of_kind(Kind.DATA)
