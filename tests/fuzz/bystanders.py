"""Two participants that call each other all the while, and must not notice what is done to their room."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livekit import rtc

from tests.support.local_room import LocalRoom
from tests.support.python_peer import PythonPeer

PAUSE_S = 0.02
"""Between two calls, so that the cores are left to what is tried."""


class Bystanders:
    """What became of their calls."""

    def __init__(self, one: PythonPeer, two: PythonPeer) -> None:
        self._peers = (one, two)
        self.answered = 0
        self.failed: Counter[int] = Counter()

    async def call_on(self) -> None:
        """Call each other, one after the other, until cancelled."""
        for number in itertools.count():
            await asyncio.sleep(PAUSE_S)
            for caller, callee in (self._peers, self._peers[::-1]):
                try:
                    assert await caller.perform(callee.identity, "echo", str(number)) == str(number)
                    self.answered += 1
                except rtc.RpcError as error:
                    self.failed[error.code] += 1

    def disturbances(self) -> list[str]:
        """What they were told besides who came and went."""
        expected = ("participant_", "room_updated", "data_received", "track_")
        told = [event.name for peer in self._peers for event in peer.told.events]
        return [name for name in told if not name.startswith(expected)]


@asynccontextmanager
async def undisturbed(server: LocalRoom, room: str) -> AsyncIterator[Bystanders]:
    """Have two participants in the room that call each other; fail if that is not all they go through."""
    async with PythonPeer.joined(server, room, "one") as one, PythonPeer.joined(server, room, "two") as two:
        await asyncio.gather(one.wait_until_active("two"), two.wait_until_active("one"))
        bystanders = Bystanders(one, two)
        calling = asyncio.create_task(bystanders.call_on(), name="bystanders call")
        try:
            yield bystanders
        finally:
            calling.cancel()
            await asyncio.wait({calling})
        assert await one.perform("two", "echo", "still here") == "still here"
        assert await two.perform("one", "echo", "so am I") == "so am I"
        assert not bystanders.failed, f"calls failed: {dict(bystanders.failed)} of {bystanders.answered}"
        assert bystanders.answered, "they came to no call"
        assert not bystanders.disturbances(), bystanders.disturbances()
