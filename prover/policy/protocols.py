"""Who proposes tactics. Batch-shaped, because models are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from prover.types import Candidate, Goal, Theorem


class TacticGenerator(Protocol):
    @property
    def name(self) -> str: ...

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        """At most `n` candidates for each goal, the likeliest first, without repetition.

        The same arguments get the same answer: nothing here depends on time or on what was asked before.
        """
        ...


PolicyFactory: TypeAlias = Callable[[frozenset[str]], TacticGenerator]
"""Makes a policy that does not use the theorems of these names."""
