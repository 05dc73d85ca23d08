"""The tree of a search, held against what can be read off it, and the order of the frontiers."""

from __future__ import annotations

import itertools

import pytest
from fakes import RAN_OUT, fake_state
from hypothesis import example, given
from hypothesis import strategies as st

from prover.lean.gateway import ran_out
from prover.policy.protocols import KEPT
from prover.search.equal import key_of, renamed
from prover.search.frontier import STRATEGIES, BestFirst, BreadthFirst, estimate
from prover.search.tree import SHARES, GoalNode, NodeStatus, Tree
from prover.types import Advanced, Candidate, Failed, FailureReason, Goal, Hypothesis, Outcome, Proved

FAILED = Failed(FailureReason.TACTIC, "no")
SAME_TWICE = Advanced(fake_state(0, ("b", "b")), 0.0)
WIDTH = 2

names = st.sampled_from(["a", "b", "c", "d", "?e"])
outcomes: st.SearchStrategy[Outcome | None] = st.one_of(
    st.just(FAILED),
    st.just(RAN_OUT),
    st.just(Proved(0.0)),
    st.lists(names, min_size=1, max_size=3).map(lambda goals: Advanced(fake_state(0, tuple(goals)), 0.0)),
    st.none(),
)


class Driver:
    """Searches as a search would, in any order and with any outcomes; None ends a goal's candidates."""

    def __init__(self) -> None:
        self.tree = Tree(fake_state(0, ("a",)), itertools.count())
        self.fallen: list[GoalNode] = []
        self.pending: set[GoalNode] = set()
        self.count = itertools.count()
        self.drain()

    def drain(self) -> None:
        self.pending |= {goal for goal in (*self.tree.ready, *self.tree.due) if goal.has_work}
        self.fallen += self.tree.fallen
        self.tree.ready.clear()
        self.tree.due.clear()
        self.tree.fallen.clear()

    @property
    def waiting(self) -> list[GoalNode]:
        return sorted((g for g in self.pending if g.has_work and self.tree.wanted(g)), key=lambda g: g.id)

    def step(self, goal: GoalNode, outcome: Outcome | None) -> None:
        if outcome is None:
            goal.untried.clear()
            if goal.again is not None:
                self.tree.propose(goal, WIDTH, ())
        else:
            if not goal.untried and goal.again is not None:
                offered = [Candidate(f"t{next(self.count)}", -1.0) for _ in range(WIDTH)]
                self.tree.propose(goal, WIDTH, offered)
            self.tree.record(goal, goal.untried.popleft(), outcome)
        self.tree.finish(goal)
        self.drain()


@given(st.lists(st.tuples(st.integers(0, 7), outcomes), max_size=40), st.booleans())
@example([(0, SAME_TWICE), (1, FAILED), (1, RAN_OUT), (1, Proved(0.0)), (1, FAILED)], False)
def test_the_tree_knows_what_can_be_read_off_it(steps: list[tuple[int, Outcome | None]], doubt: bool) -> None:
    driver = Driver()
    check(driver)
    for choice, outcome in steps:
        if not (waiting := driver.waiting):
            break
        driver.step(waiting[choice % len(waiting)], outcome)
        if doubt and driver.tree.root.status is NodeStatus.PROVED:
            driver.tree.doubt(next(driver.tree.proofs()))
            driver.drain()
        check(driver)


def test_a_kept_script_gets_all_heartbeats_at_once() -> None:
    goal = Driver().tree.root
    assert goal.share(Candidate("grind", source=f"{KEPT}7 (stale)")) == SHARES[-1]
    assert goal.share(Candidate("grind")) == SHARES[0]


