"""A bound on calls in flight, with a fair queue in which what a person sends goes first."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

IN_FLIGHT = 256
"""Calls in flight at once; more wait their turn, and no timeout runs for them yet."""

BY_HAND = "by hand"
"""The queue of a person's own calls, served before any other."""
CAUSED = "caused"
"""The queue of calls that others caused: forwarded ones, and those of scripts."""


class Slots:
    """Hands out `limit` slots: those who wait by hand first, the other queues in turn, each in its order."""

    def __init__(self, limit: int = IN_FLIGHT) -> None:
        self._free = limit
        self._by_hand: deque[asyncio.Future[None]] = deque()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait for a slot now."""
        return len(self._by_hand) + sum(len(queue) for queue in self._queues.values())

    @asynccontextmanager
    async def taken(self, queue: str) -> AsyncIterator[None]:
        """Holds a slot, waiting in the queue called `queue` while none is free."""
        await self._take(queue)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, queue: str) -> None:
        if self._free > 0:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line = self._by_hand if queue == BY_HAND else self._queues.setdefault(queue, deque())
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back()  # the slot came in the very moment of being cancelled
            elif turn in line:
                line.remove(turn)
            raise

    def _give_back(self) -> None:
        turn = self._next()
        if turn is None:
            self._free += 1
        else:
            turn.set_result(None)

    def _next(self) -> asyncio.Future[None] | None:
        while self._by_hand:
            turn = self._by_hand.popleft()
            if not turn.done():
                return turn
        while self._queues:
            name, line = self._queues.popitem(last=False)
            while line:
                turn = line.popleft()
                if not turn.done():
                    if line:
                        self._queues[name] = line  # to the end: the other queues come first now
                    return turn
        return None
