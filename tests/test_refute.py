"""False statements: what is told has been certified, and what is true is left alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from prover.cli.main import command
from prover.cli.render import as_json, heading
from prover.config import Settings
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import Source, parse_source
from prover.lean.splice import fit
from prover.policy.specs import policy_factory
from prover.policy.symbols import Symbols
from prover.policy.values import FALSE, TRUE, Value, data
from prover.proving import Finished, Job, Proving
from prover.refute import refute
from prover.refute.computing import Evaluator
from prover.refute.guesses import Guesses, guess
from prover.refute.reading import goal_of, read_proposition
from prover.types import Counterexample, Declaration, Goal, Standing, Status, Stop, Theorem

TREES = """
inductive Tree (α : Type) where
  | leaf : Tree α
  | node : Tree α → α → Tree α → Tree α
def mirror {α : Type} : Tree α → Tree α
  | .leaf => .leaf
  | .node l x r => .node (mirror r) x (mirror l)
def size {α : Type} : Tree α → Nat
  | .leaf => 0
  | .node l _ r => size l + size r + 1
def insert (x : Int) : List Int → List Int
  | [] => [x]
  | y :: ys => if x ≤ y then x :: y :: ys else y :: insert x ys
"""


def source_of(text: str) -> Source:
    return parse_source(Path("Claims.lean"), text.encode())


def refuted(
    lean: EmbeddedGateway, claim: str, before: str = "", name: str = "theorem claim"
) -> Counterexample | None:
    source = source_of(f"{before}\n{name} {claim} := by sorry\n")
    return refute(source, source.theorems[-1], lean)


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        ("(x y : Nat) : x + y = x * y", "x = 0, y = 1"),
        ("(x y : Int) (h : x < y) : x * x < y * y", "x = -1, y = 0"),
        ("{α : Type} (xs ys : List α) : xs ++ ys = ys ++ xs", "α = Nat, xs = [0], ys = [1]"),
        ("{α : Type u} [DecidableEq α] (xs : List α) : xs.reverse = xs", "α = Nat, xs = [0, 1]"),
        ("(p q : Prop) : (p → q) → q → p", "p = False, q = True"),
        ("(f : Nat → Nat) (x : Nat) : f x = x", "f = fun x0 => 0, x = 1"),
        ("(a b : Bool) : (a && b) = (a || b)", "a = false, b = true"),
        (": ∀ n : Nat, n % 7 ≠ 3", "n = 3"),
        ("(n : Nat) (h : n < 5000) : 3 * n ≠ 2100", "n = 700"),
        ("(n : Nat) (h : 2 * n + 3 < 8001) : n < 1000 + 2700", "n = 3700"),
        ("(o : Option Nat) : o.isSome = true", "o = none"),
        ("(p : Nat × Bool) : p.2 = true", "p = (0, false)"),
    ],
)
def test_a_false_statement_is_told_with_the_smallest_values(
    lean: EmbeddedGateway, claim: str, shown: str
) -> None:
    found = refuted(lean, claim)
    assert found is not None
    assert str(found) == shown
    assert set(found.axioms) <= {"propext", "Classical.choice", "Quot.sound"}


@pytest.mark.parametrize(
    ("claim", "shown"),
    [
        ("{α : Type} (t : Tree α) : mirror t = t", "t = Tree.node"),
        ("{α : Type} (t : Tree α) : size t < 3", "t = Tree.node"),
        ("(t : Tree Nat) : size t ≠ Nat.zero.succ", "t = Tree.node"),
        ("(x : Int) (xs : List Int) : insert x xs = x :: xs", "x = 1, xs = [0]"),
    ],
)
def test_types_and_functions_of_the_file(lean: EmbeddedGateway, claim: str, shown: str) -> None:
    found = refuted(lean, claim, TREES)
    assert found is not None
    assert shown in str(found)


def test_a_statement_that_decides_itself_needs_no_values(lean: EmbeddedGateway) -> None:
    found = refuted(lean, ": ∀ x : Fin 3, x.val < 2")
    assert found is not None
    assert found.values == ()


def test_the_proof_that_is_told_proves_the_negation(lean: EmbeddedGateway) -> None:
    found = refuted(lean, "(x y : Nat) (h : x ≤ y) : x < y")
    assert found is not None
    text = "theorem claim : ¬ ∀ (x y : Nat) (h : x ≤ y), x < y := by sorry\n"
    source = source_of(text)
    (hole,) = (theorem.hole for theorem in source.theorems)
    (verdict,) = lean.certify(source, {hole: fit(source, hole, found.proof.split("\n"))}).values()
    assert verdict.standing is Standing.CERTIFIED


TRUE_ONES = [
    "(x y : Nat) : x + y = y + x",
    "{α : Type} (xs : List α) : xs.reverse.reverse = xs",
    "(p q : Prop) : p ∧ q → q ∧ p",
    "(x : Nat) : x - 1 ≤ x",
    "(x : Int) : x / 2 * 2 + x % 2 = x",
    "(n : Nat) (h : n < 0) : n = 17",
    "(f : Nat → Nat) (h : ∀ x, f x = x + 1) : f 3 = 4",
]


@pytest.mark.parametrize("claim", TRUE_ONES)
def test_nothing_is_said_of_what_is_true(lean: EmbeddedGateway, claim: str) -> None:
    assert refuted(lean, claim) is None


@pytest.mark.parametrize("claim", TRUE_ONES)
def test_a_lying_evaluator_changes_nothing(lean: EmbeddedGateway, claim: str) -> None:
    def lying(goal: Goal, context: Sequence[Declaration], hints: Sequence[int]) -> Guesses:
        told = {"x": "1", "y": "2", "α": "Nat", "xs": "[1]", "p": "True", "q": "False", "n": "0"}
        told["f"] = "fun x => x"
        names = [hypothesis.name for hypothesis in goal.hypotheses]
        values = {name: told[name] for name in names if name in told}
        liars: tuple[dict[str, str], ...] = (
            {},
            {name: f"(sorry : {value})" for name, value in values.items()},
        )
        return Guesses((values, *liars), (values,), 0)

    source = source_of(f"theorem claim {claim} := by sorry\n")
    assert refute(source, source.theorems[0], lean, lying) is None


HARMLESS = {
    "an instance without which it is true": ("class Odd : Prop where h : False\nvariable [Odd]", ": 1 = 2"),
    "an included hypothesis": ("variable (n : Nat) (h : n < 0)\ninclude h", ": n = 1"),
    "an open theorem": ("theorem bad : False := by sorry", ": 1 = 1"),
    "an axiom": ("axiom bad : False", ": 1 = 1"),
    "an open definition": ("def bad : Nat := sorry", ": bad = bad + 0"),
    "Not means something else": ("namespace A\ndef Not (p : Prop) : Prop := p", "(n : Nat) : n = n"),
    "its own name is taken": ("theorem prover_refuted : ¬ False := id", "(n : Nat) : n = 0 ∨ 0 < n"),
}


@pytest.mark.parametrize("why", HARMLESS)
def test_what_stands_before_a_theorem_does_not_make_it_false(lean: EmbeddedGateway, why: str) -> None:
    before, claim = HARMLESS[why]

    def anything(goal: Goal, context: Sequence[Declaration], hints: Sequence[int]) -> Guesses:
        return Guesses(({}, {"n": "0"}), ({},), 0)

    source = source_of(f"{before}\ntheorem claim {claim} := by sorry\n")
    theorem = source.theorems[-1]
    assert refute(source, theorem, lean) is None
    assert refute(source, theorem, lean, anything) is None


def test_a_weaker_negation_is_no_negation(lean: EmbeddedGateway) -> None:
    """With `[Odd]` before both of them, the negation of what is true can be proved."""
    before = "class Odd : Prop where h : False\nattribute [simp] Odd.h\nvariable [o : Odd]\n"
    source = source_of(f"{before}theorem claim (n : Nat) : n = n := by sorry\n")

    def by_the_instance(goal: Goal, context: Sequence[Declaration], hints: Sequence[int]) -> Guesses:
        return Guesses(({"n": "(o.h.elim : Nat)"}, {"n": "0"}), (), 0)

    assert refute(source, source.theorems[0], lean, by_the_instance) is None


@pytest.mark.parametrize(
    ("before", "name", "claim"),
    [
        ("variable {α : Type} (xs ys : List α)", "theorem claim", ": xs ++ ys = ys ++ xs"),
        ("universe u\nvariable {α : Type u}", "theorem claim", "(x y : α) : x = y"),
        ("namespace A\nsection\nopen List in", "@[simp] private theorem claim", "(n : Nat) : n = 1"),
        ("namespace A", "theorem B.claim", "(n : Nat) : n = 1"),
        ("", "example", "(n : Nat) : n = 1"),
        ("set_option autoImplicit true", "theorem claim", "(xs : List β) : xs.length = 1"),
    ],
)
def test_wherever_it_stands(lean: EmbeddedGateway, before: str, name: str, claim: str) -> None:
    assert refuted(lean, claim, before, name) is not None


@pytest.mark.parametrize(
    ("before", "name", "claim"),
    [
        ("variable (n : Nat) (h : n = 1)", "example", ": n = 1"),  # its proof may use `h`
        ("", "def claim", ": Nat"),
        ("", "theorem claim", "(F : Type → Type) (x : F Nat) : x = x"),
        ("", "theorem claim", ": Unknown.thing = 1"),
        (TREES, "theorem claim", "(t : Tree Nat) : size t ≠ size (mirror Tree.leaf)"),  # of which type?
        ("mutual\ntheorem other : True := trivial", "theorem claim", "(n : Nat) : n = 1"),
    ],
)
def test_what_can_not_be_negated(lean: EmbeddedGateway, before: str, name: str, claim: str) -> None:
    assert refuted(lean, claim, before, name) is None


# -- without Lean ------------------------------------------------------------------------------------------


def first_guess(text: str) -> dict[str, str] | None:
    theorem: Theorem = source_of(text).theorems[-1]
    found = guess(goal_of(theorem.declaration), theorem.known)
    return dict(found.refuting[0]) if found.refuting else None


def test_values_are_guessed_from_the_text_alone() -> None:
    assert first_guess("theorem t (x y : Nat) : x + y = x := by sorry") == {"x": "0", "y": "1"}
    assert first_guess("theorem t : ∀ (x : Nat) {y : Nat}, x <= y -> x < y := by sorry") == {
        "x": "0",
        "y": "0",
    }
    assert first_guess("theorem t (x y : Nat) : x + y = y + x := by sorry") is None


@given(st.integers(-9, 9), st.integers(-9, 9))
def test_arithmetic_is_leans(one: int, other: int) -> None:
    evaluator = Evaluator(Symbols((), ""), True, lambda type_: iter(()))
    scope = {"x": one, "y": other}
    quotient, remainder = (evaluator.value(read_proposition(f"x {op} y"), scope) for op in "/%")
    assert isinstance(quotient, int)
    assert isinstance(remainder, int)
    if other:
        assert quotient * other + remainder == one
        assert 0 <= remainder < abs(other)
    else:
        assert (quotient, remainder) == (0, one)
    assert evaluator.proposition(read_proposition("x - y = -(y - x)"), scope)(scope) is True


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("1 + 1 = 2 ∧ ¬ 2 < 1", True),
        ("2 ∣ 6 ↔ 4 ∣ 6", False),
        ("∀ (b : Bool), b = true → ∃ (c : Bool), c ≠ b", True),
        ("[1, 2].reverse ++ [0] = [2, 1, 0]", True),
        ("List.map (fun x => x + k) [1] = [3]", True),
        ("min 3 2 ∈ [1, 2]", True),
        ("2 - 3 = 0", True),
        ("mystery 3 = 4", None),
    ],
)
def test_propositions_are_computed(text: str, truth: bool | None) -> None:
    booleans = {"Bool": [TRUE, FALSE]}
    evaluator = Evaluator(Symbols((), ""), False, lambda type_: iter(booleans.get(type_.head, [])))
    scope: dict[str, Value] = {"k": 2, "b": data("?b")}
    assert evaluator.proposition(read_proposition(text), scope)(scope) is truth


# -- in a run ----------------------------------------------------------------------------------------------


class Shared:
    """The tests' Lean as a worker's pool."""

    def __init__(self, lean: EmbeddedGateway) -> None:
        self._lean = lean

    def for_source(self, source: Source) -> EmbeddedGateway:
        return self._lean

    def close(self) -> None:
        pass


FILE = """theorem good (n : Nat) : n + 0 = n := by sorry
theorem bad (n : Nat) : n = n * n ∧ n < 9 := by
  constructor
  · sorry
  · sorry
