"""The rules of the fixed policy: each looks at a goal and proposes tactics with log-probabilities.

A log-probability is a price: the search pays it to try the tactic, and a path's price is the sum.
"""

from __future__ import annotations

from prover.policy.rules.arithmetic import (
    by_exponents,
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
    match_calls,
    take_hypotheses_apart,
    take_target_apart,
    try_witnesses,
)
from prover.policy.rules.common import Rule
from prover.policy.rules.contents import fold_from_anywhere, observe_lists
from prover.policy.rules.divisibility import by_coins, by_divisors, divide
from prover.policy.rules.exhibiting import exhibit
from prover.policy.rules.graphs import by_graphs
from prover.policy.rules.induction import (
    conjecture,
    fit_rules,
    induct,
    induct_on_calls,
    induct_on_proofs,
    induct_on_two,
    induct_strongly,
    use_rules,
)
from prover.policy.rules.inequalities import compare_parts, know_squares, multiply
from prover.policy.rules.laws import lemmas, prove_laws, speculate
from prover.policy.rules.logic import (
    consider_extents,
    diagonalize,
    give_functions,
    instantiate,
    name_elements,
    refute,
    take_least,
)
from prover.policy.rules.numbers import by_numbers
from prover.policy.rules.relations import relate
from prover.policy.rules.trying import by_trying, consider_values, know_members
from prover.policy.rules.using import fertilize, rewrite_by_laws, specialize, use_hypotheses

RULES: tuple[Rule, ...] = (
    close,
    introduce,
    take_target_apart,
    try_witnesses,
    take_hypotheses_apart,
    induct,
    induct_on_two,
    induct_strongly,
    induct_on_calls,
    induct_on_proofs,
    use_rules,
    fit_rules,
    relate,
    exhibit,
    consider_cases,
    match_calls,
    conjecture,
    by_numbers,
    by_graphs,
    by_remainders,
    by_periods,
    by_exponents,
    by_values,
    by_sums,
    by_trying,
    by_coins,
    by_divisors,
    divide,
    compare_parts,
    multiply,
    know_squares,
    compute,
    know_functions,
    know_members,
    prove_laws,
    observe_lists,
    fold_from_anywhere,
    lemmas,
    speculate,
    rewrite_by_laws,
    fertilize,
    use_hypotheses,
    specialize,
    refute,
    name_elements,
    give_functions,
    instantiate,
    take_least,
    diagonalize,
    consider_extents,
    consider_values,
    decide_cases,
)
