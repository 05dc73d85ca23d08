"""The definitions of a file as programs: their types, and what they compute on small values.

Computing with the value `?x`, which stands for any, gets stuck, and a call that is stuck is a value itself.
So equal values of two terms with variables mean that they are equal by definition.
"""

from __future__ import annotations

from functools import lru_cache

from prover.policy.declared import Function, Signature, read_constructors, read_function, read_signature
from prover.policy.symbols import Symbol, Symbols
from prover.policy.syntax import Arm, NotRead, Term
from prover.policy.values import FALSE, OPERATORS, TRUE, Data, Scope, Stuck, TooLong, Value, data, operated

_STEPS = 250  # calls that one evaluation may take
_LIBRARY = {
    "[]": "List.nil", "::": "List.cons", "(,)": "Prod.mk", "true": "Bool.true", "false": "Bool.false",
    "none": "Option.none", "some": "Option.some", "List.nil": "List.nil", "List.cons": "List.cons",
    "Bool.true": "Bool.true", "Bool.false": "Bool.false", "Prod.mk": "Prod.mk",
    "Option.none": "Option.none", "Option.some": "Option.some",
}  # fmt: skip


class Programs:
    """What can be computed with the declarations of a file."""

    steps = _STEPS

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.constructors: dict[str, Signature] = {}
        self._by_last: dict[str, list[str]] = {}
        self._functions: dict[str, Function | None] = {}
        self._read: dict[str, str | None] = {}
        self._variables: dict[str, bool] = {}
        self._memo: dict[tuple[object, ...], Value] = {}
        self._endless: set[tuple[object, ...]] = set()
        self._steps = 0
        self.taken = 0  # calls, by all evaluations
        for symbol in symbols.all():
            if symbol.declaration.kind == "inductive" and not symbol.is_predicate:
                self._add_constructors(symbol)

    def of_type(self, head: str) -> list[str]:
        """The constructors of a type of the file, by the last part of its name."""
        return [name for name in self.constructors if name.rpartition(".")[0] == head]

    def signature(self, symbol: Symbol) -> Signature:
        """Raises `NotRead`."""
        return read_signature(symbol.declaration.statement)

    def value(self, term: Term, scope: Scope) -> Value:
        """Raises `Stuck`, `TooLong`."""
        self._steps = self.steps
        try:
            return self._value(term, scope)
        except RecursionError:
            raise TooLong from None

    def call(self, name: str, values: tuple[Value, ...]) -> Value:
        """A definition, a constructor or an operator on values. Raises `Stuck`, `TooLong`."""
        self._steps = self.steps
        if name in ("&&", "||"):
            return values[1] if (values[0] == TRUE) == (name == "&&") else values[0]
        if name in OPERATORS:
            return operated(name, values)
        if self._constructs(name):
            return data(name, *values)
        key = (name, *values)
        if key in self._endless:
            raise TooLong
        try:
            return self._called(name, values)
        except (RecursionError, TooLong):
            self._endless.add(key)
            raise TooLong from None

    def attempt(self, name: str, values: tuple[Value | None, ...]) -> Value | None:
        """As `call`; None where a value is missing or it can't be computed."""
        known = tuple(value for value in values if value is not None)
        try:
            return self.call(name, known) if len(known) == len(values) else None
        except (Stuck, TooLong):
            return None

    def _constructs(self, name: str) -> bool:
        return name in self.constructors or name in _LIBRARY

    def _add_constructors(self, symbol: Symbol) -> None:
        name = symbol.name.rpartition(".")[2]
        try:
            found = read_constructors(name, symbol)
        except NotRead:
            return
        for constructor, signature in found:
            self.constructors[f"{name}.{constructor}"] = signature
            self._by_last.setdefault(constructor, []).append(f"{name}.{constructor}")

    # -- terms -------------------------------------------------------------------------------------------

    def _value(self, term: Term, scope: Scope) -> Value:
        head = term.head
        if head in scope and not term.args:
            return scope[head]
        if head.isdigit():
            return int(head)
        if head == "if":
            chosen = term.args[1] if self._holds(term.args[0], scope) else term.args[2]
            return self._value(chosen, scope)
        if head == "match":
            return self._matched(term.arms, tuple(self._value(arg, scope) for arg in term.args), scope)
        if head in ("&&", "||", "∧", "∨"):
            return self._connected(term, scope)
        values = tuple(self._value(arg, scope) for arg in term.args)
        if head in OPERATORS:
            return operated(head, values)
        return self._applied(head, values, scope)

    def _connected(self, term: Term, scope: Scope) -> Value:
        first = self._value(term.args[0], scope)
        if first not in (TRUE, FALSE):
            raise Stuck
        decided = first == (TRUE if term.head in ("||", "∨") else FALSE)
        return first if decided else self._value(term.args[1], scope)

    def _holds(self, condition: Term, scope: Scope) -> bool:
        value = self._value(condition, scope)
        if value not in (TRUE, FALSE):
            raise Stuck
        return value == TRUE

    def _applied(self, head: str, values: tuple[Value, ...], scope: Scope) -> Value:
        if head in _LIBRARY:
            return data(_LIBRARY[head], *values)
        if head == "decide" and len(values) == 1:
            return values[0]
        first, dot, rest = head.partition(".")
        if dot and first in scope:  # x.f
            return self._field(rest, (scope[first], *values))
        if head.startswith("!"):
            return self._field(head[1:], values)
        constructor = self.constructor(head)
        if constructor is not None:
            return data(constructor, *values)
        full = self.symbols.resolve(head)
        if full is None:
            raise Stuck
        return self._called(full, values)

    def constructor(self, head: str) -> str | None:
        """The constructor that a name means. Raises `Stuck` for a short one that means several."""
        if head not in self._read:
            self._read[head] = self._constructor(head)
        return self._read[head]

    def _constructor(self, head: str) -> str | None:
        if head.startswith("."):
            found = self._by_last.get(head[1:], [])
            if len(found) > 1:
                raise Stuck
            return found[0] if found else None
        parts = head.split(".")
        full = ".".join(parts[-2:])
        return full if len(parts) > 1 and full in self.constructors else None

    def _field(self, name: str, values: tuple[Value, ...]) -> Value:
        of = values[0]
        if not isinstance(of, Data) or of.head.startswith("?"):
            raise Stuck
        full = f"{of.head.rpartition('.')[0]}.{name}"
        if full in self.constructors:
            return data(full, *values)
        resolved = self.symbols.resolve(full)
        if resolved is None:
            raise Stuck
        return self._called(resolved, values)

    # -- calls -------------------------------------------------------------------------------------------

    def _called(self, name: str, values: tuple[Value, ...]) -> Value:
        key = (name, *values)
        if key in self._memo:
            return self._memo[key]
        self._steps -= 1
        self.taken += 1
        if self._steps < 0:
            raise TooLong
        function = self._function(name)
        if function is None or len(values) < function.arity:
            raise Stuck
        try:
            result = self._matched(function.arms, values, {})
        except Stuck:
            result = data(f"?{name}", *values)
        self._memo[key] = result
        return result

    def _function(self, name: str) -> Function | None:
        if name not in self._functions:
            symbol = self.symbols[name]
            try:
                self._functions[name] = read_function(symbol) if symbol.is_definition else None
            except NotRead:
                self._functions[name] = None
        return self._functions[name]

    def computes(self, name: str) -> bool:
        return self._function(name) is not None

    def equations(self, name: str) -> list[tuple[Term, Term]]:
        """What a definition says of its calls, as far as it does so without `if` and `match`."""
        function = self._function(name)
        found = []
        for patterns, body in function.arms if function else ():
            try:
                call = Term(
                    self.symbols.short(name), tuple(self._plain(p, k) for k, p in enumerate(patterns))
                )
                found.append((call, self._plain(body, 0)))
            except (Stuck, NotRead):
                continue
        return found

    def _plain(self, term: Term, number: int) -> Term:
        """With constructors by their names, and `_` as a variable of its own."""
        if term.arms or term.head in ("if", "@") or term.head.startswith("!"):
            raise Stuck
        head = f"_{number}" if term.head == "_" else self.constructor(term.head) or term.head
        return Term(head, tuple(self._plain(arg, 10 * number + k + 1) for k, arg in enumerate(term.args)))

    def _matched(self, arms: tuple[Arm, ...], values: tuple[Value, ...], scope: Scope) -> Value:
        for patterns, body in arms:
            bound = dict(scope)
            if len(patterns) > len(values):
                raise Stuck
            if all(self._matches(p, v, bound) for p, v in zip(patterns, values, strict=False)):
                if len(values) > len(patterns):
                    raise Stuck
                return self._value(body, bound)
        raise Stuck

    def _matches(self, pattern: Term, value: Value, bound: dict[str, Value]) -> bool:
        head = pattern.head
        if head == "_":
            return True
        if not pattern.args and self._is_variable(head):
            bound[head] = value
            return True
        if isinstance(value, int):
            return self._matches_number(pattern, value, bound)
        if value.head.startswith("?"):
            raise Stuck
        last = (_LIBRARY.get(head) or head).rpartition(".")[2]
        if last != value.last or len(pattern.args) != len(value.args):
            return False
        return all(self._matches(p, v, bound) for p, v in zip(pattern.args, value.args, strict=True))

    def _is_variable(self, head: str) -> bool:
        if head not in self._variables:
            known = head.startswith(".") or head in _LIBRARY or self.constructor(head) is not None
            self._variables[head] = not known and not head.isdigit()
        return self._variables[head]

    def _matches_number(self, pattern: Term, value: int, bound: dict[str, Value]) -> bool:
        if pattern.head.isdigit():
            return value == int(pattern.head)
        if pattern.head in (".zero", "Nat.zero"):
            return value == 0
        if pattern.head in (".succ", "Nat.succ"):
            return value > 0 and self._matches(pattern.args[0], value - 1, bound)
        if pattern.head == "+" and pattern.args[1].head.isdigit():
            less = value - int(pattern.args[1].head)
            return less >= 0 and self._matches(pattern.args[0], less, bound)
        raise Stuck


@lru_cache(maxsize=16)
def programs_of(symbols: Symbols) -> Programs:
    return Programs(symbols)
