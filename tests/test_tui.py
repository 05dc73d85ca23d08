"""The terminal UI, driven by keys, over the embedded Lean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tui_help import KeptLeans, bench, hole_of, opened, run, screen_text, type_in, until

from lemmas import Library
from prover.types import Failed
from tui.state.holes import Phase
from tui.state.rows import GoalRow, Standing
from tui.view.dialogs import Help, Preview, Suggestions

THEORY = """\
theorem add (a b : Nat) : a + b = b + a := by
  sorry

theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ (q ∧ p) := by
  sorry

theorem hard (xs ys : List Nat) : (xs ++ ys).reverse = ys ++ xs := by
  sorry
"""


@pytest.fixture(scope="module")
def leans() -> Iterator[KeptLeans]:
    kept = KeptLeans()
    yield kept
    kept.close()


@pytest.fixture
def theory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "Theory.lean"
    path.write_text(THEORY, encoding="utf-8")
    return path


def test_search_preview_and_write(theory: Path, tmp_path: Path, leans: KeptLeans) -> None:
    """Nothing is written before there is a proof, nor over what somebody else wrote meanwhile."""

    async def work() -> None:
        async with opened([theory], leans.make, tmp_path / "state") as pilot:
            hole = hole_of(pilot, "add")
            await until(pilot, lambda: bool(hole.forest.roots))
            assert "⊢ a + b = b + a" in bench(pilot).goal_pane.plain
            await pilot.press("w")
            assert theory.read_text() == THEORY
            await pilot.press("s")
            await until(pilot, lambda: hole.solved and hole.phase is Phase.IDLE)
            assert "Lean's kernel accepts the proof" in bench(pilot).thought.plain
            changed = "-- mine\n" + THEORY
            theory.write_text(changed, encoding="utf-8")
            await pilot.press("w")
            assert theory.read_text() == changed and hole.written is None
            await until(pilot, lambda: "was changed on disk" in screen_text(pilot))
            await pilot.press("ctrl+r")
            await until(pilot, lambda: bench(pilot).workshop.files[0].text == changed)
            again = hole_of(pilot, "add")
            assert again.solved and again.proof is not None and "sorry" not in again.proof.text
            await until(pilot, lambda: bench(pilot).hole is again and not again.stale)
            await pilot.press("o")
            await until(pilot, lambda: isinstance(pilot.app.screen, Preview))
            assert "Certified. Axioms:" in screen_text(pilot)
            await pilot.press("w")
            await until(pilot, lambda: again.written is not None)
            assert theory.read_text() == changed.replace("sorry", again.proof.text, 1)

    run(work())


def test_by_hand_have_and_next(theory: Path, tmp_path: Path, leans: KeptLeans) -> None:
    async def work() -> None:
        library = tmp_path / "lemmas.sqlite"
        async with opened([theory], leans.make, tmp_path / "state", library=library) as pilot:
            bench(pilot).choose(hole := hole_of(pilot, "pair"))
            await until(pilot, lambda: bool(hole.forest.roots))
            await pilot.press("3", "t")
            await type_in(pilot, "nonsense")
            await until(pilot, lambda: hole.forest.tactics == 1)
            failed = hole.forest.roots[0].tactics[0]
            assert isinstance(failed.outcome, Failed) and bench(pilot).tree_pane.row is failed
            await pilot.press("t")
            await type_in(pilot, "refine ⟨hp, ?_⟩")
            await until(pilot, lambda: hole.forest.tactics == 2)
            assert bench(pilot).goal_pane.plain.splitlines()[-3] == "⊢ q ∧ p"
            await pilot.press("v")
            await type_in(pilot, "both : p ∧ q")
            await until(pilot, lambda: 1 in hole.scopes and hole.phase is Phase.IDLE)
            stated = next(goal for goal in rows(hole.forest.roots[0]) if goal.title == "⊢ p ∧ q")
            assert stated.standing is Standing.PROVED and not hole.solved
            rest = next(g for g in rows(hole.forest.roots[0]) if "both" in g.goals[0].text)
            bench(pilot).tree_pane.go_to_row(rest)
            await pilot.press("n")
            await until(pilot, lambda: hole.solved)
            assert hole.proof is not None and "have both : p ∧ q" in hole.proof.text
            with Library.open(library) as store:
                (kept,) = store.by_name("pair")
                assert "have both : p ∧ q" in kept.script and kept.provenance.policy == "hand"
            bench(pilot).tree_pane.go_to_row(rest)
            await pilot.press("u")
            assert bench(pilot).tree_pane.goal is rest.parent.parent  # type: ignore[union-attr]
            await pilot.press("w")
            assert hole.proof.text in theory.read_text()

    run(work())


def test_suggestions(theory: Path, tmp_path: Path, leans: KeptLeans) -> None:
    async def work() -> None:
        async with opened([theory], leans.make, tmp_path / "state") as pilot:
            hole = hole_of(pilot, "add")
            await until(pilot, lambda: bool(hole.forest.roots))
            await pilot.press("a")
            await until(pilot, lambda: isinstance(pilot.app.screen, Suggestions))
            assert "%  " in screen_text(pilot)
            await pilot.press("j", "k", "enter")
            await until(pilot, lambda: hole.forest.tactics == 1)
            assert hole.forest.roots[0].tactics[0].by_hand

    run(work())


def test_pause_stop_budget_and_restart(theory: Path, tmp_path: Path, leans: KeptLeans) -> None:
    """What was done is there again at the next start, and the search goes on where it was."""

    async def first() -> int:
        async with opened([theory], leans.make, tmp_path / "state") as pilot:
            bench(pilot).choose(hole := hole_of(pilot, "hard"))
            await pilot.press("b")
            await type_in(pilot, "12t")
            await until(pilot, lambda: hole.result is not None and hole.phase is Phase.IDLE)
            assert hole.forest.tactics == 12 and "tactics budget" in bench(pilot).thought.plain
            await pilot.press("s")
            await until(pilot, lambda: hole.forest.tactics >= 14)
            await pilot.press("p")
            assert hole.phase is Phase.PAUSED
            await pilot.press("p")
            await until(pilot, lambda: hole.forest.tactics >= 16)
            await pilot.press("x")
            await until(pilot, lambda: hole.phase is Phase.IDLE)
            return hole.forest.tactics

    async def second(before: int) -> None:
        async with opened([theory], leans.make, tmp_path / "state") as pilot:
            hole = hole_of(pilot, "hard")
            await until(pilot, lambda: not hole.restoring)
            assert hole.forest.tactics == before
            titles = [tactic.title for goal in rows(hole.forest.roots[0]) for tactic in goal.tactics]
            assert len(titles) == before
            bench(pilot).choose(hole)
            await pilot.press("b")
            await type_in(pilot, "5t")
            await until(pilot, lambda: hole.phase is Phase.IDLE and hole.forest.tactics == before + 5)
            assert not hole.trouble
            await pilot.press("R")
            fresh = hole_of(pilot, "hard")
            assert fresh.forest.tactics == 0
            await until(pilot, lambda: bool(fresh.forest.roots))

    tactics: list[int] = []

    async def both() -> None:
        tactics.append(await first())
        await second(tactics[0])

    run(both())


def test_lean_dies_and_the_search_goes_on(theory: Path, tmp_path: Path, leans: KeptLeans) -> None:
    async def work() -> None:
        async with opened([theory], leans.make, tmp_path / "state") as pilot:
            bench(pilot).choose(hole := hole_of(pilot, "hard"))
            await pilot.press("s")
            await until(pilot, lambda: hole.forest.tactics >= 3)
            for pool in list(leans.out):
                gateway = pool._gateway
                assert gateway is not None
                if gateway._process is not None:
                    gateway._process.kill()
            before = hole.forest.tactics
            await until(pilot, lambda: hole.forest.tactics >= before + 5 or hole.solved)
            await pilot.press("x")
            await until(pilot, lambda: hole.phase is Phase.IDLE)
            assert not hole.trouble

    run(work())


def test_several_marked_holes_and_a_shorter_proof(theory: Path, tmp_path: Path, leans: KeptLeans) -> None:
    async def work() -> None:
        async with opened([theory], leans.make, tmp_path / "state") as pilot:
            add, pair = hole_of(pilot, "add"), hole_of(pilot, "pair")
            await until(pilot, lambda: bench(pilot).files.hole is add)
            await pilot.press("space", "j", "space", "s")
            await until(pilot, lambda: add.solved and pair.solved)
            await until(pilot, lambda: add.phase is pair.phase is Phase.IDLE)
            assert not add.marked and not pair.marked
            assert pair.proof is not None
            before, result = pair.proof, pair.result
            bench(pilot).choose(pair)
            bench(pilot).workshop.preferences = type(bench(pilot).workshop.preferences)(seconds=1.0)
            await pilot.press("m")
            await until(pilot, lambda: pair.phase is Phase.IDLE and pair.result is not result)
            assert len(pair.proof.text) <= len(before.text)
            await pilot.press("S")
            await until(pilot, lambda: "2 of 3" in screen_text(pilot))

    run(work())


def rows(root: GoalRow) -> list[GoalRow]:
    from tui.state.rows import walk

    return [row for row in walk([root]) if isinstance(row, GoalRow)]


def test_help_lists_every_key(theory: Path, tmp_path: Path, leans: KeptLeans) -> None:
    async def work() -> None:
        async with opened([theory], leans.make, tmp_path / "state", size=(120, 160)) as pilot:
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(pilot.app.screen, Help))
            shown = screen_text(pilot)
            for binding in bench(pilot).BINDINGS:
                for key in binding.key.split(","):  # type: ignore[union-attr]
                    name = {"question_mark": "?", "comma": ","}.get(key, key)
                    assert f" {name} " in shown, name
            await pilot.press("escape")
            assert pilot.app.screen is bench(pilot)

    run(work())
