"""Search for proofs of Lean 4 theorems; believe only what Lean's kernel accepts."""

__version__ = "0.1.0"
