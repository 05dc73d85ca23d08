"""Who proposes tactics, and at what cost. Batch-shaped, because models are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from prover.types import Attempt, Candidate, Consultation, Goal, Theorem


class Priced(tuple[Candidate, ...]):
    """The candidates for one goal, with what it cost to have them proposed: `tokens` read and written, and
    `usd`, US dollars."""

    tokens: int
    usd: float

    def __new__(cls, candidates: Iterable[Candidate], tokens: int, usd: float) -> Priced:
        priced = super().__new__(cls, candidates)
        priced.tokens, priced.usd = tokens, usd
        return priced


class Answered(Priced):
    """The candidates of a policy that says itself when it is worth asking again about the goal: `again` is
    the price of that, as -log probability, None where there is no more. `consulted` are the models that were
    asked."""

    again: float | None
    consulted: tuple[Consultation, ...]

    def __new__(
        cls,
        candidates: Iterable[Candidate],
        tokens: int = 0,
        usd: float = 0.0,
        again: float | None = None,
        consulted: Iterable[Consultation] = (),
    ) -> Answered:
        answered = super().__new__(cls, candidates, tokens, usd)
        assert isinstance(answered, Answered)
        answered.again, answered.consulted = again, tuple(consulted)
        return answered


def cost_of(candidates: Sequence[Candidate]) -> tuple[int, float]:
    """In tokens and US dollars; nothing, unless they are priced."""
    return (candidates.tokens, candidates.usd) if isinstance(candidates, Priced) else (0, 0.0)


KEPT = "library script "
"""How the source of a candidate begins that is the script of a lemma for a goal that reads alike; the number
of the lemma follows."""


def again_of(candidates: Sequence[Candidate], n: int) -> float | None:
    """The price of asking again after these, of which `n` were asked for: a policy that does not say has
    more where it gave all that it was asked for, and none that are cheaper."""
    if isinstance(candidates, Answered):
        return candidates.again
    return max(-candidate.logprob for candidate in candidates) if len(candidates) >= n else None


def consulted_by(candidates: Sequence[Candidate]) -> tuple[Consultation, ...]:
    return candidates.consulted if isinstance(candidates, Answered) else ()


def instead(proposed: Sequence[Candidate], candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """`candidates`, with all else that is said of those `proposed`."""
    tokens, usd = cost_of(proposed)
    if isinstance(proposed, Answered):
        return Answered(candidates, tokens, usd, proposed.again, proposed.consulted)
    return Priced(candidates, tokens, usd) if isinstance(proposed, Priced) else candidates


class TacticGenerator(Protocol):
    @property
    def name(self) -> str: ...

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        """At most `n` candidates for each goal, the likeliest first, without repetition.

        Candidates that cost something are `Priced`, and then cost it each time they are answered.

        The same arguments get the same answer: nothing here depends on time or on what was asked before.
        """
        ...


@runtime_checkable
class SlowGenerator(TacticGenerator, Protocol):
    """A policy that waits for something outside this process, and so is asked ahead, while Lean works.

    What was asked and never needed is counted, too, at the end of a search.
    """

    @property
    def batch(self) -> int:
        """About how many goals it may be asked ahead."""
        ...


@runtime_checkable
class Critic(Protocol):
    """A policy that also says how far goals are from a proof."""

    def value(self, theorem: Theorem, goals: Sequence[Goal]) -> Sequence[float]:
        """What a proof of each may cost still, as -log probability. The same for the same arguments."""
        ...


@runtime_checkable
class Wrapper(Protocol):
    """A policy that hands on what another one proposes."""

    @property
    def wrapped(self) -> TacticGenerator: ...


def critic_of(policy: TacticGenerator) -> Critic | None:
    """It, or what it wraps; None where none of them is a critic."""
    while not isinstance(policy, Critic):
        if not isinstance(policy, Wrapper):
            return None
        policy = policy.wrapped
    return policy


@runtime_checkable
class RevisingGenerator(SlowGenerator, Protocol):
    """A policy that learns from what Lean said. It answers by `Answered`; asked again about a goal, it is
    told what came of everything that was tried there."""

    def propose_again(
        self, theorem: Theorem, goal: Goal, n: int, tried: Sequence[Attempt], asked: int
    ) -> Sequence[Candidate]:
        """More candidates for a goal that it was `asked` about so many times before. As `propose` else."""
        ...


PremiseSource: TypeAlias = Callable[[Theorem, Goal], Sequence[str]]
"""Statements that may help with a goal and can be used by name, the likeliest to help first, as Lean source:
`theorem NAME … : …`."""


@runtime_checkable
class PremiseUser(TacticGenerator, Protocol):
    """A policy that has use for premises from elsewhere."""

    def with_premises(self, source: PremiseSource) -> TacticGenerator: ...


PolicyFactory: TypeAlias = Callable[[frozenset[str]], TacticGenerator]
"""Makes a policy that does not use the theorems of these names."""
