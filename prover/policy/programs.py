"""The definitions of a file as programs: their types, and what they compute on small values.

Computing with the value `?x`, which stands for any, gets stuck, and a call that is stuck is a value itself.
So equal values of two terms with variables mean that they are equal by definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial

from prover.policy.code import LIBRARY, Compiler, Matching, Values
from prover.policy.core import core_function
from prover.policy.declared import (
    Function,
    Signature,
    read_constructors,
    read_function,
    read_signature,
    read_type,
)
from prover.policy.rewriting import replaced
from prover.policy.symbols import Symbol, Symbols
from prover.policy.syntax import Arm, NotRead, Term
from prover.policy.terms import names
from prover.policy.values import FUNCTION, OPERATORS, TRUE, Data, Stuck, TooLong, Value, data

_STEPS = 250  # calls that one evaluation may take
_DEPTH = 100  # calls within calls


class Programs:
    """What can be computed with the declarations of a file."""

    steps = _STEPS

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self._compilers = {integers: self.compiler(integers) for integers in (None, False, True)}
        self.constructors: dict[str, Signature] = {}
        self._by_last: dict[str, list[str]] = {}
        self._functions: dict[str, Function | None] = {}
        self._codes: dict[str, Matching] = {}
        self._read: dict[tuple[str, int | None], str | None] = {}
        self._memo: dict[tuple[object, ...], Value] = {}
        self._endless: set[tuple[object, ...]] = set()
        self._functions_as_values: dict[str, tuple[int, Callable[[Values, Values], Value]]] = {}
        self._named: dict[str, Value] = {}  # functions of the file as values
        self._steps = self._depth = 0
        self.taken = 0  # calls, by all evaluations
        for symbol in symbols.all():
            if symbol.declaration.kind == "inductive" and not symbol.is_predicate:
                self._add_constructors(symbol)

    def compiler(self, integers: bool | None) -> Compiler:
        return Compiler(self, integers)

    def of_type(self, head: str) -> list[str]:
        """The constructors of a type of the file, by the last part of its name."""
        return [name for name in self.constructors if name.rpartition(".")[0] == head]

    def unfolded(self, type_: Term) -> Term:
        """The type that it is a name for: `Nat → Bool`, where the file says `abbrev State := Nat → Bool`."""
        name = self.symbols.resolve(type_.head)
        if name is None or not self.symbols[name].is_type_definition:
            return type_
        try:
            names, meant = read_type(self.symbols[name])
        except NotRead:
            return type_
        return self.unfolded(replaced(meant, dict(zip(names, type_.args, strict=False))))

    def signature(self, symbol: Symbol) -> Signature:
        """Raises `NotRead`."""
        return read_signature(symbol.declaration.statement)

    def value(self, term: Term, scope: Mapping[str, Value]) -> Value:
        """Raises `Stuck`, `TooLong`."""
        return self.evaluated(term, scope.keys())(scope)

    def evaluated(self, term: Term, variables: Iterable[str]) -> Callable[[Mapping[str, Value]], Value]:
        """Computes the term for the values of these variables. What it gives raises `Stuck`, `TooLong`."""
        run = self._compilers[None].code(term, frozenset(variables))

        def evaluate(scope: Mapping[str, Value]) -> Value:
            self._steps, self._depth = self.steps, 0
            try:
                return run(dict(scope))
            except RecursionError:
                raise TooLong from None

        return evaluate

    def results(self, name: str, rows: Iterable[tuple[Value | None, ...]]) -> tuple[Value | None, ...]:
        """What a definition, a constructor or an operator makes of each row of values; None where one is
        missing or it can't be computed."""
        call = self._operator(name)
        return tuple([None if None in row else self._attempt(call, row) for row in rows])

    def _attempt(self, call: Callable[..., Value], row: tuple[Value | None, ...]) -> Value | None:
        self._steps, self._depth = self.steps, 0
        try:
            return call(*row)
        except (Stuck, TooLong):
            return None

    def _operator(self, name: str) -> Callable[..., Value]:
        if name in ("&&", "||", "∧", "∨"):
            return lambda one, other: other if (one is TRUE) == (name in ("&&", "∧")) else one
        if name in OPERATORS:
            return OPERATORS[name]
        return partial(data if self._constructs(name) else self._ended, name)

    def _ended(self, name: str, *values: Value) -> Value:
        """As `_called`, for a call that is not part of another; such are asked for again and again."""
        key = (name, *values)
        known = self._memo.get(key)
        if known is not None:
            return known
        if key in self._endless:
            raise TooLong
        try:
            return self._called(name, values)
        except (RecursionError, TooLong):
            self._endless.add(key)
            raise TooLong from None

    def _constructs(self, name: str) -> bool:
        return name in self.constructors or name in LIBRARY

    def _add_constructors(self, symbol: Symbol) -> None:
        name = symbol.name.rpartition(".")[2]
        try:
            found = read_constructors(name, symbol)
        except NotRead:
            return
        for constructor, signature in found:
            self.constructors[f"{name}.{constructor}"] = signature
            self._by_last.setdefault(constructor, []).append(f"{name}.{constructor}")

    # -- names ----------------------------------------------------------------------------------------

    def constructor(self, head: str, count: int | None = None) -> str | None:
        """The constructor that a name means, of so many arguments where that is known. Raises `Stuck` for a
        short one that means several."""
        if (head, count) not in self._read:
            self._read[head, count] = self._constructor(head, count)
        return self._read[head, count]

    def _constructor(self, head: str, count: int | None) -> str | None:
        if head.startswith("."):
            found = self._by_last.get(head[1:], [])
            if len(found) > 1 and count is not None:
                found = [name for name in found if len(self.constructors[name].arguments) == count]
            if len(found) > 1:
                raise Stuck
            return found[0] if found else None
        parts = head.split(".")
        full = ".".join(parts[-2:])
        return full if len(parts) > 1 and full in self.constructors else None

    def function(self, head: str) -> Callable[[tuple[Value, ...]], Value] | None:
        full = self.symbols.resolve(head)
        if full is None and core_function(head) is not None:
            full = head
        return None if full is None else partial(self._called, full)

    def field(self, name: str, values: tuple[Value, ...]) -> Value:
        of = values[0]
        if not isinstance(of, Data) or of.head.startswith("?"):
            raise Stuck
        if name.isdigit():
            if not 0 < int(name) <= len(of.args):
                raise Stuck
            part = of.args[int(name) - 1]
            return self.applied(part, values[1:]) if values[1:] else part
        full = f"{of.head.rpartition('.')[0]}.{name}"
        if full in self.constructors:
            return data(full, *values)
        resolved = self.symbols.resolve(full)
        if resolved is not None:
            return self._called(resolved, values)
        known = core_function(full)
        place = None if known is None else _place_of(known, of.head.partition(".")[0])
        if place is None:
            raise Stuck
        return self._called(full, (*values[1 : place + 1], of, *values[place + 1 :]))

    # -- functions as values ---------------------------------------------------------------------------

    def anonymous(self, arity: int, run: Callable[[Values, Values], Value]) -> Callable[[Values], Value]:
        name = f"{FUNCTION}{len(self._functions_as_values)}"
        self._functions_as_values[name] = arity, run
        return lambda captured: data(name, *captured)

    def applied(self, function: Value, values: Values) -> Value:
        if not isinstance(function, Data):
            raise Stuck
        if function.head[0] == "?":
            return data("?@", function, *values)
        if function.head == FUNCTION:  # one that has some of its arguments
            whole, *first = function.args
            return self.applied(whole, (*first, *values))
        if function.head not in self._functions_as_values:
            raise Stuck
        self._steps -= 1
        self.taken += 1
        if self._steps < 0:
            raise TooLong
        arity, run = self._functions_as_values[function.head]
        if len(values) < arity:
            return data(FUNCTION, function, *values)
        result = run(function.args, values[:arity])
        return self.applied(result, values[arity:]) if values[arity:] else result

    def _as_value(self, name: str, arity: int) -> Value:
        if name not in self._named:
            self._named[name] = self.anonymous(arity, lambda captured, values: self._called(name, values))(())
        return self._named[name]

    # -- calls -------------------------------------------------------------------------------------------

    def _called(self, name: str, values: tuple[Value, ...]) -> Value:
        key = (name, *values)
        known = self._memo.get(key)
        if known is not None:
            return known
        function = self._function(name)
        self._steps -= 1
        self.taken += 1
        if self._steps < 0 or self._depth == _DEPTH:
            raise TooLong
        if function is None:
            raise Stuck
        if len(values) < function.arity:
            return data(FUNCTION, self._as_value(name, function.arity), *values)
        self._depth += 1
        try:
            result = self._codes[name](values, {})
        except Stuck:
            result = data(f"?{name}", *values)
        self._depth -= 1
        self._memo[key] = result
        return result

    def _function(self, name: str) -> Function | None:
        if name not in self._functions:
            known = core_function(name) if self.symbols.exactly(name)[-1:] != [name] else None
            symbol = known or self.symbols[name]
            try:
                found = read_function(symbol) if symbol.is_definition else None
            except NotRead:
                found = None
            self._functions[name] = found
            if found is not None:
                compiler = self._compilers[_integers(symbol)]
                self._codes[name] = compiler.match(found.arms, frozenset())
        return self._functions[name]

    def matching(self, arms: Sequence[Arm]) -> Matching:
        """What these make of values, where nothing else is known."""
        return self._compilers[None].match(arms, frozenset())

    def computes(self, name: str) -> bool:
        return self._function(name) is not None

    def equations(self, name: str) -> list[tuple[Term, Term]]:
        """What a definition says of its calls, as far as it does so without `if` and `match`, and whatever
        stands before."""
        function = self._function(name)
        found = []
        arms = function.arms if function else ()
        for number, (patterns, body) in enumerate(arms):
            try:
                before = [[self._plain(p, 0) for p in others] for others, _ in arms[:number]]
                args = tuple(self._plain(p, k) for k, p in enumerate(patterns))
                said = self._plain(body, 0)
            except (Stuck, NotRead):
                continue
            for case in [args, *self._cases(args, before)]:
                if not any(all(map(self._overlap, case, others)) for others in before):
                    given = {old.head: new for old, new in zip(args, case, strict=True) if not old.args}
                    found.append((Term(self.symbols.short(name), case), replaced(said, given)))
                    if case == args:
                        break
        return found

    def _cases(self, args: tuple[Term, ...], before: Sequence[Sequence[Term]]) -> Iterator[tuple[Term, ...]]:
        """With each value in the place of an argument that patterns before have values for."""
        for at in (at for at, arg in enumerate(args) if self._is_variable(arg)):
            types = {
                others[at].head.rpartition(".")[0]
                for others in before
                if at < len(others) and not self._is_variable(others[at])
            }
            for name in sorted(each for type_ in types for each in self.of_type(type_)):
                fields = (Term(f"_{at}{k}") for k, _ in enumerate(self.constructors[name].arguments))
                yield (*args[:at], Term(name, tuple(fields)), *args[at + 1 :])

    def _overlap(self, one: Term, other: Term) -> bool:
        """Whether a value may be as both patterns say."""
        if any(map(self._is_variable, (one, other))):
            return True
        if one.head != other.head:
            return "+" in (one.head, other.head) and "0" not in (one.head, other.head)
        return all(map(self._overlap, one.args, other.args))

    def _is_variable(self, pattern: Term) -> bool:
        return not (pattern.args or self._constructs(pattern.head) or pattern.head.isdigit())

    def _plain(self, term: Term, number: int) -> Term:
        """With constructors by their names, and `_` as a variable of its own."""
        if term.arms or term.head in ("if", "@") or term.head.startswith("!"):
            raise Stuck
        head = f"_{number}" if term.head == "_" else self.constructor(term.head, len(term.args)) or term.head
        return Term(head, tuple(self._plain(arg, 10 * number + k + 1) for k, arg in enumerate(term.args)))


@lru_cache(maxsize=256)
def _place_of(symbol: Symbol, type_: str) -> int | None:
    """Which of its explicit arguments `x.f` fills, where `x` is of that type: the first that is, if any."""
    signature = read_signature(symbol.declaration.statement)
    heads = ["Prod" if each.head == "×" else each.head for each in signature.arguments]
    return heads.index(type_) if type_ in heads else None


def _integers(symbol: Symbol) -> bool | None:
    """Which numbers a definition computes with, by what it names; None where it may be both kinds."""
    declaration = symbol.declaration
    named = {"Nat", "Int"} & {*names(declaration.statement), *names(declaration.body)}
    return None if len(named) != 1 else "Int" in named


@lru_cache(maxsize=16)
def programs_of(symbols: Symbols) -> Programs:
    return Programs(symbols)
