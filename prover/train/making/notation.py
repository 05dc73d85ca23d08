"""What stands for the types, constructors and functions of a family in its text, and terms and types written
with that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prover.lean.lexis import words
from prover.policy.syntax import Term
from prover.train.making.naming import Names
from prover.train.making.schemas import ELEMENT, PARAMETERS
from prover.train.making.style import Style

_LIBRARY_TYPES = {"N": "Nat", "L": "List", "O": "Option", "Bool": "Bool"}
_LIBRARY_CONSTRUCTORS = {"Nil": "[]", "None": "none", "Some": "some", "true": "true", "false": "false"}
_LIBRARY_FUNCTIONS = {
    "N": {"add": "+", "mul": "*", "monus": "-"},
    "L": {"app": "++", "len": "List.length", "rev": "List.reverse"},
}
_INFIX = words("= ≠ ≤ < + - * ++ :: && || ∧ ∨ → ↔ ==")
_RELATIONS = words("= ≠ ≤ <")
_CONNECTIVES = words("∧ ∨ → ↔")
_ATOM, _APPLICATION, _OPERATION, _RELATION, _CONNECTED, _LOOSE = 5, 4, 3, 2, 1, 0


@dataclass
class Notation:
    """The text for each name. `functions` has operators, too; `given` are the `PARAMETERS` that each function
    takes as arguments."""

    names: Names
    style: Style
    types: dict[str, str] = field(default_factory=dict)
    constructors: dict[str, str] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    given: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.types.update({name: self.names.type_variable() for name in ("A", "X", "Y")})
        kinds = {"f": "function", "g": "function", "op": "function"}
        self._arguments = {name: self.names.argument(kinds.get(name, "test")) for name in PARAMETERS}

    def operator(self, name: str) -> str | None:
        """Lean's own function that stands for this one, where one does."""
        if not self.style.operators:
            return None
        for type_, known in _LIBRARY_FUNCTIONS.items():
            if type_ in self.style.library and name in known and (name != "len" or "N" in self.style.library):
                return known[name]
        return None

    def binders(self, used: Iterable[str]) -> list[str]:
        """Binders for the functions that these functions are given."""
        needed = {given for name in used for given in self.given.get(name, ())}
        element = self._bracketed_type(ELEMENT)
        types = {"f": 1, "g": 1, "op": 2}
        found = []
        for name in PARAMETERS:
            if name in needed:
                result = element if name in types else "Bool"
                arity = types.get(name, 2 if name == "r" else 1)
                found.append(f"({self._arguments[name]} : {' → '.join([element] * arity + [result])})")
        return found

    def type(self, type_: Term) -> str:
        if type_ == ELEMENT:
            return self.types["A"] if self.style.element is None else self.type(self.style.element)
        name = (
            _LIBRARY_TYPES[type_.head]
            if type_.head == "Bool" or type_.head in self.style.library
            else self.types.get(type_.head, type_.head)
        )
        return " ".join([name, *(self._bracketed_type(arg) for arg in type_.args)])

    def _bracketed_type(self, type_: Term) -> str:
        text = self.type(type_)
        return f"({text})" if " " in text else text

    def term(self, term: Term, given: Mapping[str, str], at_least: int = _LOOSE) -> str:
        text, level = self._shown(term, given)
        return text if level >= at_least else f"({text})"

    def pattern(self, pattern: Term, given: Mapping[str, str]) -> str:
        return self._shown(pattern, given, dotted=self.style.dotted)[0]

    def _shown(self, term: Term, given: Mapping[str, str], dotted: bool = False) -> tuple[str, int]:
        head, args = term.head, term.args
        if not args and head in given:
            return given[head], _ATOM
        if head == "_" or head.isdigit():
            return head, _ATOM
        if head == "if":
            test, one, other = (self.term(arg, given, _RELATION) for arg in args)
            return f"if {test} then {one} else {other}", _LOOSE
        if head == "¬":
            return self._negated(args[0], given)
        if head == "∃":
            variable, type_, body = args
            return f"∃ {given[variable.head]} : {self.type(type_)}, {self.term(body, given)}", _LOOSE
        if "N" in self.style.library and head in ("Z", "S"):
            return self._number(term, given, dotted)
        if "L" in self.style.library and head == "Cons":
            if args[1].head == "Nil":
                return f"[{self.term(args[0], given)}]", _ATOM
            parts = [self._shown(args[0], given, dotted), self._shown(args[1], given, dotted)]
            one = parts[0][0] if parts[0][1] >= _APPLICATION else f"({parts[0][0]})"
            chained = args[1].head == "Cons" or parts[1][1] >= _APPLICATION
            return f"{one} :: {parts[1][0] if chained else f'({parts[1][0]})'}", _OPERATION
        called = self._name(head, dotted)
        if called in _INFIX:
            inner, level = _levels(called)
            one, other = (self.term(arg, given, inner) for arg in args)
            return f"{one} {called} {other}", level
        parts_ = [self._shown(arg, given, dotted) for arg in args]
        shown = [text if level == _ATOM else f"({text})" for text, level in parts_]
        arguments = [self._arguments[each] for each in self.given.get(head, ()) if each != head]
        words = [called, *arguments, *shown]
        return " ".join(words), _APPLICATION if len(words) > 1 else _ATOM

    def _negated(self, term: Term, given: Mapping[str, str]) -> tuple[str, int]:
        if _is_proposition(term):
            return f"¬{self.term(term, given, _ATOM)}", _OPERATION
        return f"!{self.term(term, given, _ATOM)}", _OPERATION

    def _number(self, term: Term, given: Mapping[str, str], dotted: bool) -> tuple[str, int]:
        count = 0
        while term.head == "S":
            count, term = count + 1, term.args[0]
        if term.head == "Z":
            return str(count), _ATOM
        text, level = self._shown(term, given, dotted)
        return f"{text if level >= _APPLICATION else f'({text})'} + {count}", _OPERATION

    def _name(self, head: str, dotted: bool) -> str:
        if head in self.constructors:
            full = self.constructors[head]
            return f".{full.rpartition('.')[2]}" if dotted else full
        return self.functions.get(head) or self._arguments.get(head) or _LIBRARY_CONSTRUCTORS.get(head, head)

    def kind(self, type_: Term) -> str:
        if type_.head == "N":
            return "number"
        if type_.head == "L":
            return "list"
        if type_ == ELEMENT or type_.head in ("X", "Y", "Bool"):
            return "element"
        return "tree" if type_.head in ("T", "B", "M", "W", "D") else "other"


def _levels(operator: str) -> tuple[int, int]:
    """What its operands must be, and what it is."""
    if operator in _RELATIONS:
        return _OPERATION, _RELATION
    return (_RELATION, _CONNECTED) if operator in _CONNECTIVES else (_APPLICATION, _OPERATION)


def _is_proposition(term: Term) -> bool:
    return term.head in ("=", "≠", "≤", "<", "∧", "∨", "→", "↔", "∃")
