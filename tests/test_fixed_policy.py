"""What the fixed policy proposes for a goal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover.events import Finished
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.conjectures import replace_term
from prover.policy.fields import prefixed
from prover.policy.fixed import FixedPolicy
from prover.policy.protocols import TacticGenerator
from prover.policy.rules.closing import take_target_apart
from prover.policy.rules.common import grind
from prover.policy.rules.induction import fit_rules
from prover.policy.symbols import Symbols, symbols_of
from prover.policy.terms import applications, connective, telescope
from prover.policy.view import Kind, View
from prover.search.loop import search
from prover.types import Budget, Candidate, Declaration, Hole, Place, Position, Proved, Span, Status, Theorem

HERE = Span(0, 0)


def declare(kind: str, name: str, statement: str, body: str = "") -> Declaration:
    return Declaration(kind, f"Play.{name}", HERE, f"{kind} {name} {statement}", body)


CONTEXT = (
    declare("inductive", "N", "", "where | zero | succ (n : N)"),
    declare("def", "plus", ": N → N → N", "| .zero, y => y\n| .succ x, y => .succ (plus x y)"),
    declare("def", "twice", "(x : N) : N", ":= plus x x"),
    declare("def", "unrelated", ": N → N", "| .zero => .zero\n| .succ x => unrelated x"),
    declare(
        "def",
        "from_the_right",
        "(y x : N) : N",
        ":= match x with\n| .zero => y\n| .succ x => from_the_right y x",
    ),
    declare("inductive", "Even", ": N → Prop", "where | zero : Even .zero"),
    declare(
        "inductive",
        "Path",
        "(f : N → N) : N → N → Prop",
        "where\n| stay (x : N) : Path f x x\n| go (x y : N) (h : Path f x y) : Path f x (f y)",
    ),
    declare("theorem", "plus_zero", "(x : N) : plus x .zero = x", ":= by sorry"),
    declare(
        "theorem", "plus_assoc", "(x y z : N) : plus (plus x y) z = plus x (plus y z)", ":= by grind [plus]"
    ),
    declare("theorem", "unrelated_id", "(x : N) : unrelated x = .zero", ":= by grind"),
)


def theorem(name: str = "goal", context: tuple[Declaration, ...] = CONTEXT) -> Theorem:
    declaration = declare("theorem", name, ": True", ":= by sorry")
    hole = Hole(HERE, Position(1, 1), Place.TACTIC)
    return Theorem(declaration.name, Path("Play.lean"), hole, 0, declaration, context)


def candidates(goal: str, policy: FixedPolicy | None = None, n: int = 100) -> list[Candidate]:
    (found,) = (policy or FixedPolicy()).propose(theorem(), [parse_goal(goal)], n)
    return list(found)


def tactics(goal: str, policy: FixedPolicy | None = None) -> list[str]:
    return [candidate.tactic for candidate in candidates(goal, policy)]


TWICE = "x y : N\n⊢ twice x = plus x x"
STUCK = """case succ
n✝ : N
n_ih✝ : twice n✝ = plus n✝ n✝
⊢ (twice n✝).succ = plus n✝ n✝.succ"""


def test_it_is_a_tactic_generator() -> None:
    generator: TacticGenerator = FixedPolicy()
    assert generator.name == "fixed"
    goals = [parse_goal(TWICE), parse_goal(STUCK)]
    assert len(generator.propose(theorem(), goals, 5)) == 2


@pytest.mark.parametrize("goal", [TWICE, STUCK, "⊢ ∀ (x y : N), plus x y = plus y x"])
def test_the_likeliest_come_first_and_once(goal: str) -> None:
    found = candidates(goal)
    assert [c.logprob for c in found] == sorted((c.logprob for c in found), reverse=True)
    assert all(c.logprob < 0 and c.source == "fixed" for c in found)
    assert len({c.tactic for c in found}) == len(found)
    assert candidates(goal) == found
    assert candidates(goal, n=3) == found[:3]


def test_definitions_are_those_that_the_goal_leads_to() -> None:
    assert "simp_all [plus, twice]" in tactics("x : N\n⊢ twice x = x")
    assert "simp_all [plus]" in tactics("x : N\n⊢ plus x x = x")
    assert "simp_all" in tactics("p : Prop\n⊢ p")


def test_a_variable_with_the_name_of_a_definition_hides_it() -> None:
    assert "simp_all" in tactics("twice : N → N\nx : N\n⊢ twice x = x")


def test_induction_goes_where_functions_recurse() -> None:
    found = tactics("x y : N\n⊢ plus y x = x")
    assert found.index("induction y <;> try simp_all [plus]") < found.index(
        "induction x <;> try simp_all [plus]"
    )
    found = tactics("x y : N\n⊢ from_the_right y x = x")
    simp = "try simp_all [from_the_right]"
    assert found.index(f"induction x <;> {simp}") < found.index(f"induction y <;> {simp}")


def test_names_that_lean_hides_are_renamed_first() -> None:
    found = tactics(STUCK)
    assert "(rename_i n _; cases n <;> try simp_all [plus, twice])" in found
    assert any(tactic.startswith("(rename_i n_ih; rw [") for tactic in found)


def test_introduced_names_are_new() -> None:
    assert "intro x1 y h h1" in tactics("x : N\nh2 : x = x\n⊢ ∀ (x y : N), x = y → ¬y = x")


def test_what_can_be_introduced_is_so_before_much_else_is_tried() -> None:
    (found,) = FixedPolicy().propose(theorem(), [parse_goal("⊢ ∀ x : N, plus x N.zero = x")], 50)
    (plain,) = FixedPolicy().propose(theorem(), [parse_goal("x : N\n⊢ plus x N.zero = x")], 50)
    assert found[0].tactic == "intro x"
    assert found[0].logprob + plain[0].logprob > found[1].logprob


def test_hypotheses_are_taken_apart() -> None:
    assert "obtain ⟨h1, h2⟩ := h" in tactics("p q : Prop\nh : p ∧ q\n⊢ q")
    assert "obtain ⟨x, h1⟩ := h" in tactics("h : ∃ n, n > 2\n⊢ False")
    assert "cases h" in tactics("p q : Prop\nh : p ∨ q\n⊢ q")
    assert "cases h" in tactics("n : N\nh : Even n\n⊢ n = n")


def test_equations_of_variables_are_used_up() -> None:
    assert "subst h" in tactics("x y : N\nh : y = plus x x\n⊢ y = y")
    assert "subst h" not in tactics("x y : N\nh : y = plus y x\n⊢ y = y")


def test_what_holds_for_all_is_contradicted_by_constants() -> None:
    assert "have h1 := h 0" in tactics("h : ∀ (n : Nat), n.pred.succ = n\n⊢ False")
    assert "have h1 := h 0" not in tactics("h : ∀ (n : Nat), n.pred.succ = n\n⊢ 1 = 1")


def test_calls_in_hypotheses_are_seen_each_by_itself() -> None:
    found = tactics("x y : N\nh : plus x y = x\nh1 : plus y x = y\n⊢ x = y")
    assert any(tactic.startswith("fun_induction plus y x") for tactic in found)
    assert "induction y generalizing x <;> grind [plus, N]" in found


def test_a_function_that_waits_for_a_variable_has_its_cases_tried_early() -> None:
    deep = "x y : N\nh : both x.succ y = x\n⊢ x = y"
    body = "| .zero, y => y\n| .succ x, .zero => x\n| .succ x, .succ y => both x y"
    context = (*CONTEXT, declare("def", "both", ": N → N → N", body))
    (found,) = FixedPolicy().propose(theorem(context=context), [parse_goal(deep)], 100)
    names = [candidate.tactic for candidate in found]
    assert names.index("cases y <;> try simp_all [both]") < names.index("cases x <;> try simp_all [both]")


def test_rewriting_that_finds_nothing_is_left_out() -> None:
    found = tactics("x y : N\nh : twice x = y\n⊢ plus x y = x")
    assert "rw [h]" not in found and "rw [← h]" in found
    assert "rw [plus_assoc]" not in tactics("x : N\n⊢ unrelated x = x")


def test_inductive_predicates_are_used_by_their_rules() -> None:
    found = tactics("f : N → N\nx y z : N\nh : Path f x y\nh1 : Path f (f y) z\n⊢ Path f x z")
    assert {"constructor", "apply Path.go", "grind [Path]"} <= set(found)
    assert "induction h generalizing z <;> grind [Path]" in found
    # an induction needs variables where the hypothesis has a term
    assert "(generalize e : (f y) = x1 at h1; induction h1 generalizing x y <;> grind [Path])" in found


def test_universal_hypotheses_are_applied_once() -> None:
    goal = "x y : N\nh : ∀ (n : N), plus n n = n\n⊢ x = y"
    assert "have h1 := h x" in tactics(goal)
    assert not any(t.endswith(":= h x") for t in tactics(goal.replace("⊢", "k : plus x x = x\n⊢")))


def test_cases_on_what_is_not_known() -> None:
    goal = "p q : Prop\nn : N\nk : ¬q\nh : (∀ (m : N), n = m) → p\n⊢ p ∨ q"
    by_cases = [t.partition(" : ")[2] for t in tactics(goal) if t.startswith("by_cases")]
    assert by_cases == ["p", "∀ (m : N), n = m"]
    assert any(t.endswith(": n = x") for t in tactics("n x : N\n⊢ (if n = x then n else x) = x"))


def test_open_theorems_and_the_theorem_itself_are_no_premises() -> None:
    goal = "x y : N\n⊢ plus x y = plus y x"
    assert "grind [plus, plus_assoc, plus_zero]" in tactics(goal)
    policy = FixedPolicy(frozenset({"Play.plus_zero"}))
    assert "grind [plus, plus_assoc]" in tactics(goal, policy)
    assert not any("plus_zero" in tactic or "unrelated" in tactic for tactic in tactics(goal, policy))
    (found,) = FixedPolicy().propose(theorem("plus_assoc"), [parse_goal(goal)], 100)
    assert not any("plus_assoc" in candidate.tactic for candidate in found)


def test_a_stuck_induction_gets_a_stronger_statement() -> None:
    goal = "n a : N\nih : twice (plus n n) = twice n\n⊢ plus (plus n n) a = plus a (plus n n)"
    assert any("generalize plus n n = z; induction z" in tactic for tactic in tactics(goal))
    apart = [tactic for tactic in tactics("n : N\n⊢ plus n n.succ = (plus n n).succ") if "suffices" in tactic]
    assert apart[0].startswith(
        "(suffices key : ∀ n1, plus n1 (N.succ n) = N.succ (plus n1 n) from key n; intro n1;"
    )


@pytest.mark.parametrize(
    ("text", "old", "new", "result"),
    [
        ("(f x).succ", "f x", "g (f x)", "(g (f x)).succ"),
        ("g (f x) (f x)", "f x", "z", "g z z"),
        ("f x y = f x", "f x", "z", "f x y = z"),
        ("f x x'", "x", "g y", "f (g y) x'"),
        ("h", "f x", "z", "h"),
    ],
)
def test_replacing_a_term(text: str, old: str, new: str, result: str) -> None:
    assert replace_term(text, old, new) == result


def test_applications_of_printed_terms() -> None:
    found = {
        (a.head, a.args)
        for a in applications("f (g x) y.succ = (f x [1, 2]).foo ∧ ∀ z, g z ++ [h 2] = x.f z")
    }
    assert found == {
        ("f", ("(g x)", "y.succ")),
        ("g", ("x",)),
        ("f", ("x", "[1, 2]")),
        ("g", ("z",)),
        ("h", ("2",)),
        ("x.f", ("z",)),
    }


@pytest.mark.parametrize(
    ("proposition", "top"),
    [
        ("p ∧ q → r", "→"),
        ("(p ↔ q) ∧ r", "∧"),
        ("¬(p ∧ q)", "¬"),
        ("x ≠ y", "¬"),
        ("((a = b))", "="),
        ("p ∧ ∀ x, q x → r", "∧"),
        ("∃ x, p x ∨ q", "∃"),
        ("even n", ""),
        ("", ""),
    ],
)
def test_the_top_connective(proposition: str, top: str) -> None:
    assert connective(proposition) == top


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("t.mirror.flatten = t.flatten", "flatten (mirror t) = flatten t"),
        ("f t.mirror y", "f (mirror t) y"),
        ("t.mirror.join s.mirror", "join (mirror t) (mirror s)"),
        ("(join s t).flatten.length", "(flatten (join s t)).length"),
        ("f (join s t).mirror", "f (mirror (join s t))"),
        ("(flatten s).length + t.flatten.length", "(flatten s).length + (flatten t).length"),
        ("∀ u, u.mirror.mirror = Tree.leaf", "∀ u, mirror (mirror u) = Tree.leaf"),
        ("xs.length = xs.mirror", "xs.length = xs.mirror"),
        ("Tree.mirror t = t.grow", "Tree.mirror t = grow t"),
        ("mirror.mirror.flatten", "flatten (Play.Tree.mirror mirror)"),
    ],
)
def test_fields_are_read_as_applications(text: str, read: str) -> None:
    context = (
        declare("inductive", "Tree", "", "where | leaf | grow (t : Tree)"),
        declare("def", "Tree.mirror", "(t : Tree) : Tree", ":= t"),
        declare("def", "Tree.join", "(t u : Tree) : Tree", ":= t"),
        declare("def", "Tree.flatten", ": Tree → List Nat", "| _ => []"),
    )
    types = {"s": "Play.Tree", "t": "Play.Tree", "xs": "List", "f": "", "y": ""}
    types |= {"mirror": "Tree"} if text.startswith("mirror") else {}
    assert prefixed(text, Symbols(context, "Play.Tree"), types) == read


def test_the_definitions_of_chained_fields_are_seen() -> None:
    context = (
        declare("inductive", "Tree", "", "where | leaf | node (l r : Tree)"),
        declare(
            "def", "Tree.mirror", ": Tree → Tree", "| leaf => leaf\n| node l r => node r.mirror l.mirror"
        ),
        declare("def", "Tree.size", ": Tree → Nat", "| leaf => 0\n| node l r => l.size + r.size"),
        declare("def", "Tree.twice", "(t : Tree) : Nat", ":= t.mirror.size + t.size"),
    )
    symbols = Symbols(context, "Play.Tree")
    assert [symbol.name for symbol in symbols.closure({"Play.Tree.twice"}) if symbol.is_definition] == [
        "Play.Tree.mirror",
        "Play.Tree.size",
        "Play.Tree.twice",
    ]
    (found,) = FixedPolicy().propose(
        theorem("Tree.goal", context), [parse_goal("t : Tree\n⊢ t.mirror.size = t.size")], 100
    )
    assert "induction t <;> try simp_all [mirror, size]" in [candidate.tactic for candidate in found]


def test_what_intro_brings_in() -> None:
    assert telescope("∀ (x y : N) {z : N} [Inhabited N], x = y → p z") == (["x", "y", "z", "", ""], "p z")
    assert telescope("∀ x ∈ xs, p x") == (["x", ""], "p x")
    assert telescope("p") == ([], "p")


def test_arguments_that_are_taken_apart() -> None:
    symbols = Symbols(CONTEXT, "Play")
    assert symbols["Play.plus"].matched == {0}
    assert symbols["Play.from_the_right"].matched == {1}
    assert symbols["Play.twice"].matched == set()
    assert symbols["Play.plus"].is_recursive and not symbols["Play.twice"].is_recursive


NAMES = ["x", "y✝", "a✝¹", "N", "N.succ", ".succ", "plus", "twice", "Even", "2", "Prop", "Type", "«a b»"]
SYMBOLS = [
    "∀",
    "∃",
    "¬",
    "(",
    ")",
    "⟨",
    "⟩",
    "[",
    "]",
    ",",
    ":",
    ":=",
    "=",
    "≠",
    "→",
    "↔",
    "∧",
    "∨",
    "|",
    "\n",
]
WORDS = st.sampled_from([*NAMES, *SYMBOLS, "fun", "=>", "if", "then", "else", "match", "with"])
TEXTS = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60)
LINES = st.lists(st.tuples(st.sampled_from(["x", "y✝", "h", "h✝ k"]), TEXTS), max_size=4)


@settings(deadline=None)
@given(LINES, TEXTS)
def test_any_goal_gets_tactics_without_hidden_names(lines: list[tuple[str, str]], target: str) -> None:
    target = target.replace("✝", "")
    goal = "\n".join([*(f"{names} : {type_}".replace("\n", "\n  ") for names, type_ in lines), f"⊢ {target}"])
    found = candidates(goal)
    assert found
    assert all(c.tactic.strip() for c in found)


def test_a_deep_goal_is_read() -> None:
    deep = "(plus x " * 3000 + "x" + ")" * 3000
    assert tactics(f"x : N\n⊢ {deep} = x")


ALIASES = """
abbrev State := String → Nat
abbrev Names : Type := List String
def Table (A : Type) : Type := String → A

