"""The X-ray of a server that a test speaks for; the port `OpenXray`."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from inspector.core.problems import ProblemError
from inspector.session.ports import XraySource
from inspector.xray.client import OrdinaryServerError
from inspector.xray.messages import Message
from inspector.xray.problems import no_local_room

WITHIN_S = 5.0


class FakeXray:
    """What every server at every address says of the calls in its rooms."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        """Address, token and room of each time it was asked, refused or not."""
        self.refusals: deque[ProblemError] = deque()
        """How the next are refused, one each."""
        self.open: list[FakeStream] = []
        self._changed = asyncio.Event()

    def __call__(self, url: str, token: str) -> XraySource:
        return _Source(self, url, token)

    @property
    def stream(self) -> "FakeStream":
        """The one stream that is open."""
        (stream,) = self.open
        return stream

    async def until_open(self, count: int = 1) -> None:
        """Return once so many streams are open."""
        async with asyncio.timeout(WITHIN_S):
            while len(self.open) != count:
                self._changed.clear()
                await self._changed.wait()

    async def until_asked(self, times: int) -> None:
        """Return once it was asked so often."""
        async with asyncio.timeout(WITHIN_S):
            while len(self.asked) < times:
                self._changed.clear()
                await self._changed.wait()

    @asynccontextmanager
    async def opened(self, url: str, token: str, room: str) -> AsyncIterator["FakeStream"]:
        """A stream, unless it is refused."""
        self.asked.append((url, token, room))
        self._changed.set()
        if self.refusals:
            raise self.refusals.popleft()
        stream = FakeStream()
        self.open.append(stream)
        self._changed.set()
        try:
            yield stream
        finally:
            self.open.remove(stream)
            self._changed.set()


class FakeStream:
    """One reader's stream."""

    def __init__(self) -> None:
        self._news: asyncio.Queue[Message | ProblemError | None] = asyncio.Queue()

    def tell(self, *messages: Message) -> None:
        """Say these."""
        for message in messages:
            self._news.put_nowait(message)

    def close(self) -> None:
        """End in order."""
        self._news.put_nowait(None)

    def fail(self, error: ProblemError) -> None:
        """Break off."""
        self._news.put_nowait(error)

    def __aiter__(self) -> "FakeStream":
        return self

    async def __anext__(self) -> Message:
        news = await self._news.get()
        if news is None:
            raise StopAsyncIteration
        if isinstance(news, ProblemError):
            raise news
        return news


class _Source:
    def __init__(self, xray: FakeXray, url: str, token: str) -> None:
        self._xray = xray
        self._url = url
        self._token = token

    @asynccontextmanager
    async def following(self, room: str) -> AsyncIterator[AsyncIterator[Message]]:
        async with self._xray.opened(self._url, self._token, room) as stream:
            yield stream


def ordinary() -> OrdinaryServerError:
    """What an ordinary server makes of being asked."""
    return OrdinaryServerError(no_local_room("ws://fake"))
