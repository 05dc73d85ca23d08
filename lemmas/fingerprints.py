"""What a theorem's names mean: the definitions before it, each with a fingerprint. They are those of its file
and of the modules of its own package that the file imports.

A fingerprint covers the definition's own text and that of all it mentions in turn, and the instances that
speak of them. White space, comments and the namespaces around don't count.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from lemmas.records import digest
from prover.lean.lexis import Kind, tokens
from prover.policy.symbols import Symbol, Symbols, symbols_of
from prover.types import Declaration, Theorem


class Surroundings:
    def __init__(self, symbols: Symbols, context: Iterable[Declaration]) -> None:
        self.symbols = symbols
        self._instances = [each for each in context if each.kind == "instance"]
        self._made: dict[str, str] = {}

    def fingerprints(self, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Those of the definitions of these full names and of all that they mention, sorted by name."""
        reached = self.symbols.closure(name for name in names if _is_meaning(self.symbols[name]))
        meanings = sorted(symbol.name for symbol in reached if _is_meaning(symbol))
        return tuple((name, self._fingerprint(name)) for name in meanings)

    def all(self) -> dict[str, str]:
        """Of every definition."""
        return dict(self.fingerprints(symbol.name for symbol in self.symbols.all()))

    def _fingerprint(self, name: str) -> str:
        if name not in self._made:
            symbols = self.symbols
            names = {symbol.name for symbol in symbols.closure([name])}
            instances = [each for each in self._instances if self._is_about(each, names)]
            bodies = {used for each in instances for used in symbols.mentioned(each.body)}
            meanings = [
                symbol.declaration for symbol in symbols.closure(names | bodies) if _is_meaning(symbol)
            ]
            texts = sorted({_plain(each) for each in [*meanings, *instances]})
            self._made[name] = digest(name.rpartition(".")[2], *texts)[:16]
        return self._made[name]

    def _is_about(self, instance: Declaration, names: set[str]) -> bool:
        about = self.symbols.mentioned(instance.statement)
        return bool(about) and about <= names


def surroundings(theorem: Theorem) -> Surroundings:
    """Of the place where a theorem stands."""
    return _surroundings(symbols_of(theorem), theorem.known)


@lru_cache(maxsize=16)
def _surroundings(symbols: Symbols, context: tuple[Declaration, ...]) -> Surroundings:
    return Surroundings(symbols, context)


def _is_meaning(symbol: Symbol) -> bool:
    """Whether it says what a statement means; a theorem does not."""
    return not symbol.is_theorem


@lru_cache(maxsize=4096)
def _plain(declaration: Declaration) -> str:
    text = f"{declaration.statement} {declaration.body}"
    return " ".join(token.text for token in tokens(text) if token.kind is not Kind.DOC)
