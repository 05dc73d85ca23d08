"""The prover for AI assistants: a Model Context Protocol server on standard input and output.

No tool writes a file, but `write_proof`, which is there only when the server was started for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

import prover
from prover.config import Settings
from prover.editor import answers
from prover.editor.documents import Place, split_lines
from prover.editor.progress import Narrator
from prover.editor.statements import source_of
from prover.editor.views import Target, View
from prover.editor.workbench import Workbench
from prover.errors import ProverError
from prover.lean.source import read_source
from prover.proving.writing import ProofWriter, require_writable
from prover.types import Budget, SearchResult, Status

HEARTBEATS = 5_000
"""Thousands that a tactic gets which an assistant tries: some seconds."""
LONGEST = 3600.0
MANY = 64
_EVERY = 0.5

INSTRUCTIONS = """Searches for proofs in Lean 4, and believes only Lean's kernel. `check_file` lists
the errors and the holes (`sorry`) of a file, `goals` shows what is to prove, `try_tactics` tries many tactics
at once, `prove_hole` and `prove_statement` search. Lines and columns count from 1, columns in characters."""

T = TypeVar("T")
File: TypeAlias = Annotated[str, Field(description="Path of a .lean file.")]
Line: TypeAlias = Annotated[int, Field(ge=1, description="A line of the file, from 1.")]
Column: TypeAlias = Annotated[
    int | None, Field(ge=1, description="A column, from 1, where a line has several holes.")
]
Seconds: TypeAlias = Annotated[float, Field(gt=0, le=LONGEST, description="The longest it may take.")]
Tactics: TypeAlias = Annotated[
    list[str], Field(min_length=1, max_length=MANY, description="Tactics, each tried on the same goal.")
]


class Assistant:
    """The tools. Each answers a value of `answers`, or raises `ToolError`, which says what was wrong."""

    def __init__(self, settings: Settings, library: Path | None) -> None:
        self._bench = Workbench(settings, library, HEARTBEATS)

    def close(self) -> None:
        self._bench.close()

    async def goals(self, file: File, line: Line, column: Column = None) -> answers.GoalsAnswer:
        """What is to prove at a place of a file: at its `sorry`, or before the tactic that the line starts
        with."""
        target = _target(file, line, column)
        goal = await _settled(self._bench.goal(target))
        return answers.GoalsAnswer(target.theorem.name, [answers.goal_answer(goal)])

    async def try_tactics(
        self, file: File, line: Line, tactics: Tactics, column: Column = None, seconds: Seconds = 10
    ) -> answers.TacticsAnswer:
        """Try tactics at a place of a file, each by itself; `seconds` is for each. Nothing is written."""
        target = _target(file, line, column)
        tried = await _settled(self._bench.attempt(target, tactics, seconds))
        return answers.TacticsAnswer(target.theorem.name, [answers.tactic_answer(each) for each in tried])

    async def prove_hole(
        self, file: File, line: Line, context: Context, column: Column = None, seconds: Seconds = 60
    ) -> answers.ProofAnswer:
        """Search for a proof of a `sorry` of a file. Nothing is written."""
        target = _hole(file, line, column)
        return answers.proof_answer(target.theorem, await self._search(target, seconds, context))

    async def prove_statement(
        self,
        statement: Annotated[str, Field(description="`theorem name … : …`, or the proposition alone.")],
        context: Context,
        preamble: Annotated[
            str, Field(description="Lean text that comes before: imports, definitions.")
        ] = "",
        seconds: Seconds = 60,
    ) -> answers.ProofAnswer:
        """Search for a proof of a statement."""
        source = _said(lambda: source_of(statement, preamble))
        theorem = source.theorems[-1]
        complaints = await _settled(self._bench.check(source))
        if complaints:
            raise ToolError(f"Lean does not understand the statement: {complaints[0].message}")
        target = Target(source, theorem, theorem.hole.span)
        return answers.proof_answer(theorem, await self._search(target, seconds, context))

    async def check_file(self, file: File) -> answers.CheckAnswer:
        """The errors and the holes of a file."""
        source = _view(file).source
        complaints = await _settled(self._bench.check(source))
        return answers.check_answer(source, complaints)

    async def search_lemmas(
        self,
        query: Annotated[str, Field(min_length=1, description="Words of the names and statements.")],
        limit: Annotated[int, Field(ge=1, le=MANY)] = 20,
    ) -> answers.LemmasAnswer:
        """Certified proofs of the lemma library whose names or statements have these words, the best match
        first."""
        found = _said(lambda: self._bench.library.search(query, limit))
        return answers.LemmasAnswer([answers.lemma_answer(lemma) for lemma in found])

    async def write_proof(
        self, file: File, line: Line, context: Context, column: Column = None, seconds: Seconds = 60
    ) -> answers.ProofAnswer:
        """Search for a proof of a `sorry` of a file, and put it into the file when Lean accepts it there."""
        target = _hole(file, line, column)
        _said(lambda: require_writable(target.source.path))
        result = await self._search(target, seconds, context)
        written = result.status is Status.PROVED and result.proof is not None
        if written:
            hole, proof = target.theorem.hole, result.proof or ""
            _said(lambda: ProofWriter(target.source).add(hole, proof))
        return answers.proof_answer(target.theorem, result, written)

    async def _search(self, target: Target, seconds: float, context: Context) -> SearchResult:
        settings, latest = self._bench.settings, list[str]()
        budget = Budget(seconds, settings.tactics, settings.expansions, settings.tokens, settings.usd)
        job = self._bench.prove(target, budget, Narrator(latest.append).see)
        waiting, told = asyncio.wrap_future(job), 0
        try:
            while not (await asyncio.wait([waiting], timeout=_EVERY))[0]:
                if len(latest) > told:
                    told = len(latest)
                    await context.report_progress(told, None, latest[-1])
        finally:
            job.cancel()  # harmless to one that is done
        return await _settled(job)


def server(settings: Settings, library: Path | None, write: bool) -> MCPServer[Any]:
    """`library` is the lemma library's file. `write`: files may be written."""
    assistant = Assistant(settings, library)

    @asynccontextmanager
    async def lifespan(served: MCPServer[Any]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            assistant.close()

    made: MCPServer[Any] = MCPServer(
        "prover",
        instructions=INSTRUCTIONS,
        version=prover.__version__,
        log_level="WARNING",
        lifespan=lifespan,
    )
    reading = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for tool in (
        assistant.goals,
        assistant.try_tactics,
        assistant.prove_hole,
        assistant.prove_statement,
        assistant.check_file,
        assistant.search_lemmas,
    ):
        made.add_tool(tool, annotations=reading)
    if write:
        writing = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)
        made.add_tool(assistant.write_proof, annotations=writing)
    return made


