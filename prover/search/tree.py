"""The record of a search: goals, the tactics tried on them, and what is known of each.

A goal is an OR: one tactic proves it. A tactic is an AND: it proves its goal when all goals that it leaves
are proved. Goals that share metavariables are one node, whose first goal is worked on while the others look
on.

Every node is a place of its own in Lean, and a proof is a tree of such places, so nothing in it can go
round in a circle. Goals that read alike are not taken for the same, but they share their work: one of them
is searched and the others wait for it. When it is proved, its tactics are run for the others, too; should
Lean not take them there, the others are searched after all. When it is given up, so are they. A goal that
reads like one above it is given up at once.

A tactic first gets a small part of the heartbeats that it may have. One that they were too few for goes
back to the candidates, dearer than it was, to be tried with more of them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias

from prover.lean.gateway import ran_out
from prover.lean.rows import attempts_of
from prover.policy.protocols import KEPT, again_of
from prover.search.equal import key_of, renamed
from prover.types import Advanced, Candidate, Goal, Outcome, Proved, TacticState, effect_of

SHARES = (0.1, 0.3, 1.0)
"""Of a tactic's heartbeats: what it gets when it is first tried, and when that was too little."""

ROW_SHARES = (0.3, 1.0)
"""The same for a row of attempts (prover/lean/rows.py), which divides it among these."""

_DEARER = 1.0  # -log probability, for each time that a tactic is tried again
_WHOLE = re.compile(r"^\((rename_i [^\n]*\n )?(have|obtain) |\b(exact|apply|rw|try)\?(?![\w'])")
"""These get all at once: rows of facts, as one that takes too long loses the work of all, and what fits
itself to the heartbeats that it has, and does not say when they were too few."""


class NodeStatus(Enum):
    """PROVED: Lean accepts what stands below. DEAD: nothing below is left to try. OPEN: neither."""

    OPEN = "open"
    PROVED = "proved"
    DEAD = "dead"


@dataclass(slots=True, eq=False)
class GoalNode:
    """The goals of one group of a state.

    `cost` is the -log probability of the tactics above it, and `depth` their number. `parent` is None for the
    root. `untried` are the candidates to come, `seen` all there have been. `cut` says how often a tactic was
    cut short. `asked` counts the requests to the policy, `width` is how many candidates the last one was for,
    and `again` is the price of the next one, None where the policy has no more. `like` is the goal that it
    waits for. `circle` is the least depth of a goal that something below was given up for reading like.
    `doubted`: a proof that goes through it was not certified, and others are looked for. `left` is what a
    critic says that a proof of it may cost, None where none was asked. `queued`, `visits` and `total` belong
    to whoever drives the search.
    """

    id: int
    state: TacticState
    group: tuple[int, ...]
    parent: TacticNode | None
    depth: int
    cost: float
    key: str
    status: NodeStatus = NodeStatus.OPEN
    why: str = ""
    tactics: list[TacticNode] = field(default_factory=list)
    untried: deque[Candidate] = field(default_factory=deque)
    seen: set[str] = field(default_factory=set)
    cut: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    width: int = 0
    again: float | None = 0.0
    like: GoalNode | None = None
    circle: int = 0
    doubted: bool = False
    queued: bool = False
    visits: int = 0
    total: float = 0.0
    left: float | None = None

    @property
    def goals(self) -> tuple[Goal, ...]:
        return tuple(self.state.goals[number] for number in self.group)

    @property
    def searched(self) -> bool:
        return self.status is NodeStatus.OPEN or self.doubted

    @property
    def has_work(self) -> bool:
        return self.searched and self.like is None and (bool(self.untried) or self.again is not None)

    @property
    def to_ask(self) -> bool:
        """Whether the policy is to be asked before anything else is tried."""
        if self.again is None or not self.untried:
            return self.again is not None
        return self.again < -self.untried[0].logprob

    def share(self, candidate: Candidate) -> float:
        """Of a tactic's heartbeats, for the next try of this one. A kept script is a whole proof."""
        if candidate.source.startswith(KEPT) or _WHOLE.search(candidate.tactic):
            return SHARES[-1]
        shares = ROW_SHARES if attempts_of(candidate.tactic) else SHARES
        return shares[self.cut.get(candidate.tactic, 0)]


@dataclass(slots=True, eq=False)
class TacticNode:
    """A candidate tried with that `share` of a tactic's heartbeats. `subgoals` are what it left to prove,
    empty unless the outcome is `Advanced`."""

    parent: GoalNode
    candidate: Candidate
    share: float
    outcome: Outcome
    subgoals: tuple[GoalNode, ...] = ()
    status: NodeStatus = NodeStatus.OPEN
    visits: int = 0
    total: float = 0.0

    @property
    def effect(self) -> str:
        """What of it belongs into a proof."""
        return effect_of(self.candidate.tactic, self.outcome)


