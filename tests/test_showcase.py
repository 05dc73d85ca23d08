"""The showcase and its solutions say the same: a solution is the file with each hole filled, and nothing
else changed. That the solutions are proofs is for Lean to say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent / "lean_project"
SHOWCASE = sorted((PROJECT / "Showcase").glob("*.lean"))
SOLUTIONS = Path(__file__).parent / "data" / "showcase_solutions"

HOLE = re.compile(r"\bsorry\b")
THEOREM = re.compile(r"^theorem (\S+)(.*?):=", re.MULTILINE | re.DOTALL)


def with_holes_filled(text: str) -> re.Pattern[str]:
    """Matches the text with anything in the place of its holes, and any white space in that of its own."""
    pieces = (r"\s+".join(map(re.escape, re.split(r"\s+", piece))) for piece in HOLE.split(text))
    return re.compile(r"(.+?)".join(pieces), re.DOTALL)


def statements(text: str) -> dict[str, str]:
    return {name: " ".join(statement.split()) for name, statement in THEOREM.findall(text)}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_root_imports_every_file() -> None:
    imports = re.findall(r"^import Showcase\.(\w+)$", read(PROJECT / "Showcase.lean"), re.MULTILINE)
    assert imports == [path.stem for path in SHOWCASE]


def test_there_is_enough_to_prove() -> None:
    names = [name for path in SHOWCASE for name in statements(read(path))]
    assert len(names) >= 40


def test_every_file_has_a_solution() -> None:
    assert [path.name for path in sorted(SOLUTIONS.glob("*.lean"))] == [path.name for path in SHOWCASE]


@pytest.mark.parametrize("path", SHOWCASE, ids=lambda path: path.stem)
class TestFile:
    def test_stands_alone(self, path: Path) -> None:
        assert not re.search(r"^\s*(public |meta )*import\b", read(path), re.MULTILINE)

    def test_every_theorem_has_a_hole(self, path: Path) -> None:
        text = read(path)
        starts = [match.start() for match in THEOREM.finditer(text)]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            assert HOLE.search(text, start, end), text[start:end]

    def test_solution_has_no_hole(self, path: Path) -> None:
        assert not HOLE.search(read(SOLUTIONS / path.name))

    def test_solution_states_the_same_theorems(self, path: Path) -> None:
        theirs = statements(read(path))
        assert len(theirs) == len(re.findall(r"^theorem ", read(path), re.MULTILINE))
        assert statements(read(SOLUTIONS / path.name)) == theirs

    def test_solution_changes_nothing_but_the_holes(self, path: Path) -> None:
        assert with_holes_filled(read(path)).fullmatch(read(SOLUTIONS / path.name))


def test_a_changed_statement_is_noticed() -> None:
    text = "theorem a : 1 = 1 := by sorry\n\ntheorem b : 2 = 2 := by sorry\n"
    solved = "theorem a : 1 = 1 := by\n  rfl\n\ntheorem b : 2 = 2 := by\n  rfl\n"
    assert with_holes_filled(text).fullmatch(solved)
    assert not with_holes_filled(text).fullmatch(solved.replace("2 = 2", "2 = 1 + 1"))
