"""Inductive predicates that a function decides or computes: `AEvalR st e n` is `aeval st e = n`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.policy.declared import read_signature
from prover.policy.rules.common import Proposal, block, grind
from prover.policy.symbols import Symbol
from prover.policy.syntax import NotRead, Term
from prover.policy.view import View

_VARIABLES = ("x", "y", "z", "u", "v", "w")
_BOOL = Term("Bool")


@dataclass(frozen=True, slots=True)
class _Graph:
    """`types` are those of the function's arguments, and of its value if that is the predicate's last one."""

    predicate: Symbol
    function: Symbol
    types: tuple[Term, ...]
    decided: bool


def by_graphs(view: View) -> Iterator[Proposal]:
    """One tactic: what each predicate says of a function of the same arguments, and the goal with that."""
    if any("ih" in proof.name for proof in view.proofs):
        return  # better done before the induction
    graphs = list(_graphs(view))
    if not graphs:
        return
    facts: list[str] = []
    lines = []
    for graph in graphs:
        fact = view.fresh(f"{_last(graph.predicate)}_{_last(graph.function)}")
        lines.append(_stated(view, graph, fact, facts))
        facts.append(fact)
    places = f" at {' '.join(proof.name for proof in view.proofs)} ⊢" if view.proofs else ""
    lines.append(f"first\n   | simp only [{', '.join(facts)}]{places} <;> {grind(view)}\n   | {grind(view)}")
    yield block(lines), -1.2


def _graphs(view: View) -> Iterator[_Graph]:
    functions = [each for each in view.mentioned if each.is_definition and each.is_recursive]
    for predicate in (each for each in view.mentioned if each.is_predicate):
        about = _signature(predicate)
        for function in functions if about else ():
            *arguments, result = _signature(function) or [_BOOL]
            decided = arguments == about and result == _BOOL
            if len(about) <= len(_VARIABLES) and (decided or [*arguments, result] == about):
                yield _Graph(predicate, function, tuple(about), decided)
                break


def _signature(symbol: Symbol) -> list[Term]:
    """The types of the explicit arguments, and the result's of a function; nothing where types are
    arguments, too."""
    statement = symbol.declaration.statement.strip()
    for ending in ("where", ":="):
        statement = statement.removesuffix(ending).strip()
    try:
        signature = read_signature(statement)
    except NotRead:
        return []
    ends = () if signature.result == Term("Prop") else (signature.result,)
    types = [*signature.arguments, *ends]
    return [] if signature.variables or any(type_.head in ("Type", "Prop", "→") for type_ in types) else types


def _stated(view: View, graph: _Graph, fact: str, facts: Sequence[str]) -> str:
    function, predicate = view.written(graph.function), view.written(graph.predicate)
    names = _VARIABLES[: len(graph.types)]
    given = names if graph.decided else names[:-1]
    value = "true" if graph.decided else names[-1]
    binders = " ".join(f"({name} : {type_})" for name, type_ in zip(names, graph.types, strict=True))
    apart = sorted(position for position in graph.function.matched if position < len(given))[:1]
    by_rules = [
        f"induction {given[at]} <;> simp_all [{', '.join([function, *facts])}] <;> constructor <;> simp_all"
        for at in apart
    ]
    by_grind = [f"induction {given[at]} <;> grind [{predicate}, {function}]" for at in apart]
    ways = [*by_rules, *by_grind, f"grind [{predicate}, {function}]"]
    said = f"{' '.join([predicate, *names])} ↔ {' '.join([function, *given])} = {value}"
    lines = [
        f"have {fact} : ∀ {binders}, {said} := by",
        f"  intro {' '.join(names)}",
        "  refine ⟨fun h => ?_, fun h => ?_⟩",
        f"  · induction h <;> simp_all [{', '.join([function, *facts])}]",
        *(() if graph.decided else ("  subst h",)),
        "  first",
        *(f"  | {way}" for way in ways),
    ]
    return "\n ".join(lines)


def _last(symbol: Symbol) -> str:
    return symbol.name.rpartition(".")[2]
