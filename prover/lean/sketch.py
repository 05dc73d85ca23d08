"""Proofs with holes, as one tactic that leaves a goal for each: `sorry` becomes `?hole1`, `?hole2`, …

    opened("have h : p := by sorry\nexact h.symm")  ==  "have h : p := ?hole1\nexact h.symm"

`filled` is the way back, with a proof in the place of each hole, laid out as it was. All of it reads text:
Lean decides what the one says, and the certificate what the other does.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HOLE = re.compile(r"\?hole(\d+)(?![\w.'])")
_SORRY = re.compile(r"(?<![\w.'])(?:\(\s*by\s+sorry\s*\)|by\s+sorry|sorry)(?![\w.'])")
_NAMED = re.compile(r"\?(?P<name>(?:hole|part)\d+)(?![\w.'])")
_ENDS = re.compile(r"(?P<before>.*(?::=|=>)) \?(?P<name>(?:hole|part)\d+)")
_BARE = re.compile(r"refine \?(?P<name>hole\d+)")
_BROUGHT = re.compile(r"case' (?P<name>part\d+) => skip")
_OBTAIN = re.compile(r"obtain (?P<pattern>.+?) : (?P<type>.+?) := (?P<hole>\?hole\d+)", re.DOTALL)
_TURN = re.compile(r"rotate_left \d+")
_KEEPS_FIRST = re.compile(r"(have|haveI|replace|let|suffices)\b")
_WIDTH = 90
_CASES = re.compile(r"(?:induction|cases|fun_induction|fun_cases)\b.* with", re.DOTALL)
_CASE = re.compile(r"(?P<head> *\|.*?=>)(?P<rest>.*)", re.DOTALL)
_NESTS = re.compile(r"(?P<head>(?:have|replace)\b.*:=) by", re.DOTALL)
_COMMENT = re.compile(r"\s*--[^\n]*")


@dataclass(slots=True)
class _Counter:
    holes: list[str] = field(default_factory=list)
    parts: int = 0

    def part(self) -> str:
        self.parts += 1
        return f"part{self.parts}"

    def next(self) -> str:
        self.holes.append(f"?hole{len(self.holes) + 1}")
        return self.holes[-1]


def has_holes(script: str) -> bool:
    return _SORRY.search(_COMMENT.sub("", script)) is not None


def opened(script: str) -> str | None:
    """None where it has no hole, or one that no goal can be left for."""
    if not has_holes(script):
        return None
    counter = _Counter()
    lines = _opened([line for line in _COMMENT.sub("", script).split("\n") if line.strip()], counter)
    text = "\n".join(lines)
    return None if _SORRY.search(text) or not counter.holes else text


def holes_in(tactic: str) -> list[str]:
    """The names of its holes, in order; these are the tags of the goals that it leaves for them."""
    return [f"hole{number}" for number in dict.fromkeys(HOLE.findall(tactic))]


def filled(lines: Sequence[str], proofs: Mapping[str, Sequence[str]]) -> list[str] | None:
    """The lines of an opened sketch with the proof of each hole in its place. None where one of them has no
    place for several lines."""
    rest, aside = _taken_apart(lines)
    written: list[str] = []
    for line in rest:
        text = line.lstrip(" ·")
        indent = line[: len(line) - len(text)]
        bare, ends = _BARE.fullmatch(text), _ENDS.fullmatch(text)
        if bare:
            proof: Sequence[str] | None = proofs[bare["name"]]
            before = indent
        elif ends and not _NAMED.search(ends["before"]):
            name = ends["name"]
            proof = filled(aside[name], proofs) if name in aside else proofs[name]
            before = indent + ends["before"] + ("" if ends["before"].endswith("=>") else " by")
        else:
            proof, before = _within(text, proofs), indent
        if proof is None:
            return None
        written += _joined(before, proof)
    return written


def _within(text: str, proofs: Mapping[str, Sequence[str]]) -> list[str] | None:
    """With the proofs of holes inside terms, of one line each."""
    names = [found["name"] for found in _NAMED.finditer(text)]
    if any(len(proofs.get(name, ())) != 1 for name in names):
        return None
    return [_NAMED.sub(lambda found: f"(by {proofs[found['name']][0]})", text)]


def _joined(before: str, proof: Sequence[str]) -> list[str]:
    """What stands before a proof, and the proof: on the same line where there is room."""
    if not before.strip(" ·"):
        return [before + proof[0], *(" " * len(before) + each for each in proof[1:])]
    if len(proof) == 1 and len(before) + len(proof[0]) < _WIDTH:
        return [f"{before} {proof[0]}"]
    indent = " " * (len(before) - len(before.lstrip()) + 2)
    return [before, *(indent + each for each in proof)]


def _taken_apart(lines: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The lines without those that only turn goals, with bullets for `focus`; and what stands aside, for the
    steps and cases of these names."""
    rest: list[str] = []
    aside: dict[str, list[str]] = {}
    at = 0
    while at < len(lines):
        indent, text = len(lines[at]) - len(lines[at].lstrip()), lines[at].lstrip()
        brought = _BROUGHT.fullmatch(text)
        at += 1 if not brought else 2  # the `focus` after it
        if _TURN.fullmatch(text):
            continue
        if not brought and text != "focus":
            rest.append(lines[at - 1])
            continue
        end = at
        while end < len(lines) and lines[end].startswith(" " * (indent + 2)):
            end += 1
        body = [line[indent + 2 :] for line in lines[at:end]]
        at = end
        if brought:
            aside[brought["name"]] = body
        else:
            inner, more = _taken_apart(body)
            aside |= more
            marks = ["· ", *["  "] * (len(inner) - 1)]
            rest += [" " * indent + mark + line for mark, line in zip(marks, inner, strict=True)]
    return rest, aside


