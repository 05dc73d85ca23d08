from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover.errors import FileChanged, SourceError
from prover.lean.source import Source, find_sources, parse_source, read_source, write_proofs
from prover.types import Place, Position


def parsed(text: str) -> Source:
    return parse_source(Path("x.lean"), text.encode())


def places(text: str) -> str:
    """A letter for each hole: `t` for a tactic, `e` for a term (an expression)."""
    return "".join("t" if each.hole.place is Place.TACTIC else "e" for each in parsed(text).theorems)


# Places


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (":= by sorry", "t"),
        (":= by\n  sorry", "t"),
        (":= by\nsorry", "t"),
        (":= sorry", "e"),
        (":=\n  sorry", "e"),
        (":= by\n  simp\n  sorry", "t"),
        (":= by\n  exact sorry", "e"),
        (":= by\n  exact\n    sorry", "e"),
        (":= by\n  exact\n  sorry", "e"),
        (":= by simp; sorry", "t"),
        (":= by simp <;> sorry", "t"),
        (":= by simp\n    <;> sorry", "t"),
        (":= by constructor <;> [sorry, exact sorry]", "te"),
        (":= by\n  constructor\n  · sorry\n  . sorry\n  · exact sorry", "tte"),
        (":= by\n  · skip\n    sorry\n  sorry", "tt"),
        (":= by\n  case left => sorry\n  case right h =>\n    sorry\n  next => sorry", "ttt"),
        (":= by\n  all_goals sorry\n  any_goals try sorry\n  repeat sorry", "ttt"),
        (":= by\n  iterate 2 sorry", "t"),
        (":= by first | sorry | exact sorry | simp; sorry", "tet"),
        (":= by\n  first\n  | simp\n  | sorry\n  sorry", "tt"),
        (":= by first | cases h with | a => sorry | b => exact sorry | sorry", "tet"),
        (":= by (sorry)", "t"),
        (":= by (simp; sorry)", "t"),
        (":= by\n  (simp\n   sorry)", "t"),
        (":= by { sorry }", "t"),
        (":= by exact (sorry)", "e"),
        (":= by simp <|> sorry", "t"),
        (":= by exact a <|> sorry", "e"),
        (":= by\n  have h : P := by sorry\n  have h : P := sorry\n  sorry", "tet"),
        (":= by\n  have h : P := sorry; sorry", "et"),
        (":= by exact have h : P := sorry; sorry", "ee"),
        (":= by exact (let x := 1; sorry)", "e"),
        (":= by\n  exact\n    let x := 1\n    let y := 2\n    sorry\n  sorry", "et"),
        (":= by if let some x := y then sorry; sorry", "tt"),
        (":= have h : P := sorry; sorry", "ee"),
        (":= by\n  suffices h : P by sorry\n  suffices h : P from sorry\n  sorry", "tet"),
        (":= ⟨sorry, by sorry⟩", "et"),
        (":= ⟨by simp,\n  sorry,\n by sorry⟩", "et"),
        (":= by\n  refine ⟨by\n    simp,\n    sorry⟩\n  sorry", "et"),
        (":= fun x => sorry", "e"),
        (":= by exact fun x => sorry", "e"),
        (":= by exact fun x ↦ sorry", "e"),
        (":= by exact fun x => by sorry", "t"),
        (":= λ x => sorry", "e"),
        (":= show P from sorry", "e"),
        (":= f (sorry : P) sorry.1", "ee"),
        (":= by\n  induction n with\n  | zero => sorry\n  | succ n ih =>\n    simp\n    sorry", "tt"),
        (":= by\n  cases n with | zero => sorry | succ n => exact sorry", "te"),
        (":= by\n  induction n with\n  | zero => simp\n  | succ n ih => sorry\n  sorry", "tt"),
        (":= by\n  match n with\n  | 0 => sorry\n  | n + 1 => exact sorry", "te"),
        (":= match n with\n  | 0 => sorry\n  | n + 1 => by sorry", "et"),
        (":= by\n  exact match n with\n  | 0 => sorry\n  | n + 1 => by sorry\n  sorry", "ett"),
        (
            ":= by\n  cases n with\n  | zero => exact match m with\n    | 0 => sorry\n    | _ => sorry\n"
            "  | succ n => sorry",
            "eet",
        ),
        (
            ":= by\n  cases n with\n  | zero => cases m with\n    | zero => sorry\n    | succ m => sorry\n"
            "  | succ n => sorry",
            "ttt",
        ),
        (":= by\n  have f : Nat → P\n    | 0 => sorry\n    | n + 1 => by sorry\n  sorry", "ett"),
        (":= by\n  have f := fun\n    | 0 => sorry\n    | n + 1 => sorry\n  sorry", "eet"),
        (":= by\n  intro\n  | 0 => sorry\n  | n + 1 => sorry", "tt"),
        (":= by\n  rcases h with a | b\n  · sorry\n  · exact sorry", "te"),
        (":= by\n  obtain a | b := h <;> sorry", "t"),
        (":= by\n  rcases h with (a | b)\n  sorry", "t"),
        (":= by\n  cases h\n  rcases k with\n    a | b\n  sorry", "t"),
        ("| 0 => by sorry | n + 1 => sorry", "te"),
        ("| 0 => sorry\n  | n + 1 => by sorry", "et"),
        (":= by if h : p then sorry else sorry", "tt"),
        (":= by\n  if h : p then\n    sorry\n  else\n    sorry\n  sorry", "ttt"),
        (":= if p then sorry else sorry", "ee"),
        (":= by exact if p then sorry else sorry", "ee"),
        (":= by\n  calc a = b := sorry\n    _ = c := by sorry\n  sorry", "ett"),
        (":= by\n  open Nat in sorry", "t"),
        (":= by\n  open Nat in\n  sorry", "t"),
        (":= by\n  exact open Nat in sorry", "e"),
        (":= by\n  simpa using sorry", "e"),
        (":= by\n  rw [foo sorry]\n  sorry", "et"),
        (":= by\n  exact (· + sorry)", "e"),
        (":= by\n  show P; sorry", "t"),
        (":= by\n  conv => rhs; sorry", "t"),
        (":= aux\nwhere\n  aux : P := sorry\n  aux2 : P := by sorry", "et"),
        (":= by simp\nwhere aux : P := by\n  sorry", "t"),
        (":= f x\ntermination_by n\ndecreasing_by sorry", "t"),
        (":= by\n  -- sorry\n  /- -/ skip /- -/; /- -/ sorry -- sorry", "t"),
        (": sorry := trivial", "e"),
        (": (sorry : P).sorry = x.1.sorry := rfl", "e"),
        (":= `(sorry)", ""),
    ],
)
def test_places(body: str, expected: str) -> None:
    assert places(f"theorem x (n : Nat) {body}\n") == expected


