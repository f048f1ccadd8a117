"""What a session reports as unexpected, caught for a test to look at."""

import asyncio

WITHIN_S = 5.0


class Unexpected:
    """A `ReportUnexpected` that keeps the errors; a test that provokes one takes it with `next`."""

    def __init__(self) -> None:
        self._errors: asyncio.Queue[BaseException] = asyncio.Queue()

    def __call__(self, error: BaseException, doing: str) -> None:
        self._errors.put_nowait(error)

    async def next(self) -> BaseException:
        """Return the next error, within WITHIN_S seconds."""
        async with asyncio.timeout(WITHIN_S):
            return await self._errors.get()

    def rest(self) -> list[BaseException]:
        """Return the errors that nobody took."""
        return [self._errors.get_nowait() for _ in range(self._errors.qsize())]
