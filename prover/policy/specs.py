"""Which policy the words of a user mean.

fixed           the rules that look at the goal
builtin         the small model that ships with the prover, and the rules
builtin:DIR     the same with another model, that `prover train export` made
ct2:DIR         a model of one's own, converted for CTranslate2
only:TACTIC     that tactic alone, at every goal: `only:grind`, `only:exact?`
critic:SPEC     that policy, with the built-in model's word on how far each goal is from a proof
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from prover.errors import InputError
from prover.lean.guard import refusal
from prover.policy.fixed import FixedPolicy
from prover.policy.only import OnlyPolicy
from prover.policy.protocols import PolicyFactory
from prover.policy.seeded import SeededPolicy

BUILTIN = Path(__file__).parent / "neural" / "builtin"
"""The folder of the model that ships with the prover."""


def policy_factory(spec: str, seed: int) -> PolicyFactory:
    """Seed 0 leaves the order of equally likely candidates to the policy; any other draws it.

    Raises `InputError` for a spec that means nothing, a model that can't be used, or a tactic that no proof
    may say.
    """
    factory = _factory(spec)
    return factory if seed == 0 else lambda open_theorems: SeededPolicy(factory(open_theorems), seed)


def _factory(spec: str) -> PolicyFactory:
    kind, colon, rest = spec.partition(":")
    made = _MAKERS.get(kind + colon)
    if made is None:
        raise InputError(f"unknown policy `{spec}`; there are: {', '.join(_SHOWN)}")
    return made(rest.strip())


def _only(tactic: str) -> PolicyFactory:
    why = refusal(tactic)
    if why is not None:
        raise InputError(f"policy `only:{tactic}`: not a tactic to try: {why}")
    return lambda open_theorems: OnlyPolicy(tactic)


def _builtin(folder: str) -> PolicyFactory:
    from prover.policy.neural.builtin import BuiltinPolicy
    from prover.policy.neural.model import load_model

    model = load_model(Path(folder).expanduser() if folder else BUILTIN)
    return lambda open_theorems: BuiltinPolicy(model, open_theorems)


def _critic(spec: str) -> PolicyFactory:
    from prover.policy.neural.builtin import BuiltinPolicy
    from prover.policy.neural.critic import CriticPolicy
    from prover.policy.neural.model import load_model
    from prover.policy.neural.wording import Reader

    inner = _factory(spec)
    folder = spec.removeprefix("builtin:") if spec.startswith("builtin:") else ""
    model = load_model(Path(folder).expanduser() if folder else BUILTIN)

    def made(open_theorems: frozenset[str]) -> CriticPolicy:
        policy = inner(open_theorems)
        reader = policy.reader if isinstance(policy, BuiltinPolicy) else Reader(open_theorems)
        return CriticPolicy(policy, model, reader)

    return made


def _local(folder: str) -> PolicyFactory:
    from prover.policy.neural.local import LocalPolicy, load_local

    model = load_local(Path(folder).expanduser())
    return lambda open_theorems: LocalPolicy(model)


_MAKERS: Mapping[str, Callable[[str], PolicyFactory]] = {
    "fixed": lambda _: FixedPolicy,
    "builtin": _builtin,
    "builtin:": _builtin,
    "ct2:": _local,
    "only:": _only,
    "critic:": _critic,
}
_SHOWN = ("fixed", "builtin", "builtin:DIR", "ct2:DIR", "only:TACTIC", "critic:SPEC")