# Declarations


def test_the_holes_of_declarations_only() -> None:
    text = """
#check sorry
#eval sorry
variable (h : sorry)
axiom a : sorry
macro "m" : tactic => `(tactic| sorry)
notation "n" => sorry
open Foo in
#check sorry
theorem t : P := sorry
#print sorry
def d : P := sorry
attribute [simp] sorry
instance : I := ⟨sorry⟩
deriving instance sorry for Foo
example : P := sorry
-- sorry
/-! sorry -/
"""
    assert [theorem.name for theorem in parsed(text).theorems] == ["t", "d", "instance@14", "example@16"]


def test_names_and_kinds() -> None:
    text = """
namespace A.B
theorem foo.{u, v} (x : Nat) : P := sorry
  /-- doc -/
  @[simp, foo (bar := 1)] private noncomputable def «a b».c := sorry
section S
variable (x : Nat)
protected lemma l : P := sorry
end S
theorem _root_.r : P := sorry
end B
instance (priority := low) i : I where
  a := sorry
instance [I] : I := sorry
section
class inductive C | c
end
namespace D
mutual
theorem m₁ : P := sorry
theorem m₂ : P := sorry
end
open Nat in theorem o : P := sorry
set_option maxRecDepth 5 in
/-- doc -/
@[simp]
theorem s : P := sorry
end A.D
abbrev last := sorry
structure S where
  private x : Nat
  deriving Repr
def two := 1 theorem three : P := sorry
"""
    found = [(each.kind, each.name) for each in parsed(text).declarations]
    assert found == [
        ("theorem", "A.B.foo"),
        ("def", "A.B.«a b».c"),
        ("lemma", "A.B.l"),
        ("theorem", "r"),
        ("instance", "A.i"),
        ("instance", ""),
        ("class", "A.C"),
        ("theorem", "A.D.m₁"),
        ("theorem", "A.D.m₂"),
        ("theorem", "A.D.o"),
        ("theorem", "A.D.s"),
        ("abbrev", "last"),
        ("structure", "S"),
        ("def", "two"),
        ("theorem", "three"),
    ]


