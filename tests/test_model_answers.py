"""What models write, taken for what it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.lean import sketch
from prover.policy.api.parsing import script_in, tactics_in
from prover.policy.api.replies import estimated_tokens, parted


@pytest.mark.parametrize(
    ("answer", "tactics"),
    [
        ("simp", ["simp"]),
        ("```lean\nsimp\n```", ["simp"]),
        ("```\nsimp\nomega\n```", ["simp", "omega"]),
        ("~~~lean4\nsimp\n~~~", ["simp"]),
        ("```lean\nsimp\nomega", ["simp", "omega"]),  # cut off
        ("Try these:\n\n1. `simp`\n2. `induction n with\n", ["simp"]),
        ("1. simp [foo]\n2) omega\n(3) exact h", ["simp [foo]", "omega", "exact h"]),
        ("- intro x\n* rfl\n**simp**", ["intro x", "rfl", "simp"]),
        ("Use simp here, because it is good.", []),
        ("First we simplify.\nsimp\nThis closes the goal.", ["simp"]),
        ("```lean\n1. simp -- easy\n-- nothing\n2. omega\n```", ["simp", "omega"]),
        (
            "```lean\ninduction n with\n| zero => rfl\n| succ n ih =>\n  simp\n  omega\nsimp\n```",
            ["induction n with\n| zero => rfl\n| succ n ih =>\n  simp\n  omega", "simp"],
        ),
        ("```lean\nconstructor\n· simp\n· omega\nrfl\n```", ["constructor\n· simp\n· omega", "rfl"]),
        ("```lean\nby simp\n```", ["simp"]),
        ("```lean\nsimp\n```\nor\n```lean\nsimp\n```\n```lean\nrfl\n```", ["simp", "rfl"]),
        ("```lean\ntheorem x : p := by\n  simp\n  rfl\n```", ["simp\nrfl"]),
        ("I'm sorry, but I can't help with that.", []),
        ("", []),
        ("\u200bsimp\u00a0[foo]", ["simp [foo]"]),
        ("```lean\n\tsimp\n```", ["simp"]),
    ],
)  # fmt: skip
def test_next_tactics(answer: str, tactics: list[str]) -> None:
    assert tactics_in(answer) == tactics


@pytest.mark.parametrize(
    ("answer", "script"),
    [
        ("```lean\nsimp\nomega\n```", "simp\nomega"),
        ("```lean\nby\n  simp\n  omega\n```", "simp\nomega"),
        ("```lean\nby simp\n   omega\n```", "simp\nomega"),
        ("```lean\n:= by\n  simp\n```", "simp"),
        ("by simp", "simp"),
        ("theorem t (n : Nat) : n = n := by\n  rfl", "rfl"),
        ("```lean\ntheorem Other.t (n : Nat) : False := by\n  intro x\n  rfl\n```", "intro x\nrfl"),
        ("```lean\ntheorem t (n : Nat) : n = n := rfl\n```", "exact rfl"),
        ("```lean\ntheorem t : p ∧ q :=\n  ⟨hp,\n    hq⟩\n```", "exact ⟨hp,\n    hq⟩"),
        ("```lean\ntheorem t : ∀ n, n = n\n  | 0 => rfl\n  | n + 1 => rfl\n```", None),
        (
            "```lean\nlemma helper : 1 = 1 := by\n  decide\n\ntheorem t : p := by\n  exact h\n```",
            "exact h",
        ),
        ("First:\n```lean\nsimp\nsimp\nsimp\n```\nNo:\n```lean\ntheorem t : p := by\n  rfl\n```", "rfl"),
        ("One\n```lean\nrfl\n```\ntwo\n```lean\nsimp\nomega\n```", "simp\nomega"),
        ("```lean\nimport Mathlib\nopen Nat\n\ntheorem t : p := by\n  norm_num\n```", "norm_num"),
        ("The proof is:\n\nintro x\nexact h x\n\nIt works because h holds.", "intro x\nexact h x"),
        ("```lean\nhave h : p := by\n  simp\nexact h\n```", "have h : p := by\n  simp\nexact h"),
        ("```lean\n  intro x\n  cases x with\n  | a => rfl\n```", "intro x\ncases x with\n| a => rfl"),
        ("```lean\ncases x with\n  | a => rfl\n  | b => h\n```", "cases x with\n  | a => rfl\n  | b => h"),
        ("I can't do that.", None),
        ("", None),
        ("```lean\n```", None),
        ("```lean\n-- nothing\n```", None),
    ],
)  # fmt: skip
def test_whole_proofs(answer: str, script: str | None) -> None:
    assert script_in(answer, "Some.t") == script


@given(
    st.text(st.sampled_from("`~ \n\tbyx:=|·-(){}⟨⟩simp<think>1.sorry?theorem e"), max_size=200)
    | st.text(max_size=80)
)
def test_any_text_is_read(answer: str) -> None:
    for tactic in tactics_in(answer):
        assert tactic.strip() and "\r" not in tactic and "\t" not in tactic
    script = script_in(answer, "t")
    assert script is None or script.strip()
    thinking, rest = parted(answer)
    assert len(thinking) + len(rest) <= len(answer)
    assert 0 <= estimated_tokens(answer) <= len(answer.encode("utf-8", "replace"))


LINES = st.sampled_from(
    ["simp", "intro x", "exact ⟨h, rfl⟩", "rw [foo]", "have h : p := by simp", "constructor"]
)


@given(
    st.lists(LINES, min_size=1, max_size=6),
    st.sampled_from(["", "lean", "lean4"]),
    st.booleans(),
    st.booleans(),
)
def test_a_script_comes_back_however_it_is_wrapped(lines: list[str], tag: str, by: bool, prose: bool) -> None:
    body = "by\n" + "\n".join(f"  {line}" for line in lines) if by else "\n".join(lines)
    answer = f"```{tag}\n{body}\n```"
    if prose:
        answer = f"Here is the proof.\n\n{answer}\n\nI hope that it helps!"
    assert script_in(answer, "t") == "\n".join(lines)
    stated = "theorem t (x : Nat) : p x := by\n" + "\n".join(f"  {line}" for line in lines)
    assert script_in(f"```lean\n{stated}\n```", "t") == "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "thinking", "rest"),
    [
        ("<think>hm</think>simp", "hm", "simp"),
        ("<think>hm\nno", "hm\nno", ""),
        ("hm</think>\nsimp", "hm", "\nsimp"),
        ("a<thinking>b</thinking>c<think>d</think>e", "b\nd", "ace"),
        ("simp", "", "simp"),
        ("a < b", "", "a < b"),
    ],
)
def test_thinking_is_no_answer(text: str, thinking: str, rest: str) -> None:
    assert parted(text) == (thinking, rest)


SKETCHES = [
    "have k : a = c := by sorry\nexact k",
    "have k : a = c := by\n  sorry\nhave k2 : b = b := sorry\nconstructor\n· rw [k2]\n  sorry\n· trivial",
    "have k : a = c := by\n  have z : a = b := by sorry\n  exact z.trans h\nexact k",
    "induction a with\n| zero => sorry\n| succ n ih =>\n  have q : n = n := by sorry\n  sorry",
    "constructor\n· calc\n    a + 0 = b := by sorry\n    _ = c := by sorry\n· trivial",
    "cases h with\n  | inl h => simp\n  | inr h =>\n    constructor\n    · sorry\n    · trivial",
    "sorry",
]


@pytest.mark.parametrize("script", SKETCHES)
def test_holes_are_opened_and_filled(script: str) -> None:
    opened = sketch.opened(script)
    assert opened is not None and "sorry" not in opened
    holes = sketch.holes_in(opened)
    assert len(holes) == len(re.findall("sorry", script))
    filled = sketch.filled(opened.split("\n"), {hole: ["omega"] for hole in holes})
    assert filled is not None
    wanted = re.sub(r"by\s+sorry|(?<=:= )sorry", "by omega", script).replace("sorry", "omega")
    assert "\n".join(filled) == wanted
    several = sketch.filled(opened.split("\n"), {hole: ["simp", "omega"] for hole in holes})
    assert several is not None and several.count("omega") + sum("omega" in line for line in several) >= len(
        holes
    )
    assert not sketch.HOLE.search("\n".join(several))


@pytest.mark.parametrize("script", ["simp", "exact sorryAx _", "-- sorry\nsimp", "exact not_sorry"])
def test_what_has_no_hole_is_no_sketch(script: str) -> None:
    assert sketch.opened(script) is None


@given(
    st.text(
        st.sampled_from("have h : p := by sorry\n  ·|=>induction x with focus rotate_left 1 "), max_size=120
    )
)
def test_any_text_may_be_a_sketch(script: str) -> None:
    opened = sketch.opened(script)
    if opened is not None:
        assert sketch.holes_in(opened)
        sketch.filled(opened.split("\n"), {hole: ["simp", "rfl"] for hole in sketch.holes_in(opened)})
