"""Relations that are closed under something: `Star R x y` by steps, `Le m n` by counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.declared import read_signature
from prover.policy.rules.common import Proposal, attempt, block, grind
from prover.policy.symbols import Symbol
from prover.policy.syntax import NotRead, Term
from prover.policy.terms import applications, bound_names, connective, variables_in
from prover.policy.view import View

_MOST = 2


@dataclass(frozen=True, slots=True)
class _Relation:
    """An inductive one between two values of one type, as it is `said`, and the relations that it closes."""

    symbol: Symbol
    said: str
    closed: tuple[str, ...]


def relate(view: View) -> Iterator[Proposal]:
    """That the inductive relations of a goal are transitive, which an induction on one needs of the other,
    and hold for a single step; and what that is then used for."""
    if view.laws or any("ih" in proof.name for proof in view.proofs):
        return
    relations = _relations(view)[:_MOST]
    if not relations:
        return
    closing = grind(view)
    x, y, z, one, other = (view.fresh(name) for name in ("x", "y", "z", "h", "h'"))
    facts: list[tuple[str, str, list[str]]] = []
    for relation in relations:
        said, applied = relation.said, f"apply {view.written(relation.symbol)}"
        for step in relation.closed:
            ways = [
                f"{applied}.{name} <;> first | assumption | constructor"
                for name in relation.symbol.constructors
            ]
            facts.append((f"∀ {x} {y}, {step} {x} {y} → {said} {x} {y}", f"intro {x} {y} {one}", ways))
        ways = [f"induction {proof} <;> {closing}" for proof in (one, other)]
        stated = f"∀ {x} {y} {z}, {said} {x} {y} → {said} {y} {z} → {said} {x} {z}"
        facts.append((stated, f"intro {x} {y} {z} {one} {other}", ways))
    lines = [attempt(f"law{number}", *fact) for number, fact in enumerate(facts, 1)]
    if connective(view.target) == "↔":
        lines.append(f"try (constructor <;> (intro {one}) <;> (induction {one}) <;> {closing})")
    lines += [f"try (induction {proof.name} <;> {closing})" for proof in view.proofs if proof.head][:_MOST]
    yield block(lines), -1.25


def _relations(view: View) -> list[_Relation]:
    """Those that a rule builds on one another."""
    found: dict[str, _Relation] = {}
    bound = bound_names(view.text)
    for call in applications(view.text):
        name = view.symbols.resolve(call.head)
        if name is None or not view.symbols[name].is_predicate or not view.symbols[name].is_recursive:
            continue
        symbol = view.symbols[name]
        try:
            types = read_signature(symbol.declaration.statement).arguments
        except NotRead:
            continue
        given = call.args[:-2]
        if len(call.args) != len(types) or len(types) < 2 or types[-1] != types[-2]:
            continue
        if not any(variables_in(each) & bound for each in given):
            between = Term("→", (types[-1], Term("→", (types[-1], Term("Prop")))))
            closed = [each for each, type_ in zip(given, types, strict=False) if type_ == between]
            said = " ".join([view.written(symbol), *given])
            found.setdefault(said, _Relation(symbol, said, tuple(closed)))
    return list(found.values())