def change (s : State) (x : String) (v : Nat) : State := fun y => if x = y then v else s y

def count : Names → Nat
  | [] => 0
  | _ :: rest => count rest + 1
"""


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("(s : State) (x : String) : change s x (s x) = s", {"s": Kind.FUNCTION, "x": Kind.DATA}),
        ("(c d : Names) : count (c ++ d) = count c + count d", {"c": Kind.DATA, "d": Kind.DATA}),
        ("(t : Table Nat) (h : t = t) : h = h", {"t": Kind.ELEMENT, "h": Kind.PROOF}),
    ],
)
def test_names_for_types_are_no_propositions(
    lean: EmbeddedGateway, statement: str, kinds: dict[str, Kind]
) -> None:
    source = parse_source(Path("It.lean"), f"{ALIASES}\ntheorem it {statement} := by\n  sorry\n".encode())
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:
        view = View(session.root.goals[0], symbols_of(theorem))
        assert {variable.name: variable.kind for variable in view.variables} == kinds
        assert not {"State", "Names", "Table"} & {*view.definitions}


def test_grind_is_not_told_what_it_sees_through(lean: EmbeddedGateway) -> None:
    text = "abbrev twice (n : Nat) : Nat := n + n\ntheorem it (n : Nat) : twice n = 2 * n := by\n  sorry\n"
    source = parse_source(Path("It.lean"), text.encode())
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:
        view = View(session.root.goals[0], symbols_of(theorem))
        assert view.definitions == ["twice"]
        assert isinstance(session.run(session.root, grind(view)), Proved)


PAIRED = """\
inductive Paired : List Nat → Prop where
  | nothing : Paired []
  | two (x y : Nat) : Paired [x, y]
  | both (s t : List Nat) (H1 : Paired s) (H2 : Paired t) : Paired (s ++ t)
  | other (x : Nat) (H : Paired (x :: [])) : Paired []

