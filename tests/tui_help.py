"""Driving the terminal UI in tests: an app on a folder of its own, and Leans that stay from test to test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from prover.lean.connect import EmbeddedPool
from prover.lean.embedded.gateway import Limits
from prover.lean.embedded.install import embedded_root
from prover.lean.gateway import LeanGateway
from prover.lean.source import Source
from prover.policy.fixed import FixedPolicy
from prover.policy.protocols import PolicyFactory
from prover.proving import GatewayFactory, GatewayPool
from tui.app import ProverApp
from tui.state.holes import HoleState
from tui.view.workbench import Workbench
from tui.work.preferences import Preferences

SECONDS = 60.0


@dataclass
class KeptLeans:
    """Embedded Leans for one app after the other; `close` ends them."""

    idle: list[EmbeddedPool] = field(default_factory=list)
    out: list[EmbeddedPool] = field(default_factory=list)

    def make(self) -> GatewayFactory:
        return lambda: _Kept(self)

    def take(self) -> EmbeddedPool:
        root = embedded_root()
        assert root is not None, "run `prover setup` first"
        pool = self.idle.pop() if self.idle else EmbeddedPool(root, Limits())
        self.out.append(pool)
        return pool

    def give_back(self, pool: EmbeddedPool) -> None:
        self.out.remove(pool)
        self.idle.append(pool)

    def close(self) -> None:
        for pool in (*self.idle, *self.out):
            pool.close()


class _Kept:
    def __init__(self, leans: KeptLeans) -> None:
        self._leans = leans
        self._pool: EmbeddedPool | None = leans.take()

    def for_source(self, source: Source) -> LeanGateway:
        assert self._pool is not None
        return self._pool.for_source(source)

    def close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            self._leans.give_back(pool)


@dataclass
class OnePool:
    """The same gateway for all."""

    gateway: LeanGateway

    def for_source(self, source: Source) -> LeanGateway:
        return self.gateway

    def close(self) -> None:
        pass


def fixed() -> PolicyFactory:
    return FixedPolicy


def only(pool: GatewayPool) -> Callable[[], GatewayFactory]:
    return lambda: lambda: pool


@asynccontextmanager
async def opened(
    paths: Sequence[Path],
    pools: Callable[[], GatewayFactory],
    folder: Path,
    size: tuple[int, int] = (160, 48),
    policies: Callable[[], PolicyFactory] = fixed,
    preferences: Preferences | None = None,
    library: Path | None = None,
) -> AsyncIterator[Pilot[None]]:
    """The app, its files read."""
    app = ProverApp(paths, pools, policies, preferences, folder, lambda: library)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: bool(app.workshop.files))
        yield pilot


async def until(pilot: Pilot[None], done: Callable[[], bool]) -> None:
    """Wait for something to come true, for as long as a slow machine may need."""
    end = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < end, f"it does not come true:\n{screen_text(pilot)}"
        await pilot.pause(0.02)
    await pilot.pause()


async def type_in(pilot: Pilot[None], text: str) -> None:
    """Write a line into the input that has the focus, and send it off."""
    from textual.widgets import Input

    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause()


def bench(pilot: Pilot[None]) -> Workbench:
    found = pilot.app.screen_stack[0]
    assert isinstance(found, Workbench)
    return found


def hole_of(pilot: Pilot[None], name: str) -> HoleState:
    return next(hole for hole in bench(pilot).workshop.holes if hole.theorem.name == name)


def screen_text(pilot: Pilot[None]) -> str:
    """What is on the screen, a line each, without white space at the ends."""
    compositor = pilot.app.screen._compositor
    lines = ["".join(segment.text for segment in strip) for strip in compositor.render_strips()]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)
