"""Keeping what is proved: an observer of a run that puts each certified proof into the lemma library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from lemmas.collecting import Collector, Proof, drafts_of, premises_in
from lemmas.fingerprints import surroundings
from lemmas.records import Draft, Provenance
from lemmas.store import Library
from prover.lean.source import Source
from prover.proving.results import Finished, HoleResult, ProvingEvent, Searching
from prover.types import Hole, Status, Theorem


class Keeper:
    """Shown each event of a run, before anyone is told of it. `run` names the run."""

    def __init__(self, library: Library, sources: Iterable[Source], run: str) -> None:
        self._library = library
        self._sources = {source.path: source for source in sources}
        self._run = run
        self._collectors: dict[tuple[Path, Hole], Collector] = {}

    def see(self, event: ProvingEvent) -> None:
        """When this returns, what was proved is on disk. Raises `LibraryError`."""
        match event:
            case Searching(theorem, step):
                self._collectors.setdefault(_place(theorem), Collector()).see(step)
            case Finished(result):
                collected = self._collectors.pop(_place(result.theorem), None)
                if result.status is Status.PROVED and collected is not None:
                    self._keep(result, collected)
            case _:
                pass

    def _keep(self, result: HoleResult, collected: Collector) -> None:
        theorem = result.theorem
        assert result.proof is not None
        told = Provenance(
            file=str(theorem.file.resolve()),
            line=theorem.hole.position.line,
            run=self._run,
            policy=result.policy,
            tactics=result.statistics.tactics,
            seconds=round(result.statistics.seconds, 3),
            created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        )
        source = self._sources[theorem.file]
        proof = Proof(source, theorem, result.proof, result.axioms, result.lean, told)
        self._library.add(drafts_with_uses(proof, collected, self._library))


def drafts_with_uses(proof: Proof, collected: Collector, library: Library) -> list[Draft]:
    """What there is to keep of a proof. Lemmas of the library that are theorems of the same file count as
    used where a script names them."""
    return [_with_uses(draft, proof.theorem, library) for draft in drafts_of(proof, collected)]


def _with_uses(draft: Draft, theorem: Theorem, library: Library) -> Draft:
    named = {
        lemma.id
        for name in premises_in(draft.script, surroundings(theorem))
        for lemma in library.named(name)[:1]
    }
    return replace(draft, uses=tuple(sorted({*draft.uses, *named})))


def _place(theorem: Theorem) -> tuple[Path, Hole]:
    return theorem.file, theorem.hole
