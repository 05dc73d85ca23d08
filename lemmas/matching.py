"""Whether a lemma's conclusion may cover a goal's target: first-order matching of printed terms.

A filter before Lean: what passes may still fail there, and a match up to computation is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lemmas.binding import Word, words
from prover.types import Hypothesis

_OPENING = frozenset("([{⟨⦃")
_CLOSING = frozenset(")]}⟩⦄")
_STEPS = 2000
"""How many comparisons one match may take; a pair that takes more counts as none."""

_Bindings = dict[str, tuple[str, ...]]


def covers(
    hypotheses: Sequence[Hypothesis], conclusion: str, target: str, resolve: Callable[[str], str]
) -> bool:
    """Whether `target` is `conclusion` with terms in the place of variables, which are the hypotheses.

    `resolve` gives the same for all ways to write a constant.
    """
    variables = frozenset(hypothesis.name for hypothesis in hypotheses)
    pattern = _written(words(conclusion), variables, resolve)
    if all(word in variables for word in pattern):
        return False  # `a`: that would be anything
    return _Matcher(variables).matches(tuple(pattern), tuple(_written(words(target), frozenset(), resolve)))


def _written(found: Sequence[Word], variables: frozenset[str], resolve: Callable[[str], str]) -> list[str]:
    return [word.text if not word.free or word.free in variables else resolve(word.text) for word in found]


@dataclass
class _Matcher:
    variables: frozenset[str]
    steps: int = 0

    def matches(self, pattern: tuple[str, ...], text: tuple[str, ...]) -> bool:
        return self._match(pattern, text, {})

    def _match(self, pattern: tuple[str, ...], text: tuple[str, ...], bound: _Bindings) -> bool:
        self.steps += 1
        if self.steps > _STEPS or len(text) < len(pattern):
            return False
        if not pattern:
            return not text
        head = pattern[0]
        if head not in self.variables:
            return text[0] == head and self._match(pattern[1:], text[1:], bound)
        if head in bound:
            return any(
                text[: len(value)] == value and self._match(pattern[1:], text[len(value) :], bound)
                for value in _spellings(bound[head])
            )
        depth = 0
        for end in range(1, len(text) - len(pattern) + 2):
            word = text[end - 1]
            depth += (word in _OPENING) - (word in _CLOSING)
            if depth < 0:
                return False
            if depth == 0 and self._match(pattern[1:], text[end:], {**bound, head: _bare(text[:end])}):
                return True
        return False


def _bare(term: tuple[str, ...]) -> tuple[str, ...]:
    """Without the brackets around all of it."""
    if len(term) < 3 or term[0] != "(" or term[-1] != ")":
        return term
    depth = 0
    for word in term[:-1]:
        depth += (word in _OPENING) - (word in _CLOSING)
        if depth == 0:
            return term
    return term[1:-1]


def _spellings(term: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return (term, ("(", *term, ")"))