Proof: TypeAlias = tuple[TacticNode, ...]
"""The tactics of a proof from the top, each before those for the goals that it leaves."""


class Tree:
    """All goals reached from one root. Takes the ids of its nodes from `ids`.

    What follows from an outcome is told in these, which whoever drives the search empties: `ready` are
    goals to be searched, `due` goals with a tactic to run first because it proved one like them, `fallen`
    those that were given up. `news` says that there may be a new proof of the root.
    """

    def __init__(self, root: TacticState, ids: Iterator[int]) -> None:
        self._ids = ids
        self._alike: dict[str, list[GoalNode]] = {}
        self.nodes: list[GoalNode] = []
        self.ready: list[GoalNode] = []
        self.due: deque[GoalNode] = deque()
        self.fallen: list[GoalNode] = []
        self.news = False
        self.root = self._node(root, root.groups[0], None)
        self._place(self.root)

    def propose(self, goal: GoalNode, width: int, candidates: Sequence[Candidate]) -> None:
        """Note what the policy answered when it was asked for `width` candidates."""
        goal.asked, goal.width, goal.again = goal.asked + 1, width, again_of(candidates, width)
        left = bool(goal.untried)
        goal.untried.extend(c for c in candidates if c.tactic not in goal.seen)
        if left:
            goal.untried = deque(sorted(goal.untried, key=lambda candidate: -candidate.logprob))
        goal.seen.update(candidate.tactic for candidate in candidates)

    def record(
        self, goal: GoalNode, candidate: Candidate, outcome: Outcome, share: float | None = None
    ) -> TacticNode:
        """Note what Lean says of a candidate, the next of a goal, that had `share` of a tactic's heartbeats:
        what it was to have, unless said."""
        tactic = TacticNode(goal, candidate, goal.share(candidate) if share is None else share, outcome)
        goal.tactics.append(tactic)
        if isinstance(outcome, Advanced):
            groups = outcome.state.groups
            tactic.subgoals = tuple(self._node(outcome.state, group, tactic) for group in groups)
            for subgoal in tactic.subgoals:
                self._place(subgoal)
            self._settle([tactic])
        elif isinstance(outcome, Proved):
            self._settle([tactic])
        else:
            tactic.status = NodeStatus.DEAD
            if ran_out(outcome) and tactic.share < SHARES[-1]:
                _put_back(tactic)
        return tactic

    def finish(self, goal: GoalNode) -> None:
        """Give a goal up of which nothing can come any more."""
        if _is_dead(goal):
            self._settle(self._give_up(goal, _reason(goal)))

    def wanted(self, goal: GoalNode) -> bool:
        """Whether its proof would help: none above is proved or dead, or one that is wanted waits for it."""
        return self._wanted(goal, set())

    def proofs(self) -> Iterator[Proof]:
        """All proofs of the root that are known, of each goal the newest first."""
        return _proofs((self.root,))

    def doubt(self, proof: Proof) -> None:
        """Look for other proofs than this one. All goals that can be searched again are `ready`."""
        for tactic in proof:
            tactic.parent.doubted = True
        self.ready.extend(goal for goal in self.nodes if goal.has_work and not goal.queued)

    # -- places ------------------------------------------------------------------------------------------

    def _node(self, state: TacticState, group: tuple[int, ...], parent: TacticNode | None) -> GoalNode:
        key = key_of([state.goals[number] for number in group])
        depth = 0 if parent is None else parent.parent.depth + 1
        cost = 0.0 if parent is None else parent.parent.cost - parent.candidate.logprob
        node = GoalNode(next(self._ids), state, group, parent, depth, cost, key, circle=depth)
        self.nodes.append(node)
        return node

    def _place(self, node: GoalNode) -> None:
        """Decide whether a new goal is searched, waits for one like it, or is given up."""
        alike = self._alike.setdefault(node.key, [])
        above = next((goal for goal in _above(node) if goal.key == node.key), None)
        if above is not None:
            for goal in _above(node):
                if goal is above:
                    break
                goal.circle = min(goal.circle, above.depth)
            self._fall(node, f"the same as goal {above.id} above it")
        else:
            self._follow(node, alike)
        alike.append(node)

    def _follow(self, node: GoalNode, alike: Sequence[GoalNode]) -> None:
        for goal in alike:
            if goal.status is NodeStatus.PROVED:
                return self._hint(node, goal)
        for goal in alike:
            if (
                goal.status is NodeStatus.DEAD
                and goal.like is None
                and goal.width
                and goal.circle == goal.depth
            ):
                node.like = goal
                return self._fall(node, f"the same as goal {goal.id}, which was given up")
        for goal in alike:
            if goal.status is NodeStatus.OPEN and goal.like is None and self.wanted(goal):
                node.like = goal
                return None
        return self.ready.append(node)

    def _hint(self, node: GoalNode, proved: GoalNode) -> None:
        """Let the tactic that proved a goal be the next one for a goal like it."""
        node.like = None
        tactic = next(tactic for tactic in proved.tactics if tactic.status is NodeStatus.PROVED)
        text = renamed(tactic.effect, proved.goals, node.goals)
        waits = any(candidate.tactic == text for candidate in node.untried)
        if waits or all(tactic.candidate.tactic != text for tactic in node.tactics):
            node.cut[text] = max(proved.cut.get(tactic.candidate.tactic, 0), node.cut.get(text, 0))
            rest = [candidate for candidate in node.untried if candidate.tactic != text]
            node.untried = deque([Candidate(text, 0.0, f"goal {proved.id}"), *rest])
            node.seen.add(text)
            self.due.append(node)
        elif not node.queued:
            self.ready.append(node)

    # -- what follows ------------------------------------------------------------------------------------

    def _settle(self, tactics: Sequence[TacticNode]) -> None:
        """Carry the fate of goals upwards, from the tactics that left them."""
        waiting = deque(tactics)
        while waiting:
            tactic = waiting.popleft()
            if tactic.status is not NodeStatus.OPEN:
                continue
            if any(goal.status is NodeStatus.DEAD for goal in tactic.subgoals):
                tactic.status = NodeStatus.DEAD
                if _is_dead(tactic.parent):
                    waiting.extend(self._give_up(tactic.parent, _reason(tactic.parent)))
            elif all(goal.status is NodeStatus.PROVED for goal in tactic.subgoals):
                tactic.status = NodeStatus.PROVED
                self.news = True
                waiting.extend(self._prove(tactic.parent))

    def _prove(self, goal: GoalNode) -> list[TacticNode]:
        if goal.status is NodeStatus.PROVED:
            return []
        goal.status = NodeStatus.PROVED
        for other in self._alike[goal.key]:
            if other.status is NodeStatus.OPEN:
                self._hint(other, goal)
        return [] if goal.parent is None else [goal.parent]

    def _give_up(self, goal: GoalNode, why: str) -> list[TacticNode]:
        """The tactics concerned: what left the goal, and those that left goals that waited for it."""
        self._fall(goal, why)
        fallen = [goal]
        for other in self._alike[goal.key]:
            if other.like is goal and other.status is NodeStatus.OPEN:
                if goal.circle < goal.depth:  # what it ran into may not be above the other
                    other.like = None
                    self.ready.append(other)
                else:
                    self._fall(other, f"the same as goal {goal.id}, which was given up")
                    fallen.append(other)
        return [below.parent for below in fallen if below.parent is not None]

    def _fall(self, goal: GoalNode, why: str) -> None:
        goal.status, goal.why = NodeStatus.DEAD, why
        self.fallen.append(goal)

    def _wanted(self, goal: GoalNode, asked: set[int]) -> bool:
        below: list[GoalNode] = []
        for node in (goal, *_above(goal)):
            if not node.searched or node.id in asked:
                break
            below.append(node)
            asked.add(node.id)
            if node.parent is None:
                return True
            if node.parent.status is NodeStatus.DEAD:
                break
        waiting = (other for node in below for other in self._alike[node.key] if other.like is node)
        return any(self._wanted(other, asked) for other in waiting)


