"""What a theorem may speak of: the declarations before it, of its file and of what this imports.

Names in a printed goal are resolved by their last parts, as namespaces and field notation leave them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from prover.policy.terms import Application, applications, names, split_outer, telescope, tokens
from prover.types import Declaration, Theorem

_DEFINITIONS = frozenset({"def", "abbrev"})
_TYPES = frozenset({"inductive", "structure", "class", "class inductive"})
_THEOREMS = frozenset({"theorem", "lemma"})
_OF_TYPES = re.compile(r":\s*(?:Type|Sort)\b[^:()]*$")
_TYPE = re.compile(r":=\s*(?:[^:=(){}\[\]\n]*→|(?:List|Array|Option|Nat|Int|Bool|String|Char)(?![\w.]))")
_TERMINATION = re.compile(r"\n\s*(?:termination_by|decreasing_by)\b")
_ONE_EQUATION = re.compile(r"\s*:=(?!\s*(?:by\s|match\s|fun\s+\S+\s+match\s))")
_CONSTRUCTOR = re.compile(r"\.\w+|::|\[\]|\+")
_GROUP = re.compile(r"\([^()]*\)|\{[^{}]*\}|\[[^\[\]]*\]")
_BINDER_GROUP = re.compile(r"\(([^():]*):")
_ANY_BINDER_GROUP = re.compile(r"[({⦃\[]([^():{}\[\]]*):")


@dataclass(frozen=True)
class Symbol:
    """A named declaration, and the others of the file that its text mentions, but for why it terminates."""

    declaration: Declaration
    uses: frozenset[str]

    @property
    def name(self) -> str:
        return self.declaration.name

    @property
    def is_definition(self) -> bool:
        return self.declaration.kind in _DEFINITIONS

    @cached_property
    def is_type_definition(self) -> bool:
        """Whether it is a name for a type, as it says or as it looks."""
        stated, body = self.declaration.statement, self.declaration.body
        looks = ":" not in _GROUP.sub("", stated) and _TYPE.match(body.strip()) is not None
        return self.is_definition and (looks or _OF_TYPES.search(stated) is not None)

    @property
    def is_unfolded(self) -> bool:
        """Whether `grind` sees through it, and does not take it among what it is told."""
        return self.declaration.kind == "abbrev"

    @property
    def is_theorem(self) -> bool:
        return self.declaration.kind in _THEOREMS

    @property
    def is_type(self) -> bool:
        return self.declaration.kind in _TYPES

    @cached_property
    def is_predicate(self) -> bool:
        """An inductive type of proofs."""
        return self.is_type and re.search(r"\bProp\s*(where|:=|$)", self.declaration.statement) is not None

    @cached_property
    def is_recursive(self) -> bool:
        return self.name in self.uses

    @cached_property
    def unfolds_for_ever(self) -> bool:
        """Whether its one equation, which takes nothing apart, can be used again on what it leads to."""
        return self.is_recursive and _ONE_EQUATION.match(self.declaration.body) is not None

    @cached_property
    def says_why_it_ends(self) -> bool:
        return _TERMINATION.search(self.declaration.body) is not None

    @cached_property
    def looks_deep(self) -> bool:
        """Whether its equations take apart two arguments, or one twice."""
        patterns = (pattern for arm in _arms(self.declaration.body) for pattern in arm)
        return len(self.matched) > 1 or any(len(_CONSTRUCTOR.findall(pattern)) > 1 for pattern in patterns)

    @cached_property
    def constructors(self) -> list[str]:
        """Of an inductive type, by the last part of their names."""
        return re.findall(r"\|\s*([^\W\d][\w'!?]*)", self.declaration.body)

    @cached_property
    def concludes(self) -> tuple[frozenset[str], str]:
        """The variables of a theorem, and its conclusion."""
        binders, proposition = _stated(self.declaration.statement)
        found, conclusion = telescope(proposition)
        groups = _ANY_BINDER_GROUP.findall(binders)
        return frozenset(found).union(*(group.split() for group in groups)), conclusion

    @cached_property
    def matched(self) -> frozenset[int]:
        """The explicit arguments, from 0, that the definition's own equations take apart."""
        return _matched(self.declaration)


