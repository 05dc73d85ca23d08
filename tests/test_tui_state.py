"""What the terminal UI knows: trees from events, their lines, steering, and what a journal brings back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from fakes import FakeGateway, FakePolicy, Rules, fake_state
from hypothesis import given
from hypothesis import strategies as st
from test_search import FAILED, chains, finish, graphs, source, trees

from prover.events import Event, Finished, ProofFound
from prover.lean.source import Source
from prover.search.frontier import STRATEGIES, Frontier
from prover.search.loop import search
from prover.types import Advanced, Budget, Candidate, Failed, FailureReason, Proved, Status
from tui.state import marks
from tui.state.forest import Forest, Scope
from tui.state.holes import HoleState
from tui.state.rows import GoalRow, Row, Standing, TacticRow, fold, line_of, rows_from, walk
from tui.state.scripts import furthest_of, marked_text, proof_of, text_of
from tui.work.journal import Journal, goal_at, restore
from tui.work.preferences import Preferences, load_preferences, save_preferences
from tui.work.steering import SteeredFrontier, Steering

__all__ = ["source"]

RULES: Rules = {
    "root": {"wrong": FAILED, "away": ("dull",), "split": ("left", "right")},
    "dull": {"x": FAILED},
    "left": {"simp": ()},
    "right": {"intro": ("x",)},
    "x": {"rfl": ()},
}
every_tree = st.one_of(chains(), trees(), graphs())


def events_of(source: Source, rules: Rules, tactics: int = 40, root: str = "g0") -> list[Event]:
    gateway = FakeGateway(rules, visits=[root])
    policy = FakePolicy(rules)
    budget = Budget(tactics=tactics)
    return finish(search(source, source.theorems[0], gateway, policy, budget, clock=lambda: 0.0))[0]


def hole_after(source: Source, events: Sequence[Event]) -> HoleState:
    hole = HoleState(source, source.theorems[0])
    hole.scopes[0] = Scope()
    for event in events:
        hole.apply(hole.scopes[0], event)
    return hole


def shown(roots: Sequence[Row]) -> list[tuple[Row, int]]:
    """The rows that are shown, found the simple way."""
    lines: list[tuple[Row, int]] = []

    def add(row: Row, level: int) -> None:
        if row.hidden:
            return
        lines.append((row, level))
        for below in row.below if row.unfolded else ():
            add(below, level + 1)

    for root in roots:
        add(root, 0)
    return lines


@given(rules=every_tree, folded=st.sets(st.integers(0, 30)), failed=st.booleans(), early=st.booleans())
def test_lines_are_found_as_if_all_were_laid_out(
    source: Source, rules: Rules, folded: set[int], failed: bool, early: bool
) -> None:
    hole = HoleState(source, source.theorems[0])
    hole.scopes[0] = Scope()
    if early:
        hole.forest.show(failed)
    for number, event in enumerate(events_of(source, rules)):
        hole.apply(hole.scopes[0], event)
        if number in folded and hole.forest.latest is not None:
            fold(hole.forest.latest, False)
    hole.forest.show(failed)
    expected = shown(hole.forest.roots)
    assert hole.forest.lines == len(expected)
    assert list(rows_from(hole.forest.roots, 0)) == expected
    for line, (row, level) in enumerate(expected):
        assert list(islice(rows_from(hole.forest.roots, line), 3)) == expected[line : line + 3]
        assert line_of(hole.forest.roots, row) == line and row.level == level


def test_a_row_that_is_not_shown_is_where_it_is_folded_away(source: Source) -> None:
    forest = hole_after(source, events_of(source, RULES, root="root")).forest
    deep = next(row for row in walk(forest.roots) if isinstance(row, TacticRow) and row.title == "rfl")
    split = next(row for row in forest.roots[0].tactics if row.title == "split")
    fold(split, False)
    assert line_of(forest.roots, deep) == line_of(forest.roots, split) == forest.lines - 1


def test_a_goal_is_reached_by_what_a_row_of_attempts_did(source: Source) -> None:
    hole = hole_after(source, events_of(source, RULES, root="root"))
    forest = hole.forest
    did = Advanced(fake_state(7, ("x",)), 0.0, effect="intro")
    row = forest.record(forest.roots[0], Candidate("(try nonsense\n try intro)"), did, by_hand=True)
    assert row is not None
    (goal,) = row.goals
    assert goal.way == (("intro", forest.roots[0].group[0]),)
    assert goal_at(hole, goal.way, goal.group) is goal


@given(rules=every_tree)
def test_what_stands_in_the_tree_is_what_the_search_says(source: Source, rules: Rules) -> None:
    events = events_of(source, rules)
    hole = hole_after(source, events)
    assert isinstance(events[-1], Finished)
    result = events[-1].result
    assert hole.solved == (result.status is Status.PROVED)
    assert hole.forest.proved == any(isinstance(event, ProofFound) for event in events)
    assert hole.forest.tactics == result.statistics.tactics
    assert hole.forest.rows == len(list(walk(hole.forest.roots)))
    if hole.forest.proved and result.proof is not None:
        script = proof_of(hole.forest.roots[0])
        gateway = FakeGateway(rules, visits=["g0"])
        text = text_of(source, hole.theorem, script)
        verdict = gateway.certify(source, {hole.theorem.hole: text})[hole.theorem.hole]
        assert verdict.reason == ""


def test_a_proof_by_hand_in_the_tree_of_a_search(source: Source) -> None:
    hole = hole_after(source, events_of(source, RULES, tactics=4, root="root"))
    root = hole.forest.roots[0]
    split = next(tactic for tactic in root.tactics if tactic.title == "split")
    for goal in split.goals:
        assert not hole.forest.proved
        row = hole.forest.record(goal, Candidate("exact it", 0.0, "hand"), Proved(0.1), by_hand=True)
        assert row is not None and row.standing is Standing.PROVED and row.by_hand
    assert hole.forest.proved and split.standing is Standing.PROVED
    script = proof_of(root)
    assert text_of(source, hole.theorem, script) == "split\n  · exact it\n  · exact it"


def test_the_way_to_a_goal_and_the_best_so_far(source: Source) -> None:
    hole = hole_after(source, events_of(source, RULES, tactics=5, root="root"))
    left, right = next(t for t in hole.forest.roots[0].tactics if t.title == "split").goals
    assert right.way == (("split", 0),) and right.group == (1,)
    script, opened = furthest_of(hole.forest.roots[0], through=right)
    assert text_of(source, hole.theorem, script).startswith("split\n  · simp")
    assert [goal.title for goal in opened] == []
    text, at = marked_text(source, hole.theorem, script)
    assert text[at:].startswith("sorry") and text[:at].endswith("· ")
    assert left.standing is Standing.PROVED


def test_rows_are_bounded(source: Source) -> None:
    forest = Forest(kept=10)
    root = forest.open(fake_state(0, ("root",)))
    for number in range(50):
        failed = Failed(FailureReason.TACTIC, "m" * 10_000)
        forest.record(root, Candidate(f"t{number}"), failed)
    assert forest.rows == 10 and root.dropped == 41 and forest.tactics == 50
    assert all(len(tactic.answer) < 3_000 for tactic in root.tactics)
    row = forest.record(root, Candidate("real"), Advanced(fake_state(1, ("new",)), 0.0))
    assert row is not None and row.goals


def test_the_line_of_thought(source: Source) -> None:
    hole = hole_after(source, events_of(source, RULES, root="root"))
    assert "Stuck on goal 1 after 1 tactic, going back to the start (goal 0)" in hole.thoughts.lines
    assert hole.thoughts.lines[0] == "Starting: ⊢ root"
    assert hole.thoughts.lines[-1] == "Proved"


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(rules=st.one_of(trees(), graphs()), wishes=st.lists(st.integers(0, 12), max_size=4))
def test_a_steered_search_goes_the_same_way_again(
    source: Source, strategy: str, rules: Rules, wishes: list[int]
) -> None:
    def run(steering: Steering, wishes: list[int]) -> list[Event]:
        def frontier() -> Frontier:
            return SteeredFrontier(STRATEGIES[strategy](), steering)

        gateway, policy = FakeGateway(rules, visits=["g0"]), FakePolicy(rules)
        running = search(
            source, source.theorems[0], gateway, policy, Budget(tactics=40), frontier, clock=lambda: 0.0
        )
        events: list[Event] = []
        with closing(running) as steps:
            for number, event in enumerate(steps):
                events.append(event)
                if number % 3 == 0 and number // 3 < len(wishes):
                    steering.prefer(wishes[number // 3])
        return events

    granted: dict[int, int] = {}
    first = run(Steering({}, granted.__setitem__), wishes)
    assert run(Steering(granted, granted.__setitem__), []) == first
    if not granted:
        plain = search(
            source,
            source.theorems[0],
            FakeGateway(rules, visits=["g0"]),
            FakePolicy(rules),
            Budget(tactics=40),
            strategy,
            clock=lambda: 0.0,
        )
        assert first == finish(plain)[0]


@given(rules=every_tree, cut=st.integers(0, 60))
def test_a_journal_brings_back_what_was_done(
    source: Source, tmp_path_factory: pytest.TempPathFactory, rules: Rules, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal, hole = Journal(folder), HoleState(source, source.theorems[0])
    journal.began(hole, 0, None)
    hole.scopes[0] = Scope()
    for event in events_of(source, rules)[:cut]:
        journal.event(hole, 0, event)
        hole.apply(hole.scopes[0], event)
    goals = [row for row in walk(hole.forest.roots) if isinstance(row, GoalRow)]
    for goal in goals[-2:]:
        candidate, outcome = Candidate("by hand", 0.0, "hand"), Advanced(fake_state(7, ("hand",)), 0.5)
        hole.forest.record(goal, candidate, outcome, by_hand=True)
        journal.by_hand(hole, goal, candidate, outcome)
    journal.close()
    with journal.path(hole).open("a") as file:
        file.write('{"search": "cut off')
    again = HoleState(source, source.theorems[0])
    restore(again, journal.lines(again))
    assert [_told(row) for row in walk(again.forest.roots)] == [_told(row) for row in walk(hole.forest.roots)]
    assert list(again.thoughts.lines) == list(hole.thoughts.lines)
    assert again.word == hole.word and again.proof == hole.proof
    assert journal.past(hole, 0).told == sum(
        not isinstance(event, Finished) for event in events_of(source, rules)[:cut]
    )


def _told(row: Row) -> tuple[object, ...]:
    if isinstance(row, TacticRow):
        return (row.title, row.answer, row.standing, row.by_hand, row.number)
    assert isinstance(row, GoalRow)
    return (row.title, row.why, row.standing, row.number, row.way, len(row.untried))


def test_marks_differ_by_shape_with_and_without_unicode() -> None:
    for shapes in (marks.MARKS, marks.HOLE_MARKS):
        plain = [marks.narrowed(mark) for mark in shapes.values()]
        assert len(set(shapes.values())) == len(shapes) == len(set(plain))
        assert all(mark.isascii() and len(mark) == 1 for mark in plain)


@given(st.text())
def test_without_unicode_nothing_moves(text: str) -> None:
    plain = marks.narrowed(text)
    assert plain.isascii() and len(plain) == len(text)


def test_preferences_are_kept_and_nonsense_is_not_taken(tmp_path: Path) -> None:
    path, chosen = (
        tmp_path / "folder" / "tui.json",
        Preferences("nord", 5.0, 3, "puct", False, False, "ascii"),
    )
    assert load_preferences(path, Preferences()) == Preferences()
    save_preferences(path, chosen)
    assert load_preferences(path, Preferences()) == chosen
    path.write_text('{"theme": 7, "jobs": true, "seconds": -1, "strategy": "breadth", "new": 1}')
    assert load_preferences(path, Preferences()) == Preferences(strategy="breadth")
    path.write_text("[")
    assert load_preferences(path, Preferences()) == Preferences()
    assert [each.name for each in path.parent.iterdir()] == ["tui.json"]


def test_a_second_prover_keeps_its_own_journal(source: Source, tmp_path: Path) -> None:
    hole = HoleState(source, source.theorems[0])
    first, second = Journal(tmp_path), Journal(tmp_path)
    assert not first.trouble and "another prover" in second.trouble
    second.began(hole, 0, None)
    assert not first.path(hole).exists() and second.path(hole).exists()
    second.close()
    first.close()
    assert not second.path(hole).exists()
