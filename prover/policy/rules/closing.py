"""What may end a goal, and what takes it or its hypotheses apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import product

from prover.policy.declared import read_signature
from prover.policy.programs import programs_of
from prover.policy.rules.common import ENUM_LIKE, Proposal, block, grind, held_up, simp_all
from prover.policy.syntax import NotRead
from prover.policy.terms import (
    bound_names,
    connective,
    names,
    premise,
    sides,
    split_outer,
    telescope,
    variables_in,
)
from prover.policy.view import Kind, Variable, View

_ARITHMETIC = re.compile(r"[≤<≥>+*/%∣]|(?<![\w'.])(\d|Nat\b(?!'))")
_OPERATION = re.compile(r"[≤<≥>+*/%∣∈⊆^]|::|[-−] ")
_MATCHED = re.compile(r"\bmatch (.+?) with\b")
_OF_OPTIONS = re.compile(r"\)\.(?:bind|map|isSome|isNone|getD)\b")
_MAX_WITNESSES, _MAX_ELEMENTS = 4, 2
_LARGER = ("2 * {} + 2", "2 * {} + 1", "2 * {}")
_MAX_TOGETHER, _MAX_ATTEMPTS = 3, 24


def close(view: View) -> Iterator[Proposal]:
    """What may end the goal at once."""
    if any(proof.type == view.target for proof in view.proofs):
        yield "assumption", -0.05
    if connective(view.target) in ("=", "↔", ""):
        yield "rfl", -0.8
    yield simp_all(view), -0.4
    if _ARITHMETIC.search(view.text):
        yield "omega", -0.5
    yield grind(view), -0.7
    if not view.local & variables_in(view.target):
        yield "decide", -1.0
        yield "decide +kernel", -1.8
    if not view.definitions and _speaks_of_the_library(view):
        yield "exact?", -1.6


def _speaks_of_the_library(view: View) -> bool:
    """Not of variables and connectives alone, for which it has little to offer."""
    known = view.local | bound_names(view.target) | {"True", "False", "Prop"}
    dotted = any("." in name for name in names(view.target))
    return dotted or bool(variables_in(view.target) - known or _OPERATION.search(view.target))


def introduce(view: View) -> Iterator[Proposal]:
    wanted, rest = telescope(view.target)
    names_ = [view.fresh(name, bound=True) if name else view.fresh("h") for name in wanted]
    if connective(rest) == "¬":
        names_.append(view.fresh("h"))
    if names_:
        yield f"intro {' '.join(names_)}", -0.3


def take_target_apart(view: View) -> Iterator[Proposal]:
    top = connective(view.target)
    if top in ("∧", "↔"):
        yield "constructor", -0.6
    elif top == "∨":
        yield "left", -1.6
        yield "right", -1.6
        yield f"refine Classical.byContradiction fun {view.fresh('h')} => ?_", -2.5
    elif top == "∃":
        data = view.of_kind(Kind.DATA, Kind.ELEMENT)
        for variable in data[-_MAX_WITNESSES:]:
            yield f"refine ⟨{variable.name}, ?_⟩", -1.8
        yield "exact ⟨_, rfl⟩", -1.7
        for variable in data[: -_MAX_WITNESSES - 1 : -1]:
            yield from ((f"refine ⟨{made}, ?_⟩", -2.0) for made in _made(variable, data))
        yield "constructor", -2.5
        yield f"refine Classical.byContradiction fun {view.fresh('h')} => ?_", -3.0
    elif top == "=" and any(_is_function(view, side) for side in sides(view.target) or ()):
        yield f"funext {view.fresh('x')}", -0.6
    elif top == "=" and (view.of_kind(Kind.FUNCTION) or "fun " in view.target):
        yield f"funext {view.fresh('x')}", -1.5
    elif top == "=":
        yield "ext", -2.7
    if re.search(r"\b(if|match)\b", view.target):
        yield "split", -0.9


def _is_function(view: View, term: str) -> bool:
    """Whether it is the name of one of the file's."""
    full = view.symbols.resolve(term)
    if full is None or not view.symbols[full].is_definition:
        return False
    try:
        return bool(read_signature(view.symbols[full].declaration.statement).arguments)
    except NotRead:
        return False


def try_witnesses(view: View) -> Iterator[Proposal]:
    """A row of attempts with values of one type for all that the target asks for."""
    asked = len(bound_names(split_outer(view.target, ",")[0]))
    if connective(view.target) != "∃" or asked > _MAX_TOGETHER:
        return
    data = view.of_kind(Kind.DATA, Kind.ELEMENT)
    values: dict[str, list[str]] = {}
    for variable in data[: -_MAX_WITNESSES - 1 : -1]:
        larger = [way.format(variable.name) for way in _LARGER] if variable.type == "Nat" else []
        values.setdefault(variable.type, []).extend([variable.name, *_made(variable, data), *larger])
    if _ARITHMETIC.search(view.target):
        values.setdefault("Nat", []).extend(("0", "1"))
    ways = [way for of_type in values.values() for way in _by_rank(dict.fromkeys(of_type), asked)]
    attempts = [f"try exact ⟨{', '.join(way)}, by {grind(view)}⟩" for _, way in sorted(ways)[:_MAX_ATTEMPTS]]
    if len(attempts) > 1:
        yield block(attempts), -1.5


