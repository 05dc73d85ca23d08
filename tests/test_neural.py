"""The built-in kind of model: words, running, and the policy made of it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neural_help import builtin_like

from prover.errors import InputError
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.goals import parse_goal
from prover.lean.source import parse_source
from prover.policy.fixed import FixedPolicy
from prover.policy.neural.builtin import INTRODUCED, BuiltinPolicy
from prover.policy.neural.critic import CriticPolicy
from prover.policy.neural.making import BUILTIN
from prover.policy.neural.model import CARD, Model, load_model
from prover.policy.neural.vocabulary import SPECIAL, VALUES, Vocabulary
from prover.policy.neural.wording import Reader, Wording
from prover.policy.protocols import SlowGenerator, critic_of
from prover.policy.seeded import SeededPolicy
from prover.policy.specs import policy_factory
from prover.search.loop import search
from prover.types import Budget, Candidate, Goal, Status, Theorem

TEXT = """\
inductive N where
  | zero
  | succ (n : N)

def plus : N → N → N
  | .zero, y => y
  | .succ x, y => .succ (plus x y)

def turn : List Nat → List Nat
  | [] => []
  | x :: xs => turn xs ++ [x]

theorem plus_zero (x : N) : plus x .zero = x := by
  sorry

theorem goal : True := by
  sorry
"""
RELATION = """\
inductive Below : N → N → Prop where
  | zero (x : N) : Below .zero x
  | succ (x y : N) : Below x y → Below (.succ x) (.succ y)
