"""Lemmas kept and used again, with the real Lean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lemma_samples import sample

from lemmas import Kind, Library, Standing
from lemmas.contexts import closing, context_of, namespace
from lemmas.matching import covers
from lemmas.parcels import as_json, as_lean, packed
from lemmas.statements import adapted
from prover.cli.certify import TakenIn, taken_in, verified
from prover.cli.library import Lending
from prover.config import Settings
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import Source, parse_source, read_source
from prover.lean.splice import fit, unfit
from prover.policy.fixed import FixedPolicy
from prover.policy.offers import Offers
from prover.proving import Finished, HoleResult, Job, Proving
from prover.proving.lifting import lift
from prover.types import Candidate, Goal, Hypothesis, Proved, Status, Theorem

FILE = """namespace Demo

inductive N where
  | Z : N
  | S : N → N

def add : N → N → N
  | .Z, y => y
  | .S z, y => .S (add z y)

-- the easy ones
theorem add_zero (x : N) : add x .Z = x := by
  sorry

theorem add_succ (x y : N) : add x (.S y) = .S (add x y) := by
  sorry

end Demo
"""
COMM = """
/-- Needs both, and is out of reach without them. -/
theorem add_comm (a b : N) : add a b = add b a := by
  sorry

end Demo
"""
LOGIC = """variable {p q : Prop}

theorem both (hp : p) (hq : q) : p ∧ q := by sorry

theorem level {α : Type u} (xs : List α) (h : xs = []) : xs ++ xs = [] ∧ True := by sorry
"""


class Incurious(FixedPolicy):
    """Makes up no laws of its own, and does not count."""

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[list[Candidate]]:
        known = super().propose(theorem, goals, n)
        return [
            [each for each in candidates if not re.search("law|num", each.tactic)] for candidates in known
        ]


class Pool:
    """The session's Lean, for files without imports."""

    def __init__(self, lean: EmbeddedGateway) -> None:
        self._lean = lean

    def for_source(self, source: Source) -> EmbeddedGateway:
        return self._lean

    def close(self) -> None:
        pass


def prove(lean: EmbeddedGateway, path: Path, db: Path | None, tactics: int = 60) -> list[HoleResult]:
    """As `prover prove` does."""
    source = read_source(path)
    settings = Settings(seconds=1000, tactics=tactics)
    with Lending(db, [source]) as lending:
        job = Job(source, source.theorems)
        proving = Proving([job], lambda: Pool(lean), lending.policies(Incurious), settings, write=True)
        results = []
        for event in proving.events():
            assert not list(lending.see(event))
            if isinstance(event, Finished):
                results.append(event.result)
    return results


def take_in(lean: EmbeddedGateway, path: Path, db: Path) -> TakenIn:
    with Library.open(db) as library:
        return taken_in(library, Pool(lean), path, lambda done, total: None)


def exported(db: Path) -> tuple[str, str]:
    with Library.open(db) as library:
        parcels = packed(library, library.listed())
    return as_lean(parcels), as_json(parcels)


def test_nothing_is_proved_twice_and_what_is_proved_helps(lean: EmbeddedGateway, tmp_path: Path) -> None:
    path, other, db = tmp_path / "Demo.lean", tmp_path / "Other.lean", tmp_path / "lemmas.sqlite"
    path.write_text(FILE)
    assert [each.status for each in prove(lean, path, db)] == [Status.PROVED] * 2
    renamed = "(n m : N) : add n (.S m) = .S (add n m)"
    path.write_text(FILE.replace("(x y : N) : add x (.S y) = .S (add x y)", renamed))
    assert [each.statistics.tactics for each in prove(lean, path, db)] == [0, 0]

    beginning = FILE.partition("-- the easy")[0]
    other.write_text(beginning + COMM)
    assert [each.status for each in prove(lean, other, None)] == [Status.OPEN]
    (result,) = prove(lean, other, db)
    assert result.status is Status.PROVED
    assert result.proof is not None
    assert "have add_zero_" in other.read_text()
    with Library.open(db) as library:
        (comm,) = library.by_name("add_comm")
        used = library.many(library.used_by(comm.id))
        assert {lemma.name for lemma in used} == {"Demo.add_zero", "Demo.add_succ"}
        assert comm.provenance.file == str(other)
        assert len(library.listed(kind=Kind.GOAL)) >= 1

        source = read_source(other)
        assert lift(source, source.declarations[-1], result.proof, library, lean)
    assert other.read_text().count("from the lemma library; first proved in") == 2
    assert [line for line in other.read_text().splitlines() if line.startswith("theorem add_zero")] == [
        "theorem add_zero_1 : ∀ (x : N), add x N.Z = x := by"
    ]
    assert lean.check(read_source(other)) == []

    path.write_text(FILE.replace("| .Z, y => y", "| .Z, y => .S y"))
    prove(lean, path, db, tactics=2)
    with Library.open(db) as library:
        standings = {lemma.name: lemma.standing for lemma in library.listed()}
    assert standings["Demo.add_zero"] is Standing.STALE
    assert standings["Demo.add_comm"] is Standing.CERTIFIED  # that file's definition is as it was


