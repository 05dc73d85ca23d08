"""What the prover promises of files as people write them, with the real Lean behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from prover.config import Settings
from prover.events import Finished as SearchFinished
from prover.events import Tried
from prover.lean.connect import gateway_factory
from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.embedded.install import embedded_root
from prover.lean.embedded.lean import Command, EmbeddedLean
from prover.lean.forwarding import ForwardingGateway
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source, parse_source, read_source
from prover.policy.fixed import FixedPolicy
from prover.policy.protocols import PolicyFactory
from prover.proving import Complained, Finished, HoleResult, Job, Proving
from prover.proving.leaning import LeaningGateway, Support
from prover.search.loop import search
from prover.types import (
    Budget,
    Candidate,
    Failed,
    FailureReason,
    Goal,
    Hole,
    Proved,
    Standing,
    Statistics,
    Status,
    Stop,
    Theorem,
    Verdict,
)

PLACES = Path(__file__).with_name("data") / "places.lean"
PLENTY = 600.0  # seconds


@dataclass(frozen=True)
class WarmPool:
    """The gateway that all tests share, which stays."""

    lean: LeanGateway

    def for_source(self, source: Source) -> LeanGateway:
        return self.lean

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Scripted:
    """Proposes for each theorem what the table has for it, without those that use a barred one."""

    table: Mapping[str, Sequence[str]]
    barred: frozenset[str]
    name: str = "scripted"

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        tactics = [t for t in self.table.get(theorem.name, ()) if not self.barred & set(t.split())]
        return [[Candidate(tactic) for tactic in tactics] for _ in goals]


def proved(
    lean: LeanGateway, path: Path, policy: PolicyFactory = FixedPolicy, write: bool = False
) -> tuple[list[HoleResult], list[str]]:
    """What comes of a file's holes, in their order, and what Lean complains of in it."""
    source = read_source(path)
    settings = Settings(seconds=PLENTY, tactics=60)
    run = Proving([Job(source, source.theorems)], lambda: WarmPool(lean), policy, settings, write)
    events = list(run.events())
    results = [event.result for event in events if isinstance(event, Finished)]
    results.sort(key=lambda result: result.theorem.hole.span.start)
    return results, [event.complaint.message for event in events if isinstance(event, Complained)]


def parsed(text: str) -> Source:
    return parse_source(Path("test.lean"), text.encode())


# -- holes -------------------------------------------------------------------------------------------------


def test_holes_in_every_place_are_proved_and_written(lean: EmbeddedGateway, tmp_path: Path) -> None:
    path = tmp_path / "places.lean"
    path.write_bytes(PLACES.read_bytes())
    source = read_source(path)
    results, complaints = proved(lean, path, write=True)
    left = [(result.theorem.name, result.status, result.message) for result in results if not result.proof]
    assert left == [("data", Status.INVALID, "it stands for data, not for a proof")]
    assert {result.status for result in results if result.proof} == {Status.PROVED}
    assert complaints == []
    proofs = {result.theorem.hole: result.proof for result in results if result.proof}
    assert path.read_text(encoding="utf-8") == source.replaced(proofs)
    written = read_source(path)
    assert [theorem.name for theorem in written.theorems] == ["data"]
    assert lean.check(written) == []


def test_a_hole_is_the_first_goal_and_no_other(lean: EmbeddedGateway) -> None:
    source = parsed("theorem t (n : Nat) : n = n ∧ True := by\n  constructor\n  sorry\n  trivial\n")
    (theorem,) = source.theorems
    with lean.open(source, theorem) as session:
        assert [goal.target for goal in session.root.goals] == ["n = n"]
        assert isinstance(session.run(session.root, "rfl"), Proved)
    assert standings(lean, source, ["rfl"]) == ["certified"]


# -- certificates ------------------------------------------------------------------------------------------


def standings(lean: LeanGateway, source: Source, proofs: Sequence[str]) -> list[str]:
    """What the certificate says of proofs of the file's holes, side by side."""
    holes = [theorem.hole for theorem in source.theorems]
    verdicts = lean.certify(source, dict(zip(holes, proofs, strict=True)))
    return [verdicts[hole].reason or verdicts[hole].standing.value for hole in holes]


@pytest.mark.parametrize("proof", ["rfl", "simp_all", "exact Eq.refl _"])
def test_a_definition_with_a_proof_in_it(lean: EmbeddedGateway, proof: str) -> None:
    source = parsed("def f (n : Nat) : { m : Nat // m = n } := ⟨n, by sorry⟩\ndef g := (f 3).val\n")
    assert standings(lean, source, [proof]) == ["certified"]


