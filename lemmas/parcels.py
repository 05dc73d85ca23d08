"""Lemmas on their way out of a library and into one: as JSON for other tools, or as a Lean file.

A Lean file has, for each context, its text and then the lemmas as theorems, in lines `--!` what Lean does not
need to know. Where there are several contexts, each is in a namespace of its own. Either form holds all that
the library knows of a lemma.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lemmas.contexts import closing, namespace
from lemmas.fingerprints import surroundings
from lemmas.keys import identify
from lemmas.records import Context, Draft, Kind, Lemma, Provenance, Standing
from lemmas.statements import declared, fresh
from lemmas.store import Library
from prover.errors import InputError
from prover.lean.lexis import tokens
from prover.lean.source import parse_source
from prover.types import Goal, Hypothesis, Theorem

FORMAT = "prover lemmas 1"
_MARK = "--! "


@dataclass(frozen=True, slots=True)
class Parcel:
    """A lemma, the context it needs, and which others of the same shipment it uses, by their places."""

    lemma: Lemma
    context: Context
    uses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Parcelled:
    """A lemma that has arrived, and the places of those that it uses."""

    draft: Draft
    uses: tuple[int, ...]
    standing: Standing


def packed(library: Library, lemmas: Sequence[Lemma]) -> list[Parcel]:
    """These lemmas, and before them those that they use."""
    wanted: dict[int, Lemma] = {}
    uses: dict[int, list[int]] = {}
    pending = list(lemmas)
    while pending:
        lemma = pending.pop()
        if lemma.id not in wanted:
            wanted[lemma.id] = lemma
            uses[lemma.id] = library.used_by(lemma.id)
            pending += library.many(uses[lemma.id])
    order = {number: place for place, number in enumerate(sorted(wanted))}
    contexts = {number: library.context(number) for number in {each.context_id for each in wanted.values()}}
    return [
        Parcel(wanted[number], contexts[wanted[number].context_id], tuple(order[u] for u in uses[number]))
        for number in order
    ]


# -- JSON ------------------------------------------------------------------------------------------------


def as_json(parcels: Sequence[Parcel]) -> str:
    contexts = list(dict.fromkeys(parcel.context for parcel in parcels))
    content = {
        "format": FORMAT,
        "contexts": [asdict(context) for context in contexts],
        "lemmas": [
            {**described(parcel.lemma), "context": contexts.index(parcel.context), "uses": parcel.uses}
            for parcel in parcels
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def described(lemma: Lemma) -> dict[str, Any]:
    """What there is to say of a lemma, for machines."""
    told = asdict(lemma)
    del told["context_id"]
    return {
        **told,
        "kind": lemma.kind.value,
        "standing": lemma.standing.value,
        "hypotheses": [[h.name, h.type, h.value] for h in lemma.hypotheses],
        "definitions": dict(lemma.definitions),
        "symbols": sorted(lemma.symbols),
        "axioms": list(lemma.axioms),
    }


def from_json(text: str, name: str) -> list[Parcelled]:
    """Raises `InputError` for anything but what `as_json` makes. `name` is the file's, for the message."""
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise ValueError("the format is another one")
        contexts = [Context(tuple(each["imports"]), each["text"]) for each in content["contexts"]]
        return [_draft(told, contexts[told["context"]]) for told in content["lemmas"]]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InputError(
            f"{name}: not a file of lemmas that `prover lemmas export` wrote ({error})"
        ) from error


def _draft(told: Mapping[str, Any], context: Context) -> Parcelled:
    """What follows from the rest, keys and fingerprints, is made anew."""
    hypotheses = tuple(Hypothesis(*each) for each in told["hypotheses"])
    known = identify(Goal(hypotheses, told["target"], "", ""), surroundings(after(context)))
    draft = Draft(
        name=str(told["name"]),
        kind=Kind(told["kind"]),
        statement=str(told["statement"]),
        hypotheses=hypotheses,
        target=told["target"],
        script=str(told["script"]),
        context=context,
        definitions=known.definitions,
        symbols=known.wanted.said,
        axioms=tuple(told["axioms"]),
        toolchain=told["toolchain"],
        key=known.key,
        shape=known.shape,
        provenance=Provenance(**told["provenance"]),
    )
    return Parcelled(draft, tuple(told["uses"]), Standing(told["standing"]))


