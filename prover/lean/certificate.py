"""What counts as proved: pure judgement over what Lean said of a file, before and after a proof was put in.

The axioms of Lean's own logic are allowed, every other is foreign: an allow-list, never a deny-list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prover.types import Standing, Verdict

ALLOWED_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
_PRIVATE = re.compile(r"^_private\..*?\.0\.")
_MADE_UP = re.compile(r"(?<=.)\._.*$")
_NUMBERS = re.compile(r"(?<=\?[mu]\.)\d+|(?<=_uniq\.)\d+|(?<=_hyg\.)\d+")
_SAYS_SORRY = re.compile(r"declaration uses ['`]sorry['`]")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of Lean's; `line` from 1 and `column` from 0 in the text that was elaborated."""

    severity: str
    line: int
    column: int
    text: str

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def says_sorry(self) -> bool:
        return _SAYS_SORRY.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Foundation:
    """What the declarations of one command rest on.

    `flaws` are changes that a proof must not make, and the kernel's complaints. `open` names other open
    declarations of the file that they lean on, `unfinished` those of the command that say `sorry` themselves.
    """

    declared: tuple[str, ...]
    flaws: tuple[str, ...]
    axioms: tuple[str, ...]
    open: tuple[str, ...]
    unfinished: tuple[str, ...]


def user_name(name: str) -> str:
    """The declaration that the user wrote: without the private prefix that those of a `module` get, and
    without what Lean adds for the parts that it makes of it (`t._proof_1`)."""
    return _MADE_UP.sub("", _PRIVATE.sub("", name))


def new_errors(before: Sequence[Message], after: Sequence[Message]) -> list[Message]:
    """The errors of `after` that `before` does not have. Positions may have moved, so texts are compared,
    without the numbers that Lean gives to metavariables."""
    known = Counter(_NUMBERS.sub("", message.text) for message in before if message.is_error)
    added = []
    for message in after:
        if message.is_error:
            text = _NUMBERS.sub("", message.text)
            if known[text] > 0:
                known[text] -= 1
            else:
                added.append(message)
    return added


def judge(foundation: Foundation, other_holes: bool, says_sorry: bool) -> Verdict:
    """The verdict on a command that elaborated without new errors.

    `other_holes`: it has holes left besides. `says_sorry`: Lean warned of a `sorry` in it.
    """
    axioms = tuple(sorted(set(foundation.axioms)))
    foreign = [axiom for axiom in axioms if axiom not in ALLOWED_AXIOMS]
    if foundation.flaws:
        return rejected(foundation.flaws[0])
    if foreign:
        return rejected(f"rests on the axiom {', '.join(map(user_name, foreign))}")
    if not foundation.declared:
        return rejected("declares nothing")
    if foundation.unfinished and not other_holes:
        return rejected("contains `sorry`")
    assumes = foundation.open + foundation.unfinished
    if assumes:
        names = tuple(dict.fromkeys(user_name(name) for name in assumes))
        return Verdict(Standing.CONDITIONAL, axioms, names, within=not foundation.open)
    if says_sorry:
        return rejected("Lean says that it uses `sorry`")
    return Verdict(Standing.CERTIFIED, axioms)


def rejected(reason: str) -> Verdict:
    return Verdict(Standing.REJECTED, reason=reason)