def check(driver: Driver) -> None:
    """What the tree keeps up to date, recomputed from outcomes alone."""
    tree = driver.tree
    reached = [tree.root]
    for node in reached:
        for tactic in node.tactics:
            assert tactic.parent is node
            assert all(goal.parent is tactic for goal in tactic.subgoals)
            reached += tactic.subgoals
    assert sorted(node.id for node in reached) == [node.id for node in tree.nodes]
    for node in reached:
        check_place(node)
        check_status(node, reached)
        check_shares(node)
    dead = [node for node in tree.nodes if node.status is NodeStatus.DEAD]
    assert sorted(driver.fallen, key=lambda goal: goal.id) == dead and all(goal.why for goal in dead)
    wanted = all_wanted(tree)
    for node in reached:
        assert tree.wanted(node) == (node in wanted)
        if node in wanted and node.has_work:
            assert node in driver.pending


def check_place(node: GoalNode) -> None:
    above = list(ancestors(node))
    assert node.depth == len(above)
    assert node.cost == sum(-goal.parent.candidate.logprob for goal in (node, *above) if goal.parent)
    assert node.key == key_of(node.goals)
    if node.status is not NodeStatus.DEAD:
        assert node.key not in {goal.key for goal in above}


def check_status(node: GoalNode, reached: list[GoalNode]) -> None:
    proved = any(is_proved(tactic.outcome, tactic.subgoals) for tactic in node.tactics)
    assert (node.status is NodeStatus.PROVED) == proved
    hopeless = all(
        isinstance(tactic.outcome, Failed) or any(g.status is NodeStatus.DEAD for g in tactic.subgoals)
        for tactic in node.tactics
    )
    exhausted = node.again is None and not node.untried and hopeless
    round_in_a_circle = any(goal.key == node.key for goal in ancestors(node))
    like_a_dead_one = node.like is not None and node.like.status is NodeStatus.DEAD
    assert (node.status is NodeStatus.DEAD) == (exhausted or round_in_a_circle or like_a_dead_one)
    if node.like is not None and node.status is NodeStatus.OPEN:
        assert node.like in reached and node.like.key == node.key
        assert node.like.status is NodeStatus.OPEN and node.like.like is None


def check_shares(node: GoalNode) -> None:
    """Nothing is asked of Lean twice, and what ran out of heartbeats is asked with more, and costs more. What
    proved a goal like this one may begin with more."""
    tried = {text: [t for t in node.tactics if t.candidate.tactic == text] for text in texts(node)}
    waiting = {candidate.tactic: candidate for candidate in node.untried}
    assert len(waiting) == len(node.untried)
    for text, tries in tried.items():
        shares, count = tuple(tactic.share for tactic in tries), len(tries)
        hinted = tries[0].candidate.source.startswith("goal ")
        assert shares == SHARES[:count] or (
            hinted and shares in [SHARES[at : at + count] for at in range(len(SHARES))]
        )
        assert all(ran_out(tactic.outcome) for tactic in tries[:-1])
        if text in waiting:
            assert ran_out(tries[-1].outcome) and node.share(waiting[text]) > tries[-1].share


def texts(node: GoalNode) -> set[str]:
    return {tactic.candidate.tactic for tactic in node.tactics}


def is_proved(outcome: Outcome, subgoals: tuple[GoalNode, ...]) -> bool:
    if isinstance(outcome, Proved):
        return True
    return isinstance(outcome, Advanced) and all(goal.status is NodeStatus.PROVED for goal in subgoals)


def all_wanted(tree: Tree) -> set[GoalNode]:
    """The least set that has the root, and whatever helps one that is in it."""
    found: set[GoalNode] = set()
    while True:
        more = {node for node in tree.nodes if node.searched and helps(node, found, tree)}
        if more == found:
            return found
        found = more


def helps(node: GoalNode, wanted: set[GoalNode], tree: Tree) -> bool:
    if node.parent is None or any(other.like is node and other in wanted for other in tree.nodes):
        return True
    return node.parent.status is not NodeStatus.DEAD and node.parent.parent in wanted


def ancestors(node: GoalNode) -> list[GoalNode]:
    found = []
    while node.parent is not None:
        node = node.parent.parent
        found.append(node)
    return found