def _by_rank(values: Collection[str], count: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """So many of them, with the sum of their places."""
    for chosen in product(enumerate(values), repeat=count):
        yield sum(at for at, _ in chosen), tuple(value for _, value in chosen)


def _made(variable: Variable, others: Sequence[Variable]) -> list[str]:
    """Of its type, by a constructor, from it or from nothing."""
    if variable.type == "Nat":
        return [f"{variable.name} + 1"]
    if variable.head != "List":
        return []
    element = variable.type.removeprefix("List ")
    fitting = [other.name for other in others if other.type in (element, element[1:-1])]
    return ["[]", *(f"{name} :: {variable.name}" for name in fitting[-_MAX_ELEMENTS:])]


def take_hypotheses_apart(view: View) -> Iterator[Proposal]:
    for proof in view.proofs:
        top = connective(proof.type)
        if top == "∧":
            yield f"obtain ⟨{view.fresh('h')}, {view.fresh('h')}⟩ := {proof.name}", -0.5
        elif top == "∃":
            yield f"obtain ⟨{view.fresh('x')}, {view.fresh('h')}⟩ := {proof.name}", -0.5
        elif top == "∨":
            yield f"cases {proof.name}", -0.8
        elif _names_a_variable(view, proof.type):
            yield f"subst {proof.name}", -0.7
        elif re.search(r"\b(if|match)\b", proof.type):
            yield f"split at {proof.name}", -1.1


def _names_a_variable(view: View, proposition: str) -> bool:
    """`x = t` or `t = x`, where `t` does not mention the variable `x`."""
    left, right = sides(proposition) or ("", "")
    data = {variable.name for variable in view.of_kind(Kind.DATA, Kind.ELEMENT)}
    pairs = ((left, right), (right, left))
    return any(one in data and one not in variables_in(other) for one, other in pairs)


def consider_cases(view: View) -> Iterator[Proposal]:
    simp, closing = simp_all(view), grind(view)
    data = view.of_kind(Kind.DATA)
    mentioned = variables_in(view.text)
    waiting = held_up(view, {variable.name for variable in data}, at_least=1)
    opposite = _opposite_constructors(view)
    for variable in data:
        if variable.name in waiting:
            yield f"cases {variable.name} <;> try {simp}", -1.3
            yield f"cases {variable.name} <;> {closing}", -1.5
        elif variable.name in mentioned:
            price = -1.4 if variable.head in ENUM_LIKE or variable.name in opposite else -2.2
            yield f"cases {variable.name} <;> try {simp}", price


def _opposite_constructors(view: View) -> set[str]:
    """The sides of an equation of which the other one is made by a constructor."""
    left, right = sides(view.target) or ("", "")
    makes = programs_of(view.symbols).constructor
    return {one for one, other in ((left, right), (right, left)) if makes(next(iter(names(other)), ""))}


def match_calls(view: View) -> Iterator[Proposal]:
    """All that is taken apart by a `match`, at once, where one value of them can't be a variable; and calls
    that may give nothing."""
    told = set[str]()
    for proposition in (view.target, *(proof.type for proof in view.proofs)):
        bound = bound_names(proposition)
        matched = [split_outer(found, ",") for found in _MATCHED.findall(proposition)]
        optional = [[call] for call in _optional(proposition) if not _recurses(view, call)]
        for parts in (*matched, *optional):
            if ", ".join(parts) in told or {*parts} <= view.local or variables_in(", ".join(parts)) & bound:
                continue
            told.add(", ".join(parts))
            cases = [
                f"cases {part}" if part in view.local else f"cases {view.fresh('h')} : {part}"
                for part in dict.fromkeys(parts)
            ]
            yield " <;> ".join([*cases, f"try {simp_all(view)}"]), -0.8
            if parts not in optional:
                yield " <;> ".join([*cases, grind(view)]), -1.0


def _recurses(view: View, call: str) -> bool:
    """Whether it is one of a recursive function, which has its own cases, or of what a call makes."""
    name = next(iter(names(call)), "")
    full = view.symbols.resolve(name)
    return not call.startswith(name) or (full is not None and view.symbols[full].is_recursive)


def _optional(text: str) -> Iterator[str]:
    """The calls in brackets of which the text has a field that options have."""
    for field in _OF_OPTIONS.finditer(text):
        depth, start = 1, field.start()
        while depth and start:
            start -= 1
            depth += (text[start] == ")") - (text[start] == "(")
        call = text[start + 1 : field.start()]
        if " " in call and not depth:
            yield call


def decide_cases(view: View) -> Iterator[Proposal]:
    known = {part for proof in view.proofs for part in (proof.type, proof.type.removeprefix("¬"))}
    conditions = re.findall(r"\bif (.*?) then\b", view.text)
    conditions += [variable.name for variable in view.of_kind(Kind.PROPOSITION)]
    conditions += [premise(proof.type) for proof in view.proofs if connective(proof.type) == "→"]
    bound = bound_names(view.target)
    for condition in dict.fromkeys(conditions):
        free = variables_in(condition) & view.local and not variables_in(condition) & bound
        if free and condition not in known:
            yield f"by_cases {view.fresh('h')} : {condition}", -1.9
