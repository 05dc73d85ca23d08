"""The order of a night: the same however many workers there are and however fast; promising holes first."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from night_help import facts, needing, played, proved, resumed

from prover.batch.facts import facts_of
from prover.batch.items import Change, Ended, Item, Kind, dumped, ended_from, item_from
from prover.batch.order import Order
from prover.batch.records import HoleStatus
from prover.lean.source import parse_source

PROVED, OPEN, CONDITIONAL = HoleStatus.PROVED, HoleStatus.OPEN, HoleStatus.CONDITIONAL


def tries(items: list[Item]) -> list[tuple[int | None, int]]:
    return [(item.hole, item.budget) for item in items if item.kind is Kind.TRY]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 300), min_size=1, max_size=12),
    st.integers(1, 4),
    st.integers(0, 10**6),
    st.integers(0, 2000),
)
def test_the_order_does_not_depend_on_workers_or_on_who_is_faster(
    needs: list[int], files: int, seed: int, tactics: int
) -> None:
    holes = [facts(n, n % files, meanings=(f"m{need % 3}",)) for n, need in enumerate(needs)]
    outcomes = needing(dict(enumerate(needs)))
    alone = played(Order(holes, 16, 16, tactics), outcomes)
    for workers in (2, 4, 16):
        assert played(Order(holes, 16, 16, tactics), outcomes, workers, seed) == alone
    spent = sum(outcomes(item).tactics for item in alone)
    assert spent <= tactics


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=8), st.integers(0, 60), st.integers(0, 10**6))
def test_a_night_that_was_cut_off_goes_on_as_it_would_have(needs: list[int], cut: int, seed: int) -> None:
    """Some items of the beginning have ended, in any order, when it is taken up again."""
    holes = [facts(n, meanings=(f"m{need % 3}",)) for n, need in enumerate(needs)]
    outcomes = needing(dict(enumerate(needs)))
    whole = played(Order(holes, 16, 16, 900), outcomes)
    assert resumed(lambda: Order(holes, 16, 16, 900), outcomes, cut, seed) == whole


def test_budgets_double_for_what_stays_open() -> None:
    items = played(Order([facts(0), facts(1)], 16, 16, None), needing({0: 3}), most=9)
    assert items[0].kind is Kind.CHECK
    assert tries(items) == [(0, 16), (1, 16), (1, 32), (1, 64), (1, 128), (1, 256), (1, 512)]
    assert [item.fresh for item in items if item.hole == 1 and item.fresh] == [16, 16, 32, 64, 128, 256]


def test_a_search_goes_on_unless_something_that_may_help_was_learned() -> None:
    holes = [facts(0, meanings=("a",)), facts(1, meanings=("a",)), facts(2, meanings=("b",))]
    items = played(Order(holes, 16, 2, None), needing({0: 20}), most=13)
    anew = {(item.hole, item.budget) for item in items if item.kind is Kind.TRY and not item.continued}
    assert (2, 32) not in anew, "it speaks of nothing that was proved"
    assert any(hole == 1 and budget > 16 for hole, budget in anew)


def test_the_sum_of_all_tactics_has_an_end() -> None:
    order = Order([facts(0), facts(1)], 16, 16, 100)
    outcomes = needing({})
    items = played(order, outcomes)
    assert sum(outcomes(item).tactics for item in items) == 100
    assert order.why_over == "the tactics are spent"


def test_what_a_proof_leaves_of_its_budget_is_for_others() -> None:
    order = Order([facts(0), facts(1)], 16, 16, 32)
    items = played(order, needing({0: 1}))
    assert sum(item.fresh for item in items if item.hole == 1) == 31


def test_wanted_theorems_and_promising_holes_come_first() -> None:
    holes = [facts(0), facts(1, wanted=2), facts(2)]
    assert tries(played(Order(holes, 16, 16, 48), needing({})))[0] == (1, 16)

    def outcome(item: Item) -> Ended:
        return Ended(tactics=item.fresh, partial=item.hole == 2, goals=1, size=9)

    order = tries(played(Order([facts(0), facts(1), facts(2)], 16, 1, 200), outcome))
    assert order.index((2, 64)) < order.index((1, 64))


def test_neighbours_of_what_was_solved_come_first() -> None:
    holes = [facts(0, file=1), facts(1, file=2), facts(2, file=2)]
    order = tries(played(Order(holes, 16, 1, None), needing({1: 3}), most=13))
    assert order.index((2, 32)) < order.index((0, 32))


def test_a_hole_with_nothing_left_to_try_waits_for_news() -> None:
    def outcome(item: Item) -> Ended:
        if item.hole == 0:
            return Ended(tactics=5, exhausted=True)
        return proved(item, 30) if item.budget >= 30 else Ended(tactics=item.fresh)

    alone = Order([facts(0, meanings=("a",))], 16, 16, None)
    assert tries(played(alone, outcome)) == [(0, 16)]
    assert alone.why_over == "there is nothing left to try"
    both = [facts(0, meanings=("a",)), facts(1, meanings=("a",))]
    assert tries(played(Order(both, 16, 16, None), outcome)) == [(0, 16), (1, 16), (1, 32), (0, 32)]


def test_proofs_that_lean_on_each_other_are_settled_together_once() -> None:
    def outcome(item: Item) -> Ended:
        if item.kind is Kind.SETTLE:
            return Ended(tuple(Change(hole, PROVED) for hole in item.settles))
        if item.kind is Kind.TRY and item.hole is not None:
            return Ended((Change(item.hole, CONDITIONAL, ("t",)),), tactics=2, exhausted=True)
        return Ended()

    holes = [facts(0, name="t", parts=2), facts(1, name="t", parts=2)]
    items = played(Order(holes, 16, 16, None), outcome)
    assert [item.kind for item in items] == [Kind.CHECK, Kind.TRY, Kind.TRY, Kind.SETTLE]
    assert items[-1].settles == (0, 1)


def test_a_part_of_a_theorem_is_not_settled_without_the_rest() -> None:
    def outcome(item: Item) -> Ended:
        if item.kind is Kind.TRY and item.hole == 0:
            return Ended((Change(0, CONDITIONAL, ("t",)),), tactics=2, exhausted=True)
        return Ended(tactics=item.fresh)

    holes = [facts(0, name="t", parts=2), facts(1, name="t", parts=2)]
    items = played(Order(holes, 16, 16, 200), outcome)
    assert all(item.kind is not Kind.SETTLE for item in items)
    assert [hole for hole, _ in tries(items)].count(0) == 1, "it is filled"


def test_a_proof_may_lean_on_what_was_proved_before_it_in_its_file() -> None:
    holes = [facts(0), facts(1), facts(2), facts(3, file=2)]
    items = played(Order(holes, 16, 1, None), needing({0: 1, 2: 1}), most=13)
    later = [item for item in items if item.hole == 1 and item.budget == 32]
    assert [item.known for item in later] == [(0,)]
    assert all(not item.known for item in items if item.hole == 3)


def test_what_is_refused_set_aside_or_false_gets_no_more() -> None:
    def outcome(item: Item) -> Ended:
        if item.kind is Kind.CHECK and item.file == 1:
            return Ended(refused=True)
        if item.kind is Kind.REFUTE and item.hole == 1:
            return Ended((Change(1, HoleStatus.FALSE),))
        if item.kind is Kind.TRY and item.hole == 2:
            return Ended((Change(2, HoleStatus.ASIDE),))
        return proved(item, 1) if item.kind is Kind.TRY and item.hole == 3 else Ended(tactics=item.fresh)

    holes = [facts(0, file=1), facts(1, file=2), facts(2, file=2), facts(3, file=2)]
    items = played(Order(holes, 16, 1, None), outcome)
    assert sorted(tries(items), key=str) == [(1, 16), (2, 16), (3, 16)]
    assert [item.hole for item in items if item.kind is Kind.REFUTE] == [1]


def test_items_survive_their_way_through_the_store() -> None:
    item = Item(3, Kind.TRY, 1, 2, 4, 128, 64, True, ("a.b",), (1,), (), 2)
    assert item_from(dumped(item)) == item
    ended = Ended((Change(1, CONDITIONAL, ("é",)),), tactics=3, usd=0.5, meanings=("x",))
    assert ended_from(dumped(ended)) == ended


def test_facts_are_read_from_the_text() -> None:
    text = """
def f (n : Nat) : Nat := n
theorem a : f 0 = 0 := by sorry
theorem b : True := by
  have := a
  sorry
theorem c : True ∧ True := by
  constructor
  · sorry
  · sorry
"""
    source = parse_source(Path("A.lean"), text.encode())
    a, b, c, d = facts_of({1: source}, [(n, 1, n) for n in range(4)])
    assert (a.wanted, b.wanted, c.wanted) == (1, 0, 0)
    assert len(a.meanings) == 1 and not b.meanings
    assert (b.parts, c.parts, d.parts) == (1, 2, 2)
    assert a.rivals == ("a", "b", "c")
