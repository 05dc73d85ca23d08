"""Scripts: how a proof reads as Lean."""

from __future__ import annotations

from typing import TypeAlias

from fakes import Effect, replays
from hypothesis import given
from hypothesis import strategies as st

from prover.search.script import Step, alternatives, flat, structured, wrapped

Proof: TypeAlias = "tuple[str, list[Proof]]"


def closing(tactic: str) -> Step:
    return Step(tactic)


def step(tactic: str, *parts: Step | None, tags: tuple[str, ...] = ()) -> Step:
    """With a group for each part."""
    groups = tuple((i,) for i in range(len(parts)))
    return Step(tactic, tags or ("",) * len(parts), groups, parts)


def test_one_tactic_is_one_line() -> None:
    assert structured(closing("simp")) == ["simp"]


def test_a_chain_on_one_goal_stays_flat() -> None:
    script = step("intro h", step("simp at h", closing("exact h")))
    assert structured(script) == flat(script) == ["intro h", "simp at h", "exact h"]


def test_each_of_several_goals_gets_a_bullet() -> None:
    inner = step("constructor", closing("simp"), closing("rfl"))
    script = step("intro h", step("constructor", inner, step("intro x", closing("omega"))))
    assert structured(script) == [
        "intro h",
        "constructor",
        "· constructor",
        "  · simp",
        "  · rfl",
        "· intro x",
        "  omega",
    ]
    assert flat(script) == ["intro h", "constructor", "constructor", "simp", "rfl", "intro x", "omega"]


def test_lines_of_a_tactic_keep_their_relative_indentation() -> None:
    induction = "induction n with\n| zero => rfl\n| succ n ih =>\n  simp\n\n  omega"
    assert structured(step("constructor", closing(induction), closing("rfl"))) == [
        "constructor",
        "· induction n with",
        "  | zero => rfl",
        "  | succ n ih =>",
        "    simp",
        "",
        "    omega",
        "· rfl",
    ]


def test_the_goals_of_an_induction_are_named_and_their_variables_too() -> None:
    renaming = "(rename_i x xs ih; simp [ih])"
    script = step("induction xs", closing("rfl"), closing(renaming), tags=("nil", "cons"))
    assert structured(script) == [
        "induction xs",
        "case nil =>",
        "  rfl",
        "case cons x xs ih =>",
        "  simp [ih]",
    ]
    assert flat(script) == ["induction xs", "rfl", renaming]


def test_cases_in_a_case_are_called_as_lean_calls_them_there() -> None:
    apart = step("cases y", closing("rfl"), closing("omega"), tags=("succ.inl", "succ.inr"))
    script = step("induction x", closing("simp"), step("simp", apart, tags=("succ",)), tags=("zero", "succ"))
    assert structured(script) == [
        "induction x",
        "case zero =>",
        "  simp",
        "case succ =>",
        "  simp",
        "  cases y",
        "  case inl =>",
        "    rfl",
        "  case inr =>",
        "    omega",
    ]


def test_tags_that_do_not_tell_goals_apart_are_left_out() -> None:
    script = step("induction x", closing("rfl"), closing("simp"), tags=("a", "a"))
    assert structured(script) == ["induction x", "· rfl", "· simp"]


def test_renaming_is_a_tactic_of_its_own_elsewhere() -> None:
    script = step("constructor", closing("(rename_i x; simp)"), closing("(rename_i y; a) <;> (b)"))
    assert structured(script) == ["constructor", "· rename_i x", "  simp", "· (rename_i y; a) <;> (b)"]


def test_open_goals_are_sorries() -> None:
    script = step("constructor", None, step("intro x", None))
    assert structured(script) == ["constructor", "· sorry", "· intro x", "  sorry"]
    tied = Step("apply", ("", "", ""), ((0, 2), (1,)), (None, closing("simp")))
    assert structured(tied) == [
        "apply",
        "rotate_left 1",
        "· simp",
        "rotate_left 1",
        "sorry",
        "sorry",
    ]


def test_goals_that_are_tied_together_come_last_and_in_the_open() -> None:
    one = step("exact p", closing("exact w"))
    script = Step("apply", ("", "", ""), ((0, 2), (1,)), (one, closing("simp")))
    assert structured(script) == ["apply", "rotate_left 1", "· simp", "rotate_left 1", "exact p", "exact w"]
    assert flat(script) == ["apply", "rotate_left 1", "simp", "rotate_left 1", "exact p", "exact w"]


def test_alternatives_for_one_visit_are_its_script() -> None:
    assert alternatives([["intro h", "exact h"]]) == ["intro h", "exact h"]


def test_alternatives_for_several_visits() -> None:
    assert alternatives([["constructor", "· simp", "· rfl"], ["omega"]]) == [
        "first",
        "  | · constructor",
        "      · simp",
        "      · rfl",
        "  | · omega",
    ]


def test_long_lines_are_broken_where_lean_reads_on() -> None:
    lines = ["· simp_all [one, two, three (four, five)] <;> omega", "short [a, b]"]
    assert wrapped(lines, 24) == [
        "· simp_all [one, two,",
        "      three (four,",
        "      five)] <;> omega",
        "short [a, b]",
    ]
    assert wrapped(["exact a_name_that_is_too_long"], 10) == ["exact a_name_that_is_too_long"]
    assert wrapped(["have h : ∀ (x : T), f x = g x := by", "  rfl"], 24) == [
        "have h : ∀ (x : T),",
        "    f x = g x := by",
        "  rfl",
    ]
    assert wrapped(["have h : (f x fun y => p y) → q := by", "  simp"], 24) == [
        "have h : (f x fun y =>",
        "    p y) → q := by",
        "  simp",
    ]
    assert wrapped(["have h : f (g x) = x := by_the_way x"], 26) == [
        "have h : f (g x) = x :=",
        "    by_the_way x",
    ]
    assert wrapped(["simp [f, g] <;> (first | omega | exact ⟨a, b⟩) <;> simp"], 42) == [
        "simp [f, g]",
        "    <;> (first | omega | exact ⟨a, b⟩)",
        "    <;> simp",
    ]
    assert wrapped(['exact ["a, b, c, d, e"]'], 12) == ['exact ["a, b, c, d, e"]']


proofs: st.SearchStrategy[Proof] = st.recursive(
    st.tuples(st.sampled_from(["simp", "rfl", "cases h with\n| a => simp\n| b =>\n  rfl"]), st.just([])),
    lambda proof: st.tuples(st.sampled_from(["intro", "constructor"]), st.lists(proof, max_size=3)),
    max_leaves=12,
)


@given(proofs)
def test_every_form_replays(proof: Proof) -> None:
    rules: dict[str, dict[str, Effect]] = {}
    goal = _state(proof, rules)
    script = _script(proof)
    assert replays(rules, goal, "\n".join(flat(script)))
    assert replays(rules, goal, "\n".join(structured(script)))
    assert replays(rules, goal, "\n".join(alternatives([["nonsense"], structured(script)])))
    assert not replays(rules, goal, "\n".join([*structured(script)[:-1], "nonsense"]))


def _state(proof: Proof, rules: dict[str, dict[str, Effect]]) -> str:
    """Name a goal that the proof proves, and note in the rules that its tactics do."""
    tactic, parts = proof
    goal = f"goal{len(rules)}"
    rules[goal] = {}
    rules[goal][tactic] = tuple(_state(part, rules) for part in parts)
    return goal


def _script(proof: Proof) -> Step:
    tactic, parts = proof
    return step(tactic, *map(_script, parts))
