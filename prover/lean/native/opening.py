"""Opening a hole: the file with the REPL in the hole's place, and why Lean may not come to it."""

from __future__ import annotations

from collections.abc import Sequence

from prover.errors import HoleError, HoleUnreachable, InputError, LeanDied, NotAProposition
from prover.lean.lexis import tokens
from prover.lean.marker import REPL as LEAN_DOJO_REPL
from prover.lean.marker import marked
from prover.lean.native import support
from prover.lean.native.elaborate import elaborate
from prover.lean.native.workshop import Workshop
from prover.lean.source import Source
from prover.lean.transport import LineProcess
from prover.types import Theorem

_NO_PROPOSITION = "[fatal] not_a_theorem"
_FATAL = "[fatal]"  # the REPL began, and found nobody to talk with
_NEW_LINES = 2  # those of the import
# Newer Leans elaborate theorems side by side, each in an environment that takes no names but its own, and
# LeanDojo's check of a finished proof adds one without a name. `weak`: older ones do not know the option.
_IN_ORDER = "-Dweak.Elab.async=false"


def require_plain(source: Source) -> None:
    """Raises `InputError` for a file that can't import LeanDojo's REPL."""
    first = next(iter(tokens(source.text)), None)
    if first is not None and first.text in ("module", "prelude"):
        raise InputError(
            f"a file that begins with `{first.text}` can't import LeanDojo's REPL: use --lean embedded"
        )


def launch(workshop: Workshop, source: Source, theorem: Theorem, solved: Sequence[str]) -> LineProcess:
    """A Lean that will say the hole's first state, if it comes there."""
    library = support.library(workshop)
    return workshop.talk([_IN_ORDER, workshop.copy(_text(source, theorem, solved))], library)


def obstacle(
    workshop: Workshop, source: Source, theorem: Theorem, solved: Sequence[str]
) -> HoleError | LeanDied:
    """Why a Lean that was launched so came to its end without a word."""
    text = _text(source, theorem, solved)
    errors = elaborate(workshop, text, support.library(workshop)).errors
    if any(_NO_PROPOSITION in message.text for message in errors):
        return NotAProposition("it stands for data, not for a proof")
    if any(_FATAL in message.text for message in errors):
        return LeanDied("Lean came to the hole this time only")
    if not errors:
        return HoleUnreachable("Lean elaborates the declaration without it")
    start = source.text.count("\n", 0, theorem.declaration.span.start) + 1 + _NEW_LINES
    own = [message for message in errors if message.line >= start]
    return HoleUnreachable((own or errors)[0].text.splitlines()[0])


def _text(source: Source, theorem: Theorem, solved: Sequence[str]) -> str:
    text = source.replaced({theorem.hole: marked(source, theorem.hole, solved)})
    text = text.replace(LEAN_DOJO_REPL, "prover_repl")
    end = source.header.end
    return f"{text[:end]}\nimport {support.REPL}\n{text[end:]}"
