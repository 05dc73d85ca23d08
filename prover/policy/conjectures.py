"""Stronger statements to prove by induction, where an equation's own induction gets stuck.

Three classic moves, alone and together. Fertilize: an induction hypothesis is used from right to left, on the
right side only. Generalize: a term that occurs on both sides becomes a variable. Tell apart: the occurrences
of a variable that functions recurse on become another variable than its rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prover.policy.declared import read_moving, read_structural
from prover.policy.symbols import Symbol
from prover.policy.syntax import NotRead
from prover.policy.terms import bound_names, sides, tokens, variables_in
from prover.policy.view import Kind, View

_MAX_CALL = 200  # characters; nobody generalizes longer ones


@dataclass(frozen=True, slots=True)
class Equation:
    """A statement, and the tactics that turn the goal into it."""

    left: str
    right: str
    steps: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.left} = {self.right}"


def conjectures(view: View, closing: str) -> Iterator[tuple[str, float]]:
    """Tactics that prove a stronger equation by induction, with `closing` tried on each of its cases."""
    equation = sides(view.target)
    if equation is None:
        return
    goal = Equation(*equation)
    for price, start in [(0.0, goal), *((-0.3, used) for used in _fertilized(view, goal))]:
        general = _generalized(view, start)
        if general is not None:
            yield from _inductions(view, general, closing, price - 0.9)
        if general is None or start is goal:
            yield from _inductions_apart(view, start, closing, price - 1.3)
        if general is None and start.steps:
            yield from _inductions(view, start, closing, price - 1.8)


def _fertilized(view: View, goal: Equation) -> Iterator[Equation]:
    for proof in view.proofs:
        hypothesis = sides(proof.type)
        if hypothesis is None:
            continue
        right = replace_term(goal.right, hypothesis[1], hypothesis[0])
        if right != goal.right:
            yield Equation(goal.left, right, (f"conv => rhs; rw [← {proof.name}]",))


def _generalized(view: View, start: Equation) -> Equation | None:
    left, right = (_closed_calls(view, side) for side in (start.left, start.right))
    shared = [call for call in dict.fromkeys(left) if call in right]
    outermost = [call for call in shared if not any(call in other for other in shared if other != call)]
    if not outermost:
        return None
    general = start
    for call in outermost:
        fresh = view.fresh("z")
        general = Equation(
            replace_term(general.left, call, fresh),
            replace_term(general.right, call, fresh),
            (*general.steps, f"generalize {call} = {fresh}"),
        )
    return general


def _closed_calls(view: View, text: str) -> list[str]:
    """The calls in `text` of the file's definitions that mention no bound variable."""
    bound = bound_names(text)
    spans = [(call.start, call.end) for _, call in view.symbols.calls(text)]
    calls = [text[start:end] for start, end in spans if end - start <= _MAX_CALL]
    return [call for call in calls if not bound & variables_in(call)]


def recursion_spots(view: View, text: str) -> dict[str, list[int]]:
    """For each variable, where in `text` it is an argument that a definition takes apart."""
    spots: dict[str, list[int]] = {}
    for symbol, call in view.symbols.calls(text):
        taken_apart = view.symbols.taken_apart(symbol)
        for position, (arg, start) in enumerate(zip(call.args, call.arg_starts, strict=True)):
            if position in taken_apart and arg.isidentifier():
                spots.setdefault(arg, []).append(start)
    return spots


def moved(view: View, text: str) -> frozenset[str]:
    """The variables that a recursion in `text` changes on its way, so that an induction on another one may
    need its hypothesis for all of their values."""
    found = set[str]()
    for symbol, call in view.symbols.calls(text):
        if symbol.is_recursive or any(view.symbols[name].is_definition for name in symbol.uses):
            moving, apart = _moving(view, symbol), view.symbols.taken_apart(symbol)
            for at, arg in enumerate(call.args):
                # what is taken apart and is a call goes on as that does
                if (moving is None or at in moving) and (at not in apart or arg.isidentifier()):
                    found |= variables_in(arg)
    return frozenset(found)


def _moving(view: View, symbol: Symbol) -> frozenset[int] | None:
    """None where any may be."""
    try:
        return read_moving(symbol, view.symbols)
    except NotRead:
        return None


def recurses_on_parts(view: View, symbol: Symbol) -> bool:
    """Whether it does, as far as can be told: induction on what it takes apart is then that of its calls."""
    try:
        return read_structural(symbol, view.symbols)
    except NotRead:
        return not symbol.says_why_it_ends


