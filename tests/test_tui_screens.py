"""The main screens as they look at 80×24 and 160×48, over a stand-in for Lean.

`PROVER_SNAPSHOTS=write pytest tests/test_tui_screens.py` takes the pictures anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes import FakeGateway, FakePolicy, Rules
from lemma_samples import sample
from test_search import FAILED
from textual.pilot import Pilot
from tui_help import OnePool, bench, only, opened, run, screen_text, type_in, until

from lemmas import Library
from prover.types import Failed, FailureReason
from tui.state.holes import Phase

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (160, 48))

RULES: Rules = {
    "root": {"simp_all": FAILED, "intro h": ("dull",), "induction xs": ("left", "right")},
    "dull": {"omega": Failed(FailureReason.TACTIC, "omega could not prove the goal")},
    "left": {"rfl": ()},
    "right": {"intro x": ("x",)},
    "x": {"exact x": ()},
}
THEORY = """\
/-- Two lists. -/
theorem append (xs ys : List Nat) : ys = xs → xs ++ ys = ys ++ xs := by
  sorry

theorem other (n : Nat) : n + 0 = n := by sorry
"""


@pytest.fixture
def theory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    path = tmp_path / "Theory.lean"
    path.write_text(THEORY, encoding="utf-8")
    return path


def compare(pilot: Pilot[None], name: str) -> None:
    """The screen against the picture of that name and size."""
    width, height = pilot.app.size
    path = SNAPSHOTS / f"{name}-{width}x{height}.txt"
    shown = screen_text(pilot)
    if os.environ.get("PROVER_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8"), f"{path.name} looks different:\n{shown}"


@pytest.mark.parametrize("size", SIZES)
def test_screens(theory: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    pools = only(OnePool(FakeGateway(RULES)))
    library = tmp_path / "lemmas.sqlite"
    with Library.open(library) as store:
        (first,) = store.add([sample("A.first")])
        store.add([sample("A.second", uses=(first,))])

    async def work() -> None:
        async with opened(
            [theory],
            pools,
            tmp_path / "state",
            size,
            lambda: lambda barred: FakePolicy(RULES),
            library=library,
        ) as pilot:
            screen = bench(pilot)
            hole = screen.workshop.holes[0]
            await until(pilot, lambda: bool(hole.forest.roots) and screen.workshop.lean.ready)
            await until(pilot, lambda: screen.workshop.files[0].complaints is not None)
            pilot.app.clear_notifications()
            screen.show_all()
            await pilot.pause()
            compare(pilot, "start")
            await pilot.press("b")
            await type_in(pilot, "3t")
            await until(pilot, lambda: hole.forest.tactics == 3 and hole.phase is Phase.IDLE)
            hole.scopes[0].seconds = 1.0
            await pilot.press("3", "G")
            screen.show_all()
            await pilot.pause()
            compare(pilot, "tree")
            await pilot.press("s")
            await until(pilot, lambda: hole.solved and hole.phase is Phase.IDLE)
            pilot.app.clear_notifications()
            await pilot.press("3", "G", "5")
            screen.show_all()
            await pilot.pause()
            compare(pilot, "thought")
            await pilot.press("o")
            await pilot.pause()
            compare(pilot, "proof")
            await pilot.press("escape", "question_mark")
            await pilot.pause()
            compare(pilot, "help")
            await pilot.press("escape", "L")
            await until(pilot, lambda: "A.second" in screen_text(pilot))
            await pilot.press("j")
            await pilot.pause()
            compare(pilot, "library")
            await pilot.press("escape")

    run(work())


def test_without_unicode_every_character_is_plain(
    theory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("NO_COLOR", "1")
    pools = only(OnePool(FakeGateway(RULES)))

    async def work() -> None:
        async with opened([theory], pools, tmp_path / "state", (80, 24)) as pilot:
            await until(pilot, lambda: bool(bench(pilot).workshop.holes[0].forest.roots))
            await pilot.press("3")
            assert any("o 0 |- root" in line for line in _filtered(pilot))
            for line in _filtered(pilot):
                assert line.isascii(), line
            await pilot.resize_terminal(20, 6)
            await pilot.resize_terminal(200, 60)
            await pilot.pause()
            assert "Theory.lean" in screen_text(pilot)

    run(work())


def _filtered(pilot: Pilot[None]) -> list[str]:
    """What the terminal gets."""
    from textual.color import Color

    app = pilot.app
    lines = []
    for strip in app.screen._compositor.render_strips():
        for each in app.get_line_filters():
            strip = strip.apply_filter(each, Color(0, 0, 0))
        lines.append(strip.text)
    return lines


def test_lean_is_missing(theory: Path, tmp_path: Path) -> None:
    from prover.errors import LeanUnavailable

    def none() -> None:
        raise LeanUnavailable("there is no Lean on this machine: run `prover setup`")

    async def work() -> None:
        async with opened([theory], none, tmp_path / "state") as pilot:  # type: ignore[arg-type]
            await until(pilot, lambda: "run `prover setup`" in screen_text(pilot))
            await pilot.press("s")
            hole = bench(pilot).workshop.holes[0]
            await until(pilot, lambda: bool(hole.trouble) and hole.phase is Phase.IDLE)
            assert "Lean: not there" in screen_text(pilot)

    run(work())


def test_a_policy_that_does_not_answer(theory: Path, tmp_path: Path) -> None:
    """The search says so and ends; when there is an answer again, it goes on where it was."""
    from collections.abc import Sequence

    from prover.errors import ProverError
    from prover.types import Candidate, Goal, Theorem

    dead = [True]

    class Endpoint(FakePolicy):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
            if dead[0] and goals[0].target != "root":
                raise ProverError("the model at localhost:1 does not answer; is it running?")
            return super().propose(theorem, goals, n)

    pools = only(OnePool(FakeGateway(RULES)))

    async def work() -> None:
        async with opened(
            [theory], pools, tmp_path / "state", policies=lambda: lambda barred: Endpoint(RULES)
        ) as pilot:
            hole = bench(pilot).workshop.holes[0]
            await until(pilot, lambda: bool(hole.forest.roots))
            await pilot.press("s")
            await until(pilot, lambda: bool(hole.trouble) and hole.phase is Phase.IDLE)
            await until(pilot, lambda: "does not answer" in screen_text(pilot))
            dead[0] = False
            await pilot.press("s")
            await until(pilot, lambda: hole.solved and hole.phase is Phase.IDLE)
            assert not hole.trouble

    run(work())
