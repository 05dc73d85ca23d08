"""False statements, noticed where that is cheap: `refute` answers with a counterexample that Lean accepts."""

from prover.refute.refuter import refute

__all__ = ["refute"]
