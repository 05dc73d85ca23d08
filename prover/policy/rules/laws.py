"""Laws that are proved on the way, and what they are then used for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from prover.policy.conjectures import (
    case_calls,
    induction_calls,
    inductions,
    moved,
    recurses_on_parts,
    recursion_spots,
)
from prover.policy.laws import Law
from prover.policy.pivots import operational, pivotal, simpler
from prover.policy.rewriting import heads
from prover.policy.rules.common import Proposal, attempt, block, head
from prover.policy.speculation import speculations
from prover.policy.terms import sides
from prover.policy.theory import known_laws, law_key, laws_for
from prover.policy.view import Kind, View

_TRUTHS = re.compile(r"\b(?:true|false)\b")
_BLOCK = 8
_SMALL_BLOCK = 4
_FAR = 1.0  # what laws cost more on functions that the goal does not name itself, but predicates in it do
_UNDER_BINDERS = "(congr 1; funext _; simp_all)"
_GRIND = "grind (instances := 200)"
_GRIND_WITH_THEM = "grind (instances := 400)"


def prove_laws(view: View) -> Iterator[Proposal]:
    """Tactics that prove laws one after the other, those that they can, and leave them as `law1`, `law2`, …

    What could not be proved is tried once more with the next ones, which may be what it needed. Laws with
    premises are in blocks of their own, and so is what a test of two values says of them.
    """
    if any("ih" in proof.name for proof in view.proofs):
        return  # better done before the induction
    every = laws_for(view)
    plain = [law for law in every if not law.premises]
    if view.laws:
        blocks = [(_next(view, plain, _BLOCK), -0.9), (_next(view, every, _SMALL_BLOCK), -1.3)]
    else:
        blocks = [(plain[:_BLOCK], -1.5), (plain[_BLOCK : 2 * _BLOCK], -2.6)]
        starts = range(0, min(len(every), 3 * _BLOCK), _BLOCK)
        blocks += [(every[at : at + _BLOCK], -2.3 - 0.1 * at) for at in starts]
    tests = [law for law in every if law.tests]
    # last, as a model knows the others by their numbers
    blocks += [(laws, -1.3) for laws in pivotal(view, every)] + [(simpler(view), -1.4), (tests, -1.2)]
    blocks.append((_of_relation(view, every)[:_BLOCK], -1.25))
    named = (view.symbols[name] for name in view.symbols.mentioned(view.text, view.local))
    far = 0.0 if any(symbol.is_definition for symbol in named) else _FAR
    for laws, price in blocks:
        standing = {law.name: law.type for law in view.laws}
        lines: list[str] = []
        for name, law in _named(view, laws):
            lines.append(_attempt(view, name, law, standing))
            standing[name] = law.body
        if lines:
            yield block([*lines, *uses(view, standing)]), price - far


def _of_relation(view: View, laws: Sequence[Law]) -> list[Law]:
    """Those on nothing else than the test that the target says the result of, as far as they say when it has
    that result: what kind of relation it is."""
    test, result = sides(view.target) or ("", "")
    relation = view.symbols.resolve(head(test)) if result in ("true", "false") else None

    def tested(law: Law) -> set[str]:
        return {name for name in view.symbols.mentioned(law.body) if view.symbols[name].is_definition}

    said = [law for law in laws if tested(law) == {relation}]
    return [law for law in said if all(word == result for word in _TRUTHS.findall(law.body))]


def speculate(view: View) -> Iterator[Proposal]:
    """In a case of an induction: what the goal comes down to, as a law proved by itself."""
    if not any("ih" in proof.name for proof in view.proofs):
        return
    closing = f"try {_GRIND_WITH_THEM} [{', '.join(view.definitions_for_grind)}]"
    hypotheses = [proof.name for proof in view.proofs if "ih" in proof.name]
    standing = {law.name: law.type for law in view.laws}
    for number, law in enumerate(speculations(view)):
        base = operational(view, law)
        for tried, price in [([law], -0.8), *([([*base, law], -1.2)] if base else [])]:
            lines = [_attempt(view, name, each, standing, hypotheses) for name, each in _named(view, tried)]
            if lines:
                yield block([*lines, closing]), price - 0.2 * number
        for name, _ in _named(view, [law]):
            yield f"have {name} : {_stated(view, law)} := ?_", -1.8 - 0.2 * number


def lemmas(view: View) -> Iterator[Proposal]:
    """Laws as goals of their own, for when their proofs are longer."""
    if any("ih" in proof.name for proof in view.proofs):
        return
    for number, law in enumerate(laws_for(view)[: 3 * _BLOCK], 1):
        for name, _ in _named(view, [law]):
            yield f"have {name} : {_stated(view, law)} := ?_", -3.0 - 0.15 * number


def _next(view: View, laws: Sequence[Law], count: int) -> Sequence[Law]:
    """So many laws after the last of those that stand, and then some of those before it that don't."""
    known = known_laws(view)
    done = max((number for number, law in enumerate(laws, 1) if law_key(view, law.body) in known), default=0)
    end = count * (-(-done // count) + 1)
    left, new = (
        [law for law in part if law_key(view, law.body) not in known]
        for part in (laws[:done], laws[done:end])
    )
    return [*new, *left[::-1]][:_BLOCK]


def _named(view: View, laws: Sequence[Law]) -> list[tuple[str, Law]]:
    """Names for those that do not stand yet."""
    known = known_laws(view)
    fresh = [law for law in laws if law_key(view, law.body) not in known]
    return [(f"law{number}", law) for number, law in enumerate(fresh, next_number(view))]


def next_number(view: View) -> int:
    """That of the next law to be named."""
    return 1 + max((int(law.name.removeprefix("law")) for law in view.laws), default=0)


def _stated(view: View, law: Law) -> str:
    names = _generic(view, law)
    if not names:
        return str(law)
    return f"∀ {{{' '.join(names)} : Type}} {str(law).removeprefix('∀ ')}"


def _attempt(
    view: View, name: str, law: Law, standing: Mapping[str, str], hypotheses: Sequence[str] = ()
) -> str:
    """A proof of it from what stands, without the hypotheses of an induction."""
    strange = _strange(view, law, standing)
    distant = [
        [name for name in _apart(view, law.body, standing, deep) if name not in strange]
        for deep in (False, True)
    ]
    start, ways = _induction(view, law, [*hypotheses, *strange], distant)
    return attempt(name, _stated(view, law), start, ways)


def _generic(view: View, law: Law) -> list[str]:
    """The type variables of a law about which nothing is known but that they are types, where there are
    several: what it says of one it says of the others."""
    if view.of_kind(Kind.INSTANCE):
        return []
    known = [variable for variable in view.of_kind(Kind.TYPE) if variable.type == "Type"]
    if len(known) < 2:
        return []
    spoken = frozenset().union(*(heads(type_) for _, type_ in law.types))
    return [variable.name for variable in known if variable.name in spoken]


def uses(view: View, laws: Mapping[str, str]) -> list[str]:
    """What to try with the laws at once, first by rewriting alone, which is cheap, then without those that
    are beside what the goal is about, and at last by rewriting with them and the definitions: `grind` drowns
    in the instances of `f (g x y) = f x + f y`."""
    told, beside = ", ".join(view.definitions_for_grind), _apart(view, view.text, laws)
    grind = f"{_GRIND_WITH_THEM} [{told}]"
    spots = recursion_spots(view, view.target)
    data = {variable.name for variable in view.of_kind(Kind.DATA)} & spots.keys()
    ranked = sorted(data, key=lambda name: (-len(spots[name]), name))[:1]
    starts = [f"induction {name}" for name in ranked]
    starts += _on_calls(view, view.target, data) or _on_calls(view, view.text, data)
    ways = [f"{start} <;> {grind}" for start in starts]
    cheap = [f"try ({start} <;> simp_all only <;> done)" for start in starts]
    alone = [f"try ({' <;> '.join([*_forgetting(beside), way])})" for way in ways] if beside else []
    rewriting = " <;> ".join(
        [
            *starts[-1:],
            f"(try simp only [{', '.join([*view.definitions_for_grind, '*'])}])",
            *_forgetting(laws),
            grind,
        ]
    )
    return [*cheap, *alone, f"try {grind}", *(f"try ({way})" for way in (*ways, rewriting))]


def _apart(view: View, text: str, laws: Mapping[str, str], deep: bool = False) -> list[str]:
    """The names of those that speak of no function that `text` speaks of, nor of one that these call if
    `deep`; none where these are all."""
    symbols = view.symbols
    spoken = {name for name in symbols.mentioned(text, view.local) if symbols[name].is_definition}
    if deep:
        called = {name for each in spoken for name in symbols[each].uses}
        spoken |= {name for name in called if symbols[name].is_definition}
    found = [name for name, type_ in laws.items() if not symbols.mentioned(type_) & spoken]
    return found if len(found) < len(laws) else []


def _forgetting(names: Iterable[str]) -> list[str]:
    return [f"(try clear {name})" for name in names]


def _on_calls(view: View, text: str, variables: Collection[str]) -> list[str]:
    """The induction of a function for which that on one variable will not do, if there is one."""
    calls = induction_calls(view, text, variables)
    deep = [
        call
        for call, function in calls.items()
        if function.looks_deep or not recurses_on_parts(view, function)
    ]
    return [f"fun_induction {call}" for call in deep[:1]]


def _waits_for(view: View, text: str, variables: Collection[str], cases: Sequence[str]) -> bool:
    """Whether a recursion in `text` is on one of the calls that are taken apart, or there is none."""
    calls = {f"({call})" for call in cases}
    recursive = [(symbol, call.args) for symbol, call in view.symbols.calls(text) if symbol.is_recursive]
    on = [
        {arg for at, arg in enumerate(args) if at in view.symbols.taken_apart(symbol)}
        for symbol, args in recursive
    ]
    return any(args & calls for args in on) or not any(args & {*variables} for args in on)


def _strange(view: View, law: Law, others: Mapping[str, str]) -> list[str]:
    """The names of those that speak of what it does not lead to."""
    symbols = view.symbols
    reached = {symbol.name for symbol in symbols.closure(symbols.mentioned(law.body))}
    return [name for name, type_ in others.items() if not symbols.mentioned(type_) <= reached]


def _induction(
    view: View, law: Law, forgotten: Sequence[str], distant: Sequence[Sequence[str]]
) -> tuple[str, Sequence[str]]:
    """How its proof starts, and the ways in which it may go on. The `forgotten` hypotheses would only be in
    the way; those that are `distant` are left out first, too, the first of these at first."""
    symbols = view.symbols
    mentioned = symbols.closure(symbols.mentioned(law.body))
    told = [each for each in mentioned if each.is_definition and not each.is_unfolded]
    written = [view.written(symbol) for symbol in told]
    generic, names = _generic(view, law), [name for name, _ in law.types]
    types = [view.written(symbols[full]) for _, type_ in law.types if (full := symbols.resolve(type_.head))]
    spots = recursion_spots(view, law.body)
    grind = closing = f"{_GRIND} [{', '.join(written)}]"
    said = ";\n".join(f"{left} = {right}" for left, right in reversed(law.equations))
    moving = moved(view, said)
    ways = inductions(spots, names, grind, moving)
    apart = [way for way in ways if "cases" in way][-1:]
    if types and any(symbol.looks_deep for symbol in mentioned if symbol.is_definition):
        closing = f"{_GRIND} [{', '.join([*written, *dict.fromkeys(types)])}]"
        apart = inductions(spots, names, closing)[:1]
    ways = [*[way for way in ways if "cases" not in way], *apart]
    cases = case_calls(view, said, names)
    on_cases = [f"fun_cases {call} <;> {grind}" for call in cases[:1]]
    ways = [*on_cases, *ways] if _waits_for(view, said, names, cases) else [*ways[:1], *on_cases, *ways[1:]]
    ends = dict.fromkeys((grind, closing))
    on_calls = [f"{start} <;> {end}" for end in ends for start in _on_calls(view, said, names)]
    ways = [*on_calls, *ways] or [grind]
    if "Option.bind" in law.body:
        binding = f"simp_all [{', '.join([*written, 'Option.bind_assoc'])}] <;> {_UNDER_BINDERS}"
        ways[:0] = inductions(spots, names, binding, moving)[:1]
    ways[:0] = [
        " <;> ".join([*_forgetting(names), ways[0]]) for names in dict.fromkeys(map(tuple, distant)) if names
    ]
    return " <;> ".join([f"intro {' '.join([*generic, *names])}", *_forgetting(forgotten)]), ways
