"""Which Lean works on which file: the pool of Leans that one worker has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from prover.errors import LeanKeepsDying
from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.gateway import LeanGateway
from prover.lean.source import Source
from prover.lean.toolchain import EmbeddedLean, LeanKind, choose


class EmbeddedPool:
    """One embedded Lean, replaced when a file needs other imports than the last."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root = root
        self._limits = limits
        self._imports: tuple[str, ...] = ()
        self._gateway: EmbeddedGateway | None = None
        self._lock = threading.Lock()
        self._closed = False

    def for_source(self, source: Source) -> LeanGateway:
        with self._lock:
            if self._closed:
                raise LeanKeepsDying("Lean was closed")
            if self._gateway is None or self._imports != source.imports:
                if self._gateway is not None:
                    self._gateway.close()
                self._imports = source.imports
                self._gateway = EmbeddedGateway(self._root, source.imports, self._limits)
            return self._gateway

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._gateway is not None:
                self._gateway.close()


def gateway_factory(kind: LeanKind) -> Callable[[], EmbeddedPool]:
    """Makes the pool of a worker. Raises `LeanUnavailable` when there is no such Lean."""
    lean = choose(kind, Path.cwd())
    if not isinstance(lean, EmbeddedLean):
        raise NotImplementedError
    return lambda: EmbeddedPool(lean.root, Limits())
