"""Who proposes tactics, and at what cost. Batch-shaped, because models are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from prover.types import Candidate, Goal, Theorem


class Priced(tuple[Candidate, ...]):
    """The candidates for one goal, with what it cost to have them proposed: `tokens` read and written, and
    `usd`, US dollars."""

    tokens: int
    usd: float

    def __new__(cls, candidates: Iterable[Candidate], tokens: int, usd: float) -> Priced:
        priced = super().__new__(cls, candidates)
        priced.tokens, priced.usd = tokens, usd
        return priced


def cost_of(candidates: Sequence[Candidate]) -> tuple[int, float]:
    """In tokens and US dollars; nothing, unless they are priced."""
    return (candidates.tokens, candidates.usd) if isinstance(candidates, Priced) else (0, 0.0)


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


PolicyFactory: TypeAlias = Callable[[frozenset[str]], TacticGenerator]
"""Makes a policy that does not use the theorems of these names."""
