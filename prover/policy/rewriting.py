"""Rewriting of terms by equations, as far as telling apart what says something new needs it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from prover.policy.syntax import Term

_STEPS = 60
_LARGEST = 150
_ATOMS = 5


def heads(term: Term) -> frozenset[str]:
    """All that it speaks of, without the names that arms bind."""
    found = frozenset((term.head,)).union(*map(heads, term.args))
    return found.union(*(heads(body) - _bound(patterns) for patterns, body in term.arms))


def bound_in(term: Term) -> frozenset[str]:
    """The names that its arms bind."""
    found = frozenset[str]().union(*map(bound_in, term.args))
    return found.union(*(_bound(patterns) | bound_in(body) for patterns, body in term.arms))


def replaced(term: Term, given: Mapping[str, Term]) -> Term:
    args = tuple(replaced(arg, given) for arg in term.args)
    if term.head in given:
        new = given[term.head]
        if args and (new.arms or not new.head[0].isalpha()):
            return Term("@", (new, *args))
        return Term(new.head, (*new.args, *args)) if args else new
    return Term(term.head, args, tuple((ps, replaced(body, _outside(ps, given))) for ps, body in term.arms))


def abstracted(term: Term, names: Mapping[Term, str]) -> Term:
    """With names in the place of these terms."""
    if term in names:
        return Term(names[term])
    args = tuple(abstracted(arg, names) for arg in term.args)
    arms = []
    for patterns, body in term.arms:
        bound = _bound(patterns)
        free = {part: name for part, name in names.items() if not heads(part) & bound}
        arms.append((patterns, abstracted(body, free)))
    return Term(term.head, args, tuple(arms))


def _bound(patterns: Iterable[Term]) -> frozenset[str]:
    return frozenset().union(*map(heads, patterns))


def _outside(patterns: Iterable[Term], given: Mapping[str, Term]) -> Mapping[str, Term]:
    bound = _bound(patterns)
    return {name: term for name, term in given.items() if name not in bound}


def matched(pattern: Term, term: Term, types: Mapping[str, Term], given: dict[str, Term]) -> bool:
    """Whether `term` is `pattern` with its variables replaced as `given`, which is filled in."""
    if not pattern.args and pattern.head in types:
        return given.setdefault(pattern.head, term) == term
    if pattern.head != term.head or len(pattern.args) != len(term.args) or pattern.arms != term.arms:
        return False
    for part, other in zip(pattern.args, term.args, strict=True):  # a loop, as this is where exploring waits
        if not matched(part, other, types, given):
            return False
    return True


_X, _Y, _Z = Term("x"), Term("y"), Term("z")
_CONNECTIVES = ("&&", "||", "∧", "∨")
_CONSTANTS = ("true", "false", "True", "False", "[]")
_COMMUTATIVE = ("+", "*", *_CONNECTIVES)
_IDENTITIES = tuple(
    (Term(operator, sides), result)
    for operator, neutral, absorbing in (
        ("+", "0", ""),
        ("*", "1", "0"),
        ("&&", "true", "false"),
        ("||", "false", "true"),
        ("∧", "True", "False"),
        ("∨", "False", "True"),
        ("++", "[]", ""),
    )
    for word, result in ((neutral, _X), (absorbing, Term(absorbing)))
    if word
    for sides in ((_X, Term(word)), (Term(word), _X))
)
_IDENTITIES += tuple((Term(operator, (_X, _X)), _X) for operator in _CONNECTIVES)
_IDENTITIES += tuple(
    (Term(operator, (_X, Term(operator, (_X, _Y)))), Term(operator, (_X, _Y))) for operator in _CONNECTIVES
)
_IDENTITIES += tuple(
    (Term(operator, (Term(operator, (_X, _Y)), _Z)), Term(operator, (_X, Term(operator, (_Y, _Z)))))
    for operator in (*_COMMUTATIVE, "++")
)
_IDENTITIES += ((Term("++", (Term("::", (_X, _Y)), _Z)), Term("::", (_X, Term("++", (_Y, _Z))))),)
"""What everybody knows of the library's operators."""


