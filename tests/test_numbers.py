"""Types that are numbers in disguise: how they are counted, and what Lean then decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import Source, parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.numbers import Count, Numbers, numbers_in
from prover.policy.rules.numbers import by_numbers
from prover.policy.symbols import symbols_of
from prover.policy.view import View
from prover.search.loop import search
from prover.types import Budget, Proved

DEFINITIONS = """\
inductive P where
  | o | s (p : P)
def add : P → P → P
  | .o, y => y
  | .s x, y => .s (add x y)
def sub : P → P → P
  | .s x, .s y => sub x y
  | x, _ => x
def mul : P → P → P
  | .o, _ => .o
  | .s x, y => add y (mul x y)
def pow : P → P → P
  | _, .o => .s .o
  | x, .s y => mul x (pow x y)
def below : P → P → Bool
  | _, .o => false
  | .o, .s _ => true
  | .s x, .s y => below x y
def even : P → Bool
  | .o => true
  | .s .o => false
  | .s (.s x) => even x
def least (x y : P) : P := if below x y then x else y
def strange : P → P
  | .o => .o
  | .s x => if even x then mul x x else strange x

inductive Digits where
  | one | twice (d : Digits) | andOne (d : Digits)
def next : Digits → Digits
  | .one => .twice .one
  | .twice d => .andOne d
  | .andOne d => .twice (next d)
def worth : Digits → P
  | .one => .s .o
  | .twice d => add (worth d) (worth d)
  | .andOne d => .s (add (worth d) (worth d))

inductive Z where
  | pos (p : P) | negSucc (p : P)
def minus : P → P → Z
  | x, .o => .pos x
  | .o, .s y => .negSucc y
  | .s x, .s y => minus x y
def neg : Z → Z
  | .pos .o => .pos .o
  | .pos (.s p) => .negSucc p
  | .negSucc p => .pos (.s p)
def plus : Z → Z → Z
  | .pos a, .pos b => .pos (add a b)
  | .pos a, .negSucc b => minus a (.s b)
  | .negSucc a, .pos b => minus b (.s a)
  | .negSucc a, .negSucc b => .negSucc (.s (add a b))

inductive Row where
  | nil | cons (p : P) (s : Row)
def total : Row → P
  | .nil => .o
  | .cons p s => add p (total s)
def size : Row → P
  | .nil => .o
  | .cons _ s => .s (size s)
def append : Row → Row → Row
  | .nil, t => t
  | .cons p s, t => .cons p (append s t)
def place (p : P) : Row → Row
  | .nil => .cons p .nil
  | .cons q s => if below p q then .cons p (.cons q s) else .cons q (place p s)
def sort : Row → Row
  | .nil => .nil
  | .cons p s => place p (sort s)

def triangle : Nat → Nat
  | 0 => 0
  | n + 1 => triangle n + (n + 1)
def halves : Nat → Nat
  | 0 => 0
  | 1 => 0
  | n + 2 => halves n + 1
