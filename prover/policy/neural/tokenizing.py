"""How the text of a goal becomes the tokens of somebody else's model, and its answer text again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from prover.errors import InputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer as HubTokenizer

_FILE = "tokenizer.json"
_BYTES = [chr(byte) for byte in range(256)]
_FIRST_BYTE = 3
_END = "</s>"


class Tokenizer(Protocol):
    def encode(self, text: str) -> list[str]: ...

    def decode(self, tokens: Sequence[str]) -> str: ...


class ByteTokenizer:
    """ByT5's: a token for each byte, and one for the end."""

    def encode(self, text: str) -> list[str]:
        return [*map(chr, text.encode()), _END]

    def decode(self, tokens: Sequence[str]) -> str:
        return bytes(ord(token) for token in tokens if len(token) == 1).decode(errors="replace")


class FileTokenizer:
    """That of a `tokenizer.json`."""

    def __init__(self, tokenizer: HubTokenizer) -> None:
        self._tokenizer = tokenizer

    def encode(self, text: str) -> list[str]:
        return list(self._tokenizer.encode(text).tokens)

    def decode(self, tokens: Sequence[str]) -> str:
        numbers = [self._tokenizer.token_to_id(token) for token in tokens]
        return str(self._tokenizer.decode([number for number in numbers if number is not None]))


def tokenizer_of(folder: Path, words: Sequence[str]) -> Tokenizer:
    """The one in the folder of a model with this vocabulary. Raises `InputError`."""
    if list(words[_FIRST_BYTE : _FIRST_BYTE + 256]) == _BYTES:
        return ByteTokenizer()
    path = folder / _FILE
    if not path.is_file():
        raise InputError(
            f"{folder}: the model has no {_FILE}; convert it with `--copy_files {_FILE}`, or save one there"
        )
    from tokenizers import Tokenizer as HubTokenizer

    try:
        return FileTokenizer(HubTokenizer.from_file(str(path)))
    except Exception as error:  # the library raises nothing more special
        raise InputError(f"{path}: not a tokenizer: {error}") from None


def read_words(path: Path) -> list[str]:
    """A vocabulary that CTranslate2 wrote. Raises `InputError`."""
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: can't be read: {error}") from None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError(f"{path}: not a list of words")
    return words
