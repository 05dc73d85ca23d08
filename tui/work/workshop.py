"""All work on some files: their holes, the searches, the desk. Knows no screen.

    workshop = Workshop([Path("Theory/")], preferences, make_pools, make_policies, folder)
    workshop.open()
    while …:
        for message in workshop.take_in(100): …    # what changed
    workshop.close()

For one thread, which nothing here keeps waiting: Lean is others' work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from prover.errors import FileChanged, InputError
from prover.events import Finished
from prover.lean.source import parse_source
from prover.policy.protocols import PolicyFactory
from prover.proving import GatewayFactory
from prover.types import Advanced, Budget, Standing, Stop, TacticState
from tui.state.files import FileState
from tui.state.forest import Scope
from tui.state.holes import Found, HoleState, Phase
from tui.state.rows import GoalRow, TacticRow
from tui.state.rows import Standing as RowStanding
from tui.state.scripts import furthest_of, marked_text, proof_of, text_of
from tui.work import messages as told
from tui.work.books import Books
from tui.work.desk import Check, Desk, Hand, Judge, Look, Suggest
from tui.work.journal import Journal
from tui.work.leans import Leans
from tui.work.loading import Loading
from tui.work.preferences import Preferences
from tui.work.searching import Order, Past, Searching, length_of

MAIN = 0
"""The number of the search from a hole's own goal."""

_MOST_JOBS = 16
_OUT_OF_BUDGET = (Stop.SECONDS, Stop.TACTICS, Stop.EXPANSIONS, Stop.TOKENS, Stop.USD)


