"""Is a theorem false? Values are guessed without Lean, and believed when Lean certifies that the statement
does not hold of them.

    counterexample = refute(source, theorem, gateway)
    if counterexample is not None:
        ...                             # str(counterexample): `x = 0, xs = [1]`

Nothing is said of a theorem for which it answers None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from prover.errors import HoleError
from prover.lean.gateway import LeanGateway, LeanSession
from prover.lean.source import Source
from prover.lean.splice import fit
from prover.policy.symbols import symbols_of
from prover.policy.view import View
from prover.refute.guesses import Guesses, Values, guess
from prover.refute.negation import Negation, Statement, negation_of, statement_of
from prover.types import Advanced, Counterexample, Declaration, Failed, Goal, Proved, Standing, Theorem

Guessing: TypeAlias = Callable[[Goal, Sequence[Declaration], Sequence[int]], Guesses]

_TRIED = 2
_MOST_HELPLESS = 6
"""How many proofs may fail without Lean having found that the statement holds of the values."""
_FALSE = "is false"
_HINT = "counterexample"
_NUMBER = re.compile(r"(?<![\w.])\d{1,9}(?![\w.])")


def refute(
    source: Source, theorem: Theorem, gateway: LeanGateway, guessing: Guessing = guess
) -> Counterexample | None:
    """A counterexample to the statement of the theorem that a hole is in, or None where none was found, the
    negation can't be stated, or Lean does not accept it. Deterministic; Lean runs a dozen tactics at most.

    Raises `LeanUnavailable`.
    """
    statement = statement_of(source, theorem)
    if statement is None:
        return None
    try:
        return _refuted(statement, theorem, gateway, guessing)
    except HoleError:
        return None


def _refuted(
    statement: Statement, theorem: Theorem, gateway: LeanGateway, guessing: Guessing
) -> Counterexample | None:
    with gateway.open(statement.source, statement.theorem) as session:
        goal, found, decided = _looked_at(session, theorem, guessing)
    if not (found.refuting or found.undecided or decided):
        return None
    negation = negation_of(statement, found.levels or 0)
    if negation is None:
        return None
    definitions = View(goal, symbols_of(theorem)).definitions
    helpless = 0
    with gateway.open(negation.source, negation.refuted) as session:
        for values, script in _scripts(found, definitions):
            outcome = session.run(session.root, _as_one(script))
            if isinstance(outcome, Proved):
                return _certified(negation, script, values, theorem, gateway)
            helpless += isinstance(outcome, Failed) and _FALSE not in outcome.message
            if helpless == _MOST_HELPLESS:
                break
    return None


def _looked_at(session: LeanSession, theorem: Theorem, guessing: Guessing) -> tuple[Goal, Guesses, bool]:
    """The statement with its variables introduced, what is guessed, and whether `decide` finds it false."""
    introduced = session.run(session.root, "intros")
    state = introduced.state if isinstance(introduced, Advanced) else session.root
    goal = state.goals[0]
    found = guessing(goal, theorem.known, ())
    if found.refuting:
        return goal, found, False
    decided = session.run(session.root, "decide +revert")
    if isinstance(decided, Failed) and _FALSE in decided.message:
        return goal, found, True
    hinted = session.run(state, "omega")
    if isinstance(hinted, Failed) and _HINT in hinted.message:
        numbers = [int(number) for number in _NUMBER.findall(hinted.message)]
        found = guessing(goal, theorem.known, numbers)
    return goal, found, False


def _scripts(found: Guesses, definitions: Sequence[str]) -> Iterator[tuple[Values, list[str]]]:
    """Proofs of the negation, the likely ones first."""
    simp = f"simp [{', '.join(definitions)}]"
    grind = f"grind [{', '.join(definitions)}]"
    for values in found.refuting[:_TRIED]:
        for closing in ("decide", simp, grind):
            yield values, [*_at(values), closing]
    if not found.refuting:
        yield {}, ["decide"]
        for values in found.undecided:
            yield values, [*_at(values), "decide"]


def _as_one(script: Sequence[str]) -> str:
    return "(" + "\n ".join(script) + ")"


def _at(values: Values) -> list[str]:
    """From `¬ statement` to the negation of it at the values."""
    arguments = "".join(f" ({name} := {value})" for name, value in values.items())
    return ["intro all", f"have this := all{arguments}", "revert this", "clear all"]


def _certified(
    negation: Negation, script: Sequence[str], values: Values, theorem: Theorem, gateway: LeanGateway
) -> Counterexample | None:
    source, refuted, plain = negation.source, negation.refuted.hole, negation.plain.hole
    proofs = {refuted: fit(source, refuted, script), plain: fit(source, plain, [negation.by_itself])}
    verdicts = gateway.certify(source, proofs)
    if any(verdicts[hole].standing is not Standing.CERTIFIED for hole in proofs):
        return None
    shown = tuple((name, _short(value, theorem)) for name, value in values.items())
    return Counterexample(shown, "\n".join(script), verdicts[refuted].axioms)


def _short(value: str, theorem: Theorem) -> str:
    """Without the namespaces that the theorem is in."""
    namespace = theorem.declaration.name.rpartition(".")[0]
    while namespace:
        value = re.sub(rf"(?<![\w.]){re.escape(namespace)}\.", "", value)
        namespace = namespace.rpartition(".")[0]
    return value
