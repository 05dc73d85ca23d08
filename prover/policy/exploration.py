"""Which equations hold between the functions that a goal speaks of, found by trying them out.

Theory exploration as QuickSpec does it: terms are made from the small to the large and computed on sample
values. Terms that agree on all of them are taken for equal, and of equal terms only one is built upon. What
follows from definitions and from smaller laws by rewriting is left out. What is found is conjecture.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from prover.policy.conditional import MIN_SUPPORT, implications
from prover.policy.laws import TRUE, Builder, Law
from prover.policy.programs import Programs
from prover.policy.rewriting import Rewriting, follows, heads, matched, replaced
from prover.policy.sampling import Sampler
from prover.policy.shapes import Shapes
from prover.policy.syntax import Term
from prover.policy.values import Stuck, TooLong, Value, data

_SAMPLES = 60
_FIRST = 20  # what differs on these needs no others
_FURTHER_SAMPLES, _REARRANGED_SAMPLES = 240, 60
_MAX_SIZE = 6
_MAX_TERMS = 2500
_MAX_CALLS = 60_000  # some seconds
_VARIABLES = (("x", "y", "z"), ("u", "v", "w"), ("a", "b", "c"), ("p", "q", "r"), ("k", "l", "m"))


class _Made:
    """A term, computed on the `first` samples, and on all when somebody asks for its `values`."""

    def __init__(
        self, term: Term, type_: Term, compute: Callable[[int, int], tuple[Value | None, ...]]
    ) -> None:
        self.term = term
        self.type = type_
        self.first = compute(0, _FIRST)
        self._compute = compute

    @cached_property
    def values(self) -> tuple[Value | None, ...]:
        return self.first + self._compute(_FIRST, _SAMPLES)


class Exploration:
    """With so many terms."""

    def __init__(
        self,
        programs: Programs,
        builders: Sequence[Builder],
        types: Sequence[Term],
        terms: int = _MAX_TERMS,
    ) -> None:
        self._programs = programs
        self._most = terms
        self._builders = builders
        self._ranks = {builder.written: builder.rank for builder in builders}
        self._types: dict[str, Term] = {}
        self._shapes = Shapes(builders, self._types)
        self._known: dict[tuple[Term, tuple[Value | None, ...]], list[_Made]] = {}
        self._made: list[list[_Made]] = [[], []]
        self._laws: list[Law] = []
        self._laws_on: dict[str, list[Law]] = {}  # by heads of left sides
        self._count = 0
        self._sampler = Sampler(programs)
        self._name_variables(types)

    def laws(self) -> list[Law]:
        """Those found, to be asked once: of earlier functions first, then the smaller ones."""
        for size in range(2, _MAX_SIZE + 1):
            self._made.append([])
            if not all(self._add(*made) for made in self._combinations(size)):
                break
        for left, right, type_ in self._shapes.plain():
            self._try(left, right, type_)
        for left, right, type_ in self._shapes.directed():
            self._try(left, right, type_, as_said=True)
        self._further = [self._sampler.valuation(self._types) for _ in range(_FURTHER_SAMPLES)]
        self._further += [self._sampler.rearranged(self._types) for _ in range(_REARRANGED_SAMPLES)]
        made = list(itertools.chain.from_iterable(self._made))
        plain = self._independent()
        conditional = [law for law in implications(made, self._types) if self._adds(law)]
        whole = [law for law in plain if dict(law.types).keys() <= heads(law.right)]
        preserving = [law for law in self._preservations() if self._adds(law, whole)]
        return sorted([*plain, *preserving, *conditional], key=self._difficulty)

    def _preservations(self) -> Iterator[Law]:
        """`p x = true → p y = true → p (f x y) = true`, where neither alone is enough."""
        closed = [b for b in self._builders if b.arguments == (b.result, b.result) and b.rank >= 0]
        tests = [b for b in self._builders if b.result.head == "Bool" and b.rank >= 0]
        for test, function in itertools.product(tests, closed):
            x, y, *_ = (*self._shapes.of_type(function.result), None, None)
            if test.arguments == (function.result,) and x is not None and y is not None:
                one, other, both = (
                    Term(test.written, (argument,)) for argument in (x, y, Term(function.written, (x, y)))
                )
                law = Law(
                    both,
                    TRUE,
                    tuple((v.head, function.result) for v in (x, y)),
                    ((one, TRUE), (other, TRUE)),
                )
                if self._supported(law):
                    yield law

    def _supported(self, law: Law) -> bool:
        held = 0
        for premises, conclusion in self._verdicts(law, self._valuations):
            if premises and not conclusion:
                return False
            held += premises
        return held >= MIN_SUPPORT

    def holds(self, law: Law) -> bool:
        """Whether a law that was found does on further samples, and can be computed on enough: some are
        seldom wrong, or only on large values."""
        computed = 0
        for premises, conclusion in self._verdicts(law, self._further):
            if premises and not conclusion:
                return False
            computed += 1
        return computed > _FURTHER_SAMPLES // 3

    def _verdicts(self, law: Law, valuations: Iterable[Mapping[str, Value]]) -> Iterator[tuple[bool, bool]]:
        return verdicts(self._programs, law, self._types, valuations)

    def _difficulty(self, law: Law) -> tuple[int, bool, int]:
        """Later functions rest on earlier ones, and what is general on what is said of constructors."""
        constructed = any(
            argument.head not in self._types and self._rank(argument) < 0 for argument in law.left.args
        )
        return self._top(law), not constructed, law.size

    def _independent(self) -> list[Law]:
        """Those that do not follow from smaller and more general ones by rewriting."""
        system = self._definitions(self._types)
        found = []
        for law in sorted(self._laws, key=lambda law: (law.size, -len(law.types))):
            if system.normal(law.left) != system.normal(law.right):
                found.append(law)
                always = self._rank(law.left) > self._rank(law.right)
                system.add(law.left, law.right, always)
        return [law for law in found if not self._is_case(law, found)]

    def _is_case(self, law: Law, others: Sequence[Law]) -> bool:
        """Whether it is a more general one for some values, or what the definitions make of that."""
        for other in others:
            given: dict[str, Term] = {}
            general = len(other.types) > len(law.types)
            if not general or not matched(other.left, law.left, dict(other.types), given):
                continue
            if replaced(other.right, given) == law.right or self._comes_to(law, other):
                return True
        return False

    def _comes_to(self, law: Law, other: Law) -> bool:
        """Whether it says nothing that the other one and the definitions don't."""
        if other.commutes:
            return False  # rewriting would not end
        system = self._definitions(self._types)
        system.add(other.left, other.right, always=True)
        return system.normal(law.left) == system.normal(law.right)

    def _adds(self, law: Law, known: Sequence[Law] = ()) -> bool:
        """Whether its conclusion is more than what its premises say with the `known` ones, and than what
        follows by propositional logic."""
        system = self._definitions(self._types)
        for other in known:
            system.add(other.left, other.right, always=True)
        *premises, conclusion = ((system.normal(left), system.normal(right)) for left, right in law.equations)
        if follows(premises, conclusion):
            return False
        system = self._definitions({})  # the premises are of these variables only
        for left, right in premises:
            system.add(left, right, always=True)
        return system.normal(conclusion[0]) != system.normal(conclusion[1])

    def _definitions(self, types: Mapping[str, Term]) -> Rewriting:
        system = Rewriting(types)
        for builder in self._builders:
            if builder.rank >= 0:
                for left, right in self._programs.equations(builder.name):
                    system.define(left, right)
        return system

    def _name_variables(self, types: Sequence[Term]) -> None:
        functions = [(type_, name) for type_, name in zip(filter(_is_function, types), "fgh", strict=False)]
        of_values = [type_ for type_ in types if not _is_function(type_) and type_.head != "Prop"]
        plain = zip(of_values, _VARIABLES, strict=False)
        for type_, group in [*plain, *functions]:
            count = 2 if type_.head in ("Bool",) else 3
            for name in group[:count]:
                taken = self._programs.symbols.resolve(name) is not None
                self._types[f"{name}'" if taken else name] = type_
        self._valuations = [self._sampler.valuation(self._types) for _ in range(_SAMPLES)]
        for name, type_ in self._types.items():
            values = tuple(valuation[name] for valuation in self._valuations)
            made = _Made(Term(name), type_, partial(_part, values))
            self._known.setdefault((type_, made.first), []).append(made)
            self._made[1].append(made)
        for builder in self._builders:
            if not builder.arguments:
                self._add(builder, ())

    # -- terms -------------------------------------------------------------------------------------------

    def _combinations(self, size: int) -> Iterator[tuple[Builder, tuple[_Made, ...]]]:
        for builder in self._builders:
            for parts in _partitions(size - 1, len(builder.arguments)):
                choices = [
                    [made for made in self._made[part] if made.type == type_]
                    for part, type_ in zip(parts, builder.arguments, strict=True)
                ]
                yield from ((builder, arguments) for arguments in itertools.product(*choices))

    def _add(self, builder: Builder, arguments: tuple[_Made, ...]) -> bool:
        """Make a term and look whether it equals one that is known. False when there are too many."""
        if any(_nested(builder, argument.term) for argument in arguments):
            return True
        self._count += 1
        if self._count > self._most or self._programs.taken > _MAX_CALLS:
            return False
        term = Term(builder.written, tuple(argument.term for argument in arguments))
        made = _Made(term, builder.result, partial(self._computed, builder.name, arguments))
        if made.first.count(None) > _FIRST // 3:
            return True
        alike = self._known.setdefault((builder.result, made.first), [])
        equal = next((other for other in alike if other.values == made.values), None)
        if equal is not None:
            self._find(term, equal.term, builder.result)
        else:
            alike.append(made)
            self._made[min(term.size, len(self._made) - 1)].append(made)
        return True

    def _computed(
        self, name: str, arguments: Sequence[_Made], start: int, end: int
    ) -> tuple[Value | None, ...]:
        parts = [each.first if end <= _FIRST else each.values for each in arguments]
        rows = zip(*(values[start:end] for values in parts), strict=True) if parts else [()] * (end - start)
        return self._programs.results(name, rows)

    # -- laws --------------------------------------------------------------------------------------------

    def _find(self, left: Term, right: Term, type_: Term, as_said: bool = False) -> None:
        if not as_said:
            right, left = sorted((left, right), key=self._height)
        if not variables(right, self._types) <= variables(left, self._types):
            left, right = right, left
        if not variables(right, self._types) <= variables(left, self._types):
            return
        said = [(left, right), (right, left)]
        if self._by_definition(left, right) or any(self._covered(*sides) for sides in said):
            return
        names = [name for name in self._types if name in variables(left, self._types)]
        law = Law(left, right, tuple((name, self._types[name]) for name in names), type=type_)
        self._laws.append(law)
        head = "" if left.head in self._types and not left.args else left.head
        self._laws_on.setdefault(head, []).append(law)

    def _covered(self, left: Term, right: Term) -> bool:
        """Whether it is a case of a law that was found."""
        for law in (*self._laws_on.get(left.head, ()), *self._laws_on.get("", ())):
            given: dict[str, Term] = {}
            if matched(law.left, left, self._types, given) and matched(law.right, right, self._types, given):
                return True
        return False

    def _height(self, term: Term) -> tuple[int, int, int]:
        """Greater where it is rather something to be computed, and smaller where it is a result."""
        return self._rank(term), term.size, max(map(self._rank, term.args), default=-1)

    def _rank(self, term: Term) -> int:
        return self._ranks.get(term.head, -1)

    def _by_definition(self, left: Term, right: Term) -> bool:
        scope: Mapping[str, Value] = {name: data(f"?{name}") for name in self._types}
        try:
            return self._programs.value(left, scope) == self._programs.value(right, scope)
        except (Stuck, TooLong):
            return False

    def _try(self, left: Term, right: Term, type_: Term, as_said: bool = False) -> None:
        agreed = 0
        one, other = self._code(left), self._code(right)
        for valuation in self._valuations:
            try:
                if one(valuation) != other(valuation):
                    return
                agreed += 1
            except (Stuck, TooLong):
                continue
        if agreed > _SAMPLES // 3:
            self._find(left, right, type_, as_said)

    def _code(self, term: Term) -> Callable[[Mapping[str, Value]], Value]:
        return self._programs.evaluated(term, self._types)

    def _top(self, law: Law) -> int:
        return max(self._ranks.get(name, -1) for name in law.heads)


