"""What a file imports from its own package."""

from __future__ import annotations

from pathlib import Path

import pytest

from lemmas.fingerprints import surroundings
from lemmas.keys import identify
from prover.lean.imports import imported
from prover.lean.source import read_source
from prover.policy.fixed import FixedPolicy
from prover.types import Goal, Hypothesis, Theorem

BASIC = """import Init

def twice (n : Nat) := n + n
private def hidden := 1
theorem twice_zero : twice 0 = 0 := rfl
theorem twice_one : twice 1 = 2 := by sorry
"""
GOAL = Goal((Hypothesis("n", "Nat"),), "twice n = n + n", "", "")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "lakefile.toml").write_text('name = "own"\n')
    (tmp_path / "Own" / "Deep").mkdir(parents=True)
    (tmp_path / "Own" / "Basic.lean").write_text(BASIC)
    (tmp_path / "Own" / "Next.lean").write_text(
        "import Own.Basic\nimport Own.Deep.Top\ndef next := twice 1\n"
    )
    (tmp_path / "Own" / "Deep" / "Top.lean").write_text(
        "import Own.Next\nimport Lean\nimport Absent.Module\n"
        "theorem top (n : Nat) : twice n = n + n := sorry\n"
    )
    return tmp_path


def top(package: Path) -> Theorem:
    return read_source(package / "Own" / "Deep" / "Top.lean").theorems[0]


def test_the_declarations_of_the_package_and_no_others(package: Path) -> None:
    names = [declaration.name for declaration in top(package).imported]
    assert names == ["twice", "twice_zero", "next"]  # in a circle, too: Lean complains of that
    (package / "lakefile.toml").unlink()
    assert top(package).imported == ()  # above the file's own folder only within a package
    assert imported(package / "Own" / "A.lean", ["..", "«/etc/passwd»", "Own"]) == ()


def test_imported_theorems_are_premises_and_definitions_are_unfolded(package: Path) -> None:
    (candidates,) = FixedPolicy().propose(top(package), [GOAL], 200)
    tactics = [candidate.tactic for candidate in candidates]
    assert "simp_all [twice]" in tactics
    assert "rw [twice_zero]" in tactics
    assert not any("twice_one" in tactic or "hidden" in tactic for tactic in tactics)


def test_another_definition_in_an_import_is_another_goal(package: Path) -> None:
    before = identify(GOAL, surroundings(top(package)))
    assert identify(GOAL, surroundings(top(package))) == before
    (package / "Own" / "Basic.lean").write_text(BASIC.replace("n + n", "2 * n"))
    after = identify(GOAL, surroundings(top(package)))
    assert (after.key != before.key, after.shape) == (True, before.shape)
