"""A language model behind an OpenAI-compatible API, as a policy.

Of each goal it is asked in the ways that its settings name, one after the other: for next tactics, for a
whole proof, for a proof with holes. A whole proof is one candidate, a block of tactics that Lean runs as one
step; where all of them fail, the model is shown what Lean said and asked for better ones. A proof with holes
leaves a goal for each hole, to be searched like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lemmas.statements import block
from prover.errors import ModelError
from prover.lean import sketch
from prover.policy import relevance
from prover.policy.api.client import ModelClient, Request
from prover.policy.api.parsing import script_in, tactics_in
from prover.policy.api.prompts import Matter, Prompt, written
from prover.policy.api.ranking import Offer, ranked
from prover.policy.api.replies import Reply
from prover.policy.protocols import Answered, PremiseSource
from prover.policy.symbols import Symbol, Symbols, symbols_of
from prover.types import Attempt, Candidate, Consultation, Goal, Theorem

_AGAIN = 4.0
"""The price of asking in the next way, as -log probability: what a sketch of a few holes left comes first."""

_TOO_LONG = ModelError(
    "the goal alone is longer than the model's context; set `context` if it has a larger one"
)
_PREMISES = 24
_DEFINITIONS = 40


@dataclass(frozen=True, slots=True)
class _Question:
    way: str
    prompt: Prompt | None
    request: Request | None


class ApiPolicy:
    """Does not show the theorems named in `barred` to the model. `seed` is the search's."""

    def __init__(
        self,
        name: str,
        client: ModelClient,
        seed: int,
        barred: frozenset[str],
        premises: PremiseSource | None = None,
    ) -> None:
        self.name = name
        self.batch = client.settings.parallel
        self._client = client
        self._settings = client.settings
        self._seed = seed
        self._barred = barred
        self._more_premises = premises
        self._steps = _steps(client.settings.ways, client.settings.repairs)

    def with_premises(self, source: PremiseSource) -> ApiPolicy:
        return ApiPolicy(self.name, self._client, self._seed, self._barred, source)

    def propose(self, theorem: Theorem, goals: Sequence[Goal], n: int) -> list[Answered]:
        return self._answers(theorem, [(goal, (), 0) for goal in goals], n)

    def propose_again(
        self, theorem: Theorem, goal: Goal, n: int, tried: Sequence[Attempt], asked: int
    ) -> Answered:
        return self._answers(theorem, [(goal, tried, asked)], n)[0]

    def _answers(
        self, theorem: Theorem, asked: Sequence[tuple[Goal, Sequence[Attempt], int]], n: int
    ) -> list[Answered]:
        if self._client.trouble:
            consultation = Consultation(self.name, "", trouble=self._client.trouble)
            return [Answered((), consulted=[consultation]) for _ in asked]
        questions = [self._question(theorem, *each, n) for each in asked]
        requests = [each.request for each in questions if each is not None and each.request is not None]
        replies = iter(self._client.ask(requests) if requests else [])
        answers = []
        for question, (_, _, times) in zip(questions, asked, strict=True):
            if question is None:
                answers.append(Answered(()))
                continue
            reply = _TOO_LONG if question.request is None else next(replies)
            more = times + 1 < len(self._steps) and not self._client.trouble
            answers.append(self._answer(theorem, question, reply, n, _AGAIN if more else None))
        return answers

    # -- asking --------------------------------------------------------------------------------------------

    def _question(
        self, theorem: Theorem, goal: Goal, tried: Sequence[Attempt], asked: int, n: int
    ) -> _Question | None:
        """None when there are no more ways to ask."""
        if asked >= len(self._steps):
            return None
        way = self._steps[asked]
        if way == "repair":
            own = [attempt for attempt in tried if attempt.source.startswith(f"{self.name} ")]
            way, tried = ("repair", own) if own else ("proof", tried)  # where no proof came, another one
        room = self._settings.context - self._settings.max_tokens
        prompt = written(way, self._matter(theorem, goal, tried), room)
        if prompt is None:
            return _Question(way, None, None)
        samples = min(self._settings.samples, n)
        request = Request(prompt.system, prompt.user, samples, self._seed + asked, logprobs=way == "tactics")
        return _Question(way, prompt, request)

    def _matter(self, theorem: Theorem, goal: Goal, tried: Sequence[Attempt]) -> Matter:
        symbols = symbols_of(theorem)
        others = [] if self._more_premises is None else self._more_premises(theorem, goal)
        return Matter(
            goal.text,
            tuple(_source(symbol) for symbol in _definitions(goal, symbols)),
            (*others, *(self._premises(theorem, goal, symbols))),
            tuple(tried),
        )

    def _premises(self, theorem: Theorem, goal: Goal, symbols: Symbols) -> list[str]:
        usable = [
            symbol
            for symbol in symbols.all()
            if symbol.is_theorem and symbol.name not in self._barred and symbol.name != theorem.name
        ]
        best = relevance.best(usable, relevance.wanted(goal, symbols), symbols, _PREMISES)
        return [symbol.declaration.statement.strip() for symbol in best]

    # -- answers -------------------------------------------------------------------------------------------

    def _answer(
        self, theorem: Theorem, question: _Question, reply: Reply | ModelError, n: int, again: float | None
    ) -> Answered:
        name = "" if question.prompt is None else question.prompt.name
        left_out = () if question.prompt is None else question.prompt.left_out
        if isinstance(reply, ModelError):
            failed = Consultation(self.name, name, left_out, trouble=str(reply))
            return Answered((), again=again, consulted=[failed])
        source = f"{self.name} {name}"
        offers = ranked(_offers(question.way, reply, theorem))[:n]
        candidates = [Candidate(tactic, logprob, source) for tactic, logprob in offers]
        reasoning = "\n\n".join(dict.fromkeys(each.reasoning for each in reply.samples if each.reasoning))
        trouble = "" if candidates else _nothing_in(reply)
        consulted = [Consultation(self.name, name, left_out, reasoning, trouble)]
        if self._client.account.trouble:
            consulted.insert(0, Consultation(self.name, "", trouble=self._client.account.trouble))
        return Answered(candidates, reply.read + reply.written, self._client.usd(reply), again, consulted)


