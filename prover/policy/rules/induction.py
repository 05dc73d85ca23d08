"""Inductions: on variables, on calls of functions, on proofs of inductive predicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, product

from prover.policy.conjectures import (
    conjectures,
    induction_calls,
    inductions,
    recurses_on_parts,
    recursion_spots,
)
from prover.policy.declared import read_rules
from prover.policy.programs import programs_of
from prover.policy.rules.common import (
    ENUM_LIKE,
    Proposal,
    grind,
    grind_with_cases,
    head,
    held_up,
    in_turn,
    listed,
    simp_all,
)
from prover.policy.symbols import Symbol
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.terms import applications, names, variables_in
from prover.policy.view import Kind, Variable, View

_MAX_INDUCTIONS = 3
_MOST_FITS = 6
_MAX_STRONG = 2
_INFIX = frozenset(("++", "+", "*", "-"))


def induct(view: View) -> Iterator[Proposal]:
    scores = _recursion_scores(view)
    simp, closing, with_cases = simp_all(view), grind(view), grind_with_cases(view)
    waiting = held_up(view, {variable.name for variable in view.of_kind(Kind.DATA)}, at_least=2)
    inductive = [v for v in view.of_kind(Kind.DATA) if _has_induction(view, v) and v.name in scores]
    ranked = sorted(inductive, key=lambda variable: -scores[variable.name])[:_MAX_INDUCTIONS]
    for rank, variable in enumerate(ranked):
        price = -1.0 - 0.4 * rank
        if any(variable.name in variables_in(proof.type) for proof in view.proofs):
            price -= 0.6  # it has been taken apart, or should take its hypotheses along
        forms = [f"induction {variable.name}"]
        others = _generalized(view, variable)
        if others:
            forms.append(f"induction {variable.name} generalizing {' '.join(others)}")
        if with_cases:
            yield f"{forms[-1]} <;> {with_cases}", price - (0.35 if variable.name in waiting else 0.6)
        for form in forms:
            yield f"{form} <;> try {simp}", price
            yield f"{form} <;> {closing}", price - 0.3
            price -= 0.25
        yield forms[0], price - 1.2


def induct_on_two(view: View) -> Iterator[Proposal]:
    """With the cases of a second variable in each case of the first, for types of the library."""
    closing = grind(view)
    spots = recursion_spots(view, view.text)
    inductive = {v.name for v in view.of_kind(Kind.DATA) if v.head in ("Nat", "List")}
    data = [variable.name for variable in view.of_kind(Kind.DATA, Kind.ELEMENT)]
    names_ = [name for name in data if name in variables_in(view.text)]
    ways = inductions({name: at for name, at in spots.items() if name in inductive}, names_, closing)
    price = -1.7 if held_up(view, {*inductive}, at_least=2) else -2.2
    for rank, way in enumerate(way for way in ways if "cases" in way):
        yield way, price - 0.3 * rank


def _recursion_scores(view: View) -> Counter[str]:
    """How often each variable stands where a function takes its argument apart."""
    scores: Counter[str] = Counter()
    data = {variable.name for variable in view.of_kind(Kind.DATA)}
    for text, weight in [(view.target, 4), *((proof.type, 1) for proof in view.proofs)]:
        for symbol, call in view.symbols.calls(text):
            for position, arg in enumerate(call.args):
                if arg in data and position in view.symbols.taken_apart(symbol):
                    scores[arg] += weight
    for name in names(view.target):
        first = name.split(".")[0]
        if first in data and first not in scores:
            scores[first] = 0
    return scores


def _has_induction(view: View, variable: Variable) -> bool:
    if variable.head in ("Nat", "List", "Array", "String"):
        return variable.head in ("Nat", "List")
    return variable.head not in ENUM_LIKE and view.symbols.resolve(variable.head) is not None


def _generalized(view: View, variable: Variable) -> list[str]:
    """The other variables that an induction hypothesis may need for all values: those of the target, and of
    the hypotheses that become premises of it."""
    along = [proof.type for proof in view.proofs if variable.name in variables_in(proof.type)]
    moving = frozenset().union(*map(variables_in, (view.target, *along))) - variables_in(variable.type)
    others = [other.name for other in view.of_kind(Kind.DATA, Kind.ELEMENT) if other.name != variable.name]
    return [name for name in others if name in moving]


def induct_strongly(view: View) -> Iterator[Proposal]:
    """On natural numbers, from all that are smaller; and with the first numbers taken out."""
    closing = grind(view)
    numbers = [v for v in view.of_kind(Kind.DATA) if v.type == "Nat" and v.name in variables_in(view.target)]
    for rank, number in enumerate(numbers[:_MAX_STRONG]):
        name, others = number.name, _generalized(view, number)
        moving = f" generalizing {' '.join(others)}" if others else ""
        form = f"induction {name} using Nat.strongRecOn{moving}"
        price = -1.7 - 0.4 * rank
        yield f"{form} <;> {closing}", price
        cases = f"rcases {name} with _ | _ | {name} <;> {closing}"
        yield f"{form} with | _ {name} {view.fresh('h')} => {cases}", price - 0.2
        yield form, price - 0.8


def induct_on_calls(view: View) -> Iterator[Proposal]:
    simp, with_cases = simp_all(view), grind_with_cases(view)
    data = [v.name for v in view.of_kind(Kind.DATA, Kind.ELEMENT) if v.name in variables_in(view.text)]
    calls = islice(induction_calls(view, view.text, view.local).items(), _MAX_INDUCTIONS)
    for number, (call, function) in enumerate(calls, 1):
        price = -1.7 if recurses_on_parts(view, function) else -0.2 if view.laws else -0.7
        price -= 0.5 * number
        yield f"fun_induction {call} <;> try {simp}", price
        yield f"fun_induction {call} <;> {grind(view, unfolded=function)}", price - 0.3
        if with_cases:
            others = [name for name in data if name not in call.split()]
            generalizing = f" generalizing {' '.join(others)}" if others else ""
            yield f"fun_induction {call}{generalizing} <;> {with_cases}", price - 0.2


def induct_on_proofs(view: View) -> Iterator[Proposal]:
    """Of inductive predicates; what they are proved of becomes a variable first."""
    simp, closing = simp_all(view), grind(view)
    for proof in view.proofs:
        full = view.symbols.resolve(proof.head) if proof.head else None
        if full is None or not view.symbols[full].is_predicate:
            continue
        steps, moving = _indices_apart(view, proof)
        form = f"induction {proof.name}{moving}"
        yield in_turn(*steps, f"{form} <;> {closing}"), -1.3
        yield in_turn(*steps, f"{form} <;> try {simp}"), -1.5
        if moving:
            yield in_turn(*steps, f"induction {proof.name} <;> {closing}"), -1.7
        yield f"cases {proof.name}", -1.4
        yield f"cases {proof.name} <;> {closing}", -1.6


def _indices_apart(view: View, proof: Variable) -> tuple[list[str], str]:
    """Tactics after which a predicate is proved of variables, and what an induction on it generalizes."""
    (predicate, *_) = [*applications(proof.type), None]
    if predicate is None or predicate.start != 0:
        return [], ""
    terms = [arg for arg in predicate.args if arg not in view.local]
    steps = [f"generalize {view.fresh('e')} : {term} = {view.fresh('x')} at {proof.name}" for term in terms]
    free = (variables_in(view.target) | variables_in(" ".join(terms))) - set(predicate.args)
    moving = [variable.name for variable in view.of_kind(Kind.DATA, Kind.ELEMENT) if variable.name in free]
    return steps, f" generalizing {' '.join(moving)}" if moving else ""


def use_rules(view: View) -> Iterator[Proposal]:
    """The constructors of an inductive predicate."""
    predicate = _predicate(view)
    if predicate is None:
        return
    yield "constructor", -1.2
    constructors = predicate.constructors
    for name in constructors if len(constructors) > 1 else ():
        applied = f"apply {view.written(predicate)}.{name}"
        yield applied, -1.5
        yield f"{applied} <;> first | assumption | constructor", -1.4


def fit_rules(view: View) -> Iterator[Proposal]:
    """A constructor of an inductive predicate, from hypotheses and others, where what it proves is said in
    terms of functions, so that it is the target only when both are simplified."""
    predicate = _predicate(view)
    if predicate is None:
        return
    try:
        rules, target = read_rules(predicate), read_term(view.target)
    except NotRead:
        return
    known = [
        proof.name
        for proof in view.proofs
        if proof.head and view.symbols.resolve(proof.head) == predicate.name
    ]
    short = predicate.name.rpartition(".")[2]
    taken = {rule: [name for name, type_ in rule.named if type_.head == short] for rule in rules}
    free = [f".{rule.name} .." for rule, premises in taken.items() if not premises]
    for rule, premises in taken.items():
        computed = any(_computes(view, arg) for arg in rule.proves.args)
        if not premises or not computed or _clash(view, rule.proves, target):
            continue
        ways = (way for way in product([*known[::-1], *free], repeat=len(premises)) if {*way} & {*known})
        for way in islice(ways, _MOST_FITS):
            given = " ".join(f"({premise} := {proof})" for premise, proof in zip(premises, way, strict=True))
            simpa = listed("simpa", view.definitions_for_simp)
            yield f"{simpa} using {view.written(predicate)}.{rule.name} {given} ..", -1.3


def _predicate(view: View) -> Symbol | None:
    """The inductive one that the target says something of."""
    full = view.symbols.resolve(head(view.target))
    return view.symbols[full] if full is not None and view.symbols[full].is_predicate else None


def _clash(view: View, one: Term, other: Term) -> bool:
    """Whether different constructors stand in one place."""
    makes = programs_of(view.symbols).constructor
    pairs = zip(one.args, other.args, strict=False)
    made = ((makes(left.head), makes(right.head)) for left, right in pairs)
    return any(left and right and left != right for left, right in made)


def _computes(view: View, term: Term) -> bool:
    """Whether it is made by a function, somewhere in it."""
    full = view.symbols.resolve(term.head)
    called = full is not None and view.symbols[full].is_definition
    return term.head in _INFIX or called or any(_computes(view, arg) for arg in term.args)


def conjecture(view: View) -> Iterator[Proposal]:
    yield from conjectures(view, simp_all(view))