def test_the_laws_of_an_instance_side_by_side(lean: EmbeddedGateway) -> None:
    text = """class C (α : Type) where
  op : α → α
  one : ∀ a, op a = op a
  two : ∀ a, op (op a) = op a
instance : C Nat where
  op := id
  one := by sorry
  two := by sorry
theorem after : C.op 3 = 3 := rfl
"""
    for proofs in (["simp", "simp"], ["intro a; rfl", "simp"], ["simp", "exact fun _ => rfl"]):
        assert standings(lean, parsed(text), proofs) == ["certified", "certified"]


def test_a_definition_by_recursion_whose_end_is_proved(lean: EmbeddedGateway) -> None:
    text = (
        "def f (n : Nat) : Nat := if h : n = 0 then 0 else f (n - 1)\ntermination_by n\ndecreasing_by sorry\n"
    )
    assert standings(lean, parsed(text), ["omega"]) == ["certified"]
    assert standings(lean, parsed(text), ["simp"]) != ["certified"]


def test_later_types_may_have_names_that_tell_their_place(lean: EmbeddedGateway) -> None:
    text = """class C where
  law : 1 + 1 = 2
instance : C := ⟨by sorry⟩
inductive Colour | red | green deriving DecidableEq
theorem t : Colour.red ≠ Colour.green := by sorry
"""
    assert standings(lean, parsed(text), ["first | rfl | fail", "decide"]) == ["certified", "certified"]


def test_a_theorem_behind_one_that_lean_cannot_read(lean: EmbeddedGateway) -> None:
    source = parsed("theorem a : 1 + := by\n  trivial\n\ntheorem b : True := by\n  sorry\n")
    assert [complaint.position.line for complaint in lean.check(source)] == [1]
    assert standings(lean, source, ["trivial"]) == ["certified"]


# -- long files --------------------------------------------------------------------------------------------