FOR_ALL = FILE.replace("theorem add_zero (x : N) : add", "theorem add_zero : ∀ x : N, add").replace(
    "theorem add_succ (x y : N) :", "theorem add_succ (x : N) : ∀ y, x = x →"
)
INSTANCES = """
theorem instance_of (a : N) : add (add a a) .Z = add a a := by sorry
theorem turned (a : N) : add a a = add (add a a) .Z := by sorry
theorem after (a : N) (h : add a a = add a a) : add (add a a) (.S a) = .S (add (add a a) a) := by sorry
theorem whole (a : N) : ∀ y, add a a = add a a → add (add a a) (.S y) = .S (add (add a a) y) := by sorry

end Demo
"""


def test_what_is_stated_for_all_covers_its_instances(lean: EmbeddedGateway, tmp_path: Path) -> None:
    path, db = tmp_path / "Demo.lean", tmp_path / "lemmas.sqlite"
    path.write_text(FOR_ALL)
    assert [each.status for each in prove(lean, path, db)] == [Status.PROVED] * 2
    source = parse_source(Path("Other.lean"), (FILE.partition("-- the easy")[0] + INSTANCES).encode())
    ways = {}
    with Library.open(db) as library:
        for theorem in source.theorems:
            with lean.open(source, theorem) as session:
                offered = list(Offers(library, theorem, session.root.goals[0], frozenset()).all())
                proofs = [
                    each.tactic.splitlines()[-1].strip(" )")
                    for each in offered
                    if "_goal" not in each.tactic
                    and isinstance(session.run(session.root, each.tactic), Proved)
                ]
                ways[theorem.name.removeprefix("Demo.")] = proofs[0]
    assert re.fullmatch(r"exact add_zero_\d+ \.\.", ways["instance_of"])
    assert re.fullmatch(r"exact Eq.symm \(add_zero_\d+ \.\.", ways["turned"])
    assert re.fullmatch(r"apply add_succ_\d+ <;> assumption|simp_all .+", ways["after"])
    assert re.fullmatch(r"apply add_succ_\d+", ways["whole"])


def test_out_and_in_again_with_nothing_lost(lean: EmbeddedGateway, tmp_path: Path) -> None:
    db, again, third = (tmp_path / f"{name}.sqlite" for name in ("first", "again", "third"))
    for name, text in (("Demo.lean", FILE), ("Logic.lean", LOGIC)):
        (tmp_path / name).write_text(text)
        assert {each.status for each in prove(lean, tmp_path / name, db)} == {Status.PROVED}
    as_lean_, as_json_ = exported(db)
    assert lean.check(parse_source(Path("All.lean"), as_lean_.encode())) == []
    (tmp_path / "all.lean").write_text(as_lean_)
    (tmp_path / "all.json").write_text(as_json_)
    for file, into in (("all.lean", again), ("all.json", third)):
        done = take_in(lean, tmp_path / file, into)
        assert (done.refused, done.known) == ([], 0)
        assert exported(into) == (as_lean_, as_json_)
    assert take_in(lean, tmp_path / "all.json", again).imported == 0

    (tmp_path / "false.lean").write_text(as_lean_.replace("add x .Z = x := by", "add x .Z = .Z := by"))
    assert take_in(lean, tmp_path / "false.lean", tmp_path / "new.sqlite").refused == ["Demo.add_zero"]


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_500_lemmas_out_and_in_again(lean: EmbeddedGateway, tmp_path: Path) -> None:
    texts = [
        f"theorem t{n} (a b : Nat) : f a + {n} * b = {n} * b + f a := Nat.add_comm _ _\n" for n in range(500)
    ]
    (tmp_path / "Many.lean").write_text("\n".join(["def f (a : Nat) := a + 1\n", *texts]))
    assert take_in(lean, tmp_path / "Many.lean", tmp_path / "first.sqlite").imported == 500
    out = exported(tmp_path / "first.sqlite")
    assert lean.check(parse_source(Path("All.lean"), out[0].encode())) == []
    (tmp_path / "all.lean").write_text(out[0])
    done = take_in(lean, tmp_path / "all.lean", tmp_path / "again.sqlite")
    assert (done.imported, done.refused) == (500, [])
    assert exported(tmp_path / "again.sqlite") == out


