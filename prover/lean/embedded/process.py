"""Starting the embedded Lean: one Node process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prover.lean.embedded.images import image_of
from prover.lean.embedded.node import START_SCRIPT, environment, node_command
from prover.lean.transport import LineProcess

MEMORY_LIMIT = 1_500_000_000
"""Bytes of WebAssembly memory past which a Lean is replaced; a 32-bit one ends at 2 GB."""

START_SECONDS = 180.0


def launch(root: Path, imports: Sequence[str]) -> LineProcess:
    """A Lean that has read `imports`; its first answer says that it waits for commands.

    Raises InputError for a module that this Lean does not have, LeanUnavailable when there is none.
    """
    return LineProcess(command(root, image_of(root, imports)), environment(root), Path("/"))


def command(root: Path, image: Path) -> list[str]:
    return [*node_command(root), str(START_SCRIPT), "restore", str(image)]
