"""The prover for AI assistants: a Model Context Protocol server on standard input and output.

No tool writes a file, but `write_proof`, which is there only when the server was started for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from inspect import getdoc
from pathlib import Path
from typing import Annotated, Any, TypeAlias, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

import prover
from prover.config import Settings
from prover.editor import answers
from prover.editor.places import hole_at, target_at, view_of
from prover.editor.progress import Narrator
from prover.editor.statements import source_of
from prover.editor.tools import ToolServer
from prover.editor.views import Target
from prover.editor.workbench import Workbench
from prover.errors import ProverError
from prover.proving.writing import ProofWriter, require_writable
from prover.types import Budget, SearchResult, Status

HEARTBEATS = 5_000
"""Thousands that a tactic gets which an assistant tries: some seconds."""
LONGEST = 3600.0
MANY = 64
_EVERY = 0.5

INSTRUCTIONS = """Searches for proofs in Lean 4, and believes only Lean's kernel: what is called proved was
accepted there, without `sorry` and without foreign axioms.

`check_file` lists the errors and the holes (`sorry`) of a file. For each hole: `goals` shows what is to
prove, `prove_hole` searches by itself, `try_tactics` tells what your own tactics do, many at once. To split a
hard proof, write `have` steps with `sorry` into the file, and prove these. `prove_statement` needs no file.

Files are read as they are on disk at each call. Lines and columns count from 1, columns in characters. The
embedded Lean, used where no native one is installed, has no Mathlib and no modules of the user's package."""

T = TypeVar("T")
File: TypeAlias = Annotated[
    str, Field(description="Path of a .lean file, absolute or from the folder where the server was started.")
]
Line: TypeAlias = Annotated[int, Field(ge=1, description="A line of the file, from 1.")]
Column: TypeAlias = Annotated[
    int | None,
    Field(ge=1, description="The column where the `sorry` starts, from 1; needed where a line has several."),
]
Seconds: TypeAlias = Annotated[
    float, Field(gt=0, le=LONGEST, description="The longest it may take, in seconds.")
]
Tactics: TypeAlias = Annotated[
    list[str],
    Field(
        min_length=1,
        max_length=MANY,
        description="Tactics, each tried on the same goal by itself; one may be several, `intro h; simp`.",
    ),
]