def verdicts(
    programs: Programs, law: Law, variables: Iterable[str], valuations: Iterable[Mapping[str, Value]]
) -> Iterator[tuple[bool, bool]]:
    """Whether its premises hold and its conclusion does, on the samples on which both can be computed."""
    equations = [[programs.evaluated(side, variables) for side in equation] for equation in law.equations]
    for valuation in valuations:
        try:
            *premises, conclusion = (left(valuation) == right(valuation) for left, right in equations)
        except (Stuck, TooLong):
            continue
        yield all(premises), conclusion


def _is_function(type_: Term) -> bool:
    return type_.head == "→"


def _part(values: tuple[Value | None, ...], start: int, end: int) -> tuple[Value | None, ...]:
    return values[start:end]


def _nested(builder: Builder, argument: Term) -> bool:
    """Whether this is one more of the same: two constructors on each other, three times a function."""
    if argument.head != builder.written:
        return False
    if builder.rank < 0:
        return True
    return len(builder.arguments) == 1 and argument.args[0].head == builder.written


def _partitions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """The ways to write `total` as a sum of so many numbers from 1, in order."""
    if parts == 0:
        return
    if parts == 1:
        yield (total,)
        return
    for first in range(1, total - parts + 2):
        for rest in _partitions(total - first, parts - 1):
            yield (first, *rest)


def variables(term: Term, types: Mapping[str, Term]) -> frozenset[str]:
    return heads(term) & types.keys()
