"""Scripts: how a path of tactics reads as Lean."""

from __future__ import annotations

from typing import TypeAlias

from fakes import Effect, replays
from hypothesis import given
from hypothesis import strategies as st

from prover.search.script import Script, Step, alternatives, flat, structured

Proof: TypeAlias = "tuple[str, list[Proof]]"


def test_one_tactic_is_one_line() -> None:
    assert structured((Step("simp", 1, 0),)) == ["simp"]


def test_a_chain_on_one_goal_stays_flat() -> None:
    script = (Step("intro h", 1, 1), Step("simp at h", 1, 1), Step("exact h", 1, 0))
    assert structured(script) == ["intro h", "simp at h", "exact h"]


def test_each_of_several_goals_gets_a_bullet() -> None:
    script = (
        Step("intro h", 1, 1),
        Step("constructor", 1, 2),
        Step("constructor", 2, 3),
        Step("simp", 3, 2),
        Step("rfl", 2, 1),
        Step("intro x", 1, 1),
        Step("omega", 1, 0),
    )
    assert structured(script) == [
        "intro h",
        "constructor",
        "· constructor",
        "  · simp",
        "  · rfl",
        "· intro x",
        "  omega",
    ]


def test_a_root_of_several_goals_gets_bullets() -> None:
    assert structured((Step("simp", 2, 1), Step("rfl", 1, 0))) == ["· simp", "· rfl"]


def test_lines_of_a_tactic_keep_their_relative_indentation() -> None:
    induction = "induction n with\n| zero => rfl\n| succ n ih =>\n  simp\n\n  omega"
    script = (Step("constructor", 1, 2), Step(induction, 2, 1), Step("rfl", 1, 0))
    assert structured(script) == [
        "constructor",
        "· induction n with",
        "  | zero => rfl",
        "  | succ n ih =>",
        "    simp",
        "",
        "    omega",
        "· rfl",
    ]


def test_no_bullets_where_a_tactic_closes_a_goal_that_is_not_its_own() -> None:
    script = (Step("apply Exists.intro", 1, 2), Step("exact h", 2, 0))
    assert structured(script) == flat(script) == ["apply Exists.intro", "exact h"]


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


def _script(proof: Proof, others: int = 0) -> Script:
    """The proof's steps while `others` goals wait."""
    tactic, parts = proof
    steps = [Step(tactic, 1 + others, len(parts) + others)]
    for i, part in enumerate(parts):
        steps += _script(part, others + len(parts) - i - 1)
    return tuple(steps)
