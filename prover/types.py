"""The value types that the rooms of the project exchange. Frozen, hashable, without behaviour of weight.

Offsets are in characters of the text that Lean reads (no byte order mark, `\\r\\n` as `\\n`), half open.
Positions are what an editor shows: line and column from 1, the column in characters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Position:
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


class Place(Enum):
    """What a hole stands for: a tactic, so that tactics replace it, or a term, so that `by …` does."""

    TACTIC = "tactic"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Hole:
    """One `sorry` token of a file."""

    span: Span
    position: Position
    place: Place


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration of a file as its text shows it, before Lean has seen it.

    `kind` is its keyword (`theorem`, `lemma`, `def`, `abbrev`, `instance`, `example`, `inductive`,
    `structure`, `class`, …). `name` is the full name, with the namespaces around it, and empty where the
    text gives none (`example`, most instances). `span` covers modifiers and attributes to the end of the
    body, without trailing white space and comments; `statement` is the text from keyword to body, and
    `body` the text from there on (`:= …`, `where …`, `| … => …`), empty where there is none.
    """

    kind: str
    name: str
    span: Span
    statement: str
    body: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Theorem:
    """One hole and the declaration that it is in: one thing to prove.

    `name` is never empty: a declaration without one is called `example@LINE` or `instance@LINE`.
    `ordinal` counts the holes of the same declaration, from 0. `context` holds the declarations of the
    file that end before this one starts, in order, and `imported` those of the modules of its own package
    that the file imports; spans of these are places in other files.
    """

    name: str
    file: Path
    hole: Hole
    ordinal: int
    declaration: Declaration
    context: tuple[Declaration, ...] = field(repr=False, compare=False)
    imported: tuple[Declaration, ...] = field(default=(), repr=False, compare=False)

    @property
    def known(self) -> tuple[Declaration, ...]:
        """All that it may speak of, what is imported first."""
        return (*self.imported, *self.context)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """`value` is the body of a `let` variable (`x : Nat := 2`), else None."""

    name: str
    type: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal in Lean's words. `case` is its tag, empty where it has none; `text` is all of it."""

    hypotheses: tuple[Hypothesis, ...]
    target: str
    case: str
    text: str


@dataclass(frozen=True, slots=True)
class TacticState:
    """What is left to prove. `id` is valid in the session that gave it, and in no other.

    `groups` puts the numbers of goals together that share metavariables: what a tactic does to one of them it
    may do to all. Each goal is in one group; groups and their members are in order.
    """

    id: int
    goals: tuple[Goal, ...]
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposed tactic. `logprob` is the proposer's (natural) log-probability; 0 where it has none."""

    tactic: str
    logprob: float = 0.0
    source: str = "fixed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A tactic that was tried on a goal, and what came of it, in Lean's words where they are there."""

    tactic: str
    said: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Consultation:
    """How a language model was asked, and what came of it besides candidates.

    `prompt` is the name and version of the file that it was asked by. `left_out` says what the model's
    context had no room for. `reasoning` is what it let see of its thinking. `trouble` is what went wrong,
    so that no candidate came of it as a rule, and is empty otherwise.
    """

    model: str
    prompt: str
    left_out: tuple[str, ...] = ()
    reasoning: str = ""
    trouble: str = ""


class FailureReason(Enum):
    PARSE = "parse"  # the tactic's text is not Lean
    TACTIC = "tactic"  # Lean ran it, and it failed
    SORRY = "sorry"  # it closed the goal with a `sorry`, said or unsaid
    TIMEOUT = "timeout"  # past the heartbeat limit or the wall guard
    CRASH = "crash"  # Lean died of it
    FORBIDDEN = "forbidden"  # refused before Lean saw it


@dataclass(frozen=True, slots=True)
class Advanced:
    """`message` is what the tactic said (`Try this: …`). `effect` is a tactic that does the same without what
    did nothing, where the one that was run tries several things in turn; empty otherwise."""

    state: TacticState
    lean_seconds: float
    message: str = ""
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Proved:
    """`message` and `effect` as for `Advanced`."""

    lean_seconds: float
    message: str = ""
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    reason: FailureReason
    message: str
    lean_seconds: float = 0.0


Outcome = Advanced | Proved | Failed


def effect_of(tactic: str, outcome: Outcome) -> str:
    """What of a tactic belongs into a proof."""
    return tactic if isinstance(outcome, Failed) else outcome.effect or tactic


