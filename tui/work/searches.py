"""The searches of a workshop: beginning, steering and ending them, and what each may spend."""

from __future__ import annotations

import threading
from collections.abc import Callable

from prover.lean.source import parse_source
from prover.policy.protocols import PolicyFactory
from prover.types import Budget, Stop
from tui.state.forest import Scope
from tui.state.holes import HoleState, Phase
from tui.state.rows import GoalRow, Standing
from tui.state.scripts import furthest_of, marked_text
from tui.work.books import Books
from tui.work.journal import Journal
from tui.work.leans import Leans
from tui.work.messages import Ended, Outbox
from tui.work.preferences import Preferences
from tui.work.searching import Order, Past, Searching, length_of

MAIN = 0
"""The number of the search from a hole's own goal."""

_MOST_JOBS = 16
_OUT_OF_BUDGET = (Stop.SECONDS, Stop.TACTICS, Stop.EXPANSIONS, Stop.TOKENS, Stop.USD)


class Searches:
    """`jobs` of them work at a time; `preferences` are asked when one begins. For one thread."""

    def __init__(
        self,
        preferences: Callable[[], Preferences],
        leans: Leans,
        policies: Callable[[], PolicyFactory],
        books: Books,
        journal: Journal,
        outbox: Outbox,
    ) -> None:
        self._preferences = preferences
        self._leans = leans
        self._policies = policies
        self._books = books
        self._journal = journal
        self._outbox = outbox
        self._jobs = preferences().jobs
        self._slots = threading.Semaphore(self._jobs)
        self._searches: dict[tuple[HoleState, int], Searching] = {}
        self._extra: dict[tuple[HoleState, int], Budget] = {}

    def is_at(self, hole: HoleState) -> bool:
        """Whether the search from the hole's own goal is under way, paused or not."""
        return (hole, MAIN) in self._searches

    def stop_all(self) -> None:
        for search in self._searches.values():
            search.stop()

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
        strategy, past = self._preferences().strategy, self._past(hole, MAIN)
        self._begin(Order(hole, MAIN, hole.source, hole.theorem, budget, strategy, past), scope, wish)

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
        strategy = self._preferences().strategy
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
        if goal.standing is Standing.PROVED:
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

    def set_jobs(self, jobs: int) -> None:
        jobs = max(1, min(_MOST_JOBS, jobs))
        for _ in range(self._jobs, jobs):
            self._slots.release()
        for _ in range(jobs, self._jobs):  # a place that is taken now is given up when it is left
            threading.Thread(target=self._slots.acquire, daemon=True).start()
        self._jobs = jobs

    def ended(self, message: Ended) -> None:
        """Take in that a search is; where more was granted, it goes on."""
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

    # -- beginnings --------------------------------------------------------------------------------------

    def _scope(self, hole: HoleState, number: int, base: GoalRow | None) -> Scope:
        scope = hole.scopes[number] = Scope(base)
        self._journal.began(hole, number, base)
        return scope

    def _begin(self, order: Order, scope: Scope, wish: GoalRow | None) -> None:
        hole = order.hole
        self._journal.flush()
        search = Searching(order, self._leans, self._slots, self._policies, self._books, self._outbox)
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
            more = Budget(seconds=self._preferences().seconds)
        seconds = None if more.seconds is None else scope.seconds + more.seconds
        tactics = None if more.tactics is None else scope.tactics + more.tactics
        expansions = None if more.expansions is None else scope.expansions + more.expansions
        tokens = None if more.tokens is None else scope.tokens + more.tokens
        usd = None if more.usd is None else scope.usd + more.usd
        return Budget(seconds, tactics, expansions, tokens, usd)


def _node_of(scope: Scope, goal: GoalRow) -> int | None:
    """What the search calls that goal."""
    return next((node for node, each in scope.goals.items() if each is goal), None)