theorem longer (x y : Nat) (s : List Nat) (h : Paired s) : Paired (x :: y :: s) := by
  sorry

theorem parted (x : Nat) (s t : List Nat) : ∃ u : List Nat, ∃ v, x :: (s ++ t) = u ++ v ∧ x ∈ u := by
  sorry
"""


def test_rules_are_made_to_fit_by_simplifying(lean: EmbeddedGateway) -> None:
    source = parse_source(Path("Paired.lean"), PAIRED.encode())
    theorem = source.theorems[0]
    with lean.open(source, theorem) as session:
        proposed = [tactic for tactic, _ in fit_rules(View(session.root.goals[0], symbols_of(theorem)))]
        assert all("other" not in tactic and "h" in tactic for tactic in proposed)
        assert any(isinstance(session.run(session.root, tactic), Proved) for tactic in proposed)


def test_witnesses_are_made_of_variables(lean: EmbeddedGateway) -> None:
    source = parse_source(Path("Paired.lean"), PAIRED.encode())
    theorem = source.theorems[1]
    with lean.open(source, theorem) as session:
        proposed = [
            tactic for tactic, _ in take_target_apart(View(session.root.goals[0], symbols_of(theorem)))
        ]
        assert {"refine ⟨[], ?_⟩", "refine ⟨x :: s, ?_⟩", "refine ⟨x :: t, ?_⟩"} <= {*proposed}
        assert not any("s :: x" in tactic for tactic in proposed)


EVERYDAY = """\
def gather {α β : Type} (f : α → Option β) : List α → Option (List β)
  | [] => some []
  | x :: xs =>
    match f x, gather f xs with
    | some y, some ys => some (y :: ys)
    | _, _ => none

