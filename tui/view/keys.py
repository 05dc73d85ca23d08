"""All keys in one table: what binds them reads it, and so does the help screen."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` as Textual names them, with commas between; `shown` in the footer."""

    keys: str
    action: str
    says: str
    shown: bool = False


SEARCH = (
    Key("s", "start", "start, or go on with, the search for the hole (or for all marked ones)", True),
    Key("p", "pause", "pause the search, or go on", True),
    Key("x", "stop", "stop the search; s goes on where it was"),
    Key("b", "budget", "give more budget: 60s, 500t, or both", True),
    Key("n", "next", "search the goal under the cursor next"),
    Key("R", "anew", "forget all that was done on the hole"),
)
HAND = (
    Key("t", "tactic", "type a tactic for the goal under the cursor", True),
    Key("a", "suggest", "ask for suggestions for the goal, with probabilities"),
    Key("v", "have", "state a `have`, and let the prover fill it"),
    Key("u", "undo", "undo: back to the goal above (everything tried stays in the tree)"),
)
PROOF = (
    Key("o", "preview", "see the proof in place", True),
    Key("w", "write", "write the certified proof into the file"),
    Key("y", "copy", "copy the proof"),
    Key("m", "shorter", "search on for a shorter proof"),
)
LOOK = (
    Key("f", "follow", "follow the search, or walk the tree yourself"),
    Key("e", "failed", "show or hide tactics that failed"),
    Key("1", "view('files')", "files and source"),
    Key("2", "view('source')", "source"),
    Key("3", "view('tree')", "tree and goal"),
    Key("4", "view('goal')", "goal"),
    Key("5", "view('thought')", "line of thought"),
    Key("6", "view('proof')", "proof"),
    Key("7", "view('reasoning')", "a model's reasoning"),
    Key("L", "library", "the library of lemmas"),
    Key("S", "statistics", "statistics"),
)
WHOLE = (
    Key("question_mark,f1", "help", "this help", True),
    Key("comma", "preferences", "preferences: budget, Leans side by side, strategy, characters"),
    Key("ctrl+r", "reload", "read the files again"),
    Key("tab", "app.focus_next", "next pane"),
    Key("shift+tab", "app.focus_previous", "pane before"),
    Key("ctrl+p", "app.command_palette", "all commands by name, themes among them"),
    Key("q,ctrl+q", "quit_app", "quit; everything is as it was at the next start", True),
)
MOVING = (
    Key("up,k", "", "up"),
    Key("down,j", "", "down"),
    Key("pageup,ctrl+u", "", "a page up"),
    Key("pagedown,ctrl+d", "", "a page down"),
    Key("home,g", "", "to the first line"),
    Key("end,G", "", "to the last line"),
    Key("left,h", "", "in the tree: fold, or up one level"),
    Key("right,l", "", "in the tree: unfold, or down one level"),
    Key("enter", "", "choose a hole; in the tree: fold and unfold"),
    Key("space", "", "mark a hole, or all holes of a file"),
    Key("escape", "", "close a screen, leave an input"),
)
GROUPS = {
    "Search": SEARCH,
    "By hand": HAND,
    "The proof": PROOF,
    "What is shown": LOOK,
    "Moving": MOVING,
    "The rest": WHOLE,
}


def bindings() -> list[Binding]:
    """Those of the workbench; panes and lists bind the moving ones themselves."""
    every = (*SEARCH, *HAND, *PROOF, *LOOK, *WHOLE)
    return [Binding(key.keys, key.action, _short(key), show=key.shown) for key in every if key.action]


def spelled(key: Key) -> str:
    """Its keys as they are read: `up or k`."""
    names = {"question_mark": "?", "comma": ",", "pageup": "page up", "pagedown": "page down"}
    return " or ".join(names.get(name, name) for name in key.keys.split(","))


def _short(key: Key) -> str:
    shorts = {
        "start": "start",
        "pause": "pause",
        "budget": "budget",
        "tactic": "tactic",
        "preview": "proof",
        "help": "help",
        "quit_app": "quit",
    }
    return shorts.get(key.action, key.says)
