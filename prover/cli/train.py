"""`prover train`: teach the built-in kind of model from proofs that the prover finds itself."""

from __future__ import annotations

import click

from prover.cli.lazy import LazyGroup

COMMANDS = {
    "problems": "prover.cli.train_problems",
    "collect": "prover.cli.train_collect",
    "fit": "prover.cli.train_fit",
    "export": "prover.cli.train_fit",
}


@click.group(cls=LazyGroup, modules=COMMANDS)
def train() -> None:
    """Teach a model from proofs that the prover finds itself.

    \b
    Make theorems to practise on, none of which is one of those that you measure with:
        prover train problems --out DIR --count 5000 --seed 1 --forbid BENCH/
    Search for their proofs, and keep what was tried:
        prover train collect --data DIR --round 1 --policy fixed --budget 64t
    Fit the network to that, make a model of it, and search with the model:
        prover train fit --data DIR --rounds 1 --out FIT --minutes 15
        prover train export FIT --out MODEL
        prover prove Theory/ --policy builtin:MODEL
    """
