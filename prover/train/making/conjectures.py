"""What may hold of a family's functions: laws that exploration finds, and statements of other shapes, made
from terms that are compared on samples."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from prover.policy.builders import builders_for
from prover.policy.exploration import Exploration
from prover.policy.laws import Builder, Law
from prover.policy.rewriting import replaced
from prover.policy.syntax import Term
from prover.policy.values import FALSE, TRUE, Value
from prover.train.making.schemas import ELEMENT, Datatype, Function, Statement, heads_of
from prover.train.making.trying import Trial, number, valuations, value

_SAMPLES = 50
_EXPLORED = 800
_DRAWN = 220
_PAIRS = 400
_OF_A_SHAPE = 5
_NUMBER = Term("N")
_BOOL = Term("Bool")
_VARIABLES = ("xyz", "uvw", "abc", "pqr", "klm")


@dataclass(frozen=True)
class _Made:
    term: Term
    type: Term
    values: tuple[Value, ...]


class Conjectures:
    def __init__(
        self,
        trial: Trial,
        datatypes: Sequence[Datatype],
        functions: Sequence[Function],
        wanted: Sequence[str],
        ordered: bool,
        rng: random.Random,
    ) -> None:
        """`ordered`: numbers have `≤`."""
        self._ordered = ordered
        self._trial = trial
        self._programs = trial.programs
        self._rng = rng
        self._recursive = {each.name for each in functions if each.is_recursive}
        self._constructors = {name for each in datatypes for name, _ in each.constructors}
        of = {each.name: each for each in functions}
        self._builders, self._types = builders_for(
            self._programs, list(wanted), _types([of[name] for name in wanted])
        )

        self.drawn = self.refuted = 0
        self._results = {each.written: each.result for each in self._builders if each.rank >= 0}

    def laws(self) -> list[Statement]:
        exploration = Exploration(self._programs, self._builders, self._types, _EXPLORED)
        found = [law for law in exploration.laws() if exploration.holds(law)]
        stated = [_of_law(law) for law in found if self._recursive & law.heads]
        return [each for each in stated if self._holds(each)]

    def others(self) -> list[Statement]:
        """Of other shapes: inequalities, equivalences, cases, what exists, several together."""
        types = {
            name: type_
            for type_, group in zip(self._types, _VARIABLES, strict=False)
            for name in group[: 2 if type_ == _BOOL else 3]
        }
        scopes = list(valuations(self._programs, types, _SAMPLES, self._rng.randrange(1 << 30)))
        made = self._terms(types, scopes)
        shapes = [
            self._below(made),
            self._implied(made),
            self._equivalent(made),
            self._alternatives(made),
            self._different(made),
            self._injective(made, types),
        ]
        found: list[Statement] = []
        for shape in shapes:
            stated = dict.fromkeys(
                self._closed(premises, conclusion, types) for premises, conclusion in shape
            )
            found += itertools.islice((each for each in stated if self._is_fit(each)), _OF_A_SHAPE)
        return found

    # -- terms -------------------------------------------------------------------------------------------

    def _terms(self, types: Mapping[str, Term], scopes: Sequence[Mapping[str, Value]]) -> list[_Made]:
        """Small ones, drawn, of which no two agree on all samples."""
        by_type: dict[Term, list[_Made]] = {}
        seen: set[tuple[Term, tuple[Value, ...]]] = set()
        found: list[_Made] = []

        def keep(term: Term, type_: Term) -> None:
            values = tuple(value(self._programs, term, scope) for scope in scopes)
            known = tuple(each for each in values if each is not None)
            if len(known) == len(values) and (type_, known) not in seen:
                seen.add((type_, known))
                made = _Made(term, type_, known)
                by_type.setdefault(type_, []).append(made)
                found.append(made)

        for name, type_ in types.items():
            keep(Term(name), type_)
        for _ in range(_DRAWN):
            builder = self._rng.choice(self._builders)
            choices = [by_type.get(type_, []) for type_ in builder.arguments]
            if all(choices):
                keep(self._built(builder, [self._rng.choice(each).term for each in choices]), builder.result)
        return [made for made in found if made.term.size <= 7]

    def _built(self, builder: Builder, arguments: Sequence[Term]) -> Term:
        return _plain(Term(builder.written, tuple(arguments)))

    def _is_fit(self, statement: Statement) -> bool:
        """Whether it seems to hold, and because of what the functions are."""
        heads = {head for part in statement.parts for head in heads_of(part)}
        if not heads & self._recursive or not self._holds(statement):
            return False
        return not self._trial.holds(self._abstract(statement))

    def _holds(self, statement: Statement) -> bool:
        holds = self._trial.holds(statement)
        self.drawn += 1
        self.refuted += not holds
        return holds

    def _abstract(self, statement: Statement) -> Statement:
        """With variables in the place of calls."""
        calls: dict[Term, str] = {}

        def abstracted(term: Term) -> Term:
            if term.args and term.head in self._results:
                return Term(calls.setdefault(term, f"call{len(calls)}"))
            return Term(term.head, tuple(map(abstracted, term.args)))

        premises, conclusion = tuple(map(abstracted, statement.premises)), abstracted(statement.conclusion)
        fresh = [(name, self._results[term.head]) for term, name in calls.items()]
        return Statement((*statement.variables, *fresh), premises, conclusion)

    def _closed(self, premises: Sequence[Term], conclusion: Term, types: Mapping[str, Term]) -> Statement:
        heads = {head for part in (*premises, conclusion) for head in heads_of(part)}
        return Statement(
            tuple((name, type_) for name, type_ in types.items() if name in heads),
            tuple(premises),
            conclusion,
        )

    # -- shapes ------------------------------------------------------------------------------------------

    def _below(self, made: Sequence[_Made]) -> Iterator[tuple[list[Term], Term]]:
        numbers = [each for each in made if each.type == _NUMBER and self._ordered]
        for one, other in self._pairs(numbers):
            pairs = [(number(a), number(b)) for a, b in zip(one.values, other.values, strict=True)]
            if all(a < b for a, b in pairs):
                yield [], Term("<", (one.term, other.term))
            elif all(a <= b for a, b in pairs):
                yield [], Term("≤", (one.term, other.term))

    def _implied(self, made: Sequence[_Made]) -> Iterator[tuple[list[Term], Term]]:
        """Equations and inequalities under a test."""
        tests = _tests(made)
        for one, other in self._pairs(made):
            test, truth_ = self._rng.choice(tests) if tests else (None, TRUE)
            if test is None or one.type != other.type:
                continue
            at = [n for n, each in enumerate(test.values) if each == truth_]
            premise = Term("=", (test.term, _word(truth_)))
            if all(one.values[n] == other.values[n] for n in at):
                if _shares(test.term, one.term, other.term):
                    yield [premise], Term("=", (one.term, other.term))
            elif (
                one.type == _NUMBER
                and self._ordered
                and all(number(one.values[n]) <= number(other.values[n]) for n in at)
            ):
                yield [premise], Term("≤", (one.term, other.term))

    def _equivalent(self, made: Sequence[_Made]) -> Iterator[tuple[list[Term], Term]]:
        """Tests that say the same as an equation, or as two tests together."""
        tests = _tests(made)
        rng = self._rng
        for one, other in self._pairs(made):
            for test, truth_ in tests if one.type == other.type else ():
                if all(
                    (a == b) == (c == truth_)
                    for a, b, c in zip(one.values, other.values, test.values, strict=True)
                ):
                    left = Term("=", (test.term, _word(truth_)))
                    yield [], Term("↔", (left, Term("=", (one.term, other.term))))
        for _ in range(400 if len(tests) > 2 else 0):
            (a, t), (b, u), (c, v) = rng.choice(tests), rng.choice(tests), rng.choice(tests)
            said = [(x == t, y == u, z == v) for x, y, z in zip(a.values, b.values, c.values, strict=True)]
            stated = [Term("=", (m.term, _word(w))) for m, w in ((a, t), (b, u), (c, v))]
            if a.term in (b.term, c.term) or b.term == c.term:
                continue
            if all(x == (y and z) for x, y, z in said):
                yield [], Term("↔", (stated[0], Term("∧", (stated[1], stated[2]))))
            elif all(x == (y or z) for x, y, z in said):
                yield [], Term("↔", (stated[0], Term("∨", (stated[1], stated[2]))))
            elif all(z for x, y, z in said if x and y):
                yield stated[:2], stated[2]

    def _alternatives(self, made: Sequence[_Made]) -> Iterator[tuple[list[Term], Term]]:
        tests = _tests(made)
        for _ in range(200 if len(tests) > 1 else 0):
            (a, t), (b, u) = self._rng.choice(tests), self._rng.choice(tests)
            if a.term != b.term and all(x == t or y == u for x, y in zip(a.values, b.values, strict=True)):
                one, other = Term("=", (a.term, _word(t))), Term("=", (b.term, _word(u)))
                yield [], Term("∨", (one, other))

    def _different(self, made: Sequence[_Made]) -> Iterator[tuple[list[Term], Term]]:
        for one, other in self._pairs(made):
            if one.type == other.type and one.type != _BOOL:
                apart = all(a != b for a, b in zip(one.values, other.values, strict=True))
                heads = {one.term.head, other.term.head}
                if apart and not heads <= self._constructors and _shares(one.term, other.term):
                    yield [], Term("≠", (one.term, other.term))

    def _injective(
        self, made: Sequence[_Made], types: Mapping[str, Term]
    ) -> Iterator[tuple[list[Term], Term]]:
        """`f x = f y → x = y`, and the like."""
        for each in made:
            variables = [name for name in types if name in set(heads_of(each.term))]
            if not variables or each.term.size > 5 or each.term.head in self._constructors:
                continue
            name = self._rng.choice(variables)
            others = [other for other, type_ in types.items() if type_ == types[name]]
            fresh = [other for other in others if other not in variables]
            if fresh and self._tells_apart(each.term, name, types):
                left, right = each.term, replaced(each.term, {name: Term(fresh[0])})
                yield [Term("=", (left, right))], Term("=", (Term(name), Term(fresh[0])))

    def _tells_apart(self, term: Term, name: str, types: Mapping[str, Term]) -> bool:
        """Whether it has another value for each value of the variable."""
        scopes = list(valuations(self._programs, types, _SAMPLES, seed=1))
        for others in scopes[:4]:
            seen: dict[Value | None, Value] = {}
            for scope in scopes:
                of = value(self._programs, term, {**others, name: scope[name]})
                if of is not None and seen.setdefault(of, scope[name]) != scope[name]:
                    return False
        return True

    def _pairs(self, made: Sequence[_Made]) -> Iterator[tuple[_Made, _Made]]:
        """Pairs of the same type, drawn."""
        for _ in range(_PAIRS if len(made) > 1 else 0):
            one, other = self._rng.sample(made, 2)
            if one.type == other.type:
                yield one, other


def _types(functions: Sequence[Function]) -> list[Term]:
    """Those of the functions, with elements of one type in the place of type variables."""
    known = {type_ for function in functions for type_ in function.types}
    inner = {part for type_ in known for part in type_.args}
    element = next((each for each in (ELEMENT, _NUMBER) if each in inner), Term("X"))
    given = {"X": element, "Y": element}
    types = [replaced(type_, given) for function in functions for type_ in function.types]
    types += [part for type_ in types for part in type_.args]
    return list(dict.fromkeys(types))


def _of_law(law: Law) -> Statement:
    premises = tuple(Term("=", (_plain(left), _plain(right))) for left, right in law.premises)
    return Statement(law.types, premises, Term("=", (_plain(law.left), _plain(law.right))))


def _plain(term: Term) -> Term:
    """With the bare names of constructors."""
    return Term(term.head.rpartition(".")[2] or term.head, tuple(map(_plain, term.args)))


def _tests(made: Sequence[_Made]) -> list[tuple[_Made, Value]]:
    return [
        (each, truth_)
        for each in made
        if each.type == _BOOL and each.term.args and len(set(each.values)) > 1
        for truth_ in (TRUE, FALSE)
    ]


def _word(of: Value) -> Term:
    return Term("true" if of == TRUE else "false")


def _shares(*terms: Term) -> bool:
    """Whether the last one speaks of a variable that one of the others does."""
    mentioned = [{head for head in heads_of(term) if len(head) == 1 and head.islower()} for term in terms]
    return bool(mentioned[-1] & set().union(*mentioned[:-1]))
