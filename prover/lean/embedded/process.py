"""Starting the embedded Lean: one Node process, closed in as far as Node allows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from prover.errors import InputError
from prover.lean.embedded.node import node_binary
from prover.lean.transport import LineProcess

MEMORY_LIMIT = 1_500_000_000
"""Bytes of WebAssembly memory past which a Lean is replaced; a 32-bit one ends at 2 GB."""

START_SECONDS = 180.0

_RUNTIME = Path(__file__).parent / "runtime"
_STACK_KILOBYTES = 60_000
_HEAP_MEGABYTES = 2_000


def launch(root: Path, imports: Sequence[str]) -> LineProcess:
    """A Lean that reads `imports`; its first answer says that it waits for commands.

    Raises InputError for a module that this Lean does not have.
    """
    require(root, imports)
    header = "\n".join(f"import {module}" for module in imports)
    return LineProcess(command(root, header), environment(root), Path("/"))


def require(root: Path, imports: Sequence[str]) -> None:
    library = root / "lib" / "lean"
    missing = [
        module
        for module in imports
        if not library.joinpath(*module.split(".")).with_suffix(".olean").is_file()
    ]
    if missing:
        raise InputError(
            f"unknown import {', '.join(missing)}: the embedded Lean has Init, Std, Lean and Lake alone, no"
            " Mathlib and no modules of your package; for those, install elan and use --lean native"
        )


def command(root: Path, header: str) -> list[str]:
    """Node may read the library and our own scripts, start threads, and nothing else."""
    return [
        str(node_binary()),
        f"--stack-size={_STACK_KILOBYTES}",
        f"--max-old-space-size={_HEAP_MEGABYTES}",
        "--wasm-lazy-validation",
        "--permission",
        f"--allow-fs-read={root}/*",
        f"--allow-fs-read={_RUNTIME}/*",
        "--allow-worker",
        "--no-warnings",
        str(_RUNTIME / "start.cjs"),
        header,
    ]


def environment(root: Path) -> dict[str, str]:
    """Nothing of the user's but language and time zone: no keys."""
    kept = {name: os.environ[name] for name in ("LANG", "TZ") if name in os.environ}
    return {**kept, "LEAN_ROOT": str(root)}
