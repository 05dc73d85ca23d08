"""Values of a type, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from prover.policy.code import Values
from prover.policy.declared import arrows
from prover.policy.programs import Programs
from prover.policy.rewriting import replaced
from prover.policy.syntax import Term
from prover.policy.values import FALSE, TRUE, Data, Value, data

_SIZES = (0, 0, 1, 1, 2, 2, 3, 3, 4, 6)


class Sampler:
    """Draws the same values in the same order each time."""

    def __init__(self, programs: Programs, seed: str | int = 0) -> None:
        self._programs = programs
        self._rng = random.Random(seed)
        self._known: dict[Term, tuple[list[str], dict[str, list[Term]]]] = {}

    def valuation(self, types: Mapping[str, Term]) -> dict[str, Value]:
        return {name: self.value(type_, self._rng.choice(_SIZES)) for name, type_ in types.items()}

    def rearranged(self, types: Mapping[str, Term]) -> dict[str, Value]:
        """Values of one type with the same elements, each in another order: what a test says of such pairs is
        seldom seen on those that are drawn one by one."""
        first: dict[Term, Value] = {}
        for name, value in self.valuation(types).items():
            first.setdefault(types[name], value)
        return {name: self._shuffled(first[type_], type_) for name, type_ in types.items()}

    def _shuffled(self, value: Value, type_: Term) -> Value:
        elements = list(self._elements(value, type_))
        self._rng.shuffle(elements)
        return self._rebuilt(value, type_, elements)

    def _elements(self, value: Value, type_: Term) -> Iterator[Value]:
        for part, of in self._parts(value, type_):
            yield from self._elements(part, type_) if of == type_ else (part,)

    def _rebuilt(self, value: Value, type_: Term, elements: list[Value]) -> Value:
        parts = [
            self._rebuilt(part, type_, elements) if of == type_ else elements.pop()
            for part, of in self._parts(value, type_)
        ]
        return data(value.head, *parts) if parts and isinstance(value, Data) else value

    def _parts(self, value: Value, type_: Term) -> list[tuple[Value, Term]]:
        """What a constructor was given, with the types."""
        if not isinstance(value, Data):
            return []
        return list(zip(value.args, self._options(type_)[1].get(value.head, ()), strict=False))

    def value(self, type_: Term, size: int) -> Value:
        """A value with so many constructors that take others of its type, where there are such."""
        rng, type_ = self._rng, self._programs.unfolded(type_)
        if type_.head in ("Nat", "Int"):
            return size if type_.head == "Nat" else size * rng.choice((-1, 1))
        if type_.head == "→":
            return self._function(type_)
        if type_.head in ("Bool", "Prop"):
            return rng.choice((TRUE, FALSE))
        options, arguments = self._options(type_)
        recursive = [name for name in options if type_ in arguments[name]]
        plain = [name for name in options if name not in recursive]
        options = (recursive if size else plain) or options
        if not options or size < -3:
            return data(f"#{rng.randrange(3)}")
        name = rng.choice(options)
        return data(name, *(self._argument(argument, type_, size) for argument in arguments[name]))

    def _function(self, type_: Term) -> Value:
        """One that makes a value of its own, drawn too, of each tuple of arguments."""
        *arguments, result = arrows(type_)
        seed, images = self._rng.random(), dict[Values, Value]()

        def run(captured: Values, values: Values) -> Value:
            if values not in images:
                sampler = Sampler(self._programs, f"{seed} {' '.join(map(str, values))}")
                images[values] = sampler.value(result, sampler._rng.choice(_SIZES[:6]))
            return images[values]

        return self._programs.anonymous(len(arguments), run)(())

    def _argument(self, type_: Term, of: Term, size: int) -> Value:
        return self.value(type_, size - 1 if type_ == of else self._rng.choice(_SIZES[:-2]))

    def _options(self, type_: Term) -> tuple[list[str], dict[str, list[Term]]]:
        """The constructors of a type, and the types of their arguments."""
        if type_ not in self._known:
            self._known[type_] = self._looked_up(type_)
        return self._known[type_]

    def _looked_up(self, type_: Term) -> tuple[list[str], dict[str, list[Term]]]:
        if type_.head == "List":
            return ["List.nil", "List.cons"], {"List.nil": [], "List.cons": [type_.args[0], type_]}
        if type_.head == "Option":
            return ["Option.none", "Option.some"], {"Option.none": [], "Option.some": [type_.args[0]]}
        if type_.head in ("×", "Prod"):
            return ["Prod.mk"], {"Prod.mk": list(type_.args)}
        options = self._programs.of_type(type_.head)
        arguments = {}
        for name in options:
            signature = self._programs.constructors[name]
            given = dict(zip(signature.variables, type_.args, strict=False))
            arguments[name] = [replaced(argument, given) for argument in signature.arguments]
        return options, arguments
