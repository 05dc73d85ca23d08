"""Laws that are conjectured by computing, and the tactics that prove them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.builders import builders_for
from prover.policy.exploration import Exploration
from prover.policy.fixed import FixedPolicy
from prover.policy.pivots import pivotal, simpler
from prover.policy.programs import Programs
from prover.policy.rewriting import Rewriting
from prover.policy.rules.laws import prove_laws
from prover.policy.symbols import Symbols
from prover.policy.syntax import NotRead, Term, read_arms, read_term
from prover.policy.theory import law_key, laws_for
from prover.policy.values import Data, Stuck, TooLong, Value, data
from prover.policy.view import View
from prover.search.editing import shortened
from prover.search.script import Step, structured
from prover.search.trials import Trials
from prover.search.unfold import unfolded
from prover.types import Declaration, Hole, Place, Position, Proved, Span, Standing, Theorem

HERE = Span(0, 0)


def declare(kind: str, name: str, statement: str, body: str) -> Declaration:
    return Declaration(kind, f"Play.{name}", HERE, f"{kind} {name} {statement}", body)


CONTEXT = (
    declare("inductive", "N", "", "where\n| zero : N\n| succ : N → N\nderiving Repr"),
    declare("inductive", "Seq", "(α : Type)", "where | none | more (x : α) (rest : Seq α)"),
    declare("def", "plus", ": N → N → N", "| .zero, y => y\n| .succ x, y => .succ (plus x y)"),
    declare(
        "def",
        "join",
        "{α : Type} : Seq α → Seq α → Seq α",
        "| .none, t => t\n| .more x s, t => .more x (join s t)",
    ),
    declare(
        "def",
        "turn",
        "{α : Type} (s : Seq α) : Seq α",
        ":= match s with\n| .none => .none\n| .more x s => join (turn s) (.more x .none)",
    ),
    declare(
        "def",
        "onto",
        "{α : Type} : Seq α → Seq α → Seq α",
        "| .none, t => t\n| .more x s, t => onto s (.more x t)",
    ),
    declare(
        "def",
        "atMost",
        ": N → N → Bool",
        "| .zero, _ => true\n| .succ _, .zero => false\n| .succ x, .succ y => atMost x y",
    ),
    declare("def", "least", "(x y : N) : N", ":= if atMost x y then x else y"),
    declare(
        "def",
        "put",
        ": N → Seq N → Seq N",
        "| x, .none => .more x .none\n"
        "| x, .more y s => if atMost x y then .more x (.more y s) else .more y (put x s)",
    ),
    declare("def", "sort", ": Seq N → Seq N", "| .none => .none\n| .more x s => put x (sort s)"),
    declare(
        "def",
        "mix",
        ": Seq N → Seq N → Seq N",
        "| .none, t => t\n| .more x s, t => put x (mix s t)",
    ),
    declare(
        "def",
        "rising",
        ": Seq N → Bool",
        "| .none => true\n| .more _ .none => true\n| .more x (.more y s) => atMost x y && rising (.more y s)",
    ),
    declare("def", "total", ": Seq N → N → N", "| .none, n => n\n| .more x s, n => plus x (total s n)"),
    declare(
        "def",
        "three",
        ": N → N → N → N",
        "| .zero, .zero, z => z\n| .zero, .succ y, z => three .zero y (.succ z)\n"
        "| .succ x, y, z => .succ (three x y z)",
    ),
    declare("def", "forever", ": N → N", "| x => forever (.succ x)"),
)
SYMBOLS = Symbols(CONTEXT, "Play")


def laws(goal: str) -> list[str]:
    return [str(law) for law in laws_for(View(parse_goal(goal), SYMBOLS))]


def number(n: int) -> Term:
    return Term("N.zero") if n == 0 else Term("N.succ", (number(n - 1),))


@pytest.mark.parametrize(
    ("text", "head", "size"),
    [
        ("f x (g y)", "f", 4),
        ("x + 2 * y = z", "=", 7),
        ("if a = b then [x] else x :: xs", "if", 10),
        ("(f x).succ", "!succ", 3),
        (".succ (plus x y)", ".succ", 4),
        ("fun x => f x", "fun", 1),
        ("(a, b, c)", "(,)", 5),
    ],
)
def test_terms_are_read(text: str, head: str, size: int) -> None:
    term = read_term(text)
    assert (term.head, term.size) == (head, size)


def test_arms_that_stand_further_to_the_left_are_of_the_match_around() -> None:
    inner, outer = "\n    | [] => 1\n    | _ => 2", "\n  | .b, s => 3"
    (first, second) = read_arms(f"| .a, s => match s with{inner}{outer}")
    assert len(first[1].arms) == 2 and str(second[1]) == "3"
    assert len(read_arms(f"| .a, s => match s with{inner}".replace("\n", " "))) == 1


def test_types_are_told_once() -> None:
    least = ("Play.atMost", "Play.least")
    assert builders_for(Programs(SYMBOLS), least, [Term("Bool")])[1] == [Term("Bool"), Term("N")]


leaves = st.sampled_from(["x", "y", "N.zero", "2", "[]", "true"]).map(Term)
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda head, args: Term(head, tuple(args)),
            st.sampled_from("fgh"),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(
            lambda head, a, b: Term(head, (a, b)),
            st.sampled_from(["+", "::", "&&", "=", "(,)"]),
            inner,
            inner,
        ),
        st.builds(lambda *parts: Term("if", parts), inner, inner, inner),
        st.builds(lambda body: Term("fun", (), (((Term("x"), Term("y")), body),)), inner),
        st.builds(
            lambda of, a, b: Term("match", (of,), (((Term("x"),), a), ((Term("_"),), b))), inner, inner, inner
        ),
    ),
    max_leaves=12,
)


@given(terms)
def test_a_term_is_read_as_it_is_written(term: Term) -> None:
    assert read_term(str(term)) == term


@pytest.mark.parametrize(
    "text", ["", "(", "f (", "let x := 1; x", "∀ x, p x", "x +", "(" * 500 + "x" + ")" * 500]
)
def test_what_is_outside_the_fragment_is_not_read(text: str) -> None:
    with pytest.raises(NotRead):
        read_term(text)


def test_definitions_compute() -> None:
    programs = Programs(SYMBOLS)
    assert programs.value(Term("plus", (number(2), number(3))), {}) == programs.value(number(5), {})
    assert programs.value(read_term("least (.succ .zero) .zero"), {}) == data("N.zero")
    assert programs.value(read_term("x.succ"), {"x": data("N.zero")}) == data("N.succ", data("N.zero"))
    with pytest.raises(TooLong):
        programs.value(Term("forever", (number(0),)), {})
    with pytest.raises(Stuck):
        programs.value(Term("unheard_of", (number(0),)), {})


@pytest.mark.parametrize(("deep", "computed"), [(60, True), (120, False)])
@pytest.mark.parametrize("below", [0, 250])
def test_how_deep_calls_may_go_does_not_depend_on_who_asks(deep: int, computed: bool, below: int) -> None:
    def ask(below: int) -> tuple[Value | None, ...]:
        if below:
            return ask(below - 1)
        return Programs(SYMBOLS).results(
            SYMBOLS.resolve("plus") or "", [(made(number(deep)), made(number(1)))]
        )

    assert ask(below) == ((made(number(deep + 1)),) if computed else (None,))


def made(term: Term) -> Data:
    return data("N.succ", made(term.args[0])) if term.args else data("N.zero")


def test_a_call_on_the_unknown_is_equal_to_itself_alone() -> None:
    programs = Programs(SYMBOLS)
    scope = {"x": data("?x"), "y": data("?y")}

    def value(text: str) -> object:
        return programs.value(read_term(text), scope)

    assert value("plus (.succ x) y") == value(".succ (plus x y)")
    assert value("plus x y") != value("plus y x")


def test_rewriting_joins_what_laws_make_equal() -> None:
    system = Rewriting({name: Term("N") for name in "xyz"})
    system.add(read_term("plus x y"), read_term("plus y x"), always=False)
    system.add(read_term("plus x (plus y z)"), read_term("plus y (plus x z)"), always=False)
    one, other = read_term("plus (plus x y) z"), read_term("plus z (plus y x)")
    assert system.normal(one) == system.normal(other)
    assert system.normal(one) != system.normal(read_term("plus x y"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(x ++ y) ++ (z ++ [])", "x ++ (y ++ z)"),
        ("(z :: x) ++ y", "z :: ([] ++ (x ++ y))"),
        ("f x + (y + f z)", "y + f z + f x"),
        ("x * (y + 0) * (z + x)", "(x + z) * (y * x)"),
        ("x && (y && x)", "y && x"),
    ],
)
def test_rewriting_knows_the_library_s_operators(one: str, other: str) -> None:
    system = Rewriting({})
    assert system.normal(read_term(one)) == system.normal(read_term(other))
    assert system.normal(read_term("x ++ y")) != system.normal(read_term("y ++ x"))


def test_rewriting_ends_where_a_definition_doubles_its_term() -> None:
    system = Rewriting({"x": Term("N")})
    system.define(read_term("f x"), read_term("f (g (f (g x x)) (f (g x x)))"))
    assert system.normal(read_term("f y")).size < 200


def test_the_laws_that_a_proof_needs_are_found() -> None:
    found = laws("x y : N\n⊢ plus x y = plus y x")
    assert "∀ (x : N), plus x N.zero = x" in found
    assert "∀ (x : N) (y : N), plus x y = plus y x" in found
    found = laws("α : Type\ns : Seq α\n⊢ turn s = onto s Seq.none")
    assert "∀ (x : Seq α) (y : Seq α), onto x y = join (turn x) y" in found
    assert "∀ (x : Seq α) (y : Seq α) (z : Seq α), join x (join y z) = join (join x y) z" in found


def test_laws_with_premises_are_found() -> None:
    found = laws("x y : N\n⊢ least x y = least y x")
    assert "∀ (x : N) (y : N), atMost x y = false → atMost y x = true" in found
    assert any("atMost x y = true → atMost y z = true → atMost x z = true" in law for law in found)
    assert not any("atMost x y = true → atMost y x = true" in law for law in found)


def test_what_a_test_says_of_the_two_values_that_it_compares() -> None:
    view = View(parse_goal("x y : N\n⊢ least x y = least y x"), SYMBOLS)
    said = [law.body for law in laws_for(view) if law.tests]
    assert said == ["atMost x x = true", "atMost x y = false → atMost y x = true"]
    tactics = [tactic for tactic, _ in prove_laws(view) if said[1] in tactic]
    assert any(tactic.count("have law") == 2 for tactic in tactics)


def pivots(goal: str) -> list[str]:
    view = View(parse_goal(goal), SYMBOLS)
    return [str(law) for block in pivotal(view, laws_for(view)) for law in block]


def test_a_goal_turns_on_what_its_function_makes_of_the_one_that_another_calls() -> None:
    found = pivots("s : Seq N\n⊢ rising (sort s) = true")
    assert "∀ (u : N) (v : N), atMost u v = false → atMost v u = true" in found
    weak, whole = (
        next(i for i, law in enumerate(found) if law.endswith(end))
        for end in ("rising x = true → rising (put u x) = true", "rising (put u x) = rising x")
    )
    assert weak < whole


def test_a_predicate_that_an_operation_preserves_is_such_a_law() -> None:
    assert any(
        law.endswith("rising x = true → rising y = true → rising (mix x y) = true")
        for law in laws("s t : Seq N\n⊢ rising (mix s t) = true")
    )


def test_a_function_is_said_in_terms_of_simpler_ones_that_the_goal_does_not_name() -> None:
    found = [str(law) for law in simpler(View(parse_goal("a b c : N\n⊢ three a b c = three c a b"), SYMBOLS))]
    assert found[-1] == "∀ (x : N) (y : N) (z : N), three x y z = plus x (plus y z)"
    assert "∀ (x : N) (y : N), plus x y = plus y x" in found[:-1]
    assert not simpler(View(parse_goal("a b : N\n⊢ plus a b = plus b a"), SYMBOLS))


def test_exploration_ends_where_computing_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.policy.exploration._MAX_CALLS", 2000)
    programs = Programs(SYMBOLS)
    ground = [read_term("Seq N"), read_term("N")]
    builders, ground = builders_for(programs, ["Play.atMost", "Play.put", "Play.sort", "Play.rising"], ground)
    Exploration(programs, builders, ground).laws()
    assert programs.taken < 20_000


def test_what_sample_values_refute_is_no_law() -> None:
    found = laws("α : Type\ns t : Seq α\n⊢ join s t = turn s")
    assert not any(law.endswith("join x y = join y x") for law in found)
    assert not any(law.endswith("turn x = x") for law in found)


def test_of_very_many_functions_the_nearest_are_explored() -> None:
    chain = [
        declare("def", f"f{number}", ": N → N", f"\n| .zero => f{number - 1} .zero\n| .succ x => f{number} x")
        for number in range(1, 15)
    ]
    first = declare("def", "f0", ": N → N", "\n| .zero => .zero\n| .succ x => f0 x")
    symbols = Symbols((*CONTEXT, first, *chain), "Play")
    view = View(parse_goal("x y : N\n⊢ f14 (plus x y) = f14 x"), symbols)
    spoken = {name for law in laws_for(view) for name in symbols.mentioned(law.body)}
    assert {"Play.plus", "Play.f14", "Play.f13"} <= spoken
    assert not {"Play.f0", "Play.f1", "Play.f2"} & spoken


@pytest.mark.parametrize("goal", ["p : Prop\n⊢ p", "n : Nat\n⊢ n = n", "x : N\n⊢ unknown x = x", "⊢ plus"])
def test_a_goal_without_functions_on_data_has_no_laws(goal: str) -> None:
    assert laws(goal) == []


def proposed(goal: str) -> list[str]:
    declaration = declare("theorem", "goal", ": True", ":= by sorry")
    hole = Hole(HERE, Position(1, 1), Place.TACTIC)
    theorem = Theorem(declaration.name, Path("Play.lean"), hole, 0, declaration, CONTEXT)
    (found,) = FixedPolicy().propose(theorem, [parse_goal(goal)], 200)
    return [candidate.tactic for candidate in found]


def test_laws_are_proved_together_and_once() -> None:
    goal = "x y : N\n⊢ plus x y = plus y x"
    (block, *_) = [tactic for tactic in proposed(goal) if tactic.startswith("(try have law1 :")]
    assert "induction x generalizing y <;> grind" in block
    known = f"law1 : ∀ (x : N), plus x N.zero = x\n{goal}"
    assert not any("have law1 " in tactic for tactic in proposed(known))


def test_a_law_is_known_by_what_it_states() -> None:
    every = laws_for(View(parse_goal("x y : N\n⊢ plus x y = plus y x"), SYMBOLS))
    number = next(i for i, law in enumerate(every) if str(law) == "∀ (x : N) (y : N), plus x y = plus y x")
    goal = "law7 : ∀ (x y : N), plus x y = plus y x\nx y : N\n⊢ plus x (plus y x) = x"
    tactics = proposed(goal)
    assert not any(str(every[number]) in tactic for tactic in tactics)
    assert any(tactic.startswith(f"have law8 : {every[0]}") for tactic in tactics)
    view = View(parse_goal(goal), SYMBOLS)
    printed, stated = (
        "plus x.succ N.zero.succ = (plus x y).succ",
        "plus (N.succ x) (N.succ N.zero) = N.succ (plus x y)",
    )
    assert law_key(view, printed) == law_key(view, stated) != law_key(view, "plus x y = plus y x")


def test_no_laws_in_the_middle_of_an_induction() -> None:
    goal = "x y : N\nih : plus x y = plus y x\n⊢ plus x.succ y = plus y x.succ"
    assert not any("have law" in tactic for tactic in proposed(goal))


TEXT = """inductive N where
  | zero : N
  | succ : N → N