def test_verifying_marks_and_deletes_nothing(lean: EmbeddedGateway, tmp_path: Path) -> None:
    with Library.open(tmp_path / "lemmas.sqlite") as library:
        good = sample("A.good")
        library.add(
            [good, sample("A.bad", statement=" (x : Nat) : f x = 0"), sample("A.worse", statement=" :")]
        )
        library.add(
            [sample("A.forger", statement=" : True := trivial\naxiom evil : 1 = 2\ntheorem x : 1 = 2")]
        )
        library.add([sample("A.x : True := trivial\ntheorem y")])
        done = verified(library, Pool(lean), library.listed(), True, lambda done, total: None)
        assert (done.good, done.broken) == (
            1,
            ["A.bad", "A.worse", "A.forger", "A.x : True := trivial\ntheorem y"],
        )
        assert [lemma.standing.value for lemma in library.listed()] == ["certified", *["broken"] * 4]
        assert verified(library, Pool(lean), library.many([1]), False, lambda done, total: None).left == 1


def test_a_file_of_someone_elses(lean: EmbeddedGateway, tmp_path: Path) -> None:
    (tmp_path / "Own.lean").write_text(
        "def f (n : Nat) := n + 1\ntheorem one (n : Nat) : f n = n + 1 := rfl\n"
        "theorem two (n : Nat) : f n = n + 1 := by\n  simp [one]\n"
        "axiom evil : 1 = 2\ntheorem three : 1 = 2 := evil\n"
    )
    done = take_in(lean, tmp_path / "Own.lean", tmp_path / "new.sqlite")
    assert (done.imported, done.refused) == (2, ["three: rests on the axiom evil"])
    with Library.open(tmp_path / "new.sqlite") as library:
        assert library.uses() == [(2, 1)]


def test_a_library_that_is_of_no_use_is_told_once(
    lean: EmbeddedGateway, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Demo.lean").write_text(FILE)
    db = tmp_path / "broken.sqlite"
    db.write_text("no database")
    assert [each.status for each in prove(lean, tmp_path / "Demo.lean", db)] == [Status.PROVED] * 2
    assert capsys.readouterr().err.count("can't be used: it is no SQLite database") == 1
    assert db.read_text() == "no database"


# -- texts -------------------------------------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(["simp", "cases h", "case a =>", "  rfl", "    omega", "exact (by simp)"]),
    min_size=1,
    max_size=4,
)
HOLES = ["by\n  sorry", "by sorry", "sorry", "by\n  intro x\n  sorry", "by\n  (sorry)", "fun x => sorry"]


@pytest.mark.parametrize("body", HOLES)
@given(LINES)
def test_a_script_is_read_out_of_its_place(body: str, script: list[str]) -> None:
    source = parse_source(Path("A.lean"), f"theorem a : p := {body}\n\ntheorem b : q := sorry\n".encode())
    script = ["start", *script]
    hole = source.theorems[0].hole
    assert unfit(source, hole, fit(source, hole, script)) in (script, fit(source, hole, script).split("\n"))


def test_the_context_of_a_theorem() -> None:
    text = FILE.replace("theorem add_succ", "open N in\ntheorem add_succ")
    source = parse_source(Path("A.lean"), text.encode())
    first, second = (context_of(source, theorem) for theorem in source.theorems)
    assert first.text == FILE.partition("\n\n-- the easy")[0]
    assert second.text == f"{first.text}\n\nopen N in"
    assert namespace(first.text) == "Demo"
    assert closing(first.text) == ["end Demo"]
    nested = "namespace A.B\nnoncomputable section\nsection s\nend s\nnamespace C"
    assert closing(nested) == ["end C", "end", "end B", "end A"]
    assert namespace(nested) == "A.B.C"