def after(context: Context) -> Theorem:
    """A theorem that stands at the end of a context."""
    text = f"{context.text}\n\ntheorem prover_at_the_end : True := sorry\n"
    return parse_source(Path("Context.lean"), text.encode()).theorems[-1]


# -- Lean ------------------------------------------------------------------------------------------------


def as_lean(parcels: Sequence[Parcel]) -> str:
    imports = dict.fromkeys(module for parcel in parcels for module in parcel.context.imports)
    contexts = list(dict.fromkeys(parcel.context for parcel in parcels))
    lines = [*(f"import {module}" for module in imports), f"{_MARK}{FORMAT}"]
    for number, context in enumerate(contexts):
        wrapper = f"Library{number + 1}" if len(contexts) > 1 else ""
        lines += ["", f"{_MARK}context {json.dumps({'imports': context.imports, 'wrapper': wrapper})}"]
        lines += [f"namespace {wrapper}"] if wrapper else []
        lines += [context.text, f"{_MARK}lemmas"]
        lines += _theorems([(at, parcel) for at, parcel in enumerate(parcels) if parcel.context == context])
        lines += [*closing(context.text), *([f"end {wrapper}"] if wrapper else []), f"{_MARK}end"]
    return "\n".join(lines) + "\n"


def _theorems(parcels: Sequence[tuple[int, Parcel]]) -> Iterator[str]:
    taken: set[str] = set()
    for place, parcel in parcels:
        lemma = parcel.lemma
        name = fresh(short_name(lemma.name, parcel.context), taken)
        taken.add(name)
        meta = {**described(lemma), "place": place, "uses": parcel.uses}
        for said in ("statement", "script"):
            if not (said == "script" and lemma.kind is Kind.GOAL):
                del meta[said]
        yield f"\n{_MARK}lemma {json.dumps(meta, ensure_ascii=False)}"
        yield declared(lemma, name)


def short_name(name: str, context: Context) -> str:
    """How to write a full name at the end of a context."""
    return name.removeprefix(f"{namespace(context.text)}.")


def is_shipment(text: str) -> bool:
    return f"{_MARK}{FORMAT}" in text.splitlines()


def from_lean(text: str, name: str) -> list[Parcelled]:
    """The lemmas of a file that `as_lean` wrote, whose theorems may have been changed since. Raises
    `InputError`."""
    found: dict[int, Parcelled] = {}
    try:
        for block in text.split(f"\n{_MARK}context ")[1:]:
            head, _, rest = block.partition("\n")
            about = json.loads(head)
            before, _, theorems = rest.partition(f"\n{_MARK}lemmas\n")
            opening = f"namespace {about['wrapper']}\n" if about["wrapper"] else ""
            context = Context(tuple(about["imports"]), before.removeprefix(opening))
            for part in theorems.split(f"\n{_MARK}lemma ")[1:]:
                meta, _, theorem = part.partition("\n")
                told = json.loads(meta)
                found[told["place"]] = _draft({**told, **_read(theorem, told)}, context)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InputError(
            f"{name}: damaged: it was exported from a lemma library, but says {error}"
        ) from error
    places = sorted(found)
    return [found[place] for place in places]


def _read(text: str, told: Mapping[str, Any]) -> dict[str, str]:
    """The statement and the script of a theorem as it is written."""
    (declaration,) = parse_source(
        Path("Theorem.lean"), text.partition(f"\n{_MARK}")[0].encode()
    ).declarations[:1]
    statement = declaration.statement[tokens(declaration.statement)[1].end :]
    body = declaration.body.removeprefix(":=").strip()
    if not body.startswith("by\n"):
        raise ValueError(f"no tactic proof of {declaration.name}")
    lines = textwrap.dedent(body.removeprefix("by\n")).rstrip()
    if told["kind"] == Kind.THEOREM.value:
        return {"statement": statement, "script": lines}
    return {"statement": statement}
