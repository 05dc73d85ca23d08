"""A proof without the steps that it does not need."""

from __future__ import annotations

from dataclasses import replace

from prover.lean.gateway import LeanSession
from prover.search.script import Step
from prover.types import Advanced, Proved, TacticState

_RUNS = 60


def shortened(session: LeanSession, script: Step) -> Step:
    """Leaves out, from the top, each step whose one goal's proof also proves the goal before it.

    Lean runs what is left; after a number of runs the rest stays as it is.
    """
    return _Shortener(session).shorten(script, session.root, 0)


class _Shortener:
    def __init__(self, session: LeanSession) -> None:
        self._session = session
        self._runs = _RUNS

    def shorten(self, script: Step, state: TacticState, goal: int) -> Step:
        while len(script.parts) == 1 and (rest := script.parts[0]) is not None:
            if not self._proves(rest, state, goal):
                break
            script = rest
        if not script.parts or self._runs <= 0:
            return script
        self._runs -= 1
        outcome = self._session.run(state, script.tactic, goal)
        if not isinstance(outcome, Advanced) or outcome.state.groups != script.groups:
            return script
        parts = [
            part if part is None else self.shorten(part, outcome.state, group[0])
            for group, part in zip(script.groups, script.parts, strict=True)
        ]
        return replace(script, parts=tuple(parts))

    def _proves(self, script: Step, state: TacticState, goal: int) -> bool:
        self._runs -= 1
        if self._runs < 0:
            return False
        outcome = self._session.run(state, script.tactic, goal)
        if isinstance(outcome, Proved):
            return not script.parts
        if not isinstance(outcome, Advanced) or outcome.state.groups != script.groups:
            return False
        return all(
            part is not None and self._proves(part, outcome.state, group[0])
            for group, part in zip(script.groups, script.parts, strict=True)
        )
