"""Families as Lean text: with names, with types of Lean's library where those are chosen, in a style."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from prover.policy.syntax import Term
from prover.train.making.naming import Names
from prover.train.making.notation import Notation
from prover.train.making.schemas import ELEMENT, PARAMETERS, Datatype, Function, Statement, heads_of
from prover.train.making.style import Style


@dataclass
class Writer:
    """Writes the types and functions of one file, in the order in which they are asked for."""

    rng: random.Random
    names: Names
    style: Style
    functions: Mapping[str, Function]
    datatypes: Mapping[str, Datatype]

    def __post_init__(self) -> None:
        self._notation = Notation(self.names, self.style)

    # -- definitions -------------------------------------------------------------------------------------

    def datatype(self, each: Datatype) -> str:
        """Its declaration; empty for one of the library."""
        if each.name in self.style.library or each.itself == ELEMENT:
            return ""
        name = self._notation.types[each.name] = self.names.type(each.name)
        called = self.names.constructors([constructor for constructor, _ in each.constructors])
        for (constructor, _), new in zip(each.constructors, called, strict=True):
            self._notation.constructors[constructor] = f"{name}.{new}"
        variables = " ".join(self._notation.types[name] for name in each.variables)
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
            variables = self.names.variables([self._notation.kind(each) for each in fields])
            binders = [f"({v} : {self._notation.type(t)})" for v, t in zip(variables, fields, strict=True)]
            return f"| {name} {' '.join(binders)}"
        return f"| {name} : {' → '.join(self._notation.type(each) for each in (*fields, of.itself))}"

    def function(self, each: Function) -> str:
        """Its declaration; empty for one of the library and for one that is an argument of others."""
        if each.name in PARAMETERS:
            self._notation.given[each.name] = (each.name,)
            return ""
        operator = self._notation.operator(each.name)
        if operator is not None:
            self._notation.functions[each.name] = operator
            return ""
        needed = {given for used in each.uses for given in self._notation.given.get(used, ())}
        self._notation.given[each.name] = tuple(name for name in PARAMETERS if name in needed)
        name = self._notation.functions[each.name] = self.names.function(each.name)
        functions = self._notation.binders([each.name])
        binders = self._type_variables(each) + "".join(f" {binder}" for binder in functions)
        if self.style.matching or self._is_plain(each):
            return self._matching(each, name, binders)
        types = " → ".join(self._notation.type(type_) for type_ in each.types)
        arms = []
        for patterns, body in each.arms:
            given = self._variables(each, patterns, body)
            shown = ", ".join(self._notation.pattern(pattern, given) for pattern in patterns)
            arms.append(f"\n  | {shown} => {self._notation.term(body, given)}")
        return f"def {name}{binders} : {types}{''.join(arms)}"

    def _is_plain(self, each: Function) -> bool:
        return len(each.arms) == 1 and all(_is_variable(pattern) for pattern in each.arms[0][0])

    def _matching(self, each: Function, name: str, binders: str) -> str:
        """With the arguments before the colon."""
        variables = self.names.variables([self._notation.kind(type_) for type_ in each.arguments])
        shown = "".join(
            f" ({v} : {self._notation.type(t)})" for v, t in zip(variables, each.arguments, strict=True)
        )
        start = f"def {name}{binders}{shown} : {self._notation.type(each.result)} :="
        if self._is_plain(each):
            ((patterns, body),) = each.arms
            given = {pattern.head: v for pattern, v in zip(patterns, variables, strict=True)}
            return f"{start}\n  {self._notation.term(body, given)}"
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
            shown = ", ".join(self._notation.pattern(pattern, given) for pattern in kept)
            arms.append(f"\n  | {shown} => {self._notation.term(body, given)}")
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
        names = self.names.variables([self._notation.kind(type_) for type_ in found.values()], taken)
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
        used = [self._notation.types[name] for name in each.variables]
        if self.style.element is None and ELEMENT in set(_parts(each.types)):
            used.append(self._notation.types["A"])
        return f" {{{' '.join(used)} : Type}}" if used else ""

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
        kinds = [self._notation.kind(type_) for _, type_ in (*order, *bound)]
        drawn = self.names.variables(kinds)
        given = {name: new for (name, _), new in zip((*order, *bound), drawn, strict=True)}
        premises = [self._notation.term(premise, given) for premise in statement.premises]
        conclusion = self._notation.term(statement.conclusion, given)
        everything = [*(t for _, t in order), *(t for _, t in bound), *self._types_of(used)]
        binders = self._statement_binders(everything)
        binders += self._notation.binders(used)
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
        named = [self._notation.types[name] for name in ("X", "Y") if Term(name) in parts]
        if self.style.element is None and ELEMENT in parts:
            named.append(self._notation.types["A"])
        return [f"{{{' '.join(named)} : Type}}"] if named else []

    def _types_of(self, used: Sequence[str]) -> list[Term]:
        """Those of the elements, where one of the functions is given functions on them."""
        return [ELEMENT] if any(self._notation.given.get(name) for name in used) else []

    def _grouped(self, variables: Sequence[tuple[str, Term]]) -> list[str]:
        found: list[tuple[list[str], Term]] = []
        for name, type_ in variables:
            if self.style.grouped and found and found[-1][1] == type_:
                found[-1][0].append(name)
            else:
                found.append(([name], type_))
        return [f"({' '.join(names)} : {self._notation.type(type_)})" for names, type_ in found]

    def _plain_name(self, name: str) -> str:
        plain = self._notation.functions.get(name, name).rpartition(".")[2].rstrip("'")
        return plain if plain.replace("_", "a").isalnum() else name


def _is_variable(pattern: Term) -> bool:
    head = pattern.head
    return not pattern.args and (head == "_" or head[:1].islower()) and head not in ("true", "false")


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
