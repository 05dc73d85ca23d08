"""Which functions keep the elements of lists, and what is made of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import Source, parse_source
from prover.policy.contents import contents_of
from prover.policy.fixed import FixedPolicy
from prover.policy.rules.contents import observe_lists
from prover.policy.symbols import symbols_of
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Status

TEXT = """\
def put (x : Nat) : List Nat → List Nat
  | [] => [x]
  | y :: ys => if x ≤ y then x :: y :: ys else y :: put x ys

def sorted : List Nat → List Nat
  | [] => []
  | x :: xs => put x (sorted xs)

def mix : List Nat → List Nat → List Nat
  | [], ys => ys
  | x :: xs, [] => x :: xs
  | x :: xs, y :: ys => x :: y :: mix xs ys

def once : List Nat → List Nat
  | [] => []
  | [x] => [x]
  | x :: y :: ys => if x = y then once (y :: ys) else x :: once (y :: ys)

def doubled : List Nat → List Nat
  | [] => []
  | x :: xs => 2 * x :: doubled xs

def less (n : Nat) : List Nat → List Nat
  | [] => []
  | x :: xs => if x < n then x :: less n xs else less n xs

def size : List Nat → Nat
  | [] => 0
  | _ :: xs => size xs + 1

"""


def source_of(statement: str) -> Source:
    return parse_source(Path("Lists.lean"), f"{TEXT}theorem it {statement} := by\n  sorry\n".encode())


@pytest.mark.parametrize(
    ("name", "sources", "keeps", "length"),
    [
        ("put", (0, 1), True, (0, 1)),
        ("sorted", (0,), True, (0,)),
        ("mix", (0, 1), True, (0, 1)),
        ("once", (0,), False, None),
        ("doubled", None, False, (0,)),
        ("less", None, False, None),
    ],
)
def test_where_elements_come_from(
    name: str, sources: tuple[int, ...] | None, keeps: bool, length: tuple[int, ...] | None
) -> None:
    found = contents_of(symbols_of(source_of(": True").theorems[0]), name)
    assert found is not None
    assert (found.sources, found.keeps, found.length) == (sources, keeps, length)


def test_what_makes_no_list_is_left_to_others() -> None:
    assert contents_of(symbols_of(source_of(": True").theorems[0]), "size") is None


def test_what_is_known_is_not_said_again() -> None:
    symbols = symbols_of(source_of(": True").theorems[0])
    goal = "xs : List Nat\n{}⊢ (sorted xs).length = xs.length"
    (first,) = observe_lists(View(parse_goal(goal.format("")), symbols))
    assert "List.length (put " in first[0] and "List.length (sorted " in first[0]
    law = "law1 : ∀ (x : Nat) (ys : List Nat), (put x ys).length = ys.length + 1\n"
    (second,) = observe_lists(View(parse_goal(goal.format(law)), symbols))
    assert "List.length (put " not in second[0] and "law2 : ∀" in second[0]


@pytest.mark.parametrize(
    "statement",
    [
        "(xs : List Nat) : (sorted xs).length = xs.length",
        "(xs : List Nat) : (sorted xs).sum = xs.sum",
        "(x : Nat) (xs : List Nat) : x ∈ sorted xs ↔ x ∈ xs",
        "(xs : List Nat) : List.Perm (sorted xs) xs",
        "(x : Nat) (xs ys : List Nat) : x ∈ sorted (mix xs ys) ↔ x ∈ ys ∨ x ∈ xs",
        "(x : Nat) (xs : List Nat) : x ∈ once (sorted xs) ↔ x ∈ xs",
        "(xs : List Nat) : (doubled (sorted xs)).length = xs.length",
        "(xs : List Nat) : xs.foldl (· + ·) 0 = xs.foldr (· + ·) 0",
        "(xs : List (List Nat)) : xs.foldl (fun a x => a ++ x) [] = xs.flatten",
    ],
)
def test_it_proves(lean: EmbeddedGateway, statement: str) -> None:
    source = source_of(statement)
    *_, last = search(source, source.theorems[0], lean, FixedPolicy(), Budget(tactics=24))
    assert isinstance(last, Finished) and last.result.status is Status.PROVED
