"""The rules of the fixed policy: each looks at a goal and proposes tactics with log-probabilities.

A log-probability is a price: the search pays it to try the tactic, and a path's price is the sum.
"""

from __future__ import annotations

from prover.policy.rules.arithmetic import (
    by_divisors,
    by_periods,
    by_remainders,
    by_sums,
    by_values,
    compute,
    know_functions,
)
from prover.policy.rules.closing import (
    close,
    consider_cases,
    decide_cases,
    introduce,
    take_hypotheses_apart,
    take_target_apart,
)
from prover.policy.rules.common import Rule
from prover.policy.rules.exhibiting import exhibit
from prover.policy.rules.graphs import by_graphs
from prover.policy.rules.induction import (
    conjecture,
    fit_rules,
    induct,
    induct_on_calls,
    induct_on_proofs,
    induct_on_two,
    use_rules,
)
from prover.policy.rules.laws import lemmas, prove_laws, speculate
from prover.policy.rules.logic import consider_extents, instantiate, name_elements, refute
from prover.policy.rules.numbers import by_numbers
from prover.policy.rules.relations import relate
from prover.policy.rules.trying import by_trying, consider_values, know_members
from prover.policy.rules.using import fertilize, rewrite_by_laws, specialize, use_hypotheses

RULES: tuple[Rule, ...] = (
    close,
    introduce,
    take_target_apart,
    take_hypotheses_apart,
    induct,
    induct_on_two,
    induct_on_calls,
    induct_on_proofs,
    use_rules,
    fit_rules,
    relate,
    exhibit,
    consider_cases,
    conjecture,
    by_numbers,
    by_graphs,
    by_remainders,
    by_periods,
    by_values,
    by_sums,
    by_trying,
    by_divisors,
    compute,
    know_functions,
    know_members,
    prove_laws,
    lemmas,
    speculate,
    rewrite_by_laws,
    fertilize,
    use_hypotheses,
    specialize,
    refute,
    name_elements,
    instantiate,
    consider_extents,
    consider_values,
    decide_cases,
)
