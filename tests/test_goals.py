"""Reading the goals that Lean prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.lean.goals import parse_goal
from prover.types import Hypothesis

# Printed by Lean 4.28: `induction xs generalizing y`, `intros`, `cases`, `let`, long types.
INDUCTION = """case cons
α : Type
inst✝ : DecidableEq α
a✝¹ : α
a✝ : List' α
a_ih✝ :
  ∀ (a : α),
    length (rev a✝) = length a✝ → length (append (rev a✝) (List'.cons a List'.nil)) = (length a✝).S
a : α
⊢ length (append (append (rev a✝) (List'.cons a✝¹ List'.nil)) (List'.cons a List'.nil)) =
    (length a✝).S.S"""


def test_a_goal_of_an_induction() -> None:
    goal = parse_goal(INDUCTION)
    assert goal.case == "cons"
    assert [h.name for h in goal.hypotheses] == ["α", "inst✝", "a✝¹", "a✝", "a_ih✝", "a"]
    assert goal.hypotheses[1] == Hypothesis("inst✝", "DecidableEq α")
    assert goal.hypotheses[4].type.startswith("∀ (a : α),\n    length")
    assert goal.hypotheses[4].type.endswith("= (length a✝).S")
    assert goal.target.startswith("length (append") and goal.target.endswith("(length a✝).S.S")
    assert goal.text == INDUCTION


def test_several_names_share_a_type() -> None:
    goal = parse_goal("a✝² b✝ : Nat\na✝¹ : a✝² < b✝\n⊢ (if a✝² < b✝ then 1 else 2) = 1")
    assert goal.hypotheses == (
        Hypothesis("a✝²", "Nat"),
        Hypothesis("b✝", "Nat"),
        Hypothesis("a✝¹", "a✝² < b✝"),
    )
    assert goal.case == ""


@pytest.mark.parametrize(
    ("line", "hypothesis"),
    [
        ("z : Nat := 2", Hypothesis("z", "Nat", "2")),
        ("p : Prod Nat Nat := (1, 2)", Hypothesis("p", "Prod Nat Nat", "(1, 2)")),
        (
            "f : Nat → Nat := fun x =>\n  let y := x;\n  y",
            Hypothesis("f", "Nat → Nat", "fun x =>\n  let y := x;\n  y"),
        ),
        ("h : (let y := 2; y) = 2", Hypothesis("h", "(let y := 2; y) = 2")),
        ("h :\n  let y := 2;\n  y = 2", Hypothesis("h", "let y := 2;\n  y = 2")),
        ("h : have y := 2;\n  y = 2 := k", Hypothesis("h", "have y := 2;\n  y = 2", "k")),
        (
            "h : ∀ {x : Nat} [inst : Inhabited α], x = 1",
            Hypothesis("h", "∀ {x : Nat} [inst : Inhabited α], x = 1"),
        ),
        ('h : s = "a := b ⊢ c : d ("', Hypothesis("h", 's = "a := b ⊢ c : d ("')),
        ("h : c = '(' ∧ x' = y", Hypothesis("h", "c = '(' ∧ x' = y")),
        ("«a : b» : Nat", Hypothesis("«a : b»", "Nat")),
        ("inst✝ : DecidableEq α", Hypothesis("inst✝", "DecidableEq α")),
    ],
)
def test_one_hypothesis(line: str, hypothesis: Hypothesis) -> None:
    goal = parse_goal(f"{line}\n⊢ True")
    assert goal.hypotheses == (hypothesis,)
    assert goal.target == "True"


def test_a_turnstile_inside_a_type_is_not_the_target() -> None:
    goal = parse_goal("h :\n  Γ\n  ⊢ φ\nk : (Γ ⊢ φ)\n⊢ Γ ⊢ ψ")
    assert [h.type for h in goal.hypotheses] == ["Γ\n  ⊢ φ", "(Γ ⊢ φ)"]
    assert goal.target == "Γ ⊢ ψ"


def test_a_tag_with_dots_and_a_goal_without_hypotheses() -> None:
    goal = parse_goal("case refine_1.h.isTrue\n⊢ 1 = 1\n")
    assert (goal.case, goal.hypotheses, goal.target) == ("refine_1.h.isTrue", (), "1 = 1")


def test_a_variable_named_case_is_no_tag() -> None:
    assert parse_goal("caseA : Nat\n⊢ True").hypotheses == (Hypothesis("caseA", "Nat"),)


@given(st.text(alphabet=st.sampled_from("ab✝²«»:=⊢()⟨⟩\"'\\\n \tlet") | st.characters()))
def test_any_text_is_read(text: str) -> None:
    goal = parse_goal(text)
    assert goal.text == text
    assert all(h.name and ("«" in h.name or len(h.name.split()) == 1) for h in goal.hypotheses)


NAMES = st.lists(st.from_regex(r"[a-zα-ω][a-z0-9_']{0,5}✝?", fullmatch=True), min_size=1, max_size=3)
TYPES = st.sampled_from(
    ["Nat", "List α", "∀ (x : Nat), x = x", "p ∧\n    q", "(fun x => let y := x; y) 1 = 1"]
)
VALUES = st.none() | st.sampled_from(["2", "fun x => x", "let y := 1;\n  y"])


@given(st.lists(st.tuples(NAMES, TYPES, VALUES), max_size=5), TYPES, st.sampled_from(["", "inl.h"]))
def test_what_is_printed_is_read_back(
    lines: list[tuple[list[str], str, str | None]], target: str, case: str
) -> None:
    printed = [f"case {case}"] if case else []
    for names, type_, value in lines:
        printed.append(f"{' '.join(names)} : {type_}" + ("" if value is None else f" := {value}"))
    goal = parse_goal("\n".join([*printed, f"⊢ {target}"]))
    assert goal.case == case
    assert goal.target == target
    assert goal.hypotheses == tuple(
        Hypothesis(name, type_, value) for names, type_, value in lines for name in names
    )
