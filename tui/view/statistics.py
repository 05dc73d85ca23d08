"""Figures over all holes: solved, speed, Lean's time, cost, and what was solved at which budget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual_plotext import PlotextPlot

from tui.state.holes import HoleState
from tui.state.marks import mark_of_hole


class Statistics(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,S", "app.pop_screen", "back")]

    def __init__(self, holes: Sequence[HoleState]) -> None:
        super().__init__()
        self._holes = holes

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(id="figures", markup=False)
            yield PlotextPlot(id="plot")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#figures", Static).border_title = "Statistics"
        self.draw()
        self.set_interval(1.0, self.draw)

    def draw(self) -> None:
        self.query_one("#figures", Static).update(figures(self._holes))
        widget = self.query_one(PlotextPlot)
        plot = widget.plt
        plot.clear_figure()
        steps = solved_at(self._holes)
        plot.title("solved against tactics tried for a hole")
        plot.xlabel("tactics")
        xs, ys = [0], [0]
        for count, tactics in enumerate(steps, 1):
            xs += [tactics, tactics]
            ys += [count - 1, count]
        most = max([hole.forest.tactics for hole in self._holes], default=0)
        plot.plot([*xs, max(most, xs[-1])], [*ys, ys[-1]])
        plot.ylim(0, max(1, len(steps)))
        widget.refresh()


def solved_at(holes: Sequence[HoleState]) -> list[int]:
    """How many tactics each solved hole took to its first proof, the least first."""
    return sorted(hole.found[0].tactics for hole in holes if hole.solved)


def figures(holes: Sequence[HoleState]) -> Text:
    tactics = sum(hole.forest.tactics for hole in holes)
    failed = sum(hole.forest.failed for hole in holes)
    seconds = sum(hole.seconds for hole in holes)
    lean = sum(hole.forest.lean_seconds for hole in holes)
    tokens, usd = sum(hole.tokens for hole in holes), sum(hole.usd for hole in holes)
    solved = sum(hole.solved for hole in holes)
    words: dict[str, int] = {}
    for hole in holes:
        words[f"{mark_of_hole(hole)} {hole.word}"] = words.get(f"{mark_of_hole(hole)} {hole.word}", 0) + 1
    speed = f"{tactics / seconds:,.1f}" if seconds else "–"
    rows = {
        "solved": f"{solved} of {len(holes)}   ({', '.join(f'{n} {w}' for w, n in words.items())})",
        "tactics": f"{tactics:,} tried, {failed:,} failed",
        "tactics a second": speed,
        "search time": f"{seconds:,.1f} s",
        "Lean's time": f"{lean:,.1f} s",
        "cost": f"{tokens:,} tokens, {usd:.4f} US dollars",
    }
    return Text("\n".join(f"{name:18} {value}" for name, value in rows.items()))
