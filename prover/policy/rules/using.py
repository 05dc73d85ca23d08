"""What hypotheses, laws and earlier theorems are good for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from prover.policy.conjectures import replace_term
from prover.policy.rules.common import Proposal, grind, head, simp_all
from prover.policy.terms import connective, sides, telescope
from prover.policy.view import Kind, View

_CONSTANTS = {"Nat": ("0", "1"), "Int": ("0", "1"), "Bool": ("true", "false"), "Prop": ("True", "False")}


def fertilize(view: View) -> Iterator[Proposal]:
    """Use an equation between terms as an induction hypothesis is used: on one side, either way round."""
    target = sides(view.target)
    if target is None:
        return
    for proof in view.proofs:
        bound, conclusion = telescope(proof.type)
        equation = sides(conclusion)
        if equation is None:
            continue
        left, right = equation
        if view.may_occur(right, bound, target[1]):
            yield f"(conv => rhs; rw [← {proof.name}])", -1.9
        if view.may_occur(left, bound, view.target):
            yield f"rw [{proof.name}]", -1.9
        if view.may_occur(right, bound, view.target):
            yield f"rw [← {proof.name}]", -2.2


def rewrite_by_laws(view: View) -> Iterator[Proposal]:
    for law in view.laws:
        if _may_rewrite(view, *telescope(law.type)):
            yield f"rw [{law.name}]", -2.4


def use_hypotheses(view: View) -> Iterator[Proposal]:
    wanted = head(view.target)
    for proof in view.proofs:
        binders, conclusion = telescope(proof.type)
        if binders and wanted and head(conclusion) == wanted:
            yield f"apply {proof.name}", -1.2
        if view.target == "False" and connective(conclusion) == "¬":
            yield f"apply {proof.name}", -1.0


def specialize(view: View) -> Iterator[Proposal]:
    """Apply a universal hypothesis to each variable of the right type, and to constants to contradict it."""
    known = {proof.type for proof in view.proofs}
    for proof in view.proofs:
        binder = re.match(r"∀ \((\S+) : ([^()]+)\), ", proof.type)
        if binder is None:
            continue
        name, type_ = binder.groups()
        values = [v.name for v in view.of_kind(Kind.DATA, Kind.ELEMENT) if v.type == type_]
        if view.target == "False":
            values += _CONSTANTS.get(type_, ())
        for value in values:
            if replace_term(proof.type[binder.end() :], name, value) not in known:
                yield f"have {view.fresh('h')} := {proof.name} {value}", -2.0


def use_earlier_theorems(view: View, premises: Sequence[str]) -> Iterator[Proposal]:
    """`premises` are the theorems that may be used, the most relevant first."""
    if not premises:
        return
    yield simp_all(view, premises), -0.9
    yield grind(view, premises), -1.0
    for rank, name in enumerate(premises[:4]):
        bound, conclusion = _concludes(view, name)
        if _may_rewrite(view, bound, conclusion):
            yield f"rw [{name}]", -1.6 - 0.2 * rank
        if _may_apply(view, bound, conclusion):
            yield f"apply {name}", -1.8 - 0.2 * rank


def _concludes(view: View, theorem: str) -> tuple[Collection[str], str]:
    full = view.symbols.resolve(theorem)
    return view.symbols[full].concludes if full is not None else ((), "")


def _may_rewrite(view: View, bound: Collection[str], conclusion: str) -> bool:
    equation = sides(conclusion)
    return equation is None or view.may_occur(equation[0], bound, view.target)


def _may_apply(view: View, bound: Collection[str], conclusion: str) -> bool:
    if head(conclusion) in bound or connective(conclusion) != connective(view.target):
        return False
    return view.may_occur(conclusion, bound, view.target)
