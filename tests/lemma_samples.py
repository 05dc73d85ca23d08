"""Lemmas to keep, for tests. As a script it keeps them one by one, and says the name of each that is kept:

python lemma_samples.py PATH PREFIX COUNT
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from lemmas import Context, Draft, Kind, Library, Provenance
from lemmas.records import digest
from prover.types import Hypothesis

CONTEXT = Context((), "namespace A\ndef f (x : Nat) := x")
TOLD = Provenance("/A.lean", 3, "run 1", "fixed", 12, 0.5, "2026-01-01T00:00:00+00:00")
SAMPLE = Draft(
    name="A.t",
    kind=Kind.THEOREM,
    statement=" (x : Nat) : f x = x",
    hypotheses=(Hypothesis("x", "Nat"),),
    target="f x = x",
    script="simp [f]",
    context=CONTEXT,
    definitions=(("A.f", "0123"),),
    symbols=frozenset(("f", "=", "Nat")),
    axioms=("propext",),
    toolchain="4.28.0",
    key=digest("A.t"),
    shape=digest("shape"),
    provenance=TOLD,
)


def sample(name: str, **changes: object) -> Draft:
    """Like `SAMPLE`, with a key of its own."""
    return replace(SAMPLE, **{"name": name, "key": digest(name), **changes})  # type: ignore[arg-type]


def main(path: str, prefix: str, count: str) -> None:
    with Library.open(Path(path)) as library:
        for number in range(int(count)):
            library.add([sample(f"{prefix}.t{number}"), sample(f"{prefix}.goal{number}")])
            print(f"{prefix}.t{number}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
