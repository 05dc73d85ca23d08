"""Screens that lie over the workbench: suggestions, the proof in place, help, preferences, a question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from prover.config import STRATEGIES
from prover.types import Candidate
from tui.state.holes import HoleState
from tui.view.keys import GROUPS, spelled
from tui.view.lean import code
from tui.view.panes import TextPane, placed, standing_of
from tui.work.preferences import MARKS, Preferences

_CLOSE: list[BindingType] = [Binding("escape,q", "close", "close")]


class Dialog(ModalScreen[str]):
    """Answers a word, empty for none."""

    BINDINGS: ClassVar[list[BindingType]] = _CLOSE

    def action_close(self) -> None:
        self.dismiss("")


class Choices(OptionList):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "cursor_up", show=False),
        Binding("j", "cursor_down", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
    ]


class Suggestions(Dialog):
    """Answers the tactic chosen."""

    def __init__(self, candidates: Sequence[Candidate], goal: str) -> None:
        super().__init__()
        self._candidates = candidates
        self._goal = goal

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._goal, markup=False, classes="caption")
            options = [
                Option(Text(f"{math.exp(c.logprob):6.1%}  {' '.join(c.tactic.split())}  ({c.source})"))
                for c in self._candidates
            ]
            yield Choices(*options, markup=False)
            yield Footer()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._candidates[event.option_index].tactic)


class Preview(Dialog):
    """Answers what to do with the proof: `write`, `copy`, `shorter`, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *_CLOSE,
        Binding("w,enter", "answer('write')", "write into the file"),
        Binding("y", "answer('copy')", "copy"),
        Binding("m", "answer('shorter')", "search for a shorter one"),
    ]

    def __init__(self, hole: HoleState) -> None:
        super().__init__()
        self._hole = hole

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._hole.theorem.file.name, markup=False, classes="caption")
            yield TextPane(id="preview")
            yield Footer()

    def on_mount(self) -> None:
        pane, proof = self.query_one(TextPane), self._hole.proof
        assert proof is not None
        text = code(placed(self._hole, proof.text), pane.palette)
        pane.put(Text.assemble(text, "\n\n", standing_of(self._hole)))
        pane.focus()

    def action_answer(self, word: str) -> None:
        self.dismiss(word)


class Help(Dialog):
    BINDINGS: ClassVar[list[BindingType]] = [
        *_CLOSE,
        Binding("question_mark,f1", "close", show=False),
    ]

    def compose(self) -> ComposeResult:
        text = Text()
        for title, keys in GROUPS.items():
            text.append(f"{title}\n", "bold")
            for key in keys:
                text.append(f"  {spelled(key):22} {key.says}\n")
            text.append("\n")
        text.append("Marks\n", "bold")
        text.append(_MARKS)
        with Vertical(classes="dialog"):
            with VerticalScroll(can_focus=True, id="help"):
                yield Static(text, markup=False)
            yield Footer()

    def on_mount(self) -> None:
        self.query_one("#help").focus()


_MARKS = (
    "  goals and tactics: ○ open  ✓ proved  ✗ failed  ↩ given up  ≈ waiting for one like it  ✎ by hand\n"
    "  holes: ○ open  ◔ queued  ▶ running  ‖ paused  ◌ unsolved  ◐ conditional  ✓ proved\n"
    "         ● written  ! error  * marked\n"
)


class Ask(Dialog):
    """Answers a line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "leave")]

    def __init__(self, label: str, value: str = "", hint: str = "", goal: str = "") -> None:
        super().__init__()
        self._label, self._value, self._hint, self._goal = label, value, hint, goal

    def compose(self) -> ComposeResult:
        with Vertical(classes="ask"):
            if self._goal:
                yield Static(self._goal, markup=False, classes="caption")
            yield Static(self._label, markup=False)
            yield Input(self._value, placeholder=self._hint)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class PreferencesDialog(Dialog):
    """Answers the name of the preference to change."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences

    def compose(self) -> ComposeResult:
        shown = self._preferences
        lines = {
            "seconds": f"budget of a search      {shown.seconds:g} seconds",
            "jobs": f"searches side by side   {shown.jobs}",
            "strategy": f"strategy                {shown.strategy}   (of {', '.join(STRATEGIES)})",
            "characters": f"characters              {shown.characters}   (of {', '.join(MARKS)})",
            "theme": f"theme                   {shown.theme}",
        }
        with Vertical(classes="dialog"):
            yield Static("Preferences: enter changes one", classes="caption")
            yield Choices(*(Option(text, id=name) for name, text in lines.items()), markup=False)
            yield Footer()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id or "")