class Status(Enum):
    """How a hole stands at the end.

    CONDITIONAL: proved from other theorems that are open themselves. FALSE: its theorem's statement has a
    counterexample, so nothing proves it. INVALID: not a thing to prove. ERROR: the tools failed, which says
    nothing of the hole.
    """

    PROVED = "proved"
    CONDITIONAL = "conditional"
    OPEN = "open"
    FALSE = "false"
    INVALID = "invalid"
    ERROR = "error"


class Standing(Enum):
    CERTIFIED = "certified"
    CONDITIONAL = "conditional"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a fresh elaboration of the real file, with the hole replaced, says of a proof.

    `axioms` are the axioms that the declaration rests on, sorted. `assumes` names the open theorems that it
    leans on, and is empty unless conditional; `within`: all of them are declared together with it, so what is
    missing is other holes there. `leans` names theorems whose proofs had to be put in with it. `reason` says
    why it was rejected, and is empty otherwise.
    """

    standing: Standing
    axioms: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    within: bool = False
    reason: str = ""
    leans: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """All theorems with holes that the proof leans on, proved or not."""
        return tuple(dict.fromkeys((*self.leans, *self.assumes)))


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Why a statement is false: Lean has certified a proof of its negation, from `values` of its variables.

    Each value is a Lean term, for the name of a variable; there are none where none had to be chosen. `proof`
    is the block of tactics that proves `¬ (statement)`, and `axioms` what that rests on.
    """

    values: tuple[tuple[str, str], ...]
    proof: str
    axioms: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.values)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was spent. `seconds` is wall time; of these `lean_seconds` were tactics in Lean, and for
    `policy_seconds` the search waited for proposals. The rest is certifying, editing, and search itself."""

    tactics: int = 0
    expansions: int = 0
    seconds: float = 0.0
    lean_seconds: float = 0.0
    policy_seconds: float = 0.0
    tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: Statistics) -> Statistics:
        return Statistics(
            tactics=self.tactics + other.tactics,
            expansions=self.expansions + other.expansions,
            seconds=self.seconds + other.seconds,
            lean_seconds=self.lean_seconds + other.lean_seconds,
            policy_seconds=self.policy_seconds + other.policy_seconds,
            tokens=self.tokens + other.tokens,
            usd=self.usd + other.usd,
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one search; None is no limit. Reaching any of them stops it.

    What a proposal costs in `tokens` and `usd` is known after it was made, so the last one may go past them.
    """

    seconds: float | None = None
    tactics: int | None = None
    expansions: int | None = None
    tokens: int | None = None
    usd: float | None = None

    @property
    def is_spent(self) -> bool:
        return 0 in (self.seconds, self.tactics, self.expansions, self.tokens, self.usd)

    def left(self, spent: Statistics, share: float = 1.0) -> Budget:
        """That part of what is left of it."""
        return Budget(
            seconds=None if self.seconds is None else max(0.0, self.seconds - spent.seconds) * share,
            tactics=_left(self.tactics, spent.tactics, share),
            expansions=_left(self.expansions, spent.expansions, share),
            tokens=_left(self.tokens, spent.tokens, share),
            usd=None if self.usd is None else max(0.0, self.usd - spent.usd) * share,
        )


def _left(limit: int | None, spent: int, share: float) -> int | None:
    return None if limit is None else math.ceil(max(0, limit - spent) * share)


class Stop(Enum):
    """Why a search stopped."""

    PROVED = "proved"
    TACTICS = "tactics budget"
    EXPANSIONS = "expansions budget"
    SECONDS = "time budget"
    TOKENS = "token budget"
    USD = "money budget"
    EXHAUSTED = "nothing left to try"
    MODEL = "no model to ask"
    INVALID = "not a proposition"
    UNREACHABLE = "Lean does not reach the hole"
    LEAN = "Lean failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """How a search ended.

    `proof` is the text that replaces the `sorry`, and `verdict` what its certification said; both are None
    unless the status is proved or conditional. Where it stays open, `partial` is the text that goes furthest,
    with a `sorry` for each of `open_goals`; None where no tactic is any progress. `message` says more of an
    invalid hole, an error, or a model that failed, for the user, and is empty otherwise.
    """

    status: Status
    stop: Stop
    proof: str | None = None
    verdict: Verdict | None = None
    statistics: Statistics = Statistics()
    message: str = ""
    partial: str | None = None
    open_goals: tuple[Goal, ...] = ()
