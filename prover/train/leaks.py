"""Whether a statement is one of those that are for measuring: a key that no renaming changes.

A theorem's key covers its statement and the definitions of all that it speaks of, directly or not. It is the
same for other names of theorems, functions, types, constructors, variables, hypotheses and universes; for
`match` and equations, constructors and equations in another order, hypotheses in another order, an equation
turned round, `∀ x` and `(x)`, `h : p` and `p →`; and for a type like `Nat` or `List` in the place of Lean's
own. What the readers of terms do not understand is compared token by token.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lemmas.records import digest
from prover.lean.source import Source, find_sources, read_source
from prover.policy.symbols import symbols_of
from prover.policy.terms import sides
from prover.train.canonical import CanonicalWriter
from prover.train.statements import read_statement
from prover.types import Theorem


def forbidden_keys(paths: Iterable[Path]) -> frozenset[str]:
    """Those of all theorems of these files and folders that come with a hole or with a proof. Raises
    `SourceError`."""
    files = [file for path in paths for file in find_sources(path)]
    return frozenset(key for file in files for key in keys_of(read_source(file)).values())


def keys_of(source: Source) -> dict[str, str]:
    """The key of each theorem with a hole, by its name."""
    return {theorem.name: key_of(theorem) for theorem in source.theorems}


def key_of(theorem: Theorem) -> str:
    stated = read_statement(theorem.declaration.statement)
    symbols = symbols_of(theorem)
    ways = [stated.conclusion]
    equation = sides(stated.conclusion)
    if equation is not None:
        ways.append(f"{equation[1]} = {equation[0]}")
    return digest(min(CanonicalWriter(symbols, stated).written(way) for way in ways))
