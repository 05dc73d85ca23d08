"""Garbage is collected while nobody types: a collection stops all threads, 30 ms with a large document."""

from __future__ import annotations

import asyncio
import gc
import time

CALM = 2.0
"""How many seconds nothing must have been typed."""
_WORTH_IT, _AT_ONCE = 20_000, 2_000_000  # objects made and not freed since the last collection


class Sweeper:
    """From its making on the only one to collect garbage in this process."""

    def __init__(self) -> None:
        gc.disable()
        self._heard = time.monotonic()

    def heard(self) -> None:
        """Something was typed."""
        self._heard = time.monotonic()

    async def work(self) -> None:
        """Never returns."""
        while True:
            calm = time.monotonic() - self._heard >= CALM
            if gc.get_count()[0] >= (_WORTH_IT if calm else _AT_ONCE):
                gc.collect()
            await asyncio.sleep(CALM)
