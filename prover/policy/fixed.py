"""A generator without a model: the same rules for every goal, that look at what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prover.policy import relevance
from prover.policy.rules import RULES
from prover.policy.rules.closing import introduce
from prover.policy.rules.common import Proposal
from prover.policy.rules.using import use_earlier_theorems
from prover.policy.symbols import Symbol, symbols_of
from prover.policy.view import View
from prover.types import Candidate, Goal, Theorem

_MAX_PREMISES = 8
_SOONER = 1.0
"""What the other rules find costs more where something can be introduced: it can be tried thereafter."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What the rules see in a goal. `proposals` are those of each rule, by its name, in the rule's order;
    `premises` the theorems that may help, as they are written, the likeliest first."""

    view: View
    premises: tuple[str, ...]
    proposals: tuple[tuple[str, tuple[Proposal, ...]], ...]

    def of(self, rule: Callable[[View], Iterable[Proposal]]) -> tuple[Proposal, ...]:
        return dict(self.proposals)[rule.__name__]

    def ranked(self) -> list[Proposal]:
        """What all rules propose, the cheapest first."""
        return best_prices(proposal for _, proposals in self.proposals for proposal in proposals)


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

    def survey(self, theorem: Theorem, goal: Goal) -> Survey:
        view = View(goal, symbols_of(theorem))
        proposals = [(rule.__name__, tuple(rule(view))) for rule in RULES]
        if dict(proposals)[introduce.__name__]:
            proposals = [
                (name, found if name == introduce.__name__ else _dearer(found)) for name, found in proposals
            ]
        premises = self._premises(theorem, view)
        proposals.append((use_earlier_theorems.__name__, tuple(use_earlier_theorems(view, premises))))
        return Survey(view, tuple(premises), tuple(proposals))

    def _candidates(self, theorem: Theorem, goal: Goal) -> list[Candidate]:
        survey = self.survey(theorem, goal)
        return [Candidate(survey.view.spoken(tactic), price, self.name) for tactic, price in survey.ranked()]

    def _premises(self, theorem: Theorem, view: View) -> list[str]:
        """The theorems that may be used, the likeliest to help first."""
        usable = [symbol for symbol in view.symbols.all() if self._may_use(theorem, symbol)]
        goal = relevance.wanted(view.goal, view.symbols)
        return [view.written(symbol) for symbol in relevance.best(usable, goal, view.symbols, _MAX_PREMISES)]

    def _may_use(self, theorem: Theorem, symbol: Symbol) -> bool:
        return symbol.is_theorem and symbol.name not in self._open and symbol.name != theorem.name


def _dearer(proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
    return tuple((tactic, price - _SOONER) for tactic, price in proposals)


def best_prices(proposals: Iterable[Proposal]) -> list[Proposal]:
    """The best price of each tactic, the cheapest first, ties as the rules gave them."""
    best: dict[str, float] = {}
    for tactic, logprob in proposals:
        best[tactic] = max(logprob, best.get(tactic, logprob))
    return sorted(best.items(), key=lambda item: -item[1])
