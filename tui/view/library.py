"""The library of lemmas: search it, see what uses what, go to where a lemma comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Footer, Input

from lemmas import Lemma, Library, Standing
from prover.errors import LibraryError
from tui.view.lean import code
from tui.view.panes import TextPane
from tui.view.rows import Rows

SHOWN = 500
"""How many lemmas are listed at most."""

_DEEP = 6

_MARKS = {Standing.CERTIFIED: "✓", Standing.STALE: "◌", Standing.BROKEN: "✗"}


class LemmaRows(Rows):
    def __init__(self, id: str, title: str) -> None:
        super().__init__(id=id, classes="pane")
        self.entitle(title)
        self._lines: list[tuple[str, Lemma | None]] = []

    def show(self, lines: Sequence[tuple[str, Lemma | None]]) -> None:
        self._lines = list(lines)
        self.changed()

    @property
    def lemma(self) -> Lemma | None:
        return self._lines[self.cursor][1] if self.cursor < len(self._lines) else None

    def line_count(self) -> int:
        return len(self._lines)

    def line_at(self, line: int) -> Text:
        before, lemma = self._lines[line]
        text = Text(before, end="", no_wrap=True)
        if lemma is not None:
            style = self.look("good" if lemma.standing is Standing.CERTIFIED else "dim")
            text.append(f"{_MARKS[lemma.standing]} ", style)
            text.append(lemma.name)
            text.append(f"  {' '.join(lemma.statement.split())}", self.look("dim"))
        return text


class LibraryScreen(Screen[tuple[Path, int]]):
    """Answers where to go in the sources, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,L", "leave", "back"),
        Binding("slash,i", "find", "search"),
        Binding("o", "source", "to the source"),
        Binding("tab", "app.focus_next", "next pane", show=False),
    ]
    AUTO_FOCUS = "#lemmas"

    def __init__(self, path: Path) -> None:
        super().__init__(classes="library")
        self._path = path
        self._library: Library | None = None
        self._uses: Mapping[int, Sequence[int]] = {}
        self._users: Mapping[int, Sequence[int]] = {}

    def compose(self) -> ComposeResult:
        yield Input(placeholder="words of a name or statement; enter goes to the list", id="words")
        with Horizontal(id="columns"):
            yield LemmaRows("lemmas", "Lemmas")
            with Vertical():
                yield TextPane(id="lemma", classes="pane")
                yield LemmaRows("graph", "What it uses, and what uses it")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#lemma", TextPane).entitle("Lemma")
        self._open()

    def on_unmount(self) -> None:
        if self._library is not None:
            self._library.close()

    @work(thread=True)
    def _open(self) -> None:
        try:
            library = Library.open(self._path)
            uses = library.uses()
        except LibraryError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error")
            return
        self.app.call_from_thread(self._opened, library, uses)

    def _opened(self, library: Library, uses: Sequence[tuple[int, int]]) -> None:
        self._library = library
        below, above = defaultdict(list), defaultdict(list)
        for user, used in uses:
            below[user].append(used)
            above[used].append(user)
        self._uses, self._users = below, above
        self._list("")

    def _list(self, words: str) -> None:
        if self._library is None:
            return
        try:
            found = self._library.search(words, SHOWN) if words.strip() else self._library.listed(SHOWN)
        except LibraryError as error:
            self.notify(str(error), severity="error")
            return
        lemmas = self.query_one("#lemmas", LemmaRows)
        lemmas.entitle("Lemmas", f"{len(found)} shown")
        lemmas.show([("", lemma) for lemma in found] or [("No lemma: what is proved is kept here.", None)])
        self._show(lemmas.lemma)

    def _show(self, lemma: Lemma | None) -> None:
        pane, graph = self.query_one("#lemma", TextPane), self.query_one("#graph", LemmaRows)
        if lemma is None:
            pane.put(Text(""))
            graph.show([])
            return
        text = code(f"{lemma.kind.value} {lemma.name}{lemma.statement} := by\n", pane.palette)
        text.append_text(code("\n".join(f"  {line}" for line in lemma.script.split("\n")), pane.palette))
        axioms = ", ".join(lemma.axioms) or "none"
        text.append(f"\n\n{lemma.standing.value} · axioms: {axioms} · Lean {lemma.toolchain}\n{lemma.place}")
        pane.put(text)
        graph.show([*self._branch("uses", lemma, self._uses), *self._branch("used by", lemma, self._users)])

    def _branch(
        self, title: str, lemma: Lemma, edges: Mapping[int, Sequence[int]]
    ) -> Iterator[tuple[str, Lemma | None]]:
        """What is reached from a lemma, set in by how far it is; each is shown once."""
        assert self._library is not None
        below = edges.get(lemma.id, ())
        yield f"{title}: {len(below) or 'none'}", None
        waiting = [(number, 1) for number in reversed(below)]
        seen: set[int] = set()
        while waiting and len(seen) < SHOWN:
            number, depth = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            yield "  " * depth, self._library.get(number)
            if depth < _DEEP:
                waiting.extend((each, depth + 1) for each in reversed(edges.get(number, ())))

    # -- keys --------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._list(event.value)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.query_one("#lemmas").focus()

    @on(Rows.Moved, "#lemmas")
    def _moved(self) -> None:
        self._show(self.query_one("#lemmas", LemmaRows).lemma)

    @on(Rows.Chosen, "#lemmas")
    def _chosen(self) -> None:
        self.action_source()

    @on(Rows.Chosen, "#graph")
    def _chosen_in_graph(self) -> None:
        lemma = self.query_one("#graph", LemmaRows).lemma
        if lemma is not None:
            self.query_one("#lemmas", LemmaRows).show([("", lemma)])
            self._show(lemma)

    def action_find(self) -> None:
        self.query_one(Input).focus()

    def action_source(self) -> None:
        focused = self.query_one("#graph", LemmaRows)
        lemmas = focused if focused.has_focus else self.query_one("#lemmas", LemmaRows)
        if lemmas.lemma is not None:
            told = lemmas.lemma.provenance
            self.dismiss((Path(told.file), told.line))

    def action_leave(self) -> None:
        self.dismiss()
