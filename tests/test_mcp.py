"""The server for assistants, driven by the client of the package that it is made with, with a real Lean."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from mcp import Client, StdioServerParameters

from prover.lean.embedded.gateway import EmbeddedGateway
from prover.lean.source import parse_source

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILE = """theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

theorem other (n : Nat) : n + 0 = n := by
  simp

theorem fermat (a b c n : Nat) (h : n > 2) (k : a * b * c > 0) : a ^ n + b ^ n ≠ c ^ n := by
  sorry
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Client]:
    """Of a server that may write."""
    library = tmp_path_factory.mktemp("library") / "lemmas.sqlite"
    connected: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
    end = asyncio.Event()

    async def connect() -> None:  # in a task of its own, which is to leave what it has entered
        arguments = ["-m", "prover", "mcp", "--write", "--db", str(library)]
        parameters = StdioServerParameters(command=sys.executable, args=arguments)
        async with Client(parameters) as client:
            connected.set_result(client)
            await end.wait()

    before = set(psutil.Process().children())
    task = asyncio.create_task(connect())
    client = await connected
    servers = set(psutil.Process().children()) - before
    yield client
    started = [*servers, *(lean for server in servers for lean in server.children(recursive=True))]
    end.set()
    await task
    assert len(started) > 1
    assert not [process for process in started if process.is_running()]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "Theory.lean"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


async def ask(client: Client, tool: str, **arguments: Any) -> Any:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    assert answer.structured_content is not None
    return answer.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    return str(answer.content)


async def test_files_are_checked(client: Client, file: str) -> None:
    answer = await ask(client, "check_file", file=file)
    assert not answer["ok"] and answer["errors"] == []
    assert [(hole["theorem"], hole["line"]) for hole in answer["holes"]] == [("swap", 2), ("fermat", 8)]


async def test_goals_are_shown(client: Client, file: str) -> None:
    (goal,) = (await ask(client, "goals", file=file, line=2))["goals"]
    assert goal["target"] == "q ∧ p" and goal["hypotheses"] == ["p : Prop", "q : Prop", "h : p ∧ q"]
    (goal,) = (await ask(client, "goals", file=file, line=5))["goals"]
    assert goal["target"] == "n + 0 = n"


async def test_many_tactics_are_tried_at_once(client: Client, file: str) -> None:
    tactics = ["simp_all", "constructor", "ring_nf!!", "omega", "exact sorry"]
    answer = await ask(client, "try_tactics", file=file, line=2, tactics=tactics)
    assert [each["status"] for each in answer["tried"]] == ["proves", "advances", "fails", "fails", "fails"]
    assert [goal["target"] for goal in answer["tried"][1]["goals"]] == ["q", "p"]


async def test_a_hole_is_proved_and_nothing_is_written(client: Client, file: str) -> None:
    answer = await ask(client, "prove_hole", file=file, line=2)
    assert answer["status"] == "proved" and "sorry" not in answer["proof"] and not answer["written"]
    assert answer["declaration"] == FILE.partition("\n\n")[0].replace("sorry", answer["proof"])
    assert Path(file).read_text(encoding="utf-8") == FILE


async def test_a_proof_is_written_where_that_is_allowed(
    client: Client, file: str, lean: EmbeddedGateway
) -> None:
    answer = await ask(client, "write_proof", file=file, line=2)
    assert answer["written"]
    source = parse_source(Path(file), Path(file).read_bytes())
    assert [theorem.name for theorem in source.theorems] == ["fermat"] and not lean.check(source)


async def test_what_was_proved_is_found_in_the_library(client: Client, file: str) -> None:
    await ask(client, "prove_hole", file=file, line=2)
    found = await ask(client, "search_lemmas", query="swap")
    assert [(lemma["name"], lemma["standing"]) for lemma in found["lemmas"]] == [("swap", "certified")]


async def test_statements_are_proved(client: Client) -> None:
    answer = await ask(client, "prove_statement", statement="∀ n : Nat, 0 + n = n")
    assert answer["status"] == "proved"
    preamble = "def three := 3"
    answer = await ask(
        client, "prove_statement", statement="theorem t : three + 1 = 4", preamble=preamble, seconds=20
    )
    assert (answer["theorem"], answer["status"]) == ("t", "proved")
    said = await refused(client, "prove_statement", statement="Nat.nonsense = 1")
    assert "does not understand" in said and "nonsense" in said


async def test_bad_arguments_are_told(client: Client, file: str) -> None:
    assert "no `sorry` here; the holes of the file are at 2:3, 8:3" in await refused(
        client, "prove_hole", file=file, line=4
    )
    assert "no such file" in await refused(client, "check_file", file="/nowhere/There.lean")
    assert "no .lean file" in await refused(client, "check_file", file="/etc/passwd")
    said = await refused(client, "prove_hole", file=file, line=2, seconds=-1)
    assert "`seconds` can't be -1" in said and "greater than 0" in said and "http" not in said
    assert "`line` is missing" in await refused(client, "goals", file=file)
    assert "no argument lines; it takes file, line, column" in await refused(
        client, "goals", file=file, line=2, lines=3
    )
    assert "`tactics` can't be []" in await refused(client, "try_tactics", file=file, line=2, tactics=[])
    assert "no `sorry` here" in await refused(client, "prove_hole", file=file, line=2, column=1)
    assert "Unknown tool" in await refused(client, "prove_all", file=file)


async def test_the_tools_explain_themselves(client: Client) -> None:
    for tool in (await client.list_tools()).tools:
        assert tool.description and "\n  " not in tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint == (tool.name != "write_proof")
        for name, argument in tool.input_schema["properties"].items():
            assert argument.get("description"), f"{tool.name} does not say what {name} is"


async def test_what_takes_too_long_is_ended(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "Slow.lean"
    path.write_text("example : True := trivial\n" * 5000, encoding="utf-8")  # some seconds of Lean
    said = await refused(client, "check_file", file=str(path), seconds=0.001)
    assert "not done after 0.001 s: ask with more `seconds`" in said


async def test_a_search_is_told_of_and_cancelled(client: Client, file: str) -> None:
    told = asyncio.Event()

    async def told_of(progress: float, total: float | None, message: str | None) -> None:
        told.set()

    arguments = {"file": file, "line": 8, "seconds": 600}
    running = asyncio.ensure_future(client.call_tool("prove_hole", arguments, progress_callback=told_of))
    await told.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    answer = await ask(client, "prove_statement", statement="1 + 1 = 2")  # by the same Lean
    assert answer["status"] == "proved"


async def test_no_tool_writes_unless_that_is_asked_for(client: Client) -> None:
    assert "write_proof" in [tool.name for tool in (await client.list_tools()).tools]
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "prover", "mcp", "--no-library"])
    async with Client(parameters) as other:
        names = [tool.name for tool in (await other.list_tools()).tools]
    assert "prove_hole" in names and "write_proof" not in names