theorem all_or_none {α β : Type} (f : α → Option β) (xs : List α) :
    (gather f xs).isSome ↔ ∀ x ∈ xs, (f x).isSome := by
  sorry

theorem in_two_rounds {α β γ : Type} (f : α → Option β) (g : β → Option γ) (xs : List α) :
    (gather f xs).bind (gather g) = gather (fun x => (f x).bind g) xs := by
  sorry

def walk (f : Nat → Nat → Option Nat) : List Nat → Nat → Option Nat
  | [], s => some s
  | x :: xs, s => (f x s).bind (walk f xs)

theorem walk_append (f : Nat → Nat → Option Nat) (xs ys : List Nat) (s : Nat) :
    walk f (xs ++ ys) s = (walk f xs s).bind (walk f ys) := by
  sorry

theorem two_steps (p : Nat → Prop) (h : p 0) (k : p 1) (s : ∀ n, p n → p (n + 2)) (n : Nat) : p n := by
  sorry

theorem from_all_below (p : Nat → Prop) (h : ∀ n, (∀ m, m < n → p m) → p n) (n : Nat) : p n := by
  sorry

def power (b n : Nat) : Nat :=
  if h : n = 0 then 1 else if n % 2 = 0 then power (b * b) (n / 2) else b * power (b * b) (n / 2)

