"""What the texts of the files say about their holes, for the order of the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from prover.lean.lexis import tokens
from prover.lean.source import Source
from prover.policy.symbols import Symbols
from prover.types import Declaration, Theorem


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one hole.

    `parts` counts the holes of its declaration, `rivals` are the names of all theorems of its file that have
    holes. `wanted` counts the declarations with holes that name its theorem; `meanings` are the names of the
    definitions that its statement mentions.
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
    read = {number: _File(source) for number, source in sources.items()}
    return [read[file].facts(number, file, place) for number, file, place in holes]


class _File:
    """Reads each declaration once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._rivals = tuple(dict.fromkeys(theorem.name for theorem in source.theorems))
        self._parts: dict[Declaration, int] = {}
        for theorem in source.theorems:
            self._parts[theorem.declaration] = self._parts.get(theorem.declaration, 0) + 1
        self._said = {declaration: _said(declaration) for declaration in self._parts}

    def facts(self, number: int, file: int, place: int) -> Facts:
        theorem = self._source.theorems[place]
        return Facts(
            number=number,
            file=file,
            place=place,
            name=theorem.name,
            parts=self._parts[theorem.declaration],
            rivals=self._rivals,
            wanted=self._wanted(theorem.declaration),
            meanings=self._meanings(theorem),
        )

    def _wanted(self, declaration: Declaration) -> int:
        last = declaration.name.rpartition(".")[2]
        after = declaration.span.end
        return sum(last in said for other, said in self._said.items() if other.span.start >= after)

    def _meanings(self, theorem: Theorem) -> frozenset[str]:
        symbols = self._symbols
        mentioned = symbols.mentioned(theorem.declaration.statement)
        return frozenset(name for name in mentioned if not symbols[name].is_theorem)

    @cached_property
    def _symbols(self) -> Symbols:
        return Symbols((*self._source.imported, *self._source.declarations), "")


def _said(declaration: Declaration) -> frozenset[str]:
    """The last parts of all names in it, and whatever else stands there."""
    found = tokens(f"{declaration.statement} {declaration.body}")
    return frozenset(token.text.rpartition(".")[2] for token in found) - {""}
