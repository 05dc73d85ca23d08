"""LeanDojo's REPL and what we add to it, compiled once for each version of Lean into our cache."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

import platformdirs
from filelock import FileLock

from prover.errors import LeanUnavailable
from prover.lean.native.workshop import Workshop

REPL = "ProverRepl"
"""The module that a file with an open hole imports."""

OWN = Path(__file__).with_name("lean")
_COMPILE_SECONDS = 300.0


def library(workshop: Workshop) -> Path:
    """The folder that has the compiled modules, as an entry of LEAN_PATH. Raises `LeanUnavailable`."""
    sources = _sources()
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    folder = _cache() / f"repl-{workshop.place.lean.version}-{digest}"
    if folder.is_dir():  # it came there in one piece
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            _compile(workshop, sources, folder)
    return folder


def _sources() -> tuple[Path, Path]:
    """LeanDojo's file is found without importing LeanDojo."""
    spec = importlib.util.find_spec("lean_dojo")
    if spec is None or spec.origin is None:
        raise LeanUnavailable("the Python package lean-dojo is missing: `pip install lean-dojo`")
    return Path(spec.origin).parent / "interaction" / "Lean4Repl.lean", OWN / f"{REPL}.lean"


def _compile(workshop: Workshop, sources: tuple[Path, ...], folder: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for source in sources:
            copy = unfinished / source.name
            shutil.copyfile(source, copy)
            olean = copy.with_suffix(".olean")
            arguments: list[str | Path] = ["-R", unfinished, "-o", olean, copy]
            ended = workshop.run(arguments, _COMPILE_SECONDS, unfinished, lake=False)
            if ended.status != 0 or not olean.is_file():
                said = next((line for line in ended.output.splitlines() if "error" in line), ended.errors)
                raise LeanUnavailable(
                    f"{source.name} does not compile with Lean {workshop.place.lean.version}"
                    f" ({' '.join(said.split())}): use --lean embedded"
                )
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _cache() -> Path:
    chosen = os.environ.get("PROVER_CACHE_DIR")
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path("prover")