# Goals that read alike


def goal(*names: str, target: str, case: str = "") -> Goal:
    hypotheses = tuple(Hypothesis(name, kind) for name, _, kind in (name.partition(":") for name in names))
    return Goal(hypotheses, target, case, "")


def test_keys_leave_names_of_hypotheses_and_cases_out() -> None:
    one = goal("n:Nat", "h':n = n.succ", target="n  =\n  f n", case="left")
    two = goal("m:Nat", "x✝:m = m.succ", target="m = f m")
    assert key_of([one]) == key_of([two])
    assert key_of([one]) != key_of([goal("m:Nat", "x✝:m = m.succ", target="m = f x✝")])
    assert key_of([one]) != key_of([goal("h:n = n.succ", "n:Nat", target="n = f n")])
    assert key_of([one]) != key_of([one, one])


def test_a_tactic_is_renamed_for_a_goal_that_reads_alike() -> None:
    one = goal("n:Nat", "h:P", "k:Q", target="T")
    two = goal("m:Nat", "h:P", "k✝:Q", target="T")
    assert renamed("induction n generalizing k; exact Foo.n n.succ n' h", [one], [two]) == (
        "induction m generalizing k; exact Foo.n m.succ n' h"
    )


# Frontiers


def node(number: int, depth: int, cost: float, *goals: str) -> GoalNode:
    state = fake_state(0, goals)
    found = GoalNode(number, state, tuple(range(len(goals))), None, depth, cost, "")
    found.untried.append(Candidate("x", -1.0))
    return found


drawn = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from([0.0, 1.0, 2.0]), st.sampled_from(["p", "q", "a longer one"])
    )
)


@given(drawn)
def test_the_cheapest_comes_first_and_the_older_on_a_tie(drawn: list[tuple[int, float, str]]) -> None:
    nodes = [node(i, depth, cost, name) for i, (depth, cost, name) in enumerate(drawn)]
    cheapest, shallowest = BestFirst(), BreadthFirst()
    for each in nodes:
        cheapest.push(each)
        shallowest.push(each)
    assert len(cheapest) == len(nodes)
    in_order = sorted(nodes, key=lambda node: (node.cost + estimate(node), node.id))
    assert [cheapest.pop() for _ in nodes] == in_order
    assert [shallowest.pop() for _ in nodes] == sorted(nodes, key=lambda node: (node.depth, node.id))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_an_empty_frontier_says_so(strategy: str) -> None:
    frontier = STRATEGIES[strategy]()
    one = node(0, 0, 0.0, "p")
    for _ in range(2):
        with pytest.raises(IndexError):
            frontier.pop()
        frontier.push(one)
        assert len(frontier) == 1
        assert frontier.pop() is one
        assert len(frontier) == 0


def test_puct_goes_where_it_is_likely_and_looks_elsewhere_now_and_then() -> None:
    tree = Tree(fake_state(0, ("root",)), itertools.count())
    frontier = STRATEGIES["puct"]()
    root = tree.root
    tree.propose(root, 8, [Candidate("likely", -0.1), Candidate("unlikely", -3.0)])
    for name in ("one", "two"):
        tree.record(root, root.untried.popleft(), Advanced(fake_state(0, (name,)), 0.0))
    counts = {"one": 0, "two": 0}
    for goal_ in tree.ready[1:]:
        frontier.push(goal_)
    likely, unlikely = tree.ready[1:]
    frontier = STRATEGIES["puct"]()
    frontier.push(root)
    frontier.push(likely)
    frontier.push(unlikely)
    for i in range(200):
        popped = frontier.pop()
        if popped in (likely, unlikely):
            counts[popped.goals[0].target] += 1
            popped.untried.append(Candidate(f"t{i}", -1.0))
            tree.record(popped, popped.untried.popleft(), FAILED)
            frontier.push(popped)
    assert counts["one"] > counts["two"] > 0
