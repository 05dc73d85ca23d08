"""Which policy the words of a user mean.

fixed                   the rules that look at the goal
builtin                 the small model that ships with the prover, and the rules
builtin:DIR             the same with another model, that `prover train export` made
ct2:DIR                 a model of one's own, converted for CTranslate2
critic:SPEC             that policy, with the built-in model's word on how far each goal is from a proof
only:TACTIC             that tactic alone, at every goal: `only:grind`, `only:exact?`
openai:MODEL[@URL]      a model behind an OpenAI-compatible API, or one that the settings name
A+B                     A first, and B where A is stuck: `fixed+openai:gpt-5`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from prover.errors import InputError
from prover.lean.guard import refusal
from prover.models import ModelSettings
from prover.policy.cascade import Cascade
from prover.policy.fixed import FixedPolicy
from prover.policy.only import PREFIX, OnlyPolicy
from prover.policy.protocols import PolicyFactory, TacticGenerator
from prover.policy.seeded import SeededPolicy


def _shipped(barred: frozenset[str]) -> TacticGenerator:
    from prover.policy.neural.making import builtin_policies  # late, for those who ask no model

    return builtin_policies("")(barred)


POLICIES: dict[str, PolicyFactory] = {"fixed": FixedPolicy, "builtin": _shipped}


@dataclass(frozen=True, slots=True)
class Making:
    """What policies are made with besides their specs: the search's seed, and the models of the settings."""

    seed: int = 0
    models: Mapping[str, ModelSettings] = field(default_factory=dict)


Maker = Callable[[str, Making], PolicyFactory]
"""From what stands behind its prefix."""


def policy_factory(spec: str, seed: int, models: Mapping[str, ModelSettings] | None = None) -> PolicyFactory:
    """Seed 0 leaves the order of equally likely candidates to the policy; any other draws it.

    Raises `InputError` for a spec that means nothing, a tactic that no proof may say, or a model without key.
    """
    making = Making(seed, models or {})
    factories = [_made(part, making) for part in parts_of(spec)]
    return factories[0] if len(factories) == 1 else lambda barred: _in_a_row([f(barred) for f in factories])


def parts_of(spec: str) -> list[str]:
    """Split at each `+` before the beginning of a spec, for tactics and names may have one themselves."""
    begins = [*map(re.escape, MAKERS), *(f"{re.escape(name)}(?=\\+|$)" for name in POLICIES)]
    return re.split(rf"\+(?=\s*(?:{'|'.join(begins)}))", spec.strip())


def _made(part: str, making: Making) -> PolicyFactory:
    part = part.strip()
    for prefix, maker in MAKERS.items():
        if part.startswith(prefix):
            return maker(part.removeprefix(prefix).strip(), making)
    if part not in POLICIES:
        known = ", ".join([*POLICIES, *(f"{prefix}…" for prefix in MAKERS)])
        raise InputError(f"unknown policy `{part}`; there are: {known}, and several in a row with `+`")
    return _seeded(POLICIES[part], making.seed)


def _seeded(factory: PolicyFactory, seed: int) -> PolicyFactory:
    return factory if seed == 0 else lambda barred: SeededPolicy(factory(barred), seed)


def _in_a_row(policies: list[TacticGenerator]) -> TacticGenerator:
    first, *rest = policies
    return Cascade(first, _in_a_row(rest)) if rest else first


def _only(tactic: str, making: Making) -> PolicyFactory:
    why = refusal(tactic)
    if why is not None:
        raise InputError(f"policy `{PREFIX}{tactic}`: not a tactic to try: {why}")
    return lambda barred: OnlyPolicy(tactic)


def _api(name: str, making: Making) -> PolicyFactory:
    from prover.policy.api.making import api_policies  # late, for those who ask no model

    return api_policies(name, making.seed, making.models)


def _builtin(folder: str, making: Making) -> PolicyFactory:
    from prover.policy.neural.making import builtin_policies

    return _seeded(builtin_policies(folder), making.seed)


def _local(folder: str, making: Making) -> PolicyFactory:
    from prover.policy.neural.making import local_policies

    return _seeded(local_policies(folder), making.seed)


def _critic(spec: str, making: Making) -> PolicyFactory:
    """The model of `builtin:DIR` is the critic, too."""
    from prover.policy.neural.making import with_critic

    folder = spec.removeprefix("builtin:") if spec.startswith("builtin:") else ""
    return with_critic(_made(spec, making), folder)


MAKERS: dict[str, Maker] = {
    PREFIX: _only,
    "openai:": _api,
    "builtin:": _builtin,
    "ct2:": _local,
    "critic:": _critic,
}
