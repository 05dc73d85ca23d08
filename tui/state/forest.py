"""All that was tried on one hole, by searches and by hand, as one tree.

    forest = Forest()
    scope = Scope()
    for event in search(…):
        forest.apply(scope, event)

A search names its nodes by numbers of its own; a `Scope` says which goals they are. Several searches may work
on one hole, from its root or from a goal somewhere below: where one tries what was tried there already, it
gets the rows that there are.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace

from prover.events import Duplicate, Event, Expanding, GivenUp, Opened, Proposed, Resumed, Tried
from prover.search.equal import key_of
from prover.types import Advanced, Candidate, Failed, Outcome, Proved, TacticState
from tui.state.rows import GoalRow, Row, Standing, TacticRow, resize, walk

KEPT = 100_000
"""How many tactics are kept as rows. Past that, failed ones are only counted."""

MESSAGE = 2_000
"""How many characters of what Lean said of a failed tactic are kept."""

_COST_OF_GOAL, _COST_OF_CHARACTER = 0.5, 0.002


@dataclass(slots=True)
class Scope:
    """One search. `base` is the goal that it starts from, None for the hole's own; `at` where it is. The rest
    is what it has spent."""

    base: GoalRow | None = None
    goals: dict[int, GoalRow] = field(default_factory=dict)
    at: GoalRow | None = None
    tactics: int = 0
    expansions: int = 0
    tokens: int = 0
    usd: float = 0.0
    seconds: float = 0.0


@dataclass(eq=False)
class Forest:
    """`roots` are the hole's goal at each visit of Lean. `latest` is what changed last. `rows` counts tactics
    and goals that are kept, `tactics` the tactics tried, kept or not."""

    roots: list[GoalRow] = field(default_factory=list)
    latest: Row | None = None
    tactics: int = 0
    failed: int = 0
    rows: int = 0
    lean_seconds: float = 0.0
    show_failed: bool = True
    kept: int = KEPT
    _numbers: int = 0

    @property
    def lines(self) -> int:
        """How many lines it takes up as it is shown."""
        return sum(root.size for root in self.roots)

    @property
    def proved(self) -> bool:
        return bool(self.roots) and self.roots[0].standing is Standing.PROVED

    def open(self, state: TacticState) -> GoalRow:
        """The root, which is made where there is none."""
        if not self.roots:
            self.roots.append(self._goal(state, state.groups[0], None, 0.0))
        return self.roots[0]

    def apply(self, scope: Scope, event: Event) -> None:
        """Take in what a search says. What it says beside goals and tactics changes nothing here."""
        match event:
            case Opened(visit=visit, node=node, root=state):
                scope.goals[node] = scope.at = self._base(scope, visit, state)
            case Expanding(node=node, cost=cost):
                scope.at = self.latest = goal = scope.goals[node]
                goal.cost = cost
            case Proposed(node=node, candidates=candidates):
                goal = scope.goals[node]
                tried = {tactic.candidate.tactic for tactic in goal.tactics}
                goal.untried = deque(each for each in candidates if each.tactic not in tried)
            case Tried(node=node, candidate=candidate, outcome=outcome, children=children):
                scope.at = goal = scope.goals[node]
                tactic = self.record(goal, candidate, outcome)
                if tactic is not None:
                    scope.goals.update(zip(children, tactic.goals, strict=True))
            case Duplicate(node=node, like=like):
                goal = scope.goals[node]
                goal.like = scope.goals[like]
                if goal.standing is Standing.OPEN:
                    self._stand(goal, Standing.WAITING)
            case GivenUp(node=node, why=why):
                self._give_up(scope.goals[node], why)
            case Resumed(node=node):
                scope.at = self.latest = scope.goals[node]
            case _:
                pass

    def record(
        self, goal: GoalRow, candidate: Candidate, outcome: Outcome, by_hand: bool = False
    ) -> TacticRow | None:
        """Note what Lean says of a tactic on a goal. None for one that is only counted."""
        self.tactics += 1
        self.lean_seconds += outcome.lean_seconds
        if goal.untried and goal.untried[0].tactic == candidate.tactic:
            goal.untried.popleft()
        elif goal.untried:
            goal.untried = deque(each for each in goal.untried if each.tactic != candidate.tactic)
        known = next((t for t in goal.tactics if _same(t, candidate, outcome)), None)
        if known is not None:
            self.latest = known
            return known
        if isinstance(outcome, Failed):
            self.failed += 1
            if self.rows >= self.kept and not by_hand:
                goal.dropped += 1
                return None
            outcome = replace(outcome, message=outcome.message[:MESSAGE])
        tactic = TacticRow(self.tactics, goal, candidate, outcome, by_hand)
        tactic.standing = Standing.FAILED if isinstance(outcome, Failed) else Standing.OPEN
        if isinstance(outcome, Advanced):
            cost = goal.cost - candidate.logprob
            groups = outcome.state.groups
            tactic.goals = tuple(self._goal(outcome.state, group, tactic, cost) for group in groups)
            tactic.inner = len(tactic.goals)
        self._add(goal, tactic)
        return tactic

    def show(self, failed: bool) -> None:
        """Show or hide the tactics that failed."""
        self.show_failed = failed
        for row in reversed(list(walk(self.roots))):
            row.inner = sum(below.size for below in row.below)
            if isinstance(row, TacticRow):
                row.hidden = not failed and row.standing is Standing.FAILED and not row.by_hand

    # -- what follows ------------------------------------------------------------------------------------

    def _base(self, scope: Scope, visit: int, state: TacticState) -> GoalRow:
        if visit == 1:
            return scope.base or self.open(state)
        while len(self.roots) < visit:
            self.roots.append(self._goal(state, state.groups[0], None, 0.0))
        return self.roots[visit - 1]

    def _goal(
        self, state: TacticState, group: tuple[int, ...], parent: TacticRow | None, cost: float
    ) -> GoalRow:
        depth = 0 if parent is None else parent.parent.depth + 1
        goal = GoalRow(self._numbers, state, group, parent, depth, cost)
        goal.left = estimate(goal)
        self._numbers += 1
        self.rows += 1
        return goal

    def _add(self, goal: GoalRow, tactic: TacticRow) -> None:
        self.rows += 1
        tactic.hidden = not self.show_failed and tactic.standing is Standing.FAILED and not tactic.by_hand
        before = goal.size
        goal.tactics.append(tactic)
        goal.inner += tactic.size
        resize(goal, before)
        self.latest = tactic
        if isinstance(tactic.outcome, Proved):
            self._stand(tactic, Standing.PROVED)
        elif isinstance(tactic.outcome, Advanced):
            self._estimate(goal)

    def _give_up(self, goal: GoalRow, why: str) -> None:
        goal.why = why
        if goal.standing is not Standing.PROVED:  # what one search gives up, a hand may prove
            self._stand(goal, Standing.GIVEN_UP)

    def _stand(self, row: Row, standing: Standing) -> None:
        """Carry upwards how a row stands."""
        row.standing = standing
        self.latest = row
        at: Row | None = row.above
        while at is not None:
            if isinstance(at, TacticRow):
                now = _of_tactic(at)
            else:
                assert isinstance(at, GoalRow)
                now = _of_goal(at)
            if now is at.standing:
                break
            at.standing, at = now, at.above
        self._estimate(row.parent if isinstance(row, TacticRow) else row)

    def _estimate(self, goal: GoalRow | Row) -> None:
        """Choose again, from this goal up, the tactic after which the least is left to prove."""
        at: GoalRow | None = goal if isinstance(goal, GoalRow) else None
        while at is not None:
            left, best = _best(at)
            if left == at.left and best is at.best and at is not goal:
                return
            at.left, at.best = left, best
            at = None if at.parent is None else at.parent.parent


def estimate(goal: GoalRow) -> float:
    """What a proof of it may cost that nothing was tried on, as -log probability."""
    return sum(_COST_OF_GOAL + _COST_OF_CHARACTER * len(part.text) for part in goal.goals)


def _best(goal: GoalRow) -> tuple[float, TacticRow | None]:
    left, best = estimate(goal), None
    if goal.standing is Standing.GIVEN_UP and not goal.tactics:
        left = math.inf  # it runs in a circle
    for tactic in goal.tactics:
        if tactic.standing is Standing.PROVED:
            return 0.0, tactic
        if tactic.standing in (Standing.FAILED, Standing.GIVEN_UP):
            continue
        after = sum(below.left for below in tactic.goals)
        if after < left:
            left, best = after, tactic
    return left, best


def _of_tactic(tactic: TacticRow) -> Standing:
    below = [goal.standing for goal in tactic.goals]
    if all(standing is Standing.PROVED for standing in below):
        return Standing.PROVED
    return Standing.GIVEN_UP if Standing.GIVEN_UP in below else Standing.OPEN


def _of_goal(goal: GoalRow) -> Standing:
    if any(tactic.standing is Standing.PROVED for tactic in goal.tactics):
        return Standing.PROVED
    return goal.standing


def _same(tactic: TacticRow, candidate: Candidate, outcome: Outcome) -> bool:
    """Whether it is the same tactic with the same answer, so that its rows serve."""
    if tactic.candidate.tactic != candidate.tactic or type(tactic.outcome) is not type(outcome):
        return False
    if isinstance(outcome, Advanced) and isinstance(tactic.outcome, Advanced):
        one, other = tactic.outcome.state, outcome.state
        return one.groups == other.groups and key_of(one.goals) == key_of(other.goals)
    return True
