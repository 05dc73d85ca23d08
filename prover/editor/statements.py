"""A statement that stands in no file, as a file with one hole."""

from __future__ import annotations

from pathlib import Path

from prover.errors import InputError
from prover.lean.lexis import tokens, words
from prover.lean.source import Source, parse_source

NAME = "statement"
_FILE = Path("Statement.lean")
_KEYWORDS = words(
    "theorem lemma example def abbrev instance private protected noncomputable @[ open set_option"
)


def source_of(statement: str, preamble: str = "") -> Source:
    """The statement behind the preamble. Raises `InputError` for one without a single place for a proof."""
    found = tokens(statement)
    if not found:
        raise InputError("the statement is empty")
    text = statement.strip()
    if found[0].text not in _KEYWORDS:
        text = f"theorem {NAME} :\n    {text}"
    if not any(token.text == "sorry" for token in found):
        bodies = [token for token in found if token.text == ":="]
        if bodies and found[-1] in bodies[-1:]:
            text = f"{text} by\n  sorry"
        elif text.endswith("by"):
            text = f"{text}\n  sorry"
        else:
            text = f"{text} := by\n  sorry"
    lead = f"{preamble.rstrip()}\n\n" if preamble.strip() else ""
    source = parse_source(_FILE, f"{lead}{text}\n".encode("utf-8", "surrogatepass"))
    here = [theorem for theorem in source.theorems if theorem.hole.span.start >= len(lead)]
    if len(here) != 1:
        raise InputError(f"the statement must have one `sorry`, or none; this has {len(here)}")
    return source
