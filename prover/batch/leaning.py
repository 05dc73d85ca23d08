"""Proofs that lean on theorems which were proved meanwhile: certified together with the proofs of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

from prover.batch.tasks import Support
from prover.lean.gateway import Complaint, LeanGateway, LeanSession
from prover.lean.source import Source
from prover.types import Hole, Standing, Theorem, Verdict


class LeaningGateway:
    """A gateway to which the theorems of `known`, by their holes, are proved.

    `leans` answers what a certified text leans on.
    """

    def __init__(self, gateway: LeanGateway, known: Mapping[Hole, Support]) -> None:
        self._gateway = gateway
        self._known = known
        self._leans: dict[str, tuple[str, ...]] = {}

    @property
    def version(self) -> str:
        return self._gateway.version

    def check(self, source: Source) -> Sequence[Complaint]:
        return self._gateway.check(source)

    def open(
        self, source: Source, theorem: Theorem, solved: Sequence[str] = ()
    ) -> AbstractContextManager[LeanSession]:
        return self._gateway.open(source, theorem, solved)

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        """One proof at a time is asked about."""
        ((hole, text),) = proofs.items()
        verdict = self._gateway.certify(source, proofs)[hole]
        if verdict.standing is not Standing.CONDITIONAL or verdict.within:
            return {hole: verdict}
        support = self._support(verdict.assumes)
        if support is None:
            return {hole: verdict}
        with_support = self._gateway.certify(source, {**support, hole: text})[hole]
        if with_support.standing is Standing.CERTIFIED:
            self._leans[text] = verdict.assumes
            return {hole: with_support}
        return {hole: verdict}

    def close(self) -> None:
        self._gateway.close()

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