class Workshop:
    def __init__(
        self,
        paths: Sequence[Path],
        preferences: Preferences,
        make_pools: Callable[[], GatewayFactory],
        make_policies: Callable[[], PolicyFactory],
        folder: Path,
        library: Callable[[], Path | None],
    ) -> None:
        self.paths = list(paths)
        self.preferences = preferences
        self.files: list[FileState] = []
        self.lean = told.LeanIs("not started")
        self._policies = make_policies
        self.outbox = told.Outbox()
        self._journal = Journal(folder)
        self._leans = Leans(make_pools)
        self.books = Books(library, self.outbox)
        self._desk = Desk(self._leans, make_policies, self.books, self.outbox)
        self._slots = threading.Semaphore(preferences.jobs)
        self._jobs = preferences.jobs
        self._searches: dict[tuple[HoleState, int], Searching] = {}
        self._extra: dict[tuple[HoleState, int], Budget] = {}

    def open(self) -> None:
        """Begin to read the files. Lean is not started before `warm_up`."""
        Loading(self.paths, self._journal, self.outbox).start()

    def warm_up(self) -> None:
        self._desk.start()

    def close(self) -> None:
        """End all work. What was told is kept."""
        for search in self._searches.values():
            search.stop()
        self._desk.close()
        self.take_in(1_000_000)
        self.outbox.close()
        self._leans.close()
        self.books.close()
        self._journal.close()

    @property
    def holes(self) -> list[HoleState]:
        return [hole for file in self.files for hole in file.holes]

    def file_of(self, hole: HoleState) -> FileState:
        return next(file for file in self.files if hole in file.holes)

    # -- searches ----------------------------------------------------------------------------------------

    def start(self, hole: HoleState, more: Budget | None = None, wish: GoalRow | None = None) -> None:
        """Begin the search for a hole, or go on with it: for `more`, or else the usual budget."""
        search = self._searches.get((hole, MAIN))
        if search is not None:
            self.go_on(hole)
            return
        scope = hole.scopes.get(MAIN)
        if scope is None:
            scope = self._scope(hole, MAIN, None)
        budget = self._budget(scope, more)
        order = Order(
            hole, MAIN, hole.source, hole.theorem, budget, self.preferences.strategy, self._past(hole, MAIN)
        )
        self._begin(order, scope, wish)

    def start_at(self, hole: HoleState, goal: GoalRow) -> str:
        """Search from a goal that was made by hand. Answers why that is not possible, else nothing."""
        if len(goal.group) > 1:
            return "goals that share metavariables can't be searched alone: begin with a tactic"
        root = hole.forest.roots[0]
        script, _ = furthest_of(root, goal)
        text, offset = marked_text(hole.source, hole.theorem, script)
        source = parse_source(hole.source.path, text.encode("utf-8"))
        theorem = next((each for each in source.theorems if each.hole.span.start == offset), None)
        if theorem is None:
            return "this goal can't be put into the file by itself"
        number = max([MAIN, *hole.scopes]) + 1
        scope = self._scope(hole, number, goal)
        strategy = self.preferences.strategy
        order = Order(hole, number, source, theorem, self._budget(scope, None), strategy, Past)
        self._begin(order, scope, None)
        return ""

    def shorten(self, hole: HoleState) -> None:
        """Search on for a proof that is shorter than the one at hand."""
        assert hole.proof is not None
        number = max([MAIN, *hole.scopes]) + 1
        scope = self._scope(hole, number, None)
        limit = length_of(hole.proof.text)
        budget = self._budget(scope, None)
        order = Order(hole, number, hole.source, hole.theorem, budget, "breadth", Past, limit)
        self._begin(order, scope, None)

    def prefer(self, hole: HoleState, goal: GoalRow) -> str:
        """Have a goal searched next, by the search that knows it or by one of its own. Answers why that is
        not possible, else nothing."""
        if goal.standing is RowStanding.PROVED:
            return "this goal is proved"
        for search_hole, number in self._searches:
            node = _node_of(hole.scopes[number], goal) if search_hole is hole else None
            if node is not None:
                self._searches[hole, number].prefer(node)
                goal.wished = True
                self.go_on(hole)
                return ""
        main = hole.scopes.get(MAIN)
        if main is not None and _node_of(main, goal) is not None:
            self.start(hole, wish=goal)
            goal.wished = True
            return ""
        return self.start_at(hole, goal)

    def pause(self, hole: HoleState) -> None:
        for search in self._of(hole):
            search.pause()
        if hole.phase in (Phase.RUNNING, Phase.QUEUED):
            hole.phase = Phase.PAUSED

    def go_on(self, hole: HoleState) -> None:
        for search in self._of(hole):
            if search.paused:
                search.go_on()
                hole.phase = Phase.RUNNING

    def stop(self, hole: HoleState) -> None:
        for search in self._of(hole):
            search.stop()

    def more(self, hole: HoleState, budget: Budget) -> None:
        """More for its search: at once, or as soon as what it has is spent."""
        if (hole, MAIN) in self._searches:
            self._extra[hole, MAIN] = budget
            hole.thoughts.add("More budget is granted, for when this one is spent")
            self.go_on(hole)
        else:
            self.start(hole, budget)

    def forget(self, hole: HoleState) -> None:
        """Let a hole be as it was before anything was done on it."""
        self.stop(hole)
        self._journal.forget(hole)
        file = self.file_of(hole)
        file.holes[file.holes.index(hole)] = HoleState(hole.source, hole.theorem)

    def set_jobs(self, jobs: int) -> None:
        jobs = max(1, min(_MOST_JOBS, jobs))
        for _ in range(self._jobs, jobs):
            self._slots.release()
        for _ in range(jobs, self._jobs):  # a place that is taken now is given up when it is left
            threading.Thread(target=self._slots.acquire, daemon=True).start()
        self._jobs = jobs

    # -- by hand -----------------------------------------------------------------------------------------

    def look(self, hole: HoleState) -> None:
        """Open the hole on the desk, so that its goal is shown."""
        if not hole.restoring and not hole.forest.roots:
            self._desk.ask(Look(hole))

    def judge_again(self, hole: HoleState) -> None:
        """Have the newest proof certified in the file as it is now."""
        proof = hole.proof
        if hole.stale and proof is not None and not hole.judging:
            hole.judging = True
            self._desk.ask(Judge(hole, (proof.text,)))

    def check(self, file: FileState) -> None:
        if file.source is not None and file.complaints is None:
            self._desk.ask(Check(file.source))

    def hand(self, hole: HoleState, goal: GoalRow, tactic: str, fill: bool = False) -> None:
        self._desk.ask(Hand(hole, goal, tactic, fill))

    def suggest(self, hole: HoleState, goal: GoalRow) -> None:
        self._desk.ask(Suggest(hole, goal))

    # -- files -------------------------------------------------------------------------------------------

    def accept(self, hole: HoleState) -> Found:
        """Put the certified proof into the file. Raises `InputError`, and leaves the file alone, when there
        is none, when the file was changed by somebody else, or when it can't be written."""
        proof = hole.proof
        if proof is None or proof.verdict.standing is not Standing.CERTIFIED:
            raise InputError("there is no certified proof to write")
        if hole.stale:
            self.judge_again(hole)
            raise InputError("the file may have changed since: Lean checks the proof again; then w writes it")
        file = self.file_of(hole)
        try:
            file.write(hole.theorem.hole, proof.text)
        except FileChanged:
            file.changed = True
            raise FileChanged(
                f"{file.path.name} was changed on disk by somebody else: nothing was written; ctrl+r reads it"
                " again, what was found for unchanged theorems stays"
            ) from None
        hole.written = proof
        self._journal.kept(hole, proof.text, proof.verdict, written=True)
        self._journal.flush()
        return proof

    def reload(self) -> None:
        """Read the files again. Searches for holes that are as they were go on where they are."""
        known = self.holes
        for hole in known:
            self.stop(hole)
        for file in self.files:
            file.changed = False
        Loading(self.paths, self._journal, self.outbox, known).start()

    def add(self, path: Path) -> None:
        """One more file to work on."""
        self.paths.append(path)
        Loading([path], self._journal, self.outbox).start()

    def look_for_changes(self) -> list[FileState]:
        """The files that were changed by somebody else since the last look."""
        before = [file for file in self.files if not file.changed]
        return [file for file in before if not file.look()]

    # -- what is told ------------------------------------------------------------------------------------

    def take_in(self, most: int) -> list[told.Message]:
        """Apply what the threads told, the oldest first, at most so many messages. Answers them."""
        taken = self.outbox.take(most)
        for message in taken:
            self._apply(message)
        if taken:
            self._journal.flush()
        if self._journal.trouble:
            taken.append(told.Trouble(self._journal.trouble))
            self._journal.trouble = ""
        return taken

    def _apply(self, message: told.Message) -> None:
        match message:
            case told.Heard(hole, number, event):
                self._journal.event(hole, number, event)
                hole.apply(hole.scopes[number], event)
                if isinstance(event, Finished) or hole.forest.proved:
                    self._put_together(hole)
            case told.Trying(hole, tactic):
                hole.trying = tactic
            case told.Began(hole, _):
                if hole.phase is Phase.QUEUED:
                    hole.phase = Phase.RUNNING
            case told.Granted(hole, number, call, node):
                self._journal.granted(hole, number, call, node)
                goal = hole.scopes[number].goals[node]
                goal.wished = False
                hole.thoughts.add(f"As you wish: goal {goal.number} is next")
            case told.Ended():
                self._ended(message)
            case told.LeanIs():
                self.lean = message
            case told.Looked(hole, state):
                self._looked(hole, state)
            case told.Handed():
                self._handed(message)
            case told.Judged():
                self._judged(message)
            case told.Complaints(path, complaints):
                for file in self.files:
                    if file.path == path:
                        file.complaints = complaints
            case told.Read(file):
                self._read(file)
            case told.Restored(hole, trouble):
                hole.restoring = False
                hole.stale = bool(hole.found)
                hole.trouble = trouble
            case told.Trouble(text, hole) if hole is not None:
                hole.thoughts.add(text)
            case _:
                pass

    def _ended(self, message: told.Ended) -> None:
        hole, number = message.hole, message.scope
        self._searches.pop((hole, number), None)
        scope = hole.scopes[number]
        scope.seconds = max(scope.seconds, message.seconds)
        hole.trying = ""
        if not self._of(hole):
            hole.phase = Phase.IDLE
        hole.trouble = message.trouble
        if message.trouble:
            hole.thoughts.add(f"The search ended: {message.trouble}. s goes on where it was")
        extra = self._extra.pop((hole, number), None)
        if extra is not None and hole.result is not None and hole.result.stop in _OUT_OF_BUDGET:
            self.start(hole, extra)

    def _looked(self, hole: HoleState, state: TacticState) -> None:
        if not hole.forest.roots:
            hole.forest.open(state)
            self._journal.root(hole, state)

    def _handed(self, message: told.Handed) -> None:
        hole, goal = message.hole, message.goal
        tactic = hole.forest.record(goal, message.candidate, message.outcome, by_hand=True)
        self._journal.by_hand(hole, goal, message.candidate, message.outcome)
        assert tactic is not None
        hole.thoughts.add(f"By hand: `{tactic.title}` {tactic.answer}")
        if message.fill and isinstance(message.outcome, Advanced):
            why = self.start_at(hole, _stated(tactic))
            if why:
                hole.thoughts.add(why)
        self._put_together(hole)

    def _put_together(self, hole: HoleState) -> None:
        """Have a proof certified that stands in the tree, and was not found by one search alone."""
        if not hole.forest.proved or hole.solved or hole.judging:
            return
        if (hole, MAIN) in self._searches:
            return  # it is at it itself
        script = proof_of(hole.forest.roots[0])
        texts = tuple(text_of(hole.source, hole.theorem, script, shape) for shape in ("structured", "flat"))
        hole.judging = True
        hole.thoughts.add("All goals are closed: having Lean check the file with the proof")
        self._desk.ask(Judge(hole, texts))

    def _judged(self, message: told.Judged) -> None:
        hole, verdict = message.hole, message.verdict
        hole.judging = False
        if hole.stale:
            hole.stale = False
            hole.found.clear()
        if verdict.standing is Standing.REJECTED:
            hole.thoughts.add(f"The proof does not stand in the file: {verdict.reason}")
            return
        hole.keep(message.text, verdict)
        self._journal.kept(hole, message.text, verdict, written=False)
        if verdict.standing is Standing.CERTIFIED:
            hole.thoughts.add("Lean's kernel accepts the proof; w writes it")
        else:
            hole.thoughts.add(f"The proof stands, but leans on {', '.join(verdict.assumes)}")

    def _read(self, file: FileState) -> None:
        for number, other in enumerate(self.files):
            if other.path == file.path:
                self.files[number] = file
                return
        self.files.append(file)

    # -- beginnings --------------------------------------------------------------------------------------

    def _scope(self, hole: HoleState, number: int, base: GoalRow | None) -> Scope:
        scope = hole.scopes[number] = Scope(base)
        self._journal.began(hole, number, base)
        return scope

    def _begin(self, order: Order, scope: Scope, wish: GoalRow | None) -> None:
        hole = order.hole
        self._journal.flush()
        search = Searching(order, self._leans, self._slots, self._policies, self.books, self.outbox)
        node = None if wish is None else _node_of(scope, wish)
        if node is not None:
            search.prefer(node)
        hole.phase, hole.trouble = Phase.QUEUED, ""
        self._searches[hole, order.scope] = search
        search.start()

    def _of(self, hole: HoleState) -> list[Searching]:
        return [search for (each, _), search in self._searches.items() if each is hole]

    def _past(self, hole: HoleState, number: int) -> Callable[[], Past]:
        return lambda: self._journal.past(hole, number)

    def _budget(self, scope: Scope, more: Budget | None) -> Budget:
        """What it has spent, and more."""
        if more is None:
            more = Budget(seconds=self.preferences.seconds)
        seconds = None if more.seconds is None else scope.seconds + more.seconds
        tactics = None if more.tactics is None else scope.tactics + more.tactics
        expansions = None if more.expansions is None else scope.expansions + more.expansions
        tokens = None if more.tokens is None else scope.tokens + more.tokens
        usd = None if more.usd is None else scope.usd + more.usd
        return Budget(seconds, tactics, expansions, tokens, usd)


def _node_of(scope: Scope, goal: GoalRow) -> int | None:
    """What the search calls that goal."""
    return next((node for node, each in scope.goals.items() if each is goal), None)


def _stated(tactic: TacticRow) -> GoalRow:
    """The goal of what a `have` states: it does not know the new hypothesis yet, so it has the fewest."""
    return min(tactic.goals, key=lambda goal: len(goal.goals[0].hypotheses))
