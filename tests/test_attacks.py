"""Every attack goes through the certificate with the guard switched off."""

from __future__ import annotations

import pytest
from attack_cases import AttackCase, load_cases

from prover.lean.gateway import LeanGateway
from prover.lean.source import read_source


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.name)
def test_certificate(case: AttackCase, lean: LeanGateway) -> None:
    source = read_source(case.path)
    hole = source.theorems[case.hole].hole
    verdict = lean.certify(source, {hole: case.proof})[hole]
    assert (verdict.standing, verdict.assumes) == (case.expected, case.assumes), verdict.reason
