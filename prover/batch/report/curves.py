"""How much was solved with how much, drawn as SVG that stands in a page: it takes its colours from there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from prover.batch.records import Point

_WIDTH, _HEIGHT = 420, 256
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 14, 12, 44
_RATIO = 50
"""From how many times the first amount on the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, in pixels, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A plot, ready to be drawn. `solved` and `false` are the data of SVG paths, `false` empty where nothing
    was refuted; `summary` says in words what is to be seen."""

    key: str
    title: str
    axis: str
    solved: str
    false: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    summary: str
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = _HEIGHT - _BOTTOM


def curves_of(points: Sequence[Point], total: int) -> list[Curve]:
    """Against time, against tactics, and against money where some was spent. Empty without a point."""
    if not points:
        return []
    last = points[-1]
    seconds = [point.at for point in points]
    unit, name = (60.0, "minutes") if last.at < 2 * 3600 else (3600.0, "hours")
    drawn = [
        _curve(
            "time", "Solved against time", f"{name} of work", points, [at / unit for at in seconds], total
        ),
        _curve("tactics", "Solved against compute", "tactics", points, [p.tactics for p in points], total),
    ]
    if last.usd > 0:
        drawn.append(
            _curve("usd", "Solved against money", "US dollars", points, [p.usd for p in points], total)
        )
    return drawn


def _curve(
    key: str, title: str, axis: str, points: Sequence[Point], amounts: Sequence[float], total: int
) -> Curve:
    most = max(amounts[-1], 1e-9)
    first = next((a for a, p in zip(amounts, points, strict=True) if a > 0 and p.solved), most)
    logarithmic = key != "time" and most / first >= _RATIO
    scale = _Log(first, most) if logarithmic else _Linear(most)
    solved = [point.solved for point in points]
    false = [point.false for point in points]
    height = _Linear(max(1, solved[-1], false[-1]))
    note = ", on a logarithmic scale" if logarithmic else ""
    return Curve(
        key=key,
        title=title,
        axis=f"{axis}{note}",
        solved=_steps(amounts, solved, scale, height),
        false=_steps(amounts, false, scale, height) if false[-1] else "",
        x_ticks=tuple(Tick(_x(scale.part(value)), _number(value)) for value in scale.ticks()),
        y_ticks=tuple(
            Tick(_y(height.part(value)), _number(value)) for value in height.ticks() if value == int(value)
        ),
        summary=_summary(axis, amounts, solved, false[-1], total),
    )


def _summary(axis: str, amounts: Sequence[float], solved: Sequence[int], false: int, total: int) -> str:
    end = solved[-1]
    half = next((a for a, s in zip(amounts, solved, strict=True) if 2 * s >= end), amounts[-1])
    also = f", {false} found false" if false else ""
    spent = f"with {_number(amounts[-1])} {axis}"
    halfway = f"; half of that with {_number(half)}" if half > 0 else ""
    return f"{end} of {total} solved{also}, {spent}{halfway}."


def _steps(amounts: Sequence[float], counts: Sequence[int], across: _Scale, up: _Scale) -> str:
    """The path of a curve that rises at each point where its count does, and goes on to the last amount."""
    path, count = [f"M{_x(0):.1f} {_y(0):.1f}"], 0
    for amount, now in zip(amounts, counts, strict=True):
        if now != count:
            path.append(f"H{_x(across.part(amount)):.1f}V{_y(up.part(now)):.1f}")
            count = now
    path.append(f"H{_x(across.part(amounts[-1])):.1f}")
    return "".join(path)


def _x(part: float) -> float:
    return round(_LEFT + part * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(part: float) -> float:
    return round(_HEIGHT - _BOTTOM - part * (_HEIGHT - _BOTTOM - _TOP), 1)


class _Linear:
    """From 0 to a little more than the most."""

    def __init__(self, most: float) -> None:
        raw = most / 4
        size = 10.0 ** math.floor(math.log10(raw))
        self._step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw)
        self._end = max(most, self._step) * 1.02

    def part(self, value: float) -> float:
        return min(1.0, max(0.0, value / self._end))

    def ticks(self) -> list[float]:
        return [self._step * number for number in range(int(self._end / self._step) + 1)]


class _Log:
    """Powers of ten, and what is below the first amount at the left end."""

    def __init__(self, first: float, most: float) -> None:
        self._low = math.log10(first / 2)
        self._high = math.log10(most * 1.1)

    def part(self, value: float) -> float:
        if value <= 0:
            return 0.0
        return min(1.0, max(0.0, (math.log10(value) - self._low) / (self._high - self._low)))

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(math.ceil(self._low), math.floor(self._high) + 1)]


_Scale = _Linear | _Log


def _number(value: float) -> str:
    """`1.5`, `40`, `2k`, `1.2M`."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
