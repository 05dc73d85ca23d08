"""What a worker's answer means: for the next decisions (`Ended`), and for the morning (`Told`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from prover.batch.items import Change, Ended, Item, Kind
from prover.batch.records import Attempt, Fit, HoleStatus
from prover.batch.rows import Proof, Told
from prover.batch.tasks import Learned, Refuted, Searched, Settled
from prover.lean.source import Source
from prover.proving.leaning import Support
from prover.types import SearchResult, Standing, Status, Stop, Theorem

_STATUS = {
    Status.PROVED: HoleStatus.PROVED,
    Status.CONDITIONAL: HoleStatus.CONDITIONAL,
    Status.OPEN: HoleStatus.OPEN,
    Status.INVALID: HoleStatus.INVALID,
    Status.ERROR: HoleStatus.ERROR,
}


@dataclass(frozen=True, slots=True)
class Work:
    """An item that has ended: where, who did it, and when. `places` are the numbers of the file's holes by
    their places; `proofs` are those that the file's holes have."""

    item: Item
    source: Source
    places: Mapping[int, int]
    proofs: Mapping[int, Support]
    told: Told
    lemmas: int


def searched(work: Work, theorem: Theorem, answer: Searched) -> tuple[Ended, Told]:
    item, result = work.item, answer.result
    assert item.hole is not None
    status = _STATUS[result.status]
    needs = result.verdict.needs if result.verdict else ()
    within = result.verdict is not None and result.verdict.within
    spent = answer.spent
    speechless = result.stop is Stop.MODEL and not spent.tactics  # the model answers, but with no tactic
    ended = Ended(
        changes=() if status is HoleStatus.OPEN else (Change(item.hole, status, needs),),
        tactics=spent.tactics,
        tokens=spent.tokens,
        usd=spent.usd,
        exhausted=within or result.stop is Stop.EXHAUSTED or speechless,
        partial=result.partial is not None,
        goals=len(result.open_goals),
        size=sum(len(goal.text) for goal in result.open_goals),
        meanings=tuple(sorted({name for draft in answer.gained.drafts for name, _ in draft.definitions})),
    )
    proofs = {}
    if result.proof is not None:
        axioms = result.verdict.axioms if result.verdict else ()
        text = _declared(work, theorem, {item.hole: result.proof})
        proofs[item.hole] = Proof(result.proof, text, axioms, needs, answer.lemmas)
    told = replace(
        work.told,
        attempt=_attempt(work, answer, status),
        proofs=proofs,
        messages={item.hole: result.message} if result.message else {},
        gained=answer.gained,
        trace=answer.trace,
    )
    return ended, told


def settled(work: Work, answer: Settled) -> tuple[Ended, Told]:
    standing = {
        work.places[place]: verdict
        for place, verdict in answer.verdicts.items()
        if verdict.standing is Standing.CERTIFIED
    }
    changes, proofs = [], {}
    texts = {hole: work.proofs[hole].text for hole in standing}
    for place, hole in work.places.items():
        if hole in standing:
            theorem, support = work.source.theorems[place], work.proofs[hole]
            needs = tuple(name for name in support.needs if name != theorem.name)
            changes.append(Change(hole, HoleStatus.PROVED, needs))
            text = _declared(work, theorem, texts)
            proofs[hole] = Proof(support.text, text, standing[hole].axioms, needs)
    return Ended(tuple(changes)), replace(work.told, proofs=proofs)


def refuted(work: Work, answer: Refuted) -> tuple[Ended, Told]:
    hole, example = work.item.hole, answer.counterexample
    if hole is None or example is None:
        return Ended(), work.told
    return Ended((Change(hole, HoleStatus.FALSE),)), replace(work.told, counterexamples={hole: example})


def learned(work: Work, answer: Learned) -> tuple[Ended, Told]:
    fit = answer.fit
    return Ended(model=fit.round if fit.used else 0), replace(work.told, fit=fit)


def set_aside(work: Work, why: str) -> tuple[Ended, Told]:
    """What was tried has killed its worker too often."""
    hole = work.item.hole
    if work.item.kind is Kind.LEARN:
        return learned(work, Learned(Fit(work.item.round, message=why)))
    if hole is None:
        return Ended(), work.told
    return Ended((Change(hole, HoleStatus.ASIDE),)), replace(work.told, messages={hole: why})


def refused(work: Work, message: str) -> tuple[Ended, Told]:
    changes = tuple(
        Change(hole, HoleStatus.ERROR) for hole in work.places.values() if hole not in work.proofs
    )
    told = replace(work.told, refusal=message, messages={each.hole: message for each in changes})
    return Ended(changes, refused=True), told


def _declared(work: Work, theorem: Theorem, proofs: Mapping[int, str]) -> str:
    """The declaration with these proofs, and those that its other holes have."""
    texts = {hole: support.text for hole, support in work.proofs.items()} | dict(proofs)
    own = {
        work.source.theorems[place].hole: texts[hole]
        for place, hole in work.places.items()
        if hole in texts and work.source.theorems[place].declaration == theorem.declaration
    }
    return work.source.declared(theorem.declaration, own)


def _attempt(work: Work, answer: Searched, outcome: HoleStatus) -> Attempt:
    item, result, spent, told = work.item, answer.result, answer.spent, work.told
    assert item.hole is not None
    return Attempt(
        number=item.number,
        hole=item.hole,
        round=item.round,
        worker=told.worker,
        began=told.began,
        at=told.at,
        budget=item.fresh,
        continued=item.continued,
        outcome=outcome,
        stop=result.stop.value,
        seconds=spent.seconds,
        lean=spent.lean_seconds,
        tactics=spent.tactics,
        expansions=spent.expansions,
        tokens=spent.tokens,
        usd=spent.usd,
        policy=answer.policy,
        message=result.message,
        partial=_partial(result),
        goals=tuple(goal.text for goal in result.open_goals),
        failures=answer.failures,
        lemmas=work.lemmas,
    )


def _partial(result: SearchResult) -> str | None:
    return result.partial if result.proof is None else None
