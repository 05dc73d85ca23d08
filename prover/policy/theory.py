"""The laws that may help with a goal: what to explore, and which of the found ones to prove first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from prover.policy.builders import builders_for
from prover.policy.conjectures import induction_calls, inductions, recursion_spots
from prover.policy.declared import read_signature
from prover.policy.exploration import Exploration
from prover.policy.expressing import expression
from prover.policy.laws import Builder, Law
from prover.policy.programs import Programs, programs_of
from prover.policy.rewriting import heads
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.terms import telescope
from prover.policy.view import Kind, View

_MAX_FUNCTIONS = 10
_MAX_SIZE = 13
_LAWS_OF_EACH = 6
_CONDITIONAL_OF_EACH = 3
_BLOCK = 8
_SMALL_BLOCK = 4
_PIVOTS = 3
_BACKGROUND = 6
_SUPPORT = 3
_TRUE = Term("true")
_INSTANCES = 200


def laws_for(view: View) -> tuple[Law, ...]:
    """Conjectures on the functions that a goal and its laws lead to; empty where they are not understood."""
    stated = ";\n".join([view.text, *(law.type for law in view.laws)])
    reached = view.symbols.closure(view.symbols.mentioned(stated, view.local))
    functions = tuple(symbol.name for symbol in reached if symbol.is_definition)
    if not functions or len(functions) > _MAX_FUNCTIONS:
        return ()
    types = tuple(dict.fromkeys(v.type for v in view.of_kind(Kind.DATA, Kind.ELEMENT)))
    if not types:
        return ()
    return _laws(view.symbols.without_theorems, functions, types)


@lru_cache(maxsize=256)
def _laws(symbols: Symbols, functions: tuple[str, ...], types: tuple[str, ...]) -> tuple[Law, ...]:
    programs = Programs(symbols)  # of its own: what others have computed must make no difference
    try:
        ground = [read_term(type_) for type_ in types]
    except NotRead:
        return ()
    ground += [part for type_ in ground for part in type_.args if part not in ground]
    builders, ground = builders_for(programs, functions, ground)
    recursive = {symbols.short(name) for name in functions if symbols[name].is_recursive}
    exploration = Exploration(programs, builders, ground)
    found = [law for law in exploration.laws() if recursive & law.heads and law.size <= _MAX_SIZE]
    return tuple(_chosen(found, [symbols.short(name) for name in functions], exploration.holds))


def _chosen(laws: Sequence[Law], functions: Sequence[str], holds: Callable[[Law], bool]) -> list[Law]:
    """The simplest of each function, which are those that mention no later one, that hold on closer looks."""
    counted: Counter[tuple[str, int]] = Counter()
    chosen = set()
    for law in sorted(laws, key=lambda law: (law.size, -len(law.types))):
        last, conditional = max(law.heads & set(functions), key=functions.index), len(law.premises)
        enough = _CONDITIONAL_OF_EACH if conditional else _LAWS_OF_EACH
        if (law.distributes or counted[last, conditional] < enough) and holds(law):
            counted[last, conditional] += not law.distributes
            chosen.add(law)
    return [law for law in laws if law in chosen]


def prove_laws(view: View) -> Iterator[tuple[str, float]]:
    """Tactics that prove laws one after the other, those that they can, and leave them as `law1`, `law2`, …

    What could not be proved is tried once more with the next ones, which may be what it needed. Smaller
    blocks, with conditional laws, are for when a larger one takes too long, which loses all of it.
    """
    if any("ih" in proof.name for proof in view.proofs):
        return  # better done before the induction
    every = laws_for(view)
    plain = [law for law in every if not law.premises]
    blocks = [(_pivotal(view, every), -1.3), (_simpler(view), -1.4)]
    if view.laws:
        blocks += [(_next(view, plain, _BLOCK), -0.4), (_next(view, every, _SMALL_BLOCK), -0.9)]
    else:
        blocks += [(plain[:_BLOCK], -1.5), (plain[_BLOCK : 2 * _BLOCK], -2.6)]
        starts = range(0, min(len(every), 2 * _BLOCK), _SMALL_BLOCK)
        blocks += [(every[at : at + _SMALL_BLOCK], -2.3 - 0.1 * at) for at in starts]
    for block, price in blocks:
        lines = [f"try have {name} : {law} := by{_induction(view, law)}" for name, law in _named(view, block)]
        if lines:
            yield "(" + "\n ".join([*lines, *_uses(view)]) + ")", price


def lemmas(view: View) -> Iterator[tuple[str, float]]:
    """Laws as goals of their own, for when their proofs are longer."""
    if any("ih" in proof.name for proof in view.proofs):
        return
    for number, law in enumerate(laws_for(view)[: 3 * _BLOCK], 1):
        for name, _ in _named(view, [law]):
            yield f"have {name} : {law} := ?_", -3.0 - 0.15 * number


def _pivotal(view: View, laws: Sequence[Law]) -> Sequence[Law]:
    """What a function of the target makes of one that another calls, after what may be needed to prove it.

    For `count x (sort xs)`, where `sort` calls `insert` and that `le`: some of `count` and `insert`, after
    conditional ones of `le`.
    """
    symbols = view.symbols
    stated = _recursive_in(symbols, symbols.mentioned(view.target, view.local))
    called = _defined(symbols, stated) - stated
    asked = _defined(symbols, called) | called
    short = {name: symbols.short(name) for name in stated | asked}
    own, inner = {short[name] for name in stated}, {short[name] for name in called}
    pivots = [law for law in laws if law.preserves or not law.premises]
    pivots = [law for law in pivots if law.heads & own and law.heads & inner]
    pivots.sort(key=lambda law: (not law.preserves, -len(law.types), law.size))
    if not pivots:
        return ()
    pivots = [each for law in pivots[:_PIVOTS] for each in (*_weakened(law), law)]
    within = {short[name] for name in asked - stated}
    support = [law for law in laws if law.premises and law.heads & within and not law.heads & own]
    return [*support[:_SUPPORT], *pivots]


def _weakened(law: Law) -> Iterator[Law]:
    """`p x = true → p (f x) = true` for `p (f x) = p x`, which is easier to prove."""
    if not law.premises and law.type is not None and law.type.head == "Bool" and law.right.args:
        yield replace(law, right=_TRUE, premises=((law.right, _TRUE),))


def _simpler(view: View) -> Sequence[Law]:
    """What a function of the target is in terms of simpler ones, after laws of these.

    For `sum3 x y z = sum3 z y x`: `sum3 x y z = plus x (plus y z)`, whether the goal speaks of `plus` or not.
    """
    symbols = view.symbols.without_theorems
    stated = _recursive_in(symbols, symbols.mentioned(view.target, view.local))
    types = tuple(dict.fromkeys(v.type for v in view.of_kind(Kind.DATA, Kind.ELEMENT)))
    if not stated or not types or len(view.mentioned) > _MAX_FUNCTIONS:
        return ()
    functions = tuple(symbol.name for symbol in symbols.closure(stated) if symbol.is_definition)
    found = _expressed(symbols, functions, _background(symbols, stated, types), types)
    own = {symbols.short(name) for name in stated}
    said = [law for law in found if law.left.head in own]
    if not said:
        return ()
    used = (symbols.resolve(name) for law in said for name in heads(law.right) - dict(law.types).keys())
    simple = [symbol.name for symbol in symbols.closure(filter(None, used)) if symbol.is_definition]
    known = _known(view)
    plain = [law for law in _laws(symbols, tuple(simple), types) if not law.premises]
    return [*[law for law in plain if law_key(view, law.body) not in known][:_BLOCK], *said]


@lru_cache(maxsize=256)
def _expressed(
    symbols: Symbols, functions: tuple[str, ...], background: tuple[str, ...], types: tuple[str, ...]
) -> tuple[Law, ...]:
    """What each of the functions is in terms of the background and of those before it."""
    programs = Programs(symbols)
    try:
        ground = [read_term(type_) for type_ in types]
    except NotRead:
        return ()
    names = (*(name for name in background if name not in functions), *functions)
    builders, _ = builders_for(programs, names, ground)
    others: list[Builder] = []
    for builder in builders:
        if builder.name in background and expression(programs, builder, others) is None:
            others.append(builder)  # says something that the ones before do not
    found = []
    for builder in builders:
        if builder.name in functions and len(builder.arguments) > 1 and symbols[builder.name].is_recursive:
            behind = {symbol.name for symbol in symbols.closure({builder.name})} - {builder.name}
            before = [other for other in builders if other.name in behind]
            found.append(expression(programs, builder, [*before, *others]))
    return tuple(law for law in found if law is not None)


def _background(symbols: Symbols, functions: Collection[str], types: Sequence[str]) -> tuple[str, ...]:
    """The simplest operations on the types; none of them uses the functions."""
    found: dict[str, tuple[int, int]] = {}
    for symbol in symbols.all():
        if not (symbol.is_definition and symbol.is_recursive):
            continue
        behind = [other.name for other in symbols.closure({symbol.name})]
        try:
            signature = read_signature(symbol.declaration.statement)
        except NotRead:
            continue
        operates = str(signature.result) in types and signature.arguments == (signature.result,) * 2
        if operates and not {*behind} & {*functions}:
            found[symbol.name] = (len(behind), len(symbol.declaration.body))
    return tuple(sorted(found, key=lambda name: found[name])[:_BACKGROUND])


def _recursive_in(symbols: Symbols, found: Collection[str]) -> set[str]:
    """The recursive functions among those found, and behind those that are not recursive."""
    reached, pending = set[str](), list(found)
    while pending:
        name = pending.pop()
        if symbols[name].is_definition and name not in reached:
            reached.add(name)
            pending += () if symbols[name].is_recursive else symbols[name].uses
    return reached


def _defined(symbols: Symbols, names: Collection[str]) -> set[str]:
    """The functions that others use."""
    return {used for name in names for used in symbols[name].uses if symbols[used].is_definition}


def _next(view: View, laws: Sequence[Law], count: int) -> Sequence[Law]:
    """So many laws after the last of those that stand, and some of those before it that don't."""
    known = _known(view)
    done = max((number for number, law in enumerate(laws, 1) if law_key(view, law.body) in known), default=0)
    fresh = [law for law in laws[: count * (-(-done // count) + 1)] if law_key(view, law.body) not in known]
    return fresh[-_BLOCK:]


def _named(view: View, laws: Sequence[Law]) -> list[tuple[str, Law]]:
    """Names for those that do not stand yet."""
    known = _known(view)
    first = 1 + max((int(law.name.removeprefix("law")) for law in view.laws), default=0)
    fresh = [law for law in laws if law_key(view, law.body) not in known]
    return [(f"law{number}", law) for number, law in enumerate(fresh, first)]


def _known(view: View) -> frozenset[str]:
    return frozenset(law_key(view, telescope(law.type)[1]) for law in view.laws)


def law_key(view: View, body: str) -> str:
    """The same for a law as it was stated and as Lean prints it: `N.succ x` may be `x.succ`."""
    try:
        return str(_unfielded(read_term(body), programs_of(view.symbols).constructors))
    except NotRead:
        return body


def _unfielded(term: Term, constructors: Collection[str]) -> Term:
    """With the last part of each name, and fields before their arguments."""
    args = tuple(_unfielded(arg, constructors) for arg in term.args)
    parts = term.head.removeprefix("!").split(".")
    ends = [at for at in range(1, len(parts)) if f"{parts[at - 1]}.{parts[at]}" in constructors]
    first = ends[0] if ends else 0 if parts[0][:1].islower() else len(parts) - 1
    whole = Term(parts[first], () if parts[first + 1 :] else args)
    for at, name in enumerate(parts[first + 1 :], first + 2):  # x.succ, N.zero.succ
        whole = Term(name, (whole, *(args if at == len(parts) else ())))
    return whole


def _uses(view: View) -> list[str]:
    """What to try with the laws at once."""
    grind = f"grind (instances := {2 * _INSTANCES}) [{', '.join(view.definitions)}]"
    spots = recursion_spots(view, view.target)
    data = {variable.name for variable in view.of_kind(Kind.DATA)} & spots.keys()
    ranked = sorted(data, key=lambda name: (-len(spots[name]), name))[:1]
    ways = [f"induction {name} <;> {grind}" for name in ranked]
    ways += _on_calls(view, view.target, data, grind)
    return [f"try {grind}", *(f"try ({way})" for way in ways)]


def _on_calls(view: View, text: str, variables: Collection[str], closing: str) -> list[str]:
    """The induction of a function for which that on one variable will not do, if there is one."""
    calls = induction_calls(view, text, variables)
    deep = [call for call, function in calls.items() if function.looks_deep]
    return [f"fun_induction {call} <;> {closing}" for call in deep[:1]]


def _induction(view: View, law: Law) -> str:
    symbols = view.symbols
    mentioned = symbols.closure(symbols.mentioned(law.body))
    written = [view.written(symbol) for symbol in mentioned if symbol.is_definition]
    grind = f"grind (instances := {_INSTANCES}) [{', '.join(written)}]"
    names = [name for name, _ in law.types]
    ways = inductions(recursion_spots(view, law.body), names, grind)
    types = [view.written(symbols[full]) for _, type_ in law.types if (full := symbols.resolve(type_.head))]
    if types:
        with_cases = f"grind (instances := {_INSTANCES}) [{', '.join([*written, *dict.fromkeys(types)])}]"
        ways += inductions(recursion_spots(view, law.body), names, with_cases)[:1]
    ways += _on_calls(view, law.body, names, with_cases if types else grind)
    lines = [f"intro {' '.join(names)}"]
    lines += ["first", *(f"| {way}" for way in ways)] if len(ways) > 1 else ways or [grind]
    return "".join(f"\n       {line}" for line in lines)
