"""Computing with a family: what its functions are on sample values, and so whether a statement is refuted."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from prover.lean.source import parse_source
from prover.policy.programs import Programs
from prover.policy.sampling import Sampler
from prover.policy.symbols import Symbols
from prover.policy.syntax import Arm, Term
from prover.policy.values import Data, Stuck, TooLong, Value
from prover.train.making.schemas import ELEMENT, PARAMETERS, Datatype, Function, Statement

_SAMPLES = 120
_LEAST = 12
"""On how many samples the premises of a statement must hold for it to be taken for true."""
_SIZES = (0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4)
_OTHERS = 3  # further choices of the functions that are arguments


class Trial:
    """The functions of a family as programs, with several choices of those that are arguments of others."""

    def __init__(
        self, datatypes: Sequence[Datatype], functions: Sequence[Function], rng: random.Random
    ) -> None:
        self._datatypes = datatypes
        self._functions = functions
        self._rng = rng
        self.programs = _programs(datatypes, functions)

    @cached_property
    def _others(self) -> list[Programs]:
        if not any(function.name in PARAMETERS for function in self._functions):
            return []
        return [
            _programs(self._datatypes, [_changed(each, self._rng) for each in self._functions])
            for _ in range(_OTHERS)
        ]

    def holds(self, statement: Statement) -> bool:
        """Whether no sample refutes it, and enough of them say something."""
        return all(_holds(programs, statement) for programs in (self.programs, *self._others))


def value(programs: Programs, term: Term, scope: Mapping[str, Value]) -> Value | None:
    """None where it can't be told."""
    try:
        return programs.value(_dotted(term, programs), scope)
    except (Stuck, TooLong):
        return None


def truth(programs: Programs, statement: Term, scope: Mapping[str, Value]) -> bool | None:
    """None where it can't be told."""
    head, args = statement.head, statement.args
    if head == "∃":
        return None
    if head in ("∧", "∨", "→", "↔"):
        one, other = (truth(programs, arg, scope) for arg in args)
        if one is None or other is None:
            return None
        return {"∧": one and other, "∨": one or other, "→": not one or other, "↔": one == other}[head]
    if head == "¬":
        inner = truth(programs, args[0], scope)
        return None if inner is None else not inner
    left, right = (value(programs, arg, scope) for arg in args)
    if left is None or right is None or _unknown(left) or _unknown(right):
        return None
    if head in ("=", "≠"):
        return (left == right) == (head == "=")
    return {"≤": number(left) <= number(right), "<": number(left) < number(right)}[head]


def number(unary: Value) -> int:
    """Of the type of natural numbers."""
    count = 0
    while isinstance(unary, Data) and unary.args:
        count, unary = count + 1, unary.args[0]
    return count


def valuations(
    programs: Programs, types: Mapping[str, Term], count: int, seed: int = 0
) -> Iterator[dict[str, Value]]:
    sampler, rng = Sampler(programs), random.Random(seed)
    for _ in range(count):
        yield {name: sampler.value(type_, rng.choice(_SIZES)) for name, type_ in types.items()}


def text_of(datatypes: Iterable[Datatype], functions: Iterable[Function]) -> str:
    """In the names of the schemas."""
    return "\n".join([*map(_datatype, datatypes), *map(_function, functions)])


def _holds(programs: Programs, statement: Statement) -> bool:
    said = 0
    for scope in valuations(programs, dict(statement.variables), _SAMPLES):
        premises = [truth(programs, premise, scope) for premise in statement.premises]
        if not all(premises):
            continue
        conclusion = truth(programs, statement.conclusion, scope)
        if conclusion is False:
            return False
        said += conclusion is not None
    return said >= _LEAST


def _unknown(of: Value) -> bool:
    return isinstance(of, Data) and of.unknown


def _programs(datatypes: Sequence[Datatype], functions: Sequence[Function]) -> Programs:
    source = parse_source(Path("Family.lean"), text_of(datatypes, functions).encode())
    return Programs(Symbols(source.declarations, ""))


def _changed(function: Function, rng: random.Random) -> Function:
    if function.name not in PARAMETERS:
        return function
    if function.result == ELEMENT:
        results = [Term(name) for name in ("A0", "A1", "A2")]
    else:
        results = [Term("true"), Term("false")]
    elements = [Term(name) for name in ("A0", "A1", "A2")]
    rows: list[tuple[Term, ...]] = [()]
    for _ in function.arguments:
        rows = [(*row, element) for row in rows for element in elements]
    arms: tuple[Arm, ...] = tuple((row, rng.choice(results)) for row in rows)
    return Function(function.name, (), function.arguments, function.result, arms)


def _datatype(each: Datatype) -> str:
    arms = "".join(
        f" | {name}{''.join(f' (x{n} : {type_})' for n, type_ in enumerate(fields))}"
        for name, fields in each.constructors
    )
    variables = "".join(f" ({name} : Type)" for name in each.variables)
    return f"inductive {each.name}{variables} where{arms}"


def _function(each: Function) -> str:
    variables = f" {{{' '.join(each.variables)} : Type}}" if each.variables else ""
    types = " → ".join(f"({type_})" if type_.head == "→" else str(type_) for type_ in each.types)
    arms = "".join(
        f"\n  | {', '.join(map(_shown, patterns))} => {_shown(body)}" for patterns, body in each.arms
    )
    return f"def {each.name}{variables} : {types}{arms}"


def _shown(term: Term) -> str:
    if term.head == "if":
        test, one, other = map(_shown, term.args)
        return f"(if {test} then {one} else {other})"
    if term.head == "¬":
        return f"(!{_shown(term.args[0])})"
    if term.head in ("&&", "||"):
        return f"({_shown(term.args[0])} {term.head} {_shown(term.args[1])})"
    head = f".{term.head}" if term.head[:1].isupper() else term.head
    return f"({' '.join([head, *map(_shown, term.args)])})" if term.args else head


def _dotted(term: Term, programs: Programs) -> Term:
    """With constructors as the programs know them."""
    head = f".{term.head}" if term.head[:1].isupper() and "." not in term.head else term.head
    return Term(head, tuple(_dotted(arg, programs) for arg in term.args))
