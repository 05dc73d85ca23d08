"""How one goal is said to the model, and how tactics are said by it.

The model reads the target, the hypotheses by their kinds, the types and definitions that they mention, the
theorems that may help, and how many long tactics each rule has on offer. What it answers are the words of a
tactic. `<defs>` is the list of all definitions that the goal leads to, `<defs+>` the same with the theorems
that may help; `<laws> #3` is the fourth of the long tactics that the rule of theory exploration proposes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from prover.policy.fixed import FixedPolicy, Survey
from prover.policy.neural.naming import KINDS, Names, split_words
from prover.policy.rules.arithmetic import (
    by_periods,
    by_remainders,
    by_sums,
    by_values,
    know_functions,
)
from prover.policy.rules.closing import try_witnesses
from prover.policy.rules.contents import fold_from_anywhere, observe_lists
from prover.policy.rules.divisibility import by_coins, by_divisors, divide
from prover.policy.rules.exhibiting import exhibit
from prover.policy.rules.graphs import by_graphs
from prover.policy.rules.induction import conjecture
from prover.policy.rules.inequalities import know_squares, multiply
from prover.policy.rules.laws import lemmas, prove_laws, speculate
from prover.policy.rules.logic import diagonalize, give_functions, instantiate, take_least
from prover.policy.rules.numbers import by_numbers
from prover.policy.rules.relations import relate
from prover.policy.rules.trying import by_trying, consider_values, know_members
from prover.policy.symbols import Symbol
from prover.policy.view import Kind, Variable, unspoken
from prover.types import Goal, Theorem

OFFERS: Mapping[str, str] = {
    prove_laws.__name__: "<laws>",
    lemmas.__name__: "<lemma>",
    conjecture.__name__: "<conj>",
    by_numbers.__name__: "<numbers>",
    speculate.__name__: "<speculate>",
    relate.__name__: "<relate>",
    exhibit.__name__: "<exhibit>",
    by_graphs.__name__: "<graphs>",
    by_remainders.__name__: "<remainders>",
    by_periods.__name__: "<periods>",
    by_divisors.__name__: "<divisors>",
    by_values.__name__: "<values>",
    by_sums.__name__: "<sums>",
    by_trying.__name__: "<trying>",
    consider_values.__name__: "<consider>",
    know_functions.__name__: "<functions>",
    know_members.__name__: "<members>",
    try_witnesses.__name__: "<witnesses>",
    observe_lists.__name__: "<lists>",
    fold_from_anywhere.__name__: "<fold>",
    by_coins.__name__: "<coins>",
    divide.__name__: "<divide>",
    multiply.__name__: "<multiply>",
    know_squares.__name__: "<squares>",
    instantiate.__name__: "<instances>",
    give_functions.__name__: "<given>",
    diagonalize.__name__: "<diagonal>",
    take_least.__name__: "<least>",
}
"""The rules whose tactics are too long to be said in words."""
OFFERED = 32
DEFINITIONS, WITH_PREMISES = "<defs>", "<defs+>"
_SECTIONS = ("<goal>", "<type>", "<def>", "<premise>", "<ih>", *(f"<{kind.value}>" for kind in Kind))
SECTIONS = frozenset((*_SECTIONS, *OFFERS.values()))
"""The words that a part of what the model reads begins with."""

OWN_WORDS: tuple[str, ...] = (
    *_SECTIONS,
    *OFFERS.values(),
    DEFINITIONS,
    WITH_PREMISES,
    *(f"#{number}" for number in range(OFFERED + 1)),
    *(f"${kind}{number}" for kind, count in KINDS.items() for number in [*range(count), "*"]),
)
"""All words that are not Lean's."""

_TARGET, _HYPOTHESES, _TYPES, _DEFINITIONS, _PREMISES = 96, 96, 32, 128, 48  # words of each part
_EACH = 48  # words of one hypothesis or definition
_MARKS = {f"⟦{number}⟧": word for number, word in enumerate((DEFINITIONS, WITH_PREMISES))}
_REMEMBERED = 256  # goals
_TIGHT_AFTER, _TIGHT_BEFORE = frozenset("([⟨¬@."), frozenset(")]⟩,;.")


