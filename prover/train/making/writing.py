"""Families as Lean text: with names, with types of Lean's library where those are chosen, in a style."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prover.lean.lexis import words
from prover.policy.syntax import Term
from prover.train.making.naming import Names
from prover.train.making.schemas import ELEMENT, PARAMETERS, Datatype, Function, heads_of

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


@dataclass(frozen=True)
class Statement:
    """That the conclusion holds for all values of the variables that satisfy the premises."""

    variables: tuple[tuple[str, Term], ...]
    premises: tuple[Term, ...]
    conclusion: Term

    @property
    def parts(self) -> tuple[Term, ...]:
        return (*self.premises, self.conclusion)


@dataclass(frozen=True)
class Style:
    """How a family is written. `library`: the types that are Lean's own. `operators`: whether its functions
    are, too. `element`: what the elements are, None for a variable type."""

    library: frozenset[str]
    operators: bool
    element: Term | None
    dotted: bool
    matching: bool
    given: bool
    deriving: str
    quantified: bool
    grouped: bool

    @staticmethod
    def drawn(rng: random.Random, element: Term | None) -> Style:
        own = rng.random() < 0.55
        types = [name for name in ("N", "L", "O") if not own or rng.random() < 0.3]
        return Style(
            library=frozenset(types),
            operators=rng.random() < 0.7,
            element=element,
            dotted=rng.random() < 0.7,
            matching=rng.random() < 0.25,
            given=rng.random() < 0.3,
            deriving=rng.choice(("", "", "", "", "\n  deriving DecidableEq", "\n  deriving Repr")),
            quantified=rng.random() < 0.25,
            grouped=rng.random() < 0.6,
        )


@dataclass
class Writer:
    """Writes the types and functions of one file, in the order in which they are asked for."""

    rng: random.Random
    names: Names
    style: Style
    functions: Mapping[str, Function]
    datatypes: Mapping[str, Datatype]
    _types: dict[str, str] = field(default_factory=dict)
    _constructors: dict[str, str] = field(default_factory=dict)
    _called: dict[str, str] = field(default_factory=dict)
    _given: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._types.update({name: self.names.type_variable() for name in ("A", "X", "Y")})
        kinds = {"f": "function", "g": "function", "op": "function"}
        self._arguments = {name: self.names.argument(kinds.get(name, "test")) for name in PARAMETERS}

    # -- definitions -------------------------------------------------------------------------------------

    def datatype(self, each: Datatype) -> str:
        """Its declaration; empty for one of the library."""
        if each.name in self.style.library or each.itself == ELEMENT:
            return ""
        name = self._types[each.name] = self.names.type(each.name)
        called = self.names.constructors([constructor for constructor, _ in each.constructors])
        for (constructor, _), new in zip(each.constructors, called, strict=True):
            self._constructors[constructor] = f"{name}.{new}"
        variables = " ".join(self._types[name] for name in each.variables)
        order = list(zip(each.constructors, called, strict=True))
        if self.rng.random() < 0.2:
            self.rng.shuffle(order)
        written = [self._constructor(each, new, fields) for (_, fields), new in order]
        binder = f" ({variables} : Type)" if variables else ""
        flat = not any(fields for _, fields in each.constructors) and self.rng.random() < 0.5
        arms = " ".join(written) if flat else "".join(f"\n  {arm}" for arm in written)
        return f"inductive {name}{binder} where{' ' if flat else ''}{arms}{self.style.deriving}"

    def _constructor(self, of: Datatype, name: str, fields: Sequence[Term]) -> str:
        if not fields:
            return f"| {name}"
        if self.style.given:
            variables = self.names.variables([self._kind(each) for each in fields])
            binders = [f"({v} : {self.type(t)})" for v, t in zip(variables, fields, strict=True)]
            return f"| {name} {' '.join(binders)}"
        return f"| {name} : {' → '.join(self.type(each) for each in (*fields, of.itself))}"

    def function(self, each: Function) -> str:
        """Its declaration; empty for one of the library and for one that is an argument of others."""
        if each.name in PARAMETERS:
            self._given[each.name] = (each.name,)
            return ""
        operator = self._library_function(each.name)
        if operator is not None:
            self._called[each.name] = operator
            return ""
        needed = {given for used in each.uses for given in self._given.get(used, ())}
        self._given[each.name] = tuple(name for name in PARAMETERS if name in needed)
        name = self._called[each.name] = self.names.function(each.name)
        binders = self._type_variables(each) + "".join(f" {each}" for each in self.given([each.name]))
        if self.style.matching or self._is_plain(each):
            return self._matching(each, name, binders)
        types = " → ".join(self.type(type_) for type_ in each.types)
        arms = []
        for patterns, body in each.arms:
            given = self._variables(each, patterns, body)
            shown = ", ".join(self._pattern(pattern, given) for pattern in patterns)
            arms.append(f"\n  | {shown} => {self.term(body, given)}")
        return f"def {name}{binders} : {types}{''.join(arms)}"

    def _is_plain(self, each: Function) -> bool:
        return len(each.arms) == 1 and all(_is_variable(pattern) for pattern in each.arms[0][0])

    def _matching(self, each: Function, name: str, binders: str) -> str:
        """With the arguments before the colon."""
        variables = self.names.variables([self._kind(type_) for type_ in each.arguments])
        shown = "".join(f" ({v} : {self.type(t)})" for v, t in zip(variables, each.arguments, strict=True))
        start = f"def {name}{binders}{shown} : {self.type(each.result)} :="
        if self._is_plain(each):
            ((patterns, body),) = each.arms
            given = {pattern.head: v for pattern, v in zip(patterns, variables, strict=True)}
            return f"{start}\n  {self.term(body, given)}"
        places = [
            place
            for place in range(len(variables))
            if not all(_is_variable(patterns[place]) for patterns, _ in each.arms)
        ]
        arms = []
        for patterns, body in each.arms:
            kept = [patterns[place] for place in places]
            given = self._variables(each, patterns, body, places, taken=variables)
            given.update({p.head: v for p, v in zip(patterns, variables, strict=True) if p not in kept})
            arms.append(
                f"\n  | {', '.join(self._pattern(p, given) for p in kept)} => {self.term(body, given)}"
            )
        return f"{start}\n  match {', '.join(variables[place] for place in places)} with{''.join(arms)}"

    def _variables(
        self,
        each: Function,
        patterns: Sequence[Term],
        body: Term,
        places: Sequence[int] | None = None,
        taken: Sequence[str] = (),
    ) -> dict[str, str]:
        """Names for what the patterns bind."""
        found: dict[str, Term] = {}
        for place, (pattern, type_) in enumerate(zip(patterns, each.arguments, strict=True)):
            if places is None or place in places:
                self._bind(pattern, type_, found)
        names = self.names.variables([self._kind(type_) for type_ in found.values()], taken)
        used = set(heads_of(body))
        return {name: new if name in used else "_" for name, new in zip(found, names, strict=True)}

    def _bind(self, pattern: Term, type_: Term, found: dict[str, Term]) -> None:
        if _is_variable(pattern):
            if pattern.head != "_":
                found[pattern.head] = type_
            return
        for datatype in self.datatypes.values():
            fields = dict(datatype.constructors).get(pattern.head)
            if fields is not None:
                given = dict(zip(datatype.variables, type_.args, strict=True))
                for part, of in zip(pattern.args, fields, strict=True):
                    self._bind(part, _replaced(of, given), found)

    def _type_variables(self, each: Function) -> str:
        used = [self._types[name] for name in each.variables]
        if self.style.element is None and ELEMENT in set(_parts(each.types)):
            used.append(self._types["A"])
        return f" {{{' '.join(used)} : Type}}" if used else ""

    def _library_function(self, name: str) -> str | None:
        if not self.style.operators:
            return None
        for type_, known in _LIBRARY_FUNCTIONS.items():
            if type_ in self.style.library and name in known and (name != "len" or "N" in self.style.library):
                return known[name]
        return None

    # -- terms and types ---------------------------------------------------------------------------------

    def given(self, used: Iterable[str]) -> list[str]:
        """Binders for the functions that these functions are given."""
        needed = {given for name in used for given in self._given.get(name, ())}
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
            return self._types["A"] if self.style.element is None else self.type(self.style.element)
        name = (
            _LIBRARY_TYPES[type_.head]
            if type_.head == "Bool" or type_.head in self.style.library
            else self._types.get(type_.head, type_.head)
        )
        return " ".join([name, *(self._bracketed_type(arg) for arg in type_.args)])

    def _bracketed_type(self, type_: Term) -> str:
        text = self.type(type_)
        return f"({text})" if " " in text else text

    def term(self, term: Term, given: Mapping[str, str], at_least: int = _LOOSE) -> str:
        text, level = self._shown(term, given)
        return text if level >= at_least else f"({text})"

    def _pattern(self, pattern: Term, given: Mapping[str, str]) -> str:
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
        arguments = [self._arguments[each] for each in self._given.get(head, ()) if each != head]
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
        if head in self._constructors:
            full = self._constructors[head]
            return f".{full.rpartition('.')[2]}" if dotted else full
        return self._called.get(head) or self._arguments.get(head) or _LIBRARY_CONSTRUCTORS.get(head, head)

    def _kind(self, type_: Term) -> str:
        if type_.head == "N":
            return "number"
        if type_.head == "L":
            return "list"
        if type_ == ELEMENT or type_.head in ("X", "Y", "Bool"):
            return "element"
        return "tree" if type_.head in ("T", "B", "M", "W", "D") else "other"

    # -- statements --------------------------------------------------------------------------------------

    def theorem(self, statement: Statement) -> tuple[str, str]:
        """Its name, and its declaration with a `sorry`."""
        rng = self.rng
        order = list(statement.variables)
        if rng.random() < 0.3:
            rng.shuffle(order)
        heads = [head for part in statement.parts for head in heads_of(part)]
        used = [name for name in dict.fromkeys(heads) if name in self.functions]
        bound = [(arg.args[0].head, arg.args[1]) for part in statement.parts for arg in _existentials(part)]
        kinds = [self._kind(type_) for _, type_ in (*order, *bound)]
        drawn = self.names.variables(kinds)
        given = {name: new for (name, _), new in zip((*order, *bound), drawn, strict=True)}
        premises = [self.term(premise, given) for premise in statement.premises]
        conclusion = self.term(statement.conclusion, given)
        everything = [*(t for _, t in order), *(t for _, t in bound), *self._types_of(used)]
        binders = self._statement_binders(everything)
        binders += self.given(used)
        variables = self._grouped([(given[name], type_) for name, type_ in order])
        name = self.names.theorem([self._plain_name(each) for each in used])
        if self.style.quantified and variables and rng.random() < 0.7:
            arrows = "".join(f"{self._bracketed_premise(p)} → " for p in premises)
            before = "".join(f" {binder}" for binder in binders)
            return name, f"theorem {name}{before} : ∀ {' '.join(variables)}, {arrows}{conclusion} := by sorry"
        if premises and rng.random() < 0.4:
            arrows = "".join(f"{self._bracketed_premise(p)} → " for p in premises)
            return name, self._stated(name, [*binders, *variables], f"{arrows}{conclusion}")
        hypotheses = zip(self.names.premises(len(premises), drawn), premises, strict=True)
        binders += [*variables, *(f"({label} : {premise})" for label, premise in hypotheses)]
        return name, self._stated(name, binders, conclusion)

    def _stated(self, name: str, binders: Sequence[str], conclusion: str) -> str:
        line = f"theorem {name}{''.join(f' {binder}' for binder in binders)} :"
        whole = f"{line} {conclusion}"
        broken = f"{line}\n    {conclusion}"
        text = whole if len(whole) < 100 else broken
        return f"{text} := by sorry" if self.rng.random() < 0.7 else f"{text} := by\n  sorry"

    def _bracketed_premise(self, text: str) -> str:
        return f"({text})" if "→" in text or "↔" in text else text

    def _statement_binders(self, types: Sequence[Term]) -> list[str]:
        parts = set(_parts(types))
        named = [self._types[name] for name in ("X", "Y") if Term(name) in parts]
        if self.style.element is None and ELEMENT in parts:
            named.append(self._types["A"])
        return [f"{{{' '.join(named)} : Type}}"] if named else []

    def _types_of(self, used: Sequence[str]) -> list[Term]:
        """Those of the elements, where one of the functions is given functions on them."""
        return [ELEMENT] if any(self._given.get(name) for name in used) else []

    def _grouped(self, variables: Sequence[tuple[str, Term]]) -> list[str]:
        found: list[tuple[list[str], Term]] = []
        for name, type_ in variables:
            if self.style.grouped and found and found[-1][1] == type_:
                found[-1][0].append(name)
            else:
                found.append(([name], type_))
        return [f"({' '.join(names)} : {self.type(type_)})" for names, type_ in found]

    def _plain_name(self, name: str) -> str:
        plain = self._called.get(name, name).rpartition(".")[2].rstrip("'")
        return plain if plain.replace("_", "a").isalnum() else name


def _levels(operator: str) -> tuple[int, int]:
    """What its operands must be, and what it is."""
    if operator in _RELATIONS:
        return _OPERATION, _RELATION
    return (_RELATION, _CONNECTED) if operator in _CONNECTIVES else (_APPLICATION, _OPERATION)


def _is_variable(pattern: Term) -> bool:
    head = pattern.head
    return not pattern.args and (head == "_" or head[:1].islower()) and head not in ("true", "false")


def _is_proposition(term: Term) -> bool:
    return term.head in ("=", "≠", "≤", "<", "∧", "∨", "→", "↔", "∃")


def _existentials(term: Term) -> list[Term]:
    inner = [found for arg in term.args for found in _existentials(arg)]
    return [term, *inner] if term.head == "∃" else inner


def _parts(types: Iterable[Term]) -> Iterable[Term]:
    for type_ in types:
        yield type_
        yield from _parts(type_.args)


def _replaced(type_: Term, given: Mapping[str, Term]) -> Term:
    if type_.head in given:
        return given[type_.head]
    return Term(type_.head, tuple(_replaced(arg, given) for arg in type_.args))
