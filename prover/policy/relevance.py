"""How likely a theorem is to help with a goal: the one measure for those of files and of the library.

BM25 over the constants and operators that both mention. Each counts once, and the more the fewer theorems
mention it; the user's definitions count more than operators, and what only the definitions behind the goal
mention counts less. The length of a theorem is all that it mentions, weighed alike: one that speaks of rare
things that the goal does not know hardly ever helps.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from prover.policy.symbols import Symbol, Symbols
from prover.policy.terms import bound_names, names, tokens
from prover.types import Goal

_SHORT = 2.0
"""A length that hardly matters: among shorter theorems the one that shares more is better."""

_LEAST = 0.4
"""The part of what a theorem mentions that a goal must want; types are shared by nearly all."""

_BEHIND = 0.5  # what a symbol that only a definition behind the goal mentions counts
_FOREIGN = 0.3  # what operators, constructors and Lean's own constants count, to those that the file declares
_COMMON = frozenset(("Type", "Sort", "Prop"))
_PUNCTUATION = frozenset("()[]{}⟨⟩⦃⦄,:;|.@#∀∃⊢_\"'")
_BINDER = re.compile(r"[({⦃\[]([^():{}\[\]]*):")
_VARIABLE = re.compile(r"[^\W\d](_?\d+)?'*")


@dataclass(frozen=True, slots=True)
class Said:
    """What a statement mentions: constants, by the last part of their names, and operators. `own` are those
    that the file, or what it imports, declares."""

    all: frozenset[str]
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a goal mentions, and what the definitions of that mention besides."""

    said: frozenset[str]
    behind: frozenset[str]


def wanted(goal: Goal, symbols: Symbols) -> Wanted:
    types = [goal.target, *(hypothesis.type for hypothesis in goal.hypotheses)]
    text = "\n".join([*types, *(h.value for h in goal.hypotheses if h.value is not None)])
    local = frozenset(hypothesis.name for hypothesis in goal.hypotheses)
    said = _said(text, local, symbols).all
    reached = symbols.closure(symbols.mentioned(text, local))
    behind = frozenset(_last(symbol.name) for symbol in reached if not symbol.is_theorem)
    return Wanted(said, behind - said)


def best(theorems: Sequence[Symbol], goal: Wanted, symbols: Symbols, limit: int) -> list[Symbol]:
    """Those of the theorems that share anything with a goal, the best first; of equals, the earlier ones."""
    texts = [_of_statement(theorem.declaration.statement, symbols) for theorem in theorems]
    counts = Counter(symbol for said in texts for symbol in said.all)
    rarities = {symbol: rarity(count, len(texts)) for symbol, count in counts.items()}
    scored = [(score(goal, said, rarities), theorem) for said, theorem in zip(texts, theorems, strict=True)]
    ranked = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    return [theorem for _, theorem in ranked[:limit]]


def rarity(count: int, total: int) -> float:
    """Of a symbol that `count` of `total` theorems mention: BM25's inverse document frequency, damped."""
    return math.sqrt(math.log(1 + (max(total, count) - count + 0.5) / (count + 0.5)))


def score(goal: Wanted, said: Said, rarities: Mapping[str, float]) -> float:
    """Of a theorem that mentions `said`, each with a rarity; 0 for one that hardly shares anything."""
    shared = length = 0.0
    for symbol in sorted(said.all):  # so that the sum is the same in every process
        weight = rarities[symbol] * (1.0 if symbol in said.own else _FOREIGN)
        length += weight
        if symbol in goal.said:
            shared += weight
        elif symbol in goal.behind:
            shared += _BEHIND * weight
    return shared / (_SHORT + length) if shared >= _LEAST * length else 0.0


@lru_cache(maxsize=4096)
def _of_statement(statement: str, symbols: Symbols) -> Said:
    text = " ".join(statement.split(maxsplit=2)[2:])  # after its keyword and its name
    local = frozenset(name for group in _BINDER.findall(text) for name in group.split())
    return _said(text, local, symbols)


def _said(text: str, local: frozenset[str], symbols: Symbols) -> Said:
    bound = local | bound_names(text)
    foreign, own = set(_operators(text)), set[str]()
    for name in names(text):
        if name.split(".")[0] in bound or name in _COMMON:
            continue
        full = symbols.resolve(name)
        if full is not None:
            own.add(_last(full))
        elif not _VARIABLE.fullmatch(name):
            foreign.add(name)
    return Said(frozenset(foreign | own), frozenset(own))


def _operators(text: str) -> Iterable[str]:
    """Runs of symbols that are no punctuation, each as one: `++`, `=`, `≤`."""
    run, end = "", -1
    for token in tokens(text):
        plain = token.kind != "symbol" or token.text in _PUNCTUATION
        if run and (plain or token.start != end):
            yield run
            run = ""
        if not plain:
            run, end = run + token.text, token.end
    if run:
        yield run


def _last(name: str) -> str:
    return name.rpartition(".")[2]
