"""The library's functions as programs: what they compute is what Lean makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import Source, parse_source
from prover.policy.core import core, core_function
from prover.policy.declared import read_function, read_signature
from prover.policy.programs import Programs
from prover.policy.sampling import Sampler
from prover.policy.symbols import symbols_of
from prover.policy.syntax import read_term
from prover.policy.values import Data, Stuck, Value
from prover.types import Proved

SMALL, TWICE = "(fun (x : Nat) => decide (x < 3))", "(fun (x : Nat) => x * 2)"
SOME = "(fun (x : Nat) => if x < 2 then some (x + 5) else none)"
LISTS, OPTIONS, BOTH = (
    ("([] : List Nat)", "[3, 1, 2]"),
    ("(none : Option Nat)", "(some 4)"),
    ("true", "false"),
)
CALLS = (
    *(f"List.{name} {of}" for name in ("length", "reverse", "sum", "isEmpty") for of in LISTS),
    *(f"List.{name} {of}" for name in ("head?", "tail", "getLast?", "dropLast") for of in LISTS),
    *(f"List.{name} {SMALL} [2, 1, 6, 0, 3]" for name in ("filter", "takeWhile", "dropWhile", "countP")),
    *(f"List.{name} [{first}, 5, {first}] {SMALL}" for name in ("all", "any") for first in (1, 6)),
    *(f"List.{name} {count} [5, 6, 7]" for name in ("take", "drop") for count in (0, 2, 4)),
    *(f"List.contains [1, 2] {x}" for x in (2, 3)),
    *(f"List.elem {x} [1, 2]" for x in (2, 3)),
    "List.append [1] [2, 3]",
    f"List.map {TWICE} [1, 2, 3]",
    f"List.filterMap {SOME} [0, 3, 1]",
    "List.foldr (fun x y => x * 2 + y) 1 [9, 4, 2]",
    "List.foldl (fun x y => x * 2 + y) 9 [4, 2]",
    "List.replicate 3 7",
    "List.flatten [[1, 2], [], [3]]",
    "List.flatMap (fun x => [x, x + 1]) [1, 5]",
    "List.zip [1, 2, 3] [true, false]",
    "List.zipWith (fun x y => x + y) [1, 2] [10, 20, 30]",
    "List.count 1 [1, 2, 1]",
    "List.erase [1, 2, 1] 1",
    "List.range 4",
    *(f"Option.bind {of} {SOME}" for of in ("(some 1)", *OPTIONS)),
    *(f"Option.map {TWICE} {of}" for of in OPTIONS),
    *(f"Option.{name} {of}" for name in ("isSome", "isNone", "toList") for of in OPTIONS),
    *(f"Option.getD {of} 7" for of in OPTIONS),
    *(f"Prod.{name} (1, 2)" for name in ("fst", "snd", "swap")),
    *(f"Nat.{name} {of}" for name in ("succ", "pred") for of in (0, 3)),
    *(f"{name} {of}" for name in ("Nat.max", "Nat.min", "max", "min") for of in ("2 3", "3 2")),
    *(f"Bool.not {x}" for x in BOTH),
    *(f"Bool.{name} {x} {y}" for name in ("and", "or", "xor") for x in BOTH for y in BOTH),
)


def source_of(statement: str, before: str = "") -> Source:
    return parse_source(Path("Core.lean"), f"{before}theorem it {statement} := by\n  sorry\n".encode())


def programs(before: str = "") -> Programs:
    return Programs(symbols_of(source_of(": True", before).theorems[0]))


def written(value: Value) -> str:
    """As Lean reads it."""
    if isinstance(value, int):
        return str(value)
    return f"({' '.join([value.head, *map(written, value.args)])})" if value.args else value.head


def test_lean_computes_the_same(lean: EmbeddedGateway) -> None:
    equations = [f"({call}) = {written(programs().value(read_term(call), {}))}" for call in CALLS]
    source = source_of(f": {' ∧ '.join(equations)}")
    with lean.open(source, source.theorems[0]) as session:
        each = ", ".join("?_" for _ in equations)
        outcome = session.run(session.root, f"refine ⟨{each}⟩ <;> decide +kernel")
    assert isinstance(outcome, Proved), outcome


def test_each_is_called() -> None:
    called = {call.split(" ")[0] for call in CALLS}
    assert {symbol.name for symbol in core().all()} == called


def test_all_can_be_read() -> None:
    for symbol in core().all():
        assert read_signature(symbol.declaration.statement).arguments
        assert read_function(symbol).arity


def test_what_the_file_calls_so_is_meant_first() -> None:
    own = "def List.sum : List Nat → Nat\n  | [] => 1\n  | x :: xs => x * List.sum xs\n\n"
    assert programs(own).value(read_term("List.sum [2, 5]"), {}) == 10
    assert programs().value(read_term("List.sum [2, 5]"), {}) == 7
    assert core_function("sum") is None


@pytest.mark.parametrize(
    ("term", "value"),
    [("[3, 4].length", 2), ("(some 3).getD 1", 3), ("[1, 2].foldl (fun a b => a * 3 + b) 1", 14)],
)
def test_fields_fill_the_first_place_of_their_type(term: str, value: int) -> None:
    assert programs().value(read_term(term), {}) == value


@pytest.mark.parametrize("term", ["[3, 4].range", "[3, 4].replicate 2", "[3, 4].mystery"])
def test_what_is_no_field_is_not_computed(term: str) -> None:
    with pytest.raises(Stuck):
        programs().value(read_term(term), {})


MACHINE = """\
inductive Sum where
  | lit (n : Nat)
  | add (a b : Sum)

inductive Order where
  | push (n : Nat)
  | add

def does : Order → List Nat → Option (List Nat)
  | .push n, s => some (n :: s)
  | .add, x :: y :: s => some ((x + y) :: s)
  | .add, _ => none

def all : List Order → List Nat → Option (List Nat)
  | [], s => some s
  | o :: os, s => (does o s).bind (all os)

def orders : Sum → List Order
  | .lit n => [.push n]
  | .add a b => orders a ++ orders b ++ [.add]

"""


def test_functions_with_some_of_their_arguments_are_values() -> None:
    term = read_term("all (orders (Sum.add (Sum.lit 3) (Sum.lit 4))) [9]")
    assert str(programs(MACHINE).value(term, {})) == "(Option.some (List.cons 7 (List.cons 9 List.nil)))"


def test_samples_of_the_librarys_types() -> None:
    sampler = Sampler(programs())
    drawn = [sampler.value(read_term("Option (Nat × Bool)"), 1) for _ in range(30)]
    assert {value.head for value in drawn if isinstance(value, Data)} == {"Option.none", "Option.some"}
    (pair,) = {
        v.args[0].head for v in drawn if isinstance(v, Data) and v.args and isinstance(v.args[0], Data)
    }
    assert pair == "Prod.mk"
