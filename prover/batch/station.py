"""Where one worker works: a warm Lean, the policy, its copy of the lemma library. One for each process.

station = Station(equipment)
answer = station.do(assignment)      # in one thread; `station.stop()` and `close()` come from others
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path

from lemmas.collecting import Collector, Proof
from lemmas.records import Draft, Provenance
from lemmas.store import Library
from prover.batch.drafts import NO_LEMMAS, Gained
from prover.batch.items import Item, Kind
from prover.batch.models import model_of
from prover.batch.records import Fit
from prover.batch.replica import learn, replica_from, replica_of
from prover.batch.tasks import (
    Answer,
    Assignment,
    Broken,
    Checked,
    CutOff,
    Equipment,
    Learned,
    Refused,
    Refuted,
    Searched,
    Settled,
    Unanswered,
)
from prover.batch.watching import Watch, recalled
from prover.errors import InputError, LeanUnavailable, NightError, ProverError
from prover.lean.connect import gateway_factory
from prover.lean.gateway import LeanGateway
from prover.lean.source import Source, parse_source
from prover.policy.library import Shelf, with_library
from prover.policy.protocols import KEPT, PolicyFactory, TacticGenerator
from prover.policy.specs import MAKERS, Making, policy_factory
from prover.proving.keeping import drafts_with_uses
from prover.proving.leaning import LeaningGateway
from prover.proving.workers import settle
from prover.refute import refute
from prover.search.loop import search
from prover.types import Budget, SearchResult, Statistics, Status, Stop, Theorem


class Station:
    """`library` is what the equipment's library file contains, for a machine that does not have it. Raises
    `ProverError` where it can't be set up."""

    def __init__(self, equipment: Equipment, library: bytes | None = None) -> None:
        self._equipment = equipment
        self._pool = gateway_factory(equipment.lean)()
        self._policies = {0: policy_factory(equipment.policy, equipment.seed, equipment.models)}
        self._content = library
        self._library: Library | None = None
        self._stopping = False

    def do(self, assignment: Assignment, pulse: Callable[[int], None] = lambda tactics: None) -> Answer:
        """Never raises for what comes of the work. `pulse` hears how many tactics a search has tried."""
        try:
            return self._do(assignment, pulse)
        except LeanUnavailable as error:
            return Broken(str(error), fatal=True)
        except InputError as error:
            return Refused(str(error))
        except ProverError as error:
            return Broken(str(error), fatal=False)
        except Exception as error:  # a fault in one hole's work must not cost the others theirs
            return Broken(f"{type(error).__name__}: {error}", fatal=False)

    def stop(self) -> None:
        """Let searches end at their next event, from now on."""
        self._stopping = True

    def close(self) -> None:
        self._pool.close()

    def _do(self, assignment: Assignment, pulse: Callable[[int], None]) -> Answer:
        self._learn(assignment)
        if assignment.item.kind is Kind.LEARN:
            return self._fitted(assignment.item)
        source = _source(assignment.path, assignment.raw)
        gateway = self._pool.for_source(source)
        match assignment.item.kind:
            case Kind.CHECK:
                return Checked(tuple(f"{each.position}: {each.message}" for each in gateway.check(source)))
            case Kind.SETTLE:
                return _settled(gateway, source, assignment)
            case Kind.TRY:
                return self._searched(gateway, source, assignment, pulse)
            case Kind.REFUTE:
                assert assignment.place is not None
                found = refute(source, source.theorems[assignment.place], gateway)
                return Refuted(None if found is None else str(found))

    def _fitted(self, item: Item) -> Answer:
        equipment = self._equipment
        assert equipment.learns is not None
        try:
            from prover.batch.learning import Lessons, fitted  # late: torch is heavy

            lessons = Lessons(equipment.learns, equipment.policy, equipment.seed, item)
            fit = fitted(lessons, lambda: self._stopping)
        except Exception as error:  # it would fail again, and the night can do without
            why = str(error) if isinstance(error, ProverError) else f"{type(error).__name__}: {error}"
            return Learned(Fit(item.round, message=" ".join(why.split())))
        return CutOff(None) if fit is None else Learned(fit)

    def _learn(self, assignment: Assignment) -> None:
        path, content = self._equipment.library, self._content
        if path is None:
            return
        if self._library is None or assignment.forgets:
            self._library = replica_of(path) if content is None else replica_from(content)
        learn(self._library, assignment.lemmas)

    def _searched(
        self, gateway: LeanGateway, source: Source, assignment: Assignment, pulse: Callable[[int], None]
    ) -> Answer:
        """A search that can't go on where the one before was begins anew."""
        try:
            return self._search(gateway, source, assignment, pulse)
        except InputError:
            if assignment.trace is None:
                raise
            return self._search(gateway, source, replace(assignment, trace=None), pulse)

    def _search(
        self, gateway: LeanGateway, source: Source, assignment: Assignment, pulse: Callable[[int], None]
    ) -> Answer:
        item = assignment.item
        assert assignment.place is not None
        theorem = source.theorems[assignment.place]
        known = {source.theorems[place].hole: support for place, support in assignment.known.items()}
        leaning = LeaningGateway(gateway, known)
        policy = self._policy(item.model, frozenset(item.barred))
        name = f"{policy.name}, fitted after round {item.model}" if item.model else policy.name
        recording, counted = recalled(assignment.trace)
        budget = Budget(tactics=item.budget, usd=_plus(assignment.usd, counted.usd))
        collector, watch = Collector(), Watch(theorem)
        running = search(source, theorem, leaning, policy, budget, self._equipment.strategy, recording)
        with closing(running):
            while True:
                if self._stopping:
                    return CutOff(watch.trace(counted))
                try:
                    event = next(running)
                except StopIteration as end:
                    result: SearchResult = end.value
                    break
                collector.see(event)
                watch.see(event)
                pulse(watch.tactics)
        spent = _minus(result.statistics, counted)
        if result.stop is Stop.MODEL and not spent.tactics and not spent.tokens:
            return Unanswered(result.message)
        lives = result.status is not Status.PROVED or self._equipment.learns is not None
        gained = self._gained(source, theorem, result, collector, gateway.version, name, assignment.run)
        return Searched(
            result=result,
            spent=spent,
            lean=gateway.version,
            policy=name,
            gained=gained,
            lemmas=self._lemmas(collector, gained) if result.status is Status.PROVED else (),
            failures=tuple(watch.failures(result.open_goals)),
            trace=watch.trace(result.statistics) if lives else None,
        )

    def _policy(self, model: int, barred: frozenset[str]) -> TacticGenerator:
        if model not in self._policies:
            self._policies[model] = _fitted_policies(self._equipment, model)
        policy = self._policies[model](barred)
        return policy if self._library is None else with_library(policy, Shelf(self._library), barred)

    def _gained(
        self,
        source: Source,
        theorem: Theorem,
        result: SearchResult,
        collector: Collector,
        lean: str,
        policy: str,
        run: str,
    ) -> Gained:
        if self._library is None or result.status is not Status.PROVED or result.proof is None:
            return NO_LEMMAS
        told = Provenance(
            file=str(theorem.file.resolve()),
            line=theorem.hole.position.line,
            run=run,
            policy=policy,
            tactics=result.statistics.tactics,
            seconds=round(result.statistics.seconds, 3),
            created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        )
        axioms = result.verdict.axioms if result.verdict else ()
        proof = Proof(source, theorem, result.proof, axioms, lean, told)
        drafts = drafts_with_uses(proof, collector, self._library)
        return Gained(tuple(drafts), _used(self._library, drafts))

    def _lemmas(self, collector: Collector, gained: Gained) -> tuple[tuple[str, str], ...]:
        """What the proof owes to the library: lemmas it brings or names, and those whose scripts it took."""
        if self._library is None:
            return ()
        sources = [source for source in collector.sources if source.startswith(KEPT)]
        numbers = [int(source.removeprefix(KEPT).split()[0]) for source in sources]
        taken = {(lemma.key, lemma.name) for lemma in self._library.many(numbers)}
        return tuple(sorted({*taken, *((key, name) for _, key, name in gained.used)}))


