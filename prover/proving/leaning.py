"""Proofs that lean on theorems which were proved meanwhile: certified together with the proofs of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from prover.lean.forwarding import ForwardingGateway
from prover.lean.gateway import LeanGateway
from prover.lean.source import Source
from prover.types import Hole, Standing, Verdict


@dataclass(frozen=True, slots=True)
class Support:
    """A proof of another hole, and the theorems with holes that it leans on itself."""

    name: str
    text: str
    needs: tuple[str, ...]


class LeaningGateway(ForwardingGateway):
    """A gateway to which the theorems of `known`, by their holes, are proved.

    Where a proof needs their proofs to stand, or to lack no more than the other holes of its declaration, its
    verdict `leans` on them.
    """

    def __init__(self, gateway: LeanGateway, known: Mapping[Hole, Support]) -> None:
        super().__init__(gateway)
        self._known = known

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        """One proof at a time is asked about."""
        ((hole, text),) = proofs.items()
        verdict = super().certify(source, proofs)[hole]
        if verdict.standing is not Standing.CONDITIONAL or verdict.within:
            return {hole: verdict}
        own = {theorem.name for theorem in source.theorems if theorem.hole == hole}
        leans = tuple(name for name in verdict.assumes if name not in own)
        support = supporting(self._known, leans)
        if not support:
            return {hole: verdict}
        with_support = super().certify(source, {**support, hole: text})[hole]
        if with_support.standing is Standing.CERTIFIED or with_support.within:
            return {hole: replace(with_support, leans=leans)}
        return {hole: verdict}


def supporting(known: Mapping[Hole, Support], names: Iterable[str]) -> dict[Hole, str] | None:
    """The proofs of these theorems, and of those that they lean on; None where one is missing."""
    found: dict[Hole, str] = {}
    pending, seen = list(names), set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        proofs = {hole: support for hole, support in known.items() if support.name == name}
        if not proofs:
            return None
        for hole, support in proofs.items():
            found[hole] = support.text
            pending += support.needs
    return found
