"""Problems for practice: what is drawn, what is left out, and what Lean says of the rest."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from prover.errors import InputError
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import parse_source, read_source
from prover.policy.syntax import Term
from prover.train.data import read_made, read_problems, theorem_of
from prover.train.leaks import keys_of
from prover.train.making.arithmetic import arithmetic_family
from prover.train.making.families import recursive_family
from prover.train.making.logic import logic_family
from prover.train.making.relations import relation_family
from prover.train.making.schemas import Statement, schemas
from prover.train.making.trying import Trial
from prover.train.making.written import Family
from prover.train.problems import Making, Wanted, family_of, text_of

SEED = 10  # of a family that takes little time


def statement(conclusion: Term) -> Statement:
    return Statement((("x", Term("N")), ("y", Term("N"))), (), conclusion)


def call(head: str, *args: str | Term) -> Term:
    return Term(head, tuple(Term(arg) if isinstance(arg, str) else arg for arg in args))


def test_small_values_refute_what_is_false() -> None:
    known = schemas()
    functions = known.closure(["add", "monus"])
    trial = Trial([known.datatypes["N"]], functions, random.Random(0))
    assert trial.holds(statement(call("=", call("add", "x", "y"), call("add", "y", "x"))))
    assert not trial.holds(statement(call("=", call("monus", "x", "y"), call("monus", "y", "x"))))
    assert trial.holds(statement(call("≤", call("monus", "x", "y"), "x")))
    assert not trial.holds(statement(call("<", call("monus", "x", "y"), "x")))


def test_what_holds_by_the_choice_of_a_function_alone_does_not_count() -> None:
    known = schemas()
    functions = known.closure(["map"])
    datatypes = [known.datatypes[name] for name in ("A", "L")]
    trial = Trial(datatypes, functions, random.Random(0))
    xs = (("xs", Term("L", (Term("A"),))),)
    twice = call("map", call("map", "xs"))
    assert not trial.holds(Statement(xs, (), call("=", call("map", twice), call("map", "xs"))))
    assert trial.holds(Statement(xs, (), call("=", call("map", "Nil"), "Nil")))


def test_a_seed_draws_the_same_again_and_another_one_something_else() -> None:
    assert family_of(29, 2) == family_of(29, 2) != family_of(29, 1)
    assert recursive_family(random.Random(SEED), 6) == recursive_family(random.Random(SEED), 6)


@pytest.mark.parametrize("make", [recursive_family, logic_family, arithmetic_family, relation_family])
def test_families_are_lean(make: object, lean: EmbeddedGateway) -> None:
    assert callable(make)
    for seed in (SEED,) if make is recursive_family else range(3):
        family = make(random.Random(seed), 6)
        assert isinstance(family, Family) and family.theorems
        text = text_of(family, [text for _, text in family.theorems])
        source = parse_source(Path("Some.lean"), text.encode())
        assert [theorem.name for theorem in source.theorems] == [name for name, _ in family.theorems]
        assert lean.check(source) == [], text


def test_a_folder_is_made_and_gone_on_with(tmp_path: Path, lean: EmbeddedGateway) -> None:
    family = family_of(29, 0)
    forbidden = tmp_path / "forbidden.lean"
    forbidden.write_text(text_of(family, [text for _, text in family.theorems[:3]]))
    out = tmp_path / "out"
    making = Making(out, Wanted(30, 29, (str(forbidden),)))
    work = making.work(lean, 1)
    first = next(work)
    assert first.leaked >= 3 and first.names
    work.close()  # as when it is killed: the second family is not there
    with (out / "families.jsonl").open("a") as torn:
        torn.write('{"number": 1, "ki')
    again = Making(out, Wanted(30, 29, (str(forbidden),)))
    assert [done.number for done in again.done] == [0]
    numbers = [done.number for done in again.work(lean, 1)]
    assert numbers[0] == 1
    problems, made = read_problems(out), read_made(out)
    assert len(problems) == len({(each.file, each.name) for each in problems}) == made.kept >= 30
    assert made.leaked >= 3 and made.refuted > 0
    assert [each.name for each in problems if each.file == first.file] == list(first.names)
    for file in sorted((out / "problems").iterdir()):
        assert lean.check(read_source(file)) == []
    assert all(theorem_of(out, each).name == each.name for each in problems)
    keys = [
        key for file in sorted((out / "problems").iterdir()) for key in keys_of(read_source(file)).values()
    ]
    assert len(keys) == len(set(keys))
    with pytest.raises(InputError, match="other arguments"):
        Making(out, Wanted(30, 28, (str(forbidden),)))
