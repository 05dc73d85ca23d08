"""From a proof, or the part of one, to the lines of a script, without indentation of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from prover.lean import sketch
from prover.search.tree import GoalNode, Proof, TacticNode

_NAME = re.compile(r"[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*")
_BY_CASES = re.compile(r"(fun_)?(induction|cases)\b")
RENAMING = re.compile(r"\(rename_i (?P<names>[^;()\n]+); (?P<tactic>.+)\)", re.DOTALL)
"""A tactic that needs names for what has none."""
SORRY = "sorry"
_GOES_ON = re.compile(r" (?:→|∧|=>|:=(?! by$))(?= )")
"""Where a statement may be broken."""


@dataclass(frozen=True, slots=True)
class Step:
    """A tactic and what comes after it: a part for each group of the goals that it leaves, with the groups'
    numbers and the goals' case tags. A part is None where a goal is open."""

    tactic: str
    tags: tuple[str, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    parts: tuple[Step | None, ...] = ()

    @property
    def tactics(self) -> Iterator[str]:
        yield self.tactic
        for part in self.parts:
            yield from () if part is None else part.tactics


def script_of(proof: Proof) -> Step:
    """The steps of a proof, whose tactics stand in their order from the top."""
    tactics = iter(proof)

    def following() -> Step:
        tactic = next(tactics)
        return step(tactic, [following() for _ in tactic.subgoals])

    return following()


def step(tactic: TacticNode, parts: Sequence[Step | None]) -> Step:
    if not tactic.subgoals:
        return Step(tactic.effect)
    state = tactic.subgoals[0].state
    tags = tuple(goal.case for goal in state.goals)
    return Step(tactic.effect, tags, state.groups, tuple(parts))


def flat(script: Step | None) -> list[str]:
    """One tactic after the other, each on the goal that is then the first."""
    return _lines(script, lambda part, _: flat(part))


def structured(script: Step | None, inside: str = "") -> list[str]:
    """With `case … =>` for each goal of an induction or a case distinction, and a bullet for each goal of
    other tactics that leave several. `inside` is the tag of the case that all of it is in: goals that come of
    that one are called there as if it had none."""
    if script is None:
        return [SORRY]
    whole = _filled(script, inside)
    if whole is not None:
        return whole
    by_case = _BY_CASES.match(script.tactic) and _distinct(script.tags)

    def block(part: Step | None, tag: str) -> list[str]:
        if len(script.groups) == 1 and len(script.tags) == 1:
            return structured(_spread(part), inside)
        if by_case:
            names, part = _named(part)
            body = structured(_spread(part), tag)
            called = tag.removeprefix(f"{inside}.")
            return [f"case {called}{names} =>", *(f"  {line}" if line else line for line in body)]
        return _hang("· ", structured(_spread(part), inside))

    return _lines(script, block)


def _filled(script: Step, inside: str) -> list[str] | None:
    """A proof with holes, and their proofs in their places. None where it is no such proof, or they have no
    place there."""
    if not sketch.HOLE.search(script.tactic) or sorted(script.tags) != sorted(sketch.holes_in(script.tactic)):
        return None
    if any(len(group) > 1 for group in script.groups):
        return None
    proofs = {
        script.tags[group[0]]: structured(_spread(part), inside)
        for group, part in zip(script.groups, script.parts, strict=True)
    }
    return sketch.filled(_block(script.tactic), proofs)


def alternatives(scripts: Sequence[Sequence[str]]) -> list[str]:
    """One script for a hole that Lean visits several times: at each visit, the first that closes the goal."""
    if len(scripts) == 1:
        return list(scripts[0])
    return ["first", *(line for script in scripts for line in _hang("  | · ", script))]


def partial(goal: GoalNode, best: Callable[[GoalNode], TacticNode | None]) -> Step | None:
    """What `best` chooses for a goal and those below it, None where it chooses nothing."""
    tactic = best(goal)
    return None if tactic is None else step(tactic, [partial(subgoal, best) for subgoal in tactic.subgoals])


def _lines(script: Step | None, block: Callable[[Step | None, str], list[str]]) -> list[str]:
    """A tactic, the goals that stand for themselves, each by `block`, and then those that are tied together.

    These are worked on in the open, one after the other. Goals are turned round where they are not in order.
    """
    if script is None:
        return [SORRY]
    lines = _block(script.tactic)
    left = [number for group in script.groups for number in group]
    left.sort()
    for group, part in sorted(
        zip(script.groups, script.parts, strict=True), key=lambda pair: len(pair[0]) > 1
    ):
        turn = left.index(group[0])
        if turn:
            lines.append(f"rotate_left {turn}")
            left = left[turn:] + left[:turn]
        lines += block(part, script.tags[group[0]]) if len(group) == 1 else _tied(part, len(group))
        left = [number for number in left if number not in group]
    return lines


def _block(tactic: str) -> list[str]:
    """The lines of a tactic, without the brackets around several on lines of their own."""
    lines = tactic.split("\n")
    if len(lines) == 1 or not tactic.startswith("(") or not tactic.endswith(")"):
        return lines
    inner = [
        lines[0][1:],
        *(line.removeprefix(" ") for line in lines[1:-1]),
        lines[-1].removeprefix(" ")[:-1],
    ]
    set_in = all(line.startswith(" ") or not line for line in lines[1:])
    return inner if set_in and not _unbalanced("\n".join(inner)) else lines


def _tied(part: Step | None, goals: int) -> list[str]:
    return [SORRY] * goals if part is None else flat(part)


def _spread(part: Step | None) -> Step | None:
    """`(rename_i x; tactic)` as the two tactics that it is."""
    found = part and RENAMING.fullmatch(part.tactic)
    if not part or not found or _unbalanced(found["tactic"]):
        return part
    return replace(part, tactic=f"rename_i {found['names']}\n{found['tactic']}")


def _named(part: Step | None) -> tuple[str, Step | None]:
    """The names that a part begins with giving, for its `case`, and the part without that."""
    found = part and RENAMING.fullmatch(part.tactic)
    if not part or not found or _unbalanced(found["tactic"]) or "\n" in found["tactic"]:
        return "", part
    return f" {found['names']}", replace(part, tactic=found["tactic"])


def _unbalanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in "([{⟨") - (character in ")]}⟩")
        if depth < 0:
            return True
    return False


