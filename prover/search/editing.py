"""A proof as a person would keep it: without the steps and the arguments that it does not need, and with what
searching tactics have found in their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from prover.search.script import Step
from prover.search.suggestions import answers, question
from prover.search.trials import Trials
from prover.search.unfold import unfolded
from prover.types import Advanced, Failed, Proved, TacticState

_RUNS = 60
_RUNS_FOR_ARGUMENTS = 20
_LINE = 90
"""How long a tactic may be that names what it uses."""
_FACT = re.compile(r"(?:have (?P<name>[^\W\d][\w']*) :|obtain ⟨(?P<names>[^⟩]*)⟩)")
_CLEARING = re.compile(r" <;> \(try clear (?P<after>[\w']+)\)|\(try clear (?P<before>[\w']+)\) <;> ")
_MAY_FAIL = re.compile(r"\b(?:first|try)\b")
_WORD = re.compile(r"[^\W\d][\w']*")
_T = TypeVar("_T")
_LIST = re.compile(r"\b(?P<tactic>simp(?:_all|a)?|grind) \[(?P<arguments>[^][]+)\]")


def shortened(trials: Trials, script: Step) -> Step:
    """Leaves out steps that leave one goal, where what comes after them also proves the goal before; then
    each argument of `simp […]` and `grind […]` without which the proof goes through.

    Nothing is cleared that need not be. Lean runs what is left; after a number of runs the rest stays as it
    is. A step that tries several things in turn is first taken apart into those that do something.
    """
    editor, root = _Editor(trials), trials.session.root
    trials.runs = _RUNS
    script = unfolded(trials, script)
    trials.runs = _RUNS
    script = editor.shorten(script, root, 0)
    trials.runs = _RUNS_FOR_ARGUMENTS
    script = editor.remember(script, root, 0)
    trials.runs = _RUNS_FOR_ARGUMENTS
    return editor.trim(script, root, 0)


def spelled_out(trials: Trials, script: Step) -> Step:
    """With what its tactics suggest in their place, where the proof goes through with that (see
    suggestions.py)."""
    trials.runs = _RUNS
    return _Editor(trials).spell(script, trials.session.root, 0)


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
    def __init__(self, trials: Trials) -> None:
        self._run = trials.run

    def shorten(self, script: Step, state: TacticState, goal: int) -> Step:
        row, rest = _row(script)
        row, settled = self._settle(row, rest, state, goal)
        given = {hypothesis.name for hypothesis in state.goals[goal].hypotheses}
        facts = _facts(row) - given

        def left(numbers: Collection[int]) -> list[Step]:
            return [step for number, step in enumerate(row) if number in numbers or number in settled]

        def suffice(numbers: Collection[int]) -> bool:
            kept = left(numbers)
            missed = _mentioned(kept, rest) & facts - _facts(kept)
            return not missed and self._proves(_chained(kept, rest), state, goal)

        row = left(_least([number for number in range(len(row)) if number not in settled], suffice))
        for step in row:
            outcome = self._run(state, step.tactic, goal)
            if not isinstance(outcome, Advanced) or outcome.state.groups != step.groups:
                return _chained(row, rest)  # no runs are left
            state, goal = outcome.state, step.groups[0][0]
        return _chained(row, self._below(rest, state, goal, self.shorten))

    def _settle(
        self, row: list[Step], rest: Step, state: TacticState, goal: int
    ) -> tuple[list[Step], Collection[int]]:
        """Without those of the last facts stated in a row that nothing needs, and where in it the others are.

        What uses facts is run with others cleared, once each time; to leave a fact out would be to prove all
        that come after it again. All stay, and none is settled, where what is left does not prove the goal.
        """
        start, end = _stating(row)
        places = [(state, goal)]
        for step in row[:end]:
            outcome = self._run(places[-1][0], step.tactic, places[-1][1])
            if not isinstance(outcome, Advanced) or outcome.state.groups != step.groups:
                return row, ()
            places.append((outcome.state, step.groups[0][0]))
        names = [_name(fact) for fact in row[start:end]]
        after = _chained(row[end:], rest)
        needed = self._needed(names, *places[end], partial(self._proves, after))
        for number in range(len(names) - 1, -1, -1):
            if names[number] in needed:
                earlier = [name for name in names[:number] if name not in needed]
                proof = partial(self._leads_on, row[start + number].tactic)
                needed |= self._needed(earlier, *places[start + number], proof)
        facts = [fact for fact in row[start:end] if _name(fact) in needed]
        settled = range(start, start + len(facts))
        if len(facts) == len(names):
            return row, settled
        if self._proves(_chained([*row[:start], *facts], after), state, goal):
            return [*row[:start], *facts, *row[end:]], settled
        return row, ()

    def _needed(
        self, names: list[str], state: TacticState, goal: int, works: Callable[[TacticState, int], bool]
    ) -> set[str]:
        """The hypotheses of these names without which it does not work."""

        def suffice(kept: Collection[str]) -> bool:
            outcome = self._run(state, f"clear {' '.join(name for name in names if name not in kept)}", goal)
            return isinstance(outcome, Advanced) and works(outcome.state, 0)

        return set(_least(names, suffice))

    def _leads_on(self, tactic: str, state: TacticState, goal: int) -> bool:
        return isinstance(self._run(state, tactic, goal), Advanced)

    def remember(self, script: Step, state: TacticState, goal: int) -> Step:
        """Without `try clear …`: all of them, or those of what is not there anyway; and without `<;> done`
        where nothing is left to do."""
        if not script.parts:
            script = replace(script, tactic=script.tactic.removesuffix(" <;> done"))
        there = {hypothesis.name for hypothesis in state.goals[goal].hypotheses}
        for kept in (frozenset[str](), there):
            plain = replace(script, tactic=_clearing_only(kept, script.tactic))
            if plain != script and self._proves(plain, state, goal):
                return self._below(plain, state, goal, self.remember)
        return self._below(script, state, goal, self.remember)

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
            outcome = self._run(state, asked, goal)
            said = "" if outcome is None or isinstance(outcome, Failed) else outcome.message
            spelled = [
                replace(script, tactic=tactic) for tactic in answers(asked, said) if len(tactic) <= _LINE
            ]
            script = next((each for each in spelled if self._proves(each, state, goal)), script)
        return self._below(script, state, goal, self.spell)

    def _below(
        self, script: Step, state: TacticState, goal: int, change: Callable[[Step, TacticState, int], Step]
    ) -> Step:
        """With the parts that come after its tactic changed."""
        if not script.parts:
            return script
        outcome = self._run(state, script.tactic, goal)
        if not isinstance(outcome, Advanced) or outcome.state.groups != script.groups:
            return script
        parts = [
            part if part is None else change(part, outcome.state, group[0])
            for group, part in zip(script.groups, script.parts, strict=True)
        ]
        return replace(script, parts=tuple(parts))

    def _proves(self, script: Step, state: TacticState, goal: int) -> bool:
        outcome = self._run(state, script.tactic, goal)
        if isinstance(outcome, Proved):
            return not script.parts
        if not isinstance(outcome, Advanced) or outcome.state.groups != script.groups:
            return False
        return all(
            part is not None and self._proves(part, outcome.state, group[0])
            for group, part in zip(script.groups, script.parts, strict=True)
        )


def _least(items: Sequence[_T], suffice: Callable[[Sequence[_T]], bool]) -> Sequence[_T]:
    """Those that are left when by halves what does not matter is left out: all of them at first, then smaller
    parts, the last ones first, as the states that the others lead to are known by then."""
    count = len(items)
    while count:
        end = len(items)
        while end > 0:
            start = max(0, end - count)
            without = [*items[:start], *items[end:]]
            if suffice(without):
                items = without
            end = start
        count //= 2
    return items


def _clearing_only(names: Collection[str], tactic: str) -> str:
    def kept(found: re.Match[str]) -> str:
        return found[0] if (found["after"] or found["before"]) in names else ""

    return _CLEARING.sub(kept, tactic)


def _facts(steps: Iterable[Step]) -> set[str]:
    """The names that `have` and `obtain` give."""
    found = [fact for step in steps if (fact := _FACT.match(step.tactic))]
    return {name for fact in found for name in _WORD.findall(fact["name"] or fact["names"])}


def _mentioned(row: Iterable[Step], rest: Step) -> set[str]:
    """The names that they can't do without; what they only try may fail."""
    tactics = [*(step.tactic for step in row), *rest.tactics]
    return {name for tactic in tactics for name in _WORD.findall(_MAY_FAIL.split(tactic, maxsplit=1)[0])}


def _name(step: Step) -> str:
    """That of the one fact that it states; empty where it states none, or several."""
    fact = _FACT.match(step.tactic)
    return (fact and fact["name"]) or ""


def _stating(row: Sequence[Step]) -> tuple[int, int]:
    """Where the last of the steps that state facts, one after the other, begin and end."""
    end = next((at for at in range(len(row), 0, -1) if _name(row[at - 1])), 0)
    start = next((at for at in range(end, 0, -1) if not _name(row[at - 1])), 0)
    return start, end


def _row(script: Step) -> tuple[list[Step], Step]:
    """The steps from the top that leave one goal, and the one after them."""
    row = []
    while len(script.parts) == 1 and (rest := script.parts[0]) is not None:
        row.append(script)
        script = rest
    return row, script


def _chained(row: Sequence[Step], rest: Step) -> Step:
    for step in reversed(row):
        rest = replace(step, parts=(rest,))
    return rest
