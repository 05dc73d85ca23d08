"""Traces: going on from one, and looking at it."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import networkx
import pytest
from click.testing import CliRunner
from fakes import FakeGateway, Rules
from hypothesis import given
from hypothesis import strategies as st
from test_search import FAILED, Costly, finish, graphs, source, trees

from prover.cli.amounts import parse_budget
from prover.cli.show import show
from prover.errors import InputError
from prover.events import Event, Tried, as_json
from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import Source, parse_source
from prover.policy.fixed import FixedPolicy
from prover.search.frontier import STRATEGIES
from prover.search.loop import search
from prover.search.recording import NOTHING, Recording
from prover.search.trace import events_of, read_trace, recording_of, write_event
from prover.types import Budget, Goal, SearchResult, Standing, Status, Theorem, Verdict

__all__ = ["source"]

RULES: Rules = {
    "root": {"wrong": FAILED, "away": ("dull",), "split": ("left", "right")},
    "dull": {"x": FAILED},
    "left": {"simp": ()},
    "right": {"intro": ("x",)},
    "x": {"rfl": ()},
}


def run(
    source: Source,
    gateway: FakeGateway,
    tactics: int,
    strategy: str = "best-first",
    past: Recording = NOTHING,
) -> tuple[list[Event], SearchResult]:
    policy = Costly(gateway.rules)
    budget = Budget(tactics=tactics)
    theorem = source.theorems[0]
    return finish(search(source, theorem, gateway, policy, budget, strategy, past, clock=lambda: 0.0))


def traced(source: Source, events: list[Event]) -> str:
    out = io.StringIO()
    for event in events:
        write_event(out, source.theorems[0], event)
    return out.getvalue()


def recorded(path: Path, text: str) -> Recording:
    path.write_text(text, encoding="utf-8")
    ((lines,),) = read_trace(path).values()
    return recording_of(lines)


def plain(events: list[Event]) -> list[str]:
    return [json.dumps(as_json(event)) for event in events]


@pytest.mark.parametrize("strategy", STRATEGIES)
@given(
    rules=st.one_of(graphs(), trees()),
    less=st.integers(0, 10),
    more=st.integers(0, 10),
    verdict=st.sampled_from(
        [
            None,
            Verdict(Standing.REJECTED, reason="no"),
            Verdict(Standing.CONDITIONAL),
            Verdict(Standing.CERTIFIED, leans=("other",)),
        ]
    ),
)
def test_a_search_that_goes_on_is_as_if_it_had_not_stopped(
    source: Source,
    tmp_path_factory: pytest.TempPathFactory,
    strategy: str,
    rules: Rules,
    less: int,
    more: int,
    verdict: Verdict | None,
) -> None:
    def gateway() -> FakeGateway:
        return FakeGateway(rules, visits=["g0"], judge=lambda text: verdict)

    whole, _ = run(source, gateway(), less + more, strategy)
    begun, _ = run(source, gateway(), less, strategy)
    path = tmp_path_factory.getbasetemp() / "trace"
    resumed, _ = run(source, gateway(), less + more, strategy, recorded(path, traced(source, begun)))
    assert plain(resumed) == plain(whole)


def test_lean_is_asked_only_for_what_is_new(source: Source, tmp_path: Path) -> None:
    begun, _ = run(source, FakeGateway(RULES), 4)
    gateway = FakeGateway(RULES)
    _, result = run(source, gateway, 100, past=recorded(tmp_path / "trace", traced(source, begun)))
    assert result.status is Status.PROVED and result.statistics.tactics == 7
    way = [tactic for _, _, tactic in gateway.sessions[0].ran]
    assert "wrong" not in way and "simp" in way
    gateway = FakeGateway(RULES)
    _, again = run(source, gateway, 100, past=recorded(tmp_path / "trace", traced(source, begun[:-1])))
    assert again == result


def test_a_trace_of_something_else_is_refused(source: Source, tmp_path: Path) -> None:
    begun, _ = run(source, FakeGateway(RULES), 4)
    text = traced(source, begun).replace('"tactic": "wrong"', '"tactic": "other"')
    past = recorded(tmp_path / "trace", text)
    past.proposed.clear()
    with pytest.raises(InputError, match="the trace is of another search"):
        run(source, FakeGateway(RULES), 100, past=past)


def test_a_trace_from_before_tactics_had_shares_is_read_and_not_gone_on_from(
    source: Source, tmp_path: Path
) -> None:
    begun, _ = run(source, FakeGateway(RULES), 4)
    old = re.sub(r', "share": [\d.]+', "", traced(source, begun))
    past = recorded(tmp_path / "trace", old)
    ((lines,),) = read_trace(tmp_path / "trace").values()
    assert {event.share for event in events_of(lines, source.theorems[0]) if isinstance(event, Tried)} == {
        1.0
    }
    with pytest.raises(InputError, match=r"another version .* 100% .* not 10%; start without --resume"):
        run(source, FakeGateway(RULES), 100, past=past)


@pytest.mark.parametrize("text", ["nonsense\n", "{}\n", "[]\n"])
def test_a_file_that_is_no_trace(tmp_path: Path, text: str) -> None:
    path = tmp_path / "trace"
    path.write_text(text)
    with pytest.raises(InputError, match="trace:1: not a line of a trace"):
        read_trace(path)


def test_a_line_that_was_cut_off_is_left_out(source: Source, tmp_path: Path) -> None:
    begun, _ = run(source, FakeGateway(RULES), 4)
    whole = traced(source, begun)
    cut = recorded(tmp_path / "trace", whole[: whole.rindex('"event": "Tried"') + 40])
    assert len(cut.tried) == 3


def test_a_trace_is_shown(source: Source, tmp_path: Path) -> None:
    events, _ = run(source, FakeGateway(RULES), 100)
    path = tmp_path / "trace"
    path.write_text(traced(source, events), encoding="utf-8")
    files = {name: tmp_path / name for name in ("svg", "dot", "graphml")}
    options = [word for name, file in files.items() for word in (f"--{name}", str(file))]
    done = CliRunner().invoke(show, [str(path), *options], catch_exceptions=False)
    assert done.exit_code == 0
    head, *lines = done.output.splitlines()
    assert head.startswith("example_1 · ") and head.endswith(" · proved (proved) · 7 tactics")
    assert lines == [
        "✓ goal 0 ⊢ root",
        "├─ ✗ 1. wrong · tactic: no",
        "├─ ↩ 2. away",
        "│  └─ ↩ goal 1 ⊢ dull · given up: every tactic failed",
        "│     └─ ✗ 3. x · tactic: no",
        "└─ ✓ 4. split",
        "   ├─ ✓ goal 2 ⊢ left",
        "   │  └─ ✓ 5. simp",
        "   └─ ✓ goal 3 ⊢ right",
        "      └─ ✓ 6. intro",
        "         └─ ✓ goal 4 ⊢ x",
        "            └─ ✓ 7. rfl",
        "",
        "the proof:",
        "  split",
        "    · simp",
        "    · intro",
        "      rfl",
        "",
    ]
    graph = networkx.read_graphml(files["graphml"])
    assert len(graph) == 12 and graph.nodes["tactic 1"]["standing"] == "failed"
    assert len(ET.parse(files["svg"]).getroot().findall("{http://www.w3.org/2000/svg}g")) == 12
    assert files["dot"].read_text().count("->") == 11


def test_budgets_in_short() -> None:
    assert parse_budget(["200t,30s", "50e"]) == {"tactics": 200, "seconds": 30.0, "expansions": 50}
    assert parse_budget(["2.3ktok", "0.5usd"]) == {"tokens": 2300, "usd": 0.5}
    assert parse_budget(["3mtok"]) == {"tokens": 3_000_000}
    assert parse_budget([]) == {}
    for wrong in (["12"], ["12x"], ["1t", "2t"], [""], ["-3t"], ["1tok,1ktok"], ["1$"]):
        with pytest.raises(InputError, match="--budget"):
            parse_budget(wrong)


TWO = """theorem two (p q : Prop) (hp : p) (hq : q) (xs ys : List Nat) :
    (xs ++ ys).length = ys.length + xs.length ∧ (∃ n, n = xs ∧ p) := by
  sorry
"""


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_real_searches_go_on_too(lean: EmbeddedGateway, tmp_path: Path, strategy: str) -> None:
    real = parse_source(tmp_path / "Two.lean", TWO.encode())
    (theorem,) = real.theorems

    class Slow(FixedPolicy):
        def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int):  # type: ignore[no-untyped-def]
            found = super().propose(theorem, goals, n)
            return [[c for c in each if not c.tactic.startswith(("simp", "grind"))] for each in found]

    def events(tactics: int, past: Recording = NOTHING) -> list[Event]:
        policy = Slow(frozenset())
        return finish(search(real, theorem, lean, policy, Budget(tactics=tactics), strategy, past))[0]

    def timeless(events: list[Event]) -> list[str]:
        return [json.dumps(_without_times(as_json(event))) for event in events]

    whole = events(60)
    out = tmp_path / "trace"
    with out.open("w", encoding="utf-8") as file:
        for event in events(7):
            write_event(file, theorem, event)
    ((lines,),) = read_trace(out).values()
    assert timeless(events(60, recording_of(lines))) == timeless(whole)


def _without_times(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_times(part) for key, part in value.items() if "seconds" not in key}
    return [_without_times(part) for part in value] if isinstance(value, list) else value
