"""Tactics that were tried on one goal: what they leave to prove, and whether they stand in the file."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace

from prover.editor.views import Target
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.rows import attempts_of
from prover.lean.splice import fit
from prover.policy.protocols import TacticGenerator
from prover.search.script import Step, structured
from prover.search.tree import ROW_SHARES
from prover.types import Advanced, Candidate, Goal, Outcome, Proved, Standing, TacticState, Verdict, effect_of

SUGGESTIONS = 8
_WIDTH = 32
_SAID = 80


@dataclass(frozen=True, slots=True)
class Attempt:
    """A tactic that was tried on `goal`. `text` replaces the `sorry`: the tactic, and a `sorry` for each goal
    that it leaves; None where it failed. `verdict` is that on the text, where it leaves none."""

    goal: Goal
    candidate: Candidate
    outcome: Outcome
    text: str | None = None
    verdict: Verdict | None = None

    @property
    def tactic(self) -> str:
        """What of the candidate did something."""
        return effect_of(self.candidate.tactic, self.outcome)

    @property
    def goals(self) -> tuple[Goal, ...]:
        return self.outcome.state.goals if isinstance(self.outcome, Advanced) else ()

    @property
    def leaves(self) -> list[str]:
        """Its goals in a line each: what is new in them, and their targets."""
        return [_told(self.goal, goal) for goal in self.goals]

    @property
    def stands(self) -> bool:
        """Whether it closes the goal, and Lean's kernel says so in the file."""
        return self.verdict is not None and closes(self.verdict)


def closes(verdict: Verdict) -> bool:
    """Whether a proof does all that its hole asks for: what it leans on is other holes of its declaration."""
    return verdict.standing is Standing.CERTIFIED or (
        verdict.standing is Standing.CONDITIONAL and verdict.within
    )


def best(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The best suggestions first: those that close the goal, then by the goals they leave."""
    ranked = sorted(attempts, key=lambda each: (len(each.goals), -each.candidate.logprob))
    return ranked[:SUGGESTIONS]


def suggested(
    gateway: LeanGateway, target: Target, policy: TacticGenerator, enough: Callable[[], bool]
) -> Iterator[Attempt]:
    """What gets on, of all that the policy has for the goal; of several with the same effect the first. It is
    left to `enough` when to stop."""
    todo: Iterator[Candidate] | None = None
    known: set[tuple[str, ...]] = set()
    while True:
        with gateway.open(target.source, target.theorem) as session:
            if todo is None:
                (candidates,) = policy.propose(target.theorem, session.root.goals[:1], _WIDTH)
                todo = iter(candidates)
                known.add(_texts(session.root))
            closing = yield from _advancing(session, target, todo, known, enough)
        if closing is None:
            return
        attempt = judged(gateway, target, closing)
        if attempt.stands:
            known.add(())
            yield attempt


def attempted(target: Target, goal: Goal, candidate: Candidate, outcome: Outcome) -> Attempt:
    attempt = Attempt(goal, candidate, outcome)
    match outcome:
        case Proved():
            lines = structured(Step(attempt.tactic))
        case Advanced(state):
            tags = tuple(goal.case for goal in state.goals)
            lines = structured(Step(attempt.tactic, tags, state.groups, (None,) * len(state.groups)))
        case _:
            return attempt
    return replace(attempt, text=fit(target.source, target.theorem.hole, lines))


def judged(gateway: LeanGateway, target: Target, attempt: Attempt) -> Attempt:
    """With a verdict, where it closes the goal."""
    if not isinstance(attempt.outcome, Proved) or attempt.text is None:
        return attempt
    return replace(attempt, verdict=certified(gateway, target, attempt.text))


def certified(gateway: LeanGateway, target: Target, proof: str) -> Verdict:
    hole = target.theorem.hole
    return gateway.certify(target.source, {hole: proof})[hole]


def _advancing(
    session: LeanSession,
    target: Target,
    todo: Iterator[Candidate],
    known: set[tuple[str, ...]],
    enough: Callable[[], bool],
) -> Generator[Attempt, None, Attempt | None]:
    """What gets on, up to the first that closes the goal, which is returned: no session can judge it. `known`
    are the goals that were reached before."""
    root = session.root
    for candidate in todo:
        if enough():
            break
        share = ROW_SHARES[0] if attempts_of(candidate.tactic) else 1.0
        outcome = session.run(root, candidate.tactic, share=share)
        goals = _texts(outcome.state) if isinstance(outcome, Advanced) else ()
        if goals in known or not isinstance(outcome, Advanced | Proved):
            continue
        found = attempted(target, root.goals[0], candidate, outcome)
        if isinstance(outcome, Proved):
            return found
        known.add(goals)
        yield found
    return None


def _texts(state: TacticState) -> tuple[str, ...]:
    return tuple(goal.text for goal in state.goals)


def _told(before: Goal, after: Goal) -> str:
    new = [f"{each.name} : {each.type}" for each in after.hypotheses if each not in before.hypotheses]
    line = " ".join(f"{', '.join(new)} ⊢ {after.target}".split())
    return line if len(line) <= _SAID else f"{line[: _SAID - 1]}…"
