"""Lemmas of the library that a written proof states in scope, made theorems before it.

A file's proof `have add_zero_7 : … := by …` becomes `theorem add_zero_7 : … := by …` before the declaration,
with a comment that says where it is from, and the proof uses that. The file as a whole is certified so before
it is written; where it does not stand, it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lemmas.certifying import Claim, by_tactics, may_be_asked
from lemmas.contexts import command_start
from lemmas.records import Lemma
from lemmas.statements import closed, stated
from lemmas.store import Library
from prover.lean.gateway import LeanGateway
from prover.lean.lexis import tokens
from prover.lean.source import Source, parse_source, write_edits
from prover.types import Declaration, Span, Standing

LEMMA = re.compile(r"(?<![\w.])have ([^\W\d][\w'!?]*_(\d+)) : ")
_PREFIX = re.compile(r"[ ·(]*(by )?")


@dataclass(frozen=True, slots=True)
class Lifted:
    """A proof without the lemmas that it brought, and these, with the names that it calls them by."""

    proof: str
    lemmas: tuple[tuple[str, Lemma], ...]


def lift(
    source: Source, declaration: Declaration, proof: str, library: Library, gateway: LeanGateway
) -> bool:
    """Rewrite a declaration of the file whose text has `proof` in it. Answers whether it was done.

    Raises `InputError` when the file can't be written, and `LibraryError`.
    """
    start = source.text.find(proof, declaration.span.start, declaration.span.end)
    if start < 0:
        return False
    column = start - source.text.rfind("\n", 0, start) - 1
    known = {each.name.rpartition(".")[2] for each in source.declarations}
    at = command_start(tokens(source.text), declaration)
    for named in (False, True):
        lifted = without_lemmas(proof, column, library, named)
        lemmas = [(name, lemma) for name, lemma in lifted.lemmas if name not in known]
        edit = _Edit(source, at, Span(start, start + len(proof)), lifted.proof, lemmas)
        if lifted.lemmas and edit.stands(gateway):
            write_edits(source, edit.edits())
            return True
    return False


def without_lemmas(proof: str, column: int, library: Library, named: bool) -> Lifted:
    """`column` is where the first line of the proof starts. `named`: the proof says the names of the lemmas
    where it stated them, so that tactics which look at hypotheses see them."""
    lines = (" " * column + proof).split("\n")
    found: dict[str, Lemma] = {}
    number = 0
    while number < len(lines):
        have = LEMMA.search(lines[number])
        lemma = library.get(int(have[2])) if have else None
        end = number + 1
        while have and end < len(lines) and _indent(lines[end]) > have.start():
            end += 1
        alone = have and _PREFIX.fullmatch(lines[number][: have.start()])
        if (
            have is None
            or lemma is None
            or not alone
            or end == len(lines)
            or _indent(lines[end]) != have.start()
        ):
            number += 1
            continue
        prefix = lines[number][: have.start()]
        if named:
            lines[number:end] = [f"{prefix}have {have[1]} := {have[1]}"]
            number += 1
        else:
            lines[number : end + 1] = [prefix + lines[end].lstrip()]
        found[have[1]] = lemma
    return Lifted("\n".join(lines)[column:], tuple(found.items()))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else len(line) + 1000


@dataclass(frozen=True, slots=True)
class _Edit:
    """A file with lemmas put in at an offset, and a new proof in the place of another."""

    source: Source
    at: int
    place: Span
    proof: str
    lemmas: Sequence[tuple[str, Lemma]]

    def edits(self) -> list[tuple[Span, str]]:
        text = "".join(
            _documented(name, lemma, by_tactics(_claim(name, lemma))) for name, lemma in self.lemmas
        )
        return [(Span(self.at, self.at), text), (self.place, self.proof)]

    def stands(self, gateway: LeanGateway) -> bool:
        """Whether Lean certifies the file with all of it, each lemma and the theorem."""
        claims = [_claim(name, lemma) for name, lemma in self.lemmas]
        if not all(map(may_be_asked, claims)):
            return False
        source, at, place = self.source, self.at, self.place
        head = source.text[:at] + "".join(_documented(name, lemma, "sorry") for name, lemma in self.lemmas)
        text = head + source.text[at : place.start] + "sorry" + source.text[place.end :]
        opened = parse_source(source.path, text.encode())
        end = len(head) + place.start - at + len("sorry")
        holes = [theorem.hole for theorem in opened.theorems if at <= theorem.hole.span.start < end]
        added = len(opened.declarations) - len(source.declarations)
        if len(holes) != len(claims) + 1 or added != len(claims):
            return False  # the lemmas are not what they say
        proofs = dict(zip(holes, [*map(by_tactics, claims), self.proof], strict=True))
        verdicts = gateway.certify(opened, proofs)
        return all(verdict.standing is Standing.CERTIFIED for verdict in verdicts.values())


def _claim(name: str, lemma: Lemma) -> Claim:
    proof = closed(lemma.hypotheses, lemma.target, any_level=False).proved_by(lemma.script)
    return Claim(name, stated(lemma.hypotheses, lemma.target), tuple(proof))


def _documented(name: str, lemma: Lemma, proof: str) -> str:
    told = f"{lemma.name}, from the lemma library; first proved in {lemma.place}"
    comment = " ".join(told.replace("-/", "- /").replace("/-", "/ -").split())
    return f"\n\n/-- {comment}. -/\ntheorem {name}{stated(lemma.hypotheses, lemma.target)} := {proof}"