class Symbols:
    """The declarations of one theorem's file, by name."""

    def __init__(self, context: Iterable[Declaration], namespace: str) -> None:
        named = [declaration for declaration in context if declaration.name]
        self._named = named
        self._namespace = namespace
        self._by_last: dict[str, list[str]] = {}
        for declaration in named:
            self._by_last.setdefault(_last(declaration.name), []).append(declaration.name)
        self._resolved: dict[str, str | None] = {}
        self._taken_apart: dict[str, frozenset[int]] = {}
        self._symbols = {declaration.name: self._symbol(declaration) for declaration in named}

    def _symbol(self, declaration: Declaration) -> Symbol:
        groups = _ANY_BINDER_GROUP.findall(declaration.statement)
        bound = frozenset(name for group in groups for name in group.split())
        stated = self.mentioned(declaration.statement, bound) - {declaration.name}
        return Symbol(declaration, stated | self.mentioned(computed(declaration.body), bound))

    def __getitem__(self, name: str) -> Symbol:
        return self._symbols[name]

    def all(self) -> list[Symbol]:
        return list(self._symbols.values())

    @cached_property
    def without_theorems(self) -> Symbols:
        """The same object for all theorems of a file that stand after the same definitions."""
        return _symbols(tuple(each for each in self._named if each.kind not in _THEOREMS), self._namespace)

    def resolve(self, name: str) -> str | None:
        """The full name of the declaration that the printed `name` means, the latest of several."""
        if name not in self._resolved:
            self._resolved[name] = self._meant(name)
        return self._resolved[name]

    def exactly(self, name: str) -> list[str]:
        """The declarations of which `name` is the end."""
        candidates = self._by_last.get(_last(name), [])
        return [full for full in candidates if full == name or full.endswith(f".{name}")]

    def field(self, type_: str, name: str) -> tuple[str, str] | None:
        """The function or constructor that a field of a value of this type means, and the type of its result
        if that can be told. With no type, what alone has the name."""
        of = [
            full for full in self._by_last.get(name, []) if "." in full and self._symbols[full].is_definition
        ]
        of = [full for full in of if _last(type_) in ("", _last(full.rpartition(".")[0]))]
        if of:
            return (of[-1], self._result(of[-1])) if type_ or len(of) == 1 else None
        types = [
            symbol for symbol in self._symbols.values() if symbol.is_type and name in symbol.constructors
        ]
        types = [symbol for symbol in types if _last(type_) in ("", _last(symbol.name))]
        return (f"{types[0].name}.{name}", types[0].name) if len(types) == 1 else None

    def value_and_fields(self, name: str) -> tuple[str, list[str]]:
        """`N.zero` and `succ` of `N.zero.succ`; no fields where a name begins with no constructor."""
        parts = name.split(".")
        for at in range(2, len(parts)):
            of = self.resolve(".".join(parts[: at - 1]))
            if of is not None and self[of].is_type and parts[at - 1] in self[of].constructors:
                return ".".join(parts[:at]), parts[at:]
        return name, []

    def _result(self, name: str) -> str:
        stated = _stated(self._symbols[name].declaration.statement)[1]
        return next(iter(names(stated.rpartition("→")[2])), "")

    def _meant(self, name: str) -> str | None:
        candidates = self._by_last.get(_last(name), [])
        exact = self.exactly(name)
        by_field = [full for full in candidates if "." in name or "." in full]
        found = exact or by_field
        return found[-1] if found else None

    def mentioned(self, text: str, local: frozenset[str] = frozenset()) -> frozenset[str]:
        """The declarations that `text` mentions; `local` names are variables and mean none of them."""
        found = (self.resolve(part) for name in names(text) if name not in local for part in self._read(name))
        return frozenset(name for name in found if name is not None)

    def _read(self, name: str) -> Iterator[str]:
        """The name itself, and `x.f` of `x.f.g`."""
        yield name
        while name.count(".") > 1 and not self.exactly(name):
            name = name.rpartition(".")[0]
            yield name

    def closure(self, found: Iterable[str]) -> list[Symbol]:
        """`found` and all that it mentions in turn, in the order of the file."""
        reached = {symbol.name for layer in self.layers(found) for symbol in layer}
        return [symbol for name, symbol in self._symbols.items() if name in reached]

    def layers(self, found: Iterable[str]) -> Iterator[list[Symbol]]:
        """`found`, what it mentions, what that mentions, and so on, each once, in the order of the file."""
        reached, layer = set[str](), set(found)
        while layer:
            reached |= layer
            yield [symbol for name, symbol in self._symbols.items() if name in layer]
            layer = {used for name in layer for used in self._symbols[name].uses} - reached

    def short(self, name: str) -> str:
        """How to write `name` where the theorem stands."""
        namespace = self._namespace
        while namespace:
            if name.startswith(f"{namespace}."):
                return name.removeprefix(f"{namespace}.")
            namespace = namespace.rpartition(".")[0]
        return name

    def calls(self, text: str) -> list[tuple[Symbol, Application]]:
        """The applications in `text` of the file's definitions, without field notation."""
        found = []
        for application in applications(text):
            name = self.resolve(application.head)
            if name is not None and self._symbols[name].is_definition:
                found.append((self._symbols[name], application))
        return found

    def taken_apart(self, symbol: Symbol) -> frozenset[int]:
        """The explicit arguments, from 0, that a definition takes apart or gives to one that does."""
        if symbol.name not in self._taken_apart:
            self._taken_apart[symbol.name] = symbol.matched  # for its own calls
            if not symbol.matched:
                self._taken_apart[symbol.name] = self._passed_on(symbol.declaration)
        return self._taken_apart[symbol.name]

    def _passed_on(self, declaration: Declaration) -> frozenset[int]:
        given = [
            call.args[position]
            for other, call in self.calls(declaration.body)
            for position in self.taken_apart(other)
            if position < len(call.args)
        ]
        explicit = _explicit_binders(declaration.statement)
        return frozenset(position for position, name in enumerate(explicit) if name in given)


