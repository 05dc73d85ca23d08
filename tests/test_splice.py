from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapes import PREAMBLE, SCRIPTS, SHAPES

from prover.lean.source import Source, parse_source
from prover.lean.splice import fit
from prover.types import Place


def parsed(text: str) -> Source:
    return parse_source(Path("x.lean"), text.encode())


def filled(text: str, *script: str) -> str:
    source = parsed(text)
    return source.replaced({each.hole: fit(source, each.hole, script) for each in source.theorems})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("theorem x : P := by sorry", "theorem x : P := by simp"),
        ("theorem x : P := sorry", "theorem x : P := by simp"),
        ("theorem x : P := sorry -- c\n\ndef y := 1", "theorem x : P := by simp -- c\n\ndef y := 1"),
        ("theorem x : P := f sorry", "theorem x : P := f (by simp)"),
        ("theorem x : P := ⟨sorry, by sorry⟩", "theorem x : P := ⟨(by simp), by simp⟩"),
        ("theorem x : P := sorry.1", "theorem x : P := (by simp).1"),
        ("theorem x : P := fun a => sorry", "theorem x : P := fun a => by simp"),
        ("theorem x : P := show P from sorry", "theorem x : P := show P from by simp"),
        ("theorem x : P := by exact sorry", "theorem x : P := by exact by simp"),
        (
            "theorem x : P := by\n  have h : A := sorry; tac",
            "theorem x : P := by\n  have h : A := (by simp); tac",
        ),
        ("theorem x : P := by\n  exact sorry\n    a", "theorem x : P := by\n  exact (by simp)\n    a"),
        ("theorem x : P := by skip <;> sorry", "theorem x : P := by skip <;> simp"),
        ("theorem x : P := by sorry; done", "theorem x : P := by simp; done"),
        ("theorem x : P := by (sorry)", "theorem x : P := by (simp)"),
    ],
)
def test_one_line(text: str, expected: str) -> None:
    assert filled(text, "simp") == expected


def test_what_is_closed_before_the_hole_holds_no_columns() -> None:
    assert (
        filled("theorem x {α : Type} : P := by sorry", "a", "b")
        == "theorem x {α : Type} : P := by \n  a\n  b"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("theorem x : P := by skip <;> sorry", "theorem x : P := by skip <;> (a; b)"),
        ("theorem x : P := by sorry; done", "theorem x : P := by (a; b); done"),
        ("theorem x : P := by first | sorry | c", "theorem x : P := by first | (a; b) | c"),
        ("theorem x : P := ⟨by sorry, c⟩", "theorem x : P := ⟨by (a; b), c⟩"),
        ("theorem x : P := ⟨c, by sorry⟩", "theorem x : P := ⟨c, by a; b⟩"),
        ("theorem x : P := by\n  · sorry\n  c", "theorem x : P := by\n  · a; b\n  c"),
    ],
)
def test_one_line_of_several_tactics(text: str, expected: str) -> None:
    assert filled(text, "a; b") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("theorem x : P := by sorry", "theorem x : P := by \n  a\n  · b"),
        ("theorem x\n    : P := by sorry", "theorem x\n    : P := by \n  a\n  · b"),
        ("  theorem x : P := sorry", "  theorem x : P := by\n    a\n    · b"),
        ("theorem x : P := by\n  sorry", "theorem x : P := by\n  a\n  · b"),
        ("theorem x : P := by\nsorry", "theorem x : P := by\na\n· b"),
        ("theorem x : P := by\n  · sorry", "theorem x : P := by\n  · a\n    · b"),
        (
            "theorem x : P := by\n  · have : Q := by sorry\n    c",
            "theorem x : P := by\n  · have : Q := by \n      a\n      · b\n    c",
        ),
        ("theorem x : P := by\n  case y => sorry", "theorem x : P := by\n  case y => \n    a\n    · b"),
        ("theorem x : P := by c <;> sorry", "theorem x : P := by c <;> (\n  a\n  · b)"),
        ("theorem x : P := by\n  exact f sorry c", "theorem x : P := by\n  exact f (by\n    a\n    · b) c"),
        (
            "theorem x : P := f fun | 0 => sorry | n => c",
            "theorem x : P := f fun | 0 => (by\n  a\n  · b\n                                  ) | n => c",
        ),
    ],
)
def test_lines(text: str, expected: str) -> None:
    assert filled(text, "a", "· b") == expected


def test_empty_lines_stay_empty() -> None:
    assert filled("theorem x : P := by\n  sorry", "a", "", "b") == "theorem x : P := by\n  a\n\n  b"


def test_text_that_later_lines_are_aligned_to_keeps_its_column() -> None:
    text = "theorem x : P := by\n  exact ⟨sorry, by skip\n                   done⟩"
    lines = filled(text, "exact a_long_name").splitlines()
    assert [line.index("skip") for line in lines if "skip" in line] == [19]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sorry_at_the_end_of_a_block_is_a_tactic_of_it(shape: str) -> None:
    """The scanner reads what `fit` writes as the tactic block that it was meant to be."""
    again = parsed(filled(shape, "skip", "skip", "sorry"))
    assert [each.hole.place for each in again.theorems] == [Place.TACTIC] * len(parsed(shape).theorems)


@given(st.sampled_from(SHAPES), st.data())
def test_holes_are_filled_one_by_one(shape: str, data: st.DataObject) -> None:
    source = parsed(PREAMBLE + shape)
    assert source.theorems
    chosen = [each for each in source.theorems if data.draw(st.booleans())]
    proofs = {each.hole: fit(source, each.hole, data.draw(st.sampled_from(SCRIPTS))) for each in chosen}
    assert len(parsed(source.replaced(proofs)).theorems) == len(source.theorems) - len(chosen)
