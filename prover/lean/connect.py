"""Which Lean works on which file: the pool of Leans that one worker has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from prover.config import LeanKind
from prover.errors import LeanKeepsDying, LeanUnavailable
from prover.lean.embedded.gateway import EmbeddedGateway, Limits
from prover.lean.gateway import LeanGateway
from prover.lean.native.gateway import Limits as NativeLimits
from prover.lean.native.gateway import NativeGateway
from prover.lean.native.place import Place, folder_of
from prover.lean.source import Source
from prover.lean.toolchain import EmbeddedLean, choose, find_native


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


class NativePool:
    """The native Lean of each folder: its toolchain and its package."""

    def __init__(self, limits: NativeLimits) -> None:
        self._limits = limits
        self._gateways: dict[Path, NativeGateway] = {}
        self._lock = threading.Lock()
        self._closed = False

    def for_source(self, source: Source) -> LeanGateway:
        folder, in_package = folder_of(source.path)
        with self._lock:
            known = self._gateways.get(folder)
        if known is not None:
            return known
        lean = find_native(folder)
        if lean is None:
            raise LeanUnavailable("`lean` or `lake` is no longer on PATH")
        with self._lock:
            if self._closed:
                raise LeanKeepsDying("Lean was closed")
            gateway = NativeGateway(Place(lean, folder, in_package), self._limits)
            self._gateways[folder] = gateway
            return gateway

    def close(self) -> None:
        with self._lock:
            self._closed = True
            for gateway in self._gateways.values():
                gateway.close()


def gateway_factory(
    kind: LeanKind, heartbeats: int = Limits().heartbeats
) -> Callable[[], EmbeddedPool | NativePool]:
    """Makes the pool of a worker, where a tactic gets so many thousands of `heartbeats`. Raises
    `LeanUnavailable` when there is no such Lean."""
    lean = choose(kind, Path.cwd())
    if isinstance(lean, EmbeddedLean):
        return lambda: EmbeddedPool(lean.root, Limits(heartbeats))
    return lambda: NativePool(NativeLimits(heartbeats))


def embedded_gateway() -> EmbeddedGateway:
    """The embedded Lean, for files without imports. Raises `LeanUnavailable`."""
    lean = choose("embedded", Path.cwd())
    assert isinstance(lean, EmbeddedLean)
    return EmbeddedGateway(lean.root, (), Limits())