def _distinct(tags: Sequence[str]) -> bool:
    return len(tags) > 1 and len(set(tags)) == len(tags) and all(map(_NAME.fullmatch, tags))


def _hang(mark: str, lines: Sequence[str]) -> list[str]:
    """The mark before the first line, and the others set in as far as the first now is."""
    indent = " " * len(mark)
    return [mark + lines[0], *(indent + line if line else line for line in lines[1:])]


def wrapped(lines: Sequence[str], width: int) -> list[str]:
    """With no line longer than `width` that can be broken: at a comma inside brackets, before `<;>`, or where
    a statement goes on."""
    return [piece for line in lines for piece in _broken(line, width)]


def _broken(line: str, width: int) -> Iterator[str]:
    indent = len(line) - len(line.lstrip(" ·|"))
    while len(line) > width:
        at = max((place for place in _breaks(line) if indent + 4 < place <= width), default=0)
        if not at:
            break
        yield line[:at].rstrip()
        line = " " * (indent + 4) + line[at:].lstrip()
    yield line


def _breaks(line: str) -> Iterator[int]:
    """Where a line may go on in the next one: not inside a `first`, whose alternatives stand no further left
    than its own."""
    depth, quoted, inside = 0, False, None
    states = line.lstrip(" ·|").startswith("have ")
    for at, character in enumerate(line):
        quoted ^= character == '"'
        if quoted:
            continue
        depth += (character in "([{⟨") - (character in ")]}⟩")
        if line.startswith("first |", at):
            inside = depth
        if inside is not None and depth >= inside:
            continue
        inside = None
        if (character == "," and (depth > 0 or states)) or line.startswith(" <;> ", at):
            yield at + 1
        elif states and (found := _GOES_ON.match(line, at)):
            yield found.end()
