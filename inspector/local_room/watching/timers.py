"""Everything a room does later, in one heap behind one timer of the event loop.

A call costs one entry here, not a task: at hundreds of calls a second that is what keeps watching cheap.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from typing import Protocol


class Loop(Protocol):
    """What is needed of an event loop."""

    def time(self) -> float:
        """Seconds on the loop's clock, which never runs backwards."""

    def call_at(self, when: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        """Calls `callback` at `when` on the loop's clock."""


class Timers:
    """Calls back at their times, those of one time in the order they were asked for."""

    def __init__(self, loop: Loop, wall_clock: Callable[[], float] = time.time) -> None:
        self.now = loop.time
        """Seconds on the clock of `at`."""
        self.wall_clock = wall_clock
        """Seconds since the epoch."""
        self._loop = loop
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._handle: asyncio.TimerHandle | None = None
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, when: float, callback: Callable[[], None]) -> None:
        """Calls `callback` once the clock shows `when`. Nothing takes it back: let it find nothing to do."""
        if self._is_closed:
            return
        self._count += 1
        heapq.heappush(self._heap, (when, self._count, callback))
        if self._heap[0][1] == self._count:
            self._arm()

    def close(self) -> None:
        """Nothing is called any more."""
        self._is_closed = True
        self._heap.clear()
        self._arm()

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_at(self._heap[0][0], self._run) if self._heap else None

    def _run(self) -> None:
        self._handle = None
        try:
            while self._heap and self._heap[0][0] <= self.now():
                heapq.heappop(self._heap)[2]()
        finally:  # what one of them raises is reported by the loop, and the others still have their turn
            if not self._is_closed:
                self._arm()