class Assistant:
    """The tools. Each answers a value of `answers`, or raises `ToolError`, which says what was wrong."""

    def __init__(self, settings: Settings, library: Path | None) -> None:
        self._bench = Workbench(settings, library, HEARTBEATS)

    def close(self) -> None:
        self._bench.close()

    async def goals(
        self, file: File, line: Line, column: Column = None, seconds: Seconds = 60
    ) -> answers.GoalsAnswer:
        """What is to prove at a place of a file: at its `sorry`, or before the tactic that the line starts
        with. Shows the hypotheses and the target in Lean's words."""
        target = _said(lambda: target_at(file, line, column))
        goal = await _settled(self._bench.goal(target), seconds)
        return answers.GoalsAnswer(target.theorem.name, [answers.goal_answer(goal)])

    async def try_tactics(
        self,
        file: File,
        line: Line,
        tactics: Tactics,
        context: Context,
        column: Column = None,
        seconds: Annotated[
            float, Field(gt=0, le=LONGEST, description="The longest each of them may take, in seconds.")
        ] = 10,
    ) -> answers.TacticsAnswer:
        """Try many tactics at a place of a file: at its `sorry`, or before the tactic that the line starts
        with. Tells of each whether it proves the goal, which goals it leaves, or why it fails."""
        target = _said(lambda: target_at(file, line, column))
        told = list[str]()
        job = self._bench.attempt(target, tactics, seconds, told.append)
        tried = await _watched(job, told, context, len(tactics))
        return answers.TacticsAnswer(target.theorem.name, [answers.tactic_answer(each) for each in tried])

    async def prove_hole(
        self, file: File, line: Line, context: Context, column: Column = None, seconds: Seconds = 60
    ) -> answers.ProofAnswer:
        """Search for a proof of a `sorry` of a file. `proof` in the answer is the text to put in the place of
        the `sorry`; where none is found, `partial` and `open_goals` say how far it came. Writes nothing."""
        target = _said(lambda: hole_at(file, line, column))
        return answers.proof_answer(target, await self._search(target, seconds, context))

    async def prove_statement(
        self,
        statement: Annotated[
            str,
            Field(
                description="`theorem name (x : T) … : …` without a proof, or the proposition alone, best "
                "with its variables bound: `∀ n : Nat, n + 0 = n`."
            ),
        ],
        context: Context,
        preamble: Annotated[
            str, Field(description="Lean text that comes before: imports, definitions, `open`.")
        ] = "",
        seconds: Seconds = 60,
    ) -> answers.ProofAnswer:
        """Search for a proof of a statement that stands in no file. `declaration` in the answer is the whole
        theorem, as Lean accepted it. Writes nothing."""
        source = _said(lambda: source_of(statement, preamble))
        theorem = source.theorems[-1]
        complaints = await _settled(self._bench.check(source), seconds)
        if complaints:
            read = theorem.declaration.statement
            raise ToolError(
                f"Lean does not understand the statement: {complaints[0].message}\nread as: {read}"
            )
        target = Target(source, theorem, theorem.hole.span)
        return answers.proof_answer(target, await self._search(target, seconds, context))

    async def check_file(self, file: File, seconds: Seconds = 120) -> answers.CheckAnswer:
        """The errors of a file as Lean reports them, and its holes (`sorry`), each with its place and its
        theorem. `ok` where there is neither."""
        source = _said(lambda: view_of(file)).source
        complaints = await _settled(self._bench.check(source), seconds)
        return answers.check_answer(source, complaints)

    async def search_lemmas(
        self,
        query: Annotated[
            str, Field(min_length=1, description="Words of the names and statements: `append length`.")
        ],
        limit: Annotated[int, Field(ge=1, le=MANY, description="How many at most.")] = 20,
    ) -> answers.LemmasAnswer:
        """Search the library of what this prover has proved before, by the words of names and statements, the
        best match first. It does not have the lemmas of Lean's own library or of Mathlib."""
        found = _said(lambda: self._bench.library.search(query, limit))
        return answers.LemmasAnswer([answers.lemma_answer(lemma) for lemma in found])

    async def write_proof(
        self, file: File, line: Line, context: Context, column: Column = None, seconds: Seconds = 60
    ) -> answers.ProofAnswer:
        """Search for a proof of a `sorry` of a file, and write it into the file where Lean accepts it there.
        One that leans on open theorems is told, and not written."""
        target = _said(lambda: hole_at(file, line, column))
        _said(lambda: require_writable(target.source.path))
        result = await self._search(target, seconds, context)
        written = result.status is Status.PROVED and result.proof is not None
        if written:
            hole, proof = target.theorem.hole, result.proof or ""
            _said(lambda: ProofWriter(target.source).add(hole, proof))
        return answers.proof_answer(target, result, written)

    async def _search(self, target: Target, seconds: float, context: Context) -> SearchResult:
        settings, latest = self._bench.settings, list[str]()
        budget = Budget(seconds, settings.tactics, settings.expansions, settings.tokens, settings.usd)
        job = self._bench.prove(target, budget, Narrator(latest.append).see)
        return await _watched(job, latest, context)


def server(settings: Settings, library: Path | None, write: bool) -> ToolServer:
    """`library` is the lemma library's file. `write`: files may be written."""
    assistant = Assistant(settings, library)

    @asynccontextmanager
    async def lifespan(served: MCPServer[Any]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            assistant.close()

    made = ToolServer(
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
        made.add_tool(tool, description=getdoc(tool), annotations=reading)
    if write:
        writing = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)
        made.add_tool(assistant.write_proof, description=getdoc(assistant.write_proof), annotations=writing)
    return made


def _said(action: Callable[[], T]) -> T:
    try:
        return action()
    except ProverError as error:
        raise ToolError(str(error)) from error


async def _settled(job: Future[T], seconds: float) -> T:
    """What comes of a job in that time. It is cancelled after it, and when whoever waits is."""
    try:
        return await asyncio.wait_for(asyncio.wrap_future(job), seconds)
    except asyncio.TimeoutError:
        raise ToolError(f"not done after {seconds:g} s: ask with more `seconds`") from None
    except ProverError as error:
        raise ToolError(str(error)) from error


async def _watched(job: Future[T], told: Sequence[str], context: Context, total: int | None = None) -> T:
    """The same for one that has its limits itself, and puts into words how it gets on."""
    waiting, known = asyncio.wrap_future(job), 0
    try:
        while not (await asyncio.wait([waiting], timeout=_EVERY))[0]:
            if len(told) > known:
                known = len(told)
                await context.report_progress(known, total, told[-1])
        return waiting.result()
    except ProverError as error:
        raise ToolError(str(error)) from error
    finally:
        job.cancel()  # harmless to one that is done
