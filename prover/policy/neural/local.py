"""`ct2:DIR`: any model that was converted for CTranslate2, asked for the next tactic of a goal.

    ct2-transformers-converter --model … --output_dir DIR --quantization int8 --copy_files tokenizer.json

A model with an encoder, like ReProver's ByT5, reads the goal as Lean prints it. One without reads a prompt.
What may be said otherwise stands in `DIR/prover.json`, all of it optional:

    {"prompt": "[GOAL]{goal}[PROOFSTEP]", "count": 16, "temperature": 1.0, "input": 2048, "output": 256}

`count` tactics come from a beam search, or, where there is a `temperature`, from so many samples. Of a goal
that has more than `input` tokens, the end is read, where the target stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prover.errors import InputError
from prover.lean.guard import refusal
from prover.policy.neural.tokenizing import Tokenizer, read_words, tokenizer_of
from prover.types import Candidate, Goal, Theorem

if TYPE_CHECKING:
    from ctranslate2 import Generator, Translator

PREFIX = "ct2:"
_OPTIONS = "prover.json"
_WEIGHTS = "model.bin"
_ENCODER_DECODER = ("shared_vocabulary.json", "source_vocabulary.json")
_DECODER_ONLY = ("vocabulary.json",)
_MARKS = re.compile(r"</?a>")  # around premises, in what ReProver says


@dataclass(frozen=True, slots=True)
class Options:
    prompt: str | None = None
    count: int = 16
    temperature: float | None = None
    input: int = 2048
    output: int = 256


_DECODER_PROMPT = "[GOAL]{goal}[PROOFSTEP]"


class LocalPolicy:
    """What it has answered it answers again, also where it was drawn by chance."""

    batch = 4

    def __init__(self, model: LocalModel) -> None:
        self._model = model
        self._answered: dict[str, list[Candidate]] = {}
        self.name = PREFIX + model.name

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        new = [text for text in dict.fromkeys(goal.text for goal in goals) if text not in self._answered]
        if new:
            for text, said in zip(new, self._model.say(new), strict=True):
                self._answered[text] = [Candidate(tactic, log, self.name) for tactic, log in _cleaned(said)]
        return [self._answered[goal.text][:n] for goal in goals]


class LocalModel:
    """A model, its tokenizer, and how it is asked. Threads may share it."""

    def __init__(
        self, name: str, runner: Translator | Generator, tokenizer: Tokenizer, options: Options
    ) -> None:
        self.name = name
        self._runner = runner
        self._tokenizer = tokenizer
        self._options = options

    def say(self, goals: Sequence[str]) -> list[list[tuple[str, float]]]:
        """Texts with their log-probabilities, for each goal."""
        from ctranslate2 import Translator

        if isinstance(self._runner, Translator):
            tokens = [self._tokens(self._options.prompt or "{goal}", goal) for goal in goals]
            results = self._runner.translate_batch(
                tokens, **self._common(), max_input_length=0, max_decoding_length=self._options.output
            )
            return [self._texts(each.hypotheses, each.scores) for each in results]
        tokens = [self._tokens(self._options.prompt or _DECODER_PROMPT, goal) for goal in goals]
        generated = self._runner.generate_batch(
            tokens, **self._common(), include_prompt_in_result=False, max_length=self._options.output
        )
        return [self._texts(each.sequences, each.scores) for each in generated]

    def _tokens(self, prompt: str, goal: str) -> list[str]:
        tokens = self._tokenizer.encode(prompt.replace("{goal}", goal))
        return tokens[-self._options.input :]

    def _common(self) -> dict[str, Any]:
        options = self._options
        common = {"num_hypotheses": options.count, "length_penalty": 0.0, "return_scores": True}
        if options.temperature is None:
            return {**common, "beam_size": options.count}
        return {**common, "beam_size": 1, "sampling_topk": 0, "sampling_temperature": options.temperature}

    def _texts(self, sequences: Iterable[Sequence[str]], scores: Iterable[float]) -> list[tuple[str, float]]:
        return [
            (self._tokenizer.decode(tokens), score) for tokens, score in zip(sequences, scores, strict=True)
        ]


@lru_cache(maxsize=4)
def load_local(folder: Path) -> LocalModel:
    """One for a process, on a GPU where there is one. Raises `InputError`."""
    if not folder.is_dir():
        raise InputError(f"policy `{PREFIX}{folder}`: there is no such folder")
    if not (folder / _WEIGHTS).is_file():
        raise InputError(
            f"policy `{PREFIX}{folder}`: no {_WEIGHTS} in it; make one with `ct2-transformers-converter`"
        )
    paths = [folder / name for name in (*_ENCODER_DECODER, *_DECODER_ONLY) if (folder / name).is_file()]
    if not paths:
        raise InputError(
            f"policy `{PREFIX}{folder}`: no vocabulary beside {_WEIGHTS}; convert the model again"
        )
    tokenizer = tokenizer_of(folder, read_words(paths[0]))
    options = _options(folder / _OPTIONS)
    import ctranslate2

    kind = ctranslate2.Translator if paths[0].name in _ENCODER_DECODER else ctranslate2.Generator
    device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    try:
        runner = kind(str(folder), device=device, compute_type="int8" if device == "cpu" else "auto")
    except (RuntimeError, ValueError) as error:
        raise InputError(f"policy `{PREFIX}{folder}`: CTranslate2 can't load it: {error}") from None
    return LocalModel(folder.name, runner, tokenizer, options)


def _options(path: Path) -> Options:
    if not path.is_file():
        return Options()
    known = [field.name for field in fields(Options)]
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        options = Options(**said)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{path}: {error}; it may say {', '.join(known)}") from None
    counts = (options.count, options.input, options.output)
    warm = options.temperature is None or options.temperature > 0
    if not warm or not all(isinstance(count, int) and count >= 1 for count in counts):
        raise InputError(f"{path}: count, input and output are numbers from 1, temperature is above 0")
    if options.prompt is not None and "{goal}" not in options.prompt:
        raise InputError(f"{path}: the prompt has to say {{goal}} where the goal is to stand")
    return options


def _cleaned(said: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """What may be tried, each once, the likeliest first."""
    best: dict[str, float] = {}
    for text, log in said:
        tactic = _MARKS.sub("", text).strip()
        if tactic and refusal(tactic) is None:
            best[tactic] = max(round(log, 2), best.get(tactic, -1e9))
    return sorted(best.items(), key=lambda item: -item[1])
