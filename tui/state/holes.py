"""What is known of one hole: how its searches stand, what they found, what was tried by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from prover.events import Certified, Consulted, Event, Finished, ProofFound, Proposed, Rejected, Tried
from prover.lean.source import Source
from prover.types import SearchResult, Standing, Status, Theorem, Verdict
from tui.state.forest import Forest, Scope
from tui.state.thought import Thoughts

_REASONING = 50_000  # characters of a model's reasoning that are kept, the newest


class Phase(Enum):
    """How the search for a hole stands. QUEUED: it waits for a Lean."""

    IDLE = "idle"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Found:
    """A certified proof: the text in the place of the `sorry`. `tactics` counts those tried before it."""

    text: str
    verdict: Verdict
    tactics: int
    seconds: float = 0.0


@dataclass(eq=False)
class HoleState:
    """One hole of a file. `found` has its proofs, the newest last; `written` is the one in the file. `stale`:
    the file may have changed since they were certified.
    """

    source: Source
    theorem: Theorem
    forest: Forest = field(default_factory=Forest)
    thoughts: Thoughts = field(default_factory=Thoughts)
    phase: Phase = Phase.IDLE
    result: SearchResult | None = None
    found: list[Found] = field(default_factory=list)
    written: Found | None = None
    trouble: str = ""
    trying: str = ""
    reasoning: str = ""
    marked: bool = False
    candidate: str = ""
    scopes: dict[int, Scope] = field(default_factory=dict)
    restoring: bool = False
    judging: bool = False
    stale: bool = False

    @property
    def key(self) -> str:
        return key_of(self.theorem)

    @property
    def seconds(self) -> float:
        """What its searches lasted."""
        return sum(scope.seconds for scope in self.scopes.values())

    @property
    def tokens(self) -> int:
        return sum(scope.tokens for scope in self.scopes.values())

    @property
    def usd(self) -> float:
        return sum(scope.usd for scope in self.scopes.values())

    @property
    def proof(self) -> Found | None:
        """The newest proof; a conditional one only where there is no other."""
        certified = [each for each in self.found if each.verdict.standing is Standing.CERTIFIED]
        proofs = certified or self.found
        return proofs[-1] if proofs else None

    @property
    def solved(self) -> bool:
        return any(each.verdict.standing is Standing.CERTIFIED for each in self.found)

    @property
    def word(self) -> str:
        """How it stands, in one word."""
        if self.written is not None:
            return "written"
        if self.phase is not Phase.IDLE:
            return str(self.phase.value)
        if self.solved:
            return "proved"
        if self.found:
            return "conditional"
        if self.trouble or (self.result is not None and self.result.status in (Status.ERROR, Status.INVALID)):
            return "error"
        return "open" if self.result is None else "unsolved"

    def apply(self, scope: Scope, event: Event) -> None:
        self.forest.apply(scope, event)
        self.thoughts.follow(scope, event)
        match event:
            case Consulted(consultation=consultation) if consultation.reasoning:
                said = f"{consultation.model} ({consultation.prompt})\n\n{consultation.reasoning}"
                self.reasoning = f"{self.reasoning}\n\n{said}".strip()[-_REASONING:]
            case Proposed(tokens=tokens, usd=usd):
                scope.expansions += 1
                scope.tokens += tokens
                scope.usd += usd
            case Tried():
                self.trying = ""
                scope.tactics += 1
            case ProofFound(text):
                self.candidate = text
            case Certified(verdict) if scope.base is None:
                if scope.first is None and verdict.standing is Standing.CERTIFIED:
                    scope.first = verdict
                self.keep(self.candidate, verdict)
            case Rejected():
                self.candidate = ""
            case Finished(result):
                self.trying = ""
                scope.seconds = result.statistics.seconds
                if scope.base is None:
                    self.result = result
            case _:
                pass

    def keep(self, text: str, verdict: Verdict) -> None:
        """One more proof."""
        if all(each.text != text for each in self.found):
            self.found.append(Found(text, verdict, self.forest.tactics))


def key_of(theorem: Theorem) -> str:
    """Names a hole from one start of the prover to the next, as long as its declaration stays as it is."""
    parts = (
        str(theorem.file.resolve()),
        theorem.name,
        str(theorem.ordinal),
        theorem.declaration.statement,
        theorem.declaration.body,
    )
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def holes_of(source: Source, known: Iterable[HoleState] = ()) -> list[HoleState]:
    """The holes of a file. Those `known` from before, whose declarations are as they were, stay."""
    before = {hole.key: hole for hole in known if hole.written is None}
    holes: list[HoleState] = []
    for theorem in source.theorems:
        hole = before.get(key_of(theorem)) or HoleState(source, theorem)
        hole.stale = hole.stale or (bool(hole.found) and hole.source.text != source.text)
        hole.source, hole.theorem = source, theorem
        holes.append(hole)
    return holes
