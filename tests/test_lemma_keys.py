"""Keys of goals: what must not change them, and what must."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmas.binding import words
from lemmas.fingerprints import surroundings
from lemmas.keys import Identified, identify
from prover.lean.source import parse_source
from prover.types import Goal, Hypothesis, Theorem

FILE = """namespace A
inductive N where
  | Z : N
  | S : N → N
def add : N → N → N
  | .Z, y => y
  | .S x, y => .S (add x y)
def twice (x : N) := add x x
theorem t (x : N) : x = x := by sorry
end A
"""


def theorem(text: str = FILE) -> Theorem:
    return parse_source(Path("File.lean"), text.encode()).theorems[-1]


def goal(target: str, *hypotheses: tuple[str, str]) -> Goal:
    return Goal(tuple(Hypothesis(name, type_) for name, type_ in hypotheses), target, "", "")


def key(goal: Goal, text: str = FILE) -> Identified:
    return identify(goal, surroundings(theorem(text)))


NAMES = st.lists(
    st.sampled_from(["x", "y", "α", "h₁", "n'", "ih", "x✝", "a_1"]), min_size=4, max_size=4, unique=True
)
BOUND = st.sampled_from(["i", "j", "z", "k₂"])


def built(names: list[str], bound: str, level: str) -> list[tuple[str, str]]:
    t, a, b, h = names
    return [
        (t, f"Type {level}"),
        (a, f"List {t}"),
        (b, f"List {t}"),
        (h, f"∀ ({bound} : {t}), {bound} ∈ {a} → ∃ {bound}', {bound}' ∈ {b}"),
    ]


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, BOUND, BOUND, st.sampled_from(["u", "u_1"]), st.permutations([0, 1, 2, 3]))
def test_names_and_order_make_no_difference(
    one: list[str], other: list[str], bound: str, rebound: str, level: str, order: list[int]
) -> None:
    first, second = built(one, bound, "u"), built(other, rebound, level)
    target = "{a} ++ {b} = {b} ++ {a}"
    here = key(goal(target.format(a=one[1], b=one[2]), *first))
    there = key(goal(target.format(a=other[1], b=other[2]), *(second[place] for place in order)))
    assert here.key == there.key
    assert [one.index(name) for name in here.order] == [other.index(name) for name in there.order]


def test_the_role_of_a_hypothesis_makes_a_difference() -> None:
    both = [("x", "Nat"), ("y", "Nat")]
    assert key(goal("x ≤ y", *both, ("h", "x = 0"))).key != key(goal("x ≤ y", *both, ("h", "y = 0"))).key
    assert key(goal("x - y = 0", *both)).key == key(goal("y - x = 0", *both)).key
    assert key(goal("x = x", *both)).key != key(goal("x = y", *both)).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("∀ (x : Nat) (y : Fin x), x = y", "∀ (n : Nat) (m : Fin n), n = m"),
        ("(fun a b => a) = fun c d => c", "(fun x y => x) = fun x y => x"),
        ("(x : Nat) → P x", "(y : Nat) → P y"),
        ("{x // 0 < x} = T", "{z // 0 < z} = T"),
        ("match e with | [] => 0 | a :: l => f a l", "match e with | [] => 0 | b :: m => f b m"),
        ("let v := 1; v + c", "let w := 1; w + c"),
        ("∀ x ∈ s, ∃ y > x, p y", "∀ a ∈ s, ∃ b > a, p b"),
        ("if h : c then f h else g h", "if k : c then f k else g k"),
    ],
)
def test_bound_names(one: str, other: str) -> None:
    assert key(goal(one)).key == key(goal(other)).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("∀ x y, p x y", "∀ x y, p y x"),
        ("(fun a b => a) = f", "(fun a b => b) = f"),
        ("∀ x, p x ∧ q y", "∀ y, p y ∧ q y"),
        ("match e with | [] => 0 | a :: l => f a l", "match e with | [] => 0 | a :: l => f l a"),
    ],
)
def test_what_is_bound_makes_a_difference(one: str, other: str) -> None:
    assert key(goal(one)).key != key(goal(other)).key


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    words(text)


def test_the_content_of_definitions_counts() -> None:
    asked = goal("twice x = x", ("x", "N"))
    changed = FILE.replace("| .Z, y => y", "| .Z, y => .S y")
    assert key(asked).key != key(asked, changed).key  # `twice` is the same, what it mentions is not
    assert key(asked).shape == key(asked, changed).shape
    assert key(goal("x = x", ("x", "N"))).key == key(goal("x = x", ("x", "N")), changed).key


def test_an_instance_is_part_of_the_meaning() -> None:
    asked = goal("x + x = x", ("x", "N"))
    with_add = FILE.replace("def twice", "instance : Add N := ⟨add⟩\ndef twice")
    other = FILE.replace("def twice", "instance : Add N := ⟨fun x y => add y x⟩\ndef twice")
    assert key(asked, with_add).key != key(asked, other).key
    assert key(asked).shape == key(asked, other).shape


def test_comments_space_and_namespaces_make_no_difference() -> None:
    asked = goal("twice x = x", ("x", "N"))
    moved = FILE.replace("A\n", "B.C\n").replace("def twice", "/-- doc -/\ndef   twice /- why -/")
    assert key(asked).key == key(asked, moved).key
    assert key(goal("A.twice x = x", ("x", "A.N"))).key == key(asked).key
