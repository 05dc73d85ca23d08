"""Policies with a model that runs here, from what a user writes of them."""

from __future__ import annotations

from pathlib import Path

from prover.policy.neural.builtin import BuiltinPolicy
from prover.policy.neural.critic import CriticPolicy
from prover.policy.neural.local import LocalPolicy, load_local
from prover.policy.neural.model import load_model
from prover.policy.neural.wording import Reader
from prover.policy.protocols import PolicyFactory

BUILTIN = Path(__file__).parent / "builtin"
"""The folder of the model that ships with the prover."""


def builtin_policies(folder: str) -> PolicyFactory:
    """Of the model in `folder`; of the one that ships, where it is empty. Raises `InputError`."""
    model = load_model(Path(folder).expanduser() if folder else BUILTIN)
    return lambda barred: BuiltinPolicy(model, barred)


def local_policies(folder: str) -> PolicyFactory:
    """Raises `InputError`."""
    model = load_local(Path(folder).expanduser())
    return lambda barred: LocalPolicy(model)


def with_critic(policies: PolicyFactory, folder: str) -> PolicyFactory:
    """With the model in `folder` as a critic; the one that ships, where it is empty. Raises `InputError`."""
    model = load_model(Path(folder).expanduser() if folder else BUILTIN)

    def made(barred: frozenset[str]) -> CriticPolicy:
        policy = policies(barred)
        reader = policy.reader if isinstance(policy, BuiltinPolicy) else Reader(barred)
        return CriticPolicy(policy, model, reader)

    return made
