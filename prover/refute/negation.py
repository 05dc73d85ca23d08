"""The negation of a theorem, as a file: the text up to the theorem, the theorem under another name, and that
what this states is not so.

What is negated is what Lean has made of the statement (`type_of%`), with all that it took in: `variable`s,
implicit arguments, instances.
"""

from __future__ import annotations

from dataclasses import dataclass

from prover.lean.lexis import tokens
from prover.lean.source import Source, parse_source
from prover.types import Declaration, Theorem

_STATED, _REFUTED, _PLAIN = "prover_stated", "prover_refuted", "prover_plain"
_THEOREMS = frozenset(("theorem", "lemma"))


@dataclass(frozen=True)
class Statement:
    """`theorem` is the statement, to be opened; its name is `name`."""

    source: Source
    theorem: Theorem
    name: str


@dataclass(frozen=True)
class Negation:
    """`refuted` is to be proved. `plain` states the same and follows from it by `by_itself`, unless something
    of the file was added to what is stated, and so makes it less than the negation."""

    source: Source
    refuted: Theorem
    plain: Theorem
    by_itself: str = f"exact @{_REFUTED}"


def statement_of(source: Source, theorem: Theorem) -> Statement | None:
    """The theorem that a hole is in, with a hole for all of its proof. None where it is no theorem, or where
    its proof may take in more than its statement shows (an `example` under a `variable`)."""
    declaration = theorem.declaration
    name = _name(declaration)
    before = source.text[: declaration.span.start]
    if name is None or (declaration.kind == "example" and "variable" in before):
        return None
    text = f"{before}{_renamed(declaration, name)} := by sorry\n"
    stated = _theorem(source, text, name)
    return None if stated is None else Statement(*stated, name)


def negation_of(statement: Statement, levels: int) -> Negation | None:
    """`levels`: how many universes the statement speaks of. Each is taken for the smallest: that will do."""
    universes = f".{{{', '.join(['0'] * levels)}}}" if levels else ""
    negated = f"_root_.Not (type_of% @{statement.name}{universes})"
    text = statement.source.text + "".join(
        f"set_option autoImplicit false in\ntheorem _root_.{name} : {negated} := by sorry\n"
        for name in (_REFUTED, _PLAIN)
    )
    refuted, plain = _theorem(statement.source, text, _REFUTED), _theorem(statement.source, text, _PLAIN)
    return None if refuted is None or plain is None else Negation(*refuted, plain[1])


def _name(declaration: Declaration) -> str | None:
    """The new name, in the namespace that the old one is in besides those that are open."""
    if declaration.kind == "example":
        return _STATED
    if declaration.kind not in _THEOREMS or not declaration.name:
        return None
    written = tokens(declaration.statement)[1].text
    prefix = written.rpartition(".")[0]
    return f"{prefix}.{_STATED}" if prefix else _STATED


def _renamed(declaration: Declaration, name: str) -> str:
    """The statement as a theorem of that name."""
    found = tokens(declaration.statement)
    named = found[1] if declaration.kind != "example" else found[0]
    return f"theorem {name}{declaration.statement[named.end :]}"


def _theorem(source: Source, text: str, name: str) -> tuple[Source, Theorem] | None:
    """The one theorem of that name, and the file that it is in."""
    copy = parse_source(source.path, text.encode())
    last = name.rpartition(".")[2]
    found = [each for each in copy.theorems if each.name.rpartition(".")[2] == last]
    return (copy, found[0]) if len(found) == 1 else None