def test_spans_have_modifiers_and_no_trailing_comments() -> None:
    text = (
        "/-- d -/\n@[simp] private def a : P := by\n  simp -- c\n/- c -/\n\nopen B in\ntheorem b : P := c\n"
    )
    source = parsed(text)
    spans = [text[each.span.start : each.span.end] for each in source.declarations]
    assert spans == ["/-- d -/\n@[simp] private def a : P := by\n  simp", "theorem b : P := c"]


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("@[simp] theorem foo (x : Nat) : P x := by simp", "theorem foo (x : Nat) : P x"),
        ("theorem foo (x : Nat := 5) :\n    P x -- c\n  := x", "theorem foo (x : Nat := 5) :\n    P x"),
        ("theorem foo : Nat → P\n  | 0 => a\n  | n + 1 => b", "theorem foo : Nat → P"),
        ("def f : Nat → Nat | 0 => let x := 1; x | n => n", "def f : Nat → Nat"),
        ("theorem foo : |x| ≤ 1 := a", "theorem foo : |x| ≤ 1"),
        ("theorem foo : let x := 1; x = 1 := a", "theorem foo : let x := 1; x = 1"),
        ("theorem foo : match x with | 0 => P | _ => Q := a", "theorem foo : match x with | 0 => P | _ => Q"),
        ("instance : Foo Nat where\n  a := 1", "instance : Foo Nat"),
        ("inductive T | a | b", "inductive T"),
        ("inductive T : Type where | a | b", "inductive T : Type"),
        ("structure S extends T where\n  a : Nat := 1", "structure S extends T"),
        ("axiom a : P", "axiom a : P"),
        ("opaque o : P", "opaque o : P"),
    ],
)
def test_statements(text: str, statement: str) -> None:
    (declaration,) = parsed(text).declarations
    assert declaration.statement == statement


def test_holes_in_order_with_their_context() -> None:
    source = parsed("def a := 1\ntheorem b : P ∧ Q := ⟨sorry, by sorry⟩\ntheorem c : P :=\n  sorry")
    assert [(each.name, each.ordinal, each.hole.position) for each in source.theorems] == [
        ("b", 0, Position(2, 23)),
        ("b", 1, Position(2, 33)),
        ("c", 0, Position(4, 3)),
    ]
    assert [each.name for each in source.theorems[2].context] == ["a", "b"]
    assert source.theorems[1].context == source.declarations[:1]


@pytest.mark.parametrize(
    ("text", "header", "imports"),
    [
        ("", "", ()),
        ("-- c\ntheorem a : P := b", "", ()),
        ("import A.B\nimport C", "import A.B\nimport C", ("A.B", "C")),
        (
            "-- c\nimport A /- x -/ import B.«c d» -- y\n\nopen A",
            "-- c\nimport A /- x -/ import B.«c d»",
            None,
        ),
        ("module\nprelude\npublic import A\npublic meta import all B\n\npublic section", None, ("A", "B")),
        ("import all C\npublic theorem x : P := y", "import all C", ("C",)),
        ("module -- c\n/-! doc -/ def x := 1", "module", ()),
        ("import", "", ()),
    ],
)
def test_headers(text: str, header: str | None, imports: tuple[str, ...] | None) -> None:
    source = parsed(text)
    assert header is None or source.text[: source.header.end] == header
    assert imports is None or source.imports == imports


def test_tactics_that_look_like_commands() -> None:
    text = """
theorem a : P := by
  open Foo in simp
  set_option maxRecDepth 5 in
  open Bar in
  sorry

  open Foo in
theorem b : P := unsafe
  sorry
"""
    assert [each.name for each in parsed(text).theorems] == ["a", "b"]


def test_commands_inside_attributes_are_none() -> None:
    text = "@[simp,\ninstance, class] theorem a : P := sorry\n@[ theorem ] theorem b : P := sorry"
    assert "a" in [each.name for each in parsed(text).theorems]