@pytest.fixture
def elaborated(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The numbers of commands that Lean elaborates, request by request."""
    numbers: list[int] = []
    original: Callable[..., list[Command]] = EmbeddedLean.elaborate

    def counted(*args: object, **options: object) -> list[Command]:
        commands = original(*args, **options)
        numbers.append(len(commands))
        return commands

    monkeypatch.setattr(EmbeddedLean, "elaborate", counted)
    yield numbers


def long_file(hole: str) -> Source:
    return parsed(hole + "".join(f"theorem t{n} : {n} + 0 = {n} := rfl\n" for n in range(40)))


def test_what_follows_a_theorem_is_not_elaborated_again(lean: EmbeddedGateway, elaborated: list[int]) -> None:
    source = long_file("def one := 1\ntheorem t (n : Nat) : n = n := by sorry\n")
    assert standings(lean, source, ["simp"]) == ["certified"]
    assert elaborated == [42, 1]


def test_what_could_notice_the_proof_is_elaborated_again(
    lean: EmbeddedGateway, elaborated: list[int]
) -> None:
    source = long_file("theorem t (n : Nat) : n = n := by sorry\ntheorem t.u : True := trivial\n")
    assert standings(lean, source, ["exact u\nwhere u : n = n := rfl"]) != ["certified"]
    assert sum(elaborated) > 80


# -- proofs that lean on each other ------------------------------------------------------------------------

CHAIN = """theorem a (p q : Prop) (hp : p) (hq : q) : p ∧ q := by sorry
theorem b (p q : Prop) (hp : p) (hq : q) : q ∧ p := by sorry
theorem c (p q : Prop) (hp : p) (hq : q) : p ∧ q ∧ p := by sorry
"""
LINKS = {"b": ["exact a _ _ hq hp"], "c": ["exact ⟨hp, b _ _ hp hq⟩"]}


@pytest.mark.parametrize("first", [[], ["exact ⟨hp, hq⟩"]])
def test_a_chain_of_theorems_stands_when_its_first_link_does(
    lean: EmbeddedGateway, tmp_path: Path, first: list[str]
) -> None:
    path = tmp_path / "chain.lean"
    path.write_text(CHAIN, encoding="utf-8")
    table = {**LINKS, "a": first}
    results, _ = proved(lean, path, lambda barred: Scripted(table, barred), write=True)
    if first:
        assert [result.status for result in results] == [Status.PROVED] * 3
        assert "sorry" not in path.read_text(encoding="utf-8")
    else:
        assert [result.status for result in results] == [Status.OPEN, Status.CONDITIONAL, Status.CONDITIONAL]
        assert [result.assumes for result in results] == [(), ("a",), ("a",)]
        assert path.read_text(encoding="utf-8") == CHAIN


def test_proofs_lean_on_what_was_proved(lean: EmbeddedGateway) -> None:
    source = parsed(
        "theorem a : True := by sorry\ntheorem b : True := by sorry\ntheorem c : True := by sorry\n"
    )
    a, b, c = (theorem.hole for theorem in source.theorems)

    def verdict(known: Mapping[Hole, Support]) -> Verdict:
        return LeaningGateway(lean, known).certify(source, {c: "exact b"})[c]

    conditional = Verdict(Standing.CONDITIONAL, assumes=("b",))
    first, second = Support("a", "trivial", ()), Support("b", "exact a", ("a",))
    assert verdict({a: first, b: second}) == Verdict(Standing.CERTIFIED, leans=("b",))
    assert verdict({}) == conditional
    assert verdict({b: second}) == conditional
    assert verdict({a: replace(first, text="exact nothing"), b: second}) == conditional


def test_a_hole_beside_others_that_leans_on_what_was_proved_lacks_only_those(lean: EmbeddedGateway) -> None:
    source = parsed("theorem a : True := by sorry\ntheorem b : True ∧ True := ⟨by sorry, by sorry⟩\n")
    a, one, _ = (theorem.hole for theorem in source.theorems)
    alone = lean.certify(source, {one: "exact a"})[one]
    assert alone == Verdict(Standing.CONDITIONAL, assumes=("a", "b"))
    found = LeaningGateway(lean, {a: Support("a", "trivial", ())}).certify(source, {one: "exact a"})[one]
    assert found == Verdict(Standing.CONDITIONAL, assumes=("b",), within=True, leans=("a",))


SUPPORTED = """def f (n : Nat) : Nat := n
@[simp] theorem a (n : Nat) : f n = n := by sorry
theorem b : f (f 1) = 1 := by sorry
theorem c (p : Nat → Prop) (h : p 1) : p (f (f 1)) := by sorry
"""
ENDLESS = [f"have fact_{number} : True := trivial" for number in range(100)]


def test_a_proof_from_what_is_proved_by_then_ends_its_search(tmp_path: Path) -> None:
    """What it leans on has a proof that leans on an open theorem itself, by `simp`."""
    path = tmp_path / "supported.lean"
    table = {"a": ["rfl"], "b": ["simp"], "c": [ENDLESS[0], "rwa [ b ]", *ENDLESS[1:]]}

    def proofs(jobs: int) -> list[HoleResult]:
        path.write_text(SUPPORTED, encoding="utf-8")
        source = read_source(path)
        settings = Settings(seconds=PLENTY, tactics=64, jobs=jobs)
        job, policy = Job(source, source.theorems), partial(Scripted, table)
        run = Proving([job], gateway_factory("embedded"), policy, settings, write=True)
        found = [event.result for event in run.events() if isinstance(event, Finished)]
        return [replace(each, statistics=Statistics(each.statistics.tactics)) for each in found]

    alone = proofs(1)
    assert [(r.theorem.name, r.status, r.stop, r.assumes, r.statistics.tactics) for r in alone] == [
        ("a", Status.PROVED, Stop.PROVED, (), 1),
        ("b", Status.PROVED, Stop.PROVED, (), 1),
        ("c", Status.PROVED, Stop.PROVED, (), 18),
    ]
    assert "sorry" not in path.read_text(encoding="utf-8")
    assert proofs(2) == alone


def test_a_hole_beside_others_of_its_own_declaration_is_searched_no_longer(
    lean: EmbeddedGateway, tmp_path: Path
) -> None:
    path = tmp_path / "both.lean"
    path.write_text(
        "theorem a (n : Nat) : n = n ∧ ∃ k, k * k = 49 := by\n  constructor\n  · sorry\n  · sorry\n",
        encoding="utf-8",
    )
    results, _ = proved(lean, path, lambda barred: Scripted({"a": ["rfl", "simp"]}, barred))
    assert [result.status for result in results] == [Status.CONDITIONAL, Status.OPEN]
    assert results[0].statistics.tactics == 1


def test_mutual_theorems_stand_by_themselves(lean: EmbeddedGateway, tmp_path: Path) -> None:
    """One of them leans on its open neighbour, another does not, and a third on itself through the other."""
    path = tmp_path / "mutual.lean"
    path.write_text(
        "mutual\ntheorem a (n : Nat) : n = n := by sorry\ntheorem b : 0 = 1 := by sorry\n"
        "theorem c : 1 = 0 := by sorry\nend\n",
        encoding="utf-8",
    )
    table = {"a": ["rfl"], "b": ["rfl"], "c": ["exact b.symm"]}
    results, _ = proved(lean, path, lambda barred: Scripted(table, barred))
    assert [(result.status, result.assumes) for result in results] == [
        (Status.PROVED, ()),
        (Status.OPEN, ()),
        (Status.CONDITIONAL, ("b",)),
    ]


# -- time --------------------------------------------------------------------------------------------------


FLIP = "theorem t (P : Nat → Prop) (a b : Nat) (h : P (b + a)) : P (a + b) := by sorry\n"
FOREVER = "iterate 50 (iterate 50 (iterate 50 (rw [Nat.add_comm])))"  # till its heartbeats are spent


def test_a_tactic_ends_when_its_seconds_are_over(lean: EmbeddedGateway) -> None:
    source = parsed(FLIP)
    with lean.open(source, source.theorems[0]) as session:
        slow = session.run(session.root, FOREVER, seconds=0.2)
        assert isinstance(slow, Failed) and slow.reason is FailureReason.TIMEOUT
        assert slow.lean_seconds == 0.2
        assert isinstance(
            session.run(session.root, "rw [Nat.add_comm]; exact h"), Failed
        )  # it is two tactics
        assert isinstance(session.run(session.root, "(rw [Nat.add_comm]; exact h)"), Proved)


def test_a_tactic_that_the_end_of_the_time_cuts_short_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.search.budget.GRACE", 0.0)
    source = parsed(FLIP)
    policy = Scripted({"t": ["skip", FOREVER, "(rw [Nat.add_comm]; exact h)"]}, frozenset())
    root = embedded_root()
    assert root is not None
    with closing(EmbeddedGateway(root, (), Limits(heartbeats=2_000_000))) as lean:
        events = list(search(source, source.theorems[0], lean, policy, Budget(seconds=0.2)))
    assert [event.candidate.tactic for event in events if isinstance(event, Tried)] == ["skip"]
    assert isinstance(events[-1], SearchFinished)
    result = events[-1].result
    assert (result.status, result.stop, result.statistics.tactics) == (Status.OPEN, Stop.SECONDS, 1)


class LateLean(ForwardingGateway):
    """A gateway whose holes take an hour to open."""

    now = 0.0

    @contextmanager
    def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[LeanSession]:
        self.now += 3600
        with super().open(source, theorem, solved) as session:
            yield session


def test_the_time_to_read_the_file_is_not_the_search_s(lean: EmbeddedGateway) -> None:
    source = parsed(FLIP)
    late = LateLean(lean)
    policy = Scripted({"t": ["(rw [Nat.add_comm]; exact h)"]}, frozenset())
    budget = Budget(seconds=10)
    events = list(search(source, source.theorems[0], late, policy, budget, clock=lambda: late.now))
    assert isinstance(events[-1], SearchFinished)
    assert events[-1].result.status is Status.PROVED
    assert events[-1].result.statistics.seconds == 0


# -- bytes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_other_byte_stays(lean: EmbeddedGateway, tmp_path: Path, end: str, mark: str) -> None:
    lines = [
        "-- Überschrift\t",
        "theorem a (𝕏 : Type) (x y : 𝕏) (h : x = y) : y = x ∧ x = y := by",
        "  constructor",
        "  · sorry  ",
        "  · sorry -- 𝕏 sorry",
        "",
        "theorem b : True := sorry",
    ]
    path = tmp_path / "bytes.lean"
    path.write_bytes((mark + end.join(lines)).encode())
    results, _ = proved(lean, path, write=True)
    assert [str(result.theorem.hole.position) for result in results] == ["4:5", "5:5", "7:21"]
    assert [result.status for result in results] == [Status.PROVED] * 3
    pieces = [re.escape(piece) for piece in re.split(r"(?<=· )sorry|(?<=:= )sorry", mark + end.join(lines))]
    assert re.fullmatch("([^\n]+?)".join(pieces).encode(), path.read_bytes())
    assert all(result.proof and "\n" not in result.proof for result in results)