theorem hard (n : Nat) : ∃ m, n < m ∧ ∀ k, k ∣ m → k = 1 ∨ k = m := by sorry
"""


def test_a_run_tells_false_from_open(lean: EmbeddedGateway) -> None:
    source = source_of(FILE)
    policies = policy_factory("only:rfl", 0)
    settings = Settings(tactics=3, seconds=600)
    proving = Proving([Job(source, source.theorems)], lambda: Shared(lean), policies, settings)
    found = [event.result for event in proving.events() if isinstance(event, Finished)]
    assert [(result.theorem.name, result.status) for result in found] == [
        ("good", Status.PROVED),
        ("bad", Status.FALSE),
        ("bad", Status.FALSE),
        ("hard", Status.OPEN),
    ]
    bad = found[1]
    assert str(bad.counterexample) == "n = 2"
    assert bad.stop is Stop.EXHAUSTED
    assert "bad · false: counterexample n = 2, checked by Lean" in heading(bad)
    record = json.loads(as_json(bad))
    assert (record["status"], record["counterexample"]["values"]) == ("false", {"n": "2"})


def test_the_command(lean: EmbeddedGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.lean.connect.gateway_factory", lambda kind: lambda: Shared(lean))
    file = tmp_path / "A.lean"
    file.write_text(FILE, encoding="utf-8")
    done = CliRunner().invoke(command, ["refute", str(file), "--json"])
    assert done.exit_code == 1
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(record["theorem"], record["false"]) for record in records] == [
        ("good", False),
        ("bad", True),
        ("hard", False),
    ]
    assert "1 of 3 false" in done.stderr
    shown = CliRunner().invoke(command, ["refute", f"{file}:1"])
    assert (shown.exit_code, shown.stdout) == (0, "0 of 1 false\n")
    told = CliRunner().invoke(command, ["refute", f"{file}:3"]).stdout
    assert "A.lean:4:5 · bad · false: counterexample n = 2, checked by Lean" in told
