"""Why a proof that a model wrote is refused before Lean sees it.

What could reach the machine, leave the proof for the rest of the file, or only pretend to prove is refused
by its tokens: words in comments and strings or inside longer names don't count, `«sorryAx»` does. The guard
saves time and the machine. It is no judge: what "proved" means is the certificate's, with or without it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from prover.lean.lexis import Kind, Token, tokens

MAX_LENGTH = 20_000  # characters
MAX_DEPTH = 200  # brackets open at once
ALLOWED_OPTIONS = frozenset({"maxRecDepth"})  # not maxHeartbeats: the time limit is not the proof's to set

_PRETENCE = "leaves the goal unproved"
_COMPILED = "trusts compiled code, not the kernel"
_RUNS = "could run code or reach the machine"
_COMMAND = "is a command, and no part of a proof"
_TALK = "belongs to the prover's talk with Lean"
_WORDS = {
    _PRETENCE: "sorry admit stop",
    _COMPILED: "native_decide bv_decide bv_decide? bv_check",
    "goes behind the kernel's back": "unsafe implemented_by extern csimp",
    _TALK: "lean_dojo_repl init_quot",
    _RUNS: """
        builtin_initialize by_elab dbg_trace include_str initialize polyrith run_cmd run_conv run_elab
        run_meta run_tac sleep""",
    _COMMAND: """
        abbrev add_decl_doc alias assert_not_exists assert_not_imported attribute axiom binder_predicate
        builtin_dsimproc builtin_dsimproc_decl builtin_simproc builtin_simproc_decl class coinductive
        declare_simp_like_tactic declare_syntax_cat def deriving docs_to_verso dsimproc dsimproc_decl elab
        elab_rules end example export grind_pattern grind_propagator import include inductive infix infixl
        infixr instance lemma library_note local macro macro_rules meta mutual namespace noncomputable nonrec
        notation notation3 omit opaque partial postfix prefix private proof_wanted protected public
        recommended_spelling register_error_explanation register_tactic_tag scoped seal section
        set_library_suggestions simproc simproc_decl structure syntax tactic_alt tactic_extension theorem
        unif_hint universe unseal variable where with_weak_namespace""",
}
_CONSTANTS = {
    _PRETENCE: "sorryAx lcProof lcUnreachable",
    _COMPILED: "ofReduceBool ofReduceNat reduceBool reduceNat trustCompiler",
}
_REFUSED_WORDS = {word: why for why, words in _WORDS.items() for word in words.split()}
_REFUSED_CONSTANTS = {name: why for why, names in _CONSTANTS.items() for name in names.split()}
_CLOSING = {"(": ")", "`(": ")", "[": "]", "@[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄"}
_PART = re.compile(r"«([^»]*)»|([^.]+)")
_END = "end"


@lru_cache(maxsize=4096)
def refusal(text: str, theorem_name: str | None = None) -> str | None:
    """Why `text`, tactics or a term, may not be tried; None if it may.

    `theorem_name` is the full name of what is to be proved, which its proof must not use. A hypothesis of
    the same name is taken for it.
    """
    if len(text) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    found = tokens(text)
    return (
        _characters(text)
        or (None if found else "there is no tactic in it")
        or _unfinished(text)
        or _brackets(found)
        or _words(found, _parts(theorem_name or ""))
    )


def _characters(text: str) -> str | None:
    for at, character in enumerate(text):
        if character in "\n\t" or text.startswith("\r\n", at):
            continue
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            return f"the character U+{ord(character):04X} in it can't be seen"
    return None


def _unfinished(text: str) -> str | None:
    """A comment or a string that goes on into what follows the proof would swallow a word put there."""
    last = tokens(f"{text}\n{_END}")[-1]
    return None if last.start > len(text) else "it leaves a comment or a string open"


def _brackets(found: Sequence[Token]) -> str | None:
    expected: list[str] = []
    for token in found:
        if token.kind is Kind.OPEN:
            expected.append(_CLOSING[token.text])
            if len(expected) > MAX_DEPTH:
                return f"its brackets are nested more than {MAX_DEPTH} deep"
        elif token.kind is Kind.CLOSE and (not expected or token.text != expected.pop()):
            return f"it closes a bracket `{token.text}` that it did not open"
    return f"it leaves a bracket open: `{expected[-1]}` is missing" if expected else None


def _words(found: Sequence[Token], theorem: Sequence[str]) -> str | None:
    if [token.text for token in found] == ["exit"]:
        return f"`exit` {_TALK}"
    for at, token in enumerate(found):
        if token.kind is not Kind.WORD:
            why = _symbol(found, at)
        elif _is_field(found, at):
            why = None
        else:
            why = _keyword(found, at) or _scope(found, at) or _name(_parts(token.text), theorem)
        if why:
            return f"`{token.text}` {why}"
    return None


def _keyword(found: Sequence[Token], at: int) -> str | None:
    word, before, after = found[at].text, _text(found, at - 1), _text(found, at + 1)
    if word.startswith("#"):
        return None if after == "[" and _touch(found, at) else _COMMAND  # `#v[1, 2]` is a vector
    if word == "scoped" and before == "open":
        return None
    if word == "trace" and '"' in after:
        return _TALK
    if word == "eval" and after == "%" and _touch(found, at):
        return _RUNS
    if _parts(word) == ("native",) and (after == ":=" or (before == "+" and _touch(found, at - 1))):
        return _COMPILED
    return _REFUSED_WORDS.get(word)


def _scope(found: Sequence[Token], at: int) -> str | None:
    """What is wrong with `open …` and `set_option …`: without `in` they hold for the rest of the file."""
    word, end = found[at].text, at + 1
    if word == "set_option":
        if _text(found, end) not in ALLOWED_OPTIONS:
            return f"may not set `{_text(found, end)}`"
        end = at + 3
    elif word == "open":
        while _text(found, end) != "in" and end < len(found) and _may_be_opened(found[end]):
            end += 1
    else:
        return None
    return None if _text(found, end) == "in" and end + 1 < len(found) else f"without `in` {_COMMAND}"


def _may_be_opened(token: Token) -> bool:
    return token.kind is Kind.WORD or token.text in ("(", ")", "→", ",")


def _name(parts: tuple[str, ...], theorem: Sequence[str]) -> str | None:
    """What is wrong with an identifier: with the constant that it could stand for."""
    rooted = parts[0] == "_root_"
    parts = parts[1:] if rooted else parts
    if parts[:1] in (("IO",), ("System",)) and len(parts) > 1:
        return _RUNS
    bare = parts[1:] if parts[:1] == ("Lean",) else parts
    if len(bare) == 1 and bare[0] in _REFUSED_CONSTANTS:
        return _REFUSED_CONSTANTS[bare[0]]
    suffixes = [tuple(theorem[start:]) for start in range(min(1, len(theorem)) if rooted else len(theorem))]
    if any(parts[: len(suffix)] == suffix for suffix in suffixes):
        return "is the theorem to be proved, and can't be used to prove itself"
    return None


def _symbol(found: Sequence[Token], at: int) -> str | None:
    token = found[at]
    if token.kind is Kind.DOC:
        return "is a comment for another declaration"
    if token.text == "@[":
        return "gives an attribute"
    if token.text == "/" and _text(found, at - 1) == "-" and _touch(found, at - 1):
        return "ends a comment that it did not begin"
    if token.text in ("«", "»"):
        return "has no partner on its line"
    return None


def _is_field(found: Sequence[Token], at: int) -> bool:
    """Whether the word is the `f` of `(x).f`, which may be any; a `.` after a space is a bullet."""
    if at < 2 or found[at - 1].text != "." or found[at - 2].kind not in (Kind.CLOSE, Kind.LITERAL):
        return False
    return _touch(found, at - 2) and _touch(found, at - 1)


def _text(found: Sequence[Token], at: int) -> str:
    return found[at].text if 0 <= at < len(found) else ""


def _touch(found: Sequence[Token], at: int) -> bool:
    """Whether nothing stands between the token and the next."""
    return found[at].end == found[at + 1].start


def _parts(name: str) -> tuple[str, ...]:
    return tuple(escaped or plain for escaped, plain in _PART.findall(name))
