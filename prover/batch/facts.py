"""What the texts of the files say about their holes, for the order of the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lemmas.fingerprints import surroundings
from prover.lean.lexis import tokens
from prover.lean.source import Source
from prover.types import Declaration, Theorem


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one hole.

    `parts` counts the holes of its declaration, `rivals` are the names of all theorems of its file that have
    holes. `wanted` counts the declarations with holes that name its theorem; `meanings` are fingerprints of
    the definitions that its statement mentions.
    """

    number: int
    file: int
    place: int
    name: str
    parts: int
    rivals: tuple[str, ...]
    wanted: int
    meanings: frozenset[str]


def facts_of(sources: Mapping[int, Source], holes: Sequence[tuple[int, int, int]]) -> list[Facts]:
    """`holes` are numbers, with the file and the place in it of each."""
    return [_facts(number, file, place, sources[file]) for number, file, place in holes]


def _facts(number: int, file: int, place: int, source: Source) -> Facts:
    theorem = source.theorems[place]
    return Facts(
        number=number,
        file=file,
        place=place,
        name=theorem.name,
        parts=sum(other.declaration == theorem.declaration for other in source.theorems),
        rivals=tuple(dict.fromkeys(other.name for other in source.theorems)),
        wanted=_wanted(source, theorem),
        meanings=_meanings(theorem),
    )


def _wanted(source: Source, theorem: Theorem) -> int:
    name = theorem.declaration.name
    if not name:
        return 0
    later = {
        other.declaration
        for other in source.theorems
        if other.declaration.span.start >= theorem.declaration.span.end
    }
    return sum(_names(declaration, name) for declaration in later)


def _names(declaration: Declaration, name: str) -> bool:
    last = name.rpartition(".")[2]
    said = {token.text for token in tokens(f"{declaration.statement} {declaration.body}")}
    return any(text in (name, last) or text.endswith(f".{last}") for text in said)


def _meanings(theorem: Theorem) -> frozenset[str]:
    around = surroundings(theorem)
    mentioned = around.symbols.mentioned(theorem.declaration.statement)
    made = dict(around.fingerprints(mentioned))
    return frozenset(made[name] for name in mentioned if name in made)
