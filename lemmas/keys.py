"""The key of a goal: the same for goals that read alike, up to the names of hypotheses, bound variables and
universes, and up to the order of hypotheses that don't need each other.

A key knows the definitions that the goal mentions by their content, so a goal about another definition of the
same name has another key. Its shape is the same without that. Text is lossy: what is found by a key is a
candidate for Lean to judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lemmas.binding import Word, words
from lemmas.fingerprints import Surroundings
from lemmas.records import digest
from prover.policy.relevance import Wanted, wanted
from prover.types import Goal

_UNIVERSES = frozenset(("Type", "Sort"))
_COMMON = frozenset(("Type", "Sort", "Prop"))
_IN_LEVELS = frozenset(("max", "imax"))
_PUNCTUATION = frozenset("()[]{}⟨⟩⦃⦄,:;|.@#∀∃⊢")
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Identified:
    """A goal's key and shape; its hypotheses' names in the order that the key puts them in; the definitions
    of the file that it mentions, directly or not, with their fingerprints; and the constants and operators in
    it, by which it is ranked."""

    key: str
    shape: str
    order: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    wanted: Wanted


def identify(goal: Goal, around: Surroundings) -> Identified:
    reading = _Reading(goal, around)
    order = reading.ordered()
    shape = digest(reading.written(order))
    definitions = around.fingerprints(reading.mentioned)
    return Identified(
        digest(shape, *(f"{name.rpartition('.')[2]} {made}" for name, made in sorted(definitions))),
        shape,
        tuple(goal.hypotheses[number].name for number in order),
        definitions,
        wanted(goal, around.symbols),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """The words of a hypothesis or of the target. `refers` are the hypotheses among them, by place."""

    words: tuple[str, ...]
    refers: Mapping[int, int]

    def under(self, names: Callable[[int], str]) -> str:
        return " ".join(
            names(self.refers[at]) + word if at in self.refers else word for at, word in enumerate(self.words)
        )


class _Reading:
    def __init__(self, goal: Goal, around: Surroundings) -> None:
        self.mentioned: set[str] = set()
        self._around = around
        self._local = {hypothesis.name: at for at, hypothesis in enumerate(goal.hypotheses)}
        self._levels: Counter[str] = Counter()
        self._parts = [
            self._part(h.type if h.value is None else f"{h.type} := {h.value}") for h in goal.hypotheses
        ]
        self._target = self._part(goal.target)

    def _part(self, text: str) -> _Part:
        found, refers = [], {}
        reading = words(text)
        level = _levels(reading)
        for at, word in enumerate(reading):
            if at in level:
                self._levels[word.text] += 1
                found.append(f"%{word.text}%")
            elif word.free in self._local:
                refers[at] = self._local[word.free]
                found.append(word.rest)
            else:
                found.append(self._constant(word) if word.free else word.text)
        return _Part(tuple(found), refers)

    def _constant(self, word: Word) -> str:
        full = self._around.symbols.resolve(word.text.removeprefix("@"))
        if full is not None:
            self.mentioned.add(full)
            return full.rpartition(".")[2]
        return word.text

    def written(self, order: Sequence[int]) -> str:
        """All of it, with the hypotheses in that order and numbered so; universes by their first mention."""
        places = {number: f"h{place}" for place, number in enumerate(order)}
        parts = [*(self._parts[number] for number in order), self._target]
        text = "\n".join(part.under(places.__getitem__) for part in parts)
        levels = sorted(self._levels, key=lambda name: text.index(f"%{name}%"))
        for place, name in enumerate(levels):
            text = text.replace(f"%{name}%", f"%{place}")
        return text

    def ordered(self) -> list[int]:
        """The numbers of the hypotheses, in an order that does not depend on their names and their order."""
        colours = [self._coloured(part, lambda _: "?") for part in self._parts]
        while True:
            colours = self._refined(colours)
            classes = Counter(colours)
            if len(classes) == len(colours):
                break
            tied = min(colour for colour, count in classes.items() if count > 1)
            colours[colours.index(tied)] = digest(tied, "first")  # like any of those tied with it
        return sorted(range(len(colours)), key=colours.__getitem__)

    def _refined(self, colours: list[str]) -> list[str]:
        for _ in range(_ROUNDS):
            found = [
                digest(colours[at], self._coloured(part, colours.__getitem__), *self._seen(at, colours))
                for at, part in enumerate(self._parts)
            ]
            settled = len(set(found)) == len(set(colours))
            colours = found
            if settled:
                break
        return colours

    def _coloured(self, part: _Part, colour: Callable[[int], str]) -> str:
        text = part.under(colour)
        for name in self._levels:
            text = text.replace(f"%{name}%", "%")
        return text

    def _seen(self, number: int, colours: Sequence[str]) -> list[str]:
        """Where else the hypothesis is mentioned."""
        places = [(colours[at], part) for at, part in enumerate(self._parts)] + [("⊢", self._target)]
        return sorted(
            f"{colour} {[at for at, other in part.refers.items() if other == number]}"
            for colour, part in places
            if number in part.refers.values()
        )


def _levels(reading: Sequence[Word]) -> set[int]:
    """Which words are names of universes: `u` in `Type u`, `Sort (max u v)`."""
    found: set[int] = set()
    for at, word in enumerate(reading):
        if word.text not in _UNIVERSES:
            continue
        depth, end = 0, at + 1
        while end < len(reading):
            text = reading[end].text
            depth += (text == "(") - (text == ")")
            if depth < 0 or (depth == 0 and end > at + 1 and text != ")"):
                break
            if reading[end].free and text not in _IN_LEVELS:
                found.add(end)
            elif depth == 0 and text != ")":
                break
            end += 1
    return found
