"""Field notation undone: Lean prints `t.mirror.flatten` for what rules read as `flatten (mirror t)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prover.policy.symbols import Symbols
from prover.policy.terms import BRACKETS, KEYWORDS, tokens


def prefixed(text: str, symbols: Symbols, types: Mapping[str, str]) -> str:
    """`text` with functions and constructors of the file before what they are fields of.

    `types` has the variables with the inductive types that they are of, empty where that is not known.
    """
    written: list[str] = []
    opened: list[tuple[int, bool]] = []
    atom: tuple[int, bool] | None = None  # where in `written` the last one starts; whether it is an argument
    at = 0
    for token in tokens(text):
        written.append(text[at : token.start])
        at = token.end
        here = (len(written), atom is not None)
        if token.kind == "field" and atom is not None:
            start, is_argument = atom
            of = "".join(written[start:])
            written[start:] = [_applied(of, "", token.text.split(".")[1:], is_argument, symbols, types)]
            continue
        if token.kind == "name" and token.text not in KEYWORDS:
            first, *rest = token.text.split(".")
            is_value = first in types or (first[:1].islower() and not symbols.exactly(token.text))
            of, fields = (first, rest) if is_value else symbols.value_and_fields(token.text)
            type_ = types.get(of, "") if is_value else of.rpartition(".")[0]
            written.append(_applied(of, type_, fields, atom is not None, symbols, types))
            atom = here
            continue
        written.append(token.text)
        if token.text in BRACKETS:
            opened.append(here)
            atom = None
        elif token.text in BRACKETS.values() and opened:
            atom = opened.pop()
        else:
            atom = here if token.kind in ("number", "string") else None
    return "".join([*written, text[at:]])


def _applied(
    of: str, type_: str, fields: Sequence[str], is_argument: bool, symbols: Symbols, local: Mapping[str, str]
) -> str:
    """`of.f.g` as `g (f of)`; what is no field of the file's stays one."""
    applied = False
    for field in fields:
        found = symbols.field(type_, field)
        of = f"({of})" if applied else of
        applied = found is not None
        if found is None:
            of, type_ = f"{of}.{field}", ""
            continue
        full, type_ = found
        short = symbols.short(full)
        of = f"{full if short.split('.')[0] in local else short} {of}"
    return f"({of})" if applied and is_argument else of
