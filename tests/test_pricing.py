"""What the rules' tactics cost, and how that is learnt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover.policy.neural.pricing import NONE, OTHER, Prices, features, form_of, read_prices, write_prices
from prover.policy.neural.vocabulary import VALUES
from prover.train.prices import fit_prices
from prover.train.samples import Sample

A_LIST = "<laws> #2 <goal> $f0 $v0 ( $c0 $v1 ) = $v1 <data> $v0 List <data> $v1 Nat"
AN_ORDER = "<goal> $v0 + 1 ≤ $v1 <proof> $v2 $v0 < $v1 <data> $v0 Nat <data> $v1 Nat"
LIST, ORDER = (tuple(each.split()) for each in (A_LIST, AN_ORDER))
FIXED = ((("simp_all",), -0.4), (("omega",), -0.5), (("induction", "$v0", "<;>", "simp_all"), -1.5))
INDUCTION = FIXED[2][0]

weights = st.dictionaries(st.sampled_from(["", "top =", "<goal> +", "known ≤"]), st.integers(-400, 400))
prices = st.builds(
    lambda scale, forms, rest: Prices(
        scale / 100, {form: {k: v / 100 for k, v in each.items()} for form, each in {**forms, **rest}.items()}
    ),
    st.integers(0, 300),
    st.dictionaries(st.sampled_from(["simp_all", "omega", "induction $v <;> simp_all"]), weights),
    st.fixed_dictionaries({OTHER: weights, NONE: weights}),
)


def sample(source: tuple[str, ...], proof: tuple[str, ...] | None, tried: tuple[str, ...] = ()) -> Sample:
    worse = tuple((each,) for each in tried)
    value = 1 if proof else len(VALUES) - 1
    return Sample("a.lean", source, FIXED, (proof,) if proof else (), worse, value, held_out=False)


def test_a_form_is_a_tactic_without_numbers() -> None:
    assert form_of(("induction", "$v3", "generalizing", "$v0")) == "induction $v generalizing $v"
    assert form_of(("<laws>", "#0")) == form_of(("<laws>", "#5")) == "<laws>"
    assert form_of(("a", "<;>", "b")) == "a <;> b"


def test_what_is_seen_in_a_goal_has_no_numbers_of_names() -> None:
    seen = features(LIST)
    assert seen[0] == "" and len(set(seen)) == len(seen)
    assert {"top =", "<goal> $f", "<goal> =", "<laws> 1", "<data> 2", "known List"} <= set(seen)
    renumbered = tuple(f"{word}7" if word[0] == "$" else word for word in LIST)
    assert features(renumbered) == seen
    assert "top ≤" in features(ORDER) and "known <" in features(ORDER)


def test_operators_between_angles_begin_no_part_of_a_goal() -> None:
    seen = features(("<goal>", "$f0", "<$>", "$v0", "=", "$v1", "<data>", "$v0", "Nat"))
    assert {"<goal> <$>", "top =", "<data> 1"} <= set(seen) and "<$> 1" not in seen


@given(prices)
def test_prices_are_read_as_they_were_written(priced: Prices) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_prices(Path(folder), priced)
        assert read_prices(Path(folder)) == priced


@given(prices, st.sampled_from([LIST, ORDER, ("<goal>",), ()]))
def test_chances_are_at_most_one_together(priced: Prices, source: tuple[str, ...]) -> None:
    chances = priced.chances(source, [*FIXED, (None, -1.0), (("of", "no", "form"), -2.0)])
    assert all(0 <= chance <= 1 for chance in chances) and sum(chances) <= 1 + 1e-9
    assert priced.chances(source, []) == []


def test_where_nothing_was_learnt_the_fixed_prices_hold() -> None:
    priced = fit_prices([], None, 0)
    chances = priced.chances(LIST, FIXED)
    assert priced == Prices(1.0, {OTHER: {}, NONE: {}})
    assert chances == sorted(chances, reverse=True)


def test_what_proved_goals_alike_is_likely_where_it_did() -> None:
    samples = [sample(LIST, INDUCTION, ("simp_all", "omega")), sample(ORDER, ("omega",), ("simp_all",))] * 8
    priced = fit_prices(samples, None, 0)
    assert priced == fit_prices(samples, None, 0)
    _, omega, induction = priced.chances(LIST, FIXED)
    assert induction > 0.5 > omega
    _, omega, induction = priced.chances(ORDER, FIXED)
    assert omega > 0.5 > induction


def test_what_was_tried_in_vain_is_less_likely_than_what_nobody_tried() -> None:
    samples = [sample(LIST, INDUCTION, ("omega",))] * 8
    simp, omega, _ = fit_prices(samples, None, 0).chances(LIST, FIXED)
    assert omega < simp


def test_a_single_proof_is_enough_for_prices_and_changes_little() -> None:
    priced = fit_prices([sample(LIST, INDUCTION, ("simp_all",))], None, 0)
    assert priced.chances(LIST, FIXED) == pytest.approx(fit_prices([], None, 0).chances(LIST, FIXED), abs=0.3)


def test_goals_that_were_tried_in_vain_make_all_unlikely_there() -> None:
    samples = [sample(LIST, INDUCTION), sample(ORDER, None, ("simp_all", "omega"))] * 8
    priced = fit_prices(samples, None, 0)
    assert sum(priced.chances(LIST, FIXED)) > 0.8
    assert sum(priced.chances(ORDER, FIXED)) < 0.4


def test_prices_go_on_from_those_before() -> None:
    begun = fit_prices([sample(LIST, INDUCTION, ("simp_all",))] * 8, None, 0)
    assert fit_prices([], begun, 0) == begun
    further = fit_prices([sample(ORDER, ("omega",), ("simp_all",))] * 8, begun, 0)
    assert further.chances(ORDER, FIXED)[1] > begun.chances(ORDER, FIXED)[1]
    assert further.chances(LIST, FIXED)[2] > 0.5


def test_prices_that_are_none_are_refused(tmp_path: Path) -> None:
    for text in ("{}", "[", json.dumps({"scale": 1, "seen": ["a"], "forms": {"b": [[3], [1.0]]}})):
        (tmp_path / "prices.json").write_text(text)
        with pytest.raises((ValueError, LookupError)):
            read_prices(tmp_path)
