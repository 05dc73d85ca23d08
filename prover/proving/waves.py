"""In which order one file is worked on, and what becomes of its holes. No threads, no Lean: values only.

A file's work comes in waves. The tasks of a wave are independent of each other, and a wave begins when the
one before it has ended, so what is found does not depend on how many workers there are:

1. the file is checked as it stands;
2. each hole is tried with no help from theorems of the file that have holes themselves;
3. each one that stays open is tried again with that help, where there is any; a proof that leans on nothing
   but theorems that are proved by then ends its search, certified together with the proofs of these.

After each wave of tries, the proofs that lean on open theorems are certified again, all proofs of the file
together: those whose assumptions are proved by now become proved.

At last a counterexample is looked for to each theorem that is still open. No search knows of that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from prover.config import Settings
from prover.proving.leaning import Support, supporting
from prover.proving.results import Complained, FileTrouble, Finished, HoleResult, ProvingEvent
from prover.proving.tasks import (
    Answer,
    Broken,
    Check,
    Checked,
    Job,
    Refute,
    Refuted,
    Settle,
    Settled,
    Task,
    Tried,
    Try,
)
from prover.search.recording import NOTHING, Recording
from prover.search.trace import name_of
from prover.types import (
    Budget,
    Counterexample,
    Declaration,
    Hole,
    Standing,
    Statistics,
    Status,
    Stop,
    Theorem,
    Verdict,
)

Recordings: TypeAlias = Mapping[str, deque[Recording]]
"""Of earlier searches for the same holes, by their names in a trace, in order."""

FIRST_SHARE = 1 / 4
"""The part of a hole's budget that its first try gets where there may be a second: a small one, because the
second try has all that the first had, and help."""


class FileWork:
    """The state of one file. `waiting` are the tasks to hand out, `out` counts those that are handed out."""

    def __init__(self, job: Job, settings: Settings, recordings: Recordings) -> None:
        self.source = job.source
        self.waiting: deque[Task] = deque()
        self.out = 0
        self._theorems = job.theorems
        self._settings = settings
        self._recordings = recordings
        self._results: dict[Hole, HoleResult] = {}
        self._needs: dict[Hole, tuple[str, ...]] = {}  # the theorems with holes that its proof leans on
        self._reported: set[Hole] = set()
        self._refused = False
        self._second_tries: set[Hole] | None = None  # those to come and under way, once it is known which
        self._doubtful: set[Hole] | None = None  # open ones that may be false, once it is known which
        self._waves = self._plan()

    def advance(self) -> bool:
        """Begin the next wave if this one has ended. False when there is none."""
        while not self.waiting and not self.out:
            wave = next(self._waves, None)
            if wave is None:
                return False
            self.waiting.extend(wave)
        return True

    def record(self, task: Task, answer: Answer) -> list[ProvingEvent]:
        """Take in what came of a task that was handed out, and tell what is final with it."""
        self.out -= 1
        match answer:
            case Checked(complaints):
                return [Complained(self.source.path, complaint) for complaint in complaints]
            case Settled(verdicts):
                self._settle(verdicts)
            case Broken(message, refused=True):
                return self._refuse(message)
            case Refuted(counterexample):
                assert isinstance(task, Refute)
                self._refute(task.theorem, counterexample)
            case Broken(message) if not isinstance(task, Try):
                trouble = FileTrouble(self.source.path, message, refused=False)
                if isinstance(task, Refute):
                    self._refute(task.theorem, None)
                return [trouble, *self._report(self._is_final)]
            case Tried() | Broken():
                assert isinstance(task, Try)
                self._results[task.theorem.hole] = self._result(task.theorem, answer)
                if self._second_tries is not None:
                    self._second_tries.discard(task.theorem.hole)
        return self._report(self._is_final)

    def conclude(self, interrupted: bool) -> list[ProvingEvent]:
        """Tell the rest: whatever has come of the tries that were made is final now."""
        for hole, result in self._results.items():
            if interrupted and result.status is Status.OPEN and not self._is_searched(result.theorem):
                self._results[hole] = replace(result, stop=Stop.INTERRUPTED)
        return self._report(lambda theorem: True)

    def _plan(self) -> Generator[Iterable[Task], None, None]:
        yield [Check(self.source)]
        yield [self._first_try(theorem) for theorem in self._theorems]
        yield from self._settling()
        again = [theorem for theorem in self._theorems if self._deserves_second_try(theorem)]
        self._second_tries = {theorem.hole for theorem in again}
        known = self._known()
        yield [self._second_try(theorem, known) for theorem in again]
        yield from self._settling()
        doubtful = [theorem for theorem in self._theorems if self._status(theorem) is Status.OPEN]
        self._doubtful = {theorem.hole for theorem in doubtful}
        yield [Refute(self.source, theorem) for theorem in _one_of_each_declaration(doubtful)]

    def _first_try(self, theorem: Theorem) -> Try:
        barred = frozenset(other.name for other in self.source.theorems)
        share = FIRST_SHARE if self._has_helpers(theorem) else 1.0
        return self._try(theorem, barred, share, {})

    def _second_try(self, theorem: Theorem, known: Mapping[Hole, Support]) -> Try:
        return self._try(theorem, frozenset(), 1.0, known)

    def _try(
        self, theorem: Theorem, barred: frozenset[str], share: float, known: Mapping[Hole, Support]
    ) -> Try:
        recorded = self._recordings.get(name_of(theorem))
        recording = recorded.popleft() if recorded else NOTHING
        if not _holds_with(known, theorem, recording):
            recording = NOTHING
        budget = self._budget(theorem, share)
        return Try(self.source, theorem, barred, budget, self._settings.strategy, recording, known=known)

    def _deserves_second_try(self, theorem: Theorem) -> bool:
        spent = self._budget(theorem, 1.0).is_spent
        return self._status(theorem) is Status.OPEN and self._has_helpers(theorem) and not spent

    def _has_helpers(self, theorem: Theorem) -> bool:
        """Whether a theorem that has holes comes before this one, with a name to be used by."""
        return any(
            other.declaration.span.end <= theorem.declaration.span.start
            and other.declaration.name
            and self._status(other) is not Status.INVALID
            for other in self.source.theorems
        )

    def _status(self, theorem: Theorem) -> Status:
        result = self._results.get(theorem.hole)
        return Status.OPEN if result is None else result.status

    def _budget(self, theorem: Theorem, share: float) -> Budget:
        """That part of what the tries of this hole have left to spend."""
        spent, settings = self._spent(theorem), self._settings
        limits = Budget(
            settings.seconds, settings.tactics, settings.expansions, settings.tokens, settings.usd
        )
        return limits.left(spent, share)

    def _spent(self, theorem: Theorem) -> Statistics:
        result = self._results.get(theorem.hole)
        return Statistics() if result is None else result.statistics

    def _settling(self) -> Iterator[list[Task]]:
        if any(result.status is Status.CONDITIONAL for result in self._results.values()):
            yield [Settle(self.source, self._proofs())]

    # -- what was found ----------------------------------------------------------------------------------

    def _proofs(self) -> dict[Hole, str]:
        return {hole: r.proof for hole, r in self._results.items() if r.proof is not None}

    def _known(self) -> dict[Hole, Support]:
        """The proofs of the theorems all of whose holes are proved."""
        lacking = {
            theorem.declaration
            for theorem in self.source.theorems
            if self._status(theorem) is not Status.PROVED
        }
        return {
            hole: Support(result.theorem.name, result.proof, self._needs.get(hole, ()))
            for hole, result in self._results.items()
            if result.proof is not None and result.theorem.declaration not in lacking
        }

    def _result(self, theorem: Theorem, answer: Tried | Broken) -> HoleResult:
        spent = self._spent(theorem)
        if isinstance(answer, Broken):
            return HoleResult(theorem, Status.ERROR, Stop.LEAN, message=answer.message, statistics=spent)
        found = answer.result
        self._needs[theorem.hole] = found.verdict.needs if found.verdict else ()
        return HoleResult(
            theorem,
            found.status,
            found.stop,
            proof=found.proof,
            axioms=found.verdict.axioms if found.verdict else (),
            assumes=found.verdict.assumes if found.verdict else (),
            message=found.message,
            statistics=spent + found.statistics,
            lean=answer.lean,
            policy=answer.policy,
            partial=found.partial,
        )

    def _settle(self, verdicts: Mapping[Hole, Verdict]) -> None:
        """A proof that does not stand beside the others has no verdict here, and keeps its own."""
        for hole, result in self._results.items():
            verdict = verdicts.get(hole)
            if result.status is not Status.CONDITIONAL or verdict is None:
                continue
            result = replace(result, axioms=verdict.axioms, assumes=verdict.assumes)
            if verdict.standing is Standing.CERTIFIED:
                result = replace(result, status=Status.PROVED, stop=Stop.PROVED)
            self._results[hole] = result

    def _refute(self, theorem: Theorem, counterexample: Counterexample | None) -> None:
        """Take in what was found out about the theorem that a hole, and perhaps others, are in."""
        for hole, result in self._results.items():
            if (
                self._doubtful
                and hole in self._doubtful
                and result.theorem.declaration == theorem.declaration
            ):
                self._doubtful.discard(hole)
                if counterexample is not None:
                    self._results[hole] = replace(
                        result, status=Status.FALSE, counterexample=counterexample, partial=None
                    )

    def _refuse(self, message: str) -> list[ProvingEvent]:
        """Give the file up. Workers that are still at it will say the same of it, and are not heard."""
        if self._refused:
            return []
        self._refused = True
        self.waiting.clear()
        self._waves.close()
        for theorem in self._theorems:
            blank = HoleResult(theorem, Status.ERROR, Stop.LEAN, message=message)
            self._results.setdefault(theorem.hole, blank)
        return [FileTrouble(self.source.path, message, refused=True), *self._report(self._is_final)]

    # -- what is told ------------------------------------------------------------------------------------

    def _is_final(self, theorem: Theorem) -> bool:
        status = self._status(theorem)
        if status is not Status.OPEN:
            return status is not Status.CONDITIONAL
        return self._doubtful is not None and theorem.hole not in self._doubtful

    def _is_searched(self, theorem: Theorem) -> bool:
        """Whether all tries of an open hole have ended."""
        if self._second_tries is None:
            return not self._deserves_second_try(theorem)
        return theorem.hole not in self._second_tries

    def _report(self, is_final: Callable[[Theorem], bool]) -> list[ProvingEvent]:
        told: list[ProvingEvent] = []
        for theorem in self._theorems:
            hole = theorem.hole
            if hole in self._results and hole not in self._reported and is_final(theorem):
                self._reported.add(hole)
                told.append(Finished(self._with_declaration(self._results[hole])))
        return told

    def _with_declaration(self, result: HoleResult) -> HoleResult:
        """With the text of its declaration: this proof in it, and those of its other holes that stand."""
        if result.proof is None:
            return result
        declaration = result.theorem.declaration
        proofs = {
            hole: other.proof
            for hole, other in self._results.items()
            if other.theorem.declaration == declaration and other.proof is not None
            if other.status is Status.PROVED or other is result
        }
        return replace(result, declaration=self.source.declared(declaration, proofs))


def _holds_with(known: Mapping[Hole, Support], theorem: Theorem, recording: Recording) -> bool:
    """Whether the verdicts of a search for the theorem would be the same, now that these proofs are known."""
    return all(
        supporting(known, verdict.leans) is not None
        and not supporting(known, set(verdict.assumes) - {theorem.name})
        for verdict in recording.verdicts
    )


def _one_of_each_declaration(theorems: Iterable[Theorem]) -> list[Theorem]:
    first: dict[Declaration, Theorem] = {}
    for theorem in theorems:
        first.setdefault(theorem.declaration, theorem)
    return list(first.values())
