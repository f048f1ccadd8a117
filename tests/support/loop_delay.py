"""How late the event loop of a test runs what is due."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

_STEP_S = 0.001


class LoopDelay:
    """The longest that the event loop let a timer wait while `async with LoopDelay.measured()` lasted."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    @classmethod
    @contextlib.asynccontextmanager
    async def measured(cls) -> AsyncIterator["LoopDelay"]:
        """Measure until the block ends, and a moment longer: it may leave behind what is taken away then."""
        delay = cls()
        ticking = asyncio.create_task(delay._tick())
        try:
            yield delay
            await asyncio.sleep(10 * _STEP_S)
        finally:
            ticking.cancel()
            await asyncio.wait({ticking})

    async def _tick(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_STEP_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - before - _STEP_S)