def test_an_unclosed_bracket_ends_with_the_next_command() -> None:
    text = "theorem a : P := (f (sorry\n\n@[simp] theorem b : P := by\n  sorry\n"
    assert [each.name for each in parsed(text).theorems] == ["a", "b"]
    assert places(text) == "et"


# Reading


def test_what_lean_reads_and_what_the_file_has(tmp_path: Path) -> None:
    raw = "\ufefftheorem a : P :=\r\n\tsorry\r\n".encode()
    path = tmp_path / "a.lean"
    path.write_bytes(raw)
    source = read_source(path)
    assert (source.raw, source.text) == (raw, "theorem a : P :=\n\tsorry\n")
    (theorem,) = source.theorems
    assert theorem.hole.position == Position(2, 2)
    assert source.text[theorem.hole.span.start : theorem.hole.span.end] == "sorry"


def test_reading_what_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_source(tmp_path / "a.lean")
    with pytest.raises(SourceError, match="is a folder"):
        read_source(tmp_path)
    with pytest.raises(SourceError, match=r"byte 0xff at offset 7 \(line 2\)"):
        parse_source(Path("a.lean"), b"-- abc\n\xff")


def test_finding_files(tmp_path: Path) -> None:
    for name in ("b.lean", "A/c.lean", ".lake/d.lean", "A/.e/f.lean", "lakefile.lean", "g.txt", "A/.h.lean"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (tmp_path / "A/.e/empty").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in find_sources(tmp_path)]
    assert found == ["A/.h.lean", "A/c.lean", "b.lean"]
    assert find_sources(tmp_path / "g.txt") == [tmp_path / "g.txt"]
    with pytest.raises(SourceError, match=r"no \.lean files"):
        find_sources(tmp_path / "A" / ".e" / "empty")
    with pytest.raises(SourceError, match="no such file or folder"):
        find_sources(tmp_path / "nothing")


@given(st.text())
def test_any_text_is_a_source(text: str) -> None:
    source = parsed(text)
    assert source.replaced({}) == source.text


TRICKY = """
    theorem def instance example namespace_A end end_A mutual section open_A_in @[simp] deriving where class
    by := => sorry sorry sorry · . ( ) [ ] { } ⟨ ⟩ ; <;> , fun match with if then else let have in first
    case_x try induction_n cases x | | /- -/ -- " s!"{ r#" ' `( « » /-- import λ ↦ <|> decreasing_by
"""
TRICKY_FRAGMENTS = [*(each.replace("_", " ") for each in TRICKY.split()), "\n", "\n  ", "\n    ", "\r\n"]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(TRICKY_FRAGMENTS), max_size=60))
def test_fragments_of_lean_are_a_source(fragments: list[str]) -> None:
    source = parsed(" ".join(fragments))
    starts = [each.hole.span.start for each in source.theorems]
    assert starts == sorted(set(starts))
    for theorem in source.theorems:
        hole, span = theorem.hole.span, theorem.declaration.span
        assert source.text[hole.start : hole.end] == "sorry"
        assert span.start < hole.start and hole.end <= span.end
        assert source.layout(theorem.hole).column == theorem.hole.position.column - 1


def test_a_long_file() -> None:
    text = "".join(
        f"theorem t{n} (n : Nat) : n + 0 = n := by\n  induction n with\n  | zero => sorry\n  | succ n ih =>\n"
        f"    have h := {{a := {n}}}\n    exact sorry\n\n"
        for n in range(3000)
    )
    source = parsed(text)
    assert len(source.theorems) == 6000
    assert source.theorems[-1].hole.position == Position(2999 * 7 + 6, 11)


# Writing

FILE = "{bom}theorem a : P := sorry{end}-- héé{end}theorem b : P := by{end}\t sorry -- x{last}"


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_writing_changes_the_holes_only(tmp_path: Path, bom: str, end: str, last: bool) -> None:
    text = FILE.format(bom=bom, end=end, last=end if last else "")
    path = tmp_path / "a.lean"
    path.write_bytes(text.encode())
    source = read_source(path)
    a, b = (theorem.hole for theorem in source.theorems)
    write_proofs(source, {b: "simp\n\t omega", a: "by\n  simp"})
    expected = text.replace("sorry", f"by{end}  simp", 1).replace("sorry", f"simp{end}\t omega")
    assert path.read_bytes() == expected.encode()
    assert read_source(path).text == source.replaced({a: "by\n  simp", b: "simp\n\t omega"})


