"""Open documents: what the editor types is what the text is, in every encoding, whatever the line ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.editor.columns import Encoding
from prover.editor.documents import Document, Place, split_lines
from prover.editor.views import View
from prover.types import Span

TEXTS = st.text(st.sampled_from("ab 𝔸→é😀\n\r"), max_size=30)
PLAIN = st.text(st.sampled_from("ab 𝔸→é😀\n"), max_size=30)


def offset(lines: list[str], place: Place) -> int:
    return sum(map(len, lines[: place.line])) + place.column


@st.composite
def edits(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> tuple[str, Place, Place, str]:
    text = draw(texts)
    lines = split_lines(text)
    places = [Place(n, c) for n, line in enumerate(lines) for c in range(len(line.rstrip("\r\n")) + 1)]
    start, end = sorted(draw(st.tuples(st.sampled_from(places), st.sampled_from(places))))
    return text, start, end, draw(texts)


@given(edits())
def test_typing_changes_the_text_there_and_nothing_else(edit: tuple[str, Place, Place, str]) -> None:
    text, start, end, new = edit
    document = Document(Path("A.lean"), text, 1)
    before = list(document.lines)
    document.replace(start, end, new)
    expected = text[: offset(before, start)] + new + text[offset(before, end) :]
    assert "".join(document.lines) == expected
    if "\r" not in expected:
        assert document.lines == split_lines(expected)


@given(edits(PLAIN))
def test_what_is_behind_a_change_moves_with_it(edit: tuple[str, Place, Place, str]) -> None:
    text, start, end, new = edit
    document = Document(Path("A.lean"), text, 1)
    before = list(document.lines)
    change = document.replace(start, end, new)
    moved = change.moved(end)
    assert offset(document.lines, moved) == offset(before, start) + len(new)
    last = Place(len(before) - 1, len(before[-1]))
    assert offset(document.lines, change.moved(last)) == len("".join(document.lines))


@given(TEXTS, TEXTS)
def test_a_whole_new_text_is_told_as_a_small_change(old: str, new: str) -> None:
    document, replayed = (Document(Path("A.lean"), old, 1) for _ in range(2))
    change = document.replace_all(new)
    assert "".join(document.lines) == new
    replayed.replace(change.start, change.end, change.text)
    if "\r" not in old + new:
        assert "".join(replayed.lines) == new


@given(st.text(st.sampled_from("a→é😀𝔸"), max_size=8), st.sampled_from(Encoding))
def test_columns_count_units(line: str, encoding: Encoding) -> None:
    codecs = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}
    codec, width = codecs[encoding]
    for column in range(len(line) + 1):
        units = encoding.units(line[:column])
        assert units == len(line[:column].encode(codec)) // width
        assert encoding.characters(line, units) == column
    assert encoding.characters(line, 1000) == len(line)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_holes_are_where_the_editor_has_them(end: str, bom: str) -> None:
    text = f"{bom}-- 𝔸{end}theorem a : True := sorry{end}{end}theorem b : True := by{end}  sorry"
    lines = split_lines(text)
    view = View(Path("A.lean"), lines, 1)
    for hole in view.holes:
        start, last = view.place(hole.span.start), view.place(hole.span.end)
        assert lines[start.line][start.column : last.column] == "sorry"
        assert view.offset(start) == hole.span.start
        found = view.hole_at(start)
        assert found is not None and found.span == hole.span
    assert [view.place(hole.span.start).line for hole in view.holes] == [1, 4]


UNSOLVED = """theorem a (p q : Prop) (h : p ∧ q) : q ∧ p := by
  constructor
  · cases h

theorem b : True ∧ True := by constructor
theorem c (n : Nat) : n + 0 = n := by
  cases n with
  | zero => skip
  | succ n =>
    skip
    skip
theorem d : True := by
"""


@pytest.mark.parametrize(
    ("at", "goals", "together", "expected"),
    [
        (Place(0, 46), 2, True, "  · cases h\n  all_goals PROOF\n\n"),
        (Place(2, 2), 1, True, "  · cases h\n    PROOF\n\n"),
        (Place(2, 2), 2, False, "  · cases h\n    PROOF\n    sorry\n\n"),
        (Place(4, 27), 1, True, "by constructor\n                              PROOF\ntheorem c"),
        (Place(7, 2), 1, True, "zero => skip\n            PROOF\n  | succ"),
        (Place(8, 2), 1, True, "    skip\n    skip\n    PROOF\ntheorem d"),
        (Place(11, 20), 1, True, "theorem d : True := by PROOF\n"),
    ],
)
def test_what_is_left_is_proved_at_the_end_of_its_block(
    at: Place, goals: int, together: bool, expected: str
) -> None:
    view = View(Path("A.lean"), split_lines(UNSOLVED), 1)
    target = view.unsolved(at, goals, together)
    assert target is not None
    span, text = target.span, view.source.text
    assert expected in text[: span.start] + target.text("PROOF") + text[span.end :]
    assert span == Span(span.start, span.start)
    assert target.source.text.count("sorry") == (goals if not together else 1)