@pytest.mark.parametrize(
    ("conclusion", "target", "expected"),
    [
        ("f x = x", "f (g y) = g y", True),
        ("f x = x", "f (g y) = g z", False),
        ("x + y = y + x", "a * b + c = c + a * b", True),
        ("x + y = y + x", "∃ n, n + c = c + n", False),
        ("f (g x) = x", "f (g (h a)) = h a", True),
        ("f x = f y", "f a b = f a c", False),  # of one argument
        ("f x = f y", "f ↑a = f (g b).1", True),
        ("x = y", "a = b", True),
        ("x = y", "a = b ∧ c = d", False),
        ("x ∧ y", "∃ n, n = a ∧ n = b", False),
        ("x ∧ y", "a = b ∧ ∃ n, n = b", True),
        ("p", "anything at all", False),
        ("∃ m, x = m", "∃ n, g n = n", False),  # `x` can't speak of `m`
        ("∃ m, x = m", "∃ n, ∃ k, k = a", False),
        ("(x ++ y).length = x.length + y.length", "(a ++ [b]).length = a.length + [b].length", True),
        ("(x ++ y).length = x.length + y.length", "(a ++ c).length = a.length + a.length", False),
    ],
)
def test_covering(conclusion: str, target: str, expected: bool) -> None:
    variables = [Hypothesis(name, "T") for name in ("x", "y", "p")]
    goal = Goal(tuple(Hypothesis(name, "T") for name in "abcd"), target, "", "")
    assert covers(variables, conclusion, goal, lambda name: name) is expected


@pytest.mark.parametrize(
    ("conclusion", "target", "expected"),
    [
        ("F (F x) = x", "rev (rev xs) = xs", True),
        ("F (F x) = x", "add a (add a b) = b", True),
        ("F (F x) = x", "rev (tail xs) = xs", False),
        ("F x = y", "rev xs = ys", True),
        ("F x = y", "a + b = b + a", False),
        ("F x = y", "(a + b) * c = d", False),
        ("F x = y", "∃ n, n + (n) = n", False),
        ("F x = G x", "add a b = mul c b", True),
        ("F x = G x", "a = b", False),
        ("F x y", "anything at all", False),
        ("map F (x :: y) = F x :: map F y", "map (add a) (b :: c) = add a b :: map (add a) c", True),
        ("map F (x :: y) = F x :: map F y", "map (add a) (b :: c) = add d b :: map (add a) c", False),
        ("∃ n, F n", "∃ n, n * 3 = 7", False),  # would be anything
        ("∃ n, F n", "∃ n, even n", True),
        ("(∀ n, F n ∧ p) ↔ (∀ n, F n) ∧ p", "(∀ k, k * 3 = 7 ∧ q) ↔ (∀ k, k * 3 = 7) ∧ q", True),
        ("(∀ n, F n ∧ p) ↔ (∀ n, F n) ∧ p", "(∀ k, k * 3 = 7 ∧ q) ↔ (∀ k, k * 3 = 8) ∧ q", False),
        ("(∀ n, F n ∧ p) ↔ (∀ n, F n) ∧ p", "(∀ k, q ∧ k = 1) ↔ (∀ k, q) ∧ k = 1", False),
        ("(¬∃ n, F n) ↔ ∀ n, ¬F n", "(¬∃ k, ∃ i, i + k = 2) ↔ ∀ k, ¬∃ i, i + k = 2", True),
        ("(∀ n, F n) → F x", "(∀ k, k + 0 = k) → g a + 0 = g a", True),
    ],
)
def test_variables_that_are_functions_cover_no_more_than_lean_would_find(
    conclusion: str, target: str, expected: bool
) -> None:
    variables = [Hypothesis(name, "T → T") for name in ("F", "G")]
    variables += [Hypothesis(name, "T") for name in ("x", "y", "p")]
    assert covers(variables, conclusion, Goal((), target, "", ""), lambda name: name) is expected


def test_scripts_take_the_names_of_the_goal() -> None:
    assert adapted("cases xs <;> simp [h, f]", {"xs": "ys", "h": "k"}) == "cases ys <;> simp [k, f]"
    assert adapted("intro k; exact h k", {"h": "k"}) is None  # `k` would be two things
    assert adapted("exact x.symm", {"x": "y", "y": "x"}) == "exact y.symm"
