"""What the rules share."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from prover.policy.symbols import Symbol
from prover.policy.terms import connective, names
from prover.policy.view import View

Proposal = tuple[str, float]
Rule = Callable[[View], Iterator[Proposal]]

UNIVERSAL = re.compile(r"∀ \((?P<names>[^:()]+) : (?P<type>[^()]+)\), (?P<says>.+)", re.DOTALL)
"""A hypothesis about all values of one type, as Lean prints it."""

ENUM_LIKE = frozenset(("Bool", "Option", "Prod", "Sum", "Unit", "Int", "Fin", "Char", "Except", "Ordering"))


def listed(tactic: str, premises: list[str]) -> str:
    return f"{tactic} [{', '.join(premises)}]" if premises else tactic


def simp_all(view: View, premises: Sequence[str] = ()) -> str:
    return listed("simp_all", [*view.definitions_for_simp, *premises])


def grind(view: View, premises: Sequence[str] = (), unfolded: Symbol | None = None) -> str:
    """With inductive predicates it knows their rules, and takes proofs of them apart. What was `unfolded` is
    left out where it could be so for ever."""
    told = view.definitions_for_grind
    if unfolded is not None and unfolded.unfolds_for_ever:
        told = [name for name in told if name != view.written(unfolded)]
    return listed("grind", [*told, *view.predicates, *premises])


def grind_with_cases(view: View) -> str | None:
    """One that takes apart values of the file's own types, too; None where there are none."""
    return grind(view, view.own_types) if view.own_types else None


def in_turn(*steps: str) -> str:
    return steps[0] if len(steps) == 1 else f"({'; '.join(steps)})"


def block(lines: Sequence[str]) -> str:
    """Tactics one after the other, each on lines of its own."""
    return "(" + "\n ".join(lines) + ")"


def attempt(name: str, stated: str, start: str, ways: Sequence[str]) -> str:
    """A fact in a row of attempts (prover/lean/rows.py), proved from that start in one of these ways."""
    lines = [start, *(["first", *(f"| {way}" for way in ways)] if len(ways) > 1 else ways)]
    return f"try have {name} : {stated} := by" + "".join(f"\n       {line}" for line in lines)


def bracketed(term: str) -> str:
    """As an argument is written."""
    return f"({term})" if " " in term else term


def head(proposition: str) -> str:
    top = connective(proposition)
    return top or (names(proposition) or [""])[0]


def held_up(view: View, variables: Collection[str], at_least: int) -> frozenset[str]:
    """The variables for which functions wait that take apart other arguments, too: so many or more in one
    call or, where one is enough, one alone, with terms in the other places."""
    found: set[str] = set()
    for symbol, call in view.symbols.calls(view.text):
        places = [position for position in view.symbols.taken_apart(symbol) if position < len(call.args)]
        waiting = {call.args[position] for position in places} & set(variables)
        if len(places) > 1 and (len(waiting) == 1 if at_least == 1 else len(waiting) >= at_least):
            found |= waiting
    return frozenset(found)
