"""Lemmas on their way through a night's store: drafts as deflated JSON, with each context once."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lemmas.records import Context, Draft, Kind, Provenance
from prover.types import Hypothesis


def packed(drafts: Sequence[Draft]) -> bytes:
    contexts = list(dict.fromkeys(draft.context for draft in drafts))
    content = {
        "contexts": [asdict(context) for context in contexts],
        "drafts": [
            {
                **{name: value for name, value in asdict(draft).items() if name != "context"},
                "kind": draft.kind.value,
                "symbols": sorted(draft.symbols),
                "context": contexts.index(draft.context),
            }
            for draft in drafts
        ],
    }
    return zlib.compress(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def unpacked(content: bytes) -> tuple[Draft, ...]:
    told = json.loads(zlib.decompress(content).decode("utf-8", "surrogatepass"))
    contexts = [Context(tuple(each["imports"]), each["text"]) for each in told["contexts"]]
    return tuple(_draft(each, contexts[each["context"]]) for each in told["drafts"])


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
