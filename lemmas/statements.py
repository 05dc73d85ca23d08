"""Goals as statements of their own, and lemmas as text: in the place of a tactic, and as declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lemmas.binding import renamed
from lemmas.records import Draft, Kind, Lemma
from prover.types import Hypothesis

_DAGGER = re.compile(r"✝\w*")
_INSTANCE = "inst"
_LEVEL = re.compile(r"\b(Type|Sort) (\((?:[^()]|\([^()]*\))*\)|[^\W\d]\w*)")
_LEVEL_NAME = re.compile(r"(?<![\w.])(?!max\b|imax\b)[^\W\d]\w*")
_NAME = re.compile(r"[^\W\d][\w'!?]*")


@dataclass(frozen=True, slots=True)
class Closed:
    """A goal as one proposition; `intro` are the names that its hypotheses are taken up by again, `_` for
    those that have no name to be used."""

    proposition: str
    intro: tuple[str, ...]

    def proved_by(self, script: str) -> list[str]:
        """The lines of a proof."""
        lines = script.split("\n")
        return [f"intro {' '.join(self.intro)}", *lines] if self.intro else lines


def closed(hypotheses: Sequence[Hypothesis], target: str, any_level: bool) -> Closed:
    """`any_level`: for universes leave Lean to find them; else they are named as in the goal.

    No hypothesis may have a value.
    """
    names = _accessible(hypotheses, target)
    binders = [_binder(names[h.name], " ".join(_spoken(h.type, names).split())) for h in hypotheses]
    text = " ".join(_spoken(target, names).split("\n"))
    proposition = f"∀ {' '.join(binders)}, {text}" if binders else text
    if any_level:
        proposition = _LEVEL.sub(r"\1 _", proposition)
    return Closed(proposition, tuple("_" if "✝" in h.name else h.name for h in hypotheses))


def stated(hypotheses: Sequence[Hypothesis], target: str) -> str:
    """The statement of a declaration, from after its name on."""
    proposition = closed(hypotheses, target, any_level=False).proposition
    levels = [name for _, level in _LEVEL.findall(proposition) for name in _LEVEL_NAME.findall(level)]
    universes = f".{{{', '.join(dict.fromkeys(levels))}}}" if levels else ""
    return f"{universes} : {proposition}"


def proof_of(lemma: Lemma | Draft) -> list[str]:
    """The lines of the tactic block that proves a lemma's statement."""
    if lemma.kind is Kind.THEOREM:
        return lemma.script.split("\n")
    return closed(lemma.hypotheses, lemma.target, any_level=False).proved_by(lemma.script)


def declared(lemma: Lemma, name: str) -> str:
    """The lemma as a theorem of that name."""
    lines = "".join(f"\n  {line}" if line else "\n" for line in proof_of(lemma))
    return f"theorem {name}{lemma.statement} := by{lines}"


def in_scope(lemmas: Iterable[tuple[str, Lemma]], tactic: str) -> str:
    """One tactic: the lemmas, each proved under its name and for those after it to use, and what is done with
    them."""
    lines: list[str] = []
    for name, lemma in lemmas:
        goal = closed(lemma.hypotheses, lemma.target, any_level=True)
        lines.append(f"have {name} : {goal.proposition} := by")
        lines += [f"  {line}" for line in goal.proved_by(lemma.script)]
    return block([*lines, *tactic.split("\n")])


def block(lines: Sequence[str]) -> str:
    """Several lines as one tactic."""
    if len(lines) == 1:
        return lines[0]
    return "(" + "\n ".join(lines) + ")"


def unblocked(tactic: str) -> str:
    """The lines that `block` made one tactic of."""
    lines = tactic.split("\n")
    if len(lines) == 1 or not (tactic.startswith("(") and tactic.endswith(")")):
        return tactic
    return "\n".join([lines[0][1:], *(line.removeprefix(" ") for line in lines[1:])])[:-1]


def adapted(script: str, names: Mapping[str, str]) -> str | None:
    """A script with its hypotheses renamed. None where it would mix one up with a name that it gives."""
    new = {old: name for old, name in names.items() if old != name and "✝" not in old + name}
    said = set(_NAME.findall(script))
    if any(name in said and name not in names for name in new.values()):
        return None
    return renamed(script, lambda name: new.get(name, name)) if new else script


def fresh(wanted: str, taken: Iterable[str]) -> str:
    """A name like the one wanted that is none of those taken."""
    taken = set(taken)
    name, number = wanted, 0
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _accessible(hypotheses: Sequence[Hypothesis], target: str) -> dict[str, str]:
    """For each hypothesis a name that can be written."""
    taken = set(_NAME.findall(" ".join([target, *(f"{h.name} {h.type}" for h in hypotheses)])))
    names: dict[str, str] = {}
    for hypothesis in hypotheses:
        name = hypothesis.name
        if "✝" in name:
            name = fresh(_DAGGER.sub("", name) or "x", taken)
            taken.add(name)
        names[hypothesis.name] = name
    return names


def _spoken(text: str, names: Mapping[str, str]) -> str:
    return renamed(text, lambda name: names.get(name, name)) if "✝" in text else text


def _binder(name: str, type_: str) -> str:
    return f"[{name} : {type_}]" if name.startswith(_INSTANCE) else f"({name} : {type_})"