def inductions(
    spots: Mapping[str, Sequence[int]],
    names: Sequence[str],
    closing: str,
    moving: Collection[str] | None = None,
) -> list[str]:
    """Tactics for all variables with recursion spots, generalizing the others of `names`, or those that are
    `moving`; at last with two of those taken apart, too, that stand at spots of their own."""
    ways = []
    for name in sorted(spots, key=lambda name: -len(spots[name]))[:3]:
        others = [other for other in names if other != name]
        general = [other for other in others if moving is None or other in moving]
        generalizing = f" generalizing {' '.join(general)}" if general else ""
        ways.append(f"induction {name}{generalizing} <;> {closing}")
        partners = [f"cases {other}" for other in others if other in spots][:2]
        if partners:
            ways.append(f"induction {name}{generalizing} <;> {' <;> '.join(partners)} <;> {closing}")
    return sorted(ways, key=lambda way: "cases" in way)


def induction_calls(view: View, text: str, variables: Collection[str]) -> dict[str, Symbol]:
    """The calls in `text` that `fun_induction` takes, each of its arguments another one of `variables`."""
    found = {}
    for symbol, call in view.symbols.calls(text):
        if symbol.is_recursive and len(set(call.args)) == len(call.args) and set(call.args) <= set(variables):
            found[f"{view.written(symbol)} {' '.join(call.args)}"] = symbol
    return found


def case_calls(view: View, text: str, variables: Collection[str]) -> list[str]:
    """The calls in `text` of functions that take arguments apart and don't recurse, for `fun_cases`."""
    found = []
    for symbol, call in view.symbols.calls(text):
        plain = not symbol.is_recursive and bool(symbol.matched)
        if plain and len(set(call.args)) == len(call.args) and set(call.args) <= set(variables):
            found.append(f"{view.written(symbol)} {' '.join(call.args)}")
    return list(dict.fromkeys(found))


def _inductions(view: View, start: Equation, closing: str, price: float) -> Iterator[tuple[str, float]]:
    counted = Counter({name: len(at) for name, at in recursion_spots(view, start.text).items()})
    bound = bound_names(start.text)
    ranked = [name for name, _ in counted.most_common() if name not in bound][:2]
    for rank, name in enumerate(ranked):
        yield _sequence(*start.steps, f"induction {name} <;> try {closing}"), price - 0.4 * rank


def _inductions_apart(view: View, start: Equation, closing: str, price: float) -> Iterator[tuple[str, float]]:
    data = {variable.name for variable in view.of_kind(Kind.DATA)}
    for name, spots in recursion_spots(view, start.text).items():
        occurrences = [token for token in tokens(start.text) if token.text.split(".")[0] == name]
        if name not in data or len(spots) == len(occurrences):
            continue
        fresh = view.fresh(name)
        stated = start.text
        for spot in sorted(spots, reverse=True):
            stated = stated[:spot] + fresh + stated[spot + len(name) :]
        yield (
            _sequence(
                *start.steps,
                f"suffices key : ∀ {fresh}, {stated} from key {name}",
                f"intro {fresh}",
                f"induction {fresh} <;> try {closing}",
            ),
            price,
        )


def _sequence(*steps: str) -> str:
    parts = [f"({step})" if step.startswith("conv") else step for step in steps]
    return parts[0] if len(parts) == 1 else f"({'; '.join(parts)})"


def replace_term(text: str, old: str, new: str) -> str:
    """`text` with each whole occurrence of the term `old` replaced; brackets come and go as they must."""
    wanted = [token.text for token in tokens(old)]
    if not wanted:
        return text
    found = tokens(text)
    words = ["", *(token.text for token in found), ""]
    length, compound = len(wanted), len(tokens(new)) > 1
    result, at = "", 0
    for i in range(len(found) - length + 1):
        if found[i].start < at or words[i + 1 : i + 1 + length] != wanted:
            continue
        before, after = words[i], words[i + 1 + length]
        bracketed = before == "(" and after == ")"
        if length > 1 and not bracketed and (before not in ("", "(", "=") or after not in ("", ")", "=")):
            continue  # a part of a longer application
        first, last = (i - 1, i + length) if bracketed else (i, i + length - 1)
        result += text[at : found[first].start] + (f"({new})" if compound else new)
        at = found[last].end
    return result + text[at:]