def test_mixed_line_ends_follow_the_line_of_the_hole(tmp_path: Path) -> None:
    path = tmp_path / "a.lean"
    path.write_bytes(b"theorem a : P := sorry\r\n\r\ntheorem b : P := sorry\ntheorem c : P := sorry")
    source = read_source(path)
    write_proofs(source, {theorem.hole: "x\ny" for theorem in source.theorems})
    assert path.read_bytes() == b"theorem a : P := x\r\ny\r\n\r\ntheorem b : P := x\ny\ntheorem c : P := x\ny"


@given(st.lists(st.sampled_from(["sorry ", "\r\n", "\n", "é", "x := ", "def d := ", "-- sorry\r\n", "\r"])))
def test_writing_sorry_for_sorry_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, fragments: list[str]
) -> None:
    raw = ("\ufeffdef a := " + "".join(fragments)).encode()
    path = tmp_path_factory.mktemp("w") / "a.lean"
    path.write_bytes(raw)
    source = read_source(path)
    write_proofs(source, {theorem.hole: "sorry" for theorem in source.theorems})
    assert path.read_bytes() == raw


def one_hole(folder: Path) -> tuple[Path, Source, Callable[[], bytes]]:
    path = folder / "a.lean"
    path.write_text("theorem a : P := sorry\n")
    source = read_source(path)
    return path, source, lambda: write_proofs(source, {source.theorems[0].hole: "by simp"})


def test_permissions_stay_and_links_are_followed(tmp_path: Path) -> None:
    path, _, _ = one_hole(tmp_path)
    path.chmod(0o640)
    link = tmp_path / "link.lean"
    link.symlink_to("a.lean")
    source = read_source(link)
    write_proofs(source, {source.theorems[0].hole: "by simp"})
    assert link.is_symlink()
    assert path.read_text() == "theorem a : P := by simp\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.lean", "link.lean"]


def test_a_file_that_changed_is_left_alone(tmp_path: Path) -> None:
    path, _, write = one_hole(tmp_path)
    path.write_text("theorem a : P := sorry \n")
    with pytest.raises(FileChanged, match="has changed"):
        write()
    assert path.read_text() == "theorem a : P := sorry \n"
    path.unlink()
    with pytest.raises(FileChanged, match="is gone"):
        write()
    assert list(tmp_path.iterdir()) == []


WRITE = """
import os, sys
from pathlib import Path
from prover.errors import SourceError
from prover.lean.source import read_source, write_proofs
source = read_source(Path(sys.argv[1]))
{prepare}
try:
    write_proofs(source, {{source.theorems[0].hole: "by simp"}})
except SourceError as error:
    print(error)
"""


def written_by_another(path: Path, prepare: str) -> str:
    code = WRITE.format(prepare=prepare)
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    return done.stdout


def test_writing_again_over_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.lean"
    path.write_text("theorem a : P := sorry\ntheorem b : P := sorry\n")
    source = read_source(path)
    a, b = (theorem.hole for theorem in source.theorems)
    written = write_proofs(source, {a: "x"})
    assert path.read_bytes() == written
    with pytest.raises(FileChanged):
        write_proofs(source, {a: "x", b: "y"})
    write_proofs(source, {a: "x", b: "y"}, expected=written)
    assert path.read_text() == "theorem a : P := x\ntheorem b : P := y\n"


def test_no_room_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path, source, _ = one_hole(tmp_path)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))"
    said = written_by_another(path, limit)
    assert "can't be written" in said and "its content is as it was" in said
    assert path.read_bytes() == source.raw
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_may_not_be_written(tmp_path: Path) -> None:
    path, source, _ = one_hole(tmp_path)
    path.chmod(0o444)
    become_another = "os.chdir(Path(sys.argv[1]).parent); os.seteuid(65534)" if os.geteuid() == 0 else ""
    if become_another:
        for folder in (tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o755)
    assert "can't be written (Permission denied)" in written_by_another(path, become_another)
    assert path.read_bytes() == source.raw


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, source, write = one_hole(tmp_path)

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write()
    assert path.read_bytes() == source.raw
    assert list(tmp_path.iterdir()) == [path]
