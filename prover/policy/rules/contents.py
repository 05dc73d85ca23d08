"""What the library sees of lists that a file's own functions make: length, sum, members, order left aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prover.policy.contents import Contents, contents_of
from prover.policy.rules.common import Proposal, attempt, block, grind
from prover.policy.rules.laws import next_number, uses
from prover.policy.symbols import Symbol
from prover.policy.terms import applications, variables_in
from prover.policy.view import View

_SEEN = {
    "Perm": re.compile(r"\bPerm\b| ~ "),
    "∈": re.compile(r"∈"),
    "length": re.compile(r"\blength\b"),
    "sum": re.compile(r"\bsum\b"),
}
_NAMES = "xyzuvw"
_MOST_LAWS = 6
_PERMUTING = ("List.Perm.swap", "List.Perm.cons", "List.Perm.trans", "List.perm_middle")


def observe_lists(view: View) -> Iterator[Proposal]:
    """Laws on what the goal asks of lists, for each function that leads to them, in the order of the file."""
    seen = [word for word, pattern in _SEEN.items() if pattern.search(view.text)]
    if not seen or any("ih" in proof.name for proof in view.proofs):
        return
    lines: list[str] = []
    standing = {law.name: law.type for law in view.laws}
    symbols = view.symbols.without_theorems
    for symbol in view.mentioned:
        found = contents_of(symbols, symbol.name) if symbol.is_definition else None
        known = [law.type for law in view.laws if symbol.name in view.symbols.mentioned(law.type)]
        new = [word for word in seen if not any(map(_SEEN[word].search, known))]
        for stated, start, ways in _laws(view, symbol, found, new) if found is not None else ():
            if len(lines) < _MOST_LAWS:
                name = f"law{next_number(view) + len(lines)}"
                lines.append(attempt(name, stated, start, ways))
                standing[name] = stated
    if lines:
        yield block([*lines, *uses(view, standing)]), -0.9


def fold_from_anywhere(view: View) -> Iterator[Proposal]:
    """A fold that begins with a constant, in terms of which one that begins with anything can be said."""
    for call in applications(view.text):
        function, start, of = call.args if call.head == "List.foldl" and len(call.args) == 3 else ("", "", "")
        if of not in view.local or variables_in(start) & view.local:
            continue
        xs, x = (view.fresh(name, bound=True) for name in ("xs", "x"))
        type_ = next(variable.type for variable in view.variables if variable.name == of)
        for sign in (sign for sign in ("++", "+", "*", "max") if sign in function):
            rest = f"(List.foldl {function} {start} {xs})"
            joined = f"max {x} {rest}" if sign == "max" else f"{x} {sign} {rest}"
            stated = f"∀ ({xs} : {type_}) {x}, List.foldl {function} {x} {xs} = {joined}"
            law = attempt("fold", stated, f"intro {xs} {x}", [f"induction {xs} generalizing {x} <;> grind"])
            yield block([law, f"induction {of} <;> {grind(view)}"]), -1.2
            break


def _laws(
    view: View, symbol: Symbol, contents: Contents, seen: list[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """What is stated, and how its proof starts and may go on."""
    if len(contents.arguments) > len(_NAMES):
        return
    letters = zip(_NAMES, contents.arguments, strict=False)
    names = [view.fresh(f"{name}s" if type_.head == "List" else name, bound=True) for name, type_ in letters]
    typed = zip(names, contents.arguments, strict=True)
    binders = " ".join(f"({name} : {type_})" for name, type_ in typed)
    call = f"{view.written(symbol)} {' '.join(names)}"
    of = dict(zip(names, contents.arguments, strict=True))
    member = view.fresh("e", bound=True)
    said = [found for word in seen if (found := _said(word, contents, of, call, member)) is not None]
    for says in said:
        extra = [f"({member} : {contents.element})"] if f"{member} ∈" in says else []
        stated = f"∀ {' '.join([binders, *extra])}, {says}"
        told = [view.written(each) for each in view.symbols.closure([symbol.name]) if each.is_definition]
        closing = f"grind [{', '.join([*told, *(_PERMUTING if 'List.Perm' in says else ())])}]"
        lists = [names[at] for at in sorted(symbol.matched) if contents.arguments[at].head == "List"]
        ways = [f"induction {name} <;> {closing}" for name in lists] if symbol.is_recursive else [closing]
        if symbol.is_recursive:
            ways.append(f"fun_induction {call} <;> {closing}")
        yield stated, f"intro {' '.join(names + ([member] if extra else []))}", ways


def _said(word: str, contents: Contents, of: Mapping[str, object], call: str, member: str) -> str | None:
    names = list(of)
    is_list = [type_.head == "List" for type_ in contents.arguments]
    if word == "length":
        parts = sorted(f"{names[at]}.length" if is_list[at] else "1" for at in contents.length or ())[::-1]
        return f"List.length ({call}) = {' + '.join(parts)}" if parts else None
    if contents.sources is None:
        return None
    sources = [(names[at], is_list[at]) for at in contents.sources]
    if word == "∈":
        return f"{member} ∈ {call} ↔ " + " ∨ ".join(
            f"{member} ∈ {name}" if many else f"{member} = {name}" for name, many in sources
        )
    if not contents.keeps:
        return None
    if word == "sum":
        if contents.element.head not in ("Nat", "Int"):
            return None
        return f"List.sum ({call}) = " + " + ".join(f"{name}.sum" if many else name for name, many in sources)
    rest = " ++ ".join(name for name, many in sources if many) or "[]"
    whole = " :: ".join([*(name for name, many in sources if not many), rest])
    return f"List.Perm ({call}) {f'({whole})' if ' ' in whole else whole}"
