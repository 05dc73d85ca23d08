"""Which Leans this machine has, and which one to use.

A native Lean is what `elan` installs: its `lean` and `lake` start the toolchain that the folder they run in
asks for (by a `lean-toolchain` file), so a version belongs to a folder. The embedded Lean is always the same.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from prover.config import LeanKind
from prover.errors import LeanUnavailable
from prover.lean.embedded.install import embedded_root
from prover.lean.embedded.node import node_binary
from prover.lean.imports import LAKE_FILES

GET_ELAN = "install elan, Lean's toolchain manager (https://lean-lang.org/install/)"
GET_EMBEDDED = "run `prover setup`"
VERSION_SECONDS = 60.0
VERSION = re.compile(r"\(version ([^,)\s]+)")


@dataclass(frozen=True, slots=True)
class NativeLean:
    """`version` is the one that `lean` has in the folder it was looked for. `elan` is None where Lean came
    without it."""

    lean: Path
    lake: Path
    elan: Path | None
    version: str


@dataclass(frozen=True, slots=True)
class EmbeddedLean:
    """`root` holds what `prover.lean.embedded.install` says; `node` runs it."""

    root: Path
    node: Path


def choose(kind: LeanKind, folder: Path) -> NativeLean | EmbeddedLean:
    """The Lean to use for files in `folder`; `auto` is the native one where there is one.

    A native Lean that is there but does not start is never passed over. Raises `LeanUnavailable`.
    """
    native = find_native(folder) if kind != "embedded" else None
    if native:
        return native
    if kind == "native":
        raise LeanUnavailable(f"there is no native Lean on PATH or in {_elan_folder()}: {GET_ELAN}")
    embedded = find_embedded()
    if embedded:
        return embedded
    if kind == "embedded":
        raise LeanUnavailable(f"the embedded Lean is not installed: {GET_EMBEDDED}")
    raise LeanUnavailable(
        f"there is no Lean on this machine: {GET_EMBEDDED} for the embedded one, or {GET_ELAN}"
    )


def find_embedded() -> EmbeddedLean | None:
    """None when it is not installed. Raises `SetupError` when it is, and Node is not."""
    root = embedded_root()
    return EmbeddedLean(root, node_binary()) if root else None


def find_native(folder: Path) -> NativeLean | None:
    """The Lean that elan or the user installed, as it is in `folder`; None when `lean` or `lake` is missing.

    Raises `LeanUnavailable` when `lean` can't say its version.
    """
    lean, lake = _which("lean"), _which("lake")
    if not lean or not lake:
        return None
    return NativeLean(lean, lake, _which("elan"), _version(lean, folder))


def lake_package(path: Path) -> Path | None:
    """The nearest folder around `path`, or `path` itself, that is a Lake package."""
    path = path.absolute()
    return next((f for f in (path, *path.parents) if any((f / name).is_file() for name in LAKE_FILES)), None)


def _version(lean: Path, folder: Path) -> str:
    instead = "Repair it (`elan show` tells more), or use --lean embedded"
    try:
        done = subprocess.run(
            [lean, "--version"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=VERSION_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise LeanUnavailable(
            f"{lean} --version gave no answer in {VERSION_SECONDS:g} s. {instead}"
        ) from error
    except OSError as error:
        raise LeanUnavailable(f"{lean} does not start: {error}. {instead}") from error
    found = VERSION.search(done.stdout)
    if done.returncode != 0 or not found:
        said = " ".join((done.stderr or done.stdout).split())
        raise LeanUnavailable(f"{lean} --version failed in {folder}: {said}. {instead}")
    return found[1]


def _elan_folder() -> Path:
    return Path(os.environ.get("ELAN_HOME") or Path.home() / ".elan") / "bin"


def _which(name: str) -> Path | None:
    """On PATH, or where elan puts its proxies, which is not on PATH in a shell older than elan."""
    found = shutil.which(name) or shutil.which(name, path=_elan_folder())
    return Path(found).absolute() if found else None