def _put_back(tactic: TacticNode) -> None:
    """Among the candidates of its goal, behind those that are no dearer."""
    goal, candidate = tactic.parent, tactic.candidate
    goal.cut[candidate.tactic] = goal.cut.get(candidate.tactic, 0) + 1
    dearer = replace(candidate, logprob=candidate.logprob - _DEARER)
    behind = sum(other.logprob >= dearer.logprob for other in goal.untried)
    goal.untried.insert(behind, dearer)


def _above(node: GoalNode) -> Iterator[GoalNode]:
    """The goals above it, the nearest first."""
    while node.parent is not None:
        node = node.parent.parent
        yield node


def _is_dead(goal: GoalNode) -> bool:
    return (
        goal.status is NodeStatus.OPEN
        and goal.like is None
        and goal.again is None
        and not goal.untried
        and all(tactic.status is NodeStatus.DEAD for tactic in goal.tactics)
    )


def _reason(goal: GoalNode) -> str:
    if not goal.tactics:
        return "no tactic was proposed"
    if not any(isinstance(tactic.outcome, Advanced) for tactic in goal.tactics):
        return "every tactic failed"
    return "every tactic failed or left a goal that was given up"


def _proofs(goals: tuple[GoalNode, ...]) -> Iterator[Proof]:
    """All ways to prove these goals together; those of the last one vary first."""
    if not goals:
        yield ()
        return
    for tactic in reversed(goals[0].tactics):
        if tactic.status is NodeStatus.PROVED:
            for below in _proofs(tactic.subgoals):
                for rest in _proofs(goals[1:]):
                    yield (tactic, *below, *rest)
