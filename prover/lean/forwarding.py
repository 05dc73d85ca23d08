"""A gateway on top of another one, which passes on whatever a subclass does not take for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from prover.lean.gateway import Complaint, LeanGateway, LeanSession
from prover.lean.source import Source
from prover.types import Hole, Theorem, Verdict


class ForwardingGateway:
    """A `LeanGateway`."""

    def __init__(self, gateway: LeanGateway) -> None:
        self._gateway = gateway

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
        return self._gateway.certify(source, proofs)

    def close(self) -> None:
        self._gateway.close()
