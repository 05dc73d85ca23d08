"""The lemma library beside another policy: what it offers comes before and between what that one proposes."""

from __future__ import annotations

from collections.abc import Sequence

from lemmas.store import Library
from prover.errors import LibraryError
from prover.policy.offers import Offers
from prover.policy.protocols import (
    PremiseUser,
    RevisingGenerator,
    SlowGenerator,
    TacticGenerator,
    instead,
)
from prover.types import Attempt, Candidate, Goal, Theorem


class Shelf:
    """The library as the policies of one run see it. `trouble` is why it is of no use any more, None while it
    is; from then on nothing comes from it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.trouble: LibraryError | None = None


class LibraryPolicy:
    """Wraps a policy. Does not use the theorems named in `barred` by their names; their lemmas bring their
    proofs with them."""

    def __init__(self, policy: TacticGenerator, shelf: Shelf, barred: frozenset[str]) -> None:
        self.wrapped = policy
        self._shelf = shelf
        self._barred = barred

    @property
    def name(self) -> str:
        return self.wrapped.name

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[Sequence[Candidate]]:
        proposed = self.wrapped.propose(theorem, goals, n)
        return [
            _merged(self._offers(theorem, goal), self._with_lemmas(theorem, goal, candidates), n)
            for goal, candidates in zip(goals, proposed, strict=True)
        ]

    def _with_lemmas(
        self, theorem: Theorem, goal: Goal, candidates: Sequence[Candidate]
    ) -> Sequence[Candidate]:
        """What a policy proposes that is shown no lemmas uses none."""
        return candidates

    def _offers(self, theorem: Theorem, goal: Goal) -> list[Candidate]:
        search = self._search(theorem, goal)
        try:
            return [] if search is None else list(search.all())
        except LibraryError as error:
            self._shelf.trouble = error
            return []

    def _search(self, theorem: Theorem, goal: Goal) -> Offers | None:
        """None where the library has nothing to say."""
        if self._shelf.trouble is not None or "?" in goal.target:
            return None
        return Offers(self._shelf.library, theorem, goal, self._barred)


class SlowLibraryPolicy(LibraryPolicy):
    """Wraps a `SlowGenerator`, and is one."""

    def __init__(self, policy: SlowGenerator, shelf: Shelf, barred: frozenset[str]) -> None:
        super().__init__(policy, shelf, barred)
        self.batch = policy.batch


class RevisingLibraryPolicy(SlowLibraryPolicy):
    """Wraps a `RevisingGenerator`, and is one. Where it has use for premises it is shown the lemmas that are
    near a goal, and what it then proposes brings those that it names."""

    def __init__(self, policy: RevisingGenerator, shelf: Shelf, barred: frozenset[str]) -> None:
        if isinstance(policy, PremiseUser):
            shown = policy.with_premises(self._shown)
            assert isinstance(shown, RevisingGenerator)
            policy = shown
        super().__init__(policy, shelf, barred)
        self._reviser = policy

    def propose_again(
        self, theorem: Theorem, goal: Goal, n: int, tried: Sequence[Attempt], asked: int
    ) -> Sequence[Candidate]:
        proposed = self._reviser.propose_again(theorem, goal, n, tried, asked)
        return self._with_lemmas(theorem, goal, proposed)

    def _with_lemmas(
        self, theorem: Theorem, goal: Goal, candidates: Sequence[Candidate]
    ) -> Sequence[Candidate]:
        search = self._search(theorem, goal)
        if search is None:
            return candidates
        try:
            return instead(candidates, [search.bringing(candidate) for candidate in candidates])
        except LibraryError as error:
            self._shelf.trouble = error
            return candidates

    def _shown(self, theorem: Theorem, goal: Goal) -> list[str]:
        search = self._search(theorem, goal)
        try:
            return [] if search is None else search.stated()
        except LibraryError as error:
            self._shelf.trouble = error
            return []


def with_library(policy: TacticGenerator, shelf: Shelf, barred: frozenset[str]) -> LibraryPolicy:
    if isinstance(policy, RevisingGenerator):
        return RevisingLibraryPolicy(policy, shelf, barred)
    if isinstance(policy, SlowGenerator):
        return SlowLibraryPolicy(policy, shelf, barred)
    return LibraryPolicy(policy, shelf, barred)


def _merged(offers: Sequence[Candidate], proposed: Sequence[Candidate], n: int) -> Sequence[Candidate]:
    """Both by their prices, each tactic once, at most `n`; what the others cost, these cost."""
    best: dict[str, Candidate] = {}
    for candidate in sorted([*offers, *proposed], key=lambda candidate: -candidate.logprob):
        best.setdefault(candidate.tactic, candidate)
    return instead(proposed, list(best.values())[:n])
