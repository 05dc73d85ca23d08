"""One warm embedded Lean for every stand-in `lean` that runs to its end."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prover.errors import LeanDied
from prover.lean.embedded.install import embedded_root
from prover.lean.embedded.lean import EmbeddedLean
from prover.lean.embedded.process import START_SECONDS, launch
from standin import files


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, address: str) -> None:
        super().__init__(address, _Handler)
        self._lean: EmbeddedLean | None = None
        self._lock = threading.Lock()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            try:
                return self._do(self._warm(), request)
            except LeanDied:
                return {"died": True}

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        if self._lean is not None:
            self._lean.process.kill()

    def _warm(self) -> EmbeddedLean:
        if self._lean is None or not self._lean.process.alive:
            root = embedded_root()
            assert root is not None, "run `prover setup` first"
            self._lean = EmbeddedLean(launch(root, ()), START_SECONDS)
        return self._lean

    def _do(self, lean: EmbeddedLean, request: dict[str, Any]) -> dict[str, Any]:
        if "holes" in request:
            return files.examine(lean, request["holes"], request["proofs"], request["places"])
        file = files.read(request["text"], [Path(folder) for folder in request["library"]])
        messages = files.elaborate(lean, file)
        return {"messages": [[m.severity, m.line, m.column, m.text] for m in messages]}


class _Handler(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        answer = self.server.answer(json.loads(self.rfile.readline()))
        self.wfile.write(json.dumps(answer).encode() + b"\n")


@contextmanager
def serving(address: Path) -> Iterator[Path]:
    server = Server(str(address))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.stop()
        thread.join()
