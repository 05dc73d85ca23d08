"""Steps that state facts and use them, taken apart."""

from __future__ import annotations

import re
from dataclasses import replace

from prover.lean.rows import alternatives_of
from prover.search.script import Step
from prover.search.trials import Trials
from prover.types import Advanced, Proved, TacticState

_FACTS = ("have ", "obtain ", "rename_i ")
_LAST_RESORTS = re.compile(r" <;> first((?: \| \w+)+)$")


def unfolded(trials: Trials, script: Step) -> Step:
    """With the steps `have …` and `b` for `(have …\n b)`; what ends in alternatives (`first | … | …`) is left
    with one that does it. Where the trials do not suffice for a step, it stays as it is."""
    return _Unfolder(trials).unfold(script, trials.session.root, 0)


class _Unfolder:
    def __init__(self, trials: Trials) -> None:
        self._run = trials.run

    def unfold(self, script: Step, state: TacticState, goal: int) -> Step:
        if not _states_facts(script):
            return script
        parts: tuple[Step | None, ...] = ()
        if script.parts:
            outcome = self._run(state, script.tactic, goal)
            if not isinstance(outcome, Advanced) or outcome.state.groups != script.groups:
                return script
            parts = tuple(
                part and self.unfold(part, outcome.state, group[0])
                for group, part in zip(script.groups, script.parts, strict=True)
            )
        whole = replace(script, parts=parts)
        return self._facts(whole, state, goal) or whole

    def _facts(self, script: Step, state: TacticState, goal: int) -> Step | None:
        """A block's facts and what is done with them. None where it is no such block."""
        *facts, last = _statements(script.tactic)
        if not all(fact.startswith(_FACTS) for fact in facts):
            return None
        steps: list[tuple[str, Advanced]] = []
        for fact in facts:
            found = self._fact(fact, state, goal)
            if found is None:
                return None
            steps.append(found)
            state, goal = found[1].state, 0
        for tactic in _ways(last):
            outcome = self._run(state, tactic, goal)
            if script.parts:
                same = isinstance(outcome, Advanced) and outcome.state.groups == script.groups
            else:
                same = isinstance(outcome, Proved)
            if same:
                return _chain(steps, replace(script, tactic=tactic))
        return None

    def _fact(self, fact: str, state: TacticState, goal: int) -> tuple[str, Advanced] | None:
        for tactic in _ways(fact):
            outcome = self._run(state, tactic, goal)
            if isinstance(outcome, Advanced) and len(outcome.state.goals) == 1:
                return tactic, outcome
        return None


def _states_facts(script: Step | None) -> bool:
    return script is not None and (
        script.tactic.removeprefix("(").startswith(_FACTS) or any(map(_states_facts, script.parts))
    )


def _statements(tactic: str) -> list[str]:
    """Those of a block, without what sets them in; what is none is one."""
    if "\n" not in tactic or not (
        tactic.startswith(tuple(f"({fact}" for fact in _FACTS)) and tactic.endswith(")")
    ):
        return [tactic]
    lines = tactic[1:-1].split("\n ")
    found: list[str] = []
    for line in lines:
        if found and line.startswith(" "):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def _ways(tactic: str) -> list[str]:
    """Each alternative at the end of a tactic by itself, the simpler ones first that it may be instead."""
    return [way for each in alternatives_of(tactic) for way in _simpler(each)]


def _simpler(tactic: str) -> list[str]:
    """With none of its last resorts, then with one for all of them, before itself."""
    last = _LAST_RESORTS.search(tactic)
    bare = tactic[: last.start()] if last else tactic
    resorts = [bare, *(f"{bare} <;> {each}" for each in last[1].split(" | ")[1:])] if last else []
    return list(dict.fromkeys([*resorts, tactic]))


def _chain(steps: list[tuple[str, Advanced]], last: Step) -> Step:
    for tactic, outcome in reversed(steps):
        tags = tuple(goal.case for goal in outcome.state.goals)
        last = Step(tactic, tags, outcome.state.groups, (last,))
    return last
