"""A search that was stopped, and how another one goes on where it was.

What the first one asked of Lean and of the policy, and what they answered, is in the events that it told.
The other one asks the same, in the same order, and gets these answers; what goes beyond them is asked anew.
Lean is started when that is, and brought to where it is needed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from prover.errors import InputError
from prover.lean.forwarding import ForwardingGateway
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source
from prover.policy.protocols import RevisingGenerator, TacticGenerator
from prover.search.ways import START, Astray, Request, Walker
from prover.types import (
    Advanced,
    Attempt,
    Candidate,
    Goal,
    Hole,
    Outcome,
    TacticState,
    Theorem,
    Verdict,
)


@dataclass
class Recording:
    """The answers of a search, each kind in order, taken out as they are used. `seconds` it lasted."""

    opened: deque[TacticState] = field(default_factory=deque)
    proposed: deque[Sequence[Candidate]] = field(default_factory=deque)
    tried: deque[tuple[str, float, Outcome]] = field(default_factory=deque)
    verdicts: deque[Verdict] = field(default_factory=deque)
    seconds: float = 0.0


NOTHING = Recording()


class RecordedPolicy:
    def __init__(self, policy: TacticGenerator, recording: Recording) -> None:
        self._policy = policy
        self._recording = recording

    @property
    def name(self) -> str:
        return self._policy.name

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> Sequence[Sequence[Candidate]]:
        """While there are recorded answers, one goal is asked about at a time."""
        if self._recording.proposed:
            return [self._recording.proposed.popleft()]
        return self._policy.propose(theorem, goals, n)


class _RecordedRevisingPolicy(RecordedPolicy):
    def __init__(self, policy: RevisingGenerator, recording: Recording) -> None:
        super().__init__(policy, recording)
        self._reviser = policy
        self.batch = policy.batch

    def propose_again(
        self, theorem: Theorem, goal: Goal, n: int, tried: Sequence[Attempt], asked: int
    ) -> Sequence[Candidate]:
        if self._recording.proposed:
            return self._recording.proposed.popleft()
        return self._reviser.propose_again(theorem, goal, n, tried, asked)


def recorded_policy(policy: TacticGenerator, recording: Recording) -> RecordedPolicy:
    if isinstance(policy, RevisingGenerator):
        return _RecordedRevisingPolicy(policy, recording)
    return RecordedPolicy(policy, recording)


class RecordedGateway(ForwardingGateway):
    def __init__(self, gateway: LeanGateway, recording: Recording) -> None:
        super().__init__(gateway)
        self._recording = recording

    @contextmanager
    def open(self, source: Source, theorem: Theorem, solved: Sequence[str] = ()) -> Iterator[LeanSession]:
        with ExitStack() as stack:

            def start() -> LeanSession:
                return stack.enter_context(self._gateway.open(source, theorem, solved))

            if not self._recording.opened:
                yield start()
            else:
                root = self._recording.opened.popleft()
                yield _RecordedSession(start, root, self._recording)

    def certify(self, source: Source, proofs: Mapping[Hole, str]) -> Mapping[Hole, Verdict]:
        if self._recording.verdicts:
            (hole,) = proofs
            return {hole: self._recording.verdicts.popleft()}
        return super().certify(source, proofs)


class _RecordedSession:
    """A `LeanSession` that knows a beginning by heart."""

    def __init__(self, start: Callable[[], LeanSession], root: TacticState, recording: Recording) -> None:
        self._recording = recording
        self._ways = [START]
        self._walker = Walker(start, self._ways)
        self.root = root

    def run(
        self,
        state: TacticState,
        tactic: str,
        goal: int = 0,
        seconds: float | None = None,
        share: float = 1.0,
    ) -> Outcome:
        request = Request(state.id, tactic, goal, share)
        remembered = bool(self._recording.tried)
        outcome = self._remembered(request) if remembered else self._asked(request, seconds)
        if not isinstance(outcome, Advanced):
            return outcome
        self._ways.append(request)
        number = len(self._ways) - 1
        if not remembered:
            self._walker.know(number, outcome.state)
        return replace(outcome, state=replace(outcome.state, id=number))

    def _remembered(self, request: Request) -> Outcome:
        expected, share, outcome = self._recording.tried.popleft()
        if expected != request.tactic:
            raise InputError(
                f"the trace is of another search: it tried `{expected}` where `{request.tactic}` would be;"
                " start without --resume"
            )
        if share != request.share:
            raise InputError(
                f"the trace was made by another version of the prover, which gave `{expected}` {share:.0%} of"
                f" the heartbeats of a tactic and not {request.share:.0%}; start without --resume"
            )
        return outcome

    def _asked(self, request: Request, seconds: float | None) -> Outcome:
        try:
            return self._walker.run(request, seconds)
        except Astray as error:
            raise InputError(
                f"Lean refuses `{error.tactic}`, which it took when the trace was made; start without"
                " --resume"
            ) from None
