"""Lean's word on lemmas as declarations of their own, each after its context and after those that it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lemmas.parcels import short_name
from lemmas.records import Context
from lemmas.statements import fresh
from prover.lean.gateway import LeanGateway
from prover.lean.guard import refusal
from prover.lean.lexis import tokens
from prover.lean.source import Source, parse_source
from prover.types import Hole, Standing, Verdict

_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Claim:
    """That `statement` under that name is proved by `proof`, the lines of a tactic block."""

    name: str
    statement: str
    proof: tuple[str, ...]


def certified(
    gateway_for: Callable[[Source], LeanGateway], context: Context, claims: Sequence[Claim]
) -> Iterator[tuple[int, bool]]:
    """Which of the claims about one context stand, by their places, some at a time.

    A claim may lean on those before it that stand.
    """
    standing: list[Claim] = []
    for start in range(0, len(claims), _AT_ONCE):
        part = claims[start : start + _AT_ONCE]
        good = _standing(gateway_for, context, _needed(standing, part), part)
        standing += [claim for claim in part if claim in good]
        for place, claim in enumerate(part, start):
            yield place, claim in good


def _needed(known: Sequence[Claim], claims: Sequence[Claim]) -> list[Claim]:
    """Those that the claims name, and what these name in turn, in order."""
    by_name = {claim.name.rpartition(".")[2]: claim for claim in known}
    found: set[str] = set()
    pending = list(claims)
    while pending:
        claim = pending.pop()
        said = {token.text.rpartition(".")[2] for line in claim.proof for token in tokens(line)}
        new = (said & by_name.keys()) - found
        found |= new
        pending += [by_name[name] for name in new]
    return [claim for name, claim in by_name.items() if name in found]


def _standing(
    gateway_for: Callable[[Source], LeanGateway],
    context: Context,
    known: Sequence[Claim],
    claims: Sequence[Claim],
) -> list[Claim]:
    """Those that stand, all together after `known`. What spoils the file for others is found by halving."""
    claims = [claim for claim in claims if may_be_asked(claim)]
    if not claims:
        return []
    source, holes = _file(context, [*known, *claims])
    verdicts: dict[Hole, Verdict] = {}
    if len(holes) == len(known) + len(claims):
        proofs = {hole: by_tactics(claim) for hole, claim in zip(holes, [*known, *claims], strict=True)}
        verdicts = dict(gateway_for(source).certify(source, proofs))
    new = list(zip(claims, holes[len(known) :], strict=False))
    good = [
        claim for claim, hole in new if hole in verdicts and verdicts[hole].standing is Standing.CERTIFIED
    ]
    if len(good) == len(claims) or len(claims) == 1:
        return good
    half = len(claims) // 2
    first = _standing(gateway_for, context, known, claims[:half])
    return first + _standing(gateway_for, context, [*known, *first], claims[half:])


def may_be_asked(claim: Claim) -> bool:
    """Nothing that comes from a file may be more than a statement and its proof."""
    if [token.text for token in tokens(claim.name)] != [claim.name]:
        return False
    return refusal(f"show {claim.statement}") is None and refusal("\n".join(claim.proof), claim.name) is None


def _file(context: Context, claims: Sequence[Claim]) -> tuple[Source, list[Hole]]:
    """A file with the claims as theorems, and the hole of each."""
    head = [*(f"import {module}" for module in context.imports), context.text]
    text = "\n".join(head) + "\n"
    start, taken = len(text), set[str]()
    for claim in claims:
        name = fresh(short_name(claim.name, context), taken)
        taken.add(name)
        text += f"\ntheorem {name}{claim.statement} := sorry\n"
    source = parse_source(Path("Lemmas.lean"), text.encode())
    return source, [theorem.hole for theorem in source.theorems if theorem.hole.span.start >= start]


def by_tactics(claim: Claim) -> str:
    return "by" + "".join(f"\n  {line}" if line else "\n" for line in claim.proof)
