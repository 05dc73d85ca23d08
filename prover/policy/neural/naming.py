"""What the names around a goal are called before the model: numbered words, so that it copies them exactly.

`$v2` is a variable or a hypothesis of the goal, `$b0` one that a binder in it brings in, `$f0` a definition
of the file, `$t0` a type or a predicate, `$c0` a constructor, `$p0` a theorem, `$o0` anything else that the
file declares, `$a0` an argument in the text of a definition, `$n0` a name that a tactic makes up. Numbers are
given in the order in which things are first mentioned. Lean's own names are words as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from prover.policy.symbols import Symbol, Symbols
from prover.policy.view import View

KINDS: Mapping[str, int] = {
    "v": 32, "b": 16, "f": 16, "t": 8, "c": 24, "p": 12, "o": 4, "a": 16, "n": 8
}  # fmt: skip
"""How many of each kind have numbers; the others are `$v*`, `$b*`, …, which mean nothing in particular."""

_PART = r"(?:«[^»]*»|[^\W\d][\w'!?✝]*)"
_WORD = re.compile(
    rf"""
      "(?:\\.|[^"\\])*"
    | (?<![\w'✝])'(?:\\[^']+|[^'\\])'
    | @?{_PART}(?:\.(?:{_PART}|\d+))*
    | (?<=[)\]⟩])\.(?:{_PART}|\d+)(?:\.(?:{_PART}|\d+))*
    | \d+
    | <;>|\?_|:=|=>|\+\+|::|&&|\|\||==|!=|\n
    | [^\s\w]
    """,
    re.VERBOSE,
)
_CONSTRUCTOR = re.compile(rf"(?:^|\s)\|\s*({_PART})")
_VARIABLE_LIKE = re.compile(r"[^\W\dA-Z][^\W_]*['₀-₉]*(_\d+)?[✝\w]*")
_TEXT = """
true false if then else match with fun let in have show from by do at not and or id max min some none rfl
nil cons zero succ decide assumption simp_all simp omega grind intro constructor left right refine exact
apply funext split obtain cases rcases induction generalizing fun_induction try conv lhs rhs rw suffices
key kernel generalize by_cases exfalso contradiction rename_i instances unfold dsimp only using trivial
injection specialize symm trans mp mpr first repeat all_goals any_goals congr ext subst exists
use le lt add mul sub
"""
WORDS = frozenset(_TEXT.split())
"""Lean's own words that look like variables."""


def split_words(text: str) -> list[str]:
    """The identifiers, dotted ones whole, numbers, and symbols of a text; a line's end is a word, too."""
    return _WORD.findall(text)


class Names:
    """The names around one goal. Each is given its number when it is first asked for."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._symbols = view.symbols
        self._constructors = constructors_of(view.symbols)
        self._given: dict[tuple[str, str], str] = {}
        self._texts: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def text(self, word: str) -> str | None:
        """What a numbered word stands for; None for a number that was not given."""
        return self._texts.get(word)

    def words(self, name: str, otherwise: str) -> Iterator[str]:
        """For an identifier of a text. One that looks like a variable and is none of the goal's is of the
        kind `otherwise`. In the text of a definition (`a`) the goal's variables mean nothing."""
        bare = name.removeprefix("@")
        first, dot, rest = bare.partition(".")
        if first in self._view.local and otherwise != "a":
            yield self._give("v", first)
            yield from self._fields(rest) if dot else ()
        elif (declared := self._declared(bare)) is not None:
            yield declared
        elif self._is_variable(first) and not (bare == "_" and otherwise == "n"):
            is_bound = otherwise != "a" and ("b", first) in self._given
            yield self._give("b" if is_bound else otherwise, first)
            yield from self._fields(rest) if dot else ()
        else:
            yield bare

    def forget(self, kind: str) -> None:
        """Start numbering anew, for names that have meant something in one place only."""
        for key in [key for key in self._given if key[0] == kind]:
            self._texts.pop(self._given.pop(key), None)  # one past the numbers has no text
        del self._counts[kind]

    def _fields(self, rest: str) -> Iterator[str]:
        for part in rest.split("."):
            declared = None if part.isdigit() else self._declared(part)
            if declared is None:
                yield f".{part}"
            else:
                yield "."
                yield declared

    def _declared(self, name: str) -> str | None:
        constructor = self._constructors.get(name)
        if constructor is not None:
            return self._give("c", constructor)
        full = self._symbols.resolve(name)
        if full is None or not (full == name or full.endswith(f".{name}")):
            return None
        symbol = self._symbols[full]
        return self._give(_kind(symbol), full)

    def _give(self, kind: str, key: str) -> str:
        if (kind, key) not in self._given:
            number = self._counts[kind]
            self._counts[kind] += 1
            if number >= KINDS[kind]:
                self._given[kind, key] = f"${kind}*"
            else:
                self._given[kind, key] = word = f"${kind}{number}"
                self._texts[word] = self._said(kind, key)
        return self._given[kind, key]

    def _said(self, kind: str, key: str) -> str:
        if kind in "vban":
            return key
        return self._view.written(self._symbols[key]) if kind != "c" else self._symbols.short(key)

    def _is_variable(self, name: str) -> bool:
        return name not in WORDS and _VARIABLE_LIKE.fullmatch(name) is not None


@lru_cache(maxsize=64)
def constructors_of(symbols: Symbols) -> Mapping[str, str]:
    """The full name of each constructor of the file, by whatever it may be called."""
    found: dict[str, str] = {}
    for symbol in symbols.all():
        if symbol.is_type:
            for name in _CONSTRUCTOR.findall(symbol.declaration.body):
                full = f"{symbol.name}.{name}"
                parts = full.split(".")
                for start in range(len(parts)):
                    found.setdefault(".".join(parts[start:]), full)
    return found


def _kind(symbol: Symbol) -> str:
    if symbol.is_definition:
        return "f"
    if symbol.is_theorem:
        return "p"
    return "t" if symbol.is_type else "o"
