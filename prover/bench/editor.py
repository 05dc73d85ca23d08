"""How long an editor waits: `prover lsp` as a process, a client, and a document of 20,000 lines.

    async for seen in measure():      # `Step`s while it works, and what was found

Times are wall times as the client sees them, so other work on the machine shows in them, except where they
are called processor time.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Any

import psutil
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from prover.bench.gateway import Measured, Step

LINES = 20_000
KEYS = 200
ASKED = 10
_KEY_GOAL, _SUGGEST_GOAL = 5.0, 1.0
_SMALL = """theorem swap{n} (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

"""
_HARD = """theorem hard{n} (a b c n : Nat) (h : n > 2) (k : a * b * c > 0) : a ^ n + b ^ n ≠ c ^ n := by
  sorry

"""
_LARGE = """/-- Number {n}, and no hole. -/
theorem t{n} (a b c : Nat) (h : a = b) (k : b = c) : a = c ∧ True := by
  constructor
  · have step : a = c := by
      rw [h, k]
    exact step
  · trivial

"""


class _Editor:
    def __init__(self) -> None:
        self.client: Any = LanguageClient("bench", "1")  # its methods are not typed
        self.versions: dict[str, int] = {}

    async def start(self) -> psutil.Process:
        await self.client.start_io(sys.executable, "-m", "prover", "lsp", "--no-library")
        self.client.feature(types.WORKSPACE_APPLY_EDIT)(lambda given: types.ApplyWorkspaceEditResult(True))
        able = types.ClientCapabilities()
        options = {"picker": True}
        await self.client.initialize_async(
            types.InitializeParams(capabilities=able, initialization_options=options)
        )
        self.client.initialized(types.InitializedParams())
        return psutil.Process(self.client._server.pid)

    async def end(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    def open(self, uri: str, text: str) -> None:
        self.versions[uri] = 1
        item = types.TextDocumentItem(uri, "lean4", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, uri: str, line: int, text: str) -> None:
        """At the start of a line."""
        self.versions[uri] += 1
        at = types.Position(line, 0)
        change = types.TextDocumentContentChangePartial(types.Range(at, at), text)
        name = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(name, [change]))

    async def answered(self, uri: str) -> None:
        """Until the server has done all that it was told: a question that costs nothing."""
        only = [types.CodeActionKind.RefactorInline]
        at = types.Range(types.Position(0, 0), types.Position(0, 0))
        context = types.CodeActionContext([], only=only)
        name = types.TextDocumentIdentifier(uri)
        await self.client.text_document_code_action_async(types.CodeActionParams(name, at, context))

    async def lenses(self, uri: str) -> int:
        name = types.TextDocumentIdentifier(uri)
        return len(await self.client.text_document_code_lens_async(types.CodeLensParams(name)))

    async def run(self, command: str, uri: str, line: int) -> Any:
        given = {
            "uri": uri,
            "version": self.versions[uri],
            "position": {"line": line, "character": 2},
        }
        return await self.client.workspace_execute_command_async(types.ExecuteCommandParams(command, [given]))


async def measure() -> AsyncIterator[Step | Measured]:
    """Needs the machine for itself for half a minute. Raises what the server answers for an error."""
    editor = _Editor()
    yield Step("starting the server", 0, 1)
    begun = time.perf_counter()
    process = await editor.start()
    yield Measured("server started", time.perf_counter() - begun, "s")
    small, large = "file:///bench/Small.lean", "file:///bench/Large.lean"
    editor.open(small, "".join(_SMALL.format(n=n) for n in range(ASKED)))
    async for seen in _typing(editor, process, large):
        yield seen
    async for seen in _asking(editor, small):
        yield seen
    resident = sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
    yield Measured("memory, Leans included", resident / 1e6, "MB")
    begun = time.perf_counter()
    await editor.end()
    yield Measured("end of all processes", time.perf_counter() - begun, "s")


async def _typing(editor: _Editor, server: psutil.Process, uri: str) -> AsyncIterator[Step | Measured]:
    large = "".join(_LARGE.format(n=n) for n in range(LINES // _LARGE.count("\n")))
    editor.open(uri, f"{_SMALL.format(n=0)}{large}")
    begun = time.perf_counter()
    await editor.lenses(uri)
    yield Measured(f"{LINES:,} lines opened and read", time.perf_counter() - begun, "s")
    for what, pause in (("a keystroke in them", 0.0), ("the same, while they are read", 0.15)):
        waits, before = [], _work(server)
        for n in range(KEYS):
            if n % 20 == 0:
                yield Step(what, n, KEYS)
            if pause and n % 4 == 0:
                await asyncio.sleep(pause)
            begun = time.perf_counter()
            editor.type(uri, LINES // 2, "x" if n % 10 else "\n")
            await editor.answered(uri)
            waits.append(1000 * (time.perf_counter() - begun))
        yield Measured(what, median(waits), "ms", _KEY_GOAL)
        yield Measured("  19 of 20 take at most", sorted(waits)[-KEYS // 20], "ms")
        if not pause:
            spent = 1000 * (_work(server) - before) / KEYS
            yield Measured("  processor time of the server", spent, "ms", _KEY_GOAL)
    begun = time.perf_counter()
    await editor.lenses(uri)
    yield Measured("from the last key to lenses", time.perf_counter() - begun, "s")


def _work(process: psutil.Process) -> float:
    """Its seconds of processor time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def _asking(editor: _Editor, uri: str) -> AsyncIterator[Step | Measured]:
    yield Step("warming up", 0, 1)
    await editor.run("prover.suggest", uri, 1)
    for what, added in (("suggestions for a goal", 0), ("the same, right after an edit before it", 1)):
        waits = []
        for n in range(ASKED):
            yield Step(what, n, ASKED)
            if added:  # a line before each, so the holes move
                editor.type(uri, 4 * n, "\n")
            begun = time.perf_counter()
            answer = await editor.run("prover.suggest", uri, (3 + added) * n + 1 + added)
            waits.append(time.perf_counter() - begun)
            assert answer["suggestions"], answer
        yield Measured(what, median(waits), "s", _SUGGEST_GOAL)
        yield Measured("  the slowest of them", max(waits), "s")
    hard = "file:///bench/Hard.lean"
    editor.open(hard, "".join(_HARD.format(n=n) for n in range(ASKED)))
    waits = []
    for n in range(ASKED):
        yield Step("suggestions for a hard goal", n, ASKED)
        begun = time.perf_counter()
        await editor.run("prover.suggest", hard, 3 * n + 1)
        waits.append(time.perf_counter() - begun)
    yield Measured("suggestions for a hard goal", median(waits), "s", _SUGGEST_GOAL)
    yield Measured("  the slowest of them", max(waits), "s")
    for what in ("an easy proof, with the start of its Lean", "an easy proof"):
        begun = time.perf_counter()
        await editor.run("prover.prove", uri, 2)
        yield Measured(what, time.perf_counter() - begun, "s")
