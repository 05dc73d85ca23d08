"""Solved problems against tactics, as a picture. Needs matplotlib (the extra `bench`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from prover.bench.summary import Row
from prover.errors import InputError

# Okabe and Ito's colours, which people with any colour vision can tell apart; then again with other marks.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKS = ("o", "s", "^", "D", "v", "P", "X")
_LINES = ("-", "--", "-.", ":")


def draw(rows: Sequence[Row], path: Path) -> None:
    """A panel for each set, a line for each configuration, the spread of the seeds as a band around it."""
    sets = list(dict.fromkeys((row.set, row.true) for row in rows))
    columns = min(3, len(sets))
    lines = math.ceil(len(sets) / columns)
    figure = Figure(figsize=(5.2 * columns, 3.8 * lines + 0.6), layout="constrained")
    FigureCanvasAgg(figure)
    panels = list(figure.subplots(lines, columns, squeeze=False).flat)
    for panel, (name, true) in zip(panels, sets, strict=False):
        _panel(panel, [row for row in rows if (row.set, row.true) == (name, true)])
    for panel in panels[len(sets) :]:
        panel.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)
    try:
        figure.savefig(path, format="png", dpi=150)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None


def _panel(panel: Any, rows: Sequence[Row]) -> None:
    first = rows[0]
    for number, row in enumerate(rows):
        colour = _COLOURS[number % len(_COLOURS)]
        budgets = list(row.proved)
        counts = list(row.proved.values())
        panel.fill_between(budgets, list(map(min, counts)), list(map(max, counts)), color=colour, alpha=0.2)
        panel.plot(
            budgets,
            list(map(fmean, counts)),
            color=colour,
            linestyle=_LINES[number // len(_COLOURS) % len(_LINES)],
            marker=_MARKS[number % len(_MARKS)],
            markersize=5,
            label=str(row.configuration),
        )
    panel.set_xscale("log", base=2)
    panel.set_xticks(budgets, [f"{budget:,}" for budget in budgets], rotation=45 if len(budgets) > 6 else 0)
    panel.minorticks_off()
    panel.yaxis.get_major_locator().set_params(integer=True)
    panel.set_ylim(0, 1.05 * max(1, *(max(counts) for row in rows for counts in row.proved.values())))
    panel.grid(alpha=0.3)
    panel.set_xlabel("tactics tried")
    panel.set_ylabel("solved" if first.true else "false proved")
    panel.set_title(f"{first.set}{'' if first.true else ' (false)'}, {first.problems} problems")
