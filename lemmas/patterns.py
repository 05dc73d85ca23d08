"""Printed terms as words, for matching one with another: where arguments, applications and operands end.

It is text that is read. An item is what can be an argument: a word, or a pair of brackets and what is between
them, with the fields after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from lemmas.binding import Word, words

OPENING = frozenset("([{⟨⦃")
CLOSING = frozenset(")]}⟩⦄")
_BINDING = frozenset(("∀", "∃", "λ", "fun", "let", "have", "if", "match"))
"""What reaches as far to the right as it can."""
_NO_TERMS = _BINDING | {"then", "else", "with", "in", "do", "at", "by"}
_POWERS: Mapping[str, int] = {
    **{"↔": 20, "→": 25, "∨": 30, "∧": 35, "¬": 40, "+": 65, "^": 75},
    **dict.fromkeys("=≠<≤>≥∈∣⊆", 50),
    **dict.fromkeys("*/%", 70),
}
"""How tightly operators bind; nothing is concluded from others."""
_LOOSEST, _TIGHTEST = 0, 100
_COERCION = "↑"
_NUMBERED = re.compile(r"#(\d+)")
_ATOM = re.compile(r"#\d|[\w\"'«@]")


@dataclass(frozen=True, slots=True)
class Part:
    """`variable`: of the lemma. `level` binders are around it."""

    text: str
    variable: bool = False
    level: int = 0

    @property
    def number(self) -> int | None:
        """That of a bound variable, None for everything else."""
        found = _NUMBERED.fullmatch(self.text)
        return None if found is None else int(found[1])


Parts: TypeAlias = tuple[Part, ...]


def read(
    text: str, variables: AbstractSet[str], local: AbstractSet[str], resolve: Callable[[str], str]
) -> Parts:
    """Variables, hypotheses (`local`) and bound variables come apart from the fields after them; `resolve`
    gives the same for all ways to write a constant."""
    found: list[Part] = []
    for word in _words(text):
        first, dot, rest = word.text.removeprefix("@").partition(".")
        if not (word.free and first in variables | local) and not _NUMBERED.fullmatch(first):
            found.append(Part(resolve(word.text) if word.free else word.text, False, word.level))
            continue
        found.append(Part(first, first in variables, word.level))
        if rest:
            found.append(Part(dot + rest, False, word.level))
    return tuple(found)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[Word, ...]:
    return tuple(words(text))


def is_field(parts: Sequence[Part], at: int) -> bool:
    return at < len(parts) and len(parts[at].text) > 1 and parts[at].text.startswith(".")


def is_argument(parts: Sequence[Part], at: int) -> bool:
    """Whether what stands there is applied to, or comes after what it is applied to, an argument of it."""
    before = at - 1
    return before >= 0 and (
        parts[before].text in CLOSING or is_field(parts, before) or _is_atom(parts[before])
    )


def item(parts: Sequence[Part], start: int, fields: bool = True) -> int | None:
    """Where the item ends that begins there, with or without the fields after it; None where none does."""
    at = start
    while at < len(parts) and parts[at].text == _COERCION:
        at += 1
    if at == len(parts):
        return None
    if parts[at].text in OPENING:
        at = _partner(parts, at)
    elif not _is_atom(parts[at]):
        return None
    at += 1
    while fields and is_field(parts, at):
        at += 1
    return at


def items(parts: Sequence[Part], start: int) -> list[tuple[int, int]]:
    """The items side by side from there on: where each begins and ends."""
    found: list[tuple[int, int]] = []
    while (end := item(parts, start)) is not None:
        found.append((start, end))
        start = end
    return found


def operands(
    parts: Sequence[Part], start: int, before: Part | None, after: Part | None, bound: Collection[str]
) -> Iterator[int]:
    """Where a term may end that begins there, between these two; of the variables that are bound around it
    it mentions only `bound`."""
    outermost = after is None or after.text in CLOSING or after.text == ","
    least = (
        max(_POWERS.get(each.text, _LOOSEST) for each in (before, after) if each) if before or after else 0
    )
    level, depth, binding = parts[start].level, 0, False
    for at in range(start, len(parts)):
        part = parts[at]
        depth += (part.text in OPENING) - (part.text in CLOSING)
        if depth < 0 or (part.number is not None and part.number < level and part.text not in bound):
            return
        if depth == 0 and not binding:
            binding = part.text in _BINDING
            if (binding and not outermost) or _POWERS.get(part.text, _TIGHTEST) < least:
                return
        if depth == 0:
            yield at + 1


def bare(parts: Parts) -> Parts:
    """Without the brackets around all of it."""
    if len(parts) > 2 and parts[0].text == "(" and _partner(parts, 0) == len(parts) - 1:
        return parts[1:-1]
    return parts


def _is_atom(part: Part) -> bool:
    return _ATOM.match(part.text) is not None and part.text not in _NO_TERMS


def _partner(parts: Sequence[Part], at: int) -> int:
    """The bracket that closes that one; the last part where there is none."""
    depth = 0
    for end in range(at, len(parts)):
        depth += (parts[end].text in OPENING) - (parts[end].text in CLOSING)
        if depth == 0:
            return end
    return len(parts) - 1
