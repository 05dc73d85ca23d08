"""The rules of the fixed policy: each looks at a goal and proposes tactics with log-probabilities.

A log-probability is a price: the search pays it to try the tactic, and a path's price is the sum.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from prover.policy.conjectures import conjectures, induction_calls, inductions, recursion_spots, replace_term
from prover.policy.terms import (
    applications,
    bound_names,
    connective,
    names,
    premise,
    sides,
    telescope,
    variables_in,
)
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


def _simp(view: View, premises: Sequence[str] = ()) -> str:
    return listed("simp_all", [*view.definitions, *premises])


def _grind(view: View, premises: Sequence[str] = ()) -> str:
    """With inductive predicates it knows their rules, and takes proofs of them apart."""
    return listed("grind", [*view.definitions, *view.predicates, *premises])


def _grind_with_cases(view: View) -> str | None:
    """One that takes apart values of the file's own types, too; None where there are none."""
    return _grind(view, view.own_types) if view.own_types else None


def close(view: View) -> Iterator[Proposal]:
    """What may end the goal at once."""
    if any(proof.type == view.target for proof in view.proofs):
        yield "assumption", -0.05
    if connective(view.target) in ("=", "↔", ""):
        yield "rfl", -0.8
    yield _simp(view), -0.4
    if _ARITHMETIC.search(view.text):
        yield "omega", -0.5
    yield _grind(view), -0.7
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
                if arg in data and position in view.symbols.taken_apart(symbol):
                    scores[arg] += weight
    for name in names(view.target):
        first = name.split(".")[0]
        if first in data and first not in scores:
            scores[first] = 0
    return scores


def induct(view: View) -> Iterator[Proposal]:
    scores = _recursion_scores(view)
    simp, grind, with_cases = _simp(view), _grind(view), _grind_with_cases(view)
    held_up = _held_up(view, {variable.name for variable in view.of_kind(Kind.DATA)}, at_least=2)
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
            yield f"{forms[-1]} <;> {with_cases}", price - (0.35 if variable.name in held_up else 0.6)
        for form in forms:
            yield f"{form} <;> try {simp}", price
            yield f"{form} <;> {grind}", price - 0.3
            price -= 0.25
        yield forms[0], price - 1.2


def induct_on_two(view: View) -> Iterator[Proposal]:
    """With the cases of a second variable in each case of the first, for types of the library."""
    grind = _grind(view)
    spots = recursion_spots(view, view.text)
    inductive = {v.name for v in view.of_kind(Kind.DATA) if v.head in ("Nat", "List")}
    data = [variable.name for variable in view.of_kind(Kind.DATA, Kind.ELEMENT)]
    names_ = [name for name in data if name in variables_in(view.text)]
    ways = inductions({name: at for name, at in spots.items() if name in inductive}, names_, grind)
    price = -1.7 if _held_up(view, {*inductive}, at_least=2) else -2.2
    for rank, way in enumerate(way for way in ways if "cases" in way):
        yield way, price - 0.3 * rank


def _has_induction(view: View, variable: Variable) -> bool:
    if variable.head in ("Nat", "List", "Array", "String"):
        return variable.head in ("Nat", "List")
    return variable.head not in _ENUM_LIKE and view.symbols.resolve(variable.head) is not None


_ENUM_LIKE = frozenset(("Bool", "Option", "Prod", "Sum", "Unit", "Int", "Fin", "Char", "Except", "Ordering"))


def _generalized(view: View, variable: Variable) -> list[str]:
    """The other variables that an induction hypothesis may need for all values: those of the target, and of
    the hypotheses that become premises of it."""
    along = [proof.type for proof in view.proofs if variable.name in variables_in(proof.type)]
    moving = frozenset().union(*map(variables_in, (view.target, *along))) - variables_in(variable.type)
    others = [other.name for other in view.of_kind(Kind.DATA, Kind.ELEMENT) if other.name != variable.name]
    return [name for name in others if name in moving]


def induct_on_calls(view: View) -> Iterator[Proposal]:
    simp, grind, with_cases = _simp(view), _grind(view), _grind_with_cases(view)
    data = [v.name for v in view.of_kind(Kind.DATA, Kind.ELEMENT) if v.name in variables_in(view.text)]
    for number, call in enumerate(islice(induction_calls(view, view.text, view.local), _MAX_INDUCTIONS), 1):
        price = -1.7 - 0.5 * number
        yield f"fun_induction {call} <;> try {simp}", price
        yield f"fun_induction {call} <;> {grind}", price - 0.3
        if with_cases:
            others = [name for name in data if name not in call.split()]
            generalizing = f" generalizing {' '.join(others)}" if others else ""
            yield f"fun_induction {call}{generalizing} <;> {with_cases}", price - 0.2


