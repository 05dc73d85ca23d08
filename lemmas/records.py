"""What the library keeps, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b

from prover.types import Hypothesis


class Kind(Enum):
    THEOREM = "theorem"  # a theorem of a file, stated in the file's own words
    GOAL = "goal"  # a goal inside a proof, stated in Lean's words


class Standing(Enum):
    """CERTIFIED: Lean accepted it, and nothing is known against it. STALE: a definition that it mentions has
    changed since. BROKEN: Lean did not accept it when it was last verified."""

    CERTIFIED = "certified"
    STALE = "stale"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Context:
    """What a lemma's statement and script were elaborated after: the modules imported, and the text of its
    file up to it, without the theorems that had holes. Scopes opened in it may still be open at its end."""

    imports: tuple[str, ...]
    text: str

    @property
    def digest(self) -> str:
        return digest(*self.imports, "", self.text)


@dataclass(frozen=True, slots=True)
class Provenance:
    """`run` names the run of the prover, `seconds` and `tactics` are what the search spent; a goal inside a
    proof has those of the whole. `file` is as the run was given it; `created` is in UTC, ISO 8601."""

    file: str
    line: int
    run: str
    policy: str
    tactics: int
    seconds: float
    created: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A lemma to be kept.

    `name` is full, `statement` the text from after the name in its declaration to the `:=`. `hypotheses` and
    `target` are the goal at its start, and `script` the tactics that close that, laid out from column 0.
    `definitions` are those of the context that it mentions, directly or not, with a fingerprint of each.
    `key` and `shape` are the goal's (see `lemmas.keys`). `uses` are the lemmas that the script needs.
    """

    name: str
    kind: Kind
    statement: str
    hypotheses: tuple[Hypothesis, ...]
    target: str
    script: str
    context: Context
    definitions: tuple[tuple[str, str], ...]
    symbols: frozenset[str]
    axioms: tuple[str, ...]
    toolchain: str
    key: str
    shape: str
    provenance: Provenance
    uses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lemma:
    """A lemma of the library; fields as in `Draft`. Its context is asked for by `context_id`."""

    id: int
    name: str
    kind: Kind
    statement: str
    hypotheses: tuple[Hypothesis, ...]
    target: str
    script: str
    context_id: int
    definitions: tuple[tuple[str, str], ...]
    symbols: frozenset[str]
    axioms: tuple[str, ...]
    toolchain: str
    key: str
    shape: str
    standing: Standing
    provenance: Provenance

    @property
    def place(self) -> str:
        return f"{self.provenance.file}:{self.provenance.line}"


def digest(*parts: str) -> str:
    """32 hexadecimal digits, different for different parts."""
    made = blake2b(digest_size=16)
    for part in parts:
        made.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return made.hexdigest()
