"""What a case of an induction is stuck on, said of all values: lemmas that are guessed from the goal.

The induction hypothesis is used on one side, what remains of the recursion becomes a variable, and so do
constants that functions recurse on; hypotheses about other functions are forgotten. What is still true then
on samples, with the other hypotheses as premises where it has to be, is a law to be proved by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from prover.policy.exploration import verdicts
from prover.policy.laws import Law
from prover.policy.programs import Programs
from prover.policy.rewriting import Rewriting, abstracted, bound_in, heads, matched, replaced
from prover.policy.sampling import Sampler
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.terms import sides, telescope
from prover.policy.view import Kind, View

Equation = tuple[Term, Term]

_SAMPLES = 150
_SUPPORT = 8  # samples on which the premises must hold
_MOST = 3
_LARGEST = 40
_LETTERS = ("x", "y", "z", "u", "v", "w", "a", "b", "c", "p", "q", "r")


def speculations(view: View) -> list[Law]:
    """The more general ones first; none where the goal is no equation, or can't be computed."""
    try:
        target = _equation(view.target)
        kinds = (Kind.DATA, Kind.ELEMENT, Kind.FUNCTION)
        scope = {variable.name: read_term(variable.type) for variable in view.of_kind(*kinds)}
    except NotRead:
        return []
    if target is None or sum(side.size for side in target) > _LARGEST:
        return []
    known = list(_hypotheses(view))
    speculator = _Speculator(Programs(view.symbols), scope)
    found: dict[str, Law] = {}
    for stated in _fertilized(target, known):
        plain = [(left, right) for bound, left, right in known if not bound]
        for law in speculator.laws(stated, plain):
            found.setdefault(law.body, law)
            if len(found) == _MOST:
                return list(found.values())
    return list(found.values())


def _equation(text: str) -> Equation | None:
    """Raises `NotRead`."""
    both = sides(text)
    return None if both is None else (read_term(both[0]), read_term(both[1]))


def _hypotheses(view: View) -> Iterator[tuple[Sequence[str], Term, Term]]:
    """Equations, with the variables that they are for all values of."""
    for proof in view.proofs:
        bound, conclusion = telescope(proof.type)
        try:
            equation = _equation(conclusion)
        except NotRead:
            continue
        if equation is not None and all(bound):
            yield bound, *equation


def _fertilized(target: Equation, known: Sequence[tuple[Sequence[str], Term, Term]]) -> Iterator[Equation]:
    """The target after the hypotheses were used from right to left on its right side, and as it is."""
    left, right = target
    for bound, one, other in known:
        if not other.args and (bound or other.head not in heads(one)):
            continue
        used = _rewritten(right, other, one, dict.fromkeys(bound, Term("")))
        if used != right:
            yield left, used
    yield target


def _rewritten(term: Term, pattern: Term, by: Term, bound: Mapping[str, Term]) -> Term:
    given: dict[str, Term] = {}
    if matched(pattern, term, bound, given) and heads(by) & bound.keys() <= given.keys():
        return replaced(by, given)
    return Term(term.head, tuple(_rewritten(arg, pattern, by, bound) for arg in term.args), term.arms)


