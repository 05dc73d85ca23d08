"""The laws that a goal turns on, by what its functions are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from prover.policy.builders import builders_for
from prover.policy.declared import read_signature
from prover.policy.expressing import expression
from prover.policy.laws import TRUE, Builder, Law
from prover.policy.programs import Programs
from prover.policy.rewriting import heads, matched
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_term
from prover.policy.theory import MAX_FUNCTIONS, explored, known_laws, law_key
from prover.policy.view import View

_MAX_BASE = 8
_PIVOTS = 6
_SUPPORT = 3
_MIXED = 5
_SPREAD = 2
_BASE = 4
_BACKGROUND = 6


def pivotal(view: View, laws: Sequence[Law]) -> list[Sequence[Law]]:
    """Blocks of laws: what a function of the target makes of one that another calls, after what may be needed
    to prove it; what is preserved by itself. The same of the whole goal where the target alone has none.

    For `count x (sort xs)`, where `sort` calls `insert` and that `le`: some of `count` and `insert`, after
    conditional ones of `le`.
    """
    return _turning(view, laws, view.target) or _turning(view, laws, view.text)


def _turning(view: View, laws: Sequence[Law], text: str) -> list[Sequence[Law]]:
    symbols = view.symbols
    stated = _recursive_in(symbols, symbols.mentioned(text, view.local))
    called = _defined(symbols, stated) - stated
    asked = _defined(symbols, called) | called
    short = {name: symbols.short(name) for name in stated | asked}
    own, inner = {short[name] for name in stated}, {short[name] for name in asked - stated}
    pivots = [law for law in laws if law.preserves or not law.premises]
    pivots = [law for law in pivots if law.heads & own and law.heads & inner]
    callers = {short[name] for name in stated if _defined(symbols, {name}) & called}
    pivots.sort(
        key=lambda law: (
            law.commutes,
            bool(law.heads & callers) and not law.rejoins,
            -len(law.types),
            law.size,
        )
    )
    kept = [law for law in pivots if law.preserves]
    changed = _general([law for law in pivots if not law.preserves], inner)
    said = [each for law in changed for each in (*_weakened(law), law)]
    support = [law for law in laws if law.heads & inner and not law.heads & own]
    spread = [law for law in laws if law.spreads and len(law.heads & own) > 1 and not law.heads & inner]
    conditional = [law for law in support if law.premises]
    conditional.sort(key=lambda law: not law.tests)
    first = [*(law for law in support if law.is_of_itself), *conditional[:_SUPPORT]]
    mixed = [law for law in support if not law.premises and len(law.heads & inner) > 1]
    general = sorted(mixed, key=lambda law: -len(law.types))[:_MIXED]
    mixed = [law for law in mixed if law in general]
    blocks = [*first, *kept[:_PIVOTS]], [*first, *mixed, *spread[:_SPREAD], *said[:_PIVOTS]]
    return [block for block, pivots in zip(blocks, (kept, said), strict=True) if pivots]


def _general(laws: Sequence[Law], inner: Collection[str]) -> list[Law]:
    """Without those on a special case of what one before them is on: `f 0 (g (S x) u)` of `f x (g y u)`."""
    found: list[tuple[Law, list[Term]]] = []
    for law in laws:
        turning = [
            side for side in (law.left, law.right) if side.head not in inner and heads(side) & {*inner}
        ]
        before = (_is_case(side, old, other) for other, olds in found for old in olds for side in turning)
        if not any(before):
            found.append((law, turning))
    return [law for law, _ in found]


def _is_case(term: Term, general: Term, law: Law) -> bool:
    """Whether it is another term of the law with something in the place of variables."""
    given: dict[str, Term] = {}
    return matched(general, term, dict(law.types), given) and (
        any(part.args for part in given.values()) or len({*given.values()}) < len(given)
    )


def _weakened(law: Law) -> Iterator[Law]:
    """`p x = true → p (f x) = true` for `p (f x) = p x`, which is easier to prove."""
    test = law.type is not None and law.type.head == "Bool" and law.right.head not in ("&&", "||")
    if not law.premises and test and law.right.args:
        yield replace(law, right=TRUE, premises=((law.right, TRUE),))


def simpler(view: View) -> Sequence[Law]:
    """What a function of the target is in terms of simpler ones, after laws of these.

    For `sum3 x y z = sum3 z y x`: `sum3 x y z = plus x (plus y z)`, whether the goal speaks of `plus` or not.
    """
    symbols = view.symbols.without_theorems
    stated = _recursive_in(symbols, symbols.mentioned(view.target, view.local))
    types = view.value_types
    if not stated or not types or len(view.mentioned) > MAX_FUNCTIONS:
        return ()
    functions = tuple(symbol.name for symbol in symbols.closure(stated) if symbol.is_definition)
    found = _expressed(symbols, functions, _background(symbols, stated, types), types)
    own = {symbols.short(name) for name in stated}
    said = [law for law in found if law.left.head in own]
    if not said:
        return ()
    used = (symbols.resolve(name) for law in said for name in heads(law.right) - dict(law.types).keys())
    simple = [symbol.name for symbol in symbols.closure(filter(None, used)) if symbol.is_definition]
    known = known_laws(view)
    plain = [law for law in explored(symbols, tuple(simple), types) if not law.premises]
    return [*[law for law in plain if law_key(view, law.body) not in known][:_MAX_BASE], *said]


def operational(view: View, law: Law) -> Sequence[Law]:
    """Laws of the operations that a law speaks of, which take two values of a type and use no other function:
    `append x (append y z) = append (append x y) z`."""
    symbols = view.symbols.without_theorems
    operations, types = [], dict[str, None]()
    for name in sorted(symbols.mentioned(law.body)):
        if not symbols[name].is_recursive or _defined(symbols, {name}) != {name}:
            continue
        try:
            signature = read_signature(symbols[name].declaration.statement)
        except NotRead:
            continue
        if signature.arguments == (signature.result,) * 2:
            operations.append(name)
            head = signature.result.head
            types.update(dict.fromkeys(str(type_) for _, type_ in law.types if type_.head == head))
    if not operations or not types:
        return ()
    known = known_laws(view)
    plain = [each for each in explored(symbols, tuple(operations), tuple(types)) if not each.premises]
    return [each for each in plain if law_key(view, each.body) not in known][:_BASE]


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
