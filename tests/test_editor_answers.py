"""When suggestions are answered, who may take their Lean, and when garbage is collected: without Lean."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from prover.editor import garbage
from prover.editor.attempts import Attempt
from prover.editor.garbage import Sweeper
from prover.editor.leans import Leans
from prover.editor.suggestions import some
from prover.lean.gateway import LeanGateway
from prover.lean.source import Source
from prover.proving import GatewayPool
from prover.types import Candidate, Goal, Proved

pytestmark = pytest.mark.asyncio

FOUND = Attempt(Goal((), "True", "", "⊢ True"), Candidate("trivial"), Proved(0.0))


async def test_what_is_there_in_time_is_answered_while_the_search_goes_on() -> None:
    job = Future[None]()
    await some(job, [FOUND], time.monotonic())
    assert not job.done()


async def test_without_any_the_first_is_waited_for() -> None:
    job, found = Future[None](), list[Attempt]()
    waiting = asyncio.create_task(some(job, found, time.monotonic()))
    await asyncio.sleep(0)
    assert not waiting.done()
    found.append(FOUND)
    await waiting
    assert not job.done()


async def test_a_failure_is_told_and_a_question_that_is_given_up_ends_its_job() -> None:
    failing, given_up = Future[None](), Future[None]()
    failing.set_exception(ValueError("no Lean"))
    with pytest.raises(ValueError, match="no Lean"):
        await some(failing, [FOUND], time.monotonic() + 60)
    waiting = asyncio.create_task(some(given_up, [FOUND], time.monotonic() + 60))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert given_up.cancelled()


class NoLean:
    """A pool of Leans for jobs that need none."""

    def for_source(self, source: Source) -> LeanGateway:
        raise AssertionError

    def close(self) -> None:
        """There is nothing to end."""


async def test_a_lean_is_wanted_by_whoever_asks_and_not_by_what_can_wait() -> None:
    leans = Leans(lambda: NoLean, 1, patience=1.0)
    began, done = threading.Event(), threading.Event()

    def work(pool: GatewayPool, stopping: Callable[[], bool]) -> None:
        began.set()
        done.wait()

    leans.submit(work)
    began.wait()
    assert not leans.wanted
    leans.submit(work, common=True)
    assert not leans.wanted
    leans.submit(work)
    assert leans.wanted
    done.set()
    leans.close()


class Cycle:
    def __init__(self) -> None:
        self.itself = self


async def test_garbage_is_collected_when_nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_WORTH_IT", 1)
    sweeper = Sweeper()
    try:
        gone = weakref.ref(Cycle())
        for calm, collected in ((3600.0, False), (0.0, True)):
            monkeypatch.setattr(garbage, "CALM", calm)
            working = asyncio.create_task(sweeper.work())
            await asyncio.sleep(0)
            working.cancel()
            assert (gone() is None) == collected
    finally:
        gc.enable()