def _view(file: str) -> View:
    path = Path(file)
    if path.suffix != ".lean":
        raise ToolError(f"{file} is no .lean file")
    source = _said(lambda: read_source(path))
    return View(path, split_lines(source.raw.decode("utf-8")), 0)


def _hole(file: str, line: int, column: int | None) -> Target:
    view = _view(file)
    target = _sorry(view, line, column)
    if target is None:
        raise ToolError(f"{file}:{line}: no `sorry` here; {_holes(view)}")
    return target


def _target(file: str, line: int, column: int | None) -> Target:
    view = _view(file)
    target = _sorry(view, line, column)
    if target is None and line <= len(view.lines):
        target = view.before_tactic(Place(line - 1, 0))
    if target is None:
        raise ToolError(f"{file}:{line}: no `sorry` and no tactic starts here; {_holes(view)}")
    return target


def _sorry(view: View, line: int, column: int | None) -> Target | None:
    if line > len(view.lines):
        return None
    target = view.hole_at(Place(line - 1, 0 if column is None else column - 1))
    if column is None or target is None:
        return target
    start = target.theorem.hole.position
    inside = start.line == line and start.column <= column <= start.column + len("sorry")
    return target if inside else None


def _holes(view: View) -> str:
    places = [str(hole.theorem.hole.position) for hole in view.holes]
    return f"the holes of the file are at {', '.join(places)}" if places else "the file has no hole"


def _said(action: Callable[[], T]) -> T:
    try:
        return action()
    except ProverError as error:
        raise ToolError(str(error)) from error


async def _settled(job: Future[T]) -> T:
    """What comes of a job, which is cancelled when whoever waits is."""
    try:
        return await asyncio.wrap_future(job)
    except ProverError as error:
        raise ToolError(str(error)) from error
