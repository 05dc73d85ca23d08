"""Tactics that tell what they have found (`Try this: …`), and where it belongs in their place.

`exact?` and its like are for looking, not for keeping: they are slow, and another library may answer
otherwise. A `simp` that leaves goals names its lemmas, so that it leaves the same ones tomorrow; one that
closes its goal may stay short, and so may `grind`.
"""

from __future__ import annotations

import re

from prover.search.script import RENAMING

_LOOKS = re.compile(r"(exact|apply|rw|simp|simp_all|simpa|dsimp|grind|try)\?(?![\w'])")
_SIMPLIFIES = re.compile(r"(simp|simp_all|dsimp)(?![\w'?!])")
_SEVERAL = re.compile(r"[;\n]| only\b")
_SUGGESTION = re.compile(r"^  \[apply\] ", re.MULTILINE)


def question(tactic: str, leaves_goals: bool) -> str | None:
    """What to run in the place of a tactic to be told what it uses; None for one that may stay as it is."""
    _, inner, _ = _parts(tactic)
    if _LOOKS.match(inner):
        return tactic
    if not leaves_goals or _SEVERAL.search(inner) or not _SIMPLIFIES.match(inner):
        return None
    return _within(tactic, _SIMPLIFIES.sub(r"\1?", inner, count=1))


def answers(tactic: str, message: str) -> list[str]:
    """What may stand in the place of `tactic`, by what Lean said when it ran; the best first."""
    _, *suggestions = _SUGGESTION.split(message)
    return [_within(tactic, " ".join(suggestion.split())) for suggestion in suggestions]


def _within(tactic: str, inner: str) -> str:
    head, _, tail = _parts(tactic)
    return head + inner + tail


def _parts(tactic: str) -> tuple[str, str, str]:
    """The tactic itself, and the `(rename_i …; ` and `)` around it, if there are any."""
    found = RENAMING.fullmatch(tactic)
    if found is None:
        return "", tactic, ""
    start, end = found.span("tactic")
    return tactic[:start], tactic[start:end], tactic[end:]
