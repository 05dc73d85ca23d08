"""What the stand-in does with a file in an embedded Lean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.errors import HoleUnreachable, NotAProposition
from prover.lean.certificate import Message
from prover.lean.dojo import LineDojo
from prover.lean.embedded.file import ElaboratedFile
from prover.lean.embedded.lean import EmbeddedLean
from prover.lean.lexis import tokens
from prover.lean.native.texts import Ruler
from prover.lean.source import Source, parse_source
from prover.types import Hole, Place, Position, Span

SUPPORT = "ProverRepl"
_REPL = "prover_repl"
_MADE_UP = re.compile(r"\._|\.(?:match|proof|eq|induct)_?\d*(?:\.|$)")
_PRIVATE = re.compile(r"^_private\..*?\.0\.")


@dataclass(frozen=True)
class File:
    """`shift` is how many lines the import of the REPL took."""

    source: Source
    hole: Hole | None
    missing: tuple[str, ...]


def read(text: str, library: list[Path]) -> File:
    """A file as Lean gets it: its imports but the REPL's must be none of a library's."""
    source = parse_source(Path("standin.lean"), text.encode())
    missing = tuple(
        module
        for module in source.imports
        if module != "Init" and not any((folder / f"{module}.olean").is_file() for folder in library)
    )
    at = text.find(_REPL, source.header.end)
    if at < 0:
        return File(source, None, missing)
    return File(source, Hole(Span(at, at + len(_REPL)), Position(1, 1), Place.TACTIC), missing)


def import_error(module: str) -> Message:
    return Message("error", 1, 0, f"unknown module prefix '{module}'\n\nNo directory '{module}' or file")


def elaborate(lean: EmbeddedLean, file: File) -> list[Message]:
    """What Lean says of it when nobody talks with it."""
    if file.missing:
        return [import_error(file.missing[0])]
    if file.hole is not None:
        return _unattended(lean, file)
    elaborated = _elaborated(lean, file.source)
    lean.forget(elaborated.states)
    return list(_messages(elaborated))


def open_hole(lean: EmbeddedLean, file: File) -> tuple[list[Message], LineDojo]:
    """What Lean says before it comes to the hole, and the hole. Raises `HoleError`."""
    assert file.hole is not None
    elaborated = ElaboratedFile(lean, _with_sorry(file))
    index = elaborated.index_of(_sorry(file.hole))
    if index is None:
        raise HoleUnreachable("Lean stops reading the file before it")
    text = elaborated.command_text(index, {_sorry(file.hole): "lean_dojo_repl"})
    before = list(_messages(elaborated, stop=index))
    return before, lean.open(elaborated.state_before(index), text, 20_000, 60)


def _unattended(lean: EmbeddedLean, file: File) -> list[Message]:
    assert file.hole is not None
    line = file.source.text.count("\n", 0, file.hole.span.start) + 1
    try:
        before, _ = open_hole(lean, file)
        lean.leave()
        return [*before, Message("error", line, 0, "[fatal] failed to parse JSON offset 0: unexpected end")]
    except NotAProposition:
        return [Message("error", line, 0, "[fatal] not_a_theorem")]
    except HoleUnreachable as error:
        return [Message("error", line, 0, str(error))] if "without it" not in str(error) else []


def _sorry(hole: Hole) -> Hole:
    return Hole(Span(hole.span.start, hole.span.start + len("sorry")), hole.position, hole.place)


def _with_sorry(file: File) -> Source:
    assert file.hole is not None
    return parse_source(Path("standin.lean"), file.source.replaced({file.hole: "sorry"}).encode())


def _elaborated(lean: EmbeddedLean, source: Source) -> ElaboratedFile:
    file = ElaboratedFile(lean, source)
    file.complete()
    return file


def _messages(elaborated: ElaboratedFile, stop: int | None = None) -> Iterator[Message]:
    for command in elaborated.commands[:stop]:
        yield from command.messages


def examine(lean: EmbeddedLean, holes: str, proofs: str, places: list[int]) -> dict[str, object]:
    """ProverExamine.lean's report, by the embedded Lean's own judge."""
    before, after = (
        _elaborated(lean, parse_source(Path("standin.lean"), text.encode())) for text in (holes, proofs)
    )
    differences = lean.differences(0, before.commands[-1].state, after.commands[-1].state)
    declared = [list(_declared(lean, file)) for file in (before, after)]
    kernel = [flaw for _, found in declared[1] for flaw in found["kernel"]]
    report: dict[str, object] = {
        "kernel": kernel[0] if kernel else None,
        "differences": differences,
        "before": _ranges(declared[0]),
        "after": _ranges(declared[1]),
        "foundations": [_foundation(declared[1], places[at : at + 4]) for at in range(0, len(places), 4)],
    }
    lean.forget([*before.states, *after.states])
    return report


def _declared(
    lean: EmbeddedLean, file: ElaboratedFile
) -> Iterator[tuple[tuple[tuple[int, int], tuple[int, int]], dict[str, list[str]]]]:
    """For each command that declares something, where it is and what it rests on."""
    text = file.source.text
    ruler, starts = Ruler(text), [token.start for token in tokens(text)]
    for index, command in enumerate(file.commands):
        found = lean.foundation(file.state_before(index), command.state)
        start = next((start for start in starts if start >= command.span.start), 0)
        range_ = ruler.mark(start), ruler.mark(ruler.code_end(command.span.end))
        entry = {
            "declared": list(found.declared),
            "axioms": list(found.axioms),
            "open": [*found.open, *found.unfinished],
            "kernel": list(found.flaws),
        }
        if found.declared:
            yield range_, entry


def _ranges(
    declared: list[tuple[tuple[tuple[int, int], tuple[int, int]], dict[str, list[str]]]],
) -> dict[str, list[int]]:
    return {
        name: [*start, *end]
        for (start, end), entry in declared
        for name in entry["declared"]
        if not _MADE_UP.search(_PRIVATE.sub("", name))
    }


def _foundation(
    declared: list[tuple[tuple[tuple[int, int], tuple[int, int]], dict[str, list[str]]]], place: list[int]
) -> dict[str, list[str]]:
    start, end = tuple(place[:2]), tuple(place[2:])
    inside = [entry for range_, entry in declared if start <= range_[0] < end]
    return {key: [name for entry in inside for name in entry[key]] for key in ("declared", "axioms", "open")}