class Wording:
    def __init__(self, survey: Survey) -> None:
        self._view = survey.view
        self._names = Names(survey.view)
        definitions = list(survey.view.definitions)
        self._lists = {DEFINITIONS: definitions, WITH_PREMISES: [*definitions, *survey.premises]}
        self._offered = {
            OFFERS[rule]: [tactic for tactic, _ in proposals][:OFFERED]
            for rule, proposals in survey.proposals
            if rule in OFFERS
        }
        self._offers = {
            tactic: (word, f"#{number}")
            for word, tactics in self._offered.items()
            for number, tactic in enumerate(tactics)
        }
        self.source = tuple(self._source(survey.premises))

    def read(self, tactic: str) -> tuple[str, ...] | None:
        """The words of a tactic that a policy has proposed here; None for one that the model can't say."""
        tactic = unspoken(tactic)
        if tactic in self._offers:
            return self._offers[tactic]
        for (mark, _), names in zip(_MARKS.items(), self._lists.values(), strict=True):
            if names:
                tactic = tactic.replace(f"[{', '.join(names)}]", mark)
        self._names.forget("n")
        words: list[str] = []
        for part in re.split(r"(⟦\d⟧)", tactic):
            words += [_MARKS[part]] if part in _MARKS else self._words(part, "n")
        return (
            None
            if "\n" in words or any(word.endswith("*") for word in words if "$" in word)
            else tuple(words)
        )

    def say(self, words: Sequence[str]) -> str | None:
        """The tactic that these words are; None where they are none that can be said here."""
        if words and words[0] in self._offered:
            return self._view.spoken(offer) if (offer := self._offer(words)) is not None else None
        self._names.forget("n")
        said, text, before = dict[str, str](), "", ""
        for word in words:
            written = self._written(word, said)
            if written is None:
                return None
            tight = before[-1:] in _TIGHT_AFTER or written[:1] in _TIGHT_BEFORE or not text or not written
            text += written if tight else f" {written}"
            before = written
        return self._view.spoken(text) if text else None

    def _offer(self, words: Sequence[str]) -> str | None:
        offered = self._offered[words[0]]
        if len(words) != 2 or not words[1].startswith("#"):
            return None
        number = int(words[1].removeprefix("#"))
        return offered[number] if number < len(offered) else None

    def _written(self, word: str, said: dict[str, str]) -> str | None:
        """`said` are the names that were made up before."""
        if word in self._lists:
            names = self._lists[word]
            return f"[{', '.join(names)}]" if names else ""
        if word in OWN_WORDS_SET and not word.startswith("$"):
            return None
        if not word.startswith("$"):
            return word
        if word.startswith("$n"):
            return said.setdefault(word, self._fresh("h", said.values()))
        text = self._names.text(word)
        if text is not None and word.startswith("$b"):
            return said.setdefault(word, self._fresh(text, said.values(), bound=True))
        return text

    def _fresh(self, wanted: str, said: Iterable[str], bound: bool = False) -> str:
        """As `View.fresh`, which can't be asked for the same name again."""
        taken = {*self._view.local, *said}
        if not bound:
            taken |= {part for word in split_words(self._view.text) for part in word.split(".")}
        name, suffix = wanted, 0
        while name in taken or self._view.symbols.resolve(name) is not None:
            suffix += 1
            name = f"{wanted}{suffix}"
        return name

    # -- what the model reads ----------------------------------------------------------------------------

    def _source(self, premises: Sequence[str]) -> Iterator[str]:
        for word, offered in self._offered.items():
            if offered:
                yield from (word, f"#{len(offered)}")
        yield "<goal>"
        yield from islice(self._words(self._view.target, "b"), _TARGET)
        yield from _within(_HYPOTHESES, map(self._hypothesis, self._by_weight()))
        mentioned = self._nearest()
        yield from _within(_TYPES, (self._declared("<type>", s) for s in mentioned if s.is_type))
        yield from _within(_DEFINITIONS, (self._declared("<def>", s) for s in mentioned if s.is_definition))
        named = [self._view.symbols.resolve(name) for name in premises]
        theorems = [self._view.symbols[name] for name in named if name is not None]
        yield from _within(_PREMISES, (self._declared("<premise>", symbol) for symbol in theorems))

    def _by_weight(self) -> list[Variable]:
        """What is known first, then what it is about, as the space for it may not do."""
        proofs = (Kind.PROOF, Kind.PROPOSITION, Kind.FUNCTION)
        told = [each for each in self._view.variables if each.kind not in (Kind.INSTANCE, Kind.TYPE)]
        return sorted(told, key=lambda each: (each.kind is Kind.LAW, each.kind not in proofs))

    def _hypothesis(self, variable: Variable) -> list[str]:
        kind = "<ih>" if variable.kind is Kind.PROOF and "ih" in variable.name else f"<{variable.kind.value}>"
        return [kind, *self._words(variable.name, "b"), *islice(self._words(variable.type, "b"), _EACH)]

    def _nearest(self) -> list[Symbol]:
        """The declarations that the goal leads to, those first that it mentions itself."""
        symbols, view = self._view.symbols, self._view
        types = "\n".join(variable.type for variable in view.variables)
        direct = symbols.mentioned(f"{view.text}\n{types}", view.local)
        return sorted(symbols.closure(direct), key=lambda symbol: symbol.name not in direct)

    def _declared(self, section: str, symbol: Symbol) -> list[str]:
        self._names.forget("a")
        statement = symbol.declaration.statement.split(maxsplit=2)[2:]
        text = " ".join([*statement, "" if symbol.is_theorem else symbol.declaration.body])
        name = self._words(self._view.written(symbol), "o")
        words = (word for word in self._words(text, "a") if word != "\n")
        return [section, *name, *islice(words, _EACH)]

    def _words(self, text: str, otherwise: str) -> Iterator[str]:
        for word in split_words(text):
            if word[0].isalpha() or word[0] in "_«@":
                yield from self._names.words(word, otherwise)
            else:
                yield word


OWN_WORDS_SET = frozenset(OWN_WORDS)


class Reader:
    """Puts goals into words, and remembers the last ones of one theorem: policy and critic ask for the
    same."""

    def __init__(self, open_theorems: frozenset[str]) -> None:
        self._fixed = FixedPolicy(open_theorems)
        self._theorem: Theorem | None = None
        self._read: dict[Goal, tuple[Survey, Wording]] = {}

    def read(self, theorem: Theorem, goal: Goal) -> tuple[Survey, Wording]:
        if theorem is not self._theorem or len(self._read) >= _REMEMBERED:
            self._theorem, self._read = theorem, {}
        read = self._read
        if goal not in read:
            survey = self._fixed.survey(theorem, goal)
            read[goal] = survey, Wording(survey)
        return read[goal]


def _within(count: int, parts: Iterable[Sequence[str]]) -> Iterator[str]:
    """The first parts that have room together."""
    for part in parts:
        count -= len(part)
        if count < 0:
            return
        yield from part