class Rewriting:
    """Equations whose variables are `types`' keys, used from left to right where that makes a term less."""

    def __init__(self, types: Mapping[str, Term]) -> None:
        self._types = types
        self._definitions: dict[str, list[tuple[Term, Term, dict[str, Term]]]] = {}  # by heads of left sides
        self._laws: dict[str, list[tuple[Term, Term, bool]]] = {}
        for left, right in _IDENTITIES:
            self.define(left, right)

    def define(self, left: Term, right: Term) -> None:
        """A defining equation: used whether it makes a term less or not. Its variables are its own."""
        names = {name: Term(name) for argument in left.args for name in _leaves(argument)}
        self._definitions.setdefault(left.head, []).append((left, right, names))

    def add(self, left: Term, right: Term, always: bool) -> None:
        """A law: used where it makes a term less, or `always` from left to right."""
        for law in [(left, right, always)] if always else [(left, right, False), (right, left, False)]:
            laws = self._laws.setdefault(law[0].head, [])
            laws.append(law)
            laws.sort(key=_grows)

    def normal(self, term: Term) -> Term:
        """What is left when nothing can be rewritten any more, or it takes too long or gets too large."""
        for _ in range(_STEPS):
            step = self._step(term)
            if step is None or step.size > _LARGEST:
                return term
            term = step
        return term

    def _step(self, term: Term) -> Term | None:
        for at, argument in enumerate(term.args):
            step = self._step(argument)
            if step is not None:
                return Term(term.head, (*term.args[:at], step, *term.args[at + 1 :]), term.arms)
        for left, right, names in self._definitions.get(term.head, ()):
            given: dict[str, Term] = {}
            if matched(left, term, names, given):
                return replaced(right, given)
        for left, right, always in self._laws.get(term.head, ()):
            given = {}
            if matched(left, term, self._types, given):
                result = replaced(right, given)
                if always or _rank(result) < _rank(term):
                    return result
        return _in_order(term) if term.head in _COMMUTATIVE and len(term.args) == 2 else None


def _in_order(term: Term) -> Term | None:
    """A sum, or the like, with its first two parts exchanged; None where they are in order."""
    one, other = term.args
    second, *rest = other.args if other.head == term.head and len(other.args) == 2 else (other,)
    if _rank(second) >= _rank(one):
        return None
    return Term(term.head, (second, Term(term.head, (one, *rest)) if rest else one))


def _grows(law: tuple[Term, Term, bool]) -> bool:
    """Those that make a term smaller come first, as what others make of it may be out of their reach."""
    left, right, _ = law
    return right.size >= left.size


def _rank(term: Term) -> tuple[int, str]:
    return term.size, str(term).replace("(", "~")  # names before what is in brackets


def _leaves(term: Term) -> frozenset[str]:
    """The variables of a pattern: its small names without arguments."""
    if not term.args:
        is_variable = "." not in term.head and not term.head.isdigit() and term.head not in _CONSTANTS
        return frozenset((term.head,)) if is_variable else frozenset()
    return frozenset().union(*map(_leaves, term.args))


def follows(premises: Sequence[tuple[Term, Term]], conclusion: tuple[Term, Term]) -> bool:
    """Whether an equation of truth values is true whenever the premises are, whatever the terms in them are
    that are no connectives; False where that are too many."""
    sides = [side for equation in (*premises, conclusion) for side in equation]
    atoms = sorted(frozenset().union(*map(_atoms, sides)), key=str)
    if len(atoms) > _ATOMS:
        return False
    for values in itertools.product((False, True), repeat=len(atoms)):
        given = dict(zip(atoms, values, strict=True))
        *said, (left, right) = ((_truth(a, given), _truth(b, given)) for a, b in (*premises, conclusion))
        if left != right and all(one == other for one, other in said):
            return False
    return True


def _atoms(term: Term) -> frozenset[Term]:
    if term.head in ("&&", "||"):
        return frozenset().union(*map(_atoms, term.args))
    return frozenset() if term.head in ("true", "false") else frozenset((term,))


def _truth(term: Term, given: Mapping[Term, bool]) -> bool:
    if term.head in ("&&", "||"):
        return (all if term.head == "&&" else any)(_truth(arg, given) for arg in term.args)
    return given.get(term, term.head == "true")
