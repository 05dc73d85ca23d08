"""Searching for the proofs of a training folder's problems, and keeping what was tried.

    collecting = Collecting(folder, plan, pools)
    for search in collecting.searches(jobs=1):
        ...                          # and `collecting.stop()`, from a signal handler perhaps, ends it early

The unit of work are some problems of a file: their searches are written down when all their proofs have
been certified together.
"""

from __future__ import annotations

import json
import os
import queue
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path

from filelock import FileLock, Timeout

from prover.errors import InputError
from prover.lean.source import Source
from prover.lean.splice import fit
from prover.policy.specs import policy_factory
from prover.proving.tasks import Answer, Settle, Settled, Tried, Try
from prover.proving.workers import PATIENCE, Done, Fatal, GatewayFactory, Message, Progress, Stopped, Worker
from prover.search.recording import NOTHING
from prover.search.script import flat, structured, wrapped
from prover.train.data import EXAMPLES, SEARCHES, Problem, Search, as_line, read_file, read_problems
from prover.train.leaks import forbidden_keys, key_of
from prover.train.lines import append, whole_lines
from prover.train.watching import Runs, Watch, WatchedCrew, WatchedPool
from prover.types import Budget, Hole, Standing, Status, Theorem

PLAN = "collect.json"
_LOCK = ".lock"
_WIDTH = 90
_AT_A_TIME = 6  # problems of a file, which Lean reads again for the next ones


@dataclass(frozen=True, slots=True)
class Plan:
    """What one round of a folder is. `forbidden`: Lean files whose theorems are not searched for, should any
    be among the problems."""

    round: int
    policy: str
    seed: int
    budget: Budget
    strategy: str
    heartbeats: int
    forbidden: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """One search, and what Lean was asked in it."""

    problem: Problem
    theorem: Theorem
    watch: Watch
    answer: Answer
    runs: Runs

    @property
    def solved(self) -> bool:
        return isinstance(self.answer, Tried) and self.answer.result.status is Status.PROVED

    def text(self, source: Source, plain: bool) -> str:
        step = self.runs.script(self.watch.root)
        return fit(source, self.theorem.hole, wrapped((flat if plain else structured)(step), _WIDTH))


@dataclass(slots=True)
class _Bench:
    """A worker, the file that it is at, and what came of that so far. `proofs` are being certified."""

    worker: Worker
    pool: WatchedPool
    source: Source
    waiting: deque[tuple[Problem, Theorem]]
    watch: Watch | None = None
    found: list[_Found] = field(default_factory=list)
    proofs: dict[Hole, str] = field(default_factory=dict)
    standing: dict[Hole, str] = field(default_factory=dict)
    plain: bool = False


def _in_turns(problems: Iterable[Problem]) -> Iterator[list[Problem]]:
    """Some of each file after the other, then some more: who stops early has seen all families."""
    files = [list(each) for _, each in groupby(problems, lambda problem: problem.file)]
    for start in range(0, max(map(len, files), default=0), _AT_A_TIME):
        parts = [file[start : start + _AT_A_TIME] for file in files]
        yield from (part for part in parts if part)


