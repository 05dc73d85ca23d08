from __future__ import annotations

import pytest
from attack_cases import FOLDER, AttackCase, load_cases
from hypothesis import given
from hypothesis import strategies as st

from prover.lean.guard import MAX_DEPTH, MAX_LENGTH, refusal
from prover.lean.source import read_source
from prover.types import Standing

CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_attack(case: AttackCase) -> None:
    reason = refusal(case.proof, case.theorem)
    assert (reason is not None) == case.refused, f"{case.why} The guard: {reason}"


def test_cases_are_well_formed() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.path for case in CASES} == set(FOLDER.glob("*.lean"))
    assert {case.expected for case in CASES} == set(Standing)
    for case in CASES:
        assert read_source(case.path).theorems[case.hole].name == case.theorem, case.name


@pytest.mark.parametrize(
    "text",
    [
        "simp",
        "exact ⟨hp, fun x => by omega⟩",
        "induction n with\n| zero => rfl\n| succ n ih => simp [ih]",
        "decide +kernel",
        "simp (config := { decide := true }) only [foo, ← bar] at h ⊢",
        "exact h.sorry",
        "exact (f x).end",
        'exact ("a" ++ b).stop',
        "exact sorry' sorry_free mysorry sorry.elim",
        "exact «axiom» «end» «theorem»",
        "exact Foo.sorryAx",
        "simp [trace, Matrix.trace]",
        "trace_state",
        "show p from h",
        "exact #[1, 2]",
        "exact #v[1, 2]",
        "open Nat List in simp",
        "open scoped Classical in simp",
        "open Nat (succ_le) renaming add_comm → comm in simp",
        "set_option maxRecDepth 1000 in simp",
        "simp /- sorry /- axiom -/ -/ -- native_decide",
        'exact absurd "sorry" r#"/- " axiom"#',
        "exact c = '\"'",
        'exact s!"{a} sorry {b}"',
        "skip\r\nsimp",
        "skip\tsimp",
        "exact @h",
        "exact `(tactic)",
        "exact `sorryAx",
        "exact IO",
    ],
)
def test_passes(text: str) -> None:
    assert refusal(text, "Some.theorem_name") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sorry", "`sorry` leaves the goal unproved"),
        ("first | simp | sorry", "`sorry` leaves the goal unproved"),
        ("simp\n.sorry", "`sorry` leaves the goal unproved"),
        ("·.sorry", "`sorry` leaves the goal unproved"),
        ("exact «sorryAx» _", "`«sorryAx»` leaves the goal unproved"),
        ("exact _root_.sorryAx _", "`_root_.sorryAx` leaves the goal unproved"),
        ("exact Lean.«ofReduceBool» a b c", "`Lean.«ofReduceBool»` trusts compiled code, not the kernel"),
        ("open Lean in exact trustCompiler", "`trustCompiler` trusts compiled code, not the kernel"),
        ("decide +native", "`native` trusts compiled code, not the kernel"),
        ("decide (native := true)", "`native` trusts compiled code, not the kernel"),
        ("bv_decide?", "`bv_decide?` trusts compiled code, not the kernel"),
        ("exact eval% x", "`eval` could run code or reach the machine"),
        ("exact IO.FS.readFile", "`IO.FS.readFile` could run code or reach the machine"),
        ("simp\n#eval 1", "`#eval` is a command, and no part of a proof"),
        ("simp theorem", "`theorem` is a command, and no part of a proof"),
        ("simp\nopen Nat", "`open` without `in` is a command, and no part of a proof"),
        ("simp\nopen Nat in", "`open` without `in` is a command, and no part of a proof"),
        ("open private foo in simp", "`private` is a command, and no part of a proof"),
        ("set_option maxRecDepth 9\nsimp", "`set_option` without `in` is a command, and no part of a proof"),
        ("set_option maxHeartbeats 0 in simp", "`set_option` may not set `maxHeartbeats`"),
        ("set_option", "`set_option` may not set ``"),
        ("let rec @[simp] f := 1", "`@[` gives an attribute"),
        ('trace "x"', "`trace` belongs to the prover's talk with Lean"),
        ("exit", "`exit` belongs to the prover's talk with Lean"),
        ("simp /-- for the next -/", "`/-- for the next -/` is a comment for another declaration"),
        ("simp -/", "`/` ends a comment that it did not begin"),
        ("exact «a\nb»", "`«` has no partner on its line"),
        ("exact h)", "it closes a bracket `)` that it did not open"),
        ("exact (h]", "it closes a bracket `]` that it did not open"),
        ("exact (h", "it leaves a bracket open: `)` is missing"),
        ("simp /- (", "it leaves a comment or a string open"),
        ('exact "(', "it leaves a comment or a string open"),
        ('exact r#"x"', "it leaves a comment or a string open"),
        ('exact s!"{x', "it leaves a bracket open: `}` is missing"),
        ("", "there is no tactic in it"),
        ("-- simp", "there is no tactic in it"),
        ("simp\0", "the character U+0000 in it can't be seen"),
        ("simp\rsimp", "the character U+000D in it can't be seen"),
        ("simp -- \u202e", "the character U+202E in it can't be seen"),
        ("simp -- \ud800", "the character U+D800 in it can't be seen"),
        ("simp " * MAX_LENGTH, f"it is longer than {MAX_LENGTH} characters"),
        ("(" * 300 + ")" * 300, f"its brackets are nested more than {MAX_DEPTH} deep"),
    ],
)
def test_reason(text: str, reason: str) -> None:
    assert refusal(text) == reason


@pytest.mark.parametrize(
    ("text", "theorem", "refused"),
    [
        ("exact foo", "foo", True),
        ("exact @foo", "foo", True),
        ("exact foo.symm", "foo", True),
        ("exact «foo»", "foo", True),
        ("exact foo'", "foo", False),
        ("exact Bar.foo", "foo", False),
        ("exact h.foo", "foo", False),
        ("exact foo", "A.B.foo", True),
        ("exact B.foo", "A.B.foo", True),
        ("exact A.B.foo.symm", "A.B.foo", True),
        ("exact _root_.A.B.foo", "A.B.foo", True),
        ("exact _root_.foo", "A.B.foo", False),
        ("exact _root_.foo", "foo", True),
        ("exact A.B", "A.B.foo", False),
        ("exact «a.b»", "«a.b»", True),
        ("exact a.b", "«a.b»", False),
        ("simp", "example@12", False),
        ("exact foo", None, False),
        ("exact foo", "", False),
    ],
)
def test_own_name(text: str, theorem: str | None, refused: bool) -> None:
    assert (refusal(text, theorem) is not None) == refused


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    refusal(text, "A.b")


@given(st.text(alphabet="()[]⟨⟩{}-/\"'«» \nrs!#@`.sory", max_size=30), st.sampled_from(["sorry", "theorem"]))
def test_what_follows_is_never_swallowed(text: str, word: str) -> None:
    """A text that passes leaves the next line what it is: with a refused word there, it is refused."""
    if refusal(text) is None:
        assert refusal(f"{text}\n{word}") is not None


@given(st.text(alphabet="ab .«»(){}[]⟨⟩\n", max_size=30))
def test_comments_and_strings_hide_words(text: str) -> None:
    quiet = text.replace("»", "").replace("«", "")
    assert refusal(f'exact f "sorry {quiet}" /- theorem {quiet} -/') is None
    assert refusal(f'exact f "{quiet}" sorry /- {quiet} -/') is not None
