from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.lean.lexis import Kind, Lines, tokens
from prover.types import Position


def sorries(text: str) -> list[int]:
    return [token.start for token in tokens(text) if token.text == "sorry"]


@pytest.mark.parametrize(
    "text",
    [
        "-- sorry",
        "/- sorry -/",
        "/- /- -/ sorry -/",
        "/-- sorry -/",
        "/-- /- -/ sorry -/",
        "/-! sorry -/",
        "/-/ sorry -/",
        "/- sorry",
        "/-- sorry",
        '"sorry"',
        '"\\" sorry"',
        '"\\\\" ++ "sorry"',
        '"a\nsorry"',
        'r"\\ sorry"',
        'r#"" sorry"#',
        'r##""# sorry"##',
        'r#" sorry',
        '"sorry',
        's!"sorry"',
        's!"\\{sorry}"',
        's!"{x} sorry"',
        's!"{f "sorry"} sorry"',
        's!"{x}sorry{y}"',
        's!"{x}sorry',
        's!"{x',
        '"{sorry}"',
        "«sorry»",
        "«a sorry b»",
        "a.«sorry»",
        "Foo.sorry",
        "sorry.foo",
        "sorryAx",
        "my_sorry",
        "sorry'",
        "sorry!",
        "sorry?",
        "sorry₁",
        "αsorry",
        "`sorry",
        "``sorry",
        "h'sorry",
    ],
)
def test_what_is_no_sorry(text: str) -> None:
    assert sorries(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "sorry",
        "(sorry)",
        "⟨sorry⟩",
        "sorry.1",
        "sorry,x",
        "@sorry",
        "λsorry",
        "¬sorry",
        "'a' sorry",
        "'\"' sorry",
        "'\\'' sorry",
        "'\\\\' sorry",
        "'\\u03b1' sorry",
        "'\\x41' sorry",
        "h' sorry h''",
        "f '' sorry",
        's!"{sorry}"',
        's!"{f "}" sorry} x"',
        's!"{ {a := sorry} }"',
        's! "a{b}c{sorry}"',
        's!"{s!"{sorry}"}"',
        "/- -/ sorry",
        "/-/ -/ sorry",
        "/-- -/ sorry",
        "/---/ sorry",
        "/-- /- -/ -/ sorry",
        "--\nsorry",
        "1sorry",
        "0x1F sorry",
        "1.5e3 sorry",
        "`foo sorry",
        "r sorry",
        'r"\\" sorry',
        '"\\"" sorry',
        "«a» sorry",
        "« sorry",
        "a<;>sorry",
    ],
)
def test_one_sorry(text: str) -> None:
    (start,) = sorries(text)
    assert text[start : start + 5] == "sorry"


def test_names_are_one_token() -> None:
    text = "theorem Foo.«a b».x₁' (αβ : ℕ) : get! xs = 𝒜.ê ∧ x.1.2 ≠ λ"
    assert [token.text for token in tokens(text) if token.kind is Kind.WORD] == [
        "theorem",
        "Foo.«a b».x₁'",
        "αβ",
        "ℕ",
        "get!",
        "xs",
        "𝒜.ê",
        "x",
    ]


def test_operators_are_one_token() -> None:
    text = "a := b => c <;> d <|> e || f |> g <| h ∨ i ↦ j <- k >=> l"
    found = [token.text for token in tokens(text) if token.kind is Kind.SYMBOL]
    assert found == [":=", "=>", "<;>", "<|>", "||", "|>", "<|", "∨", "↦", "<-", ">=>"]


def test_the_first_token_of_a_line() -> None:
    text = "a b\n  /- c\n -/ d e -- f\n\n/-- g -/ h"
    assert [token.text for token in tokens(text) if token.first] == ["a", "d", "/-- g -/"]


def test_an_interpolated_string_is_pieces_and_code() -> None:
    found = tokens('s!"a{f {x}}b{y}"')
    assert [token.text for token in found] == ['s!"a', "{", "f", "{", "x", "}", "}", "{", "y", "}", '"']


def test_positions_are_what_an_editor_shows() -> None:
    lines = Lines("α\n\t β𝒜 x\nlast")
    assert [lines.position(offset) for offset in (0, 2, 6, 11)] == [
        Position(1, 1),
        Position(2, 1),
        Position(2, 5),
        Position(3, 3),
    ]
    assert lines.indent(6) == 2


@given(st.text(alphabet="ab.'\"`«»{}()[]|/-!sr#\\\n \tλα01"))
def test_tokens_cover_any_text(text: str) -> None:
    position = 0
    for token in tokens(text):
        assert token.start >= position
        assert token.text == text[token.start : token.end] != ""
        skipped = text[position : token.start]
        assert re.sub(r"--[^\n]*|/-(.|\n)*-/|\s", "", skipped) == ""
        position = token.end


FRAGMENTS = [
    ("sorry", 1),
    ("/- sorry /- -/ sorry -/", 0),
    ("-- sorry\n", 0),
    ("/-- sorry -/", 0),
    ('"sorry \\" sorry"', 0),
    ('r#"sorry" sorry"#', 0),
    ('s!"sorry {sorry} sorry {"}"} {f {sorry}}"', 2),
    ("'\\''", 0),
    ("'\"'", 0),
    ("h'", 0),
    ("«sorry -- »", 0),
    ("Foo.sorry.bar", 0),
    ("sorry.1", 1),
    ("⟨sorry, by sorry⟩", 2),
    ("`sorry", 0),
    ("x₁ ≤ λ", 0),
    ("(1 - -2)", 0),
    (":= by\n  ", 0),
    ("\u2028 \t", 0),
]


@given(st.lists(st.sampled_from(FRAGMENTS)))
def test_fragments_keep_to_themselves(fragments: list[tuple[str, int]]) -> None:
    text = " ".join(fragment for fragment, _ in fragments)
    assert len(sorries(text)) == sum(count for _, count in fragments)
