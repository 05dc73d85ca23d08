"""From a search that proved its theorem to the lemmas to keep of it.

A `Collector` listens to one search. At its certificate it knows the tree of the proof: the theorem, and the
goals inside. Where the certificate came only after another proof was refused, nobody can say for sure which
tree is the one that stands, and only the theorem is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lemmas.contexts import context_of
from lemmas.fingerprints import Surroundings, surroundings
from lemmas.keys import identify
from lemmas.records import Draft, Kind, Provenance
from lemmas.statements import stated
from prover.events import Certified, Event, Opened, Rejected, Tried
from prover.lean.lexis import tokens
from prover.lean.source import Source
from prover.lean.splice import unfit
from prover.search.script import Step, structured
from prover.types import Advanced, Candidate, Goal, Proved, TacticState, Theorem, effect_of

USES = "library lemma "
"""What the source of a candidate says that brings lemmas into the proof; the numbers of those follow."""

_WHOLE = ((":=", "by", "sorry"), (":=", "sorry"))


@dataclass(slots=True)
class _Node:
    goals: tuple[Goal, ...]
    tactics: list[_Tactic] = field(default_factory=list)


@dataclass(slots=True)
class _Tactic:
    effect: str
    candidate: Candidate
    state: TacticState | None
    children: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A goal inside a proof, what closes it, and the numbers of the lemmas that were brought in for that."""

    goal: Goal
    script: str
    lemmas: tuple[int, ...]


class Collector:
    """`root` is the goal of the whole, `inner` are those inside the proof, `lemmas` what was brought in for
    it, and `sources` who proposed its tactics; empty before the certificate."""

    def __init__(self) -> None:
        self._nodes: dict[int, _Node] = {}
        self._root = 0
        self._several = False
        self._judged = False
        self.root: Goal | None = None
        self.inner: tuple[Found, ...] = ()
        self.lemmas: tuple[int, ...] = ()
        self.sources: tuple[str, ...] = ()

    def see(self, event: Event) -> None:
        match event:
            case Opened():
                self._open(event)
            case Tried(node, candidate, Advanced(state) as outcome, children):
                effect = effect_of(candidate.tactic, outcome)
                self._nodes[node].tactics.append(_Tactic(effect, candidate, state, children))
                for group, child in zip(state.groups, children, strict=True):
                    self._nodes[child] = _Node(tuple(state.goals[number] for number in group))
            case Tried(node, candidate, Proved() as outcome):
                effect = effect_of(candidate.tactic, outcome)
                self._nodes[node].tactics.append(_Tactic(effect, candidate, None, ()))
            case Rejected() if self._is_proved(self._root):
                self._several = self._several or not self._judged
            case Certified() if not self._judged:
                self._judged = True
                if not self._several:
                    self._keep()
            case _:
                pass

    def _open(self, event: Opened) -> None:
        if event.visit > 1:
            self._several = True
            self.inner, self.lemmas = (), ()
            return
        self._nodes = {event.node: _Node(event.root.goals)}
        self._root = event.node
        self._several = self._judged = False
        self.inner, self.lemmas = (), ()
        self.root = event.root.goals[0]

    def _keep(self) -> None:
        found = list(self._found(self._root))
        if found:
            self.lemmas = found[0].lemmas
            self.inner = tuple(found[1:])
            self.sources = tuple(self._sources(self._root))

    def _found(self, number: int) -> Iterator[Found]:
        """The goal of a node and those below it, where they are single and proved; from the top."""
        step = self._step(number)
        if step is None:
            return
        node = self._nodes[number]
        below = [each for child in self._proof(number).children for each in self._found(child)]
        lemmas = {used for each in below for used in each.lemmas} | _brought(self._proof(number).candidate)
        if len(node.goals) == 1:
            yield Found(node.goals[0], "\n".join(structured(step)), tuple(sorted(lemmas)))
        yield from below

    def _sources(self, number: int) -> Iterator[str]:
        """Who proposed the tactics of the proof."""
        tactic = self._proof(number)
        yield tactic.candidate.source
        for child in tactic.children:
            yield from self._sources(child)

    def _step(self, number: int) -> Step | None:
        if not self._is_proved(number):
            return None
        tactic = self._proof(number)
        if tactic.state is None:
            return Step(tactic.effect)
        tags = tuple(goal.case for goal in tactic.state.goals)
        parts = tuple(self._step(child) for child in tactic.children)
        return Step(tactic.effect, tags, tactic.state.groups, parts)

    def _proof(self, number: int) -> _Tactic:
        """The newest of the tactics that prove a node."""
        tactics = reversed(self._nodes[number].tactics)
        return next(tactic for tactic in tactics if all(map(self._is_proved, tactic.children)))

    def _is_proved(self, number: int) -> bool:
        return any(all(map(self._is_proved, tactic.children)) for tactic in self._nodes[number].tactics)


