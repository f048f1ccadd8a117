"""The calls both sides of `bench calls` make, and the times they take."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from inspector.core.summaries import percentile

PAYLOAD = '{"city":"Oslo","units":"metric","days":3}'
WARM_UP = 50
SEQUENTIAL = 300
IN_FLIGHT_50 = 1000
IN_FLIGHT_200 = 1000


class Figures(msgspec.Struct):
    """What one caller reached: milliseconds a call one after the other, calls a second with many at once."""

    sequential_p50_ms: float
    rate_50: float
    rate_200: float


async def run(call: Callable[[], Awaitable[object]]) -> Figures:
    """Makes all the calls with `call`."""
    for _ in range(WARM_UP):
        await call()
    times = []
    for _ in range(SEQUENTIAL):
        began = time.perf_counter()
        await call()
        times.append((time.perf_counter() - began) * 1000)
    p50 = percentile(sorted(times), 0.5)
    assert p50 is not None
    return Figures(p50, await _rate(call, IN_FLIGHT_50, 50), await _rate(call, IN_FLIGHT_200, 200))


async def _rate(call: Callable[[], Awaitable[object]], count: int, in_flight: int) -> float:
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await call()

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    return count / (time.perf_counter() - began)
