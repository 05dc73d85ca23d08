"""A model for CTranslate2 out of what a fit left behind, with what was measured of it on held-out proofs."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.errors import InputError
from prover.policy.neural.builtin import SAID
from prover.policy.neural.model import CARD, FORMAT, Model, load_model
from prover.policy.neural.pricing import Prices, write_prices
from prover.policy.neural.weights import write_model
from prover.train.fitted import Fitted, read_fitted
from prover.train.samples import Sample, Words

_SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
_DEFAULT = 0.5
_REPORT = "report.json"
_MEASURED = 400  # goals
_BINS = 10


@dataclass(frozen=True, slots=True)
class Report:
    """Of `goals` that were not learnt from and have a finished proof: how often one of its tactics is the
    first, or among the first eight, of the model alone, of the fixed policy, of that with learnt prices, and
    of model and learnt prices mixed; and how far the probability of the first is from how often it is right,
    on average (`calibration`). Where `share` was chosen on these goals, what is mixed looks a little better
    than it is."""

    goals: int
    share: float
    model_top1: float = 0.0
    model_top8: float = 0.0
    fixed_top1: float = 0.0
    fixed_top8: float = 0.0
    priced_top1: float = 0.0
    priced_top8: float = 0.0
    mixed_top1: float = 0.0
    mixed_top8: float = 0.0
    log_probability: float = 0.0
    calibration: float = 0.0
    value_log_loss: float = 0.0


def tried_out(fitted: Path, samples: Sequence[Sample], share: float | None = None) -> Report:
    """Measures what a fit left behind, as it will run, and keeps the report there. A `share` of None is
    fitted to the samples."""
    part = fitted / "model.part"
    shutil.rmtree(part, ignore_errors=True)
    _write(part, read_fitted(fitted), Report(0, _DEFAULT))
    model = load_model(part)
    load_model.cache_clear()
    report = measure(model, samples, share)
    shutil.rmtree(part)
    text = json.dumps(dataclasses.asdict(report), indent=1) + "\n"
    (fitted / _REPORT).write_text(text, encoding="utf-8")
    return report


def export(fitted: Path, out: Path) -> int:
    """Makes the folder `out` anew, and says how many bytes it has. Raises `InputError`."""
    read = read_fitted(fitted)
    try:
        report = Report(**json.loads((fitted / _REPORT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{fitted}: this fit was not finished: {error}") from None
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    _write(part, read, report)
    if out.exists():
        _refuse_foreign(out)
        shutil.rmtree(out)
    part.replace(out)
    return sum(path.stat().st_size for path in out.iterdir())


def _refuse_foreign(out: Path) -> None:
    if not (out / CARD).is_file():
        raise InputError(f"{out}: there is something else; choose another folder")


def measure(model: Model, samples: Sequence[Sample], share: float | None = None) -> Report:
    """Of those samples that have a proof; `share` as above."""
    samples = [each for each in samples if each.proof][:_MEASURED]
    if not samples:
        return Report(0, _DEFAULT if share is None else share)
    said = model.tactics([sample.source for sample in samples], SAID)
    models = [{words: math.exp(log) for words, log in each} for each in said]
    fixed = [dict(sample.fixed) for sample in samples]
    priced = [_priced(model.prices, sample) for sample in samples]
    log_probability, share = max(
        (_fit(samples, models, priced, each), each) for each in (_SHARES if share is None else (share,))
    )
    mixed = [_mixed(m, p, share) for m, p in zip(models, priced, strict=True)]
    measured = {
        f"{name}_top{k}": round(
            sum(_hit(s, c, k) for s, c in zip(samples, all_, strict=True)) / len(samples), 4
        )
        for name, all_ in (("model", models), ("fixed", fixed), ("priced", priced), ("mixed", mixed))
        for k in (1, 8)
    }
    return Report(
        len(samples), share, **measured, log_probability=round(log_probability, 4),
        calibration=round(_calibration(samples, mixed), 4), value_log_loss=round(_value_loss(model, samples),
        4),
    )  # fmt: skip


def _priced(prices: Prices, sample: Sample) -> dict[Words, float]:
    chances = prices.chances(sample.source, sample.fixed)
    return {words: chance for (words, _), chance in zip(sample.fixed, chances, strict=True)}


def _fit(
    samples: Sequence[Sample],
    models: Sequence[dict[Words, float]],
    priced: Sequence[dict[Words, float]],
    share: float,
) -> float:
    """The mean log-probability of the likeliest tactic of each proof."""
    total = 0.0
    for sample, model, fixed in zip(samples, models, priced, strict=True):
        mixed = _mixed(model, fixed, share)
        total += math.log(max(1e-6, *(mixed.get(words, 0.0) for words in sample.proof)))
    return total / len(samples)


def _mixed(model: dict[Words, float], fixed: dict[Words, float], share: float) -> dict[Words, float]:
    return {
        words: (1 - share) * model.get(words, 0.0) + share * fixed.get(words, 0.0)
        for words in dict.fromkeys([*fixed, *model])
    }


def _hit(sample: Sample, chances: dict[Words, float], k: int) -> bool:
    first = sorted(chances, key=lambda words: -chances[words])[:k]
    return any(words in sample.proof for words in first)


def _calibration(samples: Sequence[Sample], mixed: Sequence[dict[Words, float]]) -> float:
    """Expected calibration error of the likeliest tactic, over ten equal ranges of its probability."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for sample, chances in zip(samples, mixed, strict=True):
        first = max(chances, key=lambda words: chances[words])
        bins[min(_BINS - 1, int(chances[first] * _BINS))].append((chances[first], first in sample.proof))
    return sum(abs(sum(p - hit for p, hit in each)) for each in bins) / len(samples)


def _value_loss(model: Model, samples: Sequence[Sample]) -> float:
    known = [sample for sample in samples if sample.value is not None]
    values = model.values([sample.source for sample in known])
    logs = [
        math.log(max(1e-6, v[s.value])) for v, s in zip(values, known, strict=True) if s.value is not None
    ]
    return -sum(logs) / max(1, len(logs))


def _write(folder: Path, fitted: Fitted, report: Report) -> None:
    write_model(folder, fitted.shape, fitted.vocabulary.words, fitted.arrays)
    write_prices(folder, fitted.prices)
    content = {
        "format": FORMAT, "share": report.share, "fit": fitted.about, "measured": dataclasses.asdict(report),
    }  # fmt: skip
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / CARD).write_text(text, encoding="utf-8")
