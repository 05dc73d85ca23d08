"""The functions of Lean's library that files' programs may call, as definitions like theirs (`core.lean`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from prover.lean.declarations import declarations
from prover.lean.lexis import Lines, tokens
from prover.policy.symbols import Symbol, Symbols


@cache
def core() -> Symbols:
    text = files("prover.policy").joinpath("core.lean").read_text(encoding="utf-8")
    return Symbols([each.declaration for each in declarations(text, tokens(text), Lines(text))], "")


def core_function(name: str) -> Symbol | None:
    """The function of that full name; None for what is not among them."""
    known = core()
    return known[name] if name in known.exactly(name) else None
