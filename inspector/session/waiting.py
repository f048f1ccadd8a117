"""Waiting for a session's connections to come into some state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from inspector.session.connection_info import ConnectionInfo

T = TypeVar("T")


class Wake:
    """Sets an event at every change of a connection."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def connection_changed(self, info: ConnectionInfo) -> None:  # noqa: ARG002 - any change wakes
        """Wakes who waits."""
        self.event.set()

    def connection_removed(self, connection_id: str) -> None:  # noqa: ARG002 - any change wakes
        """Wakes who waits."""
        self.event.set()


class Followed(Protocol):
    """Tells of its connections, as a session does."""

    def subscribe(self, listener: Wake) -> Callable[[], None]:
        """Tells `listener` of every change to a connection; the result ends it."""


async def until(session: Followed, condition: Callable[[], T | None], within_s: float | None) -> T | None:
    """The first value other than None that `condition` gives, asked again at every change of a connection.

    None when `within_s` seconds pass first; `within_s` None waits for as long as it takes.
    """
    wake = Wake()
    unsubscribe = session.subscribe(wake)
    try:
        async with asyncio.timeout(within_s):
            while (value := condition()) is None:
                wake.event.clear()
                await wake.event.wait()
            return value
    except TimeoutError:
        return condition()
    finally:
        unsubscribe()
