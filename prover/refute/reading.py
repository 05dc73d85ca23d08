"""What a theorem claims, as far as it can be computed with: variables, their types, premises, a conclusion.

It is text that is read, as everywhere in `prover.policy`: what is misread makes a wrong guess, and guesses
are for Lean to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from prover.lean.goals import parse_goal
from prover.policy.rewriting import replaced
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Reader, Term, without_comments
from prover.policy.terms import connective, split_outer, tokens
from prover.policy.view import Kind, Variable, View
from prover.types import Declaration, Goal

ELEMENTS = "Nat"
"""What a variable type is taken for."""

_DAGGER = re.compile(r"✝\w*")
_UNIVERSE = re.compile(r"(?:Type|Sort)(?:\s+\S+)?")
_LEVELS = re.compile(r"\b(?:Type|Sort) ([^\W\d][\w.]*)")
_GROUPS = re.compile(r"[({⦃\[]")
_CLOSING = {"(": ")", "{": "}", "⦃": "⦄", "[": "]"}
_ASCII = {"/\\": "∧", "\\/": "∨", "<->": "↔", "->": "→", "<=": "≤", ">=": "≥"}


class PropositionReader(Reader):
    """Reads propositions, too. A quantifier is `∀` or `∃` of a type, with one arm: the variable, the body."""

    infix: ClassVar = {
        **Reader.infix, "↔": (20, 21), "×": (35, 35), "∣": (50, 51), "∈": (50, 51), "^": (75, 75),
    }  # fmt: skip

    def _prefix(self) -> Term:
        word = self._token().text
        if word in ("∀", "∃"):
            self._at += 1
            return self._quantified(word)
        if word == "-":
            self._at += 1
            return Term("neg", (self.term(75),))
        return super()._prefix()

    def _atom(self) -> Term:
        self._take("↑")
        return super()._atom()

    def _quantified(self, quantifier: str) -> Term:
        bound: list[tuple[str, Term]] = []
        while not self._take(","):
            closing = _CLOSING.get(self._token().text, "")
            self._at += bool(closing)
            names = []
            while self._token().kind == "name":
                names.append(self._next().text)
            self.expect(":")
            type_ = self.term(0)
            bound += [(name, type_) for name in names]
            if closing:
                self.expect(closing)
        body = self.term(0)
        for name, type_ in reversed(bound):
            body = Term(quantifier, (type_,), (((Term(name),), body),))
        return body


@lru_cache(maxsize=1024)
def read_proposition(text: str) -> Term:
    """Raises `NotRead`."""
    reader = PropositionReader(text)
    term = reader.term(0)
    reader.expect("")
    return term


@dataclass(frozen=True)
class Claim:
    """`premises` and `conclusion` are None where they could not be read. `levels` counts the universes that
    the theorem is stated for; `types` are those of the variables to choose values for, type variables (which
    stand in `elements`) taken for `ELEMENTS`. `integers`: it, or something that it mentions, says `Int`.
    """

    types: Mapping[str, Term]
    elements: tuple[str, ...]
    premises: tuple[Term | None, ...]
    conclusion: Term | None
    levels: int
    integers: bool
    text: str


def claim_of(goal: Goal, symbols: Symbols) -> Claim:
    """What a goal, with all that it is about among its hypotheses, claims. Raises `NotRead` where there is a
    variable that no value can be chosen for."""
    levels = len(set(_LEVELS.findall(goal.text)))
    plain = _plain(goal)
    view = View(plain, symbols)
    _check_names(view.variables)
    elements = tuple(v.name for v in view.of_kind(Kind.TYPE))
    if any(not _UNIVERSE.fullmatch(v.type) for v in view.of_kind(Kind.TYPE)):
        raise NotRead("a family of types")
    given = {name: Term(ELEMENTS) for name in elements}
    chosen = view.of_kind(Kind.DATA, Kind.ELEMENT, Kind.FUNCTION, Kind.PROPOSITION)
    types = {v.name: replaced(read_proposition(v.type), given) for v in chosen}
    premises = tuple(_read(v.type) for v in view.of_kind(Kind.PROOF, Kind.LAW))
    stated = [plain.text, *(symbol.declaration.statement for symbol in view.mentioned)]
    integers = any(re.search(r"\bInt\b", text) for text in stated)
    return Claim(types, elements, premises, _read(view.target), levels, integers, plain.text)


def _plain(goal: Goal) -> Goal:
    """With the names of the binders in the place of the inaccessible ones that Lean shows."""
    return parse_goal(_DAGGER.sub("", goal.text))


def _check_names(variables: Sequence[Variable]) -> None:
    names = [v.name for v in variables if v.kind not in (Kind.PROOF, Kind.LAW, Kind.INSTANCE)]
    if len(set(names)) < len(names):
        raise NotRead("two variables of one name")


def _read(text: str) -> Term | None:
    try:
        return read_proposition(text)
    except NotRead:
        return None


def goal_of(declaration: Declaration) -> Goal:
    """The goal of a theorem as its text shows it; `variable`s of its file are not in it. Raises `NotRead`."""
    text = re.sub(r"^\s*\w+\s+(?:[^\s({\[⦃:]+)?", "", without_comments(declaration.statement)).strip()
    for typed, meant in _ASCII.items():
        text = text.replace(typed, meant)
    hypotheses: list[tuple[str, str]] = []
    while _GROUPS.match(text):
        bound, text = _group(text)
        hypotheses += bound
    if not text.startswith(":"):
        raise NotRead("no colon")
    target = text.removeprefix(":").strip()
    while (found := _introduced(target)) is not None:
        bound, target = found
        hypotheses += bound
    shown = [f"{name} : {' '.join(type_.split())}" for name, type_ in hypotheses]
    return parse_goal("\n".join([*shown, f"⊢ {target}"]))


def _introduced(target: str) -> tuple[list[tuple[str, str]], str] | None:
    """What the first step of `intros` takes from a proposition; None where there is nothing."""
    top = connective(target)
    if top == "→":
        premise, *rest = split_outer(target, "→")
        return [("a", premise)], " → ".join(rest)
    if top != "∀":
        return None
    binders, *rest = split_outer(target, ",")
    binders = binders.removeprefix("∀").strip()
    if not _GROUPS.match(binders):
        return _bound(binders), ", ".join(rest)
    bound = []
    while _GROUPS.match(binders):
        more, binders = _group(binders)
        bound += more
    return bound, ", ".join(rest)


def _group(text: str) -> tuple[list[tuple[str, str]], str]:
    """What the binder that a text begins with binds, and what comes after it."""
    depth = 0
    for token in tokens(text):
        depth += (token.text in _CLOSING) - (token.text in _CLOSING.values())
        if depth == 0:
            inside, rest = text[1 : token.start], text[token.end :].strip()
            return ([("inst", inside)] if text[0] == "[" else _bound(inside)), rest
    raise NotRead("a bracket is open")


def _bound(group: str) -> list[tuple[str, str]]:
    """The names and types of `x y : T`."""
    names, colon, type_ = group.partition(":")
    if not colon:
        raise NotRead("a variable without a type")
    return [(name, type_.strip()) for name in names.split()]
