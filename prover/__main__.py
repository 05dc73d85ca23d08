"""`python -m prover` is the command `prover`."""

from __future__ import annotations

from prover.cli.main import main

main()
