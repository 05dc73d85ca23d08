"""Images of Leans that have read their imports: the next one starts from there (see runtime/image.cjs).

One for each set of imports, made when it is first needed, in the folder of the embedded Lean. It is a cache:
any of them may be deleted at any time, and the oldest is, when there are more than a few.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from prover.errors import InputError, LeanUnavailable
from prover.lean.embedded.node import START_SCRIPT, environment, node_command

KEPT = 4
RECORD_SECONDS = 300.0
_RECORDING = (START_SCRIPT, START_SCRIPT.with_name("image.cjs"))
"""What an image depends on beside its imports."""


def header(imports: Sequence[str]) -> str:
    return "\n".join(f"import {module}" for module in imports)


def image_of(root: Path, imports: Sequence[str]) -> Path:
    """The image for these imports, made if need be, which takes some seconds.

    Raises InputError for a module that this Lean does not have, LeanUnavailable when it can't be made.
    """
    _require(root, imports)
    folder = root / "images"
    recipe = b"".join([*(script.read_bytes() for script in _RECORDING), header(imports).encode()])
    image = folder / hashlib.sha256(recipe).hexdigest()[:16]
    if not _is_complete(image):
        folder.mkdir(exist_ok=True)
        with FileLock(folder / "lock"):
            if not _is_complete(image):
                _record(root, imports, image)
                _forget_the_oldest(folder)
    with suppress(OSError):
        os.utime(_description(image))
    return image


def _description(image: Path) -> Path:
    return image.with_suffix(".json")


def _is_complete(image: Path) -> bool:
    try:
        described = json.loads(_description(image).read_text(encoding="utf-8"))
        return bool(image.stat().st_size == described["bytes"])
    except (OSError, ValueError, KeyError):
        return False


def _record(root: Path, imports: Sequence[str], image: Path) -> None:
    partial = image.with_suffix(".partial")
    description = Path(f"{partial}.json")
    script = [START_SCRIPT, "record", header(imports), partial]
    command = [*node_command(root, writable=image.parent), *map(str, script)]
    try:
        done = subprocess.run(
            command,
            env=environment(root),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=RECORD_SECONDS,
            start_new_session=True,
        )
        if not description.is_file():
            why = _last_words((done.stdout + done.stderr).decode(errors="replace"))
            raise LeanUnavailable(f"the embedded Lean died when it was started for the first time: {why}")
        partial.rename(image)
        description.rename(_description(image))
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LeanUnavailable(f"the embedded Lean can't be started for the first time: {error}") from error
    finally:
        for leftover in (partial, description):
            leftover.unlink(missing_ok=True)


def _last_words(said: str) -> str:
    """The error that Node tells of, without where it was thrown."""
    lines = said.strip().splitlines()
    return next((line for line in lines if "Error: " in line), lines[-1] if lines else "silently")


def _forget_the_oldest(folder: Path) -> None:
    descriptions = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for description in descriptions[:-KEPT]:
        description.unlink()
        description.with_suffix("").unlink(missing_ok=True)


def _require(root: Path, imports: Sequence[str]) -> None:
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
