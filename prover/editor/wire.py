"""Between our values and those of the Language Server Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from prover.editor.columns import Encoding
from prover.editor.documents import Place
from prover.editor.sheets import Sheet
from prover.editor.views import Target, View
from prover.types import Span


@dataclass(frozen=True, slots=True)
class Question:
    """What the argument of a command says: the hole at `position` of that version of a document.

    `unsolved`: there is no `sorry`, but Lean complains of so many goals that are left there; else 0.
    `seconds` are those that a search may take, None for the user's own.
    """

    uri: str
    version: int
    position: types.Position
    unsolved: int = 0
    seconds: float | None = None

    def as_argument(self) -> dict[str, Any]:
        return {
            "uri": self.uri,
            "version": self.version,
            "position": {"line": self.position.line, "character": self.position.character},
            "unsolved": self.unsolved,
            "seconds": self.seconds,
        }


def question(given: Any) -> Question:
    """Raises `JsonRpcInvalidParams` for what is none."""
    try:
        position = types.Position(int(given["position"]["line"]), int(given["position"]["character"]))
        seconds = given.get("seconds")
        return Question(
            uri=str(given["uri"]),
            version=int(given["version"]),
            position=position,
            unsolved=int(given.get("unsolved", 0)),
            seconds=None if seconds is None else float(seconds),
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        wanted = "{uri, version, position: {line, character}, unsolved?, seconds?}"
        raise JsonRpcInvalidParams(f"the argument must be an object {wanted}: {error!r}") from None


def position(view: View, encoding: Encoding, place: Place) -> types.Position:
    return types.Position(place.line, encoding.units(view.lines[place.line][: place.column]))


def place(view: View, encoding: Encoding, at: types.Position) -> Place:
    """One behind the last line is the end of the document."""
    line = view.lines[at.line] if at.line < len(view.lines) else ""
    return Place(at.line, encoding.characters(line, at.character))


def range_of(view: View, encoding: Encoding, span: Span) -> types.Range:
    start, end = (position(view, encoding, view.place(offset)) for offset in (span.start, span.end))
    return types.Range(start, end)


def edit(sheet: Sheet, view: View, encoding: Encoding, target: Target, text: str) -> types.WorkspaceEdit:
    """Put `text` in the place of the hole, in this version of the document and in no other."""
    start, new = target.span.start, target.text(text)
    if new.startswith("\n"):  # else white space would be left at the end of the line
        start = len(view.source.text[:start].rstrip(" "))
    new = new.replace("\n", view.line_end(view.place(start).line))
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(uri=sheet.uri, version=view.version),
                [types.TextEdit(range_of(view, encoding, Span(start, target.span.end)), new)],
            )
        ]
    )
