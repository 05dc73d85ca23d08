"""Which policy the words of a user mean.

fixed           the rules that look at the goal
only:TACTIC     that tactic alone, at every goal: `only:grind`, `only:exact?`
"""

from __future__ import annotations

from prover.errors import InputError
from prover.lean.guard import refusal
from prover.policy.fixed import FixedPolicy
from prover.policy.only import PREFIX, OnlyPolicy
from prover.policy.protocols import PolicyFactory
from prover.policy.seeded import SeededPolicy

POLICIES: dict[str, PolicyFactory] = {"fixed": FixedPolicy}


def policy_factory(spec: str, seed: int) -> PolicyFactory:
    """Seed 0 leaves the order of equally likely candidates to the policy; any other draws it.

    Raises `InputError` for a spec that means nothing, or a tactic that no proof may say.
    """
    if spec.startswith(PREFIX):
        factory = _only(spec.removeprefix(PREFIX).strip())
    elif spec in POLICIES:
        factory = POLICIES[spec]
    else:
        raise InputError(f"unknown policy `{spec}`; there are: {', '.join(POLICIES)}, {PREFIX}TACTIC")
    return factory if seed == 0 else lambda open_theorems: SeededPolicy(factory(open_theorems), seed)


def _only(tactic: str) -> PolicyFactory:
    why = refusal(tactic)
    if why is not None:
        raise InputError(f"policy `{PREFIX}{tactic}`: not a tactic to try: {why}")
    return lambda open_theorems: OnlyPolicy(tactic)
