"""A goal as the rules of a policy see it: every variable can be named, and its kind is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from prover.policy.fields import prefixed
from prover.policy.symbols import Symbol, Symbols
from prover.policy.terms import connective, names, tokens, variables_in
from prover.types import Goal, Hypothesis

_DAGGER = re.compile(r"✝\w*")
_LIBRARY_DATA = frozenset(
    ("Nat", "Int", "Fin", "Bool", "Unit", "Ordering", "Char", "String", "List", "Array", "Vector")
) | {"Option", "Except", "Prod", "Sum", "Sigma", "Subtype"}
_LAW = re.compile(r"law\d+")
_INFIX_DATA = {"×": "Prod", "⊕": "Sum"}
_UNIVERSE = re.compile(r"(Type|Sort)\b")


_RENAMED = re.compile(r"\(rename_i [^;\n]*; (.*)\)", re.DOTALL)
_RENAMED_BLOCK = re.compile(r"^\((?:try )?rename_i [^;\n]*\n ")


class Kind(Enum):
    TYPE = "type"  # α : Type
    PROPOSITION = "proposition"  # p : Prop
    DATA = "data"  # xs : List α, of an inductive type
    ELEMENT = "element"  # x : α
    FUNCTION = "function"  # f : α → β, P : α → Prop
    INSTANCE = "instance"
    PROOF = "proof"
    LAW = "law"  # law1 : ∀ x, f x = x: a lemma that the policy has had proved


@dataclass(frozen=True)
class Variable:
    """`kind` says what a hypothesis is, `head` the inductive type or predicate that its type is of, or ""."""

    name: str
    type: str
    kind: Kind
    head: str


def unspoken(tactic: str) -> str:
    """Without the renaming that `View.spoken` may have put before it."""
    renamed = _RENAMED.fullmatch(tactic)
    return str(renamed[1]) if renamed else _RENAMED_BLOCK.sub("(", tactic)


class View:
    """A goal whose inaccessible names (`x✝`) are replaced by fresh ones, without field notation.

    Rules speak of the fresh names; `spoken` turns their tactics into ones that Lean can run.
    """

    def __init__(self, goal: Goal, symbols: Symbols) -> None:
        self.goal = goal
        self.symbols = symbols
        self._given = {hypothesis.name for hypothesis in goal.hypotheses}
        self._mentioned = {part for name in names(goal.text) for part in name.split(".")}
        self._renamed: dict[str, str] = {}
        for hypothesis in goal.hypotheses:
            if "✝" in hypothesis.name:
                self._renamed[hypothesis.name] = self.fresh(_DAGGER.sub("", hypothesis.name))
        self._heads = dict.fromkeys([*self._given, *self._renamed.values()], "")
        self.variables = self._classify(goal.hypotheses)
        self.target = self._read(goal.target)

    def fresh(self, wanted: str, bound: bool = False) -> str:
        """A name like `wanted` that means nothing here yet; each is given once.

        A `bound` one is a variable's that the target binds: it may occur in the text already.
        """
        wanted = wanted if re.fullmatch(r"[^\W\d][\w'!?]*", wanted) else "x"
        taken = self._given if bound else self._given | self._mentioned
        name, suffix = wanted, 0
        while name in taken or self.symbols.resolve(name) is not None:
            suffix += 1
            name = f"{wanted}{suffix}"
        self._given.add(name)
        return name

    def spoken(self, tactic: str) -> str:
        """`tactic` with the `rename_i` before it that the fresh names in it need."""
        used = variables_in(tactic)
        order = list(self._renamed.values())
        first = next((i for i, name in enumerate(order) if name in used), None)
        if first is None:
            return tactic
        renaming = " ".join(name if name in used else "_" for name in order[first:])
        if "\n" not in tactic or tactic[0] != "(":
            return f"(rename_i {renaming}; {tactic})"
        word = "try " if tactic.startswith("(try ") else ""  # as a block's other lines begin
        return f"({word}rename_i {renaming}\n {tactic[1:]}"

    def of_kind(self, *kinds: Kind) -> list[Variable]:
        return [variable for variable in self.variables if variable.kind in kinds]

    @cached_property
    def proofs(self) -> list[Variable]:
        return self.of_kind(Kind.PROOF)

    @cached_property
    def laws(self) -> list[Variable]:
        return self.of_kind(Kind.LAW)

    @cached_property
    def local(self) -> frozenset[str]:
        return frozenset(variable.name for variable in self.variables)

    @cached_property
    def text(self) -> str:
        """The target and the hypotheses that are proofs, so that no application goes over an end."""
        return ";\n".join([self.target, *(proof.type for proof in self.proofs)])

    @cached_property
    def mentioned(self) -> list[Symbol]:
        """The file's declarations that the goal mentions, and those that they mention."""
        return self.symbols.closure(self.symbols.mentioned(self.text, self.local))

    @cached_property
    def definitions(self) -> list[str]:
        """Of values and propositions, as they are written."""
        return [self.written(symbol) for symbol in self._definitions]

    @cached_property
    def definitions_for_simp(self) -> list[str]:
        return [self.written(symbol) for symbol in self._definitions if not symbol.unfolds_for_ever]

    @cached_property
    def definitions_for_grind(self) -> list[str]:
        return [self.written(symbol) for symbol in self._definitions if not symbol.is_unfolded]

    @property
    def _definitions(self) -> list[Symbol]:
        return [each for each in self.mentioned if each.is_definition and not each.is_type_definition]

    @cached_property
    def value_types(self) -> tuple[str, ...]:
        """The types of the variables that stand for values, each once."""
        return tuple(dict.fromkeys(v.type for v in self.of_kind(Kind.DATA, Kind.ELEMENT)))

    @cached_property
    def own_types(self) -> list[str]:
        """The file's inductive types of the variables."""
        heads = dict.fromkeys(v.head for v in self.variables if v.kind is Kind.DATA)
        found = [self.symbols.resolve(head) for head in heads]
        return [self.written(self.symbols[full]) for full in found if full is not None]

    @cached_property
    def predicates(self) -> list[str]:
        """The inductive ones."""
        return [self.written(symbol) for symbol in self.mentioned if symbol.is_predicate]

    def may_occur(self, pattern: str, bound: Collection[str], text: str) -> bool:
        """Whether `text` mentions all of `pattern` but its `bound` variables, as an instance of it would."""
        return self._constants(pattern, bound) - set(bound) <= self._constants(text, bound)

    def _constants(self, text: str, bound: Collection[str]) -> frozenset[str]:
        """The variables in `text`, and the constants by the last part of their names, as field or not."""
        found: set[str] = set()
        for name in names(text):
            first, *rest = name.split(".")
            found.update((first, *rest) if not rest or first in self.local or first in bound else rest[-1:])
        return frozenset(found)

    def written(self, symbol: Symbol) -> str:
        short = self.symbols.short(symbol.name)
        return symbol.name if short.split(".")[0] in self.local else short

    def _read(self, text: str) -> str:
        return prefixed(self._accessible(text), self.symbols, self._heads)

    def _accessible(self, text: str) -> str:
        if "✝" not in text:
            return " ".join(text.split())
        parts, at = [], 0
        for token in tokens(text):
            first, dot, rest = token.text.partition(".")
            if token.kind == "name" and first in self._renamed:
                parts += [text[at : token.start], self._renamed[first], dot, rest]
                at = token.end
        return " ".join("".join([*parts, text[at:]]).split())

    def _classify(self, hypotheses: Iterable[Hypothesis]) -> list[Variable]:
        types: set[str] = set()
        found: list[Variable] = []
        for hypothesis in hypotheses:
            name = self._renamed.get(hypothesis.name, hypothesis.name)
            type_ = self._read(hypothesis.type)
            kind, head = self._kind(hypothesis.name, type_, types)
            if kind is Kind.TYPE:
                types.add(name)
            self._heads[name] = head
            found.append(Variable(name, type_, kind, head))
        return found

    def _kind(self, name: str, type_: str, types: set[str]) -> tuple[Kind, str]:
        head = (names(type_) or [""])[0] if type_[:1] not in "∀∃¬(" else ""
        if name.startswith("inst"):
            return Kind.INSTANCE, ""
        if _UNIVERSE.match(type_):
            return Kind.TYPE, ""
        if type_ == "Prop":
            return Kind.PROPOSITION, ""
        outer = connective(type_)
        result = type_.rpartition("→")[2].strip()
        plain = result == "Prop" or (names(result) or [""])[0] in types | _LIBRARY_DATA
        if outer == "→" and (plain or self._data_head(result)):
            return Kind.FUNCTION, ""
        if outer:
            return (Kind.LAW if _LAW.fullmatch(name) else Kind.PROOF), ""
        if type_ in types:
            return Kind.ELEMENT, ""
        data = self._data_head(type_)
        if data:
            return Kind.DATA, data
        return self._of_alias(name, head, types) or (Kind.PROOF, head)

    def _of_alias(self, name: str, head: str, types: set[str]) -> tuple[Kind, str] | None:
        """The kind of a variable whose type is a definition: `abbrev State := String → Nat`."""
        full = self.symbols.resolve(head) if head else None
        if full is None or not (symbol := self.symbols[full]).is_definition or symbol.is_recursive:
            return None
        body = " ".join(symbol.declaration.body.split()).removeprefix(":=").strip()
        meant = self._kind(name, body, types)
        if meant[0] in (Kind.DATA, Kind.FUNCTION):
            return meant
        return (Kind.ELEMENT, "") if symbol.is_type_definition else None

    def _data_head(self, type_: str) -> str:
        """The inductive type that `type_` is an instance of; empty for everything else."""
        symbols_in_type = [token.text for token in tokens(type_) if token.kind == "symbol"]
        infix = next((_INFIX_DATA[symbol] for symbol in symbols_in_type if symbol in _INFIX_DATA), "")
        if infix:
            return infix
        if any(symbol not in "().[]{}⟨⟩#" for symbol in symbols_in_type):
            return ""
        head = (names(type_) or [""])[0]
        full = self.symbols.resolve(head) if head else None
        if head in _LIBRARY_DATA and (full is None or self.symbols.short(full) != head):
            return head
        if full is None:
            return ""
        symbol = self.symbols[full]
        return full if symbol.is_type and not symbol.is_predicate else ""