class Collecting:
    """One round. What one search finds does not depend on the others. Raises `InputError` for a policy that
    is none."""

    def __init__(self, folder: Path, plan: Plan, pools: GatewayFactory, limit: int | None = None) -> None:
        self._folder = folder
        self._plan = plan
        self._pools = pools
        self._policies = policy_factory(plan.policy, plan.seed)
        self._into = folder / f"round-{plan.round}"
        self._outbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._stopping = False
        self.problems = read_problems(folder)[:limit]
        self.done: list[Search] = []
        self.leaked = 0

    def stop(self) -> None:
        """End soon: files under way are left for the next time."""
        self._stopping = True
        self._outbox.put(Stopped())

    def searches(self, jobs: int) -> Generator[Search, None, None]:
        """Work, once; each search after it has been written down. Closing this stops it.

        Raises `LeanUnavailable`, and `InputError` where the folder has another round of that number, or
        somebody else is at work there.
        """
        with self._opened():
            done = {(search.file, search.problem) for search in self.done}
            left = [problem for problem in self.problems if (problem.file, problem.name) not in done]
            parts = deque(_in_turns(left))
            forbidden = forbidden_keys(map(Path, self._plan.forbidden))
            yield from self._together(parts, forbidden, min(jobs, len(parts)))

    def _together(
        self, parts: deque[list[Problem]], forbidden: frozenset[str], jobs: int
    ) -> Iterator[Search]:
        benches: dict[Worker, _Bench] = {}
        workers: list[Worker] = []
        try:
            for _ in range(jobs):
                pool = WatchedPool(self._pools())
                worker = Worker(pool, self._policies, self._outbox, lambda: self._stopping)
                workers.append(worker)
                worker.start()
                self._next_part(worker, pool, parts, forbidden, benches)
            while benches and not self._stopping:
                match self._outbox.get():
                    case Progress(worker, _, event):
                        watch = benches[worker].watch
                        assert watch is not None
                        watch.see(event)
                    case Done(worker, _, answer):
                        bench = benches[worker]
                        if self._take(bench, answer):
                            yield from self._write(bench)
                            self._next_part(worker, bench.pool, parts, forbidden, benches)
                    case Fatal(error):
                        raise error
                    case Stopped():
                        pass
        finally:
            self._stopping = self._stopping or bool(benches)
            for worker in workers:
                worker.dismiss()
            for worker in workers:
                worker.end(PATIENCE)

    # -- one file ----------------------------------------------------------------------------------------

    def _next_part(
        self,
        worker: Worker,
        pool: WatchedPool,
        parts: deque[list[Problem]],
        forbidden: frozenset[str],
        benches: dict[Worker, _Bench],
    ) -> None:
        benches.pop(worker, None)
        while parts:
            problems = parts.popleft()
            source = read_file(self._folder / problems[0].file)
            theorems = {theorem.name: theorem for theorem in source.theorems}
            missing = [problem for problem in problems if problem.name not in theorems]
            if missing:
                raise InputError(f"{source.path}: no hole is in a theorem `{missing[0].name}`")
            pairs = [(problem, theorems[problem.name]) for problem in problems]
            allowed = [pair for pair in pairs if not forbidden or key_of(pair[1]) not in forbidden]
            self.leaked += len(pairs) - len(allowed)
            if allowed:
                bench = benches[worker] = _Bench(worker, pool, source, deque(allowed))
                self._assign(bench)
                return

    def _assign(self, bench: _Bench) -> None:
        problem, theorem = bench.waiting[0]
        plan = self._plan
        bench.watch = Watch(problem.name, problem.file, plan.round)
        barred = frozenset(other.name for other in bench.source.theorems)
        crew = WatchedCrew(bench.pool, bench.source)
        bench.worker.assign(Try(bench.source, theorem, barred, plan.budget, plan.strategy, NOTHING, crew))

    def _take(self, bench: _Bench, answer: Answer) -> bool:
        """Go on with a file, after what was asked last. True when there is nothing left to ask."""
        if bench.waiting:
            problem, theorem = bench.waiting.popleft()
            assert bench.watch is not None
            runs = bench.pool.for_source(bench.source).runs
            bench.found.append(_Found(problem, theorem, bench.watch, answer, runs))
            if bench.waiting:
                self._assign(bench)
                return False
        else:
            verdicts = answer.verdicts if isinstance(answer, Settled) else {}
            for hole, verdict in verdicts.items():
                if verdict.standing is Standing.CERTIFIED:
                    bench.standing[hole] = bench.proofs[hole]
            if bench.plain:
                return True
            bench.plain = True
        bench.proofs = {
            found.theorem.hole: found.text(bench.source, bench.plain)
            for found in bench.found
            if found.solved and found.theorem.hole not in bench.standing
        }
        if not bench.proofs:
            return True
        bench.worker.assign(Settle(bench.source, bench.proofs))
        return False

    def _write(self, bench: _Bench) -> Iterator[Search]:
        path = self._into / EXAMPLES
        end = path.stat().st_size if path.exists() else 0
        lines, searches = [], []
        for found in bench.found:
            script = bench.standing.get(found.theorem.hole)
            for example in found.watch.examples(found.runs, script is not None):
                line = as_line(example)
                lines.append(line)
                end += len(line.encode("utf-8", "backslashreplace"))
            searches.append(self._search(found, script, end))
        append(path, lines)
        append(self._into / SEARCHES, map(as_line, searches))
        self.done += searches
        yield from searches

    def _search(self, found: _Found, script: str | None, end: int) -> Search:
        result = found.answer.result if isinstance(found.answer, Tried) else None
        spent = result.statistics if result else None
        return Search(
            problem=found.problem.name,
            file=found.problem.file,
            round=self._plan.round,
            policy=self._plan.policy,
            solved=script is not None,
            stop=result.stop.value if result else "Lean failed",
            tactics=found.watch.tactics,
            proved_at=found.watch.tactics if script is not None else None,
            seconds=round(spent.seconds, 3) if spent else 0.0,
            lean_seconds=round(spent.lean_seconds, 3) if spent else 0.0,
            script=script,
            examples_end=end,
        )

    # -- the folder --------------------------------------------------------------------------------------

    @contextmanager
    def _opened(self) -> Iterator[None]:
        self._into.mkdir(exist_ok=True)
        lock = FileLock(self._into / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise InputError(f"{self._into}: another `prover train collect` is at work here") from None
        try:
            self._take_up()
            yield
        finally:
            lock.release()

    def _take_up(self) -> None:
        plan = json.dumps(asdict(self._plan))
        path = self._into / PLAN
        if not path.exists():
            append(path, [plan + "\n"])
        elif whole_lines(path) != [json.loads(plan)]:
            raise InputError(f"{self._into}: holds a round made with other arguments; give another --round")
        self.done = [Search(**line) for line in whole_lines(self._into / SEARCHES)]
        examples = self._into / EXAMPLES
        if examples.exists():
            os.truncate(examples, self.done[-1].examples_end if self.done else 0)
