"""The leak check: renamings of a statement and its definitions are found, other statements are not."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover.lean.source import parse_source
from prover.train.leaks import forbidden_keys, keys_of

FORBIDDEN = """
namespace Own
inductive Num where
  | zero : Num
  | next : Num → Num
  deriving DecidableEq, Repr

inductive Seq' (α : Type) where
  | nil : Seq' α
  | push : α → Seq' α → Seq' α

def plus : Num → Num → Num
  | .zero, y => y
  | .next x, y => Num.next (plus x y)

def join {α : Type} : Seq' α → Seq' α → Seq' α
  | .nil, y => y
  | .push z xs, y => Seq'.push z (join xs y)

def size {α : Type} : Seq' α → Num
  | .nil => Num.zero
  | .push _ xs => Num.next (size xs)

inductive Small : Num → Prop where
  | start : Small Num.zero
  | more : ∀ n, Small n → Small (.next n)

theorem join_assoc {α : Type} (x : Seq' α) (y : Seq' α) (z : Seq' α) :
    join x (join y z) = join (join x y) z := by sorry
theorem size_join {α : Type} (x y : Seq' α) : size (join x y) = plus (size x) (size y) := by sorry
theorem plus_cancel (k m n : Num) (h : plus k m = plus k n) (i : Small k) : m = n := by sorry
theorem small_plus (m n : Num) (h : Small m) (i : Small n) : Small (plus m n) := by sorry
theorem drinker {α : Type} [Nonempty α] (P : α → Prop) : ∃ x, P x → ∀ y, P y := by sorry
end Own
"""
NAMES = """
Own Num zero next Seq' nil push plus join size Small start more join_assoc size_join plus_cancel
small_plus drinker α x y z xs k m n h i P
"""

REWRITTEN = """
inductive Chain (β : Type u) where
  | link (b : β) (rest : Chain β)
  | stop

def glue {β : Type u} (a b : Chain β) : Chain β :=
  match a with
  | Chain.stop => b
  | .link y ys => .link y (glue ys b)

theorem turned {β : Type u} : ∀ p q r : Chain β, glue (glue p q) r = glue p (glue q r) := by sorry
"""
LIBRARY = """
def glue {β : Type} : List β → List β → List β
  | y :: ys, b => y :: glue ys b
  | [], b => b

def weigh {β : Type} : List β → Nat
  | [] => 0
  | _ :: ys => weigh ys + 1

def put : Nat → Nat → Nat
  | 0, y => y
  | x + 1, y => put x y + 1

inductive Fine : Nat → Prop where
  | yes : Fine 0
  | also : ∀ k, Fine k → Fine (.succ k)

theorem assoc {β : Type} (p q r : List β) : glue p (glue q r) = glue (glue p q) r := by sorry
theorem weighed {β : Type} (p q : List β) : weigh (glue p q) = put (weigh p) (weigh q) := by sorry
theorem cancel (a b c : Nat) : Fine a → put a b = put a c → b = c := by sorry
theorem other {β : Type} (p q : List β) : weigh (glue p q) = put (weigh q) (weigh p) := by sorry
"""


def keys(text: str) -> dict[str, str]:
    return keys_of(parse_source(Path("Some.lean"), text.encode()))


@settings(max_examples=12)
@given(st.integers(0, 10**6))
def test_renaming_everything_changes_no_key(seed: int) -> None:
    rng = random.Random(seed)
    fresh = dict(
        zip(
            NAMES.split(),
            rng.sample([f"{c}{d}" for c in "abcdefgh" for d in range(9)], len(NAMES.split())),
            strict=True,
        )
    )
    text = "".join(fresh.get(part, part) for part in re.split(r"([^\W\d][\w']*)", FORBIDDEN))
    assert list(keys(text).values()) == list(keys(FORBIDDEN).values())


@pytest.mark.parametrize(
    ("text", "name", "forbidden"),
    [
        (REWRITTEN, "turned", "Own.join_assoc"),
        (LIBRARY, "assoc", "Own.join_assoc"),
        (LIBRARY, "weighed", "Own.size_join"),
    ],
)
def test_other_styles_of_the_same_are_found(text: str, name: str, forbidden: str) -> None:
    assert keys(text)[name] == keys(FORBIDDEN)[forbidden]


def test_other_statements_and_other_definitions_have_other_keys() -> None:
    assert keys(LIBRARY)["other"] not in keys(FORBIDDEN).values()
    changed = FORBIDDEN.replace("Seq'.push z (join xs y)", "Seq'.push z (join y xs)")
    same = {name for name, key in keys(changed).items() if key == keys(FORBIDDEN)[name]}
    assert same == {"Own.plus_cancel", "Own.small_plus", "Own.drinker"}
    assert len(set(keys(FORBIDDEN).values())) == len(keys(FORBIDDEN))


def test_folders_are_forbidden_whole(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "Own.lean").write_text(FORBIDDEN)
    assert forbidden_keys([tmp_path]) == frozenset(keys(FORBIDDEN).values())