def _brought(candidate: Candidate) -> set[int]:
    return {int(word) for word in candidate.source.partition(USES)[2].split() if word.isdigit()}


@dataclass(frozen=True, slots=True)
class Proof:
    """A certified proof: the text in the place of its hole, what it rests on, and how it was found."""

    source: Source
    theorem: Theorem
    text: str
    axioms: tuple[str, ...]
    toolchain: str
    provenance: Provenance


def drafts_of(proof: Proof, collected: Collector) -> Iterator[Draft]:
    """The goals inside it, from the bottom of the tree, and last the theorem or what the hole stands for."""
    around = surroundings(proof.theorem)
    name = proof.theorem.name.replace("@", "_")
    for number, found in reversed(list(enumerate(collected.inner, start=1))):
        if _can_be_stated(found.goal):
            yield _draft(proof, around, f"{name}_goal{number}", found)
    if collected.root is None or not _can_be_stated(collected.root):
        return
    script = "\n".join(unfit(proof.source, proof.theorem.hole, proof.text))
    whole = Found(collected.root, script, collected.lemmas)
    if is_whole(proof.theorem):
        yield _draft(proof, around, proof.theorem.name, whole, statement_of(proof.theorem))
    else:
        yield _draft(proof, around, f"{name}_hole{proof.theorem.ordinal + 1}", whole)


def is_whole(theorem: Theorem) -> bool:
    """Whether the hole is all of the proof of a theorem with a name."""
    declaration = theorem.declaration
    body = tuple(token.text for token in tokens(declaration.body))
    return declaration.kind in ("theorem", "lemma") and bool(declaration.name) and body in _WHOLE


def statement_of(theorem: Theorem) -> str:
    """From after its name to its body."""
    found = tokens(theorem.declaration.statement)
    return theorem.declaration.statement[found[1].end :]


def premises_in(script: str, around: Surroundings) -> set[str]:
    """The theorems of the file that a script names."""
    return {name for name in around.symbols.mentioned(script) if around.symbols[name].is_theorem}


def _can_be_stated(goal: Goal) -> bool:
    return "?" not in goal.text and all(hypothesis.value is None for hypothesis in goal.hypotheses)


def _draft(proof: Proof, around: Surroundings, name: str, found: Found, statement: str = "") -> Draft:
    """A theorem with a statement of the file's words, else a goal."""
    goal = found.goal
    known = identify(goal, around)
    return Draft(
        name=name,
        kind=Kind.THEOREM if statement else Kind.GOAL,
        statement=statement or stated(goal.hypotheses, goal.target),
        hypotheses=goal.hypotheses,
        target=goal.target,
        script=found.script,
        context=context_of(proof.source, proof.theorem),
        definitions=known.definitions,
        symbols=known.wanted.said,
        axioms=proof.axioms,
        toolchain=proof.toolchain,
        key=known.key,
        shape=known.shape,
        provenance=proof.provenance,
        uses=found.lemmas,
    )
