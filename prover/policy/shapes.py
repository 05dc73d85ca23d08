"""Equations of shapes that are too large to come by, where terms are made from the small to the large.

None of them need be true: each is two sides and their type, to be tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from prover.policy.laws import Builder
from prover.policy.syntax import Term

_JOINS = "++"
"""The library's operator that files' functions are homomorphisms for."""

Shape: TypeAlias = "tuple[Term, Term, Term]"


class Shapes:
    """Of terms made by `builders` of the variables that `types` has."""

    def __init__(self, builders: Sequence[Builder], types: Mapping[str, Term]) -> None:
        self._builders = builders
        self._types = types

    def plain(self) -> Iterator[Shape]:
        """Those whose sides are told apart like those of any equation."""
        yield from self._distributions()
        yield from self._homomorphisms()
        yield from self._steps()
        yield from self._simulations()

    def directed(self) -> Iterator[Shape]:
        """Those that are to be used from left to right."""
        yield from self._rejoinings()
        yield from self._accumulations()
        yield from self._selections()
        yield from self._successions()
        yield from self._executions()

    def of_type(self, type_: Term) -> list[Term]:
        """The variables."""
        return [Term(name) for name, each in self._types.items() if each == type_]

    def _homomorphisms(self) -> Iterator[Shape]:
        """`f a (g x y) = h (f a x) (f a y)`, or with `x` and `y` the other way round, and
        `f a (k (g x y)) = h (f a (k x)) (f a (k y))`."""
        for inner in self._builders:
            known = inner.rank < 0 and inner.written != _JOINS
            if known or inner.arguments != (inner.result, inner.result):
                continue
            pair = self._distinct(inner.arguments)
            if pair is None:
                continue
            x, y = pair
            plain = (Term(inner.written, (x, y)), x, y)
            for once, between in self._seen(plain, inner.result, (x, y)):
                for (whole, *parts), type_ in self._seen(once, between, (x, y)) if once != plain else ():
                    for outer in self._builders:
                        if outer.arguments == (type_, type_) and outer.result == type_:
                            yield whole, Term(outer.written, tuple(parts)), type_
                            if outer.rank >= 0 and (whole, *parts) == once:
                                yield whole, Term(outer.written, tuple(parts[::-1])), type_

    def _steps(self) -> Iterator[Shape]:
        """`f (g a x) (h a y) = f x y`: what makes no difference when it is done to both arguments."""
        for function in self._builders:
            if function.rank < 0 or len(function.arguments) < 2:
                continue
            ends = self._distinct(function.arguments)
            for at, to in itertools.combinations(range(len(function.arguments)), 2) if ends else ():
                assert ends is not None
                for (a, one), (b, other) in itertools.product(
                    self._onto(ends, at, function.arguments[at]), self._onto(ends, to, function.arguments[to])
                ):
                    if a == b:
                        sides = (one if n == at else other if n == to else x for n, x in enumerate(ends))
                        yield (
                            Term(function.written, tuple(sides)),
                            Term(function.written, ends),
                            function.result,
                        )

    def _simulations(self) -> Iterator[Shape]:
        """`f a (r (g x t)) = f a (k x (r t))`: to who looks by `f`, `k` does with what `r` makes of `t` what
        `g` does with `t`. What `r` puts its result onto is a variable, or a constant."""
        for step, place in itertools.product(self._builders, (0, 1)):
            if step.rank < 0 or len(step.arguments) != 2 or step.arguments[place] != step.result:
                continue
            given = self._distinct((step.arguments[1 - place], step.result))
            for image, type_, onto in self._images(step.result, given) if given else ():
                assert given is not None
                x, t = given
                seen, plain = image(Term(step.written, (t, x) if place == 0 else (x, t))), image(t)
                for joint in self._builders:
                    for sides in ((x, plain), (plain, x)):
                        types = [step.arguments[1 - place] if side == x else type_ for side in sides]
                        if joint.arguments == tuple(types) and joint.result == type_:
                            pair = seen, Term(joint.written, sides)
                            for (left, right), seen_as in self._seen(pair, type_, (*given, *onto)):
                                if (left, right) != pair:
                                    yield left, right, seen_as

    def _images(
        self, type_: Term, taken: Sequence[Term]
    ) -> Iterator[tuple[Callable[[Term], Term], Term, tuple[Term, ...]]]:
        """What functions make of a term of that type, which take nothing else but what they put that onto;
        with the type of what they make, and that."""
        for function in self._builders:
            at = function.arguments.index(type_) if type_ in function.arguments else -1
            rest = function.arguments[:at] + function.arguments[at + 1 :]
            if at < 0 or function.rank < 0 or function.result == type_ or {*rest} - {function.result}:
                continue
            variable = self._distinct(rest, taken)
            for onto in dict.fromkeys((variable, tuple(self._constants(function.result)[:1]))):
                if onto is not None and len(onto) == len(rest):
                    yield partial(_called, function.written, onto, at), function.result, onto

    def _selections(self) -> Iterator[Shape]:
        """`f x (g p u) = if p x then f x u else c` and `f x (g y u) = if x = y then c else f x u`: what is
        left when some elements are left out."""
        for maker, observer in itertools.product(self._builders, self._builders):
            if (
                min(maker.rank, observer.rank) < 0
                or len(maker.arguments) != 2
                or len(observer.arguments) != 2
            ):
                continue
            for place, at in itertools.product((0, 1), (0, 1)):
                chooser, element = maker.arguments[1 - place], observer.arguments[1 - at]
                if not maker.arguments[place] == maker.result == observer.arguments[at]:
                    continue
                found = self._distinct([element, maker.result, chooser])
                for test, kept in self._choices(found[0], found[2], element, chooser) if found else ():
                    assert found is not None
                    x, u, y = found
                    made = Term(maker.written, (u, y) if place == 0 else (y, u))
                    whole, rest = (
                        Term(observer.written, (part, x) if at == 0 else (x, part)) for part in (made, u)
                    )
                    for nothing in self._constants(observer.result):
                        sides = (rest, nothing) if kept else (nothing, rest)
                        yield whole, Term("if", (test, *sides)), observer.result

    def _choices(self, x: Term, y: Term, element: Term, chooser: Term) -> Iterator[tuple[Term, bool]]:
        """How `y` may say which elements `x` are chosen, and whether these are kept."""
        if chooser == Term("→", (element, Term("Bool"))):
            yield Term(y.head, (x,)), True
        elif chooser == element:
            tests = [b for b in self._builders if b.rank >= 0 and b.arguments == (element, element)]
            tests = [b for b in tests if b.result.head == "Bool"]
            yield from ((Term(test.written, (x, y)), False) for test in tests)
            if not tests:
                yield Term("=", (x, y)), False

    def _constants(self, type_: Term) -> list[Term]:
        if type_.head in ("Nat", "Int"):
            return [Term("0")]
        return [
            Term(b.written) for b in self._builders if b.rank < 0 and not b.arguments and b.result == type_
        ]

    def _onto(self, taken: Sequence[Term], at: int, type_: Term) -> Iterator[tuple[Term, Term]]:
        """What makes a value from that variable and another one, which comes first."""
        for maker in self._builders:
            if maker.result == type_ and len(maker.arguments) == 2:
                for place in (0, 1):
                    others = self._distinct([maker.arguments[1 - place]], taken)
                    if maker.arguments[place] == type_ and others:
                        sides = (taken[at], others[0])
                        yield others[0], Term(maker.written, sides if place == 0 else sides[::-1])

    def _rejoinings(self) -> Iterator[Shape]:
        """`h (f a (g x)) (f a (k x)) = f a x`, for two functions of which each takes a part of its argument,
        and without `f`."""
        takers = [b for b in self._builders if b.rank >= 0 and b.result in b.arguments]
        for one, other in itertools.combinations(takers, 2):
            if (one.arguments, one.result) != (other.arguments, other.result):
                continue
            arguments = self._distinct(one.arguments)
            if arguments is None:
                continue
            x = arguments[one.arguments.index(one.result)]
            parts = [Term(taker.written, arguments) for taker in (one, other)]
            for (whole, *said), type_ in self._seen([x, *parts], one.result, arguments):
                for joint in self._builders:
                    if joint.arguments == (type_, type_) and joint.result == type_:
                        yield Term(joint.written, tuple(said)), whole, type_
                        if joint.rank >= 0:
                            yield Term(joint.written, tuple(said[::-1])), whole, type_

    def _accumulations(self) -> Iterator[Shape]:
        """`f a (g x y) = h (f a (g x c)) (f a y)`, where `g` puts its result onto an argument, and `c` is a
        constant of its type; and without `f`."""
        for maker in self._builders:
            if maker.rank < 0 or len(maker.arguments) < 2 or maker.arguments.count(maker.result) != 1:
                continue
            arguments, at = self._distinct(maker.arguments), maker.arguments.index(maker.result)
            for constant in self._builders if arguments is not None else ():
                if constant.arguments or constant.rank >= 0 or constant.result != maker.result:
                    continue
                assert arguments is not None
                before, y, after = arguments[:at], arguments[at], arguments[at + 1 :]
                made, plain = (Term(maker.written, (*before, z, *after)) for z in (y, Term(constant.written)))
                for (whole, *parts), type_ in self._seen([made, plain, y], maker.result, arguments):
                    for joint in self._builders:
                        if joint.arguments == (type_, type_) and joint.result == type_ and joint != maker:
                            yield whole, Term(joint.written, tuple(parts)), type_
                            if joint.rank >= 0:
                                yield whole, Term(joint.written, tuple(parts[::-1])), type_

    def _successions(self) -> Iterator[Shape]:
        """`f a s (g p q) = f a (f a s p) q`, or with `q` done first: what two do one after the other. If the
        first may fail, `f a s (g p q) = (f a s p).bind fun s => f a s q`."""
        for run, state, of, done in self._runs():
            for joint in self._builders:
                pair = self._distinct(joint.arguments) if joint.arguments == (of, of) else None
                if pair is None or joint.result != of:
                    continue
                for one, other in (pair, pair[::-1]):
                    first, after = done(state, one), done(state, other)
                    bound = Term("Option.bind", (first, Term("fun", (), (((state,), after),))))
                    both = done(state, Term(joint.written, pair))
                    yield both, bound if run.head == "Option" else done(first, other), run

    def _executions(self) -> Iterator[Shape]:
        """`f a s (g x) = h a x :: s`: what is made of `x` puts its value onto a stack; or `some` of that."""
        named = [builder for builder in self._builders if builder.rank >= 0]
        for run, state, of, done in self._runs():
            makers = [maker for maker in named if maker.result == of]
            for maker, value in itertools.product(makers, named):
                stacks = Term("List", (value.result,))
                made = self._distinct(maker.arguments, (state,))
                seen = self._distinct(value.arguments, (state,))
                if run in (stacks, Term("Option", (stacks,))) and made and seen and {*made} <= {*seen}:
                    stack = Term("::", (Term(value.written, seen), state))
                    right = stack if run == stacks else Term("some", (stack,))
                    yield done(state, Term(maker.written, made)), right, run

    def _runs(self) -> Iterator[tuple[Term, Term, Term, Callable[[Term, Term], Term]]]:
        """The functions that make another state of a state, or fail, as a value of another type says: the
        type of what they make, a state, the type of that value, and the call for a state and a value."""
        for function in self._builders:
            arguments = self._distinct(function.arguments) if function.rank >= 0 else None
            for state, at in itertools.permutations(range(len(arguments or ())), 2):
                type_, of = function.arguments[state], function.arguments[at]
                makes = function.result in (type_, Term("Option", (type_,)))
                if arguments is not None and makes and type_ != of:
                    done = partial(_done, function.written, arguments, state, at)
                    yield function.result, arguments[state], of, done

    def _seen(
        self, terms: Sequence[Term], type_: Term, taken: Collection[Term]
    ) -> Iterator[tuple[tuple[Term, ...], Term]]:
        """The terms, and what functions make of each of them; with their type."""
        yield tuple(terms), type_
        for function in self._builders:
            if function.rank < 0 or len(function.arguments) > 2:
                continue
            for at, argument in enumerate(function.arguments):
                rest = function.arguments[:at] + function.arguments[at + 1 :]
                if argument == type_ and (type_ not in rest or function.result != type_):
                    others = self._distinct(rest, taken)
                    if others is not None:
                        made = (Term(function.written, (*others[:at], t, *others[at:])) for t in terms)
                        yield tuple(made), function.result

    def _distinct(self, types: Sequence[Term], taken: Collection[Term] = ()) -> tuple[Term, ...] | None:
        """A variable of each type; None where there are not enough."""
        found: list[Term] = []
        for type_ in types:
            fresh = [name for name in self.of_type(type_) if name not in found and name not in taken]
            if not fresh:
                return None
            found.append(fresh[0])
        return tuple(found)

    def _distributions(self) -> Iterator[Shape]:
        """Of one binary function over another."""
        binary = [b for b in self._builders if len(b.arguments) == 2 and b.rank >= 0]
        for over, under in itertools.permutations(binary, 2):
            if not (set(under.arguments) == {under.result} and over.result == under.result):
                continue
            variables_ = self.of_type(under.result)[:3]
            others = self.of_type(over.arguments[0])
            if len(variables_) < 3:
                continue
            x, y, z = variables_
            f, g = over.written, under.written
            if set(over.arguments) == {under.result}:
                yield Term(f, (Term(g, (x, y)), z)), Term(g, (Term(f, (x, z)), Term(f, (y, z)))), under.result
            if over.arguments[1] == under.result and others:
                a = x if over.arguments[0] == under.result else others[0]
                left = Term(f, (a, Term(g, (y, z))))
                yield left, Term(g, (Term(f, (a, y)), Term(f, (a, z)))), under.result


def _done(function: str, others: tuple[Term, ...], state: int, at: int, on: Term, what: Term) -> Term:
    return Term(
        function, tuple(on if n == state else what if n == at else other for n, other in enumerate(others))
    )


def _called(function: str, others: tuple[Term, ...], at: int, argument: Term) -> Term:
    return Term(function, (*others[:at], argument, *others[at:]))