theorem power_eq (b n : Nat) : power b n = b ^ n := by
  sorry

def common (a b : Nat) : Nat :=
  if h : b = 0 then a else common b (a % b)
termination_by b
decreasing_by exact Nat.mod_lt _ (Nat.pos_of_ne_zero h)

theorem dvd_common (a b d : Nat) (h : d ∣ a) (k : d ∣ b) : d ∣ common a b := by
  sorry

inductive Twofold : Nat → Prop where
  | zero : Twofold 0
  | step (n : Nat) : Twofold n → Twofold (n + 2)

theorem half (n : Nat) (h : Twofold n) : ∃ k, n = 2 * k := by
  sorry

theorem beyond : ∀ n : Nat, ∃ m, m > n ∧ m % 2 = 0 := by
  sorry
"""
EVERY_DAY = parse_source(Path("Everyday.lean"), EVERYDAY.encode())


@pytest.mark.parametrize("theorem", EVERY_DAY.theorems, ids=lambda theorem: theorem.name)
def test_what_is_met_every_day_is_proved(lean: EmbeddedGateway, theorem: Theorem) -> None:
    *_, last = search(EVERY_DAY, theorem, lean, FixedPolicy(), Budget(tactics=64))
    assert isinstance(last, Finished) and last.result.status is Status.PROVED


def test_what_unfolds_for_ever_is_not_told_to_simp() -> None:
    symbols = symbols_of(EVERY_DAY.theorems[-1])
    assert {s.name for s in symbols.all() if s.unfolds_for_ever} == {"power", "common"}
    view = View(parse_goal("b n : Nat\n⊢ power b n = b ^ n"), symbols)
    assert view.definitions == ["power"] and view.definitions_for_simp == []
    assert grind(view) == "grind [power]"
    assert grind(view, unfolded=symbols["power"]) == "grind"
