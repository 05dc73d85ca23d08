"""The words that a model has a number for. Any other word is spelled in the bytes of its UTF-8, between two
marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from prover.policy.neural.weights import END, START, UNKNOWN
from prover.policy.neural.wording import OWN_WORDS

VALUE = "<value>"
"""Said first where a model is to say a value and no tactic."""

VALUES = tuple(f"<v{number}>" for number in range(8))
_OPEN, _CLOSE = "<w>", "</w>"
_BYTES = tuple(f"<0x{byte:02x}>" for byte in range(256))
_LONGEST = 24  # bytes of a word that are spelled

SPECIAL = (START, END, UNKNOWN, VALUE, *VALUES, _OPEN, _CLOSE, *_BYTES, *OWN_WORDS)


class Vocabulary:
    """`words` as the weights of a model are numbered, `SPECIAL` first."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self.numbers = {word: number for number, word in enumerate(words)}

    @classmethod
    def of(cls, counts: Counter[str], least: int, most: int) -> Vocabulary:
        """With those of the counted words that occur `least` times or more, the `most` frequent of them."""
        known = frozenset(SPECIAL)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        frequent = [word for word, count in ranked if count >= least and word not in known]
        return cls((*SPECIAL, *sorted(frequent[:most])))

    def spell(self, words: Iterable[str]) -> list[str]:
        """The same in words that have a number."""
        spelled: list[str] = []
        for word in words:
            if word in self.numbers:
                spelled.append(word)
            else:
                spelled += [_OPEN, *(_BYTES[byte] for byte in word.encode()[:_LONGEST]), _CLOSE]
        return spelled

    @staticmethod
    def join(spelled: Iterable[str]) -> tuple[str, ...] | None:
        """The words again; None where the spelling makes none."""
        try:
            return tuple(_joined(iter(spelled)))
        except ValueError:
            return None


def _joined(spelled: Iterator[str]) -> Iterator[str]:
    for word in spelled:
        if word != _OPEN:
            yield word
            continue
        bytes_ = bytearray()
        for part in spelled:
            if part == _CLOSE:
                break
            bytes_.append(_BYTES.index(part))
        else:
            raise ValueError("a word without an end")
        yield bytes_.decode()