def _steps(ways: Sequence[str], repairs: int) -> list[str]:
    """What is asked of one goal, in order."""
    return [step for way in ways for step in ([way, *["repair"] * repairs] if way == "proof" else [way])]


def _offers(way: str, reply: Reply, theorem: Theorem) -> list[list[Offer]]:
    """For each sample, what it offers, the likeliest first."""
    if way == "tactics":
        return [
            [Offer.of(block(tactic.split("\n")), tactic, sample) for tactic in tactics_in(sample.text)]
            for sample in reply.samples
        ]
    offers: list[list[Offer]] = []
    for sample in reply.samples:
        script = script_in(sample.text, theorem.name)
        if script is not None:
            script = sketch.opened(script) or script
            offers.append([Offer(block(script.split("\n")))])
    return offers


def _nothing_in(reply: Reply) -> str:
    if not reply.samples:
        return "the model gave no answer at all"
    if any(sample.cut for sample in reply.samples):
        return "the answer was cut off before it had a proof in it; set `max_tokens` higher"
    said = " ".join(" ".join(sample.text.split()) for sample in reply.samples)
    if not said.strip():
        return "the model's answer is empty"
    return f"there is no Lean in the model's answer: {said[:120]}"


def _definitions(goal: Goal, symbols: Symbols) -> list[Symbol]:
    """Those that the goal mentions, and then those that these do."""
    local = frozenset(hypothesis.name for hypothesis in goal.hypotheses)
    said = symbols.mentioned(goal.text, local)
    behind = [symbol for symbol in symbols.closure(said) if not symbol.is_theorem]
    return sorted(behind, key=lambda symbol: symbol.name not in said)[:_DEFINITIONS]


def _source(symbol: Symbol) -> str:
    declaration = symbol.declaration
    return f"{declaration.statement.rstrip()} {declaration.body.strip()}".strip()
