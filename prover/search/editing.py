"""A proof as a person would keep it: without the steps and the arguments that it does not need, and with what
searching tactics have found in their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from prover.lean.gateway import LeanSession
from prover.search.script import Step
from prover.search.suggestions import answers, question
from prover.search.unfold import unfolded
from prover.types import Advanced, Failed, Proved, TacticState

_RUNS = 60
_RUNS_FOR_ARGUMENTS = 20
_LINE = 90
"""How long a tactic may be that names what it uses."""
_LIST = re.compile(r"\b(?P<tactic>simp(?:_all|a)?|grind) \[(?P<arguments>[^][]+)\]")


def shortened(session: LeanSession, script: Step) -> Step:
    """Leaves out, from the top, each step whose one goal's proof also proves the goal before it; then each
    argument of `simp […]` and `grind […]` without which the proof goes through.

    Lean runs what is left; after a number of runs the rest stays as it is. A step that tries several things
    in turn is first taken apart into those that do something.
    """
    script = unfolded(session, script, _RUNS)
    script = _Editor(session, _RUNS).shorten(script, session.root, 0)
    return _Editor(session, _RUNS_FOR_ARGUMENTS).trim(script, session.root, 0)


def spelled_out(session: LeanSession, script: Step) -> Step:
    """With what its tactics suggest in their place, where the proof goes through with that (see
    suggestions.py)."""
    return _Editor(session, _RUNS).spell(script, session.root, 0)


def without_argument(tactic: str, number: int) -> str | None:
    """Without the argument of that number, counted over all lists; None where there are not so many."""
    for found in _LIST.finditer(tactic):
        arguments = found["arguments"].split(", ")
        if number >= len(arguments):
            number -= len(arguments)
            continue
        rest = ", ".join(arguments[:number] + arguments[number + 1 :])
        listed = f"{found['tactic']} [{rest}]" if rest else found["tactic"]
        return tactic[: found.start()] + listed + tactic[found.end() :]
    return None


class _Editor:
    def __init__(self, session: LeanSession, runs: int) -> None:
        self._session = session
        self._runs = runs

    def shorten(self, script: Step, state: TacticState, goal: int) -> Step:
        while len(script.parts) == 1 and (rest := script.parts[0]) is not None:
            if not self._proves(rest, state, goal):
                break
            script = rest
        return self._below(script, state, goal, self.shorten)

    def trim(self, script: Step, state: TacticState, goal: int) -> Step:
        number = 0
        while (tactic := without_argument(script.tactic, number)) is not None:
            trimmed = replace(script, tactic=tactic)
            if self._proves(trimmed, state, goal):
                script = trimmed
            else:
                number += 1
        return self._below(script, state, goal, self.trim)

    def spell(self, script: Step, state: TacticState, goal: int) -> Step:
        asked = question(script.tactic, bool(script.parts))
        if asked is not None:
            self._runs -= 1
            outcome = self._session.run(state, asked, goal)
            said = "" if isinstance(outcome, Failed) else outcome.message
            spelled = [
                replace(script, tactic=tactic) for tactic in answers(asked, said) if len(tactic) <= _LINE
            ]
            script = next((each for each in spelled if self._proves(each, state, goal)), script)
        return self._below(script, state, goal, self.spell)

    def _below(
        self, script: Step, state: TacticState, goal: int, change: Callable[[Step, TacticState, int], Step]
    ) -> Step:
        """With the parts that come after its tactic changed."""
        if not script.parts or self._runs <= 0:
            return script
        self._runs -= 1
        outcome = self._session.run(state, script.tactic, goal)
        if not isinstance(outcome, Advanced) or outcome.state.groups != script.groups:
            return script
        parts = [
            part if part is None else change(part, outcome.state, group[0])
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
