"""Proofs that lean on theorems which were proved meanwhile: certified together with the proofs of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prover.batch.tasks import Support
from prover.lean.forwarding import ForwardingGateway
from prover.lean.gateway import LeanGateway
from prover.lean.source import Source
from prover.types import Hole, Standing, Verdict


class LeaningGateway(ForwardingGateway):
    """A gateway to which the theorems of `known`, by their holes, are proved.

    `leans` answers what a certified text leans on.
    """

    def __init__(self, gateway: LeanGateway, known: Mapping[Hole, Support]) -> None:
        super().__init__(gateway)
        self._known = known
        self._leans: dict[str, tuple[str, ...]] = {}

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        """One proof at a time is asked about."""
        ((hole, text),) = proofs.items()
        verdict = super().certify(source, proofs)[hole]
        if verdict.standing is not Standing.CONDITIONAL or verdict.within:
            return {hole: verdict}
        support = self._support(verdict.assumes)
        if support is None:
            return {hole: verdict}
        with_support = super().certify(source, {**support, hole: text})[hole]
        if with_support.standing is Standing.CERTIFIED:
            self._leans[text] = verdict.assumes
            return {hole: with_support}
        return {hole: verdict}

    def leans(self, text: str | None) -> tuple[str, ...]:
        return self._leans.get(text or "", ())

    def _support(self, names: Iterable[str]) -> dict[Hole, str] | None:
        """The proofs of these theorems, and of those that they lean on; None where one is missing."""
        found: dict[Hole, str] = {}
        pending, seen = list(names), set[str]()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            holes = list(self._holes(name))
            if not holes:
                return None
            for hole in holes:
                found[hole] = self._known[hole].text
                pending += self._known[hole].needs
        return found

    def _holes(self, name: str) -> Iterator[Hole]:
        return (hole for hole, support in self._known.items() if support.name == name)