class _Speculator:
    def __init__(self, programs: Programs, scope: Mapping[str, Term]) -> None:
        self._programs = programs
        self._scope = scope

    def laws(self, stated: Equation, hypotheses: Sequence[Equation]) -> Iterator[Law]:
        freed: dict[Term, Term] = {}
        system = self._definitions(stated)
        stated = system.normal(stated[0]), system.normal(stated[1])
        left, right = (self._freed(side, freed) for side in stated)
        outer = [call for side in stated for call in self._calls(side, stated)]
        inner = [call for call in outer if not any(call != part and call in _parts(part) for part in outer)]
        inner = [deepest for call in inner for deepest in self._calls(call, stated)] or inner
        together = (tuple(self._together(stated, made)) for made in (self._is_made, self._is_recursive))
        for calls in map(self._types_of, dict.fromkeys((*together, tuple(outer), tuple(inner)))):
            for sides_, types in (
                ((left, right), {**calls, **freed}),
                (stated, calls),
                ((left, right), freed),
            ):
                if types:
                    yield from self._tested(sides_, hypotheses, types)
        if not outer and not freed and self._is_beside(stated, hypotheses):
            yield from self._tested(stated, hypotheses, {})

    def _is_beside(self, stated: Equation, hypotheses: Sequence[Equation]) -> bool:
        """Whether each of the hypotheses is about a function of which nothing is stated."""
        spoken = heads(stated[0]) | heads(stated[1])
        others = [(heads(left) | heads(right)) - spoken for left, right in hypotheses]
        return bool(others) and all(any(map(self._recursive, names)) for names in others)

    def _tested(
        self, stated: Equation, hypotheses: Sequence[Equation], types: Mapping[Term, Term]
    ) -> Iterator[Law]:
        """What is true of all values in the place of these terms, if anything is."""
        bound = {name for side in (*stated, *itertools.chain(*hypotheses)) for name in bound_in(side)}
        letters = [
            letter
            for letter in _LETTERS
            if self._programs.symbols.resolve(letter) is None and letter not in bound
        ]
        known = {**types, **{Term(name): type_ for name, type_ in self._scope.items()}}
        names = dict(zip(known, letters, strict=False))
        left, right = (abstracted(side, names) for side in stated)
        if len(names) < len(known) or left == right or _is_marked(left) or _is_marked(right):
            return
        used = heads(left) | heads(right)
        of = tuple((names[term], type_) for term, type_ in known.items() if names[term] in used)
        said = [(abstracted(one, names), abstracted(other, names)) for one, other in hypotheses]
        if not of:
            return
        strange = {*letters} - dict(of).keys()
        given = [(a, b) for a, b in said if a != b and not (heads(a) | heads(b)) & strange]
        law = Law(left, right, of, type=self._type(stated[0]))
        if self._holds(law):
            yield law
        elif given:
            law = Law(left, right, of, tuple(given))
            if self._holds(law):
                yield law

    def _holds(self, law: Law) -> bool:
        sampler, types = Sampler(self._programs), dict(law.types)
        valuations = (sampler.valuation(types) for _ in range(_SAMPLES))
        held = 0
        for premises, conclusion in verdicts(self._programs, law, types, valuations):
            if premises and not conclusion:
                return False
            held += premises
        return held >= (_SUPPORT if law.premises else _SAMPLES // 3)

    def _definitions(self, stated: Equation) -> Rewriting:
        system = Rewriting({})
        for head in sorted(heads(stated[0]) | heads(stated[1])):
            full = self._programs.symbols.resolve(head)
            if full is not None and self._programs.computes(full):
                for left, right in self._programs.equations(full):
                    system.define(left, right)
        return system

    # -- what becomes a variable -------------------------------------------------------------------------

    def _calls(self, term: Term, stated: Equation) -> Iterator[Term]:
        """The outermost calls and made-up values below `term` whose variables are nowhere else."""

        def alone(arg: Term) -> bool:
            return self._is_made(arg) and self._are_alone([arg], stated, self._variables(arg))

        return self._made(term, alone)

    def _together(self, stated: Equation, made: Callable[[Term], bool]) -> list[Term]:
        """The outermost ones whose variables are nowhere else but in one another."""
        found = [part for side in stated for part in self._made(side, made)]
        while found:
            alone = [term for term in found if self._are_alone(found, stated, self._variables(term))]
            if len(alone) == len(found):
                break
            found = [part for term in found for part in ([term] if term in alone else self._made(term, made))]
        return list(dict.fromkeys(found))

    def _made(self, term: Term, made: Callable[[Term], bool]) -> Iterator[Term]:
        for arg in term.args:
            if made(arg) and self._variables(arg):
                yield arg
            else:
                yield from self._made(arg, made)

    def _is_made(self, term: Term) -> bool:
        value = term.head in self._programs.constructors or term.head in self._scope
        return bool(term.args) and (value or self._recursive(term.head))

    def _is_recursive(self, term: Term) -> bool:
        return bool(term.args) and self._recursive(term.head)

    def _variables(self, term: Term) -> set[str]:
        return {name for name in heads(term) & self._scope.keys() if self._scope[name].head != "→"}

    def _are_alone(self, terms: Sequence[Term], stated: Equation, variables: Collection[str]) -> bool:
        """Whether these variables are in nothing else than the terms."""
        rest = [abstracted(side, dict.fromkeys(terms, "")) for side in stated]
        return bool(variables) and not any(heads(side) & {*variables} for side in rest)

    def _freed(self, term: Term, freed: dict[Term, Term]) -> Term:
        """With something that can be told apart in the place of constants that recursive functions are called
        with; `freed` gets what stands for them, and their types."""
        args = [self._freed(arg, freed) for arg in term.args]
        if self._recursive(term.head):
            for at, type_ in enumerate(self._arguments(term)):
                if type_ is not None and self._is_constant(args[at]):
                    args[at] = Term(f"•{args[at].head}")
                    freed[args[at]] = type_
        return Term(term.head, tuple(args), term.arms)

    def _recursive(self, head: str) -> bool:
        full = self._programs.symbols.resolve(head)
        return full is not None and self._programs.symbols[full].is_recursive

    def _is_constant(self, term: Term) -> bool:
        return not term.args and (term.head in self._programs.constructors or term.head.isdigit())

    # -- types -------------------------------------------------------------------------------------------

    def _types_of(self, terms: Iterable[Term]) -> dict[Term, Term]:
        """Of those for which it is clear."""
        return {term: type_ for term in terms if (type_ := self._type(term)) is not None}

    def _type(self, term: Term) -> Term | None:
        """None where it is not clear."""
        if term.head in self._scope:
            type_ = self._scope[term.head]
            for _ in term.args:
                type_ = type_.args[1] if type_.head == "→" else Term("")
            return type_ if type_.head else None
        if term.head == "if":
            return next(filter(None, map(self._type, term.args[1:])), None)
        if term.head in ("+", "*", "-", "++"):
            return next(filter(None, map(self._type, term.args)), None)
        return self._instance(term)[1]

    def _arguments(self, term: Term) -> Sequence[Term | None]:
        return self._instance(term)[0]

    def _instance(self, term: Term) -> tuple[Sequence[Term | None], Term | None]:
        """The types of a call's arguments and of its result, as far as they are clear."""
        unclear = (None,) * len(term.args), None
        signature = self._programs.constructors.get(term.head)
        full = self._programs.symbols.resolve(term.head)
        if signature is None and full is not None:
            try:
                signature = self._programs.signature(self._programs.symbols[full])
            except NotRead:
                return unclear
        if signature is None or len(signature.arguments) != len(term.args):
            return unclear
        given: dict[str, Term] = {}
        variables = dict.fromkeys(signature.variables, Term("Type"))
        for argument, type_ in zip(signature.arguments, map(self._type, term.args), strict=True):
            if type_ is not None and not matched(argument, type_, variables, given):
                return unclear

        def known(type_: Term) -> Term | None:
            return replaced(type_, given) if heads(type_) & variables.keys() <= given.keys() else None

        return [known(argument) for argument in signature.arguments], known(signature.result)


def _parts(term: Term) -> Iterator[Term]:
    yield term
    for arg in term.args:
        yield from _parts(arg)


def _is_marked(term: Term) -> bool:
    return term.head.startswith("•") or any(map(_is_marked, term.args))