def plus : N → N → N
  | .zero, y => y
  | .succ x, y => .succ (plus x y)

theorem swapped (x y z : N) : plus (plus x y) z = plus z (plus y x) := by
  sorry
"""


def test_a_proof_by_laws_reads_as_people_write(lean: EmbeddedGateway) -> None:
    source = parse_source(Path("Laws.lean"), TEXT.encode())
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:
        view = View(session.root.goals[0], Symbols(theorem.context, ""))
        block = next(tactic for tactic, _ in prove_laws(view))
        outcome = session.run(session.root, block)
        assert isinstance(outcome, Proved)
        script = shortened(Trials(session), Step(outcome.effect))
        assert unfolded(Trials(session), Step(outcome.effect)) == Step(outcome.effect)
    text = "\n".join(structured(script))
    assert text.startswith("have law") and "try" not in text and "first" not in text
    verdict = lean.certify(source, {theorem.hole: text.replace("\n", "\n  ")})[theorem.hole]
    assert verdict.standing is Standing.CERTIFIED


def test_facts_that_a_proof_does_without_go(lean: EmbeddedGateway) -> None:
    source = parse_source(Path("Facts.lean"), b"theorem same (n : Nat) : n + 0 = 0 + n := by\n  sorry\n")
    (theorem,) = source.theorems
    facts = "have left : 0 + n = n := by\n   exact Nat.zero_add n\n have idle : n = n := by\n   rfl"
    block = f"({facts}\n exact left.symm)"
    with lean.open(source, theorem) as session:
        assert isinstance(session.run(session.root, block), Proved)
        script = shortened(Trials(session), Step(block))
    assert structured(script) == ["have left : 0 + n = n := by", "  exact Nat.zero_add n", "exact left.symm"]
