"""The proofs of `attacks/cases.json`, and what must become of each: see `attacks/README.md`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.types import Standing

FOLDER = Path(__file__).with_name("attacks")


@dataclass(frozen=True, slots=True)
class AttackCase:
    """`proof` is to replace the `sorry` number `hole` (from 0) of the file at `path`, which is in `theorem`.

    `expected` is the certificate's word with the guard switched off, and `assumes` what it must name;
    `refused` is the guard's.
    """

    name: str
    path: Path
    theorem: str
    hole: int
    proof: str
    expected: Standing
    assumes: tuple[str, ...]
    refused: bool
    why: str


def load_cases() -> tuple[AttackCase, ...]:
    entries = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
    return tuple(_case(**entry) for entry in entries)


def _case(
    *,
    name: str,
    file: str,
    theorem: str,
    proof: str | Sequence[Any],
    expected: str,
    guard: str,
    why: str,
    hole: int = 0,
    assumes: Sequence[str] = (),
) -> AttackCase:
    if guard not in ("refused", "passes"):
        raise ValueError(f"{name}: guard must be `refused` or `passes`, not `{guard}`")
    standing = Standing(expected)
    if (standing is Standing.CONDITIONAL) != bool(assumes):
        raise ValueError(f"{name}: `assumes` is for the conditional ones")
    return AttackCase(
        name=name,
        path=FOLDER / file,
        theorem=theorem,
        hole=hole,
        proof=_proof(proof),
        expected=standing,
        assumes=tuple(assumes),
        refused=guard == "refused",
        why=why,
    )


def _proof(pieces: str | Sequence[Any]) -> str:
    """A text, or pieces of one: `"text"` or `["text", times]`."""
    if isinstance(pieces, str):
        return pieces
    return "".join(piece if isinstance(piece, str) else piece[0] * piece[1] for piece in pieces)