"""


def source_of(*theorems: str) -> Source:
    lines = [f"theorem t{number} {text} := by sorry" for number, text in enumerate(theorems)]
    return parse_source(Path("Counted.lean"), "\n".join([DEFINITIONS, *lines]).encode())


SYMBOLS = symbols_of(source_of(": True").theorems[0]).without_theorems


def found(types: tuple[str, ...], *functions: str) -> Numbers:
    return numbers_in(SYMBOLS, functions, types)


def readings(numbers: Numbers) -> dict[str, str]:
    return {each.function.name: str(each.expression) for each in numbers.readings}


def forms(count: Count) -> dict[str, tuple[int, int]]:
    return {made.name: (made.factor, made.more) for made in count.constructors}


def test_functions_are_read_as_arithmetic() -> None:
    numbers = found(("P",), "add", "sub", "mul", "pow", "below", "even", "least", "strange")
    (count,) = numbers.counts
    assert forms(count) == {"P.o": (0, 0), "P.s": (1, 1)}
    assert (count.signed, count.positive, count.exact) == (False, False, True)
    assert readings(numbers) == {
        "add": "0 + 1",
        "sub": "0 - 1",
        "mul": "0 * 1",
        "pow": "^ 0 1",
        "below": "0 < 1",
        "even": "(0 % +2) = +0",
        "least": "min 0 1",
    }


def test_types_are_counted_so_that_their_functions_are_simple() -> None:
    numbers = found(("Digits", "P"), "add", "next", "worth")
    found_forms = {count.type.head: (forms(count), count.positive) for count in numbers.counts}
    assert found_forms["Digits"] == (
        {"Digits.one": (0, 1), "Digits.twice": (2, 0), "Digits.andOne": (2, 1)},
        True,
    )
    assert readings(numbers) == {"add": "0 + 1", "next": "0 + +1", "worth": "0"}


def test_what_wraps_a_counted_type_is_counted_with_its_sign() -> None:
    numbers = found(("Z",), "add", "minus", "neg", "plus")
    assert {count.type.head: (forms(count), count.signed) for count in numbers.counts} == {
        "P": ({"P.o": (0, 0), "P.s": (1, 1)}, False),
        "Z": ({"Z.pos": (1, 0), "Z.negSucc": (-1, -1)}, True),
    }
    assert readings(numbers) == {"add": "0 + 1", "minus": "0 - 1", "neg": "neg 0", "plus": "0 + 1"}


def test_lean_s_own_naturals_need_no_counting() -> None:
    numbers = found(("Nat",), "halves")
    assert (numbers.counts, readings(numbers)) == ((), {"halves": "0 / +2"})


def test_what_has_other_parts_is_measured() -> None:
    numbers = found(("Row", "P"), "add", "below", "total", "size", "append", "place", "sort")
    row = next(count for count in numbers.counts if count.type.head == "Row")
    assert forms(row) == {"Row.nil": (0, 0), "Row.cons": (1, 1)} and not row.exact
    assert readings(numbers) == {
        "add": "0 + 1",
        "below": "0 < 1",
        "size": "0",
        "append": "0 + 1",
        "place": "1 + +1",
        "sort": "0",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "(x y z : P) : mul x (add y z) = add (mul z x) (mul x y)",
        "(x y z : P) : pow x (add y z) = mul (pow x z) (pow x y)",
        "(x y z : P) : pow (pow x y) z = pow x (mul y z)",
        "(x y z : P) (h : below x y = true) (k : below y z = true) : below (add x (.s .o)) z = true",
        "(x y : P) (h : add x y = x) : y = .o",
        "(x y z : P) : least x (least y z) = least (least x y) z",
        "(x y : P) : even (add x y) = (even x == even y)",
        "(x y : P) : sub (add x y) y = x",
        "(x y : Digits) (h : next x = next y) : x = y",
        "(x : Digits) : worth (next x) = .s (worth x)",
        "(x y z : Z) : plus x (plus y z) = plus (plus y x) z",
        "(x : Z) : plus x (neg x) = .pos .o",
        "(s t : Row) : size (append s t) = add (size t) (size s)",
        "(s t : Row) : size (sort (append s t)) = size (append t s)",
        "(p : P) (s t : Row) (h : t = .cons p (append s t)) : False",
        "(p q : P) (s t : Row) (h : append s (.cons p t) = sort (append t s)) : Row.nil = .cons q s",
        "(n : Nat) : triangle n + triangle n = n * n + n",
        "(n : Nat) : halves (n + n) = n",
    ],
)
def test_arithmetic_decides_what_is_said_of_them(statement: str, lean: EmbeddedGateway) -> None:
    source = source_of(statement)
    with lean.open(source, source.theorems[0]) as session:
        (goal,) = session.root.goals
        ((tactic, _),) = by_numbers(View(goal, symbols_of(source.theorems[0])))
        assert isinstance(session.run(session.root, tactic), Proved)


def test_a_proof_to_keep_says_what_did_it_and_no_more(lean: EmbeddedGateway) -> None:
    source = source_of("(x y : P) : sub (add x y) y = x")
    *_, last = search(source, source.theorems[0], lean, FixedPolicy(), Budget(tactics=30))
    assert isinstance(last, Finished) and last.result.proof is not None
    assert "obtain ⟨num, num_o, num_s⟩ : ∃ num : P → Nat, num .o = 0 ∧ " in last.result.proof
    assert "first\n" not in last.result.proof and "fun_induction" not in last.result.proof


@pytest.mark.parametrize(
    "goal",
    [
        "x : P\n⊢ strange x = x",  # not understood
        "s : Row\n⊢ total s = .o",
        "x y : P\nx_ih : add x y = add y x\n⊢ add (.s x) y = add y (.s x)",  # an induction has begun
        "x : P\n⊢ x = x",
        "s t : Row\n⊢ append s t = append t s",  # may differ, and have as many parts
        "s : Row\n⊢ append s Row.nil = s",
    ],
)
def test_nothing_is_proposed_where_not_all_is_arithmetic(goal: str) -> None:
    symbols = symbols_of(source_of(": True").theorems[0])
    assert not list(by_numbers(View(parse_goal(goal), symbols)))