def _opened(lines: Sequence[str], counter: _Counter) -> list[str]:
    written: list[str] = []
    for item in _items(lines):
        written += _opened_item(item, counter) if has_holes("\n".join(item)) else item
    return written


def _items(lines: Sequence[str]) -> list[list[str]]:
    """Each tactic with the lines that are set in below it, and its alternatives."""
    items: list[list[str]] = []
    for line in lines:
        if items and line.startswith((" ", "|", ")", "]", "⟩")):
            items[-1].append(line)
        else:
            items.append([line])
    return items


def _opened_item(item: list[str], counter: _Counter) -> list[str]:
    first = item[0]
    if item == ["sorry"]:
        return [f"refine {counter.next()}", "rotate_left 1"]
    before = len(counter.holes)
    if first.startswith(("· ", ". ")):
        body = [first[2:], *(line.removeprefix("  ") for line in item[1:])]
        inner = _opened(body, counter)
        return ["focus", *_set_in(inner), f"rotate_left {len(counter.holes) - before}"]
    nests = _NESTS.fullmatch(first)
    body = textwrap.dedent("\n".join(item[1:])).split("\n") if item[1:] else []
    if nests and body and body != ["sorry"]:
        name = counter.part()
        return [f"{nests['head']} ?{name}", *_brought(name, body, counter)]
    if _CASES.fullmatch(first):
        return _opened_cases(item, counter)
    text = "\n".join(item)
    text = _SORRY.sub(lambda found: counter.next(), text)
    text = re.sub(r"\s*\n\s*(\?hole\d+)$", r" \1", text)
    obtained = _OBTAIN.fullmatch(text)
    if obtained:
        name = f"fact_{obtained['hole'][1:]}"
        return [
            f"have {name} : {obtained['type']} := {obtained['hole']}",
            f"obtain {obtained['pattern']} := {name}",
        ]
    text = re.sub(r"^exact\b", "refine", text)
    turn = [] if _KEEPS_FIRST.match(text) else [f"rotate_left {len(counter.holes) - before}"]
    return [*text.split("\n"), *turn]


def _opened_cases(item: Sequence[str], counter: _Counter) -> list[str]:
    """`induction … with | … => …`: cases with holes are worked on after it."""
    written, after = [item[0]], list[str]()
    alternatives = _alternatives(item[1:])
    for lines in alternatives:
        text = "\n".join(lines)
        case = _CASE.fullmatch(text)
        if case is None or not has_holes(text):
            written += lines
            continue
        body = textwrap.dedent(case["rest"].lstrip(" ").lstrip("\n")).split("\n")
        name = counter.part()
        written.append(f"{case['head']} ?{name}")
        after += _brought(name, [re.sub(r"^by (?=sorry$)", "", line) for line in body], counter)
    return [*written, *after]


def _alternatives(lines: Sequence[str]) -> list[list[str]]:
    indent = min(
        (len(line) - len(line.lstrip()) for line in lines if line.lstrip().startswith("|")), default=0
    )
    found: list[list[str]] = []
    for line in lines:
        if not found or line[indent : indent + 1] == "|":
            found.append([line])
        else:
            found[-1].append(line)
    return found


def _brought(name: str, body: Sequence[str], counter: _Counter) -> list[str]:
    """A goal of that name brought to the front, worked on, and its holes put behind the others."""
    before = len(counter.holes)
    inner = _opened(body, counter)
    count = len(counter.holes) - before
    return [f"case' {name} => skip", "focus", *_set_in(inner), f"rotate_left {count}"]


def _set_in(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" for line in lines]
