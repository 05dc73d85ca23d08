"""What the lemma library has for one goal of one theorem.

1. A lemma for the same goal: its script, first of all.
2. A lemma whose conclusion covers the target: stated in scope and applied.
3. Lemmas and earlier theorems of the file that speak of the same things: to rewrite and simplify with.

A lemma comes with its proof, unless it is a theorem of the file that may be used by name. Those that mention
definitions which have changed since come last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from lemmas.collecting import USES, premises_in
from lemmas.fingerprints import Surroundings, surroundings
from lemmas.keys import Identified, identify
from lemmas.matching import covers
from lemmas.ranking import ranked
from lemmas.records import Kind, Lemma, Standing
from lemmas.statements import adapted, block, in_scope, unblocked
from lemmas.store import Library
from prover.policy import relevance
from prover.policy.protocols import KEPT
from prover.policy.terms import sides, telescope, variables_in
from prover.types import Candidate, Goal, Hypothesis, Theorem

_SCRIPT, _COVER, _TOGETHER, _PREMISE, _STALE = -0.01, -0.3, -1.0, -2.2, -4.0
_CONDITIONAL = 1.5  # dearer, as many a lemma with premises covers what it has nothing to do with
_LOOKED_AT = 60  # ranked lemmas that are looked at for a goal
_COVERS = 4
_PREMISES = 2
_SHOWN = 8  # lemmas that a model is shown
_SHOWN_NAME = re.compile(r"_\d+(?![\w'])")  # what the names of lemmas end in that are brought
_NAME = re.compile(r"[^\W\d][\w'!?]*")
_AGE = 0.2  # the price of each place further down in a ranking


class Offers:
    """For one goal of one theorem."""

    def __init__(self, library: Library, theorem: Theorem, goal: Goal, barred: frozenset[str]) -> None:
        self._library = library
        self._theorem = theorem
        self._goal = goal
        self._barred = barred
        self._around: Surroundings = surroundings(theorem)
        self._known: Identified = identify(goal, self._around)
        self._meanings = {name.rpartition(".")[2]: made for name, made in self._around.all().items()}

    def all(self) -> Iterator[Candidate]:
        hits = self._library.by_key(self._known.key)
        yield from self._scripts([lemma for lemma in hits if lemma.standing is Standing.CERTIFIED], _SCRIPT)
        near = self._near()
        yield from self._covering([lemma for lemma in near if self._is_fresh(lemma)], _COVER)
        yield from self._premises([lemma for lemma in near if self._is_fresh(lemma)])
        old = [*hits, *self._library.by_shape(self._known.shape)]
        yield from self._scripts([lemma for lemma in old if not self._is_fresh(lemma)], _STALE)
        yield from self._covering([lemma for lemma in near if not self._is_fresh(lemma)], _STALE)

    def stated(self) -> list[str]:
        """The lemmas near the goal that are not theorems of the file, as statements with the names that
        `bringing` knows them by."""
        return [f"theorem {name}{lemma.statement}" for name, lemma in self._shown.items()]

    def bringing(self, candidate: Candidate) -> Candidate:
        """With the lemmas in scope that it names."""
        if not _SHOWN_NAME.search(candidate.tactic):
            return candidate
        shown = self._shown
        named = [name for name in dict.fromkeys(_NAME.findall(candidate.tactic)) if name in shown]
        if not named:
            return candidate
        brought = [(name, shown[name]) for name in named]
        numbers = " ".join(str(lemma.id) for _, lemma in brought)
        tactic = in_scope(brought, unblocked(candidate.tactic))
        return Candidate(tactic, candidate.logprob, f"{USES}{numbers}")

    @cached_property
    def _shown(self) -> dict[str, Lemma]:
        fresh = [lemma for lemma in self._near() if lemma.kind is Kind.THEOREM and self._is_fresh(lemma)]
        premises = [self._as_premise(lemma) for lemma in fresh[:_SHOWN]]
        return {each.name: each.lemma for each in premises if each.lemma is not None}

    def _near(self) -> list[Lemma]:
        """Ranked, without those for the goal itself and those about things that this file does not have."""
        lemmas = self._library.many(ranked(self._library, self._known.wanted, _LOOKED_AT))
        return [lemma for lemma in lemmas if lemma.key != self._known.key and self._can_be_stated(lemma)]

    def _can_be_stated(self, lemma: Lemma) -> bool:
        return all(name.rpartition(".")[2] in self._meanings for name, _ in lemma.definitions)

    def _is_fresh(self, lemma: Lemma) -> bool:
        return lemma.standing is Standing.CERTIFIED and all(
            self._meanings.get(name.rpartition(".")[2]) == made for name, made in lemma.definitions
        )

    def _scripts(self, lemmas: Sequence[Lemma], price: float) -> Iterator[Candidate]:
        for place, lemma in enumerate(lemmas):
            goal = Goal(lemma.hypotheses, lemma.target, "", "")
            order = identify(goal, self._around).order
            if len(order) != len(self._known.order):
                continue
            script = adapted(lemma.script, dict(zip(order, self._known.order, strict=True)))
            needed = self._needed(lemma)
            if script is None or needed is None:
                continue
            logprob = price - _AGE * place
            if needed:
                numbers = " ".join(str(used.id) for _, used in needed)
                yield Candidate(in_scope(needed, script), logprob, f"{KEPT}{lemma.id} with {USES}{numbers}")
            else:
                yield self._candidate(block(script.split("\n")), logprob, f"{KEPT}{lemma.id}", price)

    def _needed(self, lemma: Lemma) -> list[tuple[str, Lemma]] | None:
        """What a script uses by names that must not be used here: to be brought under these names, the oldest
        first. None where that can't be."""
        found: dict[int, tuple[str, Lemma]] = {}
        pending = [lemma]
        while pending:
            user = pending.pop()
            barred = premises_in(user.script, self._around) & self._barred
            used = self._library.many(self._library.used_by(user.id)) if barred else []
            by_name = {each.name: each for each in used}
            for full in barred:
                name = self._around.symbols.short(full)
                if full not in by_name or "." in name:
                    return None
                found[by_name[full].id] = name, by_name[full]
            pending += [by_name[full] for full in barred]
        return [found[number] for number in sorted(found)]

    def _covering(self, lemmas: Sequence[Lemma], price: float) -> Iterator[Candidate]:
        found = ((lemma, ways) for lemma in lemmas if (ways := list(self._ways(lemma))))
        for place, (lemma, ways) in enumerate(islice(found, _COVERS)):
            premise = self._as_premise(lemma)
            for way, dearer in ways:
                yield self._using([premise], way.format(premise.name), price - _AGE * place - dearer)

    def _ways(self, lemma: Lemma) -> Iterator[tuple[str, float]]:
        """Tactics by which the lemma may prove the target, and how much dearer than the price they are."""
        hypotheses, conclusion = _opened(lemma)
        opened = conclusion != lemma.target
        if opened and covers(lemma.hypotheses, lemma.target, self._goal, self._constant):
            yield "apply {}", 0.0  # `..` would stand for what the target itself says for all of
        elif covers(hypotheses, conclusion, self._goal, self._constant):
            if self._has_premises(hypotheses, conclusion):
                yield "apply {} <;> assumption", _CONDITIONAL
                yield "apply {}", _CONDITIONAL + 0.5
            else:
                yield "exact {} ..", 0.0
        elif (equation := sides(self._goal.target)) is not None:
            turned = replace(self._goal, target=f"{equation[1]} = {equation[0]}")
            if covers(hypotheses, conclusion, turned, self._constant):
                yield "exact Eq.symm ({} ..)", 0.0

    def _constant(self, name: str) -> str:
        return (self._around.symbols.resolve(name) or name).rpartition(".")[2]

    def _has_premises(self, hypotheses: Sequence[Hypothesis], conclusion: str) -> bool:
        """Whether a hypothesis is more than a variable of the conclusion."""
        said = variables_in(conclusion)
        types = {name for hypothesis in hypotheses for name in variables_in(hypothesis.type)}
        return any(h.name not in said and h.name not in types for h in hypotheses)

    def _premises(self, lemmas: Sequence[Lemma]) -> Iterator[Candidate]:
        """To simplify with all of the best together, and to rewrite with each."""
        theorems = [lemma for lemma in lemmas if lemma.kind is Kind.THEOREM]
        plain = [lemma for lemma in theorems if not self._has_premises(lemma.hypotheses, lemma.target)]
        named = [self._as_premise(lemma) for lemma in plain[:_PREMISES]]
        known = {premise.name for premise in named}
        named += [_Premise(name) for name in self._earlier() if name not in known]
        if not named:
            return
        listed = ", ".join([*self._definitions(), *(premise.name for premise in named)])
        yield self._using(named, f"simp_all [{listed}]", _TOGETHER)
        yield self._using(named, f"grind [{listed}]", _TOGETHER - _AGE)
        for place, premise in enumerate(named):
            if premise.lemma is None or "=" in premise.lemma.target or "↔" in premise.lemma.target:
                yield self._using([premise], f"rw [{premise.name}]", _PREMISE - _AGE * place)
            if premise.lemma is None:
                yield self._using([premise], f"apply {premise.name}", _PREMISE - _AGE * (place + 1))

    def _definitions(self) -> list[str]:
        symbols = self._around.symbols
        names = [name for name, _ in self._known.definitions if symbols[name].is_definition]
        return [symbols.short(name) for name in names]

    def _earlier(self) -> list[str]:
        """The theorems of the file that may be used, ranked."""
        symbols = self._around.symbols
        usable = [
            symbol
            for symbol in symbols.all()
            if symbol.is_theorem and symbol.name not in self._barred and symbol.name != self._theorem.name
        ]
        best = relevance.best(usable, self._known.wanted, symbols, _PREMISES)
        return [symbols.short(symbol.name) for symbol in best]

    def _as_premise(self, lemma: Lemma) -> _Premise:
        symbols = self._around.symbols
        full = symbols.resolve(lemma.name)
        if full == lemma.name and symbols[full].is_theorem and full not in self._barred:
            return _Premise(symbols.short(full))
        return _Premise(f"{lemma.name.rpartition('.')[2]}_{lemma.id}", lemma)

    def _using(self, premises: Sequence[_Premise], tactic: str, logprob: float) -> Candidate:
        """A tactic that names premises, after those that must be brought."""
        brought = [(premise.name, premise.lemma) for premise in premises if premise.lemma is not None]
        if not brought:
            return self._candidate(tactic, logprob, "library premise", logprob)
        numbers = " ".join(str(lemma.id) for _, lemma in brought)
        return Candidate(in_scope(brought, tactic), logprob, f"{USES}{numbers}")

    def _candidate(self, tactic: str, logprob: float, source: str, price: float) -> Candidate:
        return Candidate(tactic, logprob, f"{source}{' (stale)' if price <= _STALE else ''}")


def _opened(lemma: Lemma) -> tuple[Sequence[Hypothesis], str]:
    """Its hypotheses with what its target says for all of, and what it says of that. As it stands where a
    name would be there twice."""
    found, conclusion = telescope(lemma.target)
    given = [hypothesis.name for hypothesis in lemma.hypotheses]
    names = [name or f"_{number}" for number, name in enumerate(found)]
    if len({*given, *names}) < len(given) + len(names):
        return lemma.hypotheses, lemma.target
    return (*lemma.hypotheses, *(Hypothesis(name, "") for name in names)), conclusion


@dataclass(frozen=True, slots=True)
class _Premise:
    """What a tactic calls it, and the lemma that must be brought for that, None for a theorem of the file."""

    name: str
    lemma: Lemma | None = None
