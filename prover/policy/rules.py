"""The rules of the fixed policy: each looks at a goal and proposes tactics with log-probabilities.

A log-probability is a price: the search pays it to try the tactic, and a path's price is the sum.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from prover.policy.conjectures import conjectures, induction_calls, inductions, recursion_spots, replace_term
from prover.policy.terms import bound_names, connective, names, premise, sides, telescope, variables_in
from prover.policy.theory import lemmas, prove_laws
from prover.policy.view import Kind, Variable, View

Proposal = tuple[str, float]
Rule = Callable[[View], Iterator[Proposal]]

_ARITHMETIC = re.compile(r"[≤<≥>+*/%∣]|(?<![\w'.])(\d|Nat\b(?!'))")
_OPERATION = re.compile(r"[≤<≥>+*/%∣∈⊆^]|::|[-−] ")
_MAX_INDUCTIONS = 3
_MAX_WITNESSES = 4


def listed(tactic: str, premises: list[str]) -> str:
    return f"{tactic} [{', '.join(premises)}]" if premises else tactic


def close(view: View) -> Iterator[Proposal]:
    """What may end the goal at once."""
    if any(proof.type == view.target for proof in view.proofs):
        yield "assumption", -0.05
    if connective(view.target) in ("=", "↔", ""):
        yield "rfl", -0.8
    yield listed("simp_all", view.definitions), -0.4
    if _ARITHMETIC.search(view.text):
        yield "omega", -0.5
    yield listed("grind", view.definitions), -0.7
    if not view.local & variables_in(view.target):
        yield "decide", -1.0
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
        for variable in view.of_kind(Kind.DATA, Kind.ELEMENT)[-_MAX_WITNESSES:]:
            yield f"refine ⟨{variable.name}, ?_⟩", -1.8
        yield "exact ⟨_, rfl⟩", -1.7
        yield "constructor", -2.5
        yield f"refine Classical.byContradiction fun {view.fresh('h')} => ?_", -3.0
    elif top == "=" and (view.of_kind(Kind.FUNCTION) or "fun " in view.target):
        yield f"funext {view.fresh('x')}", -1.5
    elif top == "=":
        yield "ext", -2.7
    if re.search(r"\b(if|match)\b", view.target):
        yield "split", -0.9


def take_hypotheses_apart(view: View) -> Iterator[Proposal]:
    for proof in view.proofs:
        top = connective(proof.type)
        if top == "∧":
            yield f"obtain ⟨{view.fresh('h')}, {view.fresh('h')}⟩ := {proof.name}", -0.5
        elif top == "∃":
            yield f"obtain ⟨{view.fresh('x')}, {view.fresh('h')}⟩ := {proof.name}", -0.5
        elif top == "∨":
            yield f"cases {proof.name}", -0.8
        elif re.search(r"\b(if|match)\b", proof.type):
            yield f"split at {proof.name}", -1.1


def _recursion_scores(view: View) -> Counter[str]:
    """How often each variable stands where a function takes its argument apart."""
    scores: Counter[str] = Counter()
    data = {variable.name for variable in view.of_kind(Kind.DATA)}
    for text, weight in [(view.target, 4), *((proof.type, 1) for proof in view.proofs)]:
        for symbol, call in view.symbols.calls(text):
            for position, arg in enumerate(call.args):
                if arg in data and position in symbol.matched:
                    scores[arg] += weight
    for name in names(view.target):
        first = name.split(".")[0]
        if first in data and first not in scores:
            scores[first] = 0
    return scores


def induct(view: View) -> Iterator[Proposal]:
    scores = _recursion_scores(view)
    simp, grind = listed("simp_all", view.definitions), listed("grind", view.definitions)
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
        for form in forms:
            yield f"{form} <;> try {simp}", price
            yield f"{form} <;> {grind}", price - 0.3
            price -= 0.25
        yield forms[0], price - 1.2


def induct_on_two(view: View) -> Iterator[Proposal]:
    """With the cases of a second variable in each case of the first."""
    grind = listed("grind", view.definitions)
    spots = recursion_spots(view, view.text)
    inductive = {variable.name for variable in view.of_kind(Kind.DATA) if _has_induction(view, variable)}
    data = [variable.name for variable in view.of_kind(Kind.DATA, Kind.ELEMENT)]
    names_ = [name for name in data if name in variables_in(view.text)]
    ways = inductions({name: at for name, at in spots.items() if name in inductive}, names_, grind)
    for rank, way in enumerate(way for way in ways if "cases" in way):
        yield way, -2.2 - 0.3 * rank


def _has_induction(view: View, variable: Variable) -> bool:
    if variable.head in ("Nat", "List", "Array", "String"):
        return variable.head in ("Nat", "List")
    return variable.head not in _ENUM_LIKE and view.symbols.resolve(variable.head) is not None


_ENUM_LIKE = frozenset(("Bool", "Option", "Prod", "Sum", "Unit", "Int", "Fin", "Char", "Except", "Ordering"))


def _generalized(view: View, variable: Variable) -> list[str]:
    """The other variables of the target that an induction hypothesis may need for all values."""
    in_target = variables_in(view.target)
    fixed = variables_in(variable.type)
    return [
        other.name
        for other in view.of_kind(Kind.DATA, Kind.ELEMENT)
        if other.name != variable.name and other.name in in_target and other.name not in fixed
    ]


def induct_on_calls(view: View) -> Iterator[Proposal]:
    simp, grind = listed("simp_all", view.definitions), listed("grind", view.definitions)
    for number, call in enumerate(induction_calls(view, view.target, view.local), 1):
        price = -1.7 - 0.5 * number
        yield f"fun_induction {call} <;> try {simp}", price
        yield f"fun_induction {call} <;> {grind}", price - 0.3


def induct_on_proofs(view: View) -> Iterator[Proposal]:
    for proof in view.proofs:
        full = view.symbols.resolve(proof.head) if proof.head else None
        if full is not None and view.symbols[full].is_predicate:
            grind = listed("grind", [*view.definitions, view.written(view.symbols[full])])
            yield f"induction {proof.name} <;> try {listed('simp_all', view.definitions)}", -1.2
            yield f"induction {proof.name} <;> {grind}", -1.4
            yield f"cases {proof.name}", -1.3


def consider_cases(view: View) -> Iterator[Proposal]:
    simp = listed("simp_all", view.definitions)
    mentioned = variables_in(view.text)
    for variable in view.of_kind(Kind.DATA):
        if variable.name in mentioned:
            price = -1.4 if variable.head in _ENUM_LIKE else -2.2
            yield f"cases {variable.name} <;> try {simp}", price


def conjecture(view: View) -> Iterator[Proposal]:
    yield from conjectures(view, listed("simp_all", view.definitions))


def fertilize(view: View) -> Iterator[Proposal]:
    """Use an equation between terms as an induction hypothesis is used: on one side, either way round."""
    if sides(view.target) is None:
        return
    for proof in view.proofs:
        if sides(telescope(proof.type)[1]) is None:
            continue
        yield f"(conv => rhs; rw [← {proof.name}])", -1.9
        yield f"rw [{proof.name}]", -1.9
        yield f"rw [← {proof.name}]", -2.2


def rewrite_by_laws(view: View) -> Iterator[Proposal]:
    for law in view.laws:
        yield f"rw [{law.name}]", -2.4


def use_hypotheses(view: View) -> Iterator[Proposal]:
    head = _head(view.target)
    for proof in view.proofs:
        binders, conclusion = telescope(proof.type)
        if binders and head and _head(conclusion) == head:
            yield f"apply {proof.name}", -1.2
        if view.target == "False" and connective(conclusion) == "¬":
            yield f"apply {proof.name}", -1.0


def _head(proposition: str) -> str:
    top = connective(proposition)
    return top or (names(proposition) or [""])[0]


def specialize(view: View) -> Iterator[Proposal]:
    """Apply a universal hypothesis to each variable of the right type."""
    known = {proof.type for proof in view.proofs}
    for proof in view.proofs:
        binder = re.match(r"∀ \((\S+) : ([^()]+)\), ", proof.type)
        if binder is None:
            continue
        for variable in view.of_kind(Kind.DATA, Kind.ELEMENT):
            instance = replace_term(proof.type[binder.end() :], binder.group(1), variable.name)
            if variable.type == binder.group(2) and instance not in known:
                yield f"have {view.fresh('h')} := {proof.name} {variable.name}", -2.0


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


def use_earlier_theorems(view: View, premises: list[str]) -> Iterator[Proposal]:
    """`premises` are the theorems that may be used, the most relevant first."""
    if not premises:
        return
    yield listed("simp_all", [*view.definitions, *premises]), -0.9
    yield listed("grind", [*view.definitions, *premises]), -1.0
    for rank, name in enumerate(premises[:4]):
        yield f"rw [{name}]", -1.6 - 0.2 * rank
        yield f"apply {name}", -1.8 - 0.2 * rank


RULES: tuple[Rule, ...] = (
    close,
    introduce,
    take_target_apart,
    take_hypotheses_apart,
    induct,
    induct_on_two,
    induct_on_calls,
    induct_on_proofs,
    consider_cases,
    conjecture,
    prove_laws,
    lemmas,
    rewrite_by_laws,
    fertilize,
    use_hypotheses,
    specialize,
    decide_cases,
)
