"""A statement and the definitions of all that it speaks of, written so that no name is left in them.

What the readers of terms do not understand is written token by token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from lemmas.binding import words
from prover.policy.declared import read_constructors, read_function, read_signature
from prover.policy.symbols import Symbol, Symbols
from prover.policy.syntax import Arm, NotRead, Term, read_term, without_comments
from prover.policy.terms import split_outer
from prover.train.statements import Stated, read_statement

_LIBRARY: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Nat": (("0", ()), ("S", ("Nat",))),
    "List": (("[]", ()), ("::", ("X", "List X"))),
    "Option": (("none", ()), ("some", ("X",))),
    "Prod": (("(,)", ("X", "Y")),),
}
_LIBRARY_VARIABLES = ("X", "Y")
_OTHER_NAMES = {
    "Nat.zero": "0", "Nat.succ": "S", "List.nil": "[]", "List.cons": "::", "Option.none": "none",
    "Option.some": "some", "Prod.mk": "(,)",
}  # fmt: skip
_LARGEST = 12  # a numeral that is a tower of successors


@dataclass
class CanonicalWriter:
    """Writes one statement and its definitions with numbers in the place of names, by their first mention."""

    symbols: Symbols
    stated: Stated
    _numbers: dict[str, int] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)
    _constructors: dict[str, str] = field(default_factory=dict)  # full names, and the types that they make
    _by_last: dict[str, list[str]] = field(default_factory=dict)
    _arms: dict[str, tuple[tuple[str, tuple[Term, ...]], ...]] = field(default_factory=dict)
    _variables: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of types
    _shapes: dict[str, str] = field(default_factory=dict)  # of constructors, by what they take

    def __post_init__(self) -> None:
        for symbol in self.symbols.all():
            if symbol.is_type and not symbol.is_predicate:
                self._read_type(symbol)
        for name, constructors in _LIBRARY.items():
            self._arms[name] = tuple(
                (constructor, tuple(map(read_term, fields))) for constructor, fields in constructors
            )
            self._constructors.update({constructor: name for constructor, _ in constructors})
            self._variables[name] = _LIBRARY_VARIABLES
        for name, arms in self._arms.items():
            for constructor, fields in arms:
                shown = ["self" if each.head == name else f"{len(each.args)}" for each in fields]
                self._shapes[constructor] = f"<{' '.join(shown)}>"

    def _read_type(self, symbol: Symbol) -> None:
        try:
            found = read_constructors(symbol.name, symbol)
        except NotRead:
            return
        arms = []
        for constructor, signature in found:
            full = f"{symbol.name}.{constructor}"
            self._constructors[full] = symbol.name
            self._by_last.setdefault(constructor, []).append(full)
            arms.append((full, signature.arguments))
            self._variables[symbol.name] = signature.variables
        self._arms[symbol.name] = tuple(arms)

    def written(self, conclusion: str) -> str:
        self._numbers, self._waiting = {}, []
        stated = self._statement(replace(self.stated, conclusion=conclusion))
        definitions = map(self._definition, self._waiting)  # which grows while it is read
        return "\n".join([stated, *definitions])

    def _statement(self, stated: Stated) -> str:
        variables = dict(stated.binders)
        local: dict[str, int] = {}
        parts = [self._proposition(stated.conclusion, variables, local)]
        premises = sorted(
            stated.premises, key=lambda premise: self._shape(Stated(stated.binders, (), premise))
        )
        parts += [self._proposition(each, variables, local) for each in premises]
        for name in list(local):  # in the order of their mention, which goes on
            parts.append(self._type(variables[name], variables, local))
        return " ; ".join(parts)

    def _shape(self, stated: Stated) -> str:
        """What it reads like by itself."""
        return CanonicalWriter(self.symbols, stated)._statement(stated)

    def _proposition(self, text: str, variables: dict[str, str], local: dict[str, int]) -> str:
        try:
            return self._term(read_term(text), variables, local)
        except NotRead:
            return self._tokens(text, variables, local)

    def _type(self, text: str, variables: dict[str, str], local: dict[str, int]) -> str:
        return self._proposition(
            re.sub(r"\b(Type|Sort)\b\s*(\w+|\*|\(.*\))?", "Type", text), variables, local
        )

    # -- names -------------------------------------------------------------------------------------------

    def _name(self, name: str, variables: Iterable[str], local: dict[str, int]) -> str:
        if name in variables:
            return f"v{local.setdefault(name, len(local))}"
        constructor = self._constructor(name)
        if constructor is not None:
            self._number(self._constructors[constructor])
            return f"c{self._numbers.setdefault(constructor, len(self._numbers))}"
        full = self.symbols.resolve(name) or (name if name in _LIBRARY else None)
        return f"d{self._number(full)}" if full is not None else name

    def _number(self, full: str) -> int:
        if full not in self._numbers:
            self._numbers[full] = len(self._numbers)
            self._waiting.append(full)
        return self._numbers[full]

    def _constructor(self, name: str) -> str | None:
        name = _OTHER_NAMES.get(name, name)
        if name in self._constructors:
            return name
        short = name.removeprefix(".")
        if "." not in short:
            found = self._by_last.get(short, []) if name.startswith(".") else []
            found = found or [
                _OTHER_NAMES[k] for k in _OTHER_NAMES if name.startswith(".") and k.endswith(name)
            ]
            return found[-1] if found else None
        endings = [full for full in self._constructors if full.endswith(f".{short}")]
        return endings[-1] if endings else None

    # -- terms -------------------------------------------------------------------------------------------

    def _term(self, term: Term, variables: Iterable[str], local: dict[str, int]) -> str:
        head, args = term.head, term.args
        if head.isdigit() and not args and int(head) <= _LARGEST:
            term = Term("0")
            for _ in range(int(head)):
                term = Term("S", (term,))
            head, args = term.head, term.args
        if head == "+" and args[1].head.isdigit() and 0 < int(args[1].head) <= _LARGEST:
            less = int(args[1].head) - 1
            inner = Term("+", (args[0], Term(str(less)))) if less else args[0]
            return self._term(Term("S", (inner,)), variables, local)
        if term.arms:
            arms = [self._arm(arm, variables, local) for arm in term.arms]
            return f"({head} {' '.join(self._term(arg, variables, local) for arg in args)} {' '.join(arms)})"
        first, dot, rest = head.partition(".")
        if dot and first in variables:  # x.f y
            return self._term(Term(f"!{rest}", (Term(first), *args)), variables, local)
        called = self._name(head, variables, local) if head not in ("if", "@") else head
        if not args:
            return called
        return f"({' '.join([called, *(self._term(arg, variables, local) for arg in args)])})"

    def _arm(self, arm: Arm, around: Iterable[str], outer: dict[str, int]) -> str:
        """Variables that the body does not mention are written as if they had no name."""
        patterns, body = arm
        bound = {name for pattern in patterns for name in self._bound_in(pattern)}
        used = bound & set(_heads(body))
        variables, local = {*around, *used}, dict(outer)
        for name in bound:
            local.pop(name, None)
        shown = [self._term(self._without(p, bound - used), variables, local) for p in patterns]
        return f"[{' '.join(shown)} => {self._term(body, variables, local)}]"

    def _outline(self, arm: Arm, function: str) -> str:
        """What it reads like without the names of anything."""
        patterns, body = arm
        bound = {name for pattern in patterns for name in self._bound_in(pattern)}
        used = bound & set(_heads(body))
        places: dict[str, int] = {}

        def shown(term: Term) -> str:
            if term.head in bound:
                head = f"v{places.setdefault(term.head, len(places))}" if term.head in used else "_"
            else:
                constructor = self._constructor(term.head)
                known = self.symbols.resolve(term.head)
                head = self._shapes[constructor] if constructor else term.head
                head = ("self" if known == function else "f") if known and not constructor else head
            return f"({' '.join([head, *map(shown, term.args)])})"

        return " ".join([*map(shown, patterns), "=>", shown(body)])

    def _bound_in(self, pattern: Term) -> Iterator[str]:
        head = pattern.head
        is_name = not pattern.args and not head.isdigit() and head not in ("_", "true", "false")
        if is_name and self._constructor(head) is None:
            yield head
        for arg in pattern.args:
            yield from self._bound_in(arg)

    def _without(self, pattern: Term, unused: set[str]) -> Term:
        if pattern.head in unused and not pattern.args:
            return Term("_")
        return Term(pattern.head, tuple(self._without(arg, unused) for arg in pattern.args))

    def _tokens(self, text: str, variables: Iterable[str], local: dict[str, int]) -> str:
        found: list[str] = []
        dotted = False
        for word in words(text):
            if word.free and dotted:
                found[-1] = self._name(f".{word.text}", (), local)
            elif word.free:
                base = self._name(word.text, variables, local)
                known = base != word.text or word.free not in variables
                found.append(base if known else self._name(word.free, variables, local) + word.rest)
            else:
                found.append(word.text)
            dotted = word.text == "."
        return " ".join(found)

    # -- definitions -------------------------------------------------------------------------------------

    def _definition(self, full: str) -> str:
        if full in self._arms:
            return self._datatype(full)
        symbol = self.symbols[full]
        if symbol.is_predicate:
            return self._predicate(symbol)
        try:
            return self._function(symbol)
        except NotRead:
            declaration = symbol.declaration
            text = without_comments(f"{declaration.statement} {declaration.body}")
            return self._tokens(re.sub(r"\bderiving\b[^\n]*", "", text), (), {})

    def _datatype(self, full: str) -> str:
        variables = self._variables.get(full, ())
        order = sorted(self._arms[full], key=lambda arm: self._numbers.get(arm[0], 1 << 30))
        arms = []
        for constructor, fields in order:
            local = {name: place for place, name in enumerate(variables)}
            number = self._numbers.get(constructor, "")
            arms.append(f"{number}:{' '.join(self._term(each, variables, local) for each in fields)}")
        known = [arm for arm in arms if not arm.startswith(":")]
        return f"type {' | '.join([*known, *sorted(arm for arm in arms if arm.startswith(':'))])}"

    def _predicate(self, symbol: Symbol) -> str:
        head = read_statement(without_comments(symbol.declaration.statement), every=True)
        body = re.split(r"\bderiving\b", without_comments(symbol.declaration.body))[0]
        parts = split_outer(re.sub(r"^\s*(where|:=)", "", body), "|")
        arms = [read_statement(f"rule {part}") for part in parts if part]
        rules = [replace(arm, binders=(*head.binders, *arm.binders)) for arm in arms]
        shown = [self._statement(rule) for rule in sorted(rules, key=self._shape)]
        return " | ".join([self._statement(head), *shown])

    def _function(self, symbol: Symbol) -> str:
        if not symbol.is_definition:
            raise NotRead(symbol.name)
        signature, function = read_signature(symbol.declaration.statement), read_function(symbol)
        local: dict[str, int] = {}
        types = [
            self._term(each, signature.variables, local) for each in (*signature.arguments, signature.result)
        ]
        ordered = sorted(_flat(function.arms), key=lambda arm: self._outline(arm, symbol.name))
        arms = [self._arm(arm, (), {}) for arm in ordered]
        return f"def {' '.join(types)} {' '.join(arms)}"


def _flat(arms: Sequence[Arm]) -> Sequence[Arm]:
    """A definition by `match` on its arguments as one by equations."""
    ((patterns, body),) = arms if len(arms) == 1 else (((), Term("")),)
    if body.head != "match" or not set(body.args) <= set(patterns):
        return arms
    places = [patterns.index(scrutinee) for scrutinee in body.args]
    return [
        (tuple(dict(zip(places, matched, strict=True)).get(at, p) for at, p in enumerate(patterns)), result)
        for matched, result in body.arms
    ]


def _heads(term: Term) -> Iterator[str]:
    yield term.head
    yield term.head.partition(".")[0]
    for arg in term.args:
        yield from _heads(arg)
    for patterns, body in term.arms:
        for each in (*patterns, body):
            yield from _heads(each)
