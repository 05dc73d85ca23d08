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


PolicyFactory: TypeAlias = Callable[[frozenset[str]], TacticGenerator]
"""Makes a policy that does not use the theorems of these names."""
