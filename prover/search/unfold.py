"""Steps that try several things in turn, taken apart."""

from __future__ import annotations

import re
from dataclasses import replace

from prover.search.script import Step
from prover.search.trials import Trials
from prover.types import Advanced, Failed, Proved, TacticState

_HAVE = re.compile(r"have (?P<name>[^\W\d][\w']*) :")
_TRIES = re.compile(r"\(try .+\)", re.DOTALL)
_FACTS = ("have ", "obtain ")
_ALTERNATIVES = re.compile(r"(?:^|(?<=\n  ))first\n  \| ")
_FORGETS = re.compile(r" <;> \(try clear [^()]*\)")
_LAST_RESORTS = re.compile(r" <;> first((?: \| \w+)+)$")


def unfolded(trials: Trials, script: Step) -> Step:
    """With the steps `a` and `b` for `(try a\\n try b)`, those of them that succeed, and for `(have …\\n b)`;
    what ends in alternatives (`first | … | …`) is left with one that does it. Where the trials do not
    suffice for a step, it stays as it is."""
    return _Unfolder(trials).unfold(script, trials.session.root, 0)


class _Unfolder:
    def __init__(self, trials: Trials) -> None:
        self._run = trials.run

    def unfold(self, script: Step, state: TacticState, goal: int) -> Step:
        if not _tries(script):
            return script
        parts: tuple[Step | None, ...] = ()
        left: Advanced | None = None
        if script.parts:
            outcome = self._run(state, script.tactic, goal)
            if not isinstance(outcome, Advanced) or outcome.state.groups != script.groups:
                return script
            left = outcome
            parts = tuple(
                part and self.unfold(part, outcome.state, group[0])
                for group, part in zip(script.groups, script.parts, strict=True)
            )
        whole = replace(script, parts=parts)
        return self._steps(whole, state, goal, left) or self._facts(whole, state, goal) or whole

    def _steps(self, script: Step, state: TacticState, goal: int, left: Advanced | None) -> Step | None:
        """None where it can't be taken apart. What has done nothing to what the whole has `left` is not
        tried again."""
        tried = _TRIES.fullmatch(script.tactic)
        if tried is None:
            return None
        steps: list[tuple[str, Advanced]] = []
        for attempt in _of_use(script.tactic[5:-1].split("\n try "), state, goal, left):
            for tactic in _ways(_bare(attempt)):
                outcome = self._run(state, tactic, goal)
                if outcome is None:
                    return None
                if not isinstance(outcome, Failed):
                    break
            if isinstance(outcome, Proved):
                return None if script.parts else _chain(steps, Step(tactic))
            if isinstance(outcome, Advanced):
                if len(outcome.state.goals) != 1:
                    return None
                steps.append((tactic, outcome))
                state, goal = outcome.state, 0
        last = script.parts[0] if len(script.parts) == 1 else None
        return None if last is None else _chain(steps, last)

    def _facts(self, script: Step, state: TacticState, goal: int) -> Step | None:
        """A block's `have`s and what is done with them. None where it is no such block."""
        *facts, last = _statements(script.tactic)
        if not facts or not all(fact.startswith(_FACTS) for fact in facts):
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


def _of_use(attempts: list[str], state: TacticState, goal: int, left: Advanced | None) -> list[str]:
    """Where the whole has left the target as it was: the `have`s whose facts are there then."""
    if left is None or [each.target for each in left.state.goals] != [state.goals[goal].target]:
        return attempts
    there = {hypothesis.name for hypothesis in left.state.goals[0].hypotheses}
    return [attempt for attempt in attempts if (have := _HAVE.match(attempt)) and have["name"] in there]


def _tries(script: Step | None) -> bool:
    return script is not None and (
        script.tactic.startswith(("(try ", *(f"({fact}" for fact in _FACTS)))
        or any(map(_tries, script.parts))
    )


def _statements(tactic: str) -> list[str]:
    """Those of a block, without what sets them in; what is none is one."""
    if not (tactic.startswith(tuple(f"({fact}" for fact in _FACTS)) and tactic.endswith(")")):
        return [tactic]
    lines = tactic[1:-1].split("\n ")
    found: list[str] = []
    for line in lines:
        if found and line.startswith(" "):
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def _bare(attempt: str) -> str:
    """Without the brackets around it, and its lines set in as far as they must be."""
    whole = attempt.startswith("(") and attempt.endswith(")")
    return (attempt[1:-1] if whole else attempt).replace("\n     ", "\n")


def _ways(tactic: str) -> list[str]:
    """Each alternative at the end of a tactic by itself, the simpler ones first that it may be instead."""
    first = _ALTERNATIVES.search(tactic)
    if first is None:
        return _simpler(tactic)
    alternatives = tactic[first.end() :].split("\n  | ")
    return [way for each in alternatives for way in _simpler(tactic[: first.start()] + each)]


def _simpler(tactic: str) -> list[str]:
    """Without what may be of no use, and with one of its last resorts for all of them, before itself."""
    last = _LAST_RESORTS.search(tactic)
    bare = tactic[: last.start()] if last else tactic
    resorts = [bare, *(f"{bare} <;> {each}" for each in last[1].split(" | ")[1:])] if last else []
    return list(dict.fromkeys([_FORGETS.sub("", tactic), *resorts, tactic]))


def _chain(steps: list[tuple[str, Advanced]], last: Step) -> Step:
    for tactic, outcome in reversed(steps):
        tags = tuple(goal.case for goal in outcome.state.goals)
        last = Step(tactic, tags, outcome.state.groups, (last,))
    return last