def induct_on_proofs(view: View) -> Iterator[Proposal]:
    """Of inductive predicates; what they are proved of becomes a variable first."""
    simp, grind = _simp(view), _grind(view)
    for proof in view.proofs:
        full = view.symbols.resolve(proof.head) if proof.head else None
        if full is None or not view.symbols[full].is_predicate:
            continue
        steps, moving = _indices_apart(view, proof)
        form = f"induction {proof.name}{moving}"
        yield _in_turn(*steps, f"{form} <;> {grind}"), -1.3
        yield _in_turn(*steps, f"{form} <;> try {simp}"), -1.5
        if moving:
            yield _in_turn(*steps, f"induction {proof.name} <;> {grind}"), -1.7
        yield f"cases {proof.name}", -1.4
        yield f"cases {proof.name} <;> {grind}", -1.6


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


def _in_turn(*steps: str) -> str:
    return steps[0] if len(steps) == 1 else f"({'; '.join(steps)})"


def use_rules(view: View) -> Iterator[Proposal]:
    """The constructors of an inductive predicate."""
    full = view.symbols.resolve(_head(view.target))
    if full is None or not view.symbols[full].is_predicate:
        return
    yield "constructor", -1.2
    constructors = view.symbols[full].constructors
    for name in constructors if len(constructors) > 1 else ():
        yield f"apply {view.written(view.symbols[full])}.{name}", -1.5


def consider_cases(view: View) -> Iterator[Proposal]:
    simp, grind = _simp(view), _grind(view)
    data = view.of_kind(Kind.DATA)
    mentioned = variables_in(view.text)
    held_up = _held_up(view, {variable.name for variable in data}, at_least=1)
    for variable in data:
        if variable.name in held_up:
            yield f"cases {variable.name} <;> try {simp}", -1.3
            yield f"cases {variable.name} <;> {grind}", -1.5
        elif variable.name in mentioned:
            price = -1.4 if variable.head in _ENUM_LIKE else -2.2
            yield f"cases {variable.name} <;> try {simp}", price


def _held_up(view: View, variables: Collection[str], at_least: int) -> frozenset[str]:
    """The variables for which functions wait that take apart other arguments, too: so many or more in one
    call or, where one is enough, one alone, with terms in the other places."""
    found: set[str] = set()
    for symbol, call in view.symbols.calls(view.text):
        places = [position for position in view.symbols.taken_apart(symbol) if position < len(call.args)]
        waiting = {call.args[position] for position in places} & set(variables)
        if len(places) > 1 and (len(waiting) == 1 if at_least == 1 else len(waiting) >= at_least):
            found |= waiting
    return frozenset(found)


def conjecture(view: View) -> Iterator[Proposal]:
    yield from conjectures(view, _simp(view))


def fertilize(view: View) -> Iterator[Proposal]:
    """Use an equation between terms as an induction hypothesis is used: on one side, either way round."""
    target = sides(view.target)
    if target is None:
        return
    for proof in view.proofs:
        bound, conclusion = telescope(proof.type)
        equation = sides(conclusion)
        if equation is None:
            continue
        left, right = equation
        if view.may_occur(right, bound, target[1]):
            yield f"(conv => rhs; rw [← {proof.name}])", -1.9
        if view.may_occur(left, bound, view.target):
            yield f"rw [{proof.name}]", -1.9
        if view.may_occur(right, bound, view.target):
            yield f"rw [← {proof.name}]", -2.2


def rewrite_by_laws(view: View) -> Iterator[Proposal]:
    for law in view.laws:
        if _may_rewrite(view, *telescope(law.type)):
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


def use_earlier_theorems(view: View, premises: Sequence[str]) -> Iterator[Proposal]:
    """`premises` are the theorems that may be used, the most relevant first."""
    if not premises:
        return
    yield _simp(view, premises), -0.9
    yield _grind(view, premises), -1.0
    for rank, name in enumerate(premises[:4]):
        bound, conclusion = _concludes(view, name)
        if _may_rewrite(view, bound, conclusion):
            yield f"rw [{name}]", -1.6 - 0.2 * rank
        if _may_apply(view, bound, conclusion):
            yield f"apply {name}", -1.8 - 0.2 * rank


def _concludes(view: View, theorem: str) -> tuple[Collection[str], str]:
    full = view.symbols.resolve(theorem)
    return view.symbols[full].concludes if full is not None else ((), "")


def _may_rewrite(view: View, bound: Collection[str], conclusion: str) -> bool:
    equation = sides(conclusion)
    return equation is None or view.may_occur(equation[0], bound, view.target)


def _may_apply(view: View, bound: Collection[str], conclusion: str) -> bool:
    if _head(conclusion) in bound or connective(conclusion) != connective(view.target):
        return False
    return view.may_occur(conclusion, bound, view.target)


RULES: tuple[Rule, ...] = (
    close,
    introduce,
    take_target_apart,
    take_hypotheses_apart,
    induct,
    induct_on_two,
    induct_on_calls,
    induct_on_proofs,
    use_rules,
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