def _fitted_policies(equipment: Equipment, model: int) -> PolicyFactory:
    """Of a model that the night has fitted. Raises `NightError`."""
    assert equipment.learns is not None
    try:
        return MAKERS["builtin:"](str(model_of(equipment.learns, model)), Making(equipment.seed))
    except InputError as error:  # which says nothing of the file that it was to prove something in
        raise NightError(f"the model that the night goes on with can't be read: {error}") from None


def _used(library: Library, drafts: list[Draft]) -> tuple[tuple[int, str, str], ...]:
    numbers = sorted({number for draft in drafts for number in draft.uses})
    return tuple((lemma.id, lemma.key, lemma.name) for lemma in library.many(numbers))


def _settled(gateway: LeanGateway, source: Source, assignment: Assignment) -> Settled:
    places = {**assignment.known, **assignment.settles}
    proofs = {source.theorems[place].hole: support.text for place, support in places.items()}
    verdicts = settle(gateway, source, proofs)
    return Settled(
        {
            place: verdicts[source.theorems[place].hole]
            for place in assignment.settles
            if source.theorems[place].hole in verdicts
        }
    )


@lru_cache(maxsize=8)
def _source(path: Path, raw: bytes) -> Source:
    return parse_source(path, raw)


def _plus(limit: float | None, counted: float) -> float | None:
    return None if limit is None else limit + counted


def _minus(one: Statistics, other: Statistics) -> Statistics:
    return Statistics(
        tactics=one.tactics - other.tactics,
        expansions=one.expansions - other.expansions,
        seconds=max(0.0, one.seconds - other.seconds),
        lean_seconds=max(0.0, one.lean_seconds - other.lean_seconds),
        policy_seconds=max(0.0, one.policy_seconds - other.policy_seconds),
        tokens=one.tokens - other.tokens,
        usd=one.usd - other.usd,
    )
