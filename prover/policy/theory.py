"""The laws that may help with a goal: what to explore, and which of the found ones to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from prover.policy.builders import builders_for
from prover.policy.declared import arrows
from prover.policy.exploration import Exploration
from prover.policy.laws import Law
from prover.policy.programs import Programs, programs_of
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.terms import telescope
from prover.policy.view import Kind, View

MAX_FUNCTIONS = 10

_MAX_SIZE = 13
_LAWS_OF_EACH = 6
_CONDITIONAL_OF_EACH = 3


def laws_for(view: View) -> tuple[Law, ...]:
    """Conjectures on the functions that a goal and its laws lead to; empty where they are not understood."""
    stated = ";\n".join([view.text, *(law.type for law in view.laws)])
    functions = _nearest(view.symbols, view.symbols.mentioned(stated, view.local))
    types = (*view.value_types, *_functional(view))
    return explored(view.symbols.without_theorems, functions, types) if functions and types else ()


def _nearest(symbols: Symbols, stated: Collection[str]) -> tuple[str, ...]:
    """The functions that these lead to, in the order of the file; where they are too many, those to which it
    takes the fewest steps."""
    found: list[str] = []
    for layer in symbols.layers(stated):
        found += [each.name for each in layer if each.is_definition and not each.is_type_definition]
        if len(found) >= MAX_FUNCTIONS:
            break
    nearest = found[:MAX_FUNCTIONS]
    return tuple(symbol.name for symbol in symbols.all() if symbol.name in nearest)


def _functional(view: View) -> list[str]:
    """The types of the variables that stand for functions from values to values, or properties of those."""
    found = []
    for type_ in dict.fromkeys(variable.type for variable in view.of_kind(Kind.FUNCTION)):
        try:
            parts = arrows(read_term(type_))
        except NotRead:
            continue
        if parts[-1].head == "Prop":
            parts.pop()
        if all(part.head not in ("→", "Prop", "Type", "Sort") for part in parts):
            found.append(type_)
    return found


@lru_cache(maxsize=256)
def explored(symbols: Symbols, functions: tuple[str, ...], types: tuple[str, ...]) -> tuple[Law, ...]:
    programs = Programs(symbols)  # of its own: what others have computed must make no difference
    try:
        ground = [read_term(type_) for type_ in types]
    except NotRead:
        return ()
    parts = [part for type_ in ground for part in (arrows(type_) if type_.head == "→" else type_.args)]
    if any(type_.head == "→" for type_ in ground):
        parts.sort(key=lambda part: not part.args)
    ground += dict.fromkeys(part for part in parts if part not in ground)
    builders, ground = builders_for(programs, functions, ground)
    recursive = {symbols.short(name) for name in functions if symbols[name].is_recursive}
    exploration = Exploration(programs, builders, ground)
    found = [law for law in exploration.laws() if recursive & law.heads]
    found = [law for law in found if not law.premises or law.size <= _MAX_SIZE]
    return tuple(_chosen(found, [symbols.short(name) for name in functions], exploration.holds))


def _chosen(laws: Sequence[Law], functions: Sequence[str], holds: Callable[[Law], bool]) -> list[Law]:
    """The simplest of each function, which are those that mention no later one, that hold on closer looks."""
    counted: Counter[tuple[str, int]] = Counter()
    chosen = set()
    for law in sorted(laws, key=lambda law: (law.size, -len(law.types))):
        last, conditional = max(law.heads & set(functions), key=functions.index), len(law.premises)
        enough = _CONDITIONAL_OF_EACH if conditional else _LAWS_OF_EACH
        extra = law.rejoins or law.steps or law.right.size > law.left.size
        if (extra or counted[last, conditional] < enough) and holds(law):
            counted[last, conditional] += not extra
            chosen.add(law)
    return [law for law in laws if law in chosen]


def known_laws(view: View) -> frozenset[str]:
    return frozenset(law_key(view, telescope(law.type)[1]) for law in view.laws)


def law_key(view: View, body: str) -> str:
    """The same for a law as it was stated and as Lean prints it: `N.succ x` may be `x.succ`."""
    try:
        return str(unfielded(read_term(body), programs_of(view.symbols).constructors))
    except NotRead:
        return body


def unfielded(term: Term, constructors: Collection[str]) -> Term:
    """With the last part of each name, and fields before their arguments."""
    args = tuple(unfielded(arg, constructors) for arg in term.args)
    parts = term.head.removeprefix("!").split(".")
    ends = [at for at in range(1, len(parts)) if f"{parts[at - 1]}.{parts[at]}" in constructors]
    first = ends[0] if ends else 0 if parts[0][:1].islower() else len(parts) - 1
    whole = Term(parts[first], () if parts[first + 1 :] else args, term.arms)
    for at, name in enumerate(parts[first + 1 :], first + 2):  # x.succ, N.zero.succ
        whole = Term(name, (whole, *(args if at == len(parts) else ())))
    return whole
