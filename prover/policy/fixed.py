"""A generator without a model: the same rules for every goal, that look at what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prover.policy.rules import RULES, Proposal, use_earlier_theorems
from prover.policy.symbols import Symbol, symbols_of
from prover.policy.terms import tokens
from prover.policy.view import View
from prover.types import Candidate, Goal, Theorem

_MAX_PREMISES = 8
_LIKE_ENOUGH = 0.5
_PLAIN = frozenset(["(", ")", "[", "]", "{", "}", ",", ":", ":=", "⊢", "theorem", "lemma"])


class FixedPolicy:
    """Proposes what the rules find, the likeliest first; the log-probabilities are fixed prices.

    The names in `open_theorems` are never offered as premises, nor is the theorem itself: a proof from them
    would prove nothing by itself.
    """

    name = "fixed"

    def __init__(self, open_theorems: frozenset[str] = frozenset()) -> None:
        self._open = open_theorems

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        return [self._candidates(theorem, goal)[:n] for goal in goals]

    def _candidates(self, theorem: Theorem, goal: Goal) -> list[Candidate]:
        view = View(goal, symbols_of(theorem))
        proposals = [proposal for rule in RULES for proposal in rule(view)]
        proposals += use_earlier_theorems(view, self._premises(theorem, view))
        return [Candidate(view.spoken(tactic), logprob, self.name) for tactic, logprob in _ranked(proposals)]

    def _premises(self, theorem: Theorem, view: View) -> list[str]:
        """The earlier theorems that speak of what the goal speaks of, the nearest first."""
        wanted = view.symbols.mentioned(view.text, view.local)
        said = _words(view.text)
        scored = [
            (score, symbol)
            for symbol in view.symbols.all()
            if self._may_use(theorem, symbol) and (score := _relevance(symbol, wanted, said)) > 0
        ]
        scored.sort(key=lambda pair: -pair[0])
        return [view.written(symbol) for _, symbol in scored[:_MAX_PREMISES]]

    def _may_use(self, theorem: Theorem, symbol: Symbol) -> bool:
        return symbol.is_theorem and symbol.name not in self._open and symbol.name != theorem.name


def _relevance(symbol: Symbol, wanted: frozenset[str], said: frozenset[str]) -> float:
    """How much of what a theorem speaks of the goal speaks of too, from 0 to 1.

    One that uses no definition of the file is measured by its operators and words, and counts less.
    """
    if symbol.uses:
        return len(symbol.uses & wanted) / len(symbol.uses)
    words = _words(symbol.declaration.statement)
    shared = len(words & said) / max(1, len(words))
    return shared / 2 if shared >= _LIKE_ENOUGH else 0.0


def _words(text: str) -> frozenset[str]:
    """The operators and longer names of a text; brackets, punctuation and variables say little."""
    return frozenset(
        token.text for token in tokens(text) if token.text not in _PLAIN and _says_much(token.text)
    )


def _says_much(word: str) -> bool:
    return len(word) > 2 or not word[0].isalnum()


def _ranked(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The best price of each tactic, the cheapest first, ties as the rules gave them."""
    best: dict[str, float] = {}
    for tactic, logprob in proposals:
        best[tactic] = max(logprob, best.get(tactic, logprob))
    return sorted(best.items(), key=lambda item: -item[1])
