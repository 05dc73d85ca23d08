"""The declarations of a file, with their full names, as its tokens show them.

A command starts at a keyword that Lean reserves for commands (`theorem`, `namespace`, …), outside brackets.
Words that tactics and terms use as well (`open … in`, `set_option … in`) start one only as the first of
their line, no deeper than the command before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from prover.lean.lexis import Kind, Lines, Token, words
from prover.types import Declaration, Span

_DECLARATIONS = words(
    "theorem lemma def abbrev instance example inductive coinductive structure class axiom opaque "
    "irreducible_def"
)
_SCOPES = words("namespace section mutual end")
_RESERVED = (_DECLARATIONS - {"lemma", "irreducible_def"}) | _SCOPES | {"universe", "variable"}
_AT_LINE_START = words(
    "lemma irreducible_def open set_option attribute export notation notation3 infix infixl infixr prefix "
    "postfix macro macro_rules syntax declare_syntax_cat elab elab_rules include omit deriving alias "
    "initialize builtin_initialize run_cmd run_elab run_meta simproc dsimproc simproc_decl dsimproc_decl "
    "add_decl_doc init_quot seal unseal unif_hint suppress_compilation register_simp_attr register_option "
    "initialize_simps_projections assert_not_exists library_note proof_wanted grind_pattern"
)
_MODIFIERS = words("private protected public meta noncomputable unsafe partial nonrec local scoped")
_NAME_PART = re.compile(r"«[^»]*»|[^.]+")


class Declared(NamedTuple):
    """A declaration, its tokens, and which of them is its keyword and which starts its body (the number of
    tokens, where it has none)."""

    declaration: Declaration
    tokens: Sequence[Token]
    keyword: int
    body: int


def declarations(text: str, tokens: Sequence[Token], lines: Lines) -> Iterator[Declared]:
    """The declarations among `tokens`, in order."""
    scopes: list[str] = []  # a name for each namespace that is open, "" for each other scope
    starts = [*_commands(tokens, lines), (len(tokens), len(tokens))]
    for (lead, keyword), (stop, _) in pairwise(starts):
        kind = tokens[keyword].text
        if kind in _SCOPES:
            _enter(scopes, tokens[keyword:stop])
        elif kind in _DECLARATIONS:
            yield _declared(text, tokens[lead:stop], keyword - lead, scopes)


def _commands(tokens: Sequence[Token], lines: Lines) -> Iterator[tuple[int, int]]:
    """For each command, the numbers of its first token (attributes and modifiers count) and its keyword."""
    depth = floor = 0
    indent: int | None = None  # of the line on which the command before starts
    for i, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            depth += 1
        elif token.kind is Kind.CLOSE:
            depth = max(0, depth - 1)
        if token.kind is not Kind.WORD or not _may_start(tokens, i):
            continue
        lead = _lead(tokens, i, floor)
        at_left = depth == 0 if indent is None else lines.column(tokens[lead].start) <= indent
        outermost = tokens[lead].first and at_left
        follows_in = lead > 0 and tokens[lead - 1].text == "in" and token.text in _DECLARATIONS
        if outermost or (depth == 0 and (token.text in _RESERVED or follows_in)):
            yield lead, i
            depth, floor, indent = 0, i + 1, lines.indent(tokens[lead].start)


def _may_start(tokens: Sequence[Token], i: int) -> bool:
    word, before = tokens[i].text, tokens[i - 1].text if i else ""
    if word == "deriving":  # else a clause of the declaration
        return i + 1 < len(tokens) and tokens[i + 1].text == "instance"
    if before in ("class", "deriving", "."):  # `class inductive`, `deriving instance`, `x.1.end`
        return False
    return word in _RESERVED or word in _AT_LINE_START or word.startswith("#")


def _lead(tokens: Sequence[Token], i: int, floor: int) -> int:
    """The first of the modifiers, attributes and doc comments before token `i`, from `floor` on."""
    while i > floor:
        before = tokens[i - 1]
        if before.kind is Kind.DOC or before.text in _MODIFIERS:
            i -= 1
        elif before.text == "]" and tokens[opening := _opening(tokens, i - 1, floor)].text == "@[":
            i = opening
        else:
            break
    return i


def _opening(tokens: Sequence[Token], close: int, floor: int) -> int:
    """The bracket that token `close` closes; `close` itself where there is none."""
    depth = 0
    for i in range(close, floor - 1, -1):
        depth += (tokens[i].kind is Kind.CLOSE) - (tokens[i].kind is Kind.OPEN)
        if depth == 0:
            return i
    return close


def _enter(scopes: list[str], command: Sequence[Token]) -> None:
    """Open or close the scopes that a command names."""
    keyword = command[0].text
    named = len(command) > 1 and command[1].kind is Kind.WORD and not command[1].first
    parts = _NAME_PART.findall(command[1].text) if named else [""]
    if keyword == "namespace":
        scopes.extend(parts)
    elif keyword == "end":
        del scopes[max(0, len(scopes) - len(parts)) :]
    else:
        scopes.extend("" for _ in parts)


def _declared(text: str, command: Sequence[Token], keyword: int, scopes: Sequence[str]) -> Declared:
    kind, start = command[keyword].text, command[keyword].start
    body = _body(command, keyword)
    declaration = Declaration(
        kind=kind,
        name=_full_name(_name(command, keyword), scopes),
        span=Span(command[0].start, command[-1].end),
        statement=text[start : command[body - 1].end],
        body=text[command[body].start : command[-1].end] if body < len(command) else "",
    )
    return Declared(declaration, command, keyword, body)


def _name(command: Sequence[Token], keyword: int) -> str:
    """The name that follows the keyword, or ""."""
    i = keyword + 1
    if command[keyword].text == "class" and i < len(command) and command[i].text in ("inductive", "abbrev"):
        i += 1
    if [token.text for token in command[i : i + 2]] == ["(", "priority"]:
        while i < len(command) and command[i].text != ")":
            i += 1
        i += 1
    named = i < len(command) and command[i].kind is Kind.WORD and command[keyword].text != "example"
    return command[i].text if named and command[i].text not in ("where", "extends") else ""


def _full_name(name: str, scopes: Sequence[str]) -> str:
    if not name or name.startswith("_root_."):
        return name.removeprefix("_root_.")
    return ".".join([*filter(None, scopes), name])


def _body(command: Sequence[Token], keyword: int) -> int:
    """Where the body starts: at `:=` or `where`, or at the `|` of the first alternative.

    The `:=` of a `let` in the statement is none, nor is a `|` before which a `match` is open, or after
    which no `=>` comes (`|x| < 1`) unless the command is an inductive type.
    """
    depth = lets = 0
    bar = None
    inductive = command[keyword].text in ("inductive", "coinductive", "class")
    for i in range(keyword + 1, len(command)):
        kind, word = command[i].kind, command[i].text
        depth += (kind is Kind.OPEN) - (kind is Kind.CLOSE)
        if depth > 0 or kind in (Kind.OPEN, Kind.CLOSE):
            continue
        if word == "where" or (word == ":=" and lets == 0):
            return i
        if word == ":=":
            lets -= 1
        elif word in ("let", "have", "letI", "haveI"):
            lets += 1
        elif word == "match":
            bar = len(command)
        elif word == "|" and bar is None:
            bar = i
        if bar is not None and bar < len(command) and (word == "=>" or inductive):
            return bar
    return len(command)