"""
GOALS = (
    "x y : N\n⊢ plus x y = plus y x",
    "⊢ ∀ (x y z : N), plus (plus x y) z = plus x (plus y z)",
    "case succ\nn✝ y : N\nn_ih✝ : plus n✝ y = plus y n✝\n⊢ plus n✝.succ y = plus y n✝.succ",
    "xs ys : List Nat\nh : xs.length < 3 ∨ turn xs = ys\n⊢ turn (xs ++ ys) = turn ys ++ turn xs",
    "p q : Prop\nh : p ∧ q\n⊢ q ∧ p",
    "f : Nat → Nat\n⊢ ∃ n, f n = f (n + 1) ∨ f n ≠ 17",
    "a b : Nat\n⊢ (if a < b then a else b) ≤ a",
)


def the_theorem(text: str = TEXT) -> Theorem:
    return parse_source(Path("Play.lean"), text.encode()).theorems[-1]


def worded(goal: str, theorem: Theorem | None = None) -> Wording:
    return Reader(frozenset()).read(theorem or the_theorem(), parse_goal(goal))[1]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(builtin_like(tmp_path_factory.mktemp("model") / "m"))


@pytest.mark.parametrize("goal", GOALS)
def test_what_the_rules_propose_can_be_said_in_words_and_back(goal: str) -> None:
    (candidates,) = FixedPolicy().propose(the_theorem(), [parse_goal(goal)], 100)
    wording = worded(goal)
    said = {
        candidate.tactic: wording.read(candidate.tactic)
        for candidate in candidates
        if not candidate.tactic.startswith("(obtain ")  # what values count as: for the rules alone to say
    }
    assert said and None not in said.values()
    assert len(set(said.values())) == len(said)
    for tactic, words in said.items():
        again = wording.say(words or ())
        assert again is not None and shape(again) == shape(tactic)


@pytest.mark.parametrize(
    ("goal", "word"),
    [
        ("x y z : N\nh : Below x y\n⊢ Below y z → Below x z", "<relate>"),
        ("n : Nat\nh : n % 7 = 3\n⊢ n * n % 7 = 2", "<remainders>"),
        ("n : Nat\nh : n % 3 = 1\n⊢ 2 ^ n % 7 = 2", "<periods>"),
        ("n : Nat\nh : n < 12\n⊢ n * n ≠ 7", "<values>"),
    ],
)
def test_tactics_of_many_lines_are_said_by_their_number(goal: str, word: str) -> None:
    text = f"{TEXT}\n{RELATION}\ntheorem later : True := by\n  sorry\n"
    survey, wording = Reader(frozenset()).read(the_theorem(text), parse_goal(goal))
    long = [tactic for _, found in survey.proposals for tactic, _ in found if "\n" in tactic]
    said = [wording.read(tactic) for tactic in long]
    assert word in wording.source and None not in said and any(word in (words or ()) for words in said)
    assert [wording.say(words or ()) for words in said] == [survey.view.spoken(each) for each in long]


def shape(tactic: str) -> str:
    """Without white space, and whatever names are made up are called."""
    return "".join(re.sub(r"\b[hxz]\d*\b", "h", tactic).split())


def test_names_of_the_user_are_not_in_what_the_model_reads() -> None:
    renamed = TEXT.replace("plus", "frobnicate").replace("turn", "gnip").replace("succ", "next")
    goal = GOALS[2].replace("plus", "frobnicate").replace("succ", "next").replace("n✝", "whatever✝")
    goal = goal.replace("n_ih✝", "whatever_ih✝")
    assert worded(goal, the_theorem(renamed)).source == worded(GOALS[2]).source


def test_the_model_reads_hypotheses_definitions_and_premises() -> None:
    said = " ".join(worded(GOALS[2]).source)
    assert "<goal> $f0 ( $c0 $v0 ) $v1 = $f0 $v1 ( $c0 $v0 )" in said
    assert "<ih>" in said and "<def> $f0" in said and "<type> $t0" in said and "<premise> $p0" in said


def test_words_that_mean_nothing_here_are_no_tactic() -> None:
    wording = worded(GOALS[0])
    for words in (("induction", "$v31"), ("<laws>", "#31"), ("<laws>",), ("<goal>",), (), ("$v*",)):
        assert wording.say(words) is None
    assert wording.say(("induction", "$v1", "<;>", "grind", "<defs>")) == "induction y <;> grind [plus]"


def test_inaccessible_variables_are_named_first() -> None:
    tactic = worded(GOALS[2]).say(("induction", "$v0"))
    assert tactic is not None and tactic.startswith("(rename_i n")


@given(st.lists(st.text(min_size=1).filter(lambda word: len(word.encode("utf-8", "replace")) <= 24)))
@settings(max_examples=60)
def test_any_word_can_be_spelled(words: list[str]) -> None:
    words = [word for word in words if word.isprintable() and word not in SPECIAL]
    vocabulary = Vocabulary((*SPECIAL, "known"))
    spelled = vocabulary.spell([*words, "known"])
    assert all(word in vocabulary.numbers for word in spelled)
    assert Vocabulary.join(spelled) == (*words, "known")


def test_a_spelling_that_is_cut_off_is_no_word() -> None:
    assert Vocabulary.join(["<w>", "<0x41>"]) is None
    assert Vocabulary.join(["<w>", "<0xff>", "</w>"]) is None


def proposed(policy: BuiltinPolicy, goals: Sequence[Goal], n: int = 200) -> list[list[Candidate]]:
    return policy.propose(the_theorem(), goals, n)


def test_the_policy_offers_all_that_the_rules_do_once_and_in_order(model: Model) -> None:
    goals = [parse_goal(goal) for goal in GOALS]
    for goal, candidates in zip(goals, proposed(BuiltinPolicy(model), goals), strict=True):
        (fixed,) = FixedPolicy().propose(the_theorem(), [goal], 200)
        tactics = [candidate.tactic for candidate in candidates]
        assert {candidate.tactic for candidate in fixed} <= set(tactics)
        assert len(set(tactics)) == len(tactics)
        logs = [candidate.logprob for candidate in candidates]
        assert logs == sorted(logs, reverse=True)
        assert sum(map(math.exp, logs)) <= 1.01


def test_what_can_be_introduced_is_introduced_first(model: Model) -> None:
    goals = [parse_goal("⊢ ∀ (x : N), plus x N.zero = x"), parse_goal("x : N\n⊢ plus x N.zero = x")]
    (first, *others), (same, *_) = proposed(BuiltinPolicy(model), goals)
    assert first.tactic == "intro x" and first.logprob >= math.log(INTRODUCED)
    assert len(others) > 3 and same.logprob != first.logprob


def test_what_is_asked_together_is_answered_as_alone(model: Model) -> None:
    goals = [parse_goal(goal) for goal in GOALS]
    together = proposed(BuiltinPolicy(model), goals, 10)
    assert together == [proposed(BuiltinPolicy(model), [goal], 10)[0] for goal in goals]
    assert all(len(candidates) <= 10 for candidates in together)


def test_the_policy_does_not_use_what_it_must_not(model: Model) -> None:
    goal = parse_goal("x : N\n⊢ plus x N.zero = x")
    free, barred = BuiltinPolicy(model), BuiltinPolicy(model, frozenset({"plus_zero"}))
    assert "plus_zero" in str(proposed(free, [goal]))
    assert "plus_zero" not in str(proposed(barred, [goal]))


def test_values_are_probabilities(model: Model) -> None:
    sources = [worded(goal).source for goal in GOALS]
    for values in model.values(sources):
        assert len(values) == len(VALUES) and sum(values) == pytest.approx(1.0)


def test_a_critic_is_found_behind_what_wraps_it(model: Model) -> None:
    policy = BuiltinPolicy(model)
    critic = CriticPolicy(policy, model, policy.reader)
    assert critic_of(policy) is None
    assert critic_of(SeededPolicy(critic, 3)) is critic
    assert isinstance(policy, SlowGenerator) and isinstance(critic, SlowGenerator)
    values = critic.value(the_theorem(), [parse_goal(goal) for goal in GOALS])
    assert all(0 < value < 6 for value in values)


@pytest.mark.parametrize("spec", ["fixed", "builtin"])
def test_a_search_with_a_critic_takes_its_word(lean: EmbeddedGateway, model: Model, spec: str) -> None:
    source = parse_source(Path("Play.lean"), TEXT.encode())

    class Strange(CriticPolicy):
        asked = 0

        def value(self, theorem: Theorem, goals: Sequence[Goal]) -> list[float]:
            Strange.asked += len(goals)
            return super().value(theorem, goals)

    inner = BuiltinPolicy(model) if spec == "builtin" else FixedPolicy()
    policy = Strange(inner, model, Reader(frozenset()))
    steps = search(source, source.theorems[0], lean, policy, Budget(tactics=40))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            assert end.value.status is Status.PROVED
            break
    assert Strange.asked > 0


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no model"):
        policy_factory(f"builtin:{tmp_path / 'missing'}", 0)
    folder = builtin_like(tmp_path / "m")
    (folder / "model.bin").write_bytes(b"rubbish")
    with pytest.raises(InputError, match="not a model"):
        policy_factory(f"builtin:{folder}", 0)
    (folder / CARD).write_text(json.dumps({"format": 99, "share": 0.1}))
    with pytest.raises(InputError, match="format 99"):
        policy_factory(f"builtin:{folder}", 0)


@pytest.mark.skipif(not BUILTIN.is_dir(), reason="no model has been put into the package")
def test_the_model_that_ships_is_small_and_orders_tactics() -> None:
    assert sum(path.stat().st_size for path in BUILTIN.iterdir()) < 20e6
    policy = policy_factory("builtin", 0)(frozenset())
    goals = [parse_goal("x y : N\n⊢ plus x y = plus y x"), parse_goal("p q : Prop\nh : p ∧ q\n⊢ q ∧ p")]
    numbers, logic = policy.propose(the_theorem(), goals, 8)
    assert len(numbers) == len(logic) == 8
    assert numbers[0].tactic.startswith("(obtain ⟨num,")  # the rules alone say `simp_all` first
    assert logic[0].tactic in ("simp_all", "grind")


def test_more_names_made_up_than_have_numbers() -> None:
    theorem = parse_source(Path("a.lean"), TEXT.encode()).theorems[-1]
    _, wording = Reader(frozenset()).read(theorem, parse_goal("p : Prop\n⊢ p → p"))
    assert wording.read("intro a b c d e f g h i j k l") is None
    assert wording.read("intro a") is not None
