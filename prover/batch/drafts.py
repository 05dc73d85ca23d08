"""Lemmas on their way from a worker through a night's store: as deflated JSON, with each context once."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

from lemmas.records import Context, Draft, Kind, Provenance
from prover.types import Hypothesis


@dataclass(frozen=True, slots=True)
class Gained:
    """New lemmas. `used` says what those are that they use: the number by which workers know each, and the
    key and the name by which any library does."""

    drafts: tuple[Draft, ...] = ()
    used: tuple[tuple[int, str, str], ...] = ()


NO_LEMMAS = Gained()


def packed(gained: Gained) -> bytes:
    contexts = list(dict.fromkeys(draft.context for draft in gained.drafts))
    content = {
        "contexts": [asdict(context) for context in contexts],
        "drafts": [
            {
                **{name: value for name, value in asdict(draft).items() if name != "context"},
                "kind": draft.kind.value,
                "symbols": sorted(draft.symbols),
                "context": contexts.index(draft.context),
            }
            for draft in gained.drafts
        ],
        "used": gained.used,
    }
    return zlib.compress(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpacked(content: bytes) -> Gained:
    told = json.loads(zlib.decompress(content).decode("utf-8", "surrogatepass"))
    contexts = [Context(tuple(each["imports"]), each["text"]) for each in told["contexts"]]
    return Gained(
        tuple(_draft(each, contexts[each["context"]]) for each in told["drafts"]),
        tuple((number, key, name) for number, key, name in told["used"]),
    )


def _draft(told: dict[str, Any], context: Context) -> Draft:
    return Draft(
        **{
            **told,
            "kind": Kind(told["kind"]),
            "hypotheses": tuple(Hypothesis(**each) for each in told["hypotheses"]),
            "context": context,
            "definitions": tuple((name, made) for name, made in told["definitions"]),
            "symbols": frozenset(told["symbols"]),
            "axioms": tuple(told["axioms"]),
            "provenance": Provenance(**told["provenance"]),
            "uses": tuple(told["uses"]),
        }
    )