@lru_cache(maxsize=16)
def _symbols(context: tuple[Declaration, ...], namespace: str) -> Symbols:
    return Symbols(context, namespace)


def symbols_of(theorem: Theorem) -> Symbols:
    return _symbols(theorem.known, theorem.declaration.name.rpartition(".")[0])


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def computed(body: str) -> str:
    """The body of a definition without what says why it terminates."""
    return _TERMINATION.split(body)[0]


def _arms(body: str) -> list[list[str]]:
    """The patterns of each equation."""
    return [split_outer(arm, ",") for arm in re.findall(r"^\s*\|(.*?)=>", body, re.MULTILINE)]


def _matched(declaration: Declaration) -> frozenset[int]:
    explicit = _explicit_binders(declaration.statement)
    body = declaration.body.strip()
    header = re.match(r"(?::=|=>)?\s*match\s(.*?)\swith\b", body, re.DOTALL)
    if header:
        scrutinees = [part.rpartition(":")[2].strip() for part in header.group(1).split(",")]
        return frozenset(explicit.index(name) for name in scrutinees if name in explicit)
    if not body.startswith("|"):
        return frozenset()
    matched: set[int] = set()
    for arm in _arms(body):
        for position, pattern in enumerate(arm):
            if not re.fullmatch(r"_|[^\W\d]\w*'*", pattern) or pattern in ("true", "false"):
                matched.add(len(explicit) + position)
    return frozenset(matched)


def _explicit_binders(statement: str) -> list[str]:
    """The names of the explicit arguments before the colon of a definition's statement."""
    return [name for group in _BINDER_GROUP.findall(_stated(statement)[0]) for name in group.split()]


def _stated(statement: str) -> tuple[str, str]:
    """What stands before the colon of a declaration's statement, and what after it."""
    depth = 0
    for token in tokens(statement):
        depth += (token.text in "([{⦃") - (token.text in ")]}⦄")
        if token.text == ":" and depth == 0:
            return statement[: token.start], statement[token.end :].strip()
    return statement, ""
