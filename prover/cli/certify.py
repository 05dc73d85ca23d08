"""Lemmas before Lean: taking those of a file into the library, and verifying those that are there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TypeVar

from lemmas import Draft, Lemma, Library, Provenance, Standing
from lemmas.certifying import Claim, certified
from lemmas.collecting import Collector, Proof, drafts_of, premises_in
from lemmas.fingerprints import surroundings
from lemmas.parcels import Parcelled, from_json, from_lean, is_shipment
from lemmas.statements import proof_of
from prover.errors import InputError
from prover.events import Opened
from prover.lean.gateway import LeanGateway
from prover.lean.lexis import tokens
from prover.lean.source import Source, parse_source, read_source
from prover.proving import GatewayPool
from prover.types import Declaration, Hole, Theorem
from prover.types import Standing as Verdicts

Told = Callable[[int, int], None]
_Item = TypeVar("_Item")


@dataclass
class TakenIn:
    imported: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass
class Verified:
    """`left`: how many were not looked at, because there was no need."""

    good: int = 0
    left: int = 0
    broken: list[str] = field(default_factory=list)


def taken_in(library: Library, pool: GatewayPool, path: Path, told: Told) -> TakenIn:
    """Raises `InputError` for a file that has no lemmas to take in."""
    source = read_source(path) if path.suffix == ".lean" else None
    if source is not None and not is_shipment(source.text):
        return _from_source(library, pool, source)
    text = read_source(path).text  # any UTF-8 text can be read as a source
    arrived = from_json(text, str(path)) if source is None else from_lean(text, str(path))
    return _from_shipment(library, pool, arrived, told)


def _from_shipment(library: Library, pool: GatewayPool, arrived: Sequence[Parcelled], told: Told) -> TakenIn:
    good: set[int] = set()
    seen = 0
    for group in grouped(range(len(arrived)), lambda place: arrived[place].draft.context):
        drafts = [arrived[place].draft for place in group]
        claims = [claim_of(draft) for draft in drafts]
        for at, stands in certified(pool.for_source, drafts[0].context, claims):
            good |= {group[at]} if stands else set()
            seen += 1
            told(seen, len(arrived))
    done = TakenIn(refused=[each.draft.name for place, each in enumerate(arrived) if place not in good])
    numbers: dict[int, int] = {}
    for place in sorted(good):
        each = arrived[place]
        uses = tuple(numbers[used] for used in each.uses if used in numbers)
        numbers[place] = _kept(library, replace(each.draft, uses=uses), done)
        if each.standing is Standing.STALE:
            library.mark([numbers[place]], Standing.STALE)
    return done


def _kept(library: Library, draft: Draft, done: TakenIn) -> int:
    before = library.size()
    (number,) = library.add([draft])
    if number > before:
        done.imported += 1
    else:
        done.known += 1
    return number


def _from_source(library: Library, pool: GatewayPool, source: Source) -> TakenIn:
    """The proved theorems of a user's file: each is certified in the place of a hole where its proof was."""
    proved = [each for each in source.declarations if _has_proof(each)]
    if not proved:
        raise InputError(f"{source.path}: there is no theorem with a proof in it")
    opened, proofs = _with_holes(source, proved)
    gateway = pool.for_source(opened)
    verdicts = gateway.certify(opened, proofs)
    done = TakenIn()
    for theorem in opened.theorems:
        if theorem.hole not in proofs:
            continue
        verdict = verdicts[theorem.hole]
        if verdict.standing is not Verdicts.CERTIFIED:
            done.refused.append(f"{theorem.name}: {verdict.reason or 'it leans on ' + verdict.assumes[0]}")
            continue
        proof = Proof(
            opened, theorem, proofs[theorem.hole], verdict.axioms, gateway.version, _imported(theorem)
        )
        for draft in _drafts(gateway, proof):
            _kept(library, _with_uses(library, draft, theorem), done)
    return done


def _has_proof(declaration: Declaration) -> bool:
    found = [token.text for token in tokens(declaration.body)]
    named = declaration.kind in ("theorem", "lemma") and declaration.name
    return bool(named) and found[:1] == [":="] and "sorry" not in found


def _with_holes(source: Source, proved: Sequence[Declaration]) -> tuple[Source, dict[Hole, str]]:
    """The file with `sorry` in the place of these proofs, and the proofs by these holes."""
    pieces, position = [], 0
    for declaration in proved:
        start = declaration.span.end - len(declaration.body)
        pieces.append(f"{source.text[position:start]}:= sorry")
        position = declaration.span.end
    text = "".join([*pieces, source.text[position:]])
    opened = parse_source(source.path, text.encode())
    bodies = {each.name: each.body.removeprefix(":=").strip() for each in proved}
    return opened, {
        theorem.hole: bodies[theorem.name] for theorem in opened.theorems if theorem.name in bodies
    }


def _drafts(gateway: LeanGateway, proof: Proof) -> list[Draft]:
    collected = Collector()
    with gateway.open(proof.source, proof.theorem) as session:
        collected.see(Opened(proof.theorem, 1, 0, session.root))
    return list(drafts_of(proof, collected))


def _with_uses(library: Library, draft: Draft, theorem: Theorem) -> Draft:
    names = premises_in(draft.script, surroundings(theorem))
    return replace(draft, uses=tuple(sorted(lemma.id for name in names for lemma in library.named(name)[:1])))


def _imported(theorem: Theorem) -> Provenance:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    line = theorem.hole.position.line
    return Provenance(str(theorem.file.resolve()), line, f"import {now}", "import", 0, 0.0, now)


def verified(
    library: Library, pool: GatewayPool, lemmas: Sequence[Lemma], every: bool, told: Told
) -> Verified:
    """Certify lemmas again and mark them. Unless `every`, only those with a reason for it."""
    by_context = grouped(lemmas, lambda lemma: lemma.context_id)
    done = Verified()
    for group in by_context:
        context = library.context(group[0].context_id)
        claims = [claim_of(lemma) for lemma in group]
        source = parse_source(
            Path("Lemmas.lean"), "".join(f"import {each}\n" for each in context.imports).encode()
        )
        toolchain = pool.for_source(source).version
        if not every and all(
            each.standing is Standing.CERTIFIED and each.toolchain == toolchain for each in group
        ):
            done.left += len(group)
            continue
        for at, stands in certified(pool.for_source, context, claims):
            lemma = group[at]
            if not stands:
                done.broken.append(lemma.name)
                library.mark([lemma.id], Standing.BROKEN)
            else:
                done.good += 1
                kept = Standing.STALE if lemma.standing is Standing.STALE else Standing.CERTIFIED
                library.mark([lemma.id], kept, toolchain)
            told(done.good + done.left + len(done.broken), len(lemmas))
    return done


def claim_of(lemma: Lemma | Draft) -> Claim:
    return Claim(lemma.name, lemma.statement, tuple(proof_of(lemma)))


def grouped(items: Iterable[_Item], by: Callable[[_Item], Hashable]) -> list[list[_Item]]:
    """Items that have the same of something together, the groups and their members in order."""
    groups: dict[Hashable, list[_Item]] = {}
    for item in items:
        groups.setdefault(by(item), []).append(item)
    return list(groups.values())
